"""Compiles blocks into a timeline: a flat list of cues, each with its start second.

A block is one stretch, cut at the side change where both sides together exceed `BLOCK_SECONDS`. A
reply is a timeline of one block, or of more in the rhythm that keeps going; a check-in ends it.
Because the length of speech is estimated, the clock tells where a listener is: `locate` turns seconds
into a block and a `Mark`, and `cues` goes on from a mark.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator, Sequence

from skill.core.block import START, Block, Cue, Mark, Step
from skill.core.cues import Marked, check_in, segments
from skill.core.library import Level, Side, Sides, Stretch
from skill.core.turn import Say, Segment
from skill.core.wording import Wording

BLOCK_SECONDS = 120.0
"""Both sides of a stretch stay in one block up to this length, in seconds."""
WORDS_A_SECOND = 2.6
"""How fast speech is taken to be: measured synthesisers speak 150 to 160 words a minute."""


def speech_seconds(text: str) -> float:
    """Return how long a text takes to say, in seconds."""
    return len(text.split()) / WORDS_A_SECOND


def segment_seconds(segment: Segment) -> float:
    """Return how long a segment takes, in seconds: estimated for words."""
    return speech_seconds(segment.text) if isinstance(segment, Say) else segment.seconds


def sides_of(stretch: Stretch, first: Side = Side.LEFT) -> tuple[Side | None, ...]:
    """Return the sides of a stretch in the order in which they are guided."""
    return (first, first.other) if stretch.sides is Sides.EACH else (None,)


@functools.lru_cache(maxsize=4096)
def is_cut(stretch: Stretch, holds: tuple[float, ...], wording: Wording) -> bool:
    """Whether each side of a stretch is a block of its own.

    What is not `gentle` checks in once a side (design, "Levels"). The cut is made at the normal pace
    and in all words, so that a place stays where it is when these change.
    """
    if stretch.sides is not Sides.EACH:
        return False
    whole = Block(stretch, sides_of(stretch), holds)
    return stretch.level is not Level.GENTLE or length(cues((whole,), wording)) > BLOCK_SECONDS


def length(timeline: Sequence[Cue]) -> float:
    """Return the seconds from the beginning of a timeline to its check-in."""
    return timeline[-1].start


@functools.lru_cache(maxsize=8192)
def block_seconds(block: Block, wording: Wording) -> float:
    """Return how long a block takes from its beginning, in seconds, without a check-in."""
    return length(cues((block,), wording))


def cues(
    blocks: Sequence[Block], wording: Wording, mark: Mark = START, ask: str = "cue.check_in"
) -> tuple[Cue, ...]:
    """Compile blocks into one timeline, from the first one's beginning or from a mark inside it.

    From inside a hold the side is named again, there is time to get ready, and the hold lasts the
    seconds that were left.

    Args:
        blocks: what is guided, at least one block.
        wording: the words.
        mark: where in the first block it begins.
        ask: key of the check-in that ends it.
    """
    timeline: list[Cue] = []
    clock = 0.0
    for index, (at, segment) in _numbered(blocks, wording, mark, ask):
        seconds = segment_seconds(segment)
        timeline.append(Cue(clock, seconds, segment, index, at))
        clock += seconds
    return tuple(timeline)


def locate(timeline: Sequence[Cue], seconds: float) -> tuple[int, Mark]:
    """Return the block and the mark that a listener has reached after so many seconds of a timeline."""
    for cue in timeline:
        if seconds < cue.end and cue.mark.step is not Step.CHECK_IN:
            mark = cue.mark
            if mark.step is Step.HOLD and cue.segment.cue == "hold":
                held = mark.held + max(0.0, seconds - cue.start)
                return cue.block, Mark(Step.HOLD, mark.side, mark.repetition, held)
            return cue.block, mark
    return timeline[-1].block, timeline[-1].mark


def _numbered(
    blocks: Sequence[Block], wording: Wording, mark: Mark, ask: str
) -> Iterator[tuple[int, Marked]]:
    """Yield the segments of all blocks, each with its block's index, and the check-in of the last."""
    for index, block in enumerate(blocks):
        for segment in segments(block, wording, mark if index == 0 else START):
            yield index, segment
    yield len(blocks) - 1, check_in(blocks[-1], wording, ask)
