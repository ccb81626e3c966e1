"""Words that fit no sample: signs, replies and questions, by where they are said."""

from __future__ import annotations

import pytest

from skill.core.library import Library, Severity
from skill.core.player import State
from skill.core.session import Asked
from skill.core.turn import Slot
from skill.language.deciding import Context
from skill.language.hearing import Ear
from skill.lazy import LazyMatcher

IDLE, SCREENING, GUIDING = (Context(state) for state in (State.IDLE, State.SCREENING, State.GUIDING))


@pytest.fixture(scope="module")
def ear(library: Library, matcher: LazyMatcher) -> Ear:
    return Ear(library, matcher)


def grave(ear: Ear, library: Library, flags: tuple[str, ...]) -> bool:
    severities = {flag.id: flag.severity for flag in library.safety.flags}
    return any(severities[id_] is not Severity.MODIFY for id_ in flags)


@pytest.mark.parametrize("context", [IDLE, SCREENING, GUIDING], ids=lambda context: context.state)
def test_what_strangers_report_is_heard_in_every_state(ear: Ear, library: Library, context: Context) -> None:
    reports = [words for flag in library.safety.flags for words in flag.reports if flag.severity != "modify"]
    some = reports[::40]
    missed = [words for words in some if not grave(ear, library, ear.text(words, context).flags)]
    assert len(missed) <= 0.03 * len(some), missed


def test_what_is_harmless_alarms_nobody(ear: Ear, library: Library) -> None:
    some = library.safety.harmless[::12]
    for context in (IDLE, GUIDING):
        alarmed = [words for words in some if grave(ear, library, ear.text(words, context).flags)]
        assert len(alarmed) <= 0.02 * len(some), alarmed


def test_a_report_is_met_alike_in_a_slot_of_alexa_s(ear: Ear, library: Library) -> None:
    for flag in library.safety.flags:
        for words in flag.reports[::30]:
            said = ear.text(words, GUIDING).flags
            slot = ear.intent("SymptomIntent", {"symptom": Slot(words)}, GUIDING).flags
            assert grave(ear, library, said) == grave(ear, library, slot), words


@pytest.mark.parametrize(
    ("words", "context", "route"),
    [
        ("nope hang on i do actually", SCREENING, "yes"),
        ("nah none of that thanks be to god", SCREENING, "no"),
        ("only when i bend right over", SCREENING, "hedge"),
        ("could we please get on with it now", SCREENING, "skip_screen"),
        ("gravel and custard", SCREENING, "unmatched"),
        ("gravel and custard", GUIDING, "unmatched"),
        ("so like could we uh loosen my bum", IDLE, "request"),
        ("don't you dare give up on me now", GUIDING, "resume"),
        ("you're talking far too fast for me love", GUIDING, "slower"),
        ("how long", GUIDING, "time_left"),
        ("which leg", GUIDING, "which_side"),
    ],
)
def test_words_mean_what_fits_where_they_are_said(ear: Ear, words: str, context: Context, route: str) -> None:
    heard = ear.text(words, context)
    assert heard.route == route
    assert not heard.flags


def test_two_near_answers_are_both_offered_and_a_choice_is_heard_then_only(ear: Ear) -> None:
    heard = ear.text("is it the chair or the roller that is better for a beginner", IDLE)
    assert heard.route == "either"
    assert len(set(heard.choices)) == 2
    assert heard.confidence < 0.5
    which = Context(State.IDLE, Asked.WHICH)
    assert ear.text("the second one", which).slots == {"ordinal": "second"}


def test_a_guess_tells_how_sure_it_is_and_what_came_next(ear: Ear) -> None:
    heard = ear.text("tell me what makes that noise inside my lumbar spine", IDLE)
    assert 0 < heard.confidence < 0.9
    assert heard.runner_up


@pytest.mark.parametrize("words", ["um", "...", "the", "oh well", "so like"])
def test_words_that_mean_nothing_are_not_guessed_at(ear: Ear, words: str) -> None:
    for context in (IDLE, SCREENING, GUIDING):
        assert ear.text(words, context).route == "unmatched"


@pytest.mark.parametrize("words", ["fine", "i'm alright", "very well thanks", "okay"])
def test_a_casual_word_is_no_answer_to_a_safety_question(ear: Ear, words: str) -> None:
    assert ear.text(words, SCREENING).route == "unmatched"


@pytest.mark.parametrize(
    "words",
    [
        "no no yes",
        "no numbness until i sit",
        "no pain since the bypass",
        "not numb as such more sort of cotton wool in the left foot",
    ],
)
def test_a_denial_that_is_bounded_or_answered_both_ways_opens_nothing(ear: Ear, words: str) -> None:
    for context in (SCREENING, GUIDING):
        assert ear.text(words, context).route not in ("no", "no_symptom")


@pytest.mark.parametrize(
    "words",
    [
        "not comfortable at all",
        "feels great except the sharp bit at the end",
        "next please ignore the pain",
        "ooh no sharp pain sharp pain",
        "no pain on the left just the right",
    ],
)
def test_a_stretch_does_not_go_on_by_a_guess_where_there_may_be_a_sign(ear: Ear, words: str) -> None:
    assert ear.text(words, GUIDING).route in ("symptom", "unmatched", "hedge")


@pytest.mark.parametrize("words", ["i can't get down to the floor", "nothing on the floor please"])
def test_who_cannot_be_on_the_floor_is_not_sent_there(ear: Ear, words: str) -> None:
    heard = ear.text(words, IDLE)
    assert heard.slots.get("position") == "chair" or "m02_no_floor" in heard.flags
