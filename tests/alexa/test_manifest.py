"""The manifest: what is written into it, what stays, and in which form."""

from __future__ import annotations

import json
from typing import Any

import pytest

from skill.alexa import manifest
from skill.alexa.endpoint import Certificate, Endpoint
from skill.alexa.manifest import Entry, ManifestError
from tests.helpers import ROOT

COMMITTED = (ROOT / "interaction_model/skill.json").read_bytes()
ADDRESS = Endpoint("https://skill.example.org/alexa", Certificate.WILDCARD)
FUNCTION = Endpoint("arn:aws:lambda:us-east-1:123456789012:function:gentle-back:live")


def entry(name: str) -> Entry:
    return Entry(name=name, summary="s", description="d", example_phrases=("a", "b", "c"), keywords=("k",))


def part(whole: dict[str, Any], *keys: str) -> Any:
    for key in ("manifest", *keys):
        whole = whole[key]
    return whole


@pytest.mark.parametrize(
    ("target", "told"),
    [
        (ADDRESS, {"uri": ADDRESS.uri, "sslCertificateType": "Wildcard"}),
        (FUNCTION, {"uri": FUNCTION.uri}),
    ],
)
def test_requests_and_events_go_to_the_endpoint(target: Endpoint, told: object) -> None:
    before = manifest.read(COMMITTED)
    after = manifest.deployed(before, target, None, None)
    assert part(after, "apis", "custom", "endpoint") == told
    assert part(after, "events", "endpoint") == told
    assert part(after, "events", "subscriptions") == [{"eventName": "SKILL_DISABLED"}]
    assert "regions" not in part(after, "apis", "custom"), "one endpoint serves every region"
    for key in ("publishingInformation", "privacyAndCompliance"):
        assert part(after, key) == part(before, key)
    assert before == manifest.read(COMMITTED), "what was read is not changed"


def test_the_publisher_s_pages_stand_in_every_place() -> None:
    before = manifest.read(COMMITTED)
    after = manifest.deployed(before, ADDRESS, "https://e.org/privacy", "https://e.org/terms")
    policies = part(after, "privacyAndCompliance", "locales")
    assert policies.keys() == part(after, "publishingInformation", "locales").keys()
    for policy in policies.values():
        assert policy == {"privacyPolicyUrl": "https://e.org/privacy", "termsOfUseUrl": "https://e.org/terms"}
    one = manifest.deployed(before, ADDRESS, "https://e.org/privacy", None)
    for policy in part(one, "privacyAndCompliance", "locales").values():
        assert policy["termsOfUseUrl"] == "https://example.com/gentle-back/terms"


def test_placeholders_are_named_until_they_are_filled_in() -> None:
    before = manifest.read(COMMITTED)
    assert manifest.placeholders(before) == [
        "https://example.com/alexa",
        "https://example.com/gentle-back/privacy",
        "https://example.com/gentle-back/terms",
    ]
    after = manifest.deployed(before, FUNCTION, "https://e.org/privacy", "https://notexample.com/terms")
    assert manifest.placeholders(after) == []


def test_a_new_place_has_the_policies_of_the_first_and_a_lost_one_goes() -> None:
    before = manifest.read(COMMITTED)
    own = {"privacyPolicyUrl": "https://e.org/datenschutz", "termsOfUseUrl": "https://e.org/agb"}
    part(before, "privacyAndCompliance", "locales")["de-DE"] = own
    after = manifest.listed(before, {"de-DE": entry("Sanft"), "xx-XX": entry("New")}, "Say it.")
    first = part(before, "privacyAndCompliance", "locales")["en-US"]
    assert part(after, "privacyAndCompliance", "locales") == {"de-DE": own, "xx-XX": first}
    publishing = part(after, "publishingInformation")
    assert publishing["testingInstructions"] == "Say it."
    assert publishing["locales"]["xx-XX"] == {
        "name": "New",
        "summary": "s",
        "description": "d",
        "examplePhrases": ["a", "b", "c"],
        "keywords": ["k"],
        "smallIconUri": "file://assets/images/small.png",
        "largeIconUri": "file://assets/images/large.png",
    }
    assert publishing["category"] == "HEALTH_AND_FITNESS"


@pytest.mark.parametrize(
    ("right", "wrong", "message"),
    [
        (b'"publishingInformation"', b'"publishing"', "publishingInformation"),
        (b'"events"', b'"event"', "events"),
        (b'"custom"', b'"costume"', "custom"),
        (b'"endpoint": {', b'"end": {', "endpoint"),
        (b'{\n  "manifest"', b'\n  "manifest"', "manifest"),
        (b"GB", b"\xff", "manifest"),
    ],
)
def test_a_manifest_that_lacks_a_part_is_told(right: bytes, wrong: bytes, message: str) -> None:
    assert right in COMMITTED
    with pytest.raises(ManifestError, match=message):
        manifest.read(COMMITTED.replace(right, wrong, 1))


def test_the_form_is_that_of_javascript() -> None:
    """As `JSON.stringify(value, null, 2)` writes it, which is how ask-cli writes skill.json again.

    This is what it wrote, with Node 20; `tests/more/test_skill_package.py` has it write the real one.
    """
    value = {"a": [], "b": {}, "c": ["x", 1, True, None], "d": 'é "\\/\n\t\u0001\x7f\u2028', "e": {"f": {}}}
    assert manifest.to_json(value) == (
        b'{\n  "a": [],\n  "b": {},\n  "c": [\n    "x",\n    1,\n    true,\n    null\n  ],\n'
        b'  "d": "\xc3\xa9 \\"\\\\/\\n\\t\\u0001\x7f\xe2\x80\xa8",\n  "e": {\n    "f": {}\n  }\n}'
    )
    assert json.loads(manifest.to_json(value)) == value
