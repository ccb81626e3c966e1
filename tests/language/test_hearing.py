"""What the ear makes of words and of intents, before the core sees them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skill.core.conversation import ROUTES
from skill.core.library import Library
from skill.core.turn import Slot
from skill.language.hearing import EVENTS, FALLBACK, Ear, Heard
from skill.language.templates import QUERY


@pytest.fixture(scope="module")
def ear(library: Library) -> Ear:
    return Ear(library)


@pytest.mark.parametrize("text", ["", " ", "\n\t"])
def test_no_words_are_silence(ear: Ear, text: str) -> None:
    assert ear.text(text) == Heard("silence", "Silence")


@pytest.mark.parametrize("text", ["um", "...", "purple bananas on the roof"])
def test_words_without_a_meaning_are_unmatched_and_no_silence(ear: Ear, text: str) -> None:
    heard = ear.text(text)
    assert (heard.route, heard.intent, heard.confidence) == ("unmatched", FALLBACK, 0.0)


@pytest.mark.parametrize(
    ("text", "intent", "route", "action"),
    [
        ("yes", "AMAZON.YesIntent", "yes", None),
        ("nothing", "AMAZON.NoIntent", "no", None),
        ("stop", "AMAZON.StopIntent", "stop", "stop"),
        ("Hold on!", "AMAZON.PauseIntent", "pause", "pause"),
        ("a little", "HedgeIntent", "hedge", None),
        ("not really", "WeakNoIntent", "weak_no", None),
        ("i don't know", "UnsureIntent", "unsure", None),
        ("i'm ready", "ReadyIntent", "ready", None),
        ("only at night", "HedgeIntent", "hedge", None),
    ],
)
def test_a_sample_is_its_intent(ear: Ear, text: str, intent: str, route: str, action: str | None) -> None:
    heard = ear.text(text)
    assert (heard.intent, heard.route, heard.action) == (intent, route, action)
    assert heard.flags == ()


def test_whole_words_are_surer_than_words_between_fillers(ear: Ear) -> None:
    assert ear.text("the figure four").confidence == 1.0
    filled = ear.text("well the figure four please")
    assert (filled.intent, filled.slots) == ("StretchIntent", {"stretch": "supine_figure_four"})
    assert filled.confidence == 0.9


def test_an_answer_names_its_topic(ear: Ear) -> None:
    heard = ear.text("is it bad to crack my back")
    assert (heard.route, heard.topic) == ("ask", "is_it_bad")


@pytest.mark.parametrize(
    ("text", "flag"),
    [
        ("no feeling between my legs", "e01_saddle_numbness"),
        ("no it hurts", "s01_pain"),
        ("yes my leg is numb", "d06_leg_nerve"),
        ("next my chest hurts", "e07_chest_pain"),
        ("carry on but my foot drags", "e05_progressive_weakness"),
    ],
)
def test_a_sign_outranks_whatever_else_was_said(ear: Ear, text: str, flag: str) -> None:
    heard = ear.text(text)
    assert heard.route == "symptom"
    assert heard.flags[0] == flag
    assert heard.slots == {"symptom": flag}
    assert heard.action is None


@pytest.mark.parametrize(
    ("text", "intent", "flag"),
    [
        ("do the chair twist for my dad", None, "d17_third_party"),
        ("is it bad to crack my back", "AskIsItBadIntent", None),
        ("what is sciatica", "DefineIntent", None),
    ],
)
def test_a_question_and_a_request_stay_what_they_are(
    ear: Ear, text: str, intent: str | None, flag: str | None
) -> None:
    heard = ear.text(text)
    assert heard.flags == ((flag,) if flag else ())
    if intent:
        assert heard.intent == intent


@pytest.mark.parametrize("text", ["no numbness", "i'm not dizzy at all", "my leg is not numb"])
def test_a_denied_sign_is_a_no(ear: Ear, text: str) -> None:
    heard = ear.text(text)
    assert (heard.route, heard.flags) == ("no_symptom", ())


@pytest.mark.parametrize("text", ["numbness went away", "i used to have sciatica", "i had a fall years ago"])
def test_a_past_sign_is_a_weak_no_which_is_asked_about_again(ear: Ear, text: str) -> None:
    heard = ear.text(text)
    assert (heard.route, heard.flags) == ("weak_no", ())
    assert heard.confidence < 1


def test_free_words_in_a_question_are_listened_to(ear: Ear) -> None:
    assert ear.text("i have a question is it bad to crack my back").topic == "is_it_bad"
    assert ear.text("my question is my leg is numb").flags == ("d06_leg_nerve",)
    query = ear.intent("QuestionIntent", {"query": Slot("no i can't feel it when i wipe")})
    assert query.flags == ("e01_saddle_numbness",)
    assert ear.intent("QuestionIntent", {"query": Slot("is it bad to crack my back")}).topic == "is_it_bad"


@pytest.mark.parametrize(("name", "route"), EVENTS.items())
def test_an_event_is_its_route(ear: Ear, name: str, route: str) -> None:
    assert ear.intent(name, {}) == Heard(route, name)
    assert route in ROUTES


def test_an_unknown_intent_is_unmatched(ear: Ear) -> None:
    assert ear.intent("NobodysIntent", {"symptom": Slot("numb")}) == Heard("unmatched", FALLBACK)


def test_slots_nobody_declared_are_left_out(ear: Ear) -> None:
    heard = ear.intent("AMAZON.YesIntent", {"nonsense": Slot("numb", "s02_nerve")})
    assert (heard.slots, heard.flags) == ({}, ())


@pytest.mark.parametrize(
    ("slot", "value"),
    [
        (Slot("figure four", "supine_figure_four"), "supine_figure_four"),
        (Slot("supine_figure_four"), "supine_figure_four"),
        (Slot("figure four"), "supine_figure_four"),
        (Slot("banana"), "banana"),
    ],
)
def test_a_slot_is_its_platforms_id_or_our_own_or_its_words(ear: Ear, slot: Slot, value: str) -> None:
    assert ear.intent("StretchIntent", {"stretch": slot}).slots == {"stretch": value}


@pytest.mark.parametrize(
    "slot", [Slot("numb", "s02_nerve"), Slot("s02_nerve"), Slot("tingly"), Slot("all tingly and numb")]
)
def test_a_symptom_slot_raises_its_flag_however_it_was_resolved(ear: Ear, slot: Slot) -> None:
    heard = ear.intent("SymptomIntent", {"symptom": slot})
    assert (heard.route, heard.flags) == ("symptom", ("s02_nerve",))


@pytest.mark.parametrize(
    "slot", [Slot("tingling", "s02_nerve"), Slot("tingling"), Slot("numbness in my leg")]
)
def test_no_and_a_symptom_is_a_no(ear: Ear, slot: Slot) -> None:
    heard = ear.intent("NoSymptomIntent", {"symptom": slot})
    assert (heard.route, heard.flags) == ("no_symptom", ())


@pytest.mark.parametrize(
    ("words", "flag"),
    [
        ("feeling between my legs", "e01_saddle_numbness"),
        ("control over my bladder", "e02_bladder_change"),
        ("numbness but my foot drags", "e05_progressive_weakness"),
    ],
)
def test_a_no_that_is_the_symptom_itself_is_heard_in_the_slot_of_a_denial(
    ear: Ear, words: str, flag: str
) -> None:
    assert ear.intent("NoSymptomIntent", {"symptom": Slot(words)}).flags == (flag,)


def test_every_slot_with_words_of_its_own_is_listened_to(ear: Ear, library: Library) -> None:
    """Alexa puts what it does not know into the slot that fits best: "stretch my numb leg"."""
    for intent in library.intents.values():
        for slot in intent.slots:
            heard = ear.intent(intent.name, {slot: Slot("it but my chest hurts")})
            assert heard.flags == ("e07_chest_pain",), (intent.name, slot)


def test_every_intent_is_heard_under_its_own_name(ear: Ear, library: Library) -> None:
    for intent in library.intents.values():
        if QUERY not in intent.slots.values():
            heard = ear.intent(intent.name, {})
            assert (heard.intent, heard.route, heard.topic) == (intent.name, intent.route, intent.topic)


@given(st.text(max_size=80))
def test_any_words_at_all_find_a_route(ear: Ear, text: str) -> None:
    assert ear.text(text).route in ROUTES
