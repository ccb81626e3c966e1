"""The compiler: what a block says, and where a listener is in it."""

from __future__ import annotations

import itertools

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from skill.core import timeline
from skill.core.library import Hold, Library, Motion, Side, Sides, Stretch
from skill.core.timeline import Block, Cue, Mark, Pace, Step
from skill.core.turn import Door, Pause, Say
from skill.core.wording import Wording


@pytest.fixture(scope="session")
def wording(library: Library) -> Wording:
    return Wording(library, "en-US", Door.ALEXA)


def held(cues: tuple[Cue, ...], side: Side | None = None) -> float:
    """Seconds of hold in a timeline, on one side or in all."""
    return sum(
        cue.seconds
        for cue in cues
        if isinstance(cue.segment, Pause)
        and cue.segment.cue == "hold"
        and (side is None or cue.segment.side is side)
    )


def every_block(library: Library, wording: Wording) -> list[Block]:
    return [
        Block(stretch, sides, repetitions, pace)
        for stretch in library.stretches.values()
        for sides in timeline.cut(stretch, wording)
        for repetitions in (1, 2, 3)
        for pace in Pace
    ]


def test_the_pauses_of_every_block_add_up_to_the_holds_of_the_content(
    library: Library, wording: Wording
) -> None:
    for block in every_block(library, wording):
        cues = timeline.cues(block, wording)
        for side in block.sides:
            assert held(cues, side) == block.stretch.hold.seconds * block.repetitions


def test_both_sides_of_every_stretch_are_equal_to_the_second(library: Library, wording: Wording) -> None:
    for stretch in library.stretches.values():
        if stretch.sides is Sides.ONE:
            continue
        blocks = [
            Block(stretch, sides, stretch.repetitions.count, Pace.NORMAL)
            for sides in timeline.cut(stretch, wording)
        ]
        cues = [cue for block in blocks for cue in timeline.cues(block, wording)]
        assert held(tuple(cues), Side.LEFT) == held(tuple(cues), Side.RIGHT) > 0


def test_no_pause_is_longer_than_a_break_may_be(library: Library, wording: Wording) -> None:
    for block in every_block(library, wording):
        for cue in timeline.cues(block, wording):
            if isinstance(cue.segment, Pause):
                assert 0 < cue.seconds <= timeline.BREAK_SECONDS


def test_a_timeline_has_no_gap_and_ends_with_its_check_in(library: Library, wording: Wording) -> None:
    for block, last in itertools.product(every_block(library, wording), (False, True)):
        cues = timeline.cues(block, wording, last=last)
        for before, after in itertools.pairwise(cues):
            assert after.start == pytest.approx(before.end)
        assert isinstance(cues[-1].segment, Say)
        assert cues[-1].segment.prompt
        assert ("last one" in cues[-1].segment.text) is last


def test_longer_holds_say_halfway_and_the_last_five_seconds(library: Library, wording: Wording) -> None:
    stretch = library.stretches["supine_figure_four"]
    block = Block(stretch, (Side.LEFT,), 1, Pace.NORMAL)
    hold = [cue for cue in timeline.cues(block, wording) if cue.mark.step is Step.HOLD]
    told = [(cue.segment.cue, cue.mark.held) for cue in hold if isinstance(cue.segment, Say)]
    assert told == [("halfway", 10.0), ("last-five", 15.0)]
    thirty = msgspec.structs.replace(stretch, hold=Hold(seconds=30, least=20, most=30))
    block = Block(thirty, (Side.LEFT,), 1, Pace.NORMAL)
    pauses = [cue.seconds for cue in timeline.cues(block, wording) if cue.segment.cue == "hold"]
    assert pauses == [10, 5, 10, 5]


def test_a_short_hold_is_one_silence(library: Library, wording: Wording) -> None:
    stretch = library.stretches["lying_knee_roll_twist"]
    block = Block(stretch, (Side.RIGHT,), 1, Pace.NORMAL)
    hold = [cue for cue in timeline.cues(block, wording) if cue.mark.step is Step.HOLD]
    assert [cue.seconds for cue in hold] == [8]


