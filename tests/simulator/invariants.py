"""What holds for every reply that anyone ever gets, whoever they are and whatever they say."""

from __future__ import annotations

import functools
from datetime import datetime, timedelta
from typing import Any

import msgspec

from skill.alexa import ssml
from skill.core import planner
from skill.core.block import Step
from skill.core.cues import TONES
from skill.core.library import Level, Library
from skill.core.player import State
from skill.core.preferences import Rhythm
from skill.core.prompts import WAITING
from skill.core.scene import Answered
from skill.core.session import Asked, Place, Session
from skill.core.turn import Door, Outcome, Reply, Tone, Turn
from skill.core.wording import Wording
from tests.helpers import check_answered, spoken, steps
from tests.simulator import listening
from tests.simulator.listening import Spot

NOTHING = Outcome.END
"""The outcome before anything was said."""
PASSED_OVER = (Outcome.DECLINE,)
"""Outcomes after which a step may have been left out: its rounds are over, or it does not suit."""
ON = frozenset({"resume", "ready", "comfortable"})
"""Routes that go on where the listener is: after a check-in, with the next block."""
MOVES = frozenset(
    {
        *("request", "surprise", "another", "last_time", "my_turn", "forget", "swap", "skip", "previous"),
        *("repeat", "restart", "side_again", "switch_sides", "longer", "shorter"),
    }
)
"""Routes that ask for another place, another plan, or other holds."""
HOLD_CHANGE_SECONDS = 5.0
"""By so much a hold gets longer or shorter."""
CEILING_SECONDS = Turn(route="", intent="").ceiling
"""The longest reply of the rhythm that keeps going."""


def later(now: datetime, seconds: float) -> datetime:
    """Return the time so many seconds later."""
    return now + timedelta(seconds=seconds)


def rendered(reply: Reply, session: Session) -> dict[str, Any]:
    """Return a turn as the JSON that Alexa would get, without the detour through Amazon's classes."""
    response: dict[str, Any] = {}
    whole = {"version": "1.0", "response": response}
    if reply.listen:
        whole["sessionAttributes"] = {"gentle_back": msgspec.to_builtins(session)}
    if not reply.segments:
        return whole
    response["outputSpeech"] = _speech(ssml.render(reply.segments))
    if reply.reprompt:
        response["reprompt"] = {"outputSpeech": _speech(ssml.words(reply.reprompt))}
    if reply.card:
        response["card"] = {"type": "Simple", "title": reply.card.title, "content": reply.card.text}
    response["shouldEndSession"] = reply.end
    return whole


def check_reply(reply: Reply, session: Session, library: Library) -> None:
    """Assert what holds for every reply and the session after it, and what for its steps."""
    check_answered(reply, session, rendered(reply, session), library)
    if steps(reply):
        assert reply.segments[-1].step == Step.CHECK_IN
        assert reply.reprompt == spoken(reply)[-len(reply.reprompt or "") :], "the reprompt is the check-in"
    assert sum(isinstance(segment, Tone) for segment in reply.segments) <= TONES


def check_chain(reply: Reply, session: Session, library: Library) -> None:
    """Assert which blocks follow each other in one reply, and that both sides get the same seconds."""
    blocks = listening.blocks(reply)
    for steps_ in blocks:
        seconds = list(listening.held(steps_).values())
        assert not listening.is_set_up(steps_[0]) or len(set(seconds)) == 1, "a side gets less than the other"
    if len(blocks) < 2:
        return
    assert session.preferences.rhythm is Rhythm.KEEP_GOING, "a check-in is missing"
    taken = listening.length(reply)
    assert taken <= CEILING_SECONDS, f"a reply of several blocks takes {taken:.1f} s"
    assert session.place is not None
    known = {planned.id for planned in session.place.plan if planned.known}
    assert len({library.stretches[steps_[0].stretch or ""].position for steps_ in blocks}) == 1
    for steps_ in blocks:
        id_ = steps_[0].stretch or ""
        assert library.stretches[id_].level is Level.GENTLE, f"no check-in beside {id_}"
        assert id_ in known, f"no check-in beside {id_}, which is new"


def check_place(
    spot: Spot | None, route: str, before: Session, answered: Answered, library: Library
) -> Spot | None:
    """Assert that a routine is where its listener was, or one block further if they asked for that.

    Returns:
        Where the listener is now; none where another place or plan was asked for.
    """
    reply, session, record = answered.reply, answered.session, answered.record
    if spot is None or reply.outcome in PASSED_OVER or session.state is State.LOCKED:
        return None
    if route in MOVES:
        if session.state is State.GUIDING and session.place is not None:
            _check_moved(spot, route, reply, session.place, library)
        return None
    assert record is not None
    if before.state is State.IDLE and session.place and session.place.block < spot.block:
        return _led_up_to(spot, session.place, library)
    advances = _advances(spot, route, before)
    if reply.end and record.saved is None:
        assert advances, f"{route} ends the routine"
        assert spot.block == len(_parts(before, record.last, library)) - 1, "a block is left out"
        return None
    if reply.end or session.place is None:
        assert record.saved is not None, "the place is lost"
        _check_resting(spot, record.saved.place)
        return spot
    if session.state is State.GUIDING:
        _check_guided(spot, reply, session.place, library, advances=advances)
        return spot
    if advances:
        return _in_the_other_position(spot, session.place, library)
    _check_resting(spot, session.place)
    return spot


