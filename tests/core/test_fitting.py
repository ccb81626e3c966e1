"""What is chosen for a request."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis.strategies import integers, sampled_from

from skill.core import fitting, planner
from skill.core.fitting import Known
from skill.core.library import Level, Library, Position, Side
from skill.core.planner import Delivery
from skill.core.preferences import Pace, Preferences, Rhythm, Wordiness
from skill.core.turn import Door
from skill.core.wording import Wording
from tests.helpers import Listener, hold_seconds

CHAIR = ("seated_chair_twist", "hands_clasped_rub")
AREAS = ["hips", "piriformis", "lower_back", "si_joint", "mid_back", None]


@pytest.fixture(scope="session")
def delivery(library: Library) -> Delivery:
    return Delivery(Wording(library, "en-US", Door.LOCAL), Preferences(), 210.0)


@pytest.mark.parametrize(
    ("slots", "known", "stretches", "exact"),
    [
        ({"stretch": "supine_figure_four"}, Known(), ("supine_figure_four",), True),
        ({"stretch": "trunk_rotation"}, Known(), ("lying_knee_roll_twist", "trunk_rotation"), True),
        ({"routine": "chair_break"}, Known(), CHAIR, True),
        ({"area": "hips"}, Known(), ("supine_figure_four",), True),
        ({"area": "hips", "position": "chair"}, Known(), CHAIR, False),
        ({"area": "hips"}, Known(only=Position.CHAIR), CHAIR, False),
        ({"area": "hips"}, Known(preferred=Position.CHAIR), ("supine_figure_four",), True),
        ({"equipment": "mat", "position": "chair"}, Known(), CHAIR, False),
        ({"position": "chair"}, Known(), CHAIR, True),
        ({}, Known(), ("lying_knee_roll_twist",), True),
        ({}, Known(only=Position.CHAIR), CHAIR, True),
        ({}, Known(preferred=Position.CHAIR), CHAIR, True),
        ({}, Known(left_out=("lying_knee_roll_twist",)), ("seated_chair_twist",), True),
        ({"level": "gentle", "area": "lower_back"}, Known(), ("lying_knee_roll_twist",), True),
        ({"level": "careful"}, Known(), ("lying_knee_roll_twist", "trunk_rotation"), True),
        ({"level": "careful", "position": "chair"}, Known(), CHAIR, False),
        ({"duration": "PT1M", "position": "floor"}, Known(), ("supine_figure_four",), True),
        ({"duration": "a while", "position": "chair"}, Known(), CHAIR, True),
        ({"equipment": "roller"}, Known(), ("lying_knee_roll_twist", "mid_back_roller"), True),
    ],
)  # fmt: skip
def test_a_request_is_met_by_what_fits_it_or_by_the_nearest(
    delivery: Delivery, slots: dict[str, str], known: Known, stretches: tuple[str, ...], exact: bool
) -> None:
    chosen = fitting.choose(slots, known, delivery)
    assert chosen is not None
    assert (chosen.place.stretches, chosen.exact) == (stretches, exact)
    assert fitting.choose(slots, known, delivery) == chosen, "the same request, the same plan"


@pytest.mark.parametrize(
    "slots",
    [
        {"stretch": "the splits"},
        {"routine": "nothing"},
        {"area": "knuckles"},
        {"position": "pool"},
        {"equipment": "a trampoline"},
        {"level": "brutal"},
    ],
)
def test_what_is_not_in_the_content_is_not_replaced(delivery: Delivery, slots: dict[str, str]) -> None:
    assert fitting.choose(slots, Known(), delivery) is None


def test_where_everything_was_left_out_nothing_is_chosen(library: Library, delivery: Delivery) -> None:
    assert fitting.choose({}, Known(left_out=tuple(library.stretches)), delivery) is None


def test_the_side_that_is_asked_for_comes_first(delivery: Delivery) -> None:
    chosen = fitting.choose({"stretch": "supine_figure_four", "side": "right"}, Known(), delivery)
    assert chosen is not None
    assert [part.sides for part in planner.parts(chosen.place, delivery.wording)] == [
        (Side.RIGHT,),
        (Side.LEFT,),
    ]


@pytest.mark.parametrize("heard", [0, 1, 3])
@pytest.mark.parametrize(
    ("where", "minutes"),
    [*((Position.CHAIR, minutes) for minutes in range(2, 6)), *((Position.FLOOR, m) for m in range(2, 11))],
)
def test_every_minute_that_the_doses_fill_is_planned_within_a_tenth(
    library: Library, delivery: Delivery, where: Position, minutes: int, heard: int
) -> None:
    slots = {"duration": f"PT{minutes}M", "position": str(where)}
    known = Known(heard=dict.fromkeys(library.stretches, heard) if heard else {})
    chosen = fitting.choose(slots, known, delivery)
    assert chosen is not None
    assert fitting.keeps(chosen.place, 60 * minutes, delivery)
    assert planner.seconds(chosen.place, delivery) == pytest.approx(60 * minutes, rel=fitting.WITHIN)
    assert planner.positions(chosen.place, library) == {where}
    assert planner.spoken(planner.seconds(chosen.place, delivery), delivery.wording) == f"{minutes} minutes"


@settings(deadline=None, max_examples=40)
@given(
    minutes=integers(1, 60),
    where=sampled_from(["chair", "floor", None]),
    area=sampled_from(AREAS),
    preferences=sampled_from(
        [Preferences(pace, words, rhythm) for pace in Pace for words in Wordiness for rhythm in Rhythm]
    ),
    heard=integers(0, 3),
)
def test_a_plan_never_exceeds_a_dose_and_puts_gentle_before_careful(
    library: Library,
    delivery: Delivery,
    minutes: int,
    where: str | None,
    area: str | None,
    preferences: Preferences,
    heard: int,
) -> None:
    slots = {"duration": f"PT{minutes}M", "position": where, "area": area}
    known = Known(heard=dict.fromkeys(library.stretches, heard))
    delivery = Delivery(delivery.wording, preferences, 210.0)
    chosen = fitting.choose({key: value for key, value in slots.items() if value}, known, delivery)
    assert chosen is not None
    plan = chosen.place
    assert planner.seconds(plan, delivery) <= fitting.LONGEST_SECONDS * (1 + fitting.WITHIN)
    levels = [list(Level).index(library.stretches[id_].level) for id_ in plan.stretches]
    assert levels == sorted(levels)
    assert len(set(plan.stretches)) == len(plan.stretches)
    for place, planned in enumerate(plan.plan):
        stretch = library.stretches[planned.id]
        assert all(stretch.hold.least <= hold <= stretch.hold.most for hold in planned.holds)
        assert stretch.repetitions.least <= len(planned.holds) <= stretch.repetitions.most
        assert set(stretch.after) <= set(plan.stretches[:place])


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ("a five minute stretch on a chair", "about 5 minutes"),
        ("a two minute stretch on the floor", "about 2 minutes"),
        (
            "a twenty minute stretch on a chair",
            "I have about 6 minutes of good stretching for that. More rounds",
        ),
        ("a one minute stretch on the floor", "That is shorter than anything I have; this is the nearest."),
        ("something for my hips in a chair", "I don't have exactly that. This is the nearest."),
        ("a stretch in bed", "A bed is too soft for these stretches."),
    ],
)
def test_what_cannot_be_met_is_told_honestly(listener: Listener, asked: str, told: str) -> None:
    listener.says(asked)
    assert told in listener.words
    assert listener.state == "screening"


def test_the_planned_dose_is_what_is_guided_on_both_sides(listener: Listener) -> None:
    listener.guided("eight minutes on the floor")
    assert listener.session
    plan = listener.session.place
    assert plan is not None
    for planned in plan.plan:
        wanted = sum(planned.holds)
        assert hold_seconds(listener.reply) in ({"left": wanted, "right": wanted}, {"left": wanted})
        if hold_seconds(listener.reply) == {"left": wanted}:
            listener.to_the_end().says("next")
            assert hold_seconds(listener.reply) == {"right": wanted}
        listener.to_the_end().says("next")
