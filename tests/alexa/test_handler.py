"""The Alexa door: whole envelopes in, whole responses out."""

from __future__ import annotations

import json
import logging
from datetime import datetime, timedelta
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from skill.alexa import certification
from skill.alexa.handler import AlexaDoor
from skill.alexa.request import ATTRIBUTES, EnvelopeError
from skill.app import App, Said, utc_now
from skill.core.errors import StoreError
from skill.core.library import Library, Severity
from skill.core.session import Session
from skill.core.turn import Outcome
from skill.store.base import Stored
from skill.store.memory import MemoryStore
from tests.alexa import envelopes
from tests.alexa.envelopes import Json
from tests.helpers import NO, NOON, check_reply


class Echo:
    """A device in a kitchen: it keeps the session as Amazon does, and checks every response."""

    def __init__(self, app: App, user: str) -> None:
        self.door = AlexaDoor(app, lambda: NOON)
        self.user = user
        self.now = NOON
        self.attributes: Json | None = None
        self.response: Json = {}

    def sends(self, event: Json, *, quiet: bool = False) -> Json:
        """Send an envelope as it is, at this device's time."""
        event["request"]["timestamp"] = self.now.isoformat()
        self.response = json.loads(json.dumps(self.door.handle(event)))
        assert certification.problems(self.response, quiet=quiet) == []
        if not quiet:
            open_ = self.response["response"]["shouldEndSession"] is False
            self.attributes = self.response["sessionAttributes"] if open_ else None
        return self.response

    def launches(self) -> Json:
        return self.sends(envelopes.launch(user=self.user))

    def says(self, name: str, **slots: Json) -> Json:
        """Say an intent, in the open session or in a new one."""
        new = self.attributes is None
        return self.sends(envelopes.intent(name, slots, new=new, attributes=self.attributes, user=self.user))

    def guided(self) -> Echo:
        """Come as far as the first step of the figure-four."""
        self.launches()
        self.says("StretchIntent", stretch=envelopes.matched("stretch", "figure four", "supine_figure_four"))
        for _ in range(6):
            self.says(NO)
        self.says("ReadyIntent")
        assert self.kept.state == "guiding"
        return self

    @property
    def kept(self) -> Session:
        assert self.attributes is not None
        return msgspec.convert(self.attributes[ATTRIBUTES], Session)

    @property
    def words(self) -> str:
        return str(self.response["response"]["outputSpeech"]["ssml"])


@pytest.fixture
def echo(app: App, request: pytest.FixtureRequest) -> Echo:
    return Echo(app, f"amzn1.ask.account.{request.node.nodeid}")


def test_a_launch_welcomes_and_listens(echo: Echo) -> None:
    response = echo.launches()
    assert response["version"] == "1.0"
    assert response["response"]["shouldEndSession"] is False
    assert "reprompt" in response["response"]
    assert "card" not in response["response"]
    assert set(response["sessionAttributes"]) == {ATTRIBUTES}


def test_a_one_shot_question_is_answered_with_a_card_and_ends(echo: Echo) -> None:
    response = echo.says("AskSoundCauseIntent")
    assert response["response"]["shouldEndSession"] is True
    assert response["response"]["card"]["type"] == "Simple"
    assert "sessionAttributes" not in response
    echo.launches()
    assert echo.says("AskSoundCauseIntent")["response"]["shouldEndSession"] is False


def test_a_routine_is_guided_in_breaks_that_add_up(echo: Echo, library: Library) -> None:
    echo.guided()
    hold = library.stretches["supine_figure_four"].hold.seconds
    seconds = [int(part.split("ms")[0]) / 1000 for part in echo.words.split('<break time="')[1:]]
    assert sum(seconds) >= hold
    assert max(seconds) <= certification.BREAK_MILLISECONDS / 1000
    assert "card" not in echo.response["response"]


def test_the_request_s_time_drives_the_clock(echo: Echo) -> None:
    echo.guided()
    before = echo.kept.clock
    echo.now += timedelta(seconds=25)
    echo.says("TimeLeftIntent")
    assert echo.kept.clock == before + 25


def test_a_request_without_a_time_has_the_machine_s(app: App) -> None:
    event = envelopes.launch(user="timeless")
    del event["request"]["timestamp"]
    response = AlexaDoor(app, lambda: NOON).handle(event)
    assert certification.problems(response) == []
    kept = msgspec.convert(response["sessionAttributes"][ATTRIBUTES], Session)
    assert kept.heard_at == NOON


def test_the_machine_s_time_has_a_zone() -> None:
    assert utc_now().utcoffset() == timedelta(0)


def test_slots_with_two_matches_are_heard_by_their_words(echo: Echo) -> None:
    echo.launches()
    echo.says("StretchIntent", stretch=envelopes.matched("stretch", "figure four", "made_up", "another"))
    assert echo.kept.state == "screening"


