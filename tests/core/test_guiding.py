"""A routine on its way."""

from __future__ import annotations

import msgspec
import pytest

from skill.app import App
from skill.core.library import Library, Position, Side, Sides
from skill.core.player import State
from skill.core.timeline import segment_seconds
from skill.core.turn import Outcome, Pause
from skill.store.memory import MemoryStore
from tests.helpers import Listener, hold_seconds


@pytest.fixture(scope="module")
def one_sided(library: Library) -> App:
    """An app whose chair stretch has no sides."""
    chair = msgspec.structs.replace(
        library.stretches["seated_chair_twist"],
        sides=Sides.ONE,
        move="Lean back a little.",
        again="Lean back again.",
    )
    stretches = library.stretches | {chair.id: chair}
    return App(msgspec.structs.replace(library, stretches=stretches), MemoryStore(), b"key")


def test_a_stretch_without_sides_says_so(one_sided: App) -> None:
    one = Listener(one_sided, user="one sided").guided("the chair twist").at_hold(2)
    one.says("which side")
    assert "without sides" in one.words
    assert one.says("how long left").action == "time-left"
    assert "seconds are still to go." in one.words


def test_both_sides_of_every_routine_are_held_as_long_as_the_content_says(app: App, library: Library) -> None:
    for routine in library.routines.values():
        one = Listener(app, user=f"whole {routine.id}")
        one.says(routine.name)
        for _ in range(6):
            one.says("no")
        if one.state == "screening":
            one.says("my doctor told me so")
        one.says("ready")
        seconds: dict[tuple[str | None, str], float] = {}
        while one.state in ("guiding", "ready"):
            for side, held in hold_seconds(one.reply).items():
                key = (one.reply.stretch, side)
                seconds[key] = seconds.get(key, 0) + held
            one.to_the_end().says("next")
        assert one.reply.outcome is Outcome.END
        for id_ in routine.stretches:
            stretch = library.stretches[id_]
            wanted = stretch.hold.seconds * stretch.repetitions.count
            sides = ("left", "right") if stretch.sides is Sides.EACH else ("None",)
            assert [seconds.pop((id_, side)) for side in sides] == [wanted] * len(sides)
        assert not seconds


@pytest.mark.parametrize("second", [0, 1, 5, 9.6, 10, 14, 19])
def test_an_interruption_in_a_hold_goes_on_with_the_seconds_that_were_left(app: App, second: float) -> None:
    for words in ("why does it pop", "hold on", "purple bananas", "it popped"):
        one = Listener(app, user=f"{words} {second}").guided().at_hold(second)
        one.says(words)
        assert one.state == "paused"
        assert (one.reply.stretch, one.reply.side) == ("supine_figure_four", "left")
        one.wait(45).says("carry on")
        if words == "purple bananas":
            assert one.state == "paused", "what was not understood is asked about first"
            one.says("no")
            one.says("carry on")
        left = hold_seconds(one.reply)["left"] - 20
        assert left == pytest.approx(20 - second, abs=2)
        assert one.words.split(".")[0] in ("Back to your left side", "Your left side")


def test_the_time_left_is_told_also_outside_a_hold(listener: Listener) -> None:
    listener.guided().says("how long left")
    assert "until the next question" in listener.words
    listener.to_the_end().says("how long left")
    assert "This part is over." in listener.words
    assert listener.state == "paused"


def test_a_pace_is_kept_for_the_next_time_and_has_its_ends(listener: Listener) -> None:
    for words in ("slower", "slower"):
        listener.says(words)
    assert "as slow as I go" in listener.words
    assert listener.again().says("faster").outcome is Outcome.NAVIGATE
    other = listener.again()
    for _ in range(3):
        other.says("faster")
    assert "as quick as I go" in other.words


def test_skipping_leaves_out_the_rest_of_the_stretch(listener: Listener) -> None:
    listener.guided("the hip routine")
    assert listener.says("skip this one").stretch == "supine_figure_four"
    assert listener.says("skip this one").outcome is Outcome.END


def test_the_chair_is_the_easiest_there_is(listener: Listener) -> None:
    listener.screened("the chair break")
    assert listener.says("something easier").outcome is Outcome.DECLINE
    assert "leave it for today" in listener.words


def test_the_last_block_says_that_nothing_comes_after_it(listener: Listener) -> None:
    listener.guided().says("next")
    listener.says("what's next")
    assert "First this once more. Nothing more after this one." in listener.words
    listener.to_the_end().says("what's next")
    assert "Nothing more after this one." in listener.words


