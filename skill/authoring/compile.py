"""Compiles `content/` and `interaction_model/intents.yaml` into one library."""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path
from typing import Annotated, TypeVar

import yaml
from msgspec import Meta, Struct, field

from skill.authoring.yaml_files import ContentError, Document, Problem, read
from skill.core.library import (
    WORDS,
    Answer,
    Area,
    Content,
    Id,
    Intent,
    Library,
    Locale,
    Phrase,
    Routine,
    Safety,
    Speech,
    Stretch,
    Text,
)
from skill.core.wording import OTHER

T = TypeVar("T")
Named = TypeVar("Named", Stretch, Routine, Answer)
Steps = tuple[str | int, ...]
"""Keys and indexes down to a value of a file."""

ENGLISH = "en"
"""The language that all others are translated from."""
CITATIONS = "content/sources.yaml"
"""What the content is from."""
LOCALES = "content/locales.yaml"
"""What differs between the places where a language is spoken."""


class Reading(StrEnum):
    """How a source was read (safety facts, "Evidence marks")."""

    PAGE = "page"
    """A publisher's own page."""
    PAPER = "paper"
    """A paper's abstract or excerpt."""
    COPY = "copy"
    """A copy, or a news report, of the original."""
    SECOND_HAND = "second_hand"
    """Somebody else's page about it."""
    ARTICLE = "article"
    """One of the two articles that the skill teaches from."""
    OWN = "own"
    """No source: a choice of this project."""


class Citation(Content, frozen=True, kw_only=True):
    """A source that the content may name; authors and reviewers read it, no listener hears it."""

    name: Text
    """What it is, in a few plain words."""
    kind: Reading
    """How it was read."""


