"""What a listener has heard of a reply by a second, told from the reply alone."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from msgspec import Struct

from skill.core.block import Step
from skill.core.cues import WORTH_SECONDS
from skill.core.library import Side
from skill.core.timeline import segment_seconds
from skill.core.turn import Pause, Reply, Say, Segment

SLACK_SECONDS = 1.5
"""A hold that is gone on with may differ so much from what was left: it is told in whole seconds."""

Held = tuple[str, Side | None]
"""A stretch and the side on which it is held."""


class Spot(Struct, frozen=True):
    """Where in a routine a listener is."""

    block: int
    """Index of the block in the plan."""
    stretch: str
    """The stretch."""
    side: Side | None
    """The side of the body."""
    step: Step
    """The part of the stretch."""
    left: float
    """Seconds of this repetition's hold that are to go."""

    @property
    def is_over(self) -> bool:
        """Whether this repetition is held, and only to be come back from."""
        over = self.step is Step.HOLD and self.left < WORTH_SECONDS - 0.5
        return over or self.step is Step.RELEASE

    def is_kept(self, other: Spot) -> bool:
        """Whether another spot is the same place, with the seconds of the hold that were left."""
        same = (self.block, self.stretch, self.side) == (other.block, other.stretch, other.side)
        over = other.left == 0 and self.left < WORTH_SECONDS + 0.5
        return same and (over or abs(self.left - other.left) <= SLACK_SECONDS)


def length(reply: Reply) -> float:
    """Return how long a reply takes, in seconds."""
    return sum(segment_seconds(segment) for segment in reply.segments)


def spot(reply: Reply, elapsed: float, block: int) -> Spot:
    """Return where a listener is after so many seconds of a reply that began in a block of the plan."""
    for clock, ordinal, index, segment in _guided(reply):
        step = Step(segment.step or "")
        if elapsed < clock + segment_seconds(segment) or step is Step.CHECK_IN:
            heard = max(0.0, elapsed - clock) if _is_hold(segment) else 0.0
            left = 0.0 if step is Step.RELEASE else _hold(reply.segments[index:]) - heard
            return Spot(block + ordinal, segment.stretch or "", segment.side, step, left)
    raise AssertionError("the steps of a reply end without a check-in")


def beginning(reply: Reply, block: int) -> Spot:
    """Return where a reply begins."""
    return spot(reply, 0.0, block)


def released(reply: Reply, elapsed: float) -> list[Held]:
    """Return what was released from by a second of a reply, once for each repetition."""
    return [
        (segment.stretch or "", segment.side)
        for clock, _, _, segment in _guided(reply)
        if clock < elapsed and isinstance(segment, Say) and segment.cue == "release"
    ]


def blocks(reply: Reply) -> list[list[Segment]]:
    """Return the steps of a reply, block by block."""
    found: list[list[Segment]] = []
    for _, ordinal, _, segment in _guided(reply):
        if ordinal == len(found):
            found.append([])
        found[ordinal].append(segment)
    return found


def held(steps: Sequence[Segment]) -> dict[Held, float]:
    """Return the seconds of hold of each stretch and side."""
    seconds: dict[Held, float] = {}
    for segment in steps:
        if _is_hold(segment):
            key = segment.stretch or "", segment.side
            seconds[key] = seconds.get(key, 0.0) + segment_seconds(segment)
    return seconds


def is_set_up(segment: Segment) -> bool:
    """Whether a segment begins a block."""
    return isinstance(segment, Say) and segment.cue == "set-up"


def _guided(reply: Reply) -> Iterator[tuple[float, int, int, Segment]]:
    """Yield each step: when it begins, in which block of the reply, its index, and its segment."""
    clock, ordinal = 0.0, -1
    for index, segment in enumerate(reply.segments):
        if segment.stretch:
            if ordinal < 0 or is_set_up(segment):
                ordinal += 1
            yield clock, ordinal, index, segment
        clock += segment_seconds(segment)


def _hold(segments: Sequence[Segment]) -> float:
    """Return the seconds of hold up to the next release."""
    seconds = 0.0
    for segment in segments:
        if segment.step == Step.RELEASE:
            break
        seconds += segment_seconds(segment) if _is_hold(segment) else 0.0
    return seconds


def _is_hold(segment: Segment) -> bool:
    return isinstance(segment, Pause) and segment.cue == "hold"
