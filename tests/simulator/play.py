"""Plays a person through the core on a virtual clock: no words to understand, no store, no speech."""

from __future__ import annotations

import copy
import functools
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import datetime

import msgspec
from msgspec import Struct, field

from skill.core import conversation
from skill.core.block import Step
from skill.core.library import Library
from skill.core.player import State
from skill.core.session import Asked, Record, Session, new_session
from skill.core.turn import Door, Reply, Turn
from tests.helpers import NOON, spoken
from tests.simulator import invariants, listening
from tests.simulator.combinations import Combination
from tests.simulator.listening import Held, Spot

EVENTS = {"launch": "LaunchRequest", "silence": "Silence", "session_ended": "SessionEnded"}
"""Routes that are no intents."""
TURNS = 150
"""No story has more turns: it goes round in a circle."""

LINES = 40
"""So many turns of a story are told where it fails."""


class Move(Struct, frozen=True):
    """What a person says or does next."""

    route: str
    """Which kind of turn it is."""
    after: float = 3.0
    """Seconds after the last reply began."""
    slots: dict[str, str] = field(default_factory=dict)
    """Slots by name."""
    topic: str | None = None
    """The answer that is asked for."""
    choices: tuple[str, ...] = ()
    """The answers, any of which may be asked for."""
    flags: tuple[str, ...] = ()
    """Signs that are reported."""


class Story:
    """One person in one routine: what they have heard so far, and where that leaves them."""

    def __init__(self, library: Library, combination: Combination) -> None:
        """Come in for the first time."""
        self.library, self.combination = library, combination
        self.now: datetime = NOON
        self.record: Record | None = combination.record(library)
        self.session: Session = new_session(library, self.record)
        self.reply = Reply(outcome=invariants.NOTHING)
        self.replies: tuple[Reply, ...] = ()
        self.spot: Spot | None = None
        self.left_off: Spot | None = None
        self.done: Counter[Held] = Counter()
        self.lines: tuple[str, ...] = ()

    @property
    def state(self) -> State:
        """Where the conversation is."""
        return self.session.state

    @property
    def over(self) -> bool:
        """Whether the last reply ended the session."""
        return self.reply.end

    @property
    def length(self) -> float:
        """Seconds that the last reply takes."""
        return listening.length(self.reply)

    @property
    def at_check_in(self) -> bool:
        """Whether all of a block has been heard, and nothing of the next one."""
        return self.session.place is not None and self.session.place.mark.step is Step.CHECK_IN

    @property
    def passed_over(self) -> bool:
        """Whether the last reply offered to leave a stretch out."""
        return self.spot is None

    @property
    def told(self) -> str:
        """What was said and done of late, line by line."""
        return "\n".join((f"{self.combination}", *self.lines[-LINES:]))

    def fork(self) -> Story:
        """Return another person who has come exactly as far."""
        other = copy.copy(self)
        other.done = self.done.copy()
        return other

    def comes_back(self, after: float) -> None:
        """Begin a new session after so many seconds."""
        self.now = invariants.later(self.now, after)
        self.session = new_session(self.library, self.record)
        self.lines += (f"-- comes back after {after:g} s --",)

    def takes(self, move: Move) -> Reply:
        """Say or do something, and check the reply."""
        assert len(self.lines) < TURNS, "the story does not end"
        self._listen(move.after)
        self.now = invariants.later(self.now, move.after)
        before, record = self.session, self.record
        answered = conversation.respond(_turn(move, self.library), before, record, self.library, self.now)
        self.reply, self.session, self.record = answered.reply, answered.session, answered.record
        self.replies += (self.reply,)
        self.lines += (f"{move.after:7.2f} s {_told(move)} -> {self.state}: {spoken(self.reply)[:90]}",)
        invariants.check_reply(self.reply, self.session, self.library)
        invariants.check_chain(self.reply, self.session, self.library)
        self.spot = invariants.check_place(self.spot, move.route, before, answered, self.library)
        return self.reply

    def _listen(self, elapsed: float) -> None:
        """Listen to the last reply for so many seconds."""
        place = self.session.place
        if self.state is not State.GUIDING or place is None:
            return
        first, left_off = listening.beginning(self.reply, place.block), self.left_off
        released = listening.released(self.reply, elapsed)
        if first.step is Step.RELEASE and left_off is not None and left_off.step is Step.RELEASE:
            # They had begun to let go: it is the same release, told again.
            released = released[1:]
        self.done.update(released)
        self.spot = self.left_off = listening.spot(self.reply, elapsed, place.block)


Person = Callable[[Story], Iterator[Move]]
"""Someone who, after each reply, says what they do next and when."""


def play(person: Person, story: Story) -> Story:
    """Play a person to the end of what they do; a failure tells the whole story."""
    try:
        for move in person(story):
            story.takes(move)
    except Exception as error:
        error.add_note(story.told)
        raise
    return story


@functools.lru_cache(maxsize=64)
def _in_place(library: Library, combination: Combination) -> Story:
    """Return someone who has asked for a routine, and is ready for its first step."""

    def comes(story: Story) -> Iterator[Move]:
        yield Move("request", slots={"routine": combination.routine})
        while story.state is State.SCREENING:
            yield answer_to_the_screen(story)

    story = play(comes, Story(library, combination))
    assert story.state is State.READY
    return story


def in_place(library: Library, combination: Combination) -> Story:
    """Return someone who is ready for the first step of a routine."""
    return _in_place(library, combination).fork()


def answer_to_the_screen(story: Story) -> Move:
    """Return the answer of someone whom nothing keeps from stretching."""
    if story.session.asked is Asked.WHO:
        return Move("who", slots={"clinician": "doctor"})
    return Move("no")


@functools.lru_cache(maxsize=8)
def _intents(library: Library) -> dict[str, tuple[str, str | None]]:
    """Return an intent and its action for each route."""
    found: dict[str, tuple[str, str | None]] = {route: (name, None) for route, name in EVENTS.items()}
    for intent in library.intents.values():
        found.setdefault(intent.route, (intent.name, intent.action))
    return found


def _turn(move: Move, library: Library) -> Turn:
    intent, action = _intents(library).get(move.route, ("AMAZON.FallbackIntent", None))
    return Turn(
        route=move.route,
        intent=intent,
        action=action,
        topic=move.topic,
        choices=move.choices,
        slots=move.slots,
        flags=move.flags,
        device="speaker",
        door=Door.ALEXA,
    )


def _told(move: Move) -> str:
    """Return a move as one would note it down."""
    told = msgspec.to_builtins(move)
    return f"{move.route} " + " ".join(
        f"{name}={told[name]}" for name in ("slots", "topic", "choices", "flags") if told[name]
    )
