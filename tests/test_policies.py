"""The privacy policy and the terms: their numbers are the code's, and what a publisher fills in is marked."""

from __future__ import annotations

import re

import pytest

from skill.core import session
from tests.helpers import ROOT

TEXTS = {
    name: (ROOT / "infra/alexa" / f"{name}.md").read_text(encoding="utf-8") for name in ("privacy", "terms")
}
BLANK = re.compile(r"`<[a-z -]+>`")


def row(start: str) -> str:
    """The row of the policy's table that begins like this."""
    [line] = [line for line in TEXTS["privacy"].splitlines() if line.startswith(f"| {start}")]
    return line


@pytest.mark.parametrize(
    ("start", "kept"),
    [
        ("where you stopped", f"{session.PLACE_DAYS} days"),
        ("which routines you finished", f"{session.FINISHED_DAYS} days"),
        ("that you passed", f"{session.CLEARANCE_IDLE_SECONDS / 60:g} minutes"),
        ("how you like to be guided", f"{session.RECORD_DAYS} days after your last visit"),
    ],
)
def test_the_policy_says_how_long_the_code_keeps_it(start: str, kept: str) -> None:
    assert row(start).endswith(f"| {kept} |")


def test_everything_that_a_record_holds_is_in_the_policy() -> None:
    """A new field of a record needs a line in the policy, and then one here."""
    told = {
        "preferences": "how you like to be guided: pace, wordiness, rhythm, tone, floor or chair",
        "saved": "where you stopped",
        "finished": "which routines you finished",
        "token": "that you passed the safety questions",
        "last": "which routine you finished last",
        "heard": "which stretches you know",
        "request": "a code of your last request",
    }
    assert {*told, "schema"} == set(session.Record.__struct_fields__)
    for words in told.values():
        assert words in TEXTS["privacy"]


@pytest.mark.parametrize(
    "words", ['"forget me"', "Disable the skill", "gentle-back forget USER", "gentle-back export USER"]
)
def test_the_policy_says_how_to_have_it_erased(words: str) -> None:
    assert words in TEXTS["privacy"]


@pytest.mark.parametrize("words", ["not medical advice", "emergency", "for adults", "cannot call anyone"])
def test_the_terms_say_what_the_skill_is_not(words: str) -> None:
    assert words in TEXTS["terms"]


@pytest.mark.parametrize("name", TEXTS)
def test_who_publishes_is_left_to_fill_in_and_nothing_else(name: str) -> None:
    text = TEXTS[name]
    for blank in ("<name of the person or company>", "<postal address>", "<e-mail address>", "<date>"):
        assert f"`{blank}`" in text
    assert not re.search(r"[<>]|TODO|example\.com", BLANK.sub("", text).replace("`<...>`", ""))
