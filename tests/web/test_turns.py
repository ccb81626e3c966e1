"""The turn API, whole: every key of an answer, every error, and what a session is."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from hypothesis import given, settings
from hypothesis import strategies as st
from werkzeug.test import TestResponse

from skill.core.library import Library
from skill.core.player import State
from skill.core.turn import ACTIONS, Outcome
from skill.language.hearing import EVENTS
from skill.store.memory import MemoryStore
from skill.web.local import BODY_BYTES, create_app
from skill.web.sessions import IDLE_SECONDS, Sessions
from skill.web.turns import Turns, read
from tests.helpers import NO, NOON, YES
from tests.test_app import CheckedApp

Json = dict[str, Any]
"""A JSON object."""

KEYS = {
    *(
        "session",
        "state",
        "heard",
        "outcome",
        "action",
        "topic",
        "choices",
        "flag",
        "routine",
        "stretch",
        "step",
    ),
    *("side", "segments", "reprompt", "listen", "end"),
}
STEPS = {"set-up", "move", "hold", "release", "check-in"}


def check_answer(answer: Json, library: Library) -> None:
    """Assert the shape of an answer, its types and its ids."""
    assert set(answer) - {"debug"} == KEYS
    assert answer["state"] in set(State)
    assert answer["outcome"] in set(Outcome)
    assert answer["action"] is None or answer["action"] in ACTIONS
    definitions = {word.id for word in library.safety.definitions}
    refusals = {refusal.id for refusal in library.safety.refusals}
    ids = {
        "topic": {*library.answers, *definitions, *refusals},
        "flag": {flag.id for flag in library.safety.flags},
        "routine": set(library.routines),
        "stretch": set(library.stretches),
        "step": STEPS,
        "side": {"left", "right"},
    }
    for key, known in ids.items():
        assert answer[key] is None or answer[key] in known, key
    heard = answer["heard"]
    assert set(heard) == {"intent", "slots", "confidence", "runner_up"}
    assert heard["intent"] in {*EVENTS, *library.intents}
    assert heard["runner_up"] is None or heard["runner_up"] in library.intents
    assert isinstance(heard["confidence"], float)
    assert 0 <= heard["confidence"] <= 1
    assert all(isinstance(value, str) for value in heard["slots"].values())
    assert isinstance(answer["listen"], bool)
    assert answer["end"] is not answer["listen"]
    assert (answer["reprompt"] is None) is answer["end"]
    for segment in answer["segments"]:
        what = next(kind for kind in ("say", "pause", "tone") if kind in segment)
        assert segment["seconds"] > 0
        assert set(segment) == {what, "seconds", "cue", "stretch", "step", "side"}
        assert isinstance(segment["cue"], str)
        for key in ("stretch", "step", "side"):
            assert segment[key] is None or segment[key] in ids[key]
        if what == "say":
            assert isinstance(segment["say"], str)
            assert segment["say"]
        elif what == "tone":
            assert segment["cue"] in ("hold-start", "hold-end")
            assert segment["tone"] == 1
        else:
            assert isinstance(segment["pause"], float)
            assert 0 < segment["pause"] <= 10
            rest = segment["cue"] == "rest"
            assert bool(segment["stretch"]) is bool(segment["step"]) is not rest


def check_error(response: TestResponse, status: int) -> Json:
    """Assert the shape of an error, and return it."""
    assert response.status_code == status, response.get_data()
    assert response.mimetype == "application/json"
    body = response.get_json()
    assert set(body) == {"error"}
    assert set(body["error"]) == {"code", "message"}
    assert all(value and isinstance(value, str) for value in body["error"].values())
    assert "Traceback" not in response.get_data(as_text=True)
    error: Json = body["error"]
    return error


class Browser:
    """A client of the API with one session."""

    def __init__(self, client: FlaskClient, library: Library, session: str) -> None:
        self.client = client
        self.library = library
        self.session = session
        self.now = NOON
        self.answer: Json = {}

    def takes(self, **turn: Any) -> Json:
        """Send a turn, and check its answer."""
        body = {"session": self.session, "now": self.now.isoformat()} | turn
        response = self.client.post("/v1/turn", json=body)
        assert response.status_code == 200, response.get_data()
        answer: Json = response.get_json()
        check_answer(answer, self.library)
        assert answer["session"] == body["session"]
        self.answer = answer
        return answer

    def says(self, *texts: str, **turn: Any) -> Json:
        for text in texts:
            self.takes(text=text, **turn)
        return self.answer

    def screened(self) -> Browser:
        self.says("the figure four", *["no"] * 6)
        assert self.answer["state"] == "ready"
        return self

    def guided(self) -> Browser:
        self.screened().says("ready")
        assert self.answer["state"] == "guiding"
        return self


@pytest.fixture(scope="module")
def checked(library: Library) -> CheckedApp:
    return CheckedApp(library, MemoryStore(), b"key")


@pytest.fixture(scope="module")
def client(checked: CheckedApp) -> FlaskClient:
    return create_app(checked).test_client()


@pytest.fixture
def browser(client: FlaskClient, library: Library, request: pytest.FixtureRequest) -> Browser:
    return Browser(client, library, request.node.nodeid[-128:])


# Answers -------------------------------------------------------------------------------------------


def test_a_launch_offers(browser: Browser) -> None:
    answer = browser.takes(intent="LaunchRequest")
    assert (answer["state"], answer["outcome"], answer["listen"]) == ("idle", "offer", True)
    assert answer["heard"] == {"intent": "LaunchRequest", "slots": {}, "confidence": 1.0, "runner_up": None}
    for key in ("action", "topic", "flag", "routine", "stretch", "step", "side"):
        assert answer[key] is None


def test_an_answer_has_its_topic(browser: Browser) -> None:
    answer = browser.says("why does it pop")
    assert (answer["outcome"], answer["topic"]) == ("answer", "sound_cause")
    assert all(segment["stretch"] is None for segment in answer["segments"])


def test_a_step_has_its_stretch_step_and_side(browser: Browser) -> None:
    answer = browser.guided().answer
    assert answer["outcome"] == "guide"
    assert answer["stretch"] == "supine_figure_four"
    assert answer["step"] == "set-up"
    pauses = [segment for segment in answer["segments"] if "pause" in segment]
    assert {segment["cue"] for segment in pauses} >= {"hold"}
    assert {segment["side"] for segment in pauses} & {"left", "right"}
    assert all(segment["stretch"] == "supine_figure_four" for segment in pauses)


def test_a_whole_conversation_goes_through_every_outcome_of_a_routine(browser: Browser) -> None:
    browser.guided()
    browser.now += timedelta(seconds=30)
    outcomes = [
        (browser.says(text)["outcome"], browser.answer["action"], browser.answer["state"])
        for text in ("how long left", "why does it pop", "carry on", "hold on", "help", "stop")
    ]
    assert outcomes == [
        ("navigate", "time-left", "guiding"),
        ("answer", None, "paused"),
        ("guide", "resume", "guiding"),
        ("navigate", "pause", "paused"),
        ("help", None, "paused"),
        ("end", "stop", "idle"),
    ]


def test_a_routine_of_several_stretches_is_named(browser: Browser, library: Library) -> None:
    routine = next(iter(library.routines))
    answer = browser.takes(intent="RoutineIntent", slots={"routine": routine})
    assert answer["routine"] == routine
    assert answer["stretch"] in library.routines[routine].stretches


def test_a_symptom_stops_first_and_has_its_flag(browser: Browser) -> None:
    answer = browser.guided().says("ow that really hurts")
    assert (answer["outcome"], answer["flag"], answer["state"]) == ("stop", "s01_pain", "locked")
    assert answer["segments"][0]["say"].startswith("Stop")
    assert answer["stretch"] is None


def test_the_end_of_a_session_has_no_words(browser: Browser) -> None:
    answer = browser.guided().takes(intent="SessionEnded")
    assert (answer["outcome"], answer["segments"], answer["end"]) == ("end", [], True)


@pytest.mark.parametrize("text", ["", " ", "\n\t  ", "\u00a0\u2003"])
def test_empty_text_is_silence(browser: Browser, text: str) -> None:
    assert browser.says(text)["heard"]["intent"] == "Silence"
    assert browser.guided().says(text)["state"] == "paused"


def test_whitespace_around_words_is_no_matter(browser: Browser) -> None:
    assert browser.says("  why does\n it   pop\t")["topic"] == "sound_cause"


@pytest.mark.parametrize("length", [1, 512])
def test_a_text_of_up_to_512_characters_is_heard(browser: Browser, length: int) -> None:
    assert browser.says("x" * length)["heard"]["intent"] == "AMAZON.FallbackIntent"


@pytest.mark.parametrize("session", ["s", "s" * 128, "\u00e9\U0001f9ce", "../etc/passwd", "a\nb"])
def test_any_short_string_names_a_session(browser: Browser, session: str) -> None:
    assert browser.takes(session=session, intent="LaunchRequest")["session"] == session


def test_slots_are_given_by_id_or_in_words(browser: Browser) -> None:
    for value in ("supine_figure_four", "figure four", "Figure  Four"):
        answer = browser.takes(session=f"slot {value}", intent="StretchIntent", slots={"stretch": value})
        assert answer["heard"]["slots"] == {"stretch": "supine_figure_four"}, value
        assert (answer["state"], answer["stretch"]) == ("screening", "supine_figure_four")
    answer = browser.takes(session="unknown", intent="StretchIntent", slots={"stretch": "a purple banana"})
    assert answer["heard"]["slots"] == {"stretch": "a purple banana"}


def test_a_symptom_in_the_words_of_a_slot_is_heard(browser: Browser) -> None:
    for value in ("e01_saddle_numbness", "can't feel it when i wipe"):
        answer = browser.takes(intent="SymptomIntent", slots={"symptom": value})
        assert (answer["outcome"], answer["flag"]) == ("emergency", "e01_saddle_numbness")


def test_every_intent_and_event_has_an_answer(browser: Browser, library: Library) -> None:
    for name in (*library.intents, *EVENTS):
        answer = browser.takes(session=f"every {name}", intent=name)
        assert bool(answer["segments"]) is (name != "SessionEnded")


@pytest.mark.parametrize(("locale", "number"), [("en-US", "911"), ("en-GB", "999"), ("en-AU", "000")])
def test_the_locale_decides_the_number_to_call(
    library: Library, browser: Browser, locale: str, number: str
) -> None:
    assert library.locales[locale].emergency_number == number
    answer = browser.takes(intent="AskEmergencySignsIntent", locale=locale)
    assert number in json.dumps(answer["segments"])


def test_debug_tells_how_a_turn_was_understood_and_only_then(browser: Browser) -> None:
    assert "debug" not in browser.says("the figure four")
    assert "debug" not in browser.takes(text="no", debug=False)
    debug = browser.takes(text="no", debug=True)["debug"]
    assert set(debug) == {"route", "flags", "session"}
    assert (debug["route"], debug["flags"], debug["session"]["question"]) == ("no", [], 3)
    assert browser.takes(text="i have osteoporosis", debug=True)["debug"]["flags"] == ["d04_osteoporosis"]


def test_unknown_keys_are_ignored(browser: Browser) -> None:
    assert browser.takes(text="why does it pop", colour="green", nested={"a": [1]})["topic"] == "sound_cause"
    assert browser.takes(text="bananas", slots={}, user=None, intent=None, now=None)["outcome"] == "clarify"


# Time ----------------------------------------------------------------------------------------------


def clock(browser: Browser, seconds: float | None, **turn: Any) -> float:
    """The conversation's clock after a turn so many seconds after noon."""
    now = None if seconds is None else (NOON + timedelta(seconds=seconds)).isoformat()
    answer = browser.takes(intent="LaunchRequest", now=now, debug=True, **turn)
    return float(answer["debug"]["session"]["clock"])


