"""The manifest: its disclaimer, and example phrases that are real."""

from __future__ import annotations

import json
import re

import pytest

from skill.app import App
from skill.authoring.listing import alexa_locales
from tests import once
from tests.helpers import ROOT, Listener

MANIFEST = json.loads((ROOT / "interaction_model/skill.json").read_text())["manifest"]
LISTINGS = MANIFEST["publishingInformation"]["locales"]
LISTING = LISTINGS["en-US"]
LIBRARY, NAME = once.built().library, once.built().invocation_name


@pytest.mark.parametrize(
    "words",
    [
        "not medical advice",
        "not a substitute",
        "Ask your doctor",
        "medical emergency",
        "educational purposes",
    ],
)
def test_the_description_has_the_disclaimer(words: str) -> None:
    for listing in LISTINGS.values():
        assert words in listing["description"]


def test_every_place_has_its_own_words_and_emergency_number() -> None:
    assert list(LISTINGS) == list(alexa_locales(LIBRARY))
    assert {"en-US", "en-GB", "en-AU", "en-CA", "en-IN"} <= LISTINGS.keys()
    for locale, listing in LISTINGS.items():
        place = LIBRARY.locales[locale]
        assert f"call {place.emergency_number} or your doctor at once" in listing["description"]
        assert place.clinician in listing["description"]
        assert "{" not in json.dumps(list(listing.values()))


def test_the_skill_is_offered_in_the_country_of_every_place() -> None:
    publishing = MANIFEST["publishingInformation"]
    assert {tag.split("-")[1] for tag in LISTINGS} == set(publishing["distributionCountries"])
    assert publishing["isAvailableWorldwide"] is False


@pytest.mark.parametrize("claim", ["cure", "heal", "guarantee", "pain relief", "doctor-approved", "fix"])
def test_the_listing_makes_no_claim(claim: str) -> None:
    assert not re.search(rf"\b{claim}s?\b", json.dumps(LISTING).lower())


def test_there_are_three_example_phrases_and_the_first_opens_the_skill() -> None:
    for listing in LISTINGS.values():
        phrases = listing["examplePhrases"]
        assert len(phrases) == 3
        assert phrases[0] == f"Alexa, open {NAME}"
        assert phrases == LISTING["examplePhrases"]


@pytest.mark.parametrize("phrase", LISTING["examplePhrases"][1:])
def test_each_example_phrase_is_a_sample_and_gets_a_reply_to_the_point(app: App, phrase: str) -> None:
    words = phrase.removeprefix(f"Alexa, ask {NAME} ")
    assert words != phrase
    one = Listener(app, user=phrase)
    one.says(words)
    assert one.taken is not None
    assert one.taken.heard.confidence == 1.0
    assert one.reply.outcome in ("answer", "screen")
    intent = LIBRARY.intents[one.taken.heard.intent]
    assert intent.samples, "a sample of ours, which Alexa has too"
    types = intent.slots
    assert all(value in LIBRARY.slot_types[types[slot]] for slot, value in one.taken.heard.slots.items())


def test_the_skill_is_told_when_it_is_disabled_and_is_no_childrens_skill() -> None:
    assert {"eventName": "SKILL_DISABLED"} in MANIFEST["events"]["subscriptions"]
    assert MANIFEST["privacyAndCompliance"]["isChildDirected"] is False


def test_every_place_has_its_own_privacy_policy_and_terms() -> None:
    privacy = MANIFEST["privacyAndCompliance"]
    assert privacy["locales"].keys() == LISTINGS.keys()
    for place in privacy["locales"].values():
        urls = {place["privacyPolicyUrl"], place["termsOfUseUrl"]}
        assert len(urls) == 2
        assert all(url.startswith("https://") for url in urls)


def test_the_listing_says_what_is_kept_and_asks_for_no_permission() -> None:
    assert MANIFEST["privacyAndCompliance"]["usesPersonalInfo"] is False
    assert "permissions" not in MANIFEST
    assert MANIFEST["apis"]["custom"]["interfaces"] == []
    for listing in LISTINGS.values():
        assert "does not save your answers" in listing["description"]


def test_nothing_is_sold_or_advertised_and_the_listing_is_for_adults() -> None:
    assert MANIFEST["privacyAndCompliance"]["allowsPurchases"] is False
    assert MANIFEST["privacyAndCompliance"]["containsAds"] is False
    assert MANIFEST["publishingInformation"]["category"] == "HEALTH_AND_FITNESS"
    for listing in LISTINGS.values():
        assert "for adults" in listing["description"]


def test_whatever_a_stretch_needs_is_in_the_description() -> None:
    needed = {equipment for stretch in LIBRARY.stretches.values() for equipment in stretch.equipment}
    assert needed
    for listing in LISTINGS.values():
        assert sorted(one for one in needed if one not in listing["description"]) == []


def test_whatever_the_description_says_can_be_said_is_understood(app: App) -> None:
    said = re.search(r"You can say: ([^.]+)\.", LISTING["description"])
    assert said is not None
    for words in re.split(r", or |, ", said[1]):
        one = Listener(app, user=f"described {words}").guided().at_hold(3)
        assert one.says(words).outcome in ("guide", "navigate", "end"), words


def test_the_description_does_what_it_says_before_a_stretch() -> None:
    numbers = {5: "five", 6: "six", 7: "seven"}
    for listing in LISTINGS.values():
        for text in (listing["summary"], listing["description"]):
            assert f"{numbers[len(LIBRARY.safety.questions)]} " in text
