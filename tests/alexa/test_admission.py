"""What is let in: fresh, and meant for this skill."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skill.alexa.admission import check_application, check_time
from skill.alexa.refusal import Reason, RefusedError
from skill.alexa.request import EnvelopeError, project
from tests.alexa import envelopes
from tests.alexa.envelopes import APPLICATION, QUIET, Json
from tests.helpers import NOON

OTHER = "amzn1.ask.skill.99999999-2222-3333-4444-555555555555"
REQUESTS = {
    "launch": envelopes.launch(),
    "intent": envelopes.intent("AMAZON.YesIntent"),
    **{name: event for name, event in QUIET.items() if name != "skill disabled"},
}
EVENTS = {
    "disabled": envelopes.skill_disabled(),
    "enabled": envelopes.envelope({"type": "AlexaSkillEvent.SkillEnabled"}, session=False),
    "permission": envelopes.envelope({"type": "AlexaSkillEvent.SkillPermissionChanged"}, session=False),
}


def made_at(event: Json, timestamp: object) -> Json:
    """The event, at another time."""
    return event | {"request": event["request"] | {"timestamp": timestamp}}


def refusal(check: Callable[[], None]) -> Reason | None:
    """Why a check refuses; none where it lets in."""
    try:
        check()
    except RefusedError as error:
        return error.reason
    return None


def at_age(event: Json, seconds: float) -> Reason | None:
    """Why an event of so many seconds ago is refused."""
    made = (NOON - timedelta(seconds=seconds)).isoformat()
    return refusal(lambda: check_time(project(made_at(event, made)), NOON))


@pytest.mark.parametrize("event", REQUESTS.values(), ids=REQUESTS)
def test_a_request_is_fresh_for_150_seconds_either_way(event: Json) -> None:
    assert {at_age(event, seconds) for seconds in (0, 149.999, 150, -150)} == {None}
    assert {at_age(event, seconds) for seconds in (150.001, -150.001, 3600, -3600, 1e9)} == {Reason.TIMESTAMP}


@pytest.mark.parametrize("event", EVENTS.values(), ids=EVENTS)
def test_a_skill_event_is_fresh_for_an_hour_either_way(event: Json) -> None:
    assert {at_age(event, seconds) for seconds in (0, 150.001, 3600, -3600)} == {None}
    assert {at_age(event, seconds) for seconds in (3600.001, -3600.001, 1e9)} == {Reason.TIMESTAMP}


def test_only_a_skill_event_is_fresh_for_an_hour() -> None:
    for type_ in ("AlexaSkillEventual", "alexaskillevent.SkillDisabled", "X.AlexaSkillEvent.SkillDisabled"):
        assert at_age(envelopes.envelope({"type": type_}), 200) is Reason.TIMESTAMP


@pytest.mark.parametrize(
    "timestamp",
    ["2026-11-22T12:00:00Z", "2026-11-22T13:00:00+01:00", "2026-11-22T12:00:00.000Z", "2026-11-22 12:00:00z"],
)
def test_a_time_may_be_written_with_any_zone(timestamp: str) -> None:
    check_time(project(made_at(REQUESTS["launch"], timestamp)), NOON)


@pytest.mark.parametrize(
    "timestamp",
    [
        None,
        "",
        "2026-11-22T12:00:00",
        "2026-11-22",
        "12:00:00Z",
        1795348800,
        1795348800000,
        1795348800.0,
        "1795348800",
        True,
        "now",
        "garbage",
        "2026-13-45T99:00:00Z",
        "2026-11-22T12:00:00+25:00",
        "0000-00-00T00:00:00Z",
        "0001-01-01T00:00:00+23:59",
        "9991-01-01T00:00:00Z",
        "9999-12-31T23:59:59Z",
        "9999-12-31T23:59:59-23:59",
        "10000-01-01T00:00:00Z",
        "\uff12\uff10\uff12\uff16-11-22T12:00:00Z",
        ["2026-11-22T12:00:00Z"],
        {"time": "2026-11-22T12:00:00Z"},
    ],
    ids=ascii,
)
@pytest.mark.parametrize("event", [REQUESTS["launch"], EVENTS["disabled"]], ids=["request", "event"])
def test_what_tells_no_such_time_is_refused(event: Json, timestamp: object) -> None:
    with pytest.raises(RefusedError) as caught:
        check_time(project(made_at(event, timestamp)), NOON)
    assert caught.value.reason is Reason.TIMESTAMP


def test_a_missing_time_is_refused() -> None:
    event = envelopes.launch()
    del event["request"]["timestamp"]
    with pytest.raises(RefusedError):
        check_time(project(event), NOON)


@given(
    st.text()
    | st.integers()
    | st.floats()
    | st.booleans()
    | st.none()
    | st.datetimes().map(lambda t: f"{t}Z")
)
def test_no_time_at_all_does_anything_but_pass_or_be_refused(timestamp: object) -> None:
    event = made_at(REQUESTS["launch"], timestamp)
    assert refusal(lambda: check_time(project(event), NOON)) in (None, Reason.TIMESTAMP)


def named(event: Json, *, context: Any = ..., session: Any = ...) -> Json:
    """The event with other applications; an ellipsis leaves what is there, and none takes it away."""
    for place, application in ((event["context"]["System"], context), (event.get("session"), session)):
        if place is None or application is ...:
            continue
        del place["application"]
        if application is not None:
            place["application"] = application
    return event


def is_ours(event: Json) -> bool:
    """Whether an event is meant for this skill."""
    reason = refusal(lambda: check_application(project(event), APPLICATION))
    assert reason in (None, Reason.APPLICATION)
    return reason is None


OURS, ANOTHER, NULL, NAMELESS = (
    {"applicationId": APPLICATION},
    {"applicationId": OTHER},
    {"applicationId": None},
    dict[str, str](),
)


@pytest.mark.parametrize("event", [*REQUESTS.values(), *EVENTS.values()], ids=[*REQUESTS, *EVENTS])
def test_an_event_that_names_this_skill_is_ours(event: Json) -> None:
    assert is_ours(event)


@pytest.mark.parametrize(
    ("context", "session", "ours"),
    [
        (OURS, OURS, True),
        (OURS, None, True),
        (None, OURS, True),
        (None, None, False),
        (ANOTHER, OURS, False),
        (OURS, ANOTHER, False),
        (ANOTHER, ANOTHER, False),
        (ANOTHER, None, False),
        (None, ANOTHER, False),
        (NULL, OURS, False),
        (OURS, NULL, False),
        (NULL, NULL, False),
        (NAMELESS, NAMELESS, False),
        (OURS, NAMELESS, False),
        ({"applicationId": ""}, None, False),
        ({"applicationId": f"{APPLICATION} "}, None, False),
        ({"applicationId": APPLICATION.upper()}, None, False),
    ],
)
def test_an_event_is_ours_where_all_that_it_names_is_this_skill(
    context: object, session: object, ours: bool
) -> None:
    assert is_ours(named(envelopes.launch(), context=context, session=session)) is ours


def test_an_event_without_a_context_is_ours_by_its_session_alone() -> None:
    event = envelopes.launch()
    del event["context"]["System"]
    assert is_ours(event)
    del event["context"]
    assert is_ours(event)
    event["session"] = None
    assert not is_ours(event)
    del event["session"]
    assert not is_ours(event)


@pytest.mark.parametrize(
    "application", [7, ["x"], "x", {"applicationId": 7}, {"applicationId": [APPLICATION]}]
)
def test_an_application_of_another_shape_is_no_envelope(application: object) -> None:
    with pytest.raises(EnvelopeError):
        project(named(envelopes.launch(), context=application))