def test_a_symptom_in_a_slot_is_heard_with_and_without_its_id(echo: Echo, library: Library) -> None:
    emergency = next(flag.id for flag in library.safety.flags if flag.severity is Severity.EMERGENCY)
    for slot in (
        envelopes.matched("symptom", "whatever", emergency),
        envelopes.matched("symptom", "can't feel it when i wipe"),
        envelopes.slot("symptom", "can't feel it when i wipe"),
    ):
        echo.attributes = None
        echo.says("SymptomIntent", symptom=slot)
        assert '<say-as interpret-as="digits">911</say-as>' in echo.words
        assert echo.response["response"]["shouldEndSession"] is True


def test_free_words_are_listened_to(echo: Echo) -> None:
    echo.guided()
    echo.says("QuestionIntent", query=envelopes.slot("query", "why is my foot numb"))
    assert echo.kept.state == "locked"


def test_a_sign_in_a_routine_stops_first_and_asks_whether_the_listener_can_get_up(echo: Echo) -> None:
    echo.guided()
    echo.says("SymptomIntent", symptom=envelopes.matched("symptom", "ow", "s01_pain"))
    assert echo.words.startswith("<speak>Stop.")
    assert (echo.kept.state, echo.kept.asked) == ("locked", "get-up")
    echo.says(NO)
    assert '<say-as interpret-as="digits">911</say-as>' in echo.words


def test_a_lock_comes_back_with_the_session_and_ends_with_it(echo: Echo) -> None:
    echo.launches()
    echo.says("SymptomIntent", symptom=envelopes.matched("symptom", "weak bones", "d04_osteoporosis"))
    for attempt in ("StartIntent", "ResumeStepIntent", "ReadyIntent"):
        echo.says(attempt)
        assert echo.kept.state == "locked"
    echo.says("AMAZON.StopIntent")
    echo.launches()
    assert echo.kept.state == "idle"


@pytest.mark.parametrize("name", ["AMAZON.StopIntent", "AMAZON.CancelIntent", "AMAZON.NavigateHomeIntent"])
def test_stop_and_cancel_end_the_session_without_attributes(echo: Echo, name: str) -> None:
    echo.guided()
    response = echo.says(name)
    assert response["response"]["shouldEndSession"] is True
    assert "sessionAttributes" not in response


@pytest.mark.parametrize("kept", [{"state": "guiding"}, "guiding", {"content": "x", "schema": "y"}, 7])
def test_a_session_that_will_not_parse_begins_anew_and_skips_no_screen(echo: Echo, kept: Any) -> None:
    echo.attributes = {ATTRIBUTES: kept}
    echo.says("ReadyIntent")
    assert echo.kept.question == 1, "ready begins with the screen"
    assert "<break" not in echo.words


def test_another_skill_s_attributes_are_let_be(echo: Echo) -> None:
    echo.attributes = {"theirs": 1}
    assert set(echo.says("StartIntent")["sessionAttributes"]) == {ATTRIBUTES}


@pytest.mark.parametrize("name", envelopes.QUIET)
def test_events_get_a_valid_response_without_a_word(echo: Echo, name: str) -> None:
    event = json.loads(json.dumps(envelopes.QUIET[name]))
    assert echo.sends(event, quiet=True)["response"] == {}


@pytest.mark.parametrize("event", [envelopes.touched, envelopes.made_up])
def test_an_event_inside_a_session_leaves_the_conversation_where_it_is(echo: Echo, event: Any) -> None:
    echo.guided()
    response = echo.sends(event(attributes=echo.attributes), quiet=True)
    assert response["sessionAttributes"] == echo.attributes
    assert "sessionAttributes" not in echo.sends(event(attributes=echo.attributes, new=True), quiet=True)


@pytest.mark.parametrize("reason", envelopes.SESSION_END_REASONS)
def test_the_end_of_a_session_keeps_no_attributes_and_saves_the_place(echo: Echo, reason: str) -> None:
    echo.guided()
    event = envelopes.session_ended(reason, attributes=echo.attributes, user=echo.user)
    assert echo.sends(event, quiet=True) == {"version": "1.0", "response": {}}
    echo.attributes = None
    echo.launches()
    echo.says("AMAZON.YesIntent")
    assert echo.kept.asked == "since", "the clearance still holds for minutes"


def test_a_refused_response_is_logged_without_anything_of_it(
    echo: Echo, caplog: pytest.LogCaptureFixture
) -> None:
    echo.sends(envelopes.exception_encountered(), quiet=True)
    assert [(record.levelno, record.getMessage()) for record in caplog.records] == [
        (logging.ERROR, "Alexa could not use a response of ours")
    ]


def test_disabling_the_skill_forgets_the_listener(library: Library) -> None:
    app = App(library, MemoryStore(), b"key")
    echo = Echo(app, "leaving")
    echo.guided().says("AMAZON.StopIntent")
    echo.sends(envelopes.skill_disabled("somebody else"), quiet=True)
    echo.launches()
    assert echo.kept.asked == "saved"
    echo.sends(envelopes.skill_disabled("leaving"), quiet=True)
    echo.launches()
    assert echo.kept.asked == "offer"