def test_a_backward_step_counts_as_no_time(browser: Browser) -> None:
    steps = {0: 0, 30: 30, 10: 30, 25: 45, -100_000: 45, -99_999: 46, 40: 46 + 99_999 + 40}
    assert [clock(browser, seconds) for seconds in steps] == list(steps.values())


def test_now_may_be_in_any_zone(browser: Browser) -> None:
    assert clock(browser, 0) == 0
    for now in ("2026-11-22T13:00:10+01:00", "2026-11-22T07:00:20-05:00", "2026-11-22T12:00:30.000Z"):
        answer = browser.takes(intent="LaunchRequest", now=now, debug=True)
    assert answer["debug"]["session"]["clock"] == 30


def seconds_to_the_hold(answer: Json) -> float:
    """When the first hold of an answer begins, as the listener's clock has it."""
    seconds = 0.0
    for segment in answer["segments"]:
        if segment["cue"] == "hold":
            break
        seconds += segment.get("pause") or len(segment["say"].split()) / 2.6
    return seconds


def test_now_drives_the_routine(browser: Browser) -> None:
    left = []
    for into in (2, 7):
        browser.session, browser.now = f"drives {into}", NOON
        browser.now += timedelta(seconds=seconds_to_the_hold(browser.guided().answer) + into)
        said = browser.says("how long left")["segments"][0]["say"]
        left.append(int(next(word for word in said.split() if word.isdigit())))
    assert left[0] - left[1] == 5
    browser.now += timedelta(hours=1)
    assert browser.says("next")["state"] == "screening", "the clearance is over"


