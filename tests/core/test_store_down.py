"""Fail closed: without a store no routine starts, a running one goes on, and questions are answered."""

from __future__ import annotations

from typing import Any

from skill.core.conversation import respond
from skill.core.library import Library
from skill.core.player import State
from skill.core.scene import Answered
from skill.core.session import Record, Session, new_session
from skill.core.turn import Outcome, Turn
from tests.helpers import NOON, spoken


def turn(route: str, **more: Any) -> Turn:
    return Turn(route=route, intent="TestIntent", **more)


def test_no_routine_starts_and_questions_are_answered(library: Library) -> None:
    session = new_session(library, None)
    answered = respond(turn("request"), session, None, library, NOON)
    assert answered.reply.outcome is Outcome.DECLINE
    assert answered.session.state is State.IDLE
    assert "my memory is not working" in spoken(answered.reply)
    answered = respond(turn("ask", topic="sound_cause"), answered.session, None, library, NOON)
    assert answered.reply.outcome is Outcome.ANSWER


def test_nothing_can_be_picked_up_or_forgotten(library: Library) -> None:
    session = new_session(library, None)
    picked_up = respond(turn("resume"), session, None, library, NOON)
    assert picked_up.reply.outcome is Outcome.DECLINE
    assert "my memory is not working" in spoken(picked_up.reply)
    forgotten = respond(turn("forget"), session, None, library, NOON)
    assert "my memory is not working" in spoken(forgotten.reply)


def test_a_running_routine_goes_on_to_its_end(library: Library) -> None:
    answered = respond(
        turn("request", slots={"stretch": "seated_chair_twist"}),
        new_session(library, Record()), Record(), library, NOON,
    )  # fmt: skip
    for _ in range(6):
        answered = respond(turn("no"), answered.session, Record(), library, NOON)

    def without_store(route: str, session: Session) -> Answered:
        return respond(turn(route), session, None, library, NOON)

    assert without_store("ready", answered.session).reply.outcome is Outcome.DECLINE
    answered = respond(turn("ready"), answered.session, Record(), library, NOON)
    assert without_store("session_ended", answered.session).record is None
    answered = without_store("next", answered.session)
    assert answered.reply.outcome is Outcome.GUIDE
    answered = without_store("next", answered.session)
    assert answered.reply.outcome is Outcome.END
    assert answered.record is None
