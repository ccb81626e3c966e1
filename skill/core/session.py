"""The two memories: the session lives with the conversation, the record lasts between sessions.

Neither holds a symptom, an answer to the screen, or a spoken word (safety facts, section 4: H3).
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from enum import StrEnum

import msgspec
from msgspec import Struct, field

from skill.core.block import START, Mark
from skill.core.library import Id, Level, Library, Position, Side
from skill.core.player import State
from skill.core.preferences import COUNT_AFTER, Preferences, Wordiness

CLEARANCE_IDLE_SECONDS = 600.0
"""A clearance that nobody uses ends after 10 minutes (design, "Screen")."""
CLEARANCE_SECONDS = 1800.0
"""A clearance ends 30 minutes after it was given, in all (design, "Screen")."""
PLACE_DAYS = 14
"""How long the place of a routine that was left is kept."""
RECORD_DAYS = 400
"""How long a record is kept after its last change."""
FINISHED_DAYS = 7
"""How long a finished routine is remembered."""
ROUNDS = 3
"""At most so many rounds of a stretch on one side in an occasion (design, "Doses")."""


class Asked(StrEnum):
    """Which question the open microphone belongs to, beside those of the screen."""

    NOTHING = "nothing"
    OFFER = "offer"
    MORE = "more"
    SAVED = "saved"
    CHECK_IN = "check-in"
    HURTS = "hurts"
    TIGHT = "tight"
    STUCK = "stuck"
    CARRY_ON = "carry-on"
    GET_UP = "get-up"
    SINCE = "since"
    WHO = "who"
    QUESTION = "question"
    WHICH = "which"


class Dose(Struct, frozen=True, forbid_unknown_fields=True):
    """How much of one side of one stretch there has been in this occasion."""

    spoken: int = 0
    """Rounds that were spoken from their beginning."""
    held: int = 0
    """Holds that were begun, by the clock."""


class Planned(Struct, frozen=True, forbid_unknown_fields=True):
    """A stretch of a plan, and how it is done there."""

    id: Id
    """The stretch."""
    holds: tuple[float, ...]
    """Seconds of each repetition, inside the stretch's ranges, and the same on both sides."""
    words: Wordiness = Wordiness.EXPLAIN
    """The words that fit how well the listener knows it."""
    known: bool = False
    """Whether they have finished it before."""
    first: Side = Side.LEFT
    """The side that comes first, where it has sides."""


class Place(Struct, frozen=True, forbid_unknown_fields=True):
    """Where a listener is in what was planned."""

    routine: Id | None
    """The routine, or none where the plan is nobody's."""
    plan: tuple[Planned, ...]
    """The stretches, in order."""
    block: int = 0
    """Index of the block."""
    mark: Mark = START
    """The place inside the block."""
    repetitions: int = 0
    """Repetitions a side in this block, where the dose allows no more; 0 until it is spoken."""
    through: int = 0
    """Index of the last block of the reply that is running."""
    again: Side | None = None
    """The side that alone is done once more in this block."""

    @property
    def stretches(self) -> tuple[Id, ...]:
        """The ids of the plan's stretches, in order."""
        return tuple(planned.id for planned in self.plan)

    def plan_with(self, number: int, planned: Planned) -> tuple[Planned, ...]:
        """Return the plan with one of its stretches replaced."""
        return (*self.plan[:number], planned, *self.plan[number + 1 :])

    @property
    def anew(self) -> Place:
        """The same plan from its beginning."""
        return Place(self.routine, self.plan)