def test_the_side_the_limit_the_way_out_and_the_stop_phrase_are_in_every_block(
    library: Library, wording: Wording
) -> None:
    for block in every_block(library, wording):
        cues = timeline.cues(block, wording)
        words = " ".join(cue.segment.text for cue in cues if isinstance(cue.segment, Say))
        assert block.stretch.way_out in words
        assert "Alexa, stop" in words
        assert words.count(block.stretch.limit) == len(block.sides) * block.repetitions
        for side in filter(None, block.sides):
            assert f"Your {side} side" in words


def test_pace_changes_the_silences_around_a_hold_and_never_the_hold(
    library: Library, wording: Wording
) -> None:
    stretch = library.stretches["seated_chair_twist"]
    lengths = {
        pace: timeline.length(timeline.cues(Block(stretch, (Side.LEFT,), 2, pace), wording)) for pace in Pace
    }
    assert lengths[Pace.SLOW] > lengths[Pace.NORMAL] > lengths[Pace.FAST]


def test_a_short_stretch_keeps_both_sides_in_one_block(library: Library, wording: Wording) -> None:
    stretch = library.stretches["lying_knee_roll_twist"]
    short = msgspec.structs.replace(
        stretch, feel="Mild.", limit="Stay easy.", way_out="Rest.", breath="Breathe.", move="To the {side}.",
        again="To the {side}.",
    )  # fmt: skip
    assert timeline.cut(short, wording) == ((Side.LEFT, Side.RIGHT),)
    cues = timeline.cues(Block(short, (Side.LEFT, Side.RIGHT), 2, Pace.NORMAL), wording)
    assert timeline.length(cues) <= timeline.BLOCK_SECONDS
    sides = [cue.mark.side for cue in cues if cue.mark.step is Step.HOLD]
    assert sides == [Side.LEFT, Side.LEFT, Side.RIGHT, Side.RIGHT]


def middle(library: Library) -> Stretch:
    """A stretch without sides, which the content does not have yet."""
    words = {
        "move": "Lean back a little.",
        "again": "Lean back again.",
        "feel": "Mild.",
        "release": "Come back.",
    }
    return msgspec.structs.replace(
        library.stretches["seated_chair_twist"], sides=Sides.ONE, motion=Motion.HIP, **words
    )


def test_a_stretch_without_sides_names_none(library: Library, wording: Wording) -> None:
    stretch = middle(library)
    assert timeline.cut(stretch, wording) == ((None,),)
    block = Block(stretch, (None,), 2, Pace.NORMAL)
    for mark in (timeline.START, Mark(Step.HOLD, None, 0, 4.0)):
        for cue in timeline.cues(block, wording, mark):
            assert cue.segment.side is None
            assert not isinstance(cue.segment, Say) or "side" not in cue.segment.text


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_going_on_from_any_second_keeps_the_side_and_the_seconds(
    library: Library, wording: Wording, data: st.DataObject
) -> None:
    """Whatever second a block is left at, going on holds what was left, on the same side."""
    block = data.draw(st.sampled_from(every_block(library, wording)))
    whole = timeline.cues(block, wording)
    second = data.draw(st.floats(0, timeline.length(whole) + 20))
    mark = timeline.locate(whole, second)
    rest = timeline.cues(block, wording, mark)
    done = sum(
        min(cue.seconds, max(0.0, second - cue.start))
        for cue in whole
        if isinstance(cue.segment, Pause) and cue.segment.cue == "hold"
    )
    if mark.held < 1:
        done -= mark.held  # a hold that has hardly begun is begun again
    # Less than three seconds of a hold are not gone back to.
    assert held(rest) == pytest.approx(held(whole) - done, abs=timeline.WORTH_SECONDS)
    assert rest[0].mark.side in (mark.side, block.sides[0])
    if mark.step is Step.HOLD and 1 <= mark.held <= block.stretch.hold.seconds - timeline.WORTH_SECONDS:
        assert rest[0].segment.cue == "resume"
        assert isinstance(rest[1].segment, Pause)
        assert rest[1].segment.cue == "get-ready"
    assert timeline.locate(rest, -3) == rest[0].mark


def test_after_its_end_a_block_is_at_its_check_in(library: Library, wording: Wording) -> None:
    for block in every_block(library, wording):
        cues = timeline.cues(block, wording)
        mark = timeline.locate(cues, timeline.length(cues) + 1)
        assert mark.step is Step.CHECK_IN
        assert [cue.mark.step for cue in timeline.cues(block, wording, mark)] == [Step.CHECK_IN]
