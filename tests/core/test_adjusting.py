"""What changes how a routine is guided, and what stays."""

from __future__ import annotations

from skill.core.library import Library, Position
from skill.core.preferences import Rhythm, Wordiness
from skill.core.turn import Outcome, Pause, Tone
from tests.helpers import NO, Listener, hold_seconds


def test_fewer_words_have_an_end_and_are_kept(listener: Listener) -> None:
    for told in ("Fewer words", "Fewer words", "as few words as I use"):
        listener.says("fewer words")
        assert told in listener.words
    back = listener.again()
    back.guided()
    assert "Cross your" not in back.words
    assert "Stop well before it hurts." in back.words
    assert "To come out:" in back.words


def test_an_explanation_brings_all_words_back(listener: Listener) -> None:
    for _ in range(2):
        listener.says("fewer words")
    listener.guided().at_hold(3).says("explain that")
    assert "deep hip and buttock muscles" in listener.words
    assert "Breathe out as you draw in" in listener.words
    assert hold_seconds(listener.reply)["left"] == 17 + 20
    assert listener.session
    assert listener.session.preferences.wordiness is Wordiness.EXPLAIN
    listener.to_the_end().says("next")
    assert "Cross your right ankle" in listener.words


def test_a_rhythm_is_kept_and_told_in_any_state(listener: Listener, library: Library) -> None:
    listener.says("don't stop between stretches")
    assert "keep going" in listener.words
    assert "new to you" not in listener.words, "nothing is planned"
    listener.screened("floor unwind")
    listener.says("don't stop between stretches")
    assert "new to you" in listener.words
    back = listener.again()
    back.says("hello")
    assert back.session
    assert back.session.preferences.rhythm is Rhythm.KEEP_GOING
    assert library.phrases["rhythm.check-in"].say in back.does("CheckInIntent").segments[0].text  # type: ignore[union-attr]  # words


def test_a_tone_begins_and_ends_a_hold_and_is_no_part_of_it(listener: Listener) -> None:
    listener.says("turn the tone on")
    listener.guided()
    kinds = [
        segment.cue
        for segment in listener.reply.segments
        if isinstance(segment, Tone) or segment.cue == "hold"
    ]
    assert kinds == ["hold-start", "hold", "hold", "hold", "hold-end"] * 2
    assert hold_seconds(listener.reply)["left"] == 40


def test_a_swap_keeps_the_time_and_the_rest(listener: Listener) -> None:
    listener.guided("five minutes on a chair")
    listener.says("skip this one")
    assert listener.reply.stretch == "hands_clasped_rub"
    listener.again().says("stop")
    one = Listener(listener.app, user="swap").guided("the chair twist").at_hold(3)
    one.says("not this one")
    assert one.reply.stretch == "hands_clasped_rub"
    assert one.reply.outcome is Outcome.NAVIGATE
    assert "The hands clasped rub instead, then." in one.words


def test_what_nothing_replaces_is_left_out_and_not_gone_back_to(listener: Listener) -> None:
    listener.guided("the hip routine").at_hold(3)
    listener.says("not this one")
    assert "leave this one out" in listener.words
    listener.says("next")
    assert listener.reply.stretch == "supine_figure_four", "nothing of it is left"
    assert listener.session
    assert listener.session.left_out == ("lying_knee_roll_twist",)


def test_a_swap_before_the_first_step_stays_off_what_does_not_suit(listener: Listener) -> None:
    listener.screened("the hip routine")
    listener.says("not this one")
    assert listener.reply.stretch == "seated_chair_twist", "nothing else on the floor, so the chair"
    other = Listener(listener.app, user="ready swap").screened("the figure four")
    other.says("not this one")
    assert other.reply.stretch == "lying_knee_roll_twist"
    assert other.state == "ready"


def test_no_floor_in_a_chair_changes_nothing_and_later_keeps_off_it(listener: Listener) -> None:
    listener.guided("the chair twist").at_hold(3)
    listener.says("i can't get on the floor")
    assert "We use only a chair already." in listener.words
    both = Listener(listener.app, user="chair first").guided("chair and floor routine").at_hold(3)
    both.says("i can't get on the floor")
    assert "we use a chair" in both.words
    assert "Roll onto one side" not in both.words, "they are sitting"
    assert both.session
    assert both.session.place
    assert both.session.position is Position.CHAIR
    assert set(both.session.place.stretches) <= {"seated_chair_twist", "hands_clasped_rub"}


def test_a_knee_that_is_only_tight_gets_another_stretch(listener: Listener) -> None:
    listener.guided("the figure four").at_hold(3)
    listener.says("my knee doesn't like that")
    listener.says("just tight")
    assert "The lying knee roll twist instead, then." in listener.words
    asked = Listener(listener.app, user="knees first")
    asked.says("something for my hips my knees are bad")
    assert asked.state == "screening"
    assert asked.session
    assert asked.session.place
    assert "supine_figure_four" not in asked.session.place.stretches


def test_a_stretch_without_sides_has_none_to_switch_or_do_again(listener: Listener) -> None:
    listener.guided("chair break").says("skip this one")
    listener.at_hold(2).says("switch sides")
    assert "without sides" in listener.words
    listener.at_hold(2).says("do the left again")
    assert listener.reply.action == "repeat"
    assert listener.reply.stretch == "hands_clasped_rub"


