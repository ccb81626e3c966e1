"""The compiler: what a block says, and where a listener is in it."""

from __future__ import annotations

import itertools

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from skill.core import cues as parts
from skill.core import timeline
from skill.core.block import START, Block, Cue, Mark, Step
from skill.core.library import Library, Motion, Side, Sides, Stretch
from skill.core.preferences import Pace, Wordiness
from skill.core.turn import Door, Pause, Say, Tone
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
    """Every stretch, whole or by sides, in its usual holds, at every pace, in all words and with tones."""
    return [
        Block(stretch, sides, (stretch.hold.seconds,) * repetitions, second, pace, words, tone)
        for stretch in library.stretches.values()
        for both in [timeline.sides_of(stretch)]
        for sides, second in [(both, False), *(((side,), index > 0) for index, side in enumerate(both))]
        for repetitions in (1, 2, 3)
        for pace, words, tone in itertools.product(Pace, Wordiness, (False, True))
    ]


def test_the_pauses_of_every_block_add_up_to_the_holds_of_the_content(
    library: Library, wording: Wording
) -> None:
    for block in every_block(library, wording):
        cues = timeline.cues((block,), wording)
        for side in block.sides:
            assert held(cues, side) == sum(block.holds)


def test_both_sides_of_every_stretch_are_equal_to_the_second(library: Library, wording: Wording) -> None:
    for stretch in library.stretches.values():
        if stretch.sides is Sides.ONE:
            continue
        for first in Side:
            block = Block(stretch, timeline.sides_of(stretch, first), (10.0, 7.0))
            cues = timeline.cues((block,), wording)
            assert held(cues, Side.LEFT) == held(cues, Side.RIGHT) == 17
            assert cues[-2].mark.side is first.other


def test_no_pause_is_longer_than_a_break_may_be(library: Library, wording: Wording) -> None:
    for block in every_block(library, wording):
        for cue in timeline.cues((block,), wording):
            if isinstance(cue.segment, Pause):
                assert 0 < cue.seconds <= parts.BREAK_SECONDS


def test_a_timeline_has_no_gap_and_ends_with_its_check_in(library: Library, wording: Wording) -> None:
    for block, ask in itertools.product(every_block(library, wording), ("check_in", "check_in_last")):
        cues = timeline.cues((block,), wording, ask=f"cue.{ask}")
        for before, after in itertools.pairwise(cues):
            assert after.start == pytest.approx(before.end)
        assert isinstance(cues[-1].segment, Say)
        assert cues[-1].segment.prompt
        assert ("last one" in cues[-1].segment.text) is (ask == "check_in_last")


def test_longer_holds_say_halfway_and_the_last_five_seconds(library: Library, wording: Wording) -> None:
    stretch = library.stretches["supine_figure_four"]
    block = Block(stretch, (Side.LEFT,), (20.0,))
    hold = [cue for cue in timeline.cues((block,), wording) if cue.mark.step is Step.HOLD]
    told = [(cue.segment.cue, cue.mark.held) for cue in hold if isinstance(cue.segment, Say)]
    assert told == [("halfway", 10.0), ("last-five", 15.0)]
    block = Block(stretch, (Side.LEFT,), (30.0,))
    pauses = [cue.seconds for cue in timeline.cues((block,), wording) if cue.segment.cue == "hold"]
    assert pauses == [10, 5, 10, 5]


def test_a_short_hold_is_one_silence(library: Library, wording: Wording) -> None:
    stretch = library.stretches["lying_knee_roll_twist"]
    block = Block(stretch, (Side.RIGHT,), (8.0,))
    hold = [cue for cue in timeline.cues((block,), wording) if cue.mark.step is Step.HOLD]
    assert [cue.seconds for cue in hold] == [8]


def test_the_side_the_limit_the_way_out_and_the_stop_phrase_are_in_every_block(
    library: Library, wording: Wording
) -> None:
    for block in every_block(library, wording):
        cues = timeline.cues((block,), wording)
        words = " ".join(cue.segment.text for cue in cues if isinstance(cue.segment, Say))
        assert block.stretch.way_out in words
        assert "Alexa, stop" in words
        assert words.count(block.stretch.limit) == len(block.sides) * len(block.holds)
        for side in filter(None, block.sides):
            assert f"our {side} side" in words


def test_pace_changes_the_silences_around_a_hold_and_never_the_hold(
    library: Library, wording: Wording
) -> None:
    stretch = library.stretches["seated_chair_twist"]
    lengths = {
        pace: timeline.block_seconds(Block(stretch, (Side.LEFT,), (10.0, 10.0), pace=pace), wording)
        for pace in Pace
    }
    assert lengths[Pace.SLOW] > lengths[Pace.NORMAL] > lengths[Pace.FAST]


