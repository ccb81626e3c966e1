"""What a timeline is made of: blocks, and the cues and marks inside them."""

from __future__ import annotations

from enum import StrEnum

from msgspec import Struct

from skill.core.library import Side, Stretch
from skill.core.preferences import Pace, Wordiness
from skill.core.turn import Segment


class Step(StrEnum):
    """The parts of a stretch, in their order."""

    SET_UP = "set-up"
    MOVE = "move"
    HOLD = "hold"
    RELEASE = "release"
    CHECK_IN = "check-in"


class Mark(Struct, frozen=True, forbid_unknown_fields=True):
    """A place inside a block."""

    step: Step = Step.SET_UP
    """The part of the stretch."""
    side: Side | None = None
    """The side of the body."""
    repetition: int = 0
    """Which repetition of that side, from 0."""
    held: float = 0.0
    """Seconds of the hold that are over."""


START = Mark()
"""The beginning of a block."""


class Block(Struct, frozen=True):
    """A stretch or one side of it, from its beginning to where a check-in may follow."""

    stretch: Stretch
    """The stretch."""
    sides: tuple[Side | None, ...]
    """The sides, in order; one `None` where the stretch has no sides."""
    holds: tuple[float, ...]
    """Seconds of each repetition, the same on every side."""
    second: bool = False
    """Whether the other side has been guided before, in a block of its own."""
    pace: Pace = Pace.NORMAL
    """The length of the silences around the holds."""
    words: Wordiness = Wordiness.EXPLAIN
    """How much is said."""
    tone: bool = False
    """Whether a tone begins and ends each hold."""


class Cue(Struct, frozen=True):
    """One entry of a timeline."""

    start: float
    """Seconds from the beginning of the timeline."""
    seconds: float
    """Its length: exact for a pause, estimated for words."""
    segment: Segment
    """What is said, or the silence."""
    block: int
    """Which block of the timeline it belongs to, from 0."""
    mark: Mark
    """Where in the block it begins."""

    @property
    def end(self) -> float:
        """Seconds from the beginning of the timeline to its end."""
        return self.start + self.seconds