def test_without_now_the_machine_s_clock_counts(checked: CheckedApp, library: Library) -> None:
    times = iter([NOON, NOON + timedelta(seconds=12)])
    browser = Browser(create_app(checked, lambda: next(times)).test_client(), library, "machine")
    assert [clock(browser, None), clock(browser, None)] == [0, 12]


# Sessions and users --------------------------------------------------------------------------------


def asked(browser: Browser, **turn: Any) -> str:
    return str(browser.takes(intent="LaunchRequest", debug=True, **turn)["debug"]["session"]["asked"])


def test_the_session_is_the_user_by_default(browser: Browser) -> None:
    browser.guided().says("stop")
    user = browser.session
    assert asked(browser, session="another session", user="another user") == "offer"
    assert asked(browser, session="a third session", user=user) == "saved"


def test_a_user_is_known_in_every_session(browser: Browser) -> None:
    for text in ("the figure four", *["no"] * 6, "ready", "stop"):
        browser.says(text, user="someone")
    assert asked(browser, session="the default user") == "offer"
    assert asked(browser, session="the same user", user="someone") == "saved"


def test_two_sessions_do_not_mix(browser: Browser) -> None:
    for _ in range(3):
        browser.says("the figure four", session="one")
        browser.says("the chair twist", session="two")
    for number in range(2, 7):
        states = [browser.says("no", session=name)["state"] for name in ("one", "two")]
        assert states == ["screening", "screening"], number
    assert browser.says("i have osteoporosis", session="two")["state"] == "locked"
    assert browser.says("no", session="one")["state"] == "ready"


