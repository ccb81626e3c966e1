"""How a listener likes to be guided; kept with what lasts about them."""

from __future__ import annotations

from enum import StrEnum

from msgspec import Struct

from skill.core.library import Position


class Pace(StrEnum):
    """How long the silences around a hold are; the hold itself keeps its dose."""

    SLOW = "slow"
    NORMAL = "normal"
    FAST = "fast"

    @property
    def factor(self) -> float:
        """What the silences around a hold are multiplied by."""
        return {Pace.SLOW: 1.5, Pace.NORMAL: 1.0, Pace.FAST: 0.75}[self]


class Wordiness(StrEnum):
    """How much is said of a stretch; its side, limit, way out and stop phrase are said always."""

    EXPLAIN = "explain"
    """All of it."""
    CUE = "cue"
    """The movement in short words."""
    COUNT = "count"
    """Only what never fades, and the seconds."""

    @property
    def fewer(self) -> Wordiness:
        """The next fewer words, or these where there are none."""
        return list(Wordiness)[min(self.rank + 1, len(Wordiness) - 1)]

    @property
    def rank(self) -> int:
        """From 0, the most words."""
        return list(Wordiness).index(self)


class Rhythm(StrEnum):
    """Where a routine waits for the listener."""

    CHECK_IN = "check-in"
    """After each block."""
    KEEP_GOING = "keep-going"
    """Not between gentle stretches that were finished before, up to the ceiling of a reply."""


class Preferences(Struct, frozen=True, forbid_unknown_fields=True):
    """How a listener likes to be guided."""

    pace: Pace = Pace.NORMAL
    """Length of the silences around the holds."""
    wordiness: Wordiness = Wordiness.EXPLAIN
    """The most words that the listener wants; a stretch that they know gets fewer by itself."""
    rhythm: Rhythm = Rhythm.CHECK_IN
    """Where the routine waits."""
    tone: bool = False
    """Whether a soft tone begins and ends each hold."""
    position: Position | None = None
    """Where they stretched last, by their own wish."""


CUE_AFTER, COUNT_AFTER = 1, 3
"""A stretch that was finished so often is told in short words, or only counted."""


def faded(finished: int) -> Wordiness:
    """Return the words for a stretch that was finished so many times before."""
    if finished >= COUNT_AFTER:
        return Wordiness.COUNT
    return Wordiness.CUE if finished >= CUE_AFTER else Wordiness.EXPLAIN


def fewest(one: Wordiness, other: Wordiness) -> Wordiness:
    """Return the one with fewer words."""
    return max(one, other, key=lambda words: words.rank)
