"""Everyday words that differ from place to place: a text that all places hear says none of them itself.

A row of `locales.yaml` tells what its place calls a thing; a text says `{belly}`, and everybody hears
their own.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

import msgspec

from skill.authoring.compile import LOCALES, Source, row_of
from skill.authoring.spoken import Kind, Spoken
from skill.core.library import Library, Locale
from skill.core.phrases import COMMON, PHRASES, STRETCH

TAKEN = COMMON.union(STRETCH, *PHRASES.values())
"""Names that the code fills in itself."""
ARTICLE = re.compile(r"^(the|an|a) ")
PLACEHOLDER = re.compile(r"\{(\w+)\}")


def check_rows(source: Source, library: Library) -> None:
    """Add each place without a word that another has, and each word whose name is filled in already."""
    keys = dict.fromkeys(key for place in library.locales.values() for key in place.words)
    for locale, place in library.locales.items():
        tag = row_of(locale, library.language)
        for key in keys:
            if key not in place.words:
                source.wrong(LOCALES, (tag, "words"), f"{tag} has no word for {key}")
            elif key in TAKEN:
                source.wrong(LOCALES, (tag, "words"), f"{key} is a name that is filled in already", key=key)


def check(source: Source, texts: Iterable[Spoken], library: Library) -> None:
    """Add each text with the word of one place alone."""
    local = _local(library.locales.values())
    if not local:
        return
    found = re.compile(
        rf"\b({'|'.join(sorted(map(re.escape, local), key=len, reverse=True))})\b", re.IGNORECASE
    )
    for text in texts:
        if text.kind is not Kind.LOCALE and (word := found.search(PLACEHOLDER.sub("", text.text))):
            wanted = local[word[1].lower()]
            source.wrong(
                text.file, text.path, f"{word[1]!r} is not said everywhere: write {{{wanted}}} ({LOCALES})"
            )


def filled(texts: Iterable[Spoken], library: Library) -> tuple[Spoken, ...]:
    """Return each text as it is heard: once for all places, or once for each way in which it is worded."""
    everywhere = [place.words for place in library.locales.values()]
    return tuple(
        msgspec.structs.replace(text, text=words)
        for text in texts
        for words in dict.fromkeys(_worded(text.text, place) for place in everywhere)
    )


def _worded(text: str, words: Mapping[str, str]) -> str:
    return PLACEHOLDER.sub(lambda name: words.get(name[1], name[0]), text)


def _local(places: Iterable[Locale]) -> dict[str, str]:
    """Return every word that is not the same in all places, in lower case, with the name to write instead."""
    said: dict[str, set[str]] = {}
    for place in places:
        for name, word in _named(place):
            said.setdefault(name, set()).add(word)
    return {word.lower(): name for name, words in said.items() if len(words) > 1 for word in words}


def _named(place: Locale) -> Iterator[tuple[str, str]]:
    yield "clinician", place.clinician
    yield "emergency_room", ARTICLE.sub("", place.emergency_room)
    yield from place.words.items()
