"""One form for what is said and for what is written, so that they can be compared."""

from __future__ import annotations

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skill.core.library import Library
from skill.language.normalise import Normaliser


@pytest.fixture(scope="module")
def normaliser(library: Library) -> Normaliser:
    return Normaliser(library.speech)


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ("My Back POPS!", "my back pops"),
        ("it\u2019s numb", "it is numb"),
        ("  two   spaces\tand a tab ", "two spaces and a tab"),
        ("it's um numb", "it is numb"),
        ("'quoted' words", "quoted words"),
        ("the boss's back", "the boss's back"),
        ("the figure_four", "the figure four"),
        ("non-slip", "non slip"),
        ("\uff4d\uff59 back", "my back"),
        ("dont cant wont", "do not can not will not"),
        ("i'm not able to pee", "i am can not pee"),
        ("i can no longer feel it", "i can not feel it"),
        ("why couldn't i walk", "why i can not walk"),
        ("call 911", "call nine one one"),
        ("", ""),
        ("um ... er!", ""),
    ],
)
def test_words_have_one_form(normaliser: Normaliser, said: str, words: str) -> None:
    assert normaliser.words(said) == words.split()
    assert normaliser.form(said) == words


def test_every_short_form_means_its_full_form(normaliser: Normaliser, library: Library) -> None:
    for short, full in library.speech.contractions.items():
        assert normaliser.form(short) == normaliser.form(full), short


@given(st.text(max_size=60))
def test_a_form_is_its_own_form(normaliser: Normaliser, text: str) -> None:
    """Otherwise a sample of the content and the same words from a listener would differ."""
    form = normaliser.form(text)
    assert normaliser.form(form) == form


@given(st.text(string.ascii_letters + "' ", max_size=60))
def test_capitals_make_no_difference(normaliser: Normaliser, text: str) -> None:
    assert normaliser.form(text.upper()) == normaliser.form(text)


@pytest.mark.parametrize(
    ("text", "clauses"),
    [
        ("no, it hurts", ["no", "it hurts"]),
        ("No. My leg - it's numb!", ["no", "my leg", "it is numb"]),
        ("a non-slip mat", ["a non slip mat"]),
        ("one; two: (three) four\u2026 five \u2014 six", ["one", "two", "three", "four", "five", "six"]),
        ("...", []),
    ],
)
def test_punctuation_separates_clauses(normaliser: Normaliser, text: str, clauses: list[str]) -> None:
    assert [" ".join(clause) for clause in normaliser.clauses(text)] == clauses


@pytest.mark.parametrize(
    ("said", "rest"),
    [
        ("well okay the figure four please", "the figure four"),
        ("um so the figure four thanks", "the figure four"),
        ("the well worn mat", "the well worn mat"),
        ("you know i mean next", "next"),
        ("okay", "okay"),
        ("okay please", "okay"),
    ],
)
def test_fillers_fall_off_at_the_ends_only_and_never_all_of_them(
    normaliser: Normaliser, said: str, rest: str
) -> None:
    left = normaliser.without_fillers(normaliser.words(said))
    if rest == "okay":
        assert len(left) == 1
    else:
        assert left == rest.split()


def test_every_filler_falls_off_at_both_ends(normaliser: Normaliser, library: Library) -> None:
    for filler in library.speech.fillers:
        said = normaliser.words(f"{filler} bananas {filler}")
        assert normaliser.without_fillers(said) == ["bananas"], filler


def test_intensifiers_fall_away_wherever_they_stand(normaliser: Normaliser, library: Library) -> None:
    for word in library.speech.intensifiers:
        said = normaliser.words(f"{word} my {word} back {word}")
        assert normaliser.without_intensifiers(said) == ["my", "back"], word


def test_the_places_without_intensifiers_point_at_what_stays(normaliser: Normaliser) -> None:
    words = normaliser.words("my leg is a little bit numb")
    assert normaliser.places_without_intensifiers(words) == (0, 1, 2, 6)
    assert normaliser.without_intensifiers(words) == ["my", "leg", "is", "numb"]


def test_a_slot_in_a_sample_stays_a_slot(normaliser: Normaliser) -> None:
    assert normaliser.form("I've {symptom}") == "i have {symptom}"
