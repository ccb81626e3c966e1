"""Lengths of time, as people say them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skill.language.durations import to_iso


@pytest.mark.parametrize(
    ("words", "iso"),
    [
        ("five minutes", "PT300S"),
        ("5 minutes", "PT300S"),
        ("five minute", "PT300S"),
        ("5mins", "PT300S"),
        ("one minute", "PT60S"),
        ("two minutes", "PT120S"),
        ("a minute", "PT60S"),
        ("half a minute", "PT30S"),
        ("half an hour", "PT1800S"),
        ("an hour", "PT3600S"),
        ("a couple of minutes", "PT120S"),
        ("a few minutes", "PT180S"),
        ("thirty seconds", "PT30S"),
        ("forty five secs", "PT45S"),
        ("twenty five minutes", "PT1500S"),
        ("about ten minutes", "PT600S"),
        ("only like ten minutes", "PT600S"),
        ("twenty three hours", "PT82800S"),
    ],
)
def test_a_spoken_length_becomes_seconds(words: str, iso: str) -> None:
    assert to_iso(words) == iso


@pytest.mark.parametrize(
    ("words", "iso"),
    [("five or six minutes", "PT300S"), ("one or two minutes", "PT60S"), ("ten to fifteen mins", "PT600S")],
)
def test_of_two_numbers_the_smaller_counts(words: str, iso: str) -> None:
    assert to_iso(words) == iso


@pytest.mark.parametrize(
    "words", ["", "ten", "minutes", "a long time", "five or minutes", "ten minutes of that"]
)
def test_what_is_no_length_is_none(words: str) -> None:
    assert to_iso(words) is None


def test_nothing_and_a_day_or_more_are_no_length() -> None:
    assert to_iso("zero minutes") is None
    assert to_iso("24 hours") is None
    assert to_iso("86399 seconds") == "PT86399S"


@given(st.integers(1, 86399))
def test_every_number_of_seconds_in_a_day_keeps_its_value(seconds: int) -> None:
    assert to_iso(f"{seconds} seconds") == f"PT{seconds}S"


@given(st.text(max_size=40))
def test_any_words_at_all_are_a_length_or_none(words: str) -> None:
    iso = to_iso(words)
    assert iso is None or (iso.startswith("PT") and iso.endswith("S"))
