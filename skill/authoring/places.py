"""The rows of `locales.yaml`: every place that is served, with its number to call and all of its words."""

from __future__ import annotations

from collections.abc import Iterator

from skill.authoring.compile import ENGLISH, LOCALES, Source, languages, row_of
from skill.core.library import Library, Locale
from skill.core.phrases import COMMON, PHRASES, STRETCH
from skill.core.wording import OTHER

NUMBERS = {"en-US": "911", "en-CA": "911", "en-GB": "999", "en-AU": "000", "en-IN": "112"}
"""The English places that are served, and the number to call there (safety facts, section 1)."""
TAKEN = COMMON.union(STRETCH, *PHRASES.values())
"""Names that the code fills in itself."""


def check(source: Source, library: Library) -> None:
    """Add each place that is missing or nobody's, and each that has not all of its words."""
    needed = (*NUMBERS, OTHER) if source.language == ENGLISH else (OTHER,)
    for locale in needed:
        if locale not in library.locales:
            source.wrong(LOCALES, (), f"the row {row_of(locale, source.language)} is missing")
    if library.locales.keys() <= {OTHER}:
        source.wrong(LOCALES, (), f"no row is a place where {source.language} is spoken")
    known = languages(source.root)
    rows = source.documents[LOCALES].keys()
    for tag in rows:
        if tag != OTHER and (tag == ENGLISH or tag.split("-")[0] not in known):
            source.wrong(LOCALES, (), f"{tag} is no place of a language that is here", key=tag)
    names = dict.fromkeys(name for place in library.locales.values() for name in place.words)
    for locale, place in library.locales.items():
        _place(source, locale, row_of(locale, library.language), place, tuple(names))


def _place(source: Source, locale: str, tag: str, place: Locale, names: tuple[str, ...]) -> None:
    """Add what is wrong with one row."""
    if place.emergency_number != NUMBERS.get(locale, place.emergency_number):
        source.wrong(LOCALES, (tag, "emergency_number"), f"the number to call there is {NUMBERS[locale]}")
    for path, text in _texts(place):
        if not text.strip() or "{" in text or "}" in text:
            source.wrong(LOCALES, (tag, *path), "a place says words here, and no blank or brace")
    for name in names:
        if name not in place.words:
            source.wrong(LOCALES, (tag, "words"), f"{tag} has no word for {name}")
        elif name in TAKEN:
            source.wrong(LOCALES, (tag, "words"), f"{name} is a name that is filled in already", key=name)


def _texts(place: Locale) -> Iterator[tuple[tuple[str, ...], str]]:
    for key in ("emergency_number", "emergency_room", "clinician"):
        yield (key,), getattr(place, key)
    for key, word in place.words.items():
        yield ("words", key), word
