"""One turn on its way through the conversation, and the ways to answer it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

import msgspec
from msgspec import Struct

from skill.core import planner, player
from skill.core.errors import NotNowError
from skill.core.fitting import Known
from skill.core.library import Library
from skill.core.planner import Delivery
from skill.core.player import Event, State
from skill.core.session import Place, Record, Session
from skill.core.turn import Card, Milestone, Outcome, Reached, Reply, Say, Segment, Turn
from skill.core.wording import Wording


class Scene(Struct, frozen=True):
    """A turn, with all that it may be answered from."""

    turn: Turn
    """What the listener said."""
    session: Session
    """The conversation so far, its clock at this turn."""
    record: Record | None
    """What lasts about the listener; none while the store is down."""
    wording: Wording
    """The words, for this place and door."""
    now: datetime
    """The time of the turn."""
    reached: Reached | None = None
    """The milestone that the turn has come to."""

    @property
    def library(self) -> Library:
        """All content."""
        return self.wording.library

    @property
    def state(self) -> State:
        """Where the conversation is."""
        return self.session.state

    @property
    def place(self) -> Place:
        """What is planned.

        Raises:
            NotNowError: nothing is planned.
        """
        if self.session.place is None:
            raise NotNowError(self.state, "place")
        return self.session.place

    @property
    def known(self) -> Known:
        """What is known of the listener who asks."""
        session = self.session
        heard = self.record.heard if self.record else {}
        return Known(session.position, session.preferences.position, session.left_out, heard)

    @property
    def delivery(self) -> Delivery:
        """How what is planned is spoken."""
        return Delivery(self.wording, self.session.preferences, self.turn.ceiling)

    def after(self, event: Event, **changes: Any) -> Scene:
        """Return the scene after an event, with other changes to the session.

        Raises:
            NotNowError: the event does not apply in this state.
        """
        state = player.move(self.state, event)
        return self.with_session(state=state, **changes)

    def with_session(self, **changes: Any) -> Scene:
        """Return the scene with changes to the session."""
        return msgspec.structs.replace(self, session=msgspec.structs.replace(self.session, **changes))

    def reaching(self, milestone: Milestone) -> Scene:
        """Return the scene at a milestone of what is planned."""
        return msgspec.structs.replace(self, reached=Reached(milestone, self.place.routine))

    def without(self, ids: Iterable[str]) -> Scene:
        """Return the scene with further stretches left out of what is chosen in this conversation."""
        return self.with_session(left_out=tuple(dict.fromkeys((*self.session.left_out, *ids))))

    def unplanned(self) -> Scene:
        """Return the scene with nothing asked or planned, and without a clearance."""
        return msgspec.structs.replace(self, session=self.session.unplanned())

    def with_record(self, **changes: Any) -> Scene:
        """Return the scene with changes to the record; none while the store is down."""
        if self.record is None:
            return self
        return msgspec.structs.replace(self, record=msgspec.structs.replace(self.record, **changes))


def disclaimed(scene: Scene) -> tuple[Scene, list[Segment]]:
    """Return what is said once a session before the first health answer or routine (H2)."""
    if scene.session.disclaimed:
        return scene, []
    return scene.with_session(disclaimed=True), [scene.wording.say("disclaimer")]


class Answered(Struct, frozen=True):
    """A reply, and what is to be remembered after it."""

    reply: Reply
    """What the listener hears."""
    session: Session
    """The conversation afterwards."""
    record: Record | None
    """What lasts, afterwards."""


def answer(
    scene: Scene,
    outcome: Outcome,
    segments: Sequence[Segment],
    *,
    topic: str | None = None,
    flag: str | None = None,
    reprompt: str | None = None,
    card: Card | None = None,
) -> Answered:
    """Return a reply: the microphone opens if its last words are a prompt, else the session ends.

    The reprompt is the prompt once more unless another is given.
    """
    final = segments[-1]
    listen = isinstance(final, Say) and final.prompt
    if listen and isinstance(final, Say) and reprompt is None:
        reprompt = final.text
    session = scene.session
    if not listen:
        session = ended(session)
    place = session.place
    spoken = next((segment for segment in segments if segment.stretch), None)
    resting = place.mark if place and session.state is State.PAUSED else None
    reply = Reply(
        outcome=outcome,
        action=scene.turn.action,
        topic=topic,
        flag=flag,
        routine=place.routine if place else None,
        stretch=planner.stretch_at(place, scene.wording).id if place else None,
        step=spoken.step if spoken else resting.step if resting else None,
        side=spoken.side if spoken else resting.side if resting else None,
        segments=tuple(segments),
        reprompt=reprompt if listen else None,
        listen=listen,
        end=not listen,
        card=card,
        reached=scene.reached,
    )
    return Answered(reply, session, scene.record)


def ended(session: Session) -> Session:
    """Return a session after its conversation is over: nothing is planned; a lock is kept."""
    return msgspec.structs.replace(session.unplanned(), state=player.move(session.state, Event.ABANDON))