def _led_up_to(spot: Spot, place: Place, library: Library) -> Spot:
    """Assert that a plan of another day begins anew only for what is not gentle, and return its beginning."""
    assert library.stretches[spot.stretch].level is not Level.GENTLE
    assert place.block == 0
    part = planner.parts(place, _wording(library))[0]
    return Spot(0, part.stretch.id, part.sides[0], Step.SET_UP, part.planned.holds[0])


def _advances(spot: Spot, route: str, before: Session) -> bool:
    """Whether a route asks for the next block where it is said."""
    if before.state not in (State.READY, State.GUIDING, State.PAUSED):
        return False
    if before.state is State.PAUSED and before.asked in WAITING and route != "no":
        return False
    here = before.state is State.GUIDING
    at_check_in = spot.step is Step.CHECK_IN
    match route:
        case "next":
            return before.state is not State.READY or at_check_in
        case "no":
            return here or (at_check_in and before.asked is Asked.HURTS)
        case "yes":
            return at_check_in and before.state is State.READY
        case _:
            return route in ON and at_check_in


def _check_guided(spot: Spot, reply: Reply, place: Place, library: Library, *, advances: bool) -> None:
    """Assert that a reply goes on at a place, or with the block after it."""
    begun = listening.beginning(reply, place.block)
    if not advances:
        assert spot.is_kept(begun), f"{begun} is not {spot}"
        return
    parts = planner.parts(place, _wording(library))
    # Of another day, the last block is done once more.
    wanted = min(spot.block + 1, len(parts) - 1)
    part = parts[wanted]
    assert (begun.block, begun.step) == (wanted, Step.SET_UP), f"{begun} is not next after {spot}"
    assert (begun.stretch, begun.side) == (part.stretch.id, part.sides[0])


def _check_moved(spot: Spot, route: str, reply: Reply, place: Place, library: Library) -> None:
    """Assert that a reply begins where another place was asked for."""
    begun = listening.beginning(reply, place.block)
    parts = planner.parts(place, _wording(library))
    match route:
        case "skip":
            assert begun.step is Step.SET_UP
            assert parts[begun.block].number == parts[spot.block].number + 1
        case "previous":
            assert (begun.step, begun.block) == (Step.SET_UP, max(0, spot.block - 1))
        case "restart":
            assert (begun.step, begun.block) == (Step.SET_UP, 0)
        case "repeat":
            assert (begun.block, begun.stretch) == (spot.block, spot.stretch)
            assert begun.side == spot.side or spot.step is Step.CHECK_IN
        case "longer" | "shorter":
            assert (begun.stretch, begun.side) == (spot.stretch, spot.side)
            changed = abs(begun.left - spot.left)
            assert changed <= HOLD_CHANGE_SECONDS + listening.SLACK_SECONDS, f"{route}: {begun} after {spot}"


def _in_the_other_position(spot: Spot, place: Place, library: Library) -> Spot | None:
    """Assert that the next block waits for another position, and return its beginning.

    Where the screen comes first, the place stays where it is.
    """
    if place.block == spot.block:
        _check_resting(spot, place)
        return spot
    parts = planner.parts(place, _wording(library))
    next_ = parts[place.block]
    assert place.block == spot.block + 1
    assert place.mark.step is Step.SET_UP
    assert next_.stretch.position is not parts[spot.block].stretch.position
    return Spot(place.block, next_.stretch.id, next_.sides[0], Step.SET_UP, next_.planned.holds[0])


def _check_resting(spot: Spot, place: Place) -> None:
    """Assert that a place at rest is where its listener was."""
    here = place.block, place.mark.step is Step.CHECK_IN
    assert here == (spot.block, spot.step is Step.CHECK_IN), f"{place} is not at {spot}"


def _parts(before: Session, last: Place | None, library: Library) -> tuple[planner.Part, ...]:
    """Return the blocks of the plan that was running."""
    place = before.place or last
    assert place is not None
    return planner.parts(place, _wording(library))


@functools.lru_cache(maxsize=8)
def _wording(library: Library) -> Wording:
    return Wording(library, "en-US", Door.ALEXA)


def _speech(text: str) -> dict[str, str]:
    return {"type": "SSML", "ssml": f"<speak>{text}</speak>"}