def test_the_running_side_is_begun_again_or_named(listener: Listener) -> None:
    listener.guided().at_hold(25)
    listener.says("do the left again")
    assert listener.words.startswith("Your left side. Cross your left ankle")
    listener.at_hold(2).says("left side first")
    assert "You are on your left side." in listener.words
    listener.to_the_end().says("switch sides")
    assert listener.reply.side == "right", "at the end of a side, the other one follows"


def test_both_sides_in_one_block_can_be_done_again(listener: Listener) -> None:
    listener.guided("two minutes on the floor").at_hold(3)
    assert hold_seconds(listener.reply) == {"left": 20, "right": 20}
    listener.says("do the right again")
    assert "Your right side first, then, and your left after it." in listener.words
    listener.to_the_end().says("switch sides")
    assert listener.words.startswith("Now the right side")
    assert "You can say the left again" in listener.words
    listener.to_the_end().says("say that again")
    assert listener.reply.side == "right"


def test_in_the_middle_of_a_plan_that_waits_its_sides_stay(listener: Listener) -> None:
    listener.guided().at_hold(5).does("SessionEnded")
    back = listener.again()
    back.says("carry on")
    back.does(NO)
    back.says("right side first")
    assert "You are on your left side." in back.words
    back.says("ready")
    assert back.reply.side == "left"


def test_a_pause_rests_for_up_to_a_minute_and_then_asks(listener: Listener) -> None:
    listener.guided().at_hold(5)
    for words, seconds in (("give me a second", 60), ("two minutes", 60), ("thirty seconds", 30)):
        listener.says(words)
        rests = [segment.seconds for segment in listener.reply.segments if isinstance(segment, Pause)]
        assert sum(rests) == seconds
        assert listener.words.endswith("Shall we carry on?")
        assert listener.reply.stretch == "supine_figure_four"
    listener.wait(70).says("carry on")
    assert "Hold for the last 15 seconds." in listener.words
    ready = Listener(listener.app, user="not yet").screened()
    ready.says("give me a second")
    assert any(isinstance(segment, Pause) for segment in ready.reply.segments)


def test_a_chair_that_is_asked_for_on_the_floor_is_reached_by_way_of_getting_up(listener: Listener) -> None:
    listener.guided("the hip routine").at_hold(3)
    listener.does("PositionIntent", position="chair")
    assert "Roll onto one side" in listener.words
    assert listener.state == "ready"


def test_where_no_chair_stretch_suits_the_stretch_is_left_out(listener: Listener) -> None:
    listener.guided("chair and floor routine").at_hold(3)
    listener.says("not this one")
    listener.says("next")
    listener.at_hold(2).says("not this one")
    listener.says("next")
    assert listener.says("ready").stretch == "lying_knee_roll_twist"
    listener.at_hold(3).says("i can't get on the floor")
    assert "leave this one out" in listener.words
    assert listener.state == "paused"


def test_the_other_side_of_a_block_comes_next(listener: Listener) -> None:
    listener.guided("two minutes on the floor").at_hold(3)
    listener.says("what's next")
    assert "Next is the right side of the supine figure four." in listener.words


def test_after_an_extra_round_the_other_side_is_switched_to(listener: Listener) -> None:
    listener.guided().to_the_end().says("next")
    listener.to_the_end().says("do the left again")
    assert listener.to_the_end().says("switch sides").side == "right"
    assert hold_seconds(listener.reply) == {"right": 20}


def test_an_extra_round_that_is_refused_keeps_the_place_and_the_stop(listener: Listener) -> None:
    listener.guided().to_the_end().says("next")
    listener.to_the_end().says("do the left again")
    listener.wait(40).says("say that again")
    assert "That was your third round" in listener.words
    assert listener.words.endswith("Say next to go on. Any pain, tingling or numbness?")
    hurt = listener.twin("hurt in it")
    hurt.says("ow that hurts")
    assert "Let go of your thigh" in hurt.words
    assert listener.says("how long left").outcome is Outcome.NAVIGATE


def test_in_an_extra_round_the_other_side_is_done_instead(listener: Listener) -> None:
    listener.guided().to_the_end().says("next")
    listener.to_the_end().says("do the left again")
    listener.wait(20).says("switch sides")
    assert listener.reply.side == "right"
    assert "Your right side first" not in listener.words


def test_what_does_not_suit_is_changed_also_between_the_questions(listener: Listener) -> None:
    listener.says("the figure four")
    listener.says("not this one")
    assert "Fine, the lying knee roll twist then" in listener.words
    assert "One of six." in listener.words
    plan = Listener(listener.app, user="plan")
    plan.says("the hip routine")
    plan.says("i can't do this one")
    assert plan.reply.stretch == "seated_chair_twist"


def test_the_chair_is_kept_for_whoever_cannot_get_to_the_floor(listener: Listener) -> None:
    listener.guided().at_hold(3).says("i can't get on the floor")
    back = listener.again()
    back.says("start a stretch")
    assert back.reply.stretch == "seated_chair_twist"
