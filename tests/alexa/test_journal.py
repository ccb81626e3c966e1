"""What is logged of a turn: nothing that tells of anyone's health."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from skill import logs
from skill.alexa import journal
from skill.alexa.journal import OTHER, Entry
from skill.alexa.request import project
from skill.app import App
from skill.core.library import Library
from skill.core.turn import Milestone, Outcome, Reached
from tests.alexa import envelopes
from tests.alexa.envelopes import QUIET, USER, Json
from tests.log_lines import Lines, configured

UNTOLD = (
    *(Outcome.STOP, Outcome.URGENT, Outcome.EMERGENCY, Outcome.DEFER, Outcome.DECLINE, Outcome.ANSWER),
    *(Outcome.CLARIFY, Outcome.ABOUT),
)
"""Outcomes whose lines name nobody."""
SECRET = "my left leg is numb"


@pytest.fixture
def lines() -> Iterator[Lines]:
    with configured() as lines:
        yield lines


def written(app: App, lines: Lines, event: Json, entry: Entry | None = None) -> Json:
    """The line of an event; it holds what is allowed only."""
    journal.write(app, project(event), entry or Entry(), 12.3456)
    line = lines.all[-1]
    assert line.keys() <= logs.FIELDS
    assert (line["message"], line["level"], line["logger"]) == ("turn", "INFO", "skill.alexa.journal")
    assert line["milliseconds"] == 12.3
    assert USER not in lines.text
    return line


def test_a_turn_is_told_by_its_names_and_times(app: App, lines: Lines) -> None:
    entry = Entry(USER, Outcome.GUIDE, "hip_routine")
    line = written(app, lines, envelopes.intent("NextStepIntent"), entry)
    assert line.keys() == {
        *("time", "level", "logger", "message", "request", "intent", "locale", "milliseconds"),
        *("outcome", "routine", "user"),
    }
    assert (line["request"], line["intent"], line["locale"]) == ("IntentRequest", "NextStepIntent", "en-US")
    assert (line["outcome"], line["routine"]) == ("guide", "hip_routine")


def test_a_milestone_is_told_with_its_routine(app: App, lines: Lines) -> None:
    for milestone in Milestone:
        entry = Entry(USER, Outcome.END, "hip_ease", reached=Reached(milestone, "hip_ease"))
        line = written(app, lines, envelopes.intent("NextStepIntent"), entry)
        assert (line["milestone"], line["routine"]) == (milestone, "hip_ease")


def test_who_has_passed_the_screen_is_not_named(app: App, lines: Lines) -> None:
    """A "no" may come in an intent whose lines name their listener."""
    for milestone in Milestone:
        entry = Entry(USER, Outcome.OFFER, reached=Reached(milestone, None))
        line = written(app, lines, envelopes.intent("NextStepIntent"), entry)
        assert ("user" in line) is (milestone is not Milestone.SCREENED)


def test_what_nobody_understood_is_told_and_names_nobody(app: App, lines: Lines) -> None:
    entry = Entry(USER, Outcome.CLARIFY, route="unmatched")
    line = written(app, lines, envelopes.intent("AMAZON.FallbackIntent"), entry)
    assert line["understood"] is False
    assert "user" not in line
    entry = Entry(USER, Outcome.CLARIFY, route="next")
    assert "understood" not in written(app, lines, envelopes.intent("NextStepIntent"), entry)


def test_a_launch_has_no_intent(app: App, lines: Lines) -> None:
    line = written(app, lines, envelopes.launch(), Entry(USER, Outcome.OFFER))
    assert "intent" not in line
    assert line["routine"] is None


@pytest.mark.parametrize("event", QUIET.values(), ids=QUIET)
def test_what_is_no_turn_names_nobody(app: App, lines: Lines, event: Json) -> None:
    line = written(app, lines, event)
    assert not {"user", "outcome", "routine"} & line.keys()


def test_names_that_nobody_here_knows_are_not_repeated(app: App, lines: Lines) -> None:
    event = envelopes.intent(SECRET)
    event["request"] |= {"locale": SECRET}
    line = written(app, lines, event)
    assert (line["intent"], line["locale"], line["request"]) == (OTHER, OTHER, "IntentRequest")
    event["request"]["type"] = SECRET
    assert written(app, lines, event)["request"] == OTHER
    event["request"]["locale"] = None
    assert written(app, lines, event)["locale"] == OTHER
    event["request"]["locale"] = "de-DE"
    assert written(app, lines, event)["locale"] == OTHER
    assert SECRET not in lines.text


def test_words_of_a_slot_are_not_written(app: App, lines: Lines) -> None:
    slots = {"symptom": envelopes.slot("symptom", SECRET)}
    written(app, lines, envelopes.intent("SymptomIntent", slots), Entry(USER, Outcome.STOP))
    assert SECRET not in lines.text


def test_every_outcome_either_names_its_listener_or_never_does(app: App, lines: Lines) -> None:
    assert set(UNTOLD) | journal.OUTCOMES == set(Outcome)
    assert not set(UNTOLD) & journal.OUTCOMES
    for outcome in Outcome:
        line = written(app, lines, envelopes.intent("NextStepIntent"), Entry(USER, outcome))
        assert ("user" in line) is (outcome not in UNTOLD), outcome
        assert line["outcome"] == outcome


def test_what_may_answer_a_safety_question_is_withheld_and_names_nobody(
    app: App, library: Library, lines: Lines
) -> None:
    for intent in library.intents.values():
        if intent.route in journal.ROUTES | journal.IMPERSONAL:
            continue
        for outcome in Outcome:
            line = written(app, lines, envelopes.intent(intent.name), Entry(USER, outcome))
            assert line["intent"] == journal.WITHHELD
            assert "user" not in line
    assert app.pseudonym(USER) not in lines.text


@pytest.mark.parametrize(
    "name",
    [
        *("AMAZON.YesIntent", "AMAZON.NoIntent", "SymptomIntent", "NoSymptomIntent", "PainIntent"),
        *("TightIntent", "HedgeIntent", "UnsureIntent", "WeakNoIntent", "WhoIntent", "ComfortableIntent"),
    ],
)
def test_these_may_answer_a_safety_question(library: Library, name: str) -> None:
    assert library.intents[name].route not in journal.ROUTES | journal.IMPERSONAL


def test_every_other_intent_is_known_by_its_name(app: App, library: Library, lines: Lines) -> None:
    for intent in library.intents.values():
        if intent.route in journal.ROUTES | journal.IMPERSONAL:
            assert written(app, lines, envelopes.intent(intent.name))["intent"] == intent.name


def test_a_question_names_nobody(app: App, lines: Lines) -> None:
    for outcome in Outcome:
        line = written(app, lines, envelopes.intent("AskSoundCauseIntent"), Entry(USER, outcome))
        assert "user" not in line


def test_every_route_that_is_named_exists(library: Library) -> None:
    routes = {intent.route for intent in library.intents.values()}
    assert routes >= journal.ROUTES | journal.IMPERSONAL


def test_a_listener_has_one_name_in_all_lines_and_another_in_the_store(app: App, lines: Lines) -> None:
    def named(user: str) -> str:
        return str(written(app, lines, envelopes.launch(), Entry(user, Outcome.OFFER))["user"])

    name = named(USER)
    assert name == named(USER) == app.pseudonym(USER)
    assert name != named("amzn1.ask.account.ANOTHER")
    assert len(name) == 12
    key = app._hashed(USER)
    assert name not in key
    assert key[:12] not in lines.text


def test_the_name_of_a_listener_depends_on_the_key(app: App, library: Library) -> None:
    other = App(library, app._store, b"another key")
    assert other.pseudonym(USER) != app.pseudonym(USER)
