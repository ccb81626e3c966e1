"""Checks what no single file can know: ids, ranges, placeholders, sides, prompts, and every wording rule."""

from __future__ import annotations

import string
from collections.abc import Iterable

from skill.authoring import citations, everyday, gate, grade, never_say, places, rules, shingles
from skill.authoring.compile import ENGLISH, Source, Steps
from skill.authoring.spoken import spoken
from skill.core.conversation import ROUTES
from skill.core.library import Answer, Flag, Library, Motion, Safety, Severity, Sides, Stretch
from skill.core.phrases import COMMON, PHRASES, STRETCH
from skill.core.turn import ACTIONS

ANSWER_WORDS = 60
"""An answer has at most 60 words (C7)."""
HELP_WORDS = 20
"""A help line has at most 20 words."""
ROTATION_SECONDS = 10
"""A rotation is held at most 10 s (C2)."""
STRETCH_TEXTS = ("set_up", "move", "again", "feel", "limit", "breath", "release", "way_out", "purpose")
"""The spoken texts of a stretch."""


def check(source: Source, library: Library) -> None:
    """Add every cross-file problem of a library to its source."""
    for id_, stretch in library.stretches.items():
        _stretch(source, f"{source.home}/stretches/{id_}.yaml", stretch, library)
    for id_, routine in library.routines.items():
        file = f"{source.home}/routines/{id_}.yaml"
        _ids(source, file, ("stretches",), routine.stretches, library.stretches, "stretch")
    for id_, answer in library.answers.items():
        _answer(source, f"{source.home}/answers/{id_}.yaml", answer, library)
    _safety(source, f"{source.home}/safety.yaml", library.safety, _common(library))
    _phrases(source, f"{source.home}/phrases.yaml", library)
    _intents(source, source.intents, library)
    gate.check(source, library)
    places.check(source, library)
    citations.check(source, library)
    rules.check(source, library)
    texts = tuple(spoken(library))
    everyday.check(source, texts, library)
    if source.language == ENGLISH:
        # What is easy, what is never said and what the articles said is known of English words only.
        never_say.check(source, texts)
        as_heard = everyday.filled(texts, library)
        grade.check(source, as_heard)
        shingles.check(source, as_heard)


def _stretch(source: Source, file: str, stretch: Stretch, library: Library) -> None:
    flags = {flag.id for flag in library.safety.flags}
    _ids(source, file, ("areas",), stretch.areas, library.areas, "area")
    _ids(source, file, ("blocks",), stretch.blocks, flags, "flag")
    _ids(source, file, ("after",), stretch.after, library.stretches, "stretch")
    hold, repetitions = stretch.hold, stretch.repetitions
    if not hold.least <= hold.seconds <= hold.most:
        source.wrong(file, ("hold",), f"{hold.seconds:g} s is not between {hold.least:g} and {hold.most:g} s")
    if stretch.motion is Motion.ROTATION and hold.most > ROTATION_SECONDS:
        source.wrong(file, ("hold", "most"), f"a rotation is held at most {ROTATION_SECONDS} s")
    if not repetitions.least <= repetitions.count <= repetitions.most:
        source.wrong(
            file,
            ("repetitions",),
            f"{repetitions.count} is not between {repetitions.least} and {repetitions.most}",
        )
    sided = stretch.sides is Sides.EACH
    allowed = STRETCH if sided else STRETCH - {"side", "other_side"}
    common = _common(library)
    for key in STRETCH_TEXTS:
        # The set-up, the way out and the purpose are spoken where no side is known yet.
        names = allowed if key in ("move", "again", "feel", "limit", "breath", "release") else frozenset()
        _placeholders(source, file, (key,), getattr(stretch, key), names)
    _placeholders(source, file, ("caution",), stretch.caution or "", common)
    for key in ("move", "again"):
        if sided and "{side}" not in getattr(stretch, key):
            source.wrong(file, (key,), "a stretch with sides names {side} here")


def _answer(source: Source, file: str, answer: Answer, library: Library) -> None:
    _ids(source, file, ("also",), answer.also, library.answers.keys() - {answer.id}, "other answer")
    if (words := len(answer.answer.split())) > ANSWER_WORDS:
        source.wrong(file, ("answer",), f"{words} words, more than {ANSWER_WORDS}")
    if answer.help and (words := len(answer.help.split())) > HELP_WORDS:
        source.wrong(file, ("help",), f"{words} words, more than {HELP_WORDS}")
    for key in ("title", "answer", "help", "where_from"):
        text = getattr(answer, key) or ""
        _placeholders(source, file, (key,), text, _common(library))
        if key != "title" and text.rstrip().endswith("?"):
            source.wrong(file, (key,), "an answer does not end with a question: the prompt follows it")


