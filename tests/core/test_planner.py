"""What is chosen for a request."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis.strategies import integers, sampled_from

from skill.core import planner
from skill.core.library import Level, Library, Position
from skill.core.turn import Door
from skill.core.wording import Wording
from tests.helpers import Listener, hold_seconds

AREAS = ["hips", "piriformis", "lower_back", "si_joint", "mid_back", None]


@pytest.fixture(scope="session")
def wording(library: Library) -> Wording:
    return Wording(library, "en-US", Door.LOCAL)


@pytest.mark.parametrize(
    ("slots", "known", "stretches"),
    [
        ({"stretch": "supine_figure_four"}, None, ("supine_figure_four",)),
        ({"stretch": "the splits"}, None, None),
        ({"stretch": "trunk_rotation"}, None, ("lying_knee_roll_twist", "trunk_rotation")),
        ({"routine": "chair_break"}, None, ("seated_chair_twist", "hands_clasped_rub")),
        ({"routine": "nothing"}, None, None),
        ({"area": "hips"}, None, ("supine_figure_four",)),
        ({"area": "hips", "position": "chair"}, None, None),
        ({"area": "knuckles"}, None, None),
        ({"position": "chair"}, None, ("seated_chair_twist", "hands_clasped_rub")),
        ({"position": "bed"}, None, None),
        ({}, None, ("lying_knee_roll_twist",)),
        ({}, Position.CHAIR, ("seated_chair_twist", "hands_clasped_rub")),
        ({"duration": "PT7M", "position": "floor"}, None, ("lying_knee_roll_twist", "supine_figure_four")),
        ({"duration": "PT1M", "position": "floor"}, None, ("supine_figure_four",)),
        ({"duration": "a while", "position": "chair"}, None, ("seated_chair_twist", "hands_clasped_rub")),
        ({"equipment": "roller"}, None, ("lying_knee_roll_twist", "mid_back_roller")),
        ({"equipment": "a trampoline"}, None, None),
    ],
)
def test_a_request_is_met_by_what_fits_it(
    wording: Wording, slots: dict[str, str], known: Position | None, stretches: tuple[str, ...] | None
) -> None:
    plan = planner.choose(slots, known, wording)
    assert (plan.stretches if plan else None) == stretches
    assert planner.choose(slots, known, wording) == plan, "the same request, the same plan"


def test_the_minutes_that_are_promised_are_the_timelines(library: Library, wording: Wording) -> None:
    for routine in library.routines.values():
        plan = planner.of_routine(routine, library)
        assert planner.minutes(plan, wording) * 60 == pytest.approx(planner.seconds(plan, wording), abs=31)
        assert planner.seconds(plan, wording) <= 600


@pytest.mark.parametrize(
    ("where", "minutes"),
    [*((Position.CHAIR, minutes) for minutes in range(2, 8)), *((Position.FLOOR, m) for m in range(3, 11))],
)
def test_every_minute_that_the_doses_fill_is_planned_within_a_tenth(
    library: Library, wording: Wording, where: Position, minutes: int
) -> None:
    slots = {"duration": f"PT{minutes}M", "position": str(where)}
    plan = planner.choose(slots, None, wording)
    assert plan is not None
    assert planner.keeps(plan, 60 * minutes, wording)
    assert planner.seconds(plan, wording) == pytest.approx(60 * minutes, rel=planner.WITHIN)
    assert planner.positions(plan, library) == {where}
    assert planner.choose(slots, None, wording) == plan, "the same request, the same plan"


@given(minutes=integers(1, 60), where=sampled_from(["chair", "floor", None]), area=sampled_from(AREAS))
def test_a_plan_never_exceeds_a_dose_and_puts_gentle_before_careful(
    library: Library, wording: Wording, minutes: int, where: str | None, area: str | None
) -> None:
    slots = {"duration": f"PT{minutes}M", "position": where, "area": area}
    plan = planner.choose({key: value for key, value in slots.items() if value}, None, wording)
    if plan is None:
        return
    assert planner.seconds(plan, wording) <= planner.LONGEST_SECONDS * (1 + planner.WITHIN)
    levels = [list(Level).index(library.stretches[id_].level) for id_ in plan.stretches]
    assert levels == sorted(levels)
    assert len(set(plan.stretches)) == len(plan.stretches)
    for place, planned in enumerate(plan.plan):
        stretch = library.stretches[planned.id]
        assert stretch.hold.least <= planned.hold <= stretch.hold.most
        assert stretch.repetitions.least <= planned.repetitions <= stretch.repetitions.most
        assert set(stretch.after) <= set(plan.stretches[:place])


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ("a five minute stretch on a chair", "about 5 minutes"),
        ("a twenty minute stretch on a chair", "I have about 6 good minutes for that."),
        ("a one minute stretch on the floor", "The shortest that I have takes about 3 minutes."),
    ],
)
def test_more_or_less_than_the_doses_fill_is_told_honestly(listener: Listener, asked: str, told: str) -> None:
    listener.says(asked)
    assert told in listener.words


def test_the_planned_dose_is_what_is_guided_on_both_sides(listener: Listener) -> None:
    listener.guided("eight minutes on the floor")
    assert listener.session
    plan = listener.session.place
    assert plan is not None
    for planned in plan.plan:
        wanted = planned.hold * planned.repetitions
        assert hold_seconds(listener.reply) in ({"left": wanted, "right": wanted}, {"left": wanted})
        if hold_seconds(listener.reply) == {"left": wanted}:
            listener.to_the_end().says("next")
            assert hold_seconds(listener.reply) == {"right": wanted}
        listener.to_the_end().says("next")


def test_what_cannot_be_met_is_said_and_nothing_starts(listener: Listener) -> None:
    listener.does("StretchIntent", stretch="the splits")
    assert listener.state == "idle"
    assert "I don't have that." in listener.words


def test_someone_who_cannot_lie_down_is_offered_the_chair(listener: Listener) -> None:
    listener.says("i can't get on the floor")
    assert "chair" in listener.words
    assert listener.state == "screening"
    listener.says("stop")
    listener.says("start a stretch")
    assert "chair break" in listener.words
