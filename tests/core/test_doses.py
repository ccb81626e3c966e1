"""Doses are counted, however they are reached."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from skill.app import App
from skill.core.cues import BEGUN_SECONDS
from skill.core.turn import Outcome
from tests.helpers import Listener, hold_seconds

WORDS = [
    "repeat",
    "previous",
    "start over",
    "next",
    "carry on",
    "the figure four",
    "ready",
    "no",
    "which side",
]


def test_the_third_round_is_the_last_however_often_it_is_asked_for(listener: Listener) -> None:
    listener.guided("the chair twist").to_the_end()
    assert hold_seconds(listener.reply) == {"left": 20}
    listener.says("repeat")
    assert hold_seconds(listener.reply) == {"left": 10}
    listener.to_the_end()
    assert listener.says("repeat").outcome is Outcome.DECLINE
    assert "That was your third round" in listener.words
    assert listener.says("previous").outcome is Outcome.DECLINE
    assert listener.says("start over").outcome is Outcome.DECLINE
    assert hold_seconds(listener.says("next")) == {"right": 20}


def test_rounds_are_counted_also_when_no_time_passes(listener: Listener) -> None:
    listener.guided()
    outcomes = [listener.says("start over").outcome for _ in range(4)]
    assert outcomes == [Outcome.NAVIGATE, Outcome.NAVIGATE, Outcome.DECLINE, Outcome.DECLINE]


def test_a_hold_that_is_begun_again_counts_again(listener: Listener) -> None:
    listener.guided().at_hold(5)
    for left in (2, 1):
        listener.says("say that again")
        assert hold_seconds(listener.reply) == {"left": 20.0 * left}
        listener.at_hold(5)
    assert listener.says("say that again").outcome is Outcome.DECLINE


def test_asking_for_the_same_stretch_again_adds_nothing_to_its_dose(listener: Listener) -> None:
    listener.guided("the chair twist").to_the_end().says("next")
    listener.to_the_end().says("done")
    listener.screened("the chair twist").says("ready")
    assert hold_seconds(listener.reply) == {"left": 10}
    listener.to_the_end().says("next")
    listener.to_the_end().says("done")
    listener.screened("the chair twist")
    assert listener.says("ready").outcome is Outcome.DECLINE
    assert listener.state == "idle"


def test_a_stretch_whose_dose_is_used_up_is_left_out_by_next(listener: Listener) -> None:
    listener.guided("the knee roll").to_the_end()
    for words in ("repeat", "next"):
        listener.says(words)
        listener.to_the_end()
    listener.says("repeat")
    listener.to_the_end().says("done")
    listener.screened("the hip routine")
    assert listener.says("ready").outcome is Outcome.DECLINE


@settings(max_examples=100, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(WORDS), st.sampled_from([0, 1, 20, 60, 120])), max_size=25))
def test_no_path_goes_past_three_rounds_a_side(app: App, turns: list[tuple[str, int]]) -> None:
    """What is really held, by the clock, is counted here, beside the skill's own count."""
    one = Listener(app, user=f"doses {turns}")
    one.guided()
    begun: dict[str, int] = {}
    for words, seconds in turns:
        spoken, guiding = one.reply, one.state == "guiding"
        one.wait(seconds)
        if guiding:
            clock, fresh = 0.0, True
            for segment in spoken.segments:
                length = getattr(segment, "seconds", None)
                if length is None:
                    fresh = fresh or segment.cue == "move"
                    length = len(getattr(segment, "text", "").split()) / 2.6
                elif segment.cue == "hold" and fresh:
                    fresh = False
                    if clock + BEGUN_SECONDS <= seconds:
                        key = f"{segment.stretch} {segment.side}"
                        begun[key] = begun.get(key, 0) + 1
                if segment.cue == "resume":
                    fresh = False
                clock += length
        one.says(words)
        assert all(count <= 3 for count in begun.values()), begun


@pytest.mark.parametrize("words", ["skip this one", "next", "done"])
def test_the_last_block_is_followed_by_the_end(listener: Listener, words: str) -> None:
    listener.guided().says("next")
    assert listener.to_the_end().says(words).outcome is Outcome.END
