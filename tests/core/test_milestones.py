"""How far a turn has come with a routine, for whoever counts it."""

from __future__ import annotations

from skill.core.player import State
from skill.core.turn import Milestone, Outcome, Reached
from tests.helpers import NO, YES, Listener


def milestones(listener: Listener, *intents: str) -> list[Milestone | None]:
    """What a listener's turns come to."""
    found = []
    for intent in intents:
        reached = listener.does(intent).reached
        found.append(reached.milestone if reached else None)
    return found


def test_a_screen_is_begun_once_and_passed_once(listener: Listener) -> None:
    listener.says("the figure four")
    assert listener.reply.reached == Reached(Milestone.SCREENING, None)
    assert milestones(listener, NO, "UnsureIntent") == [None, None]
    assert milestones(listener, *[NO] * 5) == [*[None] * 4, Milestone.SCREENED]


def test_a_screen_with_a_yes_is_never_passed(listener: Listener) -> None:
    listener.says("the figure four")
    assert milestones(listener, NO, YES) == [None, None]


def test_a_routine_is_started_and_finished_by_its_name(listener: Listener) -> None:
    listener.screened("chair break")
    assert listener.reply.routine == "chair_break"
    started = listener.does("ReadyIntent")
    assert started.reached == Reached(Milestone.STARTED, "chair_break")
    while listener.state is not State.IDLE:
        assert listener.reply.reached in (None, started.reached)
        listener.to_the_end().does("NextStepIntent")
    assert listener.reply.outcome is Outcome.END
    assert listener.reply.reached == Reached(Milestone.FINISHED, "chair_break")


def test_a_change_of_position_starts_nothing_again(listener: Listener) -> None:
    listener.screened("chair and floor")
    reached = []
    for _ in range(30):
        intent = "ReadyIntent" if listener.state is State.READY else "NextStepIntent"
        reply = listener.to_the_end().does(intent)
        reached += [reply.reached.milestone] if reply.reached else []
        if listener.state is State.IDLE:
            break
    assert reached == [Milestone.STARTED, Milestone.FINISHED]


def test_who_leaves_or_is_hurt_finishes_nothing(listener: Listener) -> None:
    listener.guided()
    assert milestones(listener, "PainIntent") == [None]
    other = listener.again().guided()
    assert milestones(other, "AMAZON.StopIntent") == [None]


def test_who_comes_back_to_the_middle_starts_nothing(listener: Listener) -> None:
    listener.guided("chair break").to_the_end().does("NextStepIntent")
    assert listener.to_the_end().does("AMAZON.StopIntent").reached is None
    back = listener.again()
    back.does("LaunchRequest")
    assert milestones(back, YES, NO, "ReadyIntent") == [None, None, None]
    assert back.state is State.GUIDING
