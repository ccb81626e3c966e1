"""Where a plan is cut, how long it takes, and which blocks one reply guides."""

from __future__ import annotations

import itertools

import msgspec
import pytest

from skill.core import fitting, planner, timeline
from skill.core.block import Mark, Step
from skill.core.fitting import Known
from skill.core.library import Level, Library, Side
from skill.core.planner import Delivery
from skill.core.preferences import Pace, Preferences, Rhythm, Wordiness
from skill.core.turn import Door, Pause
from skill.core.wording import Wording
from tests.helpers import Listener


@pytest.fixture(scope="session")
def wording(library: Library) -> Wording:
    return Wording(library, "en-US", Door.LOCAL)


def deliveries(wording: Wording) -> list[Delivery]:
    every = itertools.product(Pace, Wordiness, Rhythm, (False, True))
    return [Delivery(wording, Preferences(*choice), 210.0) for choice in every]


def test_the_length_that_is_promised_is_the_timelines_within_a_tenth(
    library: Library, wording: Wording
) -> None:
    for routine, delivery, heard in itertools.product(
        library.routines.values(), deliveries(wording), (0, 1, 3)
    ):
        known = Known(heard=dict.fromkeys(library.stretches, heard) if heard else {})
        plan = fitting.of_routine(routine, known, library)
        seconds = planner.seconds(plan, delivery)
        told = planner.spoken(seconds, wording)
        amount = 1.0 if told == "a minute" else float(told.split()[0]) + 0.5 * ("half" in told)
        promised = amount * (60 if "minute" in told else 1)
        assert promised == pytest.approx(seconds, rel=planner.PROMISE), told
        assert seconds <= 600 or delivery.preferences.pace is Pace.SLOW


@pytest.mark.parametrize(
    ("seconds", "told"),
    [(5, "10 seconds"), (44, "40 seconds"), (60, "a minute"), (85, "1 and a half minutes"),
     (104, "100 seconds"), (125, "2 minutes"), (160, "2 and a half minutes"), (590, "10 minutes")],
)  # fmt: skip
def test_a_length_is_told_as_roughly_as_it_may(wording: Wording, seconds: float, told: str) -> None:
    assert planner.spoken(seconds, wording) == told


def test_a_reply_that_keeps_going_has_known_gentle_stretches_up_to_its_ceiling(
    library: Library, wording: Wording
) -> None:
    going = Preferences(rhythm=Rhythm.KEEP_GOING)
    for routine, heard, ceiling in itertools.product(
        library.routines.values(), (0, 1, 3), (90.0, 210.0, 400.0)
    ):
        plan = fitting.of_routine(
            routine, Known(heard=dict.fromkeys(library.stretches, heard) if heard else {}), library
        )
        delivery = Delivery(wording, going, ceiling)
        spoken = list(planner.replies(plan, delivery))
        assert [block for blocks in spoken for block in blocks] == [
            part.block(going) for part in planner.parts(plan, wording)
        ]
        for blocks in spoken:
            if len(blocks) == 1:
                continue
            assert heard
            assert all(block.stretch.level is Level.GENTLE for block in blocks)
            assert len({block.stretch.position for block in blocks}) == 1
            assert timeline.cues(blocks, wording)[-1].end <= ceiling
    assert any(len(blocks) > 1 for blocks in spoken)


def test_a_check_in_follows_every_block_where_none_is_left_out(library: Library, wording: Wording) -> None:
    for routine in library.routines.values():
        plan = fitting.of_routine(routine, Known(heard=dict.fromkeys(library.stretches, 3)), library)
        spoken = list(planner.replies(plan, Delivery(wording, Preferences(), 210.0)))
        assert all(len(blocks) == 1 for blocks in spoken)


def test_a_change_of_a_plan_keeps_the_side(library: Library, wording: Wording) -> None:
    plan = fitting.of_stretch("supine_figure_four", Known(), library)
    right = msgspec.structs.replace(plan, block=1, mark=Mark(Step.HOLD, Side.RIGHT, 0, 4.0))
    once = msgspec.structs.replace(plan.plan[0], holds=(20.0,))
    whole = planner.replanned(right, 0, once, wording)
    assert len(planner.parts(whole, wording)) == 1
    assert (whole.block, whole.mark) == (0, right.mark)
    assert planner.replanned(whole, 0, plan.plan[0], wording).block == 1
    flipped = planner.replanned(plan, 0, msgspec.structs.replace(plan.plan[0], first=Side.RIGHT), wording)
    assert (flipped.block, planner.part_at(flipped, wording).sides) == (0, (Side.RIGHT,))


def test_what_is_left_is_counted_from_where_the_listener_is(listener: Listener, library: Library) -> None:
    listener.guided("the hip routine")
    session = listener.session
    assert session is not None
    assert session.place is not None
    delivery = Delivery(Wording(library, "en-US", Door.LOCAL), session.preferences, 210.0)
    left = planner.seconds_left(session.place, delivery)
    spoken = sum(timeline.segment_seconds(segment) for segment in listener.reply.segments)
    listener.to_the_end().says("next")
    assert listener.session is not None
    assert listener.session.place is not None
    after = planner.seconds_left(listener.session.place, delivery)
    asked = timeline.segment_seconds(listener.reply.segments[-1])
    assert left - after == pytest.approx(spoken - asked, abs=1)
    assert any(isinstance(segment, Pause) for segment in listener.reply.segments)