def test_the_end_does_not_clear_a_lock(browser: Browser) -> None:
    assert browser.says("i have osteoporosis")["state"] == "locked"
    for text in ("stop", "goodbye"):
        answer = browser.says(text)
        assert (answer["end"], answer["state"]) == (True, "locked")
    browser.takes(intent="SessionEnded")
    browser.takes(intent="LaunchRequest")
    assert browser.says("the figure four")["state"] == "locked"
    assert browser.says("the figure four", session="another")["state"] == "screening"


def test_a_session_lasts_until_half_an_hour_without_a_turn(checked: CheckedApp) -> None:
    """Real minutes end a session: "now" says nothing about them."""
    real = 0.0
    turns = Turns(checked, Sessions(lambda: real), lambda: NOON)

    def state(text: str, now: datetime = NOON) -> str:
        return str(turns.take(read({"session": "idle", "text": text, "now": now.isoformat()}))["state"])

    state("i have osteoporosis")
    assert state("hello", NOON + timedelta(days=2)) == "locked"
    for _ in range(3):
        real += IDLE_SECONDS
        assert state("hello") == "locked"
    real += IDLE_SECONDS + 1
    assert state("hello") == "idle"


# Errors --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"session=a&text=b",
        b'{"session": "a", "text": "b"} {}',
        b"{'session': 'a', 'text': 'b'}",
        b'{"session": "a", "text": "\xff"}',
        b'{"session": "a", "text": "b", "more": "\xff"}',
        b'{"session": "a", "text": "\\ud800"}',
        '{"session": "a", "text": "b"}'.encode("utf-16"),
        b'\xef\xbb\xbf{"session": "a", "text": "b"}',
        b'{"session": "a", "text": "b", "debug": NaN}',
        b'{"session": "a", "text": "b", "more": Infinity}',
        b'{"session": "a", "text": "b", "more": 1e999}',
        b'{"session": "a", "text": "b", "more": ' + b"[" * 20_000 + b"]" * 20_000 + b"}",
        b"[" * 60_000,
        b'{"a":' * 10_000,
    ],
)
def test_what_is_no_json_is_a_bad_request(client: FlaskClient, body: bytes) -> None:
    response = client.post("/v1/turn", data=body, content_type="application/json")
    assert check_error(response, 400)["code"] == "invalid_json"


