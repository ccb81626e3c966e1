"""Shows what a listener hears of one piece of content, with the second at which each part begins."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator

from skill.core import fitting, planner
from skill.core.errors import GentleBackError
from skill.core.fitting import Known
from skill.core.library import Answer, Library
from skill.core.preferences import Preferences
from skill.core.session import Place
from skill.core.timeline import cues, speech_seconds
from skill.core.turn import Door, Say
from skill.core.wording import Wording


class UnknownError(GentleBackError):
    """There is no content of this id."""


def preview(library: Library, id_: str, locale: str) -> list[str]:
    """Return the lines that show a stretch, a routine, an answer, a flag, a refusal or a definition.

    Args:
        library: all content.
        id_: which piece of it.
        locale: BCP 47 tag of the place whose words are filled in.

    Raises:
        UnknownError: no piece of the content has this id.
    """
    wording = Wording(library, locale, Door.ALEXA)
    if stretch := library.stretches.get(id_):
        return list(_guided(Place(None, fitting.usual([stretch.id], Known(), library)), wording))
    if routine := library.routines.get(id_):
        return list(_guided(fitting.of_routine(routine, Known(), library), wording))
    if answer := library.answers.get(id_):
        return [
            *_told(_answer(answer, library), wording),
            "and where it is from:",
            *_told([answer.where_from], wording),
        ]
    others = _others(library)
    if id_ in others:
        return list(_told([others[id_]], wording))
    known = [*library.stretches, *library.routines, *library.answers, *others]
    near = difflib.get_close_matches(id_, known, n=3, cutoff=0.5)
    raise UnknownError(f"there is no {id_}" + (f"; near it: {', '.join(near)}" if near else ""))


def _answer(answer: Answer, library: Library) -> list[str]:
    """Return what is said to the question, in its order."""
    net = library.phrases["safety.net"].say if answer.emergency_signs else None
    return [text for text in (answer.answer, answer.help, net) if text]


def _others(library: Library) -> dict[str, str]:
    """Return the pieces that are one text, by id."""
    safety = library.safety
    return {
        **{word.id: word.meaning for word in safety.definitions},
        **{refusal.id: refusal.reply for refusal in safety.refusals},
        **{flag.id: flag.advice for flag in safety.flags},
    }


def _told(texts: Iterable[str], wording: Wording) -> Iterator[str]:
    """Yield texts that follow each other without a pause."""
    clock = 0.0
    for text in texts:
        words = wording.fill(text)
        yield _line(clock, words)
        clock += speech_seconds(words)


def _guided(place: Place, wording: Wording) -> Iterator[str]:
    """Yield the blocks of a plan; the clock stands while a check-in is answered."""
    parts = planner.parts(place, wording)
    for caution in dict.fromkeys(part.stretch.caution for part in parts if part.stretch.caution):
        yield f"before ready: {wording.fill(caution)}"
    clock = 0.0
    for number, part in enumerate(parts, 1):
        named = " and ".join(side for side in part.sides if side) or "the middle"
        yield f"block {number} of {len(parts)}: {part.stretch.name}, {named}"
        ask = "cue.check_in_last" if number == len(parts) else "cue.check_in"
        timeline = cues((part.block(Preferences()),), wording, ask=ask)
        for cue in timeline:
            said = cue.segment
            yield _line(clock + cue.start, said.text if isinstance(said, Say) else f"... {said.seconds:g} s")
        clock += timeline[-1].end
    minutes, seconds = divmod(round(clock), 60)
    yield f"{minutes} min {seconds} s, and the answers to {len(parts)} check-ins"


def _line(clock: float, text: str) -> str:
    return f"{clock:7.1f}  {text}"
