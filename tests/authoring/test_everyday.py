"""Everyday words: every place hears its own, and no text says the word of one place alone."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from skill import build
from skill.authoring import everyday
from skill.authoring.spoken import Kind, Spoken, spoken
from skill.core.library import Library
from skill.core.phrases import COMMON, PHRASES, STRETCH
from skill.core.turn import Door
from skill.core.wording import OTHER, Wording

NAMES = COMMON.union(STRETCH, *PHRASES.values())


def places(library: Library) -> dict[str, set[str]]:
    """The everyday words of each place that are not said everywhere, and what people of care are called."""
    return {
        locale: {*row.words.values(), row.clinician, re.sub(r"^(the|an|a) ", "", row.emergency_room)}
        for locale, row in library.locales.items()
    }


def heard(library: Library, locale: str) -> list[tuple[Spoken, str]]:
    """Every text as it is heard in a place; what is filled in later is left as it stands."""
    wording = Wording(library, locale, Door.ALEXA)
    later = {name: f"{{{name}}}" for name in NAMES - COMMON}
    return [
        (text, wording.fill(text.text, **later)) for text in spoken(library) if text.kind is not Kind.LOCALE
    ]


def test_nobody_hears_the_word_of_another_place(library: Library) -> None:
    said = places(library)
    for locale, own in said.items():
        others = set().union(*said.values()) - own
        foreign = re.compile(rf"\\b({'|'.join(map(re.escape, sorted(others)))})\\b", re.IGNORECASE)
        for text, words in heard(library, locale):
            found = foreign.search(words)
            assert not found or any(found[0].lower() in word.lower() for word in own), (
                locale,
                text.path,
                words,
            )


@pytest.mark.parametrize("key", ["belly", "butt", "pee", "peeing", "pooping", "pills", "urgent_line"])
def test_each_everyday_word_is_used_and_is_heard_in_every_place(library: Library, key: str) -> None:
    using = [text for text in spoken(library) if f"{{{key}}}" in text.text]
    assert using
    for locale, row in library.locales.items():
        by_place = {text.path: words for text, words in heard(library, locale) if text in using}
        assert all(row.words[key] in words for words in by_place.values())


def test_every_word_that_is_kept_is_used(library: Library) -> None:
    texts = " ".join(text.text for text in spoken(library))
    for key in library.locales[OTHER].words:
        assert f"{{{key}}}" in texts


@pytest.mark.parametrize(
    "words", ["Rub your tummy slowly.", "It's a tablet or two, and PILLS.", "See a Physiotherapist."]
)
def test_the_word_of_one_place_in_a_text_is_told(tree: Path, words: str) -> None:
    path = tree / "content/en/answers/aim.yaml"
    text = path.read_text(encoding="utf-8")
    path.write_text(re.sub(r"(?s)answer: >-.*?\nalso", f'answer: "{words}"\nalso', text), encoding="utf-8")
    [told] = build.checked(tree).problems
    assert re.search(r"^'[\w ]+' is not said everywhere: write \{\w+\} ", told.message)


def test_each_place_s_words_are_checked_as_they_are_heard(library: Library) -> None:
    text = Spoken("f", ("a",), "Numb when you {pee}.", Kind.ADVICE)
    ways = {spoken.text for spoken in everyday.filled([text], library)}
    assert ways == {"Numb when you pee.", "Numb when you wee.", "Numb when you pass urine."}


def test_a_name_that_the_code_fills_in_is_no_everyday_word(tree: Path) -> None:
    path = tree / "content/locales.yaml"
    path.write_text(path.read_text().replace("words: {", "words: {side: x, "), encoding="utf-8")
    told = [problem.message for problem in build.checked(tree).problems]
    assert told == ["side is a name that is filled in already"] * 6
