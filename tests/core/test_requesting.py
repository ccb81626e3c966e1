"""Requests by what was done before, and routines that are picked up again."""

from __future__ import annotations

from datetime import timedelta

from msgspec.structs import replace

from skill.app import App
from skill.core import fitting
from skill.core.fitting import Known
from skill.core.library import Library
from skill.core.session import Record
from skill.core.turn import Outcome
from tests.helpers import NO, NOON, Listener


def finished(app: App, user: str, request: str) -> Listener:
    """Someone who has just finished a routine."""
    one = Listener(app, user=user).guided(request)
    while one.state in ("guiding", "ready"):
        one.to_the_end().says("ready" if one.state == "ready" else "next")
    assert one.reply.outcome is Outcome.END
    return one.again()


def planned(one: Listener) -> tuple[str, ...]:
    assert one.session
    assert one.session.place
    return one.session.place.stretches


def test_what_was_done_last_is_asked_for_and_comes_in_fewer_words(app: App) -> None:
    one = finished(app, "last", "the figure four")
    one.says("what i did last time")
    assert planned(one) == ("supine_figure_four",)
    for _ in range(6):
        one.does(NO)
    one.says("ready")
    assert "Cross your left ankle" not in one.words
    assert "Feel a mild stretch" not in one.words


def test_another_one_is_like_the_last_and_not_the_same(app: App) -> None:
    one = finished(app, "another", "floor unwind")
    one.says("another one like that")
    assert planned(one) != ("lying_knee_roll_twist",)
    assert one.state == "screening"
    chair = finished(app, "another chair", "chair break")
    chair.says("another one like that")
    assert "I don't have another one like it." in chair.words
    assert planned(chair) == ("seated_chair_twist", "hands_clasped_rub")


def test_where_nothing_was_done_a_usual_one_is_offered(listener: Listener) -> None:
    for words in ("what i did last time", "another one like that"):
        one = Listener(listener.app, user=f"new {words}")
        one.says(words)
        assert "I have no last stretch to go by." in one.words
        assert one.state == "screening"


def test_what_was_done_last_gives_way_to_where_one_can_be(app: App) -> None:
    one = finished(app, "no floor now", "floor unwind")
    one.says("i can't get on the floor")
    one.says("stop")
    assert one.session
    again = Listener(app, user="no floor now")
    again.now = one.now
    again.session = one.session
    again.says("what i did last time")
    assert planned(again) == ("seated_chair_twist", "hands_clasped_rub")


def test_a_surprise_is_not_the_usual_one_and_changes(app: App) -> None:
    seen: list[tuple[str, ...]] = []
    one = Listener(app, user="surprised")
    for _ in range(3):
        one.says("surprise me")
        seen.append(planned(one))
        for _ in range(6):
            one.does(NO)
        one.says("ready")
        while one.state in ("guiding", "ready"):
            one.to_the_end().says("ready" if one.state == "ready" else "next")
        one = one.again().wait(86_400)
    assert len(set(seen)) == 3
    assert ("lying_knee_roll_twist",) not in seen


def test_in_a_lock_nothing_is_chosen(listener: Listener) -> None:
    listener.guided().at_hold(2).says("ow that hurts")
    listener.says("yes")
    for intent in ("SurpriseIntent", "AnotherIntent", "LastTimeIntent", "StartIntent"):
        locked = listener.twin(intent)
        assert locked.session
        locked.does(intent)
        assert locked.state == "locked"


def test_the_place_that_was_asked_for_is_where_the_next_stretch_is(listener: Listener) -> None:
    listener.says("a three minute stretch in my chair")
    listener.says("stop")
    back = listener.again()
    back.says("start a stretch")
    assert planned(back) == ("seated_chair_twist", "hands_clasped_rub")
    back.says("something for my hips")
    assert planned(back) == ("supine_figure_four",), "a wish of before gives way"


def test_a_bed_is_told_to_be_too_soft(listener: Listener) -> None:
    listener.says("five minutes in bed")
    assert "A bed is too soft for these stretches." in listener.words
    assert listener.state == "screening"
    assert listener.session
    assert listener.session.preferences.position is None


def test_a_careful_stretch_of_another_day_is_led_up_to_again(listener: Listener) -> None:
    listener.guided("mid back roller routine").says("skip this one")
    assert listener.reply.stretch == "mid_back_roller"
    listener.at_hold(3).says("stop")
    soon = listener.twin("soon").again().wait(300)
    soon.says("carry on")
    for _ in range(6):
        soon.does(NO)
    soon.says("ready")
    assert soon.reply.stretch == "mid_back_roller"
    later = listener.again().wait(86_400)
    later.says("carry on")
    assert "needs a gentle start, so we begin with the lying knee roll twist again" in later.words


def test_the_last_block_of_another_day_is_done_once_more(listener: Listener) -> None:
    listener.guided().to_the_end().says("next")
    listener.to_the_end().wait(3).does("SessionEnded")
    back = listener.again().wait(86_400)
    back.does("LaunchRequest")
    assert "You were on the second side of the supine figure four." in back.words
    back.says("yes")
    for _ in range(6):
        back.does(NO)
    back.says("ready")
    assert (back.state, back.reply.side) == ("guiding", "right")


