"""Everyday words that differ from place to place: a text that all places hear says none of them itself.

A row of `locales.yaml` tells what its place calls a thing; a text says `{belly}`, and everybody hears
their own.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

import msgspec

from skill.authoring.compile import LOCALES, Source
from skill.authoring.spoken import Kind, Spoken
from skill.core.library import Library, Locale

ELSEWHERE = {
    **dict.fromkeys(("physio", "pt"), "clinician"),
    **dict.fromkeys(("er", "a&e", "casualty"), "emergency_room"),
    **dict.fromkeys(("poop", "poo", "pooped", "pooed"), "pooping"),
    **dict.fromkeys(("peed", "weed"), "pee"),
    "urgent care": "urgent_line",
}
"""Other words of one place alone, and the name to write instead, where the places have one."""
GAP = re.compile(r"[\s-]+")
ARTICLE = re.compile(r"^(the|an|a) ")
PLACEHOLDER = re.compile(r"\{(\w+)\}")


def check(source: Source, texts: Iterable[Spoken], library: Library) -> None:
    """Add each text with the word of one place alone."""
    local = _local(library.locales.values())
    if not local:
        return
    forms = {form: name for word, name in local.items() for form in _forms(word)}
    longest_first = sorted(map(re.escape, forms), key=len, reverse=True)
    found = re.compile(rf"\b({'|'.join(longest_first)})\b", re.IGNORECASE)
    for text in texts:
        # "{clinician}s" is a plural, and its "s" no word.
        plain = GAP.sub(" ", PLACEHOLDER.sub("", text.text))
        if text.kind is not Kind.LOCALE and (word := found.search(plain)):
            wanted = forms[word[1].lower()]
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
    differing = {name: words for name, words in said.items() if len(words) > 1}
    elsewhere = {word: name for word, name in ELSEWHERE.items() if name in differing}
    return elsewhere | {word.lower(): name for name, words in differing.items() for word in words}


def _forms(word: str) -> Iterator[str]:
    """Yield a word and its plural, or what it is the plural of."""
    yield word
    if word.endswith("s"):
        yield word.removesuffix("s")
    elif word.endswith("y"):
        yield f"{word.removesuffix('y')}ies"
    else:
        yield f"{word}s"


def _named(place: Locale) -> Iterator[tuple[str, str]]:
    yield "clinician", place.clinician
    yield "emergency_room", ARTICLE.sub("", place.emergency_room)
    yield from place.words.items()