GOOD: Json = {"session": "errors", "text": "hello"}
INTENT: Json = {"session": "errors", "intent": "StretchIntent"}


WRONG: dict[str, tuple[Any, ...]] = {
    "session": ("", "s" * 129, 7, None, ["a"], {}),
    "user": ("", "u" * 513, 7, ["a"]),
    "text": ("x" * 513, 7, ["a"], {}, True),
    "locale": (None, 7, "x" * 17),
    "debug": (1, "true", None),
    "now": ("2026-11-22T12:00:00", "2026-02-30T12:00:00Z", "noon", "", 7, []),
}
WRONG_OF_INTENTS: dict[str, tuple[Any, ...]] = {
    "intent": ("", "i" * 129, 7, []),
    "slots": (None, [], "figure four", 7, {"stretch": None}, {"stretch": 7}, {"stretch": "x" * 513}),
}


@pytest.mark.parametrize(
    ("turn", "code"),
    [
        *((turn, "invalid_turn") for turn in (None, 7, "hello", [], [GOOD], True, {}, {"text": "hello"})),
        *((GOOD | {key: value}, "invalid_turn") for key in WRONG for value in WRONG[key]),
        *(
            (INTENT | {key: value}, "invalid_turn")
            for key, all_ in WRONG_OF_INTENTS.items()
            for value in all_
        ),
        (GOOD | {"now": "9999-12-31T23:59:59Z"}, "unknown_time"),
        (GOOD | INTENT, "text_or_intent"),
        ({"session": "errors"}, "text_or_intent"),
        ({"session": "errors", "text": None, "intent": None}, "text_or_intent"),
        (GOOD | {"slots": {"stretch": "figure four"}}, "slots_without_intent"),
        *((GOOD | {"locale": tag}, "unknown_locale") for tag in ("xx-XX", "other", "", "en_US", "EN-US")),
        (INTENT | {"intent": "TelepathyIntent"}, "unknown_intent"),
        (INTENT | {"intent": "launchrequest"}, "unknown_intent"),
        (INTENT | {"slots": {"area": "hips"}}, "unknown_slot"),
        ({"session": "errors", "intent": "LaunchRequest", "slots": {"area": "hips"}}, "unknown_slot"),
    ],
)
def test_a_wrong_field_is_told(client: FlaskClient, turn: object, code: str) -> None:
    response = client.post("/v1/turn", data=json.dumps(turn), content_type="application/json")
    assert check_error(response, 422)["code"] == code


def test_the_turn_that_the_errors_are_made_of_is_right(browser: Browser) -> None:
    """Else every one of them might be wrong for another reason than it says."""
    browser.takes(**GOOD)
    browser.takes(**INTENT)
    browser.takes(**INTENT, slots={"stretch": "x" * 512}, user="u" * 512)


def test_a_refused_turn_changes_nothing(browser: Browser) -> None:
    browser.says("the figure four", "no")
    response = browser.client.post(
        "/v1/turn", json={"session": browser.session, "text": "i have osteoporosis", "locale": "xx-XX"}
    )
    check_error(response, 422)
    assert browser.takes(text="no", debug=True)["debug"]["session"]["question"] == 3


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "PATCH", "DELETE", "BREW"])
def test_another_method_is_told_which_one_is_allowed(client: FlaskClient, method: str) -> None:
    response = client.open("/v1/turn", method=method)
    assert response.status_code == 405
    assert "POST" in response.headers["Allow"]
    if method != "HEAD":
        assert check_error(response, 405)["code"] == "method_not_allowed"


@pytest.mark.parametrize("path", ["/v1", "/v1/", "/v1/turn/", "/v1/turns", "/v2/turn", "/v1/turn/x", "/%00"])
def test_another_path_is_not_found(client: FlaskClient, path: str) -> None:
    assert check_error(client.post(path, json=GOOD), 404)["code"] == "not_found"