class IntentsFile(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The hand-written part of the interaction model: `interaction_model/intents.yaml`."""

    invocation_name: Annotated[str, Meta(min_length=2, max_length=50, extra=WORDS)]
    """What is said to open the skill."""
    slot_types: dict[str, dict[Id, tuple[Text, ...]]]
    """Slot types whose values are no content."""
    intents: Annotated[tuple[Intent, ...], Meta(min_length=1)]
    """The intents, in the order of the file."""


class Source(Struct):
    """The files of a language that were read, and what was wrong with them."""

    root: Path
    """The folder that holds `content/` and `interaction_model/`."""
    language: str
    """The language."""
    documents: dict[str, Document] = field(default_factory=dict)
    """By path below the root."""
    problems: list[Problem] = field(default_factory=list)
    """What an author has to mend, so far."""
    citations: dict[str, Citation] = field(default_factory=dict)
    """The sources that the content may name, by id."""
    broken: set[str] = field(default_factory=set)
    """Ids and keys that exist and cannot be read: naming them is no error of the others."""

    @property
    def home(self) -> str:
        """The folder of the language."""
        return folder_of(self.language)

    @property
    def intents(self) -> str:
        """The hand-written part of the language's interaction model."""
        return intents_file(self.language)

    def load(self, name: str) -> Document | None:
        """Read a file, keeping its problems; none if it cannot be read."""
        try:
            self.documents[name] = read(self.root / name, name)
        except ContentError as error:
            self.problems.extend(error.problems)
        return self.documents.get(name)

    def whole(self, name: str, type_: type[T]) -> T | None:
        """Read a file as one value, keeping its first schema error."""
        document = self.load(name)
        return self._converted(document, type_) if document else None

    def each(self, name: str, type_: type[T]) -> dict[str, T]:
        """Read a file as a mapping of keys to values, keeping its first schema error."""
        document = self.load(name)
        values: dict[str, T] = {}
        if document is None:
            return values
        before = len(self.problems)
        for key in self._keys(document):
            value = self._converted(document, type_, key)
            if value is None:
                self.broken.add(key)
            else:
                values[key] = value
        del self.problems[before + 1 :]
        return values

    def folder(self, name: str, type_: type[Named]) -> dict[str, Named]:
        """Read every file of a folder, each one value whose id is the file's name."""
        values: dict[str, Named] = {}
        for path in sorted((self.root / name).glob("*.yaml")):
            file = f"{name}/{path.name}"
            value = self.whole(file, type_)
            if value is None:
                self.broken.add(path.stem)
                continue
            if value.id != path.stem:
                self.wrong(file, ("id",), f"the id has to be the file's name, {path.stem}")
            values[path.stem] = value
        return values

    def wrong(self, file: str, path: tuple[str | int, ...], message: str, key: str | None = None) -> None:
        """Keep a problem at a place of a file."""
        self.problems.append(self.documents[file].problem(path, message, key=key))

    def place_of(self, text: str) -> Problem | None:
        """Return where a text stands, as a problem without a message; none where it stands nowhere."""
        for document in self.documents.values():
            for node in scalars(document.root):
                if node.value == text:
                    mark = node.start_mark
                    return Problem(document.file, mark.line + 1, mark.column + 1, "")
        return None

    def _keys(self, document: Document) -> tuple[str, ...]:
        try:
            return tuple(document.keys())
        except ContentError as error:
            self.problems.extend(error.problems)
            self.documents.pop(document.file)
            return ()

    def _converted(self, document: Document, type_: type[T], key: str | None = None) -> T | None:
        try:
            return document.convert(type_, key)
        except ContentError as error:
            self.problems.extend(error.problems)
            return None


def folder_of(language: str) -> str:
    """Return the folder of a language, below the root."""
    return f"content/{language}"


def intents_file(language: str) -> str:
    """Return the hand-written part of a language's interaction model: a new language is one folder."""
    return "interaction_model/intents.yaml" if language == ENGLISH else f"{folder_of(language)}/intents.yaml"


def languages(root: Path) -> list[str]:
    """Return the languages that a tree has content of, English first."""
    found = {path.name for path in (root / "content").glob("[a-z][a-z]") if path.is_dir()}
    return [ENGLISH, *sorted(found - {ENGLISH})]


def gather(root: Path, language: str = ENGLISH) -> tuple[Source, Library | None, str]:
    """Read a language of a content tree.

    Args:
        root: the folder that holds `content/` and `interaction_model/`.
        language: the folder below `content/`.

    Returns:
        What was read, the library, and the invocation name. What has a schema error is not in the
        library; there is none where a file is broken that all the others depend on.
    """
    source = Source(root, language)
    home = source.home
    stretches = source.folder(f"{home}/stretches", Stretch)
    routines = source.folder(f"{home}/routines", Routine)
    answers = source.folder(f"{home}/answers", Answer)
    safety = source.whole(f"{home}/safety.yaml", Safety)
    phrases = source.each(f"{home}/phrases.yaml", Phrase)
    speech = source.whole(f"{home}/speech.yaml", Speech)
    areas = source.each(f"{home}/areas.yaml", Area)
    rows = source.each(LOCALES, Locale)
    source.citations = source.each(CITATIONS, Citation)
    intents = source.whole(source.intents, IntentsFile)
    parts = (f"{home}/phrases.yaml", f"{home}/areas.yaml", LOCALES, CITATIONS)
    read_all = all(name in source.documents for name in parts)
    if not read_all or safety is None or speech is None or intents is None:
        return source, None, ""
    library = Library(
        language=language,
        stretches=stretches,
        routines=routines,
        answers=answers,
        safety=safety,
        phrases=phrases,
        locales=_places(rows, language),
        speech=speech,
        areas=areas,
        intents={intent.name: intent for intent in (*intents.intents, *_made(answers, safety))},
        slot_types=dict(intents.slot_types) | _slot_types(stretches, routines, areas, safety),
    )
    return source, library, intents.invocation_name


def row_of(locale: str, language: str) -> str:
    """Return the key of a locale's row; that of `other` is the language itself where it is not English."""
    return language if locale == OTHER and language != ENGLISH else locale


def _places(rows: dict[str, Locale], language: str) -> dict[str, Locale]:
    """Return the rows of a language by locale, its fallback as `other`."""
    own = {tag: row for tag, row in rows.items() if tag.startswith(f"{language}-")}
    other = rows.get(row_of(OTHER, language))
    return own | ({OTHER: other} if other else {})


def intent_name(prefix: str, id_: str) -> str:
    """Return the name of the intent that is made for a piece of content."""
    return f"{prefix}{''.join(part.capitalize() for part in id_.split('_'))}Intent"


def _made(answers: dict[str, Answer], safety: Safety) -> Iterator[Intent]:
    """Yield an intent for each answer and each refusal."""
    for answer in answers.values():
        yield Intent(name=intent_name("Ask", answer.id), route="ask", topic=answer.id, samples=answer.asks)
    for refusal in safety.refusals:
        yield Intent(
            name=intent_name("Decline", refusal.id), route="refuse", topic=refusal.id, samples=refusal.says
        )


def _slot_types(
    stretches: dict[str, Stretch], routines: dict[str, Routine], areas: dict[str, Area], safety: Safety
) -> dict[str, dict[str, tuple[str, ...]]]:
    """Return the slot types whose values are content."""
    return {
        "Stretch": {id_: (stretch.name, *stretch.synonyms) for id_, stretch in stretches.items()},
        "Routine": {id_: (routine.name, *routine.synonyms) for id_, routine in routines.items()},
        "Area": {id_: (area.name, *area.synonyms) for id_, area in areas.items()},
        "Symptom": {flag.id: (*flag.says, *flag.own_negation) for flag in safety.flags},
        "Word": {word.id: word.says for word in safety.definitions},
    }


def scalars(node: yaml.Node | None) -> Iterator[yaml.ScalarNode]:
    """Yield every scalar node below a node."""
    if isinstance(node, yaml.ScalarNode):
        yield node
    elif isinstance(node, yaml.SequenceNode):
        for item in node.value:
            yield from scalars(item)
    elif isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            yield from (*scalars(key), *scalars(value))
