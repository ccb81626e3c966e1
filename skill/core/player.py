"""Which state a conversation may go to next.

Rule 1: everything that decides a state lives in this file. `conversation` says what happened, as an
event; the table says where that leads. A missing row raises `NotNowError` and changes nothing.

Theory of operation:

- `idle`: nothing is planned. Questions are answered here.
- `screening`: a question of the gate is open, for the routine that was asked for.
- `ready`: six clear noes, or a clearance that still holds; waiting for the listener to be in place.
- `guiding`: the last reply spoke a step. Only `START` and `GO` lead here, and `START` only from
  `ready`, which only `CLEAR` reaches: no path leads to a step around the screen.
- `paused`: a routine is planned and cleared, but the last reply spoke no step.
- `locked`: a sign was met. Nothing leads out of it; a new session begins elsewhere, at `idle`.
"""

from __future__ import annotations

from enum import StrEnum

from skill.core.errors import NotNowError


class State(StrEnum):
    """Where a conversation is; the turn API's `state`."""

    IDLE = "idle"
    SCREENING = "screening"
    READY = "ready"
    GUIDING = "guiding"
    PAUSED = "paused"
    LOCKED = "locked"


class Event(StrEnum):
    """What can happen to the state."""

    SCREEN = "screen"
    """A question of the gate is asked."""
    CLEAR = "clear"
    """The gate's last question was answered no, or an earlier clearance still holds."""
    START = "start"
    """The first step is spoken."""
    GO = "go"
    """A further step is spoken."""
    REST = "rest"
    """The routine rests; the reply speaks no step."""
    FINISH = "finish"
    """The last step is over."""
    ABANDON = "abandon"
    """The listener leaves, or stays unclear."""
    LOCK = "lock"
    """A sign was met."""


TRANSITIONS: dict[State, dict[Event, State]] = {
    State.IDLE: {
        Event.SCREEN: State.SCREENING,
        Event.CLEAR: State.READY,
        Event.ABANDON: State.IDLE,
        Event.LOCK: State.LOCKED,
    },
    State.SCREENING: {
        Event.SCREEN: State.SCREENING,
        Event.CLEAR: State.READY,
        Event.ABANDON: State.IDLE,
        Event.LOCK: State.LOCKED,
    },
    State.READY: {
        Event.SCREEN: State.SCREENING,
        Event.CLEAR: State.READY,
        Event.START: State.GUIDING,
        Event.FINISH: State.IDLE,
        Event.ABANDON: State.IDLE,
        Event.LOCK: State.LOCKED,
    },
    State.GUIDING: {
        Event.SCREEN: State.SCREENING,
        Event.CLEAR: State.READY,
        Event.GO: State.GUIDING,
        Event.REST: State.PAUSED,
        Event.FINISH: State.IDLE,
        Event.ABANDON: State.IDLE,
        Event.LOCK: State.LOCKED,
    },
    State.PAUSED: {
        Event.SCREEN: State.SCREENING,
        Event.CLEAR: State.READY,
        Event.GO: State.GUIDING,
        Event.REST: State.PAUSED,
        Event.FINISH: State.IDLE,
        Event.ABANDON: State.IDLE,
        Event.LOCK: State.LOCKED,
    },
    State.LOCKED: {
        Event.ABANDON: State.LOCKED,
        Event.LOCK: State.LOCKED,
    },
}
"""State, event, next state."""


def move(state: State, event: Event) -> State:
    """Return the state that an event leads to.

    Raises:
        NotNowError: the event does not apply in this state.
    """
    try:
        return TRANSITIONS[state][event]
    except KeyError:
        raise NotNowError(state, event) from None
