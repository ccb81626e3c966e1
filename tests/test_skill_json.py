"""The manifest: its disclaimer, and example phrases that are real."""

from __future__ import annotations

import json
import re

import pytest

from skill.app import App
from skill.build import library_of
from tests.helpers import ROOT, Listener

MANIFEST = json.loads((ROOT / "interaction_model/skill.json").read_text())["manifest"]
LISTING = MANIFEST["publishingInformation"]["locales"]["en-US"]
NAME = library_of(ROOT)[1]


@pytest.mark.parametrize(
    "words",
    ["not medical advice", "not a substitute", "Ask your doctor", "emergency number", "educational purposes"],
)
def test_the_description_has_the_disclaimer(words: str) -> None:
    assert words in LISTING["description"]


@pytest.mark.parametrize("claim", ["cure", "heal", "guarantee", "pain relief", "doctor-approved", "fix"])
def test_the_listing_makes_no_claim(claim: str) -> None:
    assert not re.search(rf"\b{claim}s?\b", json.dumps(LISTING).lower())


def test_there_are_three_example_phrases_and_the_first_opens_the_skill() -> None:
    phrases = LISTING["examplePhrases"]
    assert len(phrases) == 3
    assert phrases[0] == f"Alexa, open {NAME}"


@pytest.mark.parametrize("phrase", LISTING["examplePhrases"][1:])
def test_each_example_phrase_is_a_sample_and_gets_a_reply_to_the_point(app: App, phrase: str) -> None:
    words = phrase.removeprefix(f"Alexa, ask {NAME} ")
    assert words != phrase
    one = Listener(app, user=phrase)
    one.says(words)
    assert one.taken is not None
    assert one.taken.heard.confidence == 1.0
    assert one.reply.outcome in ("answer", "screen")


def test_the_skill_is_told_when_it_is_disabled_and_is_no_childrens_skill() -> None:
    assert {"eventName": "SKILL_DISABLED"} in MANIFEST["events"]["subscriptions"]
    assert MANIFEST["privacyAndCompliance"]["isChildDirected"] is False