def _safety(source: Source, file: str, safety: Safety, common: frozenset[str]) -> None:
    ids = {flag.id for flag in safety.flags}
    seen: dict[str, str] = {}
    for index, flag in enumerate(safety.flags):
        at: Steps = ("flags", index)
        for number, signs in enumerate(flag.hears):
            _ids(source, file, (*at, "hears", number), signs, safety.signs, "sign")
        if flag.in_routine:
            _ids(source, file, (*at, "in_routine"), (flag.in_routine,), ids, "flag")
        if (flag.severity is Severity.MODIFY) != (flag.effect is not None):
            source.wrong(file, (*at, "severity"), "a modify flag has an effect, and no other flag has one")
        if flag.id in seen:
            source.wrong(file, (*at, "id"), f"the flag {flag.id} stands here twice")
        seen[flag.id] = flag.id
        _placeholders(source, file, (*at, "advice"), flag.advice, common)
        _advice(source, file, at, flag)
    for index, question in enumerate(safety.questions):
        _ids(source, file, ("questions", index, "about"), question.about, ids, "flag")
        for key in ("ask", "one_by_one"):
            _placeholders(source, file, ("questions", index, key), getattr(question, key), common)
            if not getattr(question, key).endswith("?"):
                source.wrong(file, ("questions", index, key), "it ends with a question mark")
        _placeholders(source, file, ("questions", index, "yes"), question.yes, common)
    for index, refusal in enumerate(safety.refusals):
        _placeholders(source, file, ("refusals", index, "reply"), refusal.reply, common)
    for index, word in enumerate(safety.definitions):
        _placeholders(source, file, ("definitions", index, "meaning"), word.meaning, common)


def _advice(source: Source, file: str, at: Steps, flag: Flag) -> None:
    """C10: an emergency names the number to call, and that the skill cannot call it."""
    if flag.advice.rstrip().endswith("?"):
        source.wrong(file, (*at, "advice"), "advice does not end with a question")
    if flag.severity is Severity.EMERGENCY:
        if "{emergency_number}" not in flag.advice:
            source.wrong(file, (*at, "advice"), "an emergency names {emergency_number}")
        if source.language == ENGLISH and "can't" not in flag.advice:
            source.wrong(file, (*at, "advice"), "an emergency says that the skill can't call")


def _phrases(source: Source, file: str, library: Library) -> None:
    for key in sorted(PHRASES.keys() - library.phrases.keys() - source.broken):
        source.wrong(file, (), f"the phrase {key} is missing")
    for key, phrase in library.phrases.items():
        if key not in PHRASES:
            source.wrong(file, (), f"nothing speaks the phrase {key}", key=key)
            continue
        _placeholders(source, file, (key, "say"), phrase.say, _common(library) | PHRASES[key])
        if phrase.prompt != phrase.say.endswith("?"):
            source.wrong(file, (key,), "a prompt ends with a question mark, and nothing else does")


def _intents(source: Source, file: str, library: Library) -> None:
    intents = [intent for intent in library.intents.values() if intent.topic is None]
    for index, intent in enumerate(intents):
        if intent.route not in ROUTES:
            source.wrong(file, ("intents", index, "route"), f"there is no route {intent.route}")
        if intent.action is not None and intent.action not in ACTIONS:
            source.wrong(file, ("intents", index, "action"), f"the turn API has no action {intent.action}")


def _common(library: Library) -> frozenset[str]:
    """Return what every text of the content may name: what depends on the place and the door."""
    return COMMON.union(*(place.words for place in library.locales.values()))


def _ids(
    source: Source, file: str, path: Steps, used: Iterable[str], known: Iterable[str], kind: str
) -> None:
    names = set(known) | source.broken
    for index, id_ in enumerate(used):
        if id_ not in names:
            source.wrong(file, (*path, index), f"there is no {kind} {id_}")


def _placeholders(source: Source, file: str, path: Steps, text: str, names: Iterable[str]) -> None:
    """Refuse placeholders that nothing fills in."""
    try:
        used = {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}
    except ValueError as error:
        source.wrong(file, path, f"the braces do not fit: {error}")
        return
    for name in sorted(used - set(names)):
        source.wrong(file, path, f"nothing fills in {{{name}}} here")