@pytest.mark.parametrize(
    "body",
    [{"userInformationPersistenceStatus": status} for status in ("NOT_PERSISTED", "PERSISTED")] + [None],
)
def test_the_event_erases_as_amazon_sends_it(library: Library, body: Any) -> None:
    """With no session, no device and no locale; whether Amazon keeps the user's id makes no difference."""
    app = App(library, MemoryStore(), b"key")
    echo = Echo(app, "leaving")
    echo.guided().says("AMAZON.StopIntent")
    echo.launches()
    assert echo.kept.asked == "saved"
    event = {
        "version": "1.0",
        "context": {
            "System": {
                "application": {"applicationId": envelopes.APPLICATION},
                "user": {"userId": "leaving"},
                "apiEndpoint": "https://api.eu.amazonalexa.com",
            }
        },
        "request": {
            "type": "AlexaSkillEvent.SkillDisabled",
            "requestId": "3d9b9b35-6b10-4f0c-a1e9-6c9e0b7b7f02",
            "timestamp": "2026-11-22T12:00:00Z",
            "eventCreationTime": "2026-11-22T11:59:58Z",
            "eventPublishingTime": "2026-11-22T11:59:59Z",
        }
        | ({"body": body} if body else {}),
    }
    assert AlexaDoor(app).handle(event) == {"version": "1.0", "response": {}}
    echo.launches()
    assert echo.kept.asked == "offer"


def test_disabling_without_a_user_forgets_nobody(echo: Echo) -> None:
    event = envelopes.skill_disabled()
    del event["context"]["System"]["user"]
    assert echo.sends(event, quiet=True)["response"] == {}


class BrokenStore(MemoryStore):
    """Cannot be reached."""

    def get(self, key: str, now: datetime) -> Stored | None:
        raise StoreError("down")

    def delete(self, key: str) -> None:
        raise StoreError("down")


def test_a_listener_who_cannot_be_forgotten_is_told_to_amazon(library: Library) -> None:
    """Amazon sends the event again."""
    door = AlexaDoor(App(library, BrokenStore(), b"key"))
    with pytest.raises(StoreError):
        door.handle(envelopes.skill_disabled())


@pytest.mark.parametrize("event", [None, [], {}, {"request": {"type": "IntentRequest"}}])
def test_what_is_no_request_is_refused(echo: Echo, event: Any) -> None:
    with pytest.raises(EnvelopeError):
        echo.door.handle(event)


def test_an_envelope_without_a_session_is_answered(echo: Echo) -> None:
    for event in (envelopes.launch(session=False), envelopes.intent("StartIntent", session=False)):
        assert echo.sends(event)["response"]["shouldEndSession"] is False
    assert echo.sends(envelopes.session_ended(session=False), quiet=True)["response"] == {}


@pytest.mark.parametrize("depth", [100, 700])
def test_nesting_of_any_depth_is_answered_or_refused(echo: Echo, depth: int) -> None:
    nested: Any = []
    for _ in range(depth):
        nested = [nested]
    for event in (envelopes.launch(attributes={"x": nested}), envelopes.intent("x", {"y": nested})):
        try:
            response = echo.door.handle(event)
        except EnvelopeError:
            assert depth > 100
        else:
            assert certification.problems(response) == []


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda children: st.lists(children, max_size=3) | st.dictionaries(st.text(), children, max_size=3),
    max_leaves=10,
)
FIELDS = st.sampled_from(
    [
        *(("version",), ("session",), ("session", "new"), ("session", "attributes"), ("session", "user")),
        *(
            ("context",),
            ("context", "System"),
            ("context", "System", "user"),
            ("context", "System", "device"),
        ),
        *(("request",), ("request", "type"), ("request", "timestamp"), ("request", "locale")),
        *(("request", "intent"), ("request", "intent", "name"), ("request", "intent", "slots")),
        ("request", "intent", "slots", "stretch"),
        ("request", "intent", "slots", "stretch", "value"),
        ("request", "intent", "slots", "stretch", "resolutions"),
        ("request", "intent", "slots", "stretch", "resolutions", "resolutionsPerAuthority"),
        ("session", "attributes", ATTRIBUTES),
    ]
)


@settings(deadline=None)
@given(st.lists(st.tuples(FIELDS, JSON), min_size=1, max_size=3))
def test_any_envelope_is_answered_or_refused(app: App, changes: list[tuple[tuple[str, ...], Any]]) -> None:
    slots = {"stretch": envelopes.matched("stretch", "figure four", "supine_figure_four")}
    event = json.loads(json.dumps(envelopes.intent("StretchIntent", slots)))
    for (*way, last), value in changes:
        node = event
        for step in way:
            node = node.get(step) if isinstance(node, dict) else None
        if isinstance(node, dict):
            node[last] = value
    try:
        response = AlexaDoor(app).handle(event)
    except EnvelopeError:
        return
    assert certification.problems(response, quiet=not response["response"]) == []


def test_the_door_says_what_the_app_says(echo: Echo, app: App) -> None:
    echo.says("AskSoundCauseIntent")
    taken = app.take(Said(user="x", now=NOON, intent="AskSoundCauseIntent", one_shot=True), None)
    check_reply(taken, app.library)
    assert taken.reply.outcome is Outcome.ANSWER
    assert taken.reply.card is not None
    assert echo.response["response"]["card"]["content"] == taken.reply.card.text