def test_what_was_begun_from_elsewhere_is_welcomed(listener: Listener) -> None:
    listener.guided().at_hold(3).does("SessionEnded")
    other = listener.again()
    other.device = "kitchen"
    other.does("LaunchRequest")
    assert other.words == (
        "Welcome back. You were on the first side of the supine figure four. Shall we pick it up?"
    )
    other.says("yes")
    assert "One of six." in other.words, "on another device the whole screen comes first"
    for _ in range(6):
        other.does(NO)
    other.says("ready")
    assert "Hold for the last 17 seconds." in other.words


def test_what_is_not_here_is_declined(listener: Listener, library: Library) -> None:
    assert listener.does("AreaIntent", area="knuckles").outcome is Outcome.DECLINE
    assert listener.session
    listener.session = replace(listener.session, left_out=tuple(library.stretches))
    assert listener.does("SurpriseIntent").outcome is Outcome.DECLINE


def test_the_same_end_twice_counts_once(library: Library) -> None:
    place = fitting.of_stretch("supine_figure_four", Known(), library)
    once = Record().finishing(place, ["supine_figure_four"], NOON)
    assert once.heard == {"supine_figure_four": 1}
    assert once.finishing(place, ["supine_figure_four"], NOON) == once
    later = once
    for hour in range(1, 6):
        later = later.finishing(place, ["supine_figure_four"], NOON + timedelta(hours=hour))
    assert later.heard == {"supine_figure_four": 3}, "its words fade no more"


def test_what_was_skipped_was_not_finished(listener: Listener) -> None:
    listener.screened()
    listener.says("skip this one")
    assert listener.words == "Okay, we leave that out."
    early = Listener(listener.app, user="early").guided().wait(5)
    early.says("skip this one")
    assert early.words.startswith("Okay, we leave that out. Let go of your thigh")
    assert "Roll onto one side" in early.words
    back = early.again()
    back.says("how often did i stretch this week")
    assert "You have not finished a routine" in back.words
    late = Listener(listener.app, user="late").guided().at_hold(5)
    late.says("skip this one")
    assert late.words.startswith("Let go of your thigh, and put both feet flat. Well done.")


def test_a_named_routine_takes_as_long_as_it_is_asked_to(listener: Listener) -> None:
    for words, told in (
        ("a two minute figure four", "about 2 minutes"),
        ("a five minute chair break", "about 5 minutes"),
        ("a ten minute chair twist", "I have about 4 minutes of good stretching for that."),
    ):
        one = Listener(listener.app, user=words)
        one.says(words)
        assert told in one.words, one.words


def test_a_motion_that_somebody_cannot_do_is_left_out(listener: Listener) -> None:
    listener.says("something without twisting")
    assert planned(listener) == ("supine_figure_four",)
    listener.says("nothing with crossed legs")
    assert planned(listener) == ("hands_clasped_rub",)


def test_a_routine_is_picked_up_in_other_words(listener: Listener) -> None:
    listener.guided().at_hold(3).says("stop")
    for words in ("pick up where i left off", "where was i", "pick it up"):
        one = listener.twin(words).again()
        one.says(words)
        assert "One question first." in one.words


def test_who_comes_back_minutes_later_is_asked_one_question_also_after_a_crash(listener: Listener) -> None:
    listener.guided().at_hold(3).says("which leg")
    crashed = listener.again().wait(120)
    crashed.does("LaunchRequest")
    crashed.says("yes")
    assert "One question first." in crashed.words
    crashed.says("no")
    crashed.says("ready")
    assert crashed.words.startswith("The supine figure four. Lie on your back")
    assert crashed.state == "guiding"


def test_a_screen_is_good_for_thirty_minutes_in_all_however_often_it_is_left(listener: Listener) -> None:
    one = listener.guided("ten minutes on the floor")
    for _ in range(3):
        one.wait(500).does("SessionEnded")
        one = one.again().wait(60)
        one.says("carry on")
        assert "One question first." in one.words
        one.does(NO)
        one.says("ready")
    one.wait(300).does("SessionEnded")
    late = one.again()
    late.says("carry on")
    assert "One of six." in late.words


def test_after_my_turn_nobody_goes_on_without_the_whole_screen(listener: Listener) -> None:
    listener.guided().at_hold(3).says("my turn")
    other = listener.again()
    other.says("carry on")
    assert "One of six." in other.words


def test_a_hold_that_was_over_is_held_again_another_day(listener: Listener) -> None:
    listener.guided().at_hold(21).does("SessionEnded")
    soon = listener.twin("soon").again()
    soon.says("carry on")
    soon.does(NO)
    soon.says("ready")
    assert soon.words.startswith("Let go slowly")
    later = listener.again().wait(86_400)
    later.says("carry on")
    for _ in range(6):
        later.does(NO)
    later.says("ready")
    assert later.words.startswith("The supine figure four. Lie on your back")
    assert "Your left side. Cross your left ankle" in later.words
