"""Fail closed: without a store no routine starts, a running one goes on, and questions are answered."""

from __future__ import annotations

from typing import Any

import pytest

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


def screened(library: Library, noes: int) -> Answered:
    """Ask for the chair twist, and answer so many questions with no, while the store works."""
    asked = turn("request", slots={"stretch": "seated_chair_twist"})
    answered = respond(asked, new_session(library, Record()), Record(), library, NOON)
    for _ in range(noes):
        answered = respond(turn("no"), answered.session, Record(), library, NOON)
    return answered


@pytest.mark.parametrize("noes", range(7))
def test_no_step_is_reached_where_the_store_breaks_on_the_way(library: Library, noes: int) -> None:
    session = screened(library, noes).session
    answered = respond(turn("ready" if noes == 6 else "no"), session, None, library, NOON)
    assert answered.reply.outcome is Outcome.DECLINE
    assert answered.session.state is State.IDLE
    assert answered.session.place is None
    assert "my memory is not working" in spoken(answered.reply)


def test_another_routine_does_not_take_the_place_of_a_running_one(library: Library) -> None:
    running = respond(turn("ready"), screened(library, 6).session, Record(), library, NOON).session
    asked = turn("request", slots={"stretch": "supine_figure_four"})
    answered = respond(asked, running, None, library, NOON)
    assert answered.reply.outcome is Outcome.DECLINE
    assert answered.session.place is not None
    assert answered.session.place.stretches == ("seated_chair_twist",)


def test_a_running_routine_goes_on_to_its_end(library: Library) -> None:
    answered = screened(library, 6)

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
