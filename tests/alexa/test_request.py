"""An envelope of Amazon's, read: what comes through, and what is tolerated."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest
from ask_sdk_core.serialize import DefaultSerializer
from ask_sdk_model import RequestEnvelope
from hypothesis import given, settings
from hypothesis import strategies as st

from skill.alexa import request
from skill.alexa.request import EnvelopeError
from skill.app import Said
from skill.core.library import Library
from skill.core.session import Session, new_session
from skill.core.turn import Door, Slot
from tests.alexa import envelopes
from tests.alexa.envelopes import Json
from tests.helpers import NOON

TWO_AUTHORITIES = envelopes.matched("symptom", "numb", "e01_saddle_numbness")
TWO_AUTHORITIES["resolutions"]["resolutionsPerAuthority"] *= 2


def read(event: Json) -> RequestEnvelope:
    """An envelope as the SDK reads it."""
    payload = request.payload(request.project(event))
    envelope: RequestEnvelope = DefaultSerializer().deserialize(payload, RequestEnvelope)
    return envelope


def said(event: Json) -> Said:
    return request.said(read(event), NOON)


def test_a_launch_is_a_turn_of_its_own() -> None:
    assert said(envelopes.launch()) == Said(
        intent="LaunchRequest",
        user=envelopes.USER,
        device=envelopes.DEVICE,
        now=NOON,
        locale="en-US",
        door=Door.ALEXA,
    )


def test_the_end_of_a_session_is_a_turn_of_its_own() -> None:
    for reason in envelopes.SESSION_END_REASONS:
        assert said(envelopes.session_ended(reason)).intent == "SessionEnded"


@pytest.mark.parametrize("new", [True, False])
def test_an_intent_that_opens_the_session_is_a_one_shot(new: bool) -> None:
    turn = said(envelopes.intent("StartIntent", new=new))
    assert (turn.intent, turn.one_shot, turn.text) == ("StartIntent", new, None)


@pytest.mark.parametrize(
    ("slot", "heard"),
    [
        (envelopes.slot("symptom", "three minutes"), Slot("three minutes")),
        (envelopes.slot("symptom", None), None),
        (envelopes.slot("symptom", ""), None),
        (envelopes.matched("symptom", "numb bum", "e01"), Slot("numb bum", "e01")),
        (envelopes.matched("symptom", "numb bum"), Slot("numb bum")),
        (envelopes.matched("symptom", "numb", "e01", "s02"), Slot("numb")),
        (envelopes.matched("symptom", "numb", "e01", "e01"), Slot("numb", "e01")),
        (TWO_AUTHORITIES, Slot("numb", "e01_saddle_numbness")),
        ({"name": "symptom", "value": 7}, None),
        ("no object", None),
        (None, None),
        ({"value": "numb", "resolutions": "none"}, Slot("numb")),
        ({"value": "numb", "resolutions": {"resolutionsPerAuthority": [{"status": {}}]}}, Slot("numb")),
        ({"value": "numb", "resolutions": {"resolutionsPerAuthority": [{"values": []}]}}, Slot("numb")),
    ],
)
def test_a_slot_has_an_id_only_where_exactly_one_value_was_found(slot: Any, heard: Slot | None) -> None:
    turn = said(envelopes.intent("SymptomIntent", {"symptom": slot}))
    assert turn.slots == ({"symptom": heard} if heard else {})


def test_unknown_properties_and_values_are_tolerated_everywhere() -> None:
    event = envelopes.intent("StartIntent", {"a": envelopes.matched("a", "b", "c")})
    stack: list[Any] = [event]
    while stack:
        node = stack.pop()
        if isinstance(node, dict):
            stack.extend(node.values())
            node["aPropertyOfTomorrow"] = {"of": ["any", "shape"]}
        elif isinstance(node, list):
            stack.extend(node)
    event["request"]["dialogState"] = "PONDERING"
    event["request"]["intent"]["confirmationStatus"] = "MAYBE"
    event["context"]["System"]["device"]["supportedInterfaces"]["Hologram"] = {}
    turn = said(event)
    assert turn.intent == "StartIntent"
    assert turn.slots == {"a": Slot("b", "c")}


@pytest.mark.parametrize("locale", ["en-GB", "xx-XX"])
def test_the_locale_is_the_request_s(locale: str) -> None:
    event = envelopes.launch()
    event["request"]["locale"] = locale
    assert said(event).locale == locale


def test_a_missing_locale_is_the_first_one_s() -> None:
    event = envelopes.launch()
    del event["request"]["locale"]
    assert said(event).locale == "en-US"


def test_the_user_stands_in_the_context_or_in_the_session() -> None:
    event = envelopes.launch(user="someone")
    assert request.user_of(read(event)) == "someone"
    del event["context"]["System"]["user"]
    event["session"]["user"]["userId"] = "someone else"
    assert request.user_of(read(event)) == "someone else"
    del event["session"]["user"]
    assert request.user_of(read(event)) == ""
    del event["context"]
    assert said(event).user == ""
    assert said(event).device == ""


@pytest.mark.parametrize(
    ("timestamp", "time"),
    [
        ("2026-11-22T12:00:00Z", NOON),
        ("2026-11-22T13:00:00+01:00", NOON),
        ("2026-11-22T12:00:00.250Z", NOON.replace(microsecond=250_000)),
        ("2026-11-22T12:00:00", None),
        ("9999-12-31T23:59:59Z", None),
        ("noon", None),
        ("", None),
        (1_790_000_000_000, None),
        (None, None),
        ({}, None),
    ],
)
def test_a_time_needs_its_zone(timestamp: Any, time: datetime | None) -> None:
    event = envelopes.launch()
    event["request"]["timestamp"] = timestamp
    assert request.timestamp(request.project(event)) == time
    assert said(event).intent == "LaunchRequest", "the SDK reads it all the same"


@settings(deadline=None)
@given(st.datetimes(timezones=st.timezones()))
def test_any_time_can_be_read(when: datetime) -> None:
    event = envelopes.launch()
    event["request"]["timestamp"] = when.isoformat()
    found = request.timestamp(request.project(event))
    assert found is None or found.isoformat() == when.isoformat()
    assert said(event).intent == "LaunchRequest"


def attributes(session: Session) -> Json:
    return {request.ATTRIBUTES: msgspec.to_builtins(session)}


def test_the_conversation_comes_back_in_the_attributes(library: Library) -> None:
    kept = new_session(library, None).at(NOON)
    assert request.session_of(read(envelopes.intent("StartIntent", attributes=attributes(kept)))) == kept
    new = envelopes.intent("StartIntent", attributes=attributes(kept), new=True)
    assert request.session_of(read(new)) is None, "a new session has no past"


@pytest.mark.parametrize(
    "kept",
    [
        None,
        {},
        "guiding",
        [],
        {"content": "abc", "state": "levitating"},
        {"content": "abc", "question": "one"},
        {"content": "abc", "flag": "d07_pregnancy"},
        {"state": "guiding"},
    ],
)
def test_a_conversation_that_will_not_parse_is_none(kept: Any) -> None:
    event = envelopes.intent("AMAZON.NextIntent", attributes={request.ATTRIBUTES: kept})
    assert request.session_of(read(event)) is None


def test_a_conversation_needs_neither_session_nor_context() -> None:
    for event in (envelopes.launch(), envelopes.intent("StartIntent"), envelopes.session_ended()):
        bare = {"request": event["request"]}
        assert request.session_of(read(bare)) is None
        assert said(bare).user == ""
    assert said({"request": envelopes.intent("StartIntent")["request"]}).one_shot


@pytest.mark.parametrize(
    "event",
    [
        None,
        [],
        "LaunchRequest",
        7,
        {},
        {"request": {}},
        {"request": {"type": None}},
        {"request": {"type": 5}},
        {"request": {"type": "IntentRequest"}},
        {"request": {"type": "IntentRequest", "intent": {}}},
        {"request": {"type": "IntentRequest", "intent": {"name": 3}}},
        {"request": {"type": "LaunchRequest"}, "session": []},
        {"request": {"type": "LaunchRequest"}, "session": {"new": "yes"}},
    ],
)
def test_what_is_no_request_is_refused(event: Any) -> None:
    with pytest.raises(EnvelopeError, match="no Alexa request"):
        request.project(event)


def test_a_refusal_quotes_nothing_that_was_said() -> None:
    slots = {"symptom": envelopes.slot("symptom", "zebrafish")}
    event = envelopes.intent("SymptomIntent", slots) | {"session": {"new": "zebrafish"}}
    with pytest.raises(EnvelopeError) as refused:
        request.project(event)
    assert "zebrafish" not in str(refused.value)


@pytest.mark.parametrize("name", envelopes.QUIET)
def test_every_kind_of_request_can_be_projected(name: str) -> None:
    event = envelopes.QUIET[name]
    found = request.project(event)
    assert found.request.type == event["request"]["type"]
    assert request.timestamp(found) == datetime(2026, 11, 22, 12, tzinfo=UTC)
