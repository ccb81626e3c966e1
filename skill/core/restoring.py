"""Takes a session back that was away: what makes no sense in it becomes a new session, never a crash."""

from __future__ import annotations

import msgspec

from skill.core import planner
from skill.core.library import Library
from skill.core.player import State
from skill.core.session import ROUNDS, Asked, Place, Planned, Session
from skill.core.timeline import sides_of
from skill.core.wording import Wording

LONGEST_HOLD = 60.0
"""No place is further in a hold, in seconds."""
QUESTIONS = range(1, 7)
"""Numbers of the screen's questions."""
PLACED = (State.SCREENING, State.READY, State.GUIDING, State.PAUSED)
"""States in which something is planned."""


def restored(session: Session, wording: Wording) -> Session:
    """Return a session that came back, or a new one where it belongs to other content or fits none.

    A lock is kept: nothing but a new session ends it.
    """
    library = wording.library
    if session.content == library.hash and _makes_sense(session, wording):
        return session
    state = State.LOCKED if session.state is State.LOCKED else State.IDLE
    return msgspec.structs.replace(
        Session(content=library.hash),
        state=state,
        disclaimed=session.disclaimed,
        preferences=session.preferences,
    )


def _makes_sense(session: Session, wording: Wording) -> bool:
    """Return whether the parts of a session fit each other and the content."""
    if session.heard_at is not None and session.heard_at.tzinfo is None:
        return False
    if not set(session.left_out) <= wording.library.stretches.keys():
        return False
    topics = (*session.choices, *((session.topic,) if session.topic is not None else ()))
    if any(topic not in wording.library.answers for topic in topics):
        return False
    if session.asked is Asked.WHICH and len(session.choices) != 2:
        return False
    if any(not 0 <= dose.held <= ROUNDS or not 0 <= dose.spoken <= ROUNDS for dose in session.doses.values()):
        return False
    asks = session.state is State.SCREENING and session.asked not in (Asked.SINCE, Asked.WHO)
    if (session.question in QUESTIONS) is not asks or (session.question != 0) is not asks:
        return False
    if (session.state in PLACED) is not (session.place is not None):
        return False
    return session.place is None or fits(session.place, wording)


def fits(place: Place, wording: Wording) -> bool:
    """Return whether a place is in the content."""
    library = wording.library
    if not place.plan or not all(_in_range(planned, library) for planned in place.plan):
        return False
    if place.routine is not None and place.routine not in library.routines:
        return False
    parts = planner.parts(place, wording)
    if not 0 <= place.block <= place.through < len(parts):
        return False
    part, mark = parts[place.block], place.mark
    both = sides_of(part.stretch)
    if place.again is not None and (place.again not in both or place.through > place.block):
        return False
    holds = len(part.planned.holds)
    sides = (None, place.again) if place.again else (None, *part.sides)
    counts = 0 <= place.repetitions <= holds and 0 <= mark.repetition < (place.repetitions or holds)
    return mark.side in sides and counts and 0 <= mark.held <= LONGEST_HOLD


def _in_range(planned: Planned, library: Library) -> bool:
    """Return whether a stretch is in the content, with a dose inside its ranges."""
    stretch = library.stretches.get(planned.id)
    return (
        stretch is not None
        and all(stretch.hold.least <= hold <= stretch.hold.most for hold in planned.holds)
        and stretch.repetitions.least <= len(planned.holds) <= stretch.repetitions.most
    )
