"""The school grade of a text, by Flesch and Kincaid."""

from __future__ import annotations

import pytest

from skill.authoring.grade import CAP, EASY, GRADED, grade, syllables
from skill.authoring.spoken import spoken
from skill.core.library import Library


@pytest.mark.parametrize(
    ("word", "count"),
    [
        ("back", 1),
        ("stretch", 1),
        ("easy", 2),
        ("comfortable", 4),
        ("vertebra", 3),
        ("doctor's", 2),
        ("can't", 1),
        ("7", 1),
    ],
)
def test_syllables_are_those_of_the_dictionary(word: str, count: int) -> None:
    assert syllables(word) == count


@pytest.mark.parametrize(("word", "count"), [("zzyzzot", 2), ("brrl", 1), ("gentlebacks", 3)])
def test_a_word_that_the_dictionary_lacks_has_as_many_as_vowels(word: str, count: int) -> None:
    assert syllables(word) == count


def test_a_term_without_a_plainer_word_is_easy() -> None:
    assert {syllables(word) for word in EASY} == {2}
    assert syllables("sacroiliac") < 5


def test_the_grade_is_flesch_and_kincaid() -> None:
    text = "The cat sat on the mat. " * 4
    assert grade(text) == pytest.approx(0.39 * 6 + 11.8 * 1 - 15.59)


def test_a_short_text_has_no_grade() -> None:
    assert grade("word " * 19) is None
    assert grade("word " * 20) is not None


def test_a_placeholder_counts_as_what_it_becomes() -> None:
    said = "Call {emergency_number} or go to {emergency_room}, and ask a {clinician} about your {side} hip."
    told = "Call nine one one or go to the emergency room, and ask a physical therapist about your one hip."
    assert grade(f"{said} {said}") == grade(f"{told} {told}")


def test_longer_words_and_sentences_are_harder() -> None:
    easy = grade(
        "Lie on the mat. Bend your knees. Let them sink to one side. Rest for now. Now breathe out slowly."
    )
    hard = grade("Recline comfortably, " * 10)
    assert easy is not None
    assert hard is not None
    assert easy < CAP < hard


def test_what_is_heard_is_easy(library: Library) -> None:
    graded = [text for text in spoken(library) if text.kind in GRADED and grade(text.text) is not None]
    assert len(graded) > 100