def test_the_floor_is_left_before_a_chair_is_used(listener: Listener) -> None:
    listener.guided().at_hold(2)
    listener.says("i can't get on the floor")
    assert "Roll onto one side" in listener.words
    assert listener.session is not None
    assert listener.session.position is Position.CHAIR


def test_a_knee_asks_and_a_tight_muscle_eases(listener: Listener) -> None:
    listener.guided().at_hold(2)
    listener.says("my knee doesn't like that")
    assert "Is it pain, or just tight?" in listener.words
    assert listener.says("carry on").outcome is Outcome.CLARIFY
    assert listener.says("just tight").outcome is Outcome.NAVIGATE
    assert listener.says("carry on").outcome is Outcome.GUIDE


@pytest.mark.parametrize("words", ["pain", "yes", "a little", "not really", "", "purple bananas", "it hurts"])
def test_a_knee_that_may_hurt_stops(app: App, words: str) -> None:
    one = Listener(app, user=f"knee {words}").guided().at_hold(2)
    one.says("my knee doesn't like that")
    assert one.says(words).outcome is Outcome.STOP
    assert one.words.startswith("Stop.")


@pytest.mark.parametrize("words", ["yes", "", "purple bananas", "a little", "i don't know"])
def test_someone_who_may_be_stuck_gets_help(app: App, words: str) -> None:
    one = Listener(app, user=f"stuck {words}").guided().at_hold(2)
    one.says("help")
    one.says(words)
    assert one.state != "guiding"
    if words in ("yes", "a little", "i don't know"):
        assert one.reply.outcome is Outcome.STOP


@pytest.mark.parametrize("words", ["no", "", "purple bananas", "carry on", "ow", "i feel fine", "a little"])
def test_whoever_does_not_say_yes_to_getting_up_hears_whom_to_call(app: App, words: str) -> None:
    one = Listener(app, user=f"up {words}").guided().at_hold(2)
    one.says("ow that hurts")
    assert one.reply.reprompt
    assert "911" in one.reply.reprompt
    assert one.says(words).outcome is Outcome.EMERGENCY


def test_the_last_moments_of_a_hold_are_not_counted_out(listener: Listener) -> None:
    listener.guided().at_hold(20.5)
    listener.says("how long left")
    assert "This hold is almost over." in listener.words
    assert hold_seconds(listener.reply) == {"left": 20}, "only the second repetition is left"


def test_a_length_of_time_in_a_stretch_asks_for_a_pause(listener: Listener) -> None:
    listener.guided().at_hold(2)
    assert listener.says("two minutes").outcome is Outcome.NAVIGATE
    assert listener.state == "paused"
    assert listener.reply.stretch == "supine_figure_four"


def test_an_unknown_stretch_cannot_be_told_about(listener: Listener) -> None:
    assert listener.does("DescribeIntent", stretch="the splits").outcome is Outcome.DECLINE


def test_a_question_about_an_ache_is_answered(listener: Listener) -> None:
    reply = listener.says("my back started aching out of nowhere what is it")
    assert reply.outcome is Outcome.ANSWER
    assert reply.topic == "unknown_cause_pain"


def test_whoever_asks_about_pain_in_a_stretch_is_asked_before_it_goes_on(listener: Listener) -> None:
    listener.guided().at_hold(2)
    assert listener.says("is it supposed to hurt").outcome is Outcome.ANSWER
    assert "Does something hurt?" in listener.words
    assert listener.says("carry on").outcome is Outcome.CLARIFY
    assert listener.says("no").outcome is Outcome.CLARIFY
    assert listener.says("carry on").outcome is Outcome.GUIDE


def test_in_a_reply_of_several_blocks_the_clock_tells_which_one(listener: Listener) -> None:
    listener.guided("floor unwind")
    while listener.state is State.GUIDING:
        listener.to_the_end().does("NextStepIntent")
    back = listener.again().screened("what i did last time")
    back.does("KeepGoingIntent")
    back.does("ReadyIntent")
    clock = 0.0
    for segment in back.reply.segments:
        if isinstance(segment, Pause) and segment.cue == "hold" and segment.side is Side.RIGHT:
            break
        clock += segment_seconds(segment)
    back.wait(clock + 1).does("WhichSideIntent")
    assert "right" in back.words
    assert back.session is not None
    assert back.session.place is not None
    assert back.session.place.block == 1