def test_a_short_stretch_keeps_both_sides_in_one_block(library: Library, wording: Wording) -> None:
    stretch = library.stretches["lying_knee_roll_twist"]
    short = msgspec.structs.replace(
        stretch, feel="Mild.", limit="Stay easy.", way_out="Rest.", breath="Breathe.", move="To the {side}.",
        again="To the {side}.",
    )  # fmt: skip
    assert timeline.is_cut(stretch, (8.0, 8.0), wording)
    assert not timeline.is_cut(short, (8.0, 8.0), wording)
    cues = timeline.cues((Block(short, (Side.LEFT, Side.RIGHT), (8.0, 8.0)),), wording)
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
    assert not timeline.is_cut(stretch, (10.0, 10.0), wording)
    for words, mark in itertools.product(Wordiness, (START, Mark(Step.HOLD, None, 0, 4.0))):
        for cue in timeline.cues((Block(stretch, (None,), (10.0, 10.0), words=words),), wording, mark):
            assert cue.segment.side is None
            assert not isinstance(cue.segment, Say) or "side" not in cue.segment.text


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_going_on_from_any_second_keeps_the_side_and_the_seconds(
    library: Library, wording: Wording, data: st.DataObject
) -> None:
    """Whatever second a block is left at, going on holds what was left, on the same side."""
    block = data.draw(st.sampled_from(every_block(library, wording)))
    whole = timeline.cues((block,), wording)
    second = data.draw(st.floats(0, timeline.length(whole) + 20))
    _, mark = timeline.locate(whole, second)
    rest = timeline.cues((block,), wording, mark)
    done = sum(
        min(cue.seconds, max(0.0, second - cue.start))
        for cue in whole
        if isinstance(cue.segment, Pause) and cue.segment.cue == "hold"
    )
    if mark.held < 1:
        done -= mark.held  # a hold that has hardly begun is begun again
    # Less than three seconds of a hold are not gone back to.
    assert held(rest) == pytest.approx(held(whole) - done, abs=parts.WORTH_SECONDS)
    assert rest[0].mark.side in (mark.side, block.sides[0])
    if mark.step is Step.HOLD and 1 <= mark.held <= block.holds[mark.repetition] - parts.WORTH_SECONDS:
        assert rest[0].segment.cue == "resume"
        assert isinstance(rest[1].segment, Pause)
        assert rest[1].segment.cue == "get-ready"
    assert timeline.locate(rest, -3) == (0, rest[0].mark)


def test_after_its_end_a_block_is_at_its_check_in(library: Library, wording: Wording) -> None:
    for block in every_block(library, wording):
        cues = timeline.cues((block,), wording)
        _, mark = timeline.locate(cues, timeline.length(cues) + 1)
        assert mark.step is Step.CHECK_IN
        assert [cue.mark.step for cue in timeline.cues((block,), wording, mark)] == [Step.CHECK_IN]


def test_blocks_that_follow_each_other_have_one_check_in_at_their_end(
    library: Library, wording: Wording
) -> None:
    stretch = library.stretches["lying_knee_roll_twist"]
    blocks = (Block(stretch, (Side.LEFT,), (8.0,)), Block(stretch, (Side.RIGHT,), (8.0,), second=True))
    cues = timeline.cues(blocks, wording)
    assert [cue.block for cue in cues if cue.segment.cue == "set-up" and isinstance(cue.segment, Say)] == [
        0,
        1,
    ]
    assert [cue.segment.cue for cue in cues].count("check-in") == 1
    second = next(cue for cue in cues if cue.block == 1 and cue.mark.step is Step.HOLD)
    block, mark = timeline.locate(cues, second.start + 3)
    assert (block, mark.step, mark.side, round(mark.held, 6)) == (1, Step.HOLD, Side.RIGHT, 3)


def test_words_fade_and_the_seconds_stay(library: Library, wording: Wording) -> None:
    for stretch in library.stretches.values():
        for second in {False, stretch.sides is Sides.EACH}:
            lengths = []
            for words in Wordiness:
                block = Block(stretch, timeline.sides_of(stretch)[-1:], (10.0, 10.0), second, words=words)
                cues = timeline.cues((block,), wording)
                lengths.append(sum(len(cue.segment.text) for cue in cues if isinstance(cue.segment, Say)))
                assert held(cues) == 20
            assert lengths[0] > lengths[2]
            assert lengths[1] > lengths[2]


def test_a_tone_begins_and_ends_each_hold_up_to_five_a_reply(library: Library, wording: Wording) -> None:
    for block in every_block(library, wording):
        cues = timeline.cues((block,), wording)
        tones = [cue.segment.cue for cue in cues if isinstance(cue.segment, Tone)]
        holds = len(block.holds) * len(block.sides)
        if not block.tone:
            assert not tones
        elif 2 * holds <= parts.TONES:
            assert tones == ["hold-start", "hold-end"] * holds
        else:
            assert tones.count("hold-end") == holds, "ends go before beginnings"
            assert len(tones) == max(holds, parts.TONES)
        assert holds > parts.TONES or len(tones) == parts.tones(block, Door.ALEXA)
