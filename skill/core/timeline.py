"""Compiles a stretch into a timeline: a flat list of cues, each with its start second.

A timeline is cut into blocks: one stretch, cut at the side change where both sides together exceed
`BLOCK_SECONDS`. A block ends with a check-in. Because the length of speech is estimated, the clock
tells where a listener is: `locate` turns seconds into a `Mark`, and `cues` goes on from a mark.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator
from enum import StrEnum

from msgspec import Struct

from skill.core.library import Level, Side, Sides, Stretch
from skill.core.turn import Pause, Say, Segment
from skill.core.wording import Wording

BLOCK_SECONDS = 120.0
"""Both sides of a stretch stay in one block up to this length, in seconds."""
BREAK_SECONDS = 10.0
"""The longest single pause, in seconds (SSML: a break is at most 10 s)."""
LAST_SECONDS = 5.0
"""How long before its end a longer hold says so."""
WORTH_SECONDS = 3.0
"""What is left of a hold below this is not gone back to: it is over."""
HALFWAY_FROM = 16.0
"""Holds from this length on, in seconds, are told when half of them is over."""
WORDS_A_SECOND = 2.6
"""How fast speech is taken to be: measured synthesisers speak 150 to 160 words a minute."""


class Step(StrEnum):
    """The parts of a stretch, in their order."""

    SET_UP = "set-up"
    MOVE = "move"
    HOLD = "hold"
    RELEASE = "release"
    CHECK_IN = "check-in"


class Pace(StrEnum):
    """How long the silences around a hold are; the hold itself keeps its dose."""

    SLOW = "slow"
    NORMAL = "normal"
    FAST = "fast"

    @property
    def factor(self) -> float:
        """What the silences around a hold are multiplied by."""
        return {Pace.SLOW: 1.5, Pace.NORMAL: 1.0, Pace.FAST: 0.75}[self]


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


class Cue(Struct, frozen=True):
    """One entry of the timeline."""

    start: float
    """Seconds from the beginning of the timeline."""
    seconds: float
    """Its length: exact for a pause, estimated for words."""
    segment: Segment
    """What is said, or the silence."""
    mark: Mark
    """Where in the block it begins."""

    @property
    def end(self) -> float:
        """Seconds from the beginning of the timeline to its end."""
        return self.start + self.seconds


class Block(Struct, frozen=True):
    """What one reply of a routine guides."""

    stretch: Stretch
    """The stretch."""
    sides: tuple[Side | None, ...]
    """The sides, in order; one `None` where the stretch has no sides."""
    repetitions: int
    """How often each side is held."""
    pace: Pace
    """The length of the silences around the holds."""


def speech_seconds(text: str) -> float:
    """Return how long a text takes to say, in seconds."""
    return len(text.split()) / WORDS_A_SECOND


def sides_of(stretch: Stretch) -> tuple[Side | None, ...]:
    """Return the sides of a stretch in the order in which they are guided."""
    return (Side.LEFT, Side.RIGHT) if stretch.sides is Sides.EACH else (None,)


@functools.lru_cache(maxsize=1024)
def cut(stretch: Stretch, wording: Wording) -> tuple[tuple[Side | None, ...], ...]:
    """Return the sides of each block of a stretch.

    What is not `gentle` checks in once a side (design, "Levels"). The cut is made at the normal pace
    and dose, so that a place stays where it is when the pace changes.
    """
    sides = sides_of(stretch)
    whole = Block(stretch, sides, stretch.repetitions.count, Pace.NORMAL)
    if stretch.level is not Level.GENTLE or length(cues(whole, wording)) > BLOCK_SECONDS:
        return tuple((side,) for side in sides)
    return (sides,)


def length(timeline: tuple[Cue, ...]) -> float:
    """Return the seconds from the beginning of a timeline to its check-in."""
    return timeline[-1].start


def cues(block: Block, wording: Wording, mark: Mark = START, *, last: bool = False) -> tuple[Cue, ...]:
    """Compile a block, from its beginning or from a mark inside it.

    From inside a hold the side is named again, there is time to get ready, and the hold lasts the
    seconds that were left. `last` is for the plan's last block, whose check-in says so.
    """
    timeline: list[Cue] = []
    clock = 0.0
    for at, segment in _segments(block, wording, mark, last):
        seconds = segment.seconds if isinstance(segment, Pause) else speech_seconds(segment.text)
        timeline.append(Cue(clock, seconds, segment, at))
        clock += seconds
    return tuple(timeline)


def locate(timeline: tuple[Cue, ...], seconds: float) -> Mark:
    """Return the mark that a listener has reached after so many seconds of a timeline."""
    for cue in timeline:
        if seconds < cue.end and cue.mark.step is not Step.CHECK_IN:
            if cue.mark.step is Step.HOLD and isinstance(cue.segment, Pause):
                return Mark(
                    Step.HOLD,
                    cue.mark.side,
                    cue.mark.repetition,
                    cue.mark.held + max(0.0, seconds - cue.start),
                )
            return cue.mark
    return timeline[-1].mark


def _segments(block: Block, wording: Wording, mark: Mark, last: bool) -> Iterator[tuple[Mark, Segment]]:
    """Yield the block's segments from a mark on, each with its own mark."""
    if mark.step is Step.SET_UP:
        yield from _set_up(block, wording)
        mark = Mark(Step.MOVE, block.sides[0])
    if mark.step is not Step.CHECK_IN:
        first = block.sides.index(mark.side) if mark.side in block.sides else 0
        for side in block.sides[first:]:
            begin = mark if side is mark.side else Mark(Step.MOVE, side)
            for repetition in range(begin.repetition, block.repetitions):
                at = begin if repetition == begin.repetition else Mark(Step.MOVE, side, repetition)
                yield from _repetition(block, wording, at)
    key = "cue.check_in_last" if last else "cue.check_in"
    side = block.sides[-1]
    check_in = wording.phrase(key)
    yield (
        Mark(Step.CHECK_IN, side, max(0, block.repetitions - 1)),
        _say(block, check_in, Step.CHECK_IN, "check-in", side, prompt=True),
    )


