"""What is chosen for a request."""

from __future__ import annotations

import pytest

from skill.core import planner
from skill.core.library import Library, Position
from skill.core.turn import Door
from skill.core.wording import Wording
from tests.helpers import Listener


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
        ({"duration": "PT1M", "position": "floor"}, None, ("lying_knee_roll_twist",)),
        ({"duration": "a while", "position": "chair"}, None, ("seated_chair_twist",)),
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
        plan = planner.of_routine(routine)
        assert planner.minutes(plan, wording) * 60 == pytest.approx(planner.seconds(plan, wording), abs=31)
        assert planner.seconds(plan, wording) <= 600


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
