"""The structure of stretches, routines and answers: rules C1, C2, C5 and C7 (safety facts, section 5)."""

from __future__ import annotations

import re
from itertools import pairwise

from skill.authoring.compile import Source
from skill.authoring.spoken import STRETCH, sentences
from skill.core import fitting, planner
from skill.core.fitting import Known
from skill.core.library import Answer, Level, Library, Motion, Routine, Stretch
from skill.core.planner import Delivery
from skill.core.preferences import Pace, Preferences
from skill.core.turn import Door
from skill.core.wording import Wording

FORCE = re.compile(r"\b(pull|grab|lever|press|push|bounc)\w*", re.IGNORECASE)
"""Words that no text of a rotation has (C1)."""
SENTENCES = 3
"""A text of a stretch, and an answer, has at most three sentences (C5, C7)."""
MINUTES = 10
"""A routine takes at most ten minutes, at every pace (C2)."""
LEVELS = tuple(Level)
"""From what needs the least before it to what needs the most."""
LOCALE = "en-US"
"""The place whose words routines are timed by."""


def check(source: Source, library: Library) -> None:
    """Add each stretch, routine and answer that is not built as it has to be."""
    for id_, stretch in library.stretches.items():
        _stretch(source, f"{source.home}/stretches/{id_}.yaml", stretch)
    # Words that cannot be filled in are told already; they have no length.
    timed = not source.problems
    for id_, routine in library.routines.items():
        _order(source, f"{source.home}/routines/{id_}.yaml", routine, library)
        if timed and library.stretches.keys() >= set(routine.stretches):
            _total(source, f"{source.home}/routines/{id_}.yaml", routine, library)
    for id_, answer in library.answers.items():
        _answer(source, f"{source.home}/answers/{id_}.yaml", answer)


def _stretch(source: Source, file: str, stretch: Stretch) -> None:
    for key in STRETCH:
        text = getattr(stretch, key) or ""
        if stretch.motion is Motion.ROTATION and (force := FORCE.search(text)):
            source.wrong(file, (key,), f"C1: a rotation has no {force[0]!r}: it turns under its own power")
        if (count := len(sentences(text))) > SENTENCES:
            source.wrong(file, (key,), f"{count} sentences, more than {SENTENCES}")
    if (stretch.level is Level.GENTLE) is not (stretch.caution is None):
        source.wrong(
            file, ("level",), "a careful or cleared stretch has a caution, and a gentle one has none"
        )


def _order(source: Source, file: str, routine: Routine, library: Library) -> None:
    """What has to come before a stretch does, and levels only rise."""
    known = [(index, name) for index, name in enumerate(routine.stretches) if name in library.stretches]
    for index, name in known:
        for before in library.stretches[name].after:
            if before in library.stretches and before not in routine.stretches[:index]:
                source.wrong(file, ("stretches", index), f"{before} has to come before {name}")
    for (_, first), (index, then) in pairwise(known):
        levels = library.stretches[first].level, library.stretches[then].level
        if LEVELS.index(levels[0]) > LEVELS.index(levels[1]):
            source.wrong(
                file,
                ("stretches", index),
                f"{then} is {levels[1]}, and comes after {first}, which is {levels[0]}",
            )


def _total(source: Source, file: str, routine: Routine, library: Library) -> None:
    wording = Wording(library, LOCALE, Door.ALEXA)
    plan = fitting.of_routine(routine, Known(), library)
    for pace in Pace:
        total = planner.seconds(plan, Delivery(wording, Preferences(pace=pace), 0.0))
        if total > 60 * MINUTES:
            minutes, rest = divmod(round(total), 60)
            source.wrong(
                file,
                ("stretches",),
                f"{minutes} min {rest} s at the pace {pace}, more than {MINUTES} min",
            )
            return


def _answer(source: Source, file: str, answer: Answer) -> None:
    if (count := len(sentences(answer.answer))) > SENTENCES:
        source.wrong(file, ("answer",), f"{count} sentences, more than {SENTENCES}")