class Session(Struct, frozen=True, forbid_unknown_fields=True):
    """What a conversation remembers while it lasts; in Alexa's session attributes, never on disk."""

    content: str
    """Hash of the library that the place belongs to."""
    schema: int = 2
    """Version of this shape."""
    state: State = State.IDLE
    """Where the conversation is."""
    asked: Asked = Asked.NOTHING
    """Which question is open."""
    question: int = 0
    """Number of the screen's open question, 1 to 6; 0 outside the screen."""
    unclear: int = 0
    """How often in a row the open question was not answered clearly."""
    place: Place | None = None
    """What is planned and where the listener is in it."""
    doses: dict[str, Dose] = field(default_factory=dict)
    """Doses by stretch and side."""
    clock: float = 0.0
    """Seconds since the session began; a backward step of the time counts as none."""
    heard_at: datetime | None = None
    """Time of the last turn."""
    spoken_at: float = 0.0
    """The clock when the timeline of the last reply began."""
    screened_at: float | None = None
    """The clock when the screen was passed; none without a clearance."""
    screen_age: float = 0.0
    """How old, in seconds, the screen was that a routine is picked up under."""
    opened_at: float = 0.0
    """The clock when the open screen began."""
    used_at: float = 0.0
    """The clock when the screen or its clearance was last used."""
    level: Level = Level.CAREFUL
    """The highest level that may be guided; `cleared` only after the question of who cleared it."""
    disclaimed: bool = False
    """Whether the listener has heard in this session that this is general information."""
    preferences: Preferences = Preferences()
    """How the listener likes to be guided."""
    position: Position | None = None
    """The position that the listener can be in, where they said so."""
    left_out: tuple[Id, ...] = ()
    """Stretches that are not chosen in this conversation: they did not suit."""
    topic: Id | None = None
    """The last answer, for "where is that from?"."""
    choices: tuple[Id, ...] = ()
    """The answers that were offered last, in their order."""

    def at(self, now: datetime) -> Session:
        """Return the session with its clock moved on to a time."""
        step = (now - self.heard_at).total_seconds() if self.heard_at else 0.0
        return msgspec.structs.replace(self, clock=self.clock + max(0.0, step), heard_at=now)

    @property
    def cleared(self) -> bool:
        """Whether a clear screen still holds."""
        return (
            self.screened_at is not None
            and self.clock - self.used_at <= CLEARANCE_IDLE_SECONDS
            and self.clock - self.screened_at <= CLEARANCE_SECONDS
        )

    def unplanned(self) -> Session:
        """Return the session with nothing asked or planned, and without a clearance of any level."""
        return msgspec.structs.replace(
            self,
            asked=Asked.NOTHING,
            question=0,
            unclear=0,
            place=None,
            screened_at=None,
            level=Level.CAREFUL,
        )

    def dose(self, stretch: str, side: Side | None) -> Dose:
        """Return the dose so far of one side of a stretch."""
        return self.doses.get(dose_key(stretch, side), Dose())


def dose_key(stretch: str, side: Side | None) -> str:
    """Return the key under which a session counts one side of a stretch."""
    return f"{stretch} {side or 'middle'}"


class SavedPlace(Struct, frozen=True, forbid_unknown_fields=True):
    """A place that outlives its session."""

    place: Place
    """Where the listener was."""
    doses: dict[str, Dose]
    """The doses of that occasion."""
    content: str
    """Hash of the library that the place belongs to."""
    left_at: datetime
    """When it was saved; kept `PLACE_DAYS`."""


class Token(Struct, frozen=True, forbid_unknown_fields=True):
    """A clearance that outlives its session for minutes; it holds no answer."""

    until: datetime
    """When it ends."""
    device: str
    """Hash of the device on which the screen was passed."""
    screened: datetime
    """When the screen was passed: in all it is good for 30 minutes."""


class Finished(Struct, frozen=True, forbid_unknown_fields=True):
    """A routine or stretch that was finished; kept `FINISHED_DAYS`."""

    id: Id
    """The routine, or the last stretch where there was no routine."""
    at: datetime
    """When, in UTC."""


class Record(Struct, frozen=True, forbid_unknown_fields=True):
    """What lasts about a listener: habits and a place, nothing about health."""

    schema: int = 2
    """Version of this shape."""
    preferences: Preferences = Preferences()
    """How the listener likes to be guided."""
    saved: SavedPlace | None = None
    """The routine that was left."""
    token: Token | None = None
    """A clearance that was closed by silence or a pause."""
    finished: tuple[Finished, ...] = ()
    """What was finished in the last seven days."""
    last: Place | None = None
    """What was finished last, from its beginning."""
    heard: dict[Id, int] = field(default_factory=dict)
    """How often each stretch was finished, up to where its words fade no more."""
    request: str = ""
    """Hash of the request that changed this last: it may come twice, and changes nothing twice."""

    def finishing(self, place: Place, ids: Iterable[str], now: datetime) -> Record:
        """Return the record after a plan was finished, in which these stretches were done.

        The same request twice counts once.
        """
        done = Finished(place.routine or place.stretches[-1], now)
        if done in self.finished:
            return self
        heard = self.heard | {id_: min(self.heard.get(id_, 0) + 1, COUNT_AFTER) for id_ in ids}
        finished = (*self.finished, done)
        return msgspec.structs.replace(
            self, saved=None, token=None, finished=finished, last=place.anew, heard=heard
        )

    def at(self, now: datetime, library: Library) -> Record:
        """Return the record without what has expired or belongs to other content."""
        saved = self.saved
        if saved and (now - saved.left_at > timedelta(days=PLACE_DAYS) or saved.content != library.hash):
            saved = None
        recent = tuple(done for done in self.finished if now - done.at <= timedelta(days=FINISHED_DAYS))
        token = self.token if self.token and now <= self.token.until else None
        last = self.last if self.last and set(self.last.stretches) <= library.stretches.keys() else None
        return msgspec.structs.replace(self, saved=saved, finished=recent, token=token, last=last)


def new_session(library: Library, record: Record | None) -> Session:
    """Return the session of a listener who has just come."""
    return Session(content=library.hash, preferences=record.preferences if record else Preferences())