@pytest.mark.parametrize("type_", ["text/plain", "application/x-www-form-urlencoded", "", "text/json", "{}"])
def test_another_content_type_is_refused(client: FlaskClient, type_: str) -> None:
    """A form or a plain text may come from any web page; JSON from ours alone."""
    response = client.post("/v1/turn", data=json.dumps(GOOD), content_type=type_)
    assert check_error(response, 415)["code"] == "unsupported_media_type"


@pytest.mark.parametrize("type_", ["application/json", "application/json; charset=utf-8", "Application/JSON"])
def test_json_is_known_by_its_content_type(client: FlaskClient, type_: str) -> None:
    assert client.post("/v1/turn", data=json.dumps(GOOD), content_type=type_).status_code == 200


def padded(length: int) -> bytes:
    return json.dumps(GOOD).encode().ljust(length)


@pytest.mark.parametrize("chunked", [False, True])
def test_a_body_has_at_most_64_kilobytes(client: FlaskClient, chunked: bool) -> None:
    def send(length: int) -> TestResponse:
        around: Json = {"data": padded(length)}
        if chunked:
            around = {
                "input_stream": io.BytesIO(padded(length)),
                "environ_overrides": {"wsgi.input_terminated": True},
            }
        return client.post("/v1/turn", content_type="application/json", **around)

    assert BODY_BYTES == 65536
    assert send(BODY_BYTES).status_code == 200
    assert check_error(send(BODY_BYTES + 1), 413)["code"] == "request_entity_too_large"


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda children: st.lists(children, max_size=3) | st.dictionaries(st.text(), children, max_size=3),
    max_leaves=8,
)
WORDS = st.sampled_from(
    ["no", "yes", "ready", "next", "the figure four", "ow that really hurts", "", "forget me", "stop"]
)
FIELDS: dict[str, Callable[[], st.SearchStrategy[Any]]] = {
    "session": lambda: st.sampled_from(["a", "b", "c"]) | st.text(max_size=140),
    "user": lambda: st.text(max_size=520),
    "text": lambda: WORDS | st.text(max_size=520),
    "intent": lambda: st.sampled_from([NO, YES, "StretchIntent", "DurationIntent", *EVENTS]) | st.text(),
    "slots": lambda: st.dictionaries(st.sampled_from(["stretch", "duration", "area"]) | st.text(), st.text()),
    "locale": lambda: st.sampled_from(["en-US", "other"]) | st.text(max_size=20),
    "now": lambda: st.datetimes(timezones=st.timezones() | st.none()).map(datetime.isoformat) | st.text(),
    "debug": st.booleans,
}
TURNS = st.fixed_dictionaries({}, optional={key: make() | JSON for key, make in FIELDS.items()})
LIKELY = st.fixed_dictionaries(
    {"session": st.sampled_from(["a", "b"]), "text": WORDS | st.text(max_size=520)},
    optional={key: FIELDS[key]() for key in ("user", "now", "debug")},
)


def sends(stranger: Browser, body: bytes) -> int:
    """Send a body, check whatever comes back, and return its status."""
    response = stranger.client.post("/v1/turn", data=body, content_type="application/json")
    if response.status_code == 200:
        check_answer(response.get_json(), stranger.library)
    else:
        check_error(response, response.status_code)
    return response.status_code


@pytest.fixture(scope="module")
def stranger(client: FlaskClient, library: Library) -> Browser:
    return Browser(client, library, "stranger")


@settings(deadline=None)
@given(st.lists(LIKELY | TURNS | JSON, max_size=6))
def test_no_json_is_a_server_error(stranger: Browser, turns: list[Any]) -> None:
    for turn in turns:
        assert sends(stranger, json.dumps(turn).encode()) in (200, 422)


@settings(deadline=None)
@given(st.binary(max_size=300) | st.tuples(TURNS.map(json.dumps), st.binary(max_size=4)).map(str))
def test_no_bytes_are_a_server_error(stranger: Browser, body: bytes | str) -> None:
    raw = body if isinstance(body, bytes) else body.encode()
    assert sends(stranger, raw) in (400, 422)
