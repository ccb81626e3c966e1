"""The transition table."""

from __future__ import annotations

import itertools

import pytest

from skill.core.errors import NotNowError
from skill.core.player import TRANSITIONS, Event, State, move


def test_a_missing_row_is_an_error_that_names_its_phrase() -> None:
    for state, event in itertools.product(State, Event):
        if event in TRANSITIONS[state]:
            assert move(state, event) is TRANSITIONS[state][event]
            continue
        with pytest.raises(NotNowError) as caught:
            move(state, event)
        assert caught.value.phrase == f"not_now.{state}"


def test_guiding_is_reached_only_from_ready_or_from_a_running_routine() -> None:
    into = {
        (state, event)
        for state, row in TRANSITIONS.items()
        for event, following in row.items()
        if following is State.GUIDING
    }
    assert into == {
        (State.READY, Event.START),
        (State.GUIDING, Event.GO),
        (State.PAUSED, Event.GO),
    }


def test_nothing_leads_out_of_locked() -> None:
    assert set(TRANSITIONS[State.LOCKED].values()) == {State.LOCKED}


def test_every_state_can_lock_and_can_be_left() -> None:
    for state in State:
        assert move(state, Event.LOCK) is State.LOCKED
        assert move(state, Event.ABANDON) in (State.IDLE, State.LOCKED)