def _set_up(block: Block, wording: Wording) -> Iterator[tuple[Mark, Segment]]:
    """Yield the way into a stretch, or to its other side."""
    stretch, side = block.stretch, block.sides[0]
    mark = Mark(Step.SET_UP, side)
    if side is not sides_of(stretch)[0]:
        text = wording.phrase("cue.set_up_next", name=stretch.name, side=str(side), way_out=stretch.way_out)
        yield mark, _say(block, text, Step.SET_UP, "set-up", side)
        return
    text = wording.phrase("cue.set_up", name=stretch.name, set_up=stretch.set_up, way_out=stretch.way_out)
    yield mark, _say(block, text, Step.SET_UP, "set-up", side)
    for pause in _silence(block, stretch.set_up_seconds * block.pace.factor, Step.SET_UP, "set-up", side):
        yield mark, pause


def _repetition(block: Block, wording: Wording, mark: Mark) -> Iterator[tuple[Mark, Segment]]:
    """Yield one repetition of one side, from a mark on."""
    stretch, side, repetition = block.stretch, mark.side, mark.repetition
    hold = stretch.hold.seconds
    back = mark.step is Step.HOLD and mark.held >= 1
    if back:
        hold = float(round(hold - mark.held))
        if hold < WORTH_SECONDS:
            mark = Mark(Step.RELEASE, side, repetition)
    if mark.step is not Step.RELEASE:
        key = "cue.back" if back else "cue.move" if repetition == 0 else "cue.again"
        kept = f"cue.{'moving' if stretch.moving else 'hold'}{'_last' if back else ''}"
        names = _words(stretch, side, hold) | {"keep": wording.phrase(kept, hold=f"{hold:g}")}
        text = wording.phrase(f"{key}_{'side' if side else 'middle'}", **names)
        at = Mark(Step.MOVE, side, repetition) if not back else mark
        yield at, _say(block, text, Step.MOVE, "resume" if back else "move", side)
        ready = stretch.get_ready_seconds * block.pace.factor
        for pause in _silence(block, ready, Step.MOVE, "get-ready", side):
            yield at, pause
        yield from _hold(block, wording, mark if back else Mark(Step.HOLD, side, repetition), hold)
    at = Mark(Step.RELEASE, side, repetition)
    yield (
        at,
        _say(
            block, wording.fill(stretch.release, **_words(stretch, side, hold)), Step.RELEASE, "release", side
        ),
    )
    for pause in _silence(block, stretch.release_seconds * block.pace.factor, Step.RELEASE, "release", side):
        yield at, pause


def _hold(block: Block, wording: Wording, mark: Mark, seconds: float) -> Iterator[tuple[Mark, Segment]]:
    """Yield the silence of a hold, told where it is half over and when five seconds are left."""
    told: list[tuple[float, str | None]] = (
        [(seconds, None)]
        if seconds <= BREAK_SECONDS
        else [(seconds - LAST_SECONDS, "last_five"), (seconds, None)]
    )
    if seconds >= HALFWAY_FROM and mark.held == 0:
        told.insert(0, (seconds / 2, "halfway"))
    clock = 0.0
    for until, cue in told:
        for pause in _silence(block, until - clock, Step.HOLD, "hold", mark.side):
            yield Mark(Step.HOLD, mark.side, mark.repetition, mark.held + clock), pause
            clock += pause.seconds
        if cue:
            at = Mark(Step.HOLD, mark.side, mark.repetition, mark.held + clock)
            yield at, _say(block, wording.phrase(f"cue.{cue}"), Step.HOLD, cue.replace("_", "-"), mark.side)


def _silence(block: Block, seconds: float, step: Step, cue: str, side: Side | None) -> Iterator[Pause]:
    """Yield a silence as a chain of pauses, none longer than a break may be."""
    while seconds > 0:
        piece = min(seconds, BREAK_SECONDS)
        yield Pause(seconds=piece, cue=cue, stretch=block.stretch.id, step=step, side=side)
        seconds -= piece


def _say(block: Block, text: str, step: Step, cue: str, side: Side | None, *, prompt: bool = False) -> Say:
    return Say(text=text, cue=cue, stretch=block.stretch.id, step=step, side=side, prompt=prompt)


def _words(stretch: Stretch, side: Side | None, hold: float) -> dict[str, object]:
    """Return what the placeholders of a stretch's texts stand for."""
    names: dict[str, object] = {"name": stretch.name, "hold": f"{hold:g}"}
    if side:
        names |= {"side": str(side), "other_side": str(side.other)}
    filled = {
        key: getattr(stretch, key).format(**names) for key in ("move", "again", "feel", "limit", "breath")
    }
    return names | filled
