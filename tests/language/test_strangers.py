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
