"""The two memories and their clocks."""

from __future__ import annotations

from datetime import timedelta

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from skill.core.library import Library
from skill.core.preferences import Pace, Preferences
from skill.core.session import (
    CLEARANCE_IDLE_SECONDS,
    CLEARANCE_SECONDS,
    Finished,
    Place,
    Planned,
    Record,
    SavedPlace,
    Session,
    Token,
    new_session,
)
from skill.core.turn import Outcome
from tests.helpers import NO, NOON, Listener


@given(st.lists(st.integers(-500, 500)))
def test_the_clock_counts_only_steps_forward(steps: list[int]) -> None:
    session, now = Session(content="x").at(NOON), NOON
    for step in steps:
        now += timedelta(seconds=step)
        session = session.at(now)
    assert session.clock == sum(step for step in steps if step > 0)


def test_a_clearance_ends_after_ten_idle_minutes_and_after_thirty_in_all() -> None:
    session = Session(content="x", screened_at=0.0)
    for clock, used, clear in (
        (CLEARANCE_IDLE_SECONDS, 0, True),
        (CLEARANCE_IDLE_SECONDS + 1, 0, False),
        (CLEARANCE_SECONDS, CLEARANCE_SECONDS, True),
        (CLEARANCE_SECONDS + 1, CLEARANCE_SECONDS, False),
    ):
        assert msgspec.structs.replace(session, clock=clock, used_at=used).cleared is clear
    assert not Session(content="x").cleared


def test_a_record_forgets_what_has_expired(library: Library) -> None:
    saved = SavedPlace(Place(None, (Planned("supine_figure_four", (20.0, 20.0)),)), {}, library.hash, NOON)
    record = Record(
        saved=saved,
        token=Token(NOON + timedelta(minutes=10), "d", NOON),
        finished=(Finished("hip_ease", NOON),),
    )
    assert record.at(NOON + timedelta(minutes=10), library) == record
    assert record.at(NOON + timedelta(minutes=11), library).token is None
    assert record.at(NOON + timedelta(days=14), library).saved == saved
    assert record.at(NOON + timedelta(days=15), library).saved is None
    assert record.at(NOON + timedelta(days=7), library).finished
    assert not record.at(NOON + timedelta(days=8), library).finished


def test_a_place_in_other_content_is_forgotten(library: Library) -> None:
    saved = SavedPlace(Place(None, (Planned("gone", (20.0, 20.0)),)), {}, "another", NOON)
    assert Record(saved=saved).at(NOON, library).saved is None


def test_a_new_session_takes_the_preferences_that_were_kept(library: Library) -> None:
    slow = Preferences(pace=Pace.SLOW)
    assert new_session(library, Record(preferences=slow)).preferences == slow
    assert new_session(library, None).preferences == Preferences()


def test_a_finished_routine_is_remembered_and_its_place_is_not(listener: Listener) -> None:
    listener.guided("the chair twist").to_the_end().says("next")
    assert listener.to_the_end().says("done").outcome is Outcome.END
    other = listener.again()
    other.does("LaunchRequest")
    assert other.words == "Welcome back. A stretch, or a question?"


def test_ten_idle_minutes_bring_the_whole_screen_back(listener: Listener) -> None:
    listener.guided().at_hold(3).says("hold on")
    listener.wait(CLEARANCE_IDLE_SECONDS + 1)
    assert listener.says("carry on").outcome is Outcome.SCREEN
    for _ in range(6):
        listener.does(NO)
    listener.says("ready")
    assert "Hold for the last 17 seconds." in listener.words


def test_thirty_minutes_bring_the_whole_screen_back(listener: Listener) -> None:
    listener.guided().at_hold(3).says("hold on")
    for _ in range(6):
        listener.wait(290).says("which side")
    listener.wait(100)
    assert listener.says("carry on").outcome is Outcome.SCREEN


def test_a_clearance_is_good_only_on_its_own_device(listener: Listener) -> None:
    listener.guided().at_hold(3).does("SessionEnded")
    other = listener.again()
    other.device = "another"
    assert other.says("carry on").outcome is Outcome.SCREEN
    assert "One of six." in other.words


def test_a_sign_on_coming_back_locks(listener: Listener) -> None:
    for word in ("yes", "a little", "not really", "i don't know", "", "bananas"):
        one = Listener(listener.app, user=f"{listener.user} {word}")
        one.guided().at_hold(3).does("SessionEnded")
        one = one.again()
        one.says("carry on")
        one.says(word)
        if word in ("bananas", ""):
            assert one.reply.outcome is Outcome.CLARIFY
            one.says(word)
            assert one.state == "idle"
        else:
            assert one.state == "locked", word
        assert one.says("carry on").outcome is not Outcome.GUIDE


@pytest.mark.parametrize("words", ["ow", "i have osteoporosis", "i can't feel it when i wipe"])
def test_a_sign_erases_the_saved_place_and_the_token(listener: Listener, words: str) -> None:
    listener.guided().at_hold(3).says("hold on")
    listener.says(words)
    other = listener.again()
    assert other.says("carry on").outcome is Outcome.CLARIFY
    assert "no stretch running" in other.words
