"""Doses are counted by the clock, and what is left of them is the same on both sides."""

from __future__ import annotations

import pytest

from skill.core import dosing, timeline
from skill.core.block import Block, Mark, Step
from skill.core.library import Library, Side
from skill.core.session import Dose, Session, dose_key
from skill.core.turn import Door
from skill.core.wording import Wording

FOUR = "supine_figure_four"


@pytest.fixture
def block(library: Library) -> Block:
    return Block(library.stretches[FOUR], (Side.LEFT, Side.RIGHT), (20.0, 20.0))


def held(left: int, right: int, spoken: int = 1) -> Session:
    """A session in which each side was held so often."""
    doses = {dose_key(FOUR, Side.LEFT): Dose(spoken, left), dose_key(FOUR, Side.RIGHT): Dose(spoken, right)}
    return Session(content="x", doses=doses)


def test_a_hold_counts_once_it_has_begun(library: Library, block: Block) -> None:
    cues = timeline.cues((block,), Wording(library, "en-US", Door.LOCAL))
    starts = [cue.start for cue in cues if cue.segment.cue == "hold" and cue.mark.held == 0]
    assert len(starts) == 4
    for number, start in enumerate(starts):
        before = dosing.counted({}, (block,), cues, start + 0.9)
        after = dosing.counted({}, (block,), cues, start + 1.0)
        assert sum(dose.held for dose in before.values()) == number
        assert sum(dose.held for dose in after.values()) == number + 1


def test_a_round_of_a_later_block_counts_where_it_begins(library: Library, block: Block) -> None:
    cues = timeline.cues((block, block), Wording(library, "en-US", Door.LOCAL))
    second = next(cue.start for cue in cues if cue.block == 1)
    for elapsed, spoken in ((second, 0), (second + 0.1, 1)):
        doses = dosing.counted({}, (block, block), cues, elapsed)
        assert doses[dose_key(FOUR, Side.LEFT)] == Dose(spoken, 2)


@pytest.mark.parametrize(
    ("left", "right", "mark", "count"),
    [
        (0, 0, Mark(), 2),
        (2, 2, Mark(), 1),
        (3, 0, Mark(), 0),
        (0, 3, Mark(), 0),
        (3, 1, Mark(Step.MOVE, Side.RIGHT), 2),
        (1, 0, Mark(Step.HOLD, Side.LEFT, 0, 5.0), 2),
        (3, 0, Mark(Step.HOLD, Side.LEFT, 0, 5.0), 1),
        (3, 0, Mark(Step.HOLD, Side.LEFT, 0, 0.5), 0),
        (3, 0, Mark(Step.RELEASE, Side.LEFT, 1), 2),
        (3, 3, Mark(Step.RELEASE, Side.LEFT, 0), 0),
    ],
)
def test_what_goes_on_needs_no_room_and_what_follows_does(
    block: Block, left: int, right: int, mark: Mark, count: int
) -> None:
    assert dosing.repetitions(held(left, right), block, mark) == count


def test_three_rounds_are_enough_however_short_they_were() -> None:
    assert dosing.left(held(0, 0, spoken=3), FOUR, Side.LEFT) == 0
    assert dosing.left(held(1, 0), FOUR, Side.LEFT) == 2
