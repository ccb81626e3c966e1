"""Every text that a listener may hear, with its place: what the wording rules are applied to."""

from __future__ import annotations

import re
from collections.abc import Iterator
from enum import StrEnum

from msgspec import Struct

from skill.authoring.compile import LOCALES, Steps, folder_of, row_of
from skill.core.library import Level, Library

STRETCH = (
    *(
        "name",
        "purpose",
        "set_up",
        "move",
        "again",
        "feel",
        "limit",
        "breath",
        "release",
        "way_out",
        "caution",
    ),
)
"""The spoken texts of a stretch."""
END = re.compile(r"(?<=[.!?])\s+")


class Kind(StrEnum):
    """What a text is, where a rule asks."""

    STRETCH = "stretch"
    ROUTINE = "routine"
    TITLE = "title"
    """What an answer is about: its card's heading, and said in "Did you mean"."""
    ANSWER = "answer"
    HELP = "help"
    SOURCE = "source"
    """Where an answer is from: it names what others say."""
    ADVICE = "advice"
    QUESTION = "question"
    """A question of the screen: it names what the listener may have or take."""
    REFUSAL = "refusal"
    DEFINITION = "definition"
    PHRASE = "phrase"
    SIDE = "side"
    """The word for a side of the body."""
    LOCALE = "locale"


class Spoken(Struct, frozen=True):
    """One text, and where it stands."""

    file: str
    """Path of the file below the root."""
    path: Steps
    """Keys and indexes down to the text."""
    text: str
    """The words, with their placeholders."""
    kind: Kind
    """What it is."""
    level: Level | None = None
    """The level of its stretch."""


def spoken(library: Library) -> Iterator[Spoken]:
    """Yield every text that a listener may hear."""
    yield from _moves(library)
    yield from _answers(library)
    yield from _safety(library)
    for key, phrase in library.phrases.items():
        kind = Kind.SIDE if key.startswith("side.") else Kind.PHRASE
        yield Spoken(f"{folder_of(library.language)}/phrases.yaml", (key, "say"), phrase.say, kind)
    for id_, area in library.areas.items():
        yield Spoken(f"{folder_of(library.language)}/areas.yaml", (id_, "name"), area.name, Kind.PHRASE)
    for locale, place in library.locales.items():
        tag = row_of(locale, library.language)
        for key in ("emergency_number", "emergency_room", "clinician"):
            yield Spoken(LOCALES, (tag, key), getattr(place, key), Kind.LOCALE)
        for key, word in place.words.items():
            yield Spoken(LOCALES, (tag, "words", key), word, Kind.LOCALE)


def sentences(text: str) -> list[str]:
    """Return the sentences of a text."""
    return [sentence for sentence in END.split(text.strip()) if sentence]


def _moves(library: Library) -> Iterator[Spoken]:
    for id_, stretch in library.stretches.items():
        for key in STRETCH:
            if text := getattr(stretch, key):
                file = f"{folder_of(library.language)}/stretches/{id_}.yaml"
                yield Spoken(file, (key,), text, Kind.STRETCH, stretch.level)
    for id_, routine in library.routines.items():
        yield Spoken(
            f"{folder_of(library.language)}/routines/{id_}.yaml", ("name",), routine.name, Kind.ROUTINE
        )


def _answers(library: Library) -> Iterator[Spoken]:
    for id_, answer in library.answers.items():
        file = f"{folder_of(library.language)}/answers/{id_}.yaml"
        yield Spoken(file, ("title",), answer.title, Kind.TITLE)
        yield Spoken(file, ("answer",), answer.answer, Kind.ANSWER)
        yield Spoken(file, ("where_from",), answer.where_from, Kind.SOURCE)
        if answer.help:
            yield Spoken(file, ("help",), answer.help, Kind.HELP)


def _safety(library: Library) -> Iterator[Spoken]:
    file, safety = f"{folder_of(library.language)}/safety.yaml", library.safety
    for index, flag in enumerate(safety.flags):
        yield Spoken(file, ("flags", index, "advice"), flag.advice, Kind.ADVICE)
    for index, question in enumerate(safety.questions):
        for key in ("ask", "one_by_one"):
            yield Spoken(file, ("questions", index, key), getattr(question, key), Kind.QUESTION)
        yield Spoken(file, ("questions", index, "yes"), question.yes, Kind.ADVICE)
    for index, word in enumerate(safety.definitions):
        yield Spoken(file, ("definitions", index, "meaning"), word.meaning, Kind.DEFINITION)
    for index, refusal in enumerate(safety.refusals):
        yield Spoken(file, ("refusals", index, "reply"), refusal.reply, Kind.REFUSAL)
