"""Every never-say rule fires on what it forbids, and not on a sentence that refuses or corrects it."""

from __future__ import annotations

import pytest

from skill.authoring.never_say import RULES, broken
from skill.authoring.spoken import Kind, spoken
from skill.core.library import Level, Library

BAD = [
    ("L01", "This stretch is safe for everyone."),
    ("L01", "The knee roll is totally safe."),
    ("L01", "It is always safe to twist."),
    ("L02", "It is risk-free."),
    ("L02", "There is no risk in a slow twist."),
    ("L02", "A small twist can't hurt."),
    ("L02", "A slow roll is harmless."),
    ("L03", "This will fix your back."),
    ("L03", "It'll relieve the ache."),
    ("L03", "You get instant relief."),
    ("L03", "It always works."),
    ("L03", "I guarantee a looser back."),
    ("L04", "Twist until it pops."),
    ("L04", "You should hear a pop."),
    ("L04", "Listen for the sound."),
    ("L04", "Release when you feel your back pop."),
    ("L04", "That gives you better chances of cracking."),
    ("L04", "We aim for a pop."),
    ("L05", "Pull deeper into the twist."),
    ("L05", "Push through the pain."),
    ("L05", "Use your body weight."),
    ("L05", "Have a friend press on it."),
    ("L05", "Press harder."),
    ("L06", "The tilt helps to realign your discs."),
    ("L06", "Your hip is out of place."),
    ("L06", "A disc can slip out."),
    ("L06", "It puts the joint back in."),
    ("L06", "This adjusts your spine."),
    ("L06", "It is a subluxation."),
    ("L07", "It's just a strain."),
    ("L07", "You probably have a pulled disc."),
    ("L07", "That sounds like sciatica."),
    ("L07", "You have arthritis."),
    ("L08", "The figure four treats sciatica."),
    ("L08", "It prevents back pain."),
    ("L08", "A twist heals a disc."),
    ("L09", "Don't worry about it."),
    ("L09", "No, that is perfectly normal."),
    ("L09", "It is nothing serious."),
    ("L09", "Just ignore it."),
    ("L09", "There is no need for a doctor."),
    ("L10", "Do this instead of seeing a doctor."),
    ("L10", "It is better than a {clinician}."),
    ("L10", "Doctor-approved stretches."),
    ("L10", "The method is clinically proven."),
    ("L11", "Take two ibuprofen first."),
    ("L11", "You can stop your tablets."),
    ("L11", "Start with 400 mg."),
    ("L12", "Crack your neck to one side."),
    ("L12", "Now turn your head slowly."),
    ("L13", "Put the roller under your lower back."),
    ("L13", "Roll your lower back slowly."),
    ("L14", "Press on the sore spot."),
    ("L14", "Dig your knuckles into the spot that hurts."),
    ("L15", "Hold your breath."),
    ("L16", "I'll call 911 for you."),
    ("L16", "I can call an ambulance."),
    ("L16", "It may save your life."),
    ("L17", "Call 911 now."),
    ("L17", "Dial nine nine nine."),
    ("L18", "If it doesn't work, try a stronger one."),
    ("L18", "If your back is still stiff, do the next one."),
    ("L19", "It helps 80 percent of people."),
    ("L19", "One in five mothers has it."),
    ("L20", "The stretch is endorsed by doctors."),
    ("L20", "I am an official Amazon coach."),
    ("L21", "Crack your back slowly."),
    ("L21", "Then pop your hip."),
    ("L22", "The twist releases toxins."),
    ("L22", "It will reset your spine."),
    ("L22", "It sets trapped energy free."),
    ("L23", "Twisting always helps."),
    ("L23", "Everyone can do this."),
    ("L24", "Five seconds left."),
    ("L24", "You left in the middle."),
    ("L24", "All right, here we go."),
    ("L24", "That is the right stretch for you."),
    ("L25", "You are good to go."),
    ("L25", "All clear."),
    ("L25", "You passed the questions."),
    ("L25", "It is safe to stretch."),
    ("L25", "Nice, that was a great pop."),
]
FINE = [
    ("L01", "I can't say that it is safe for everyone."),
    ("L02", "A stretch should never hurt."),
    ("L03", "No stretch is sure to fix a back."),
    ("L04", "I don't aim for a pop."),
    ("L04", "One article goes on until it pops, and I leave that out."),
    ("L05", "Never push through pain."),
    ("L06", "Discs do not slip out."),
    ("L06", "One article says that it can realign them."),
    ("L07", "If you have arthritis, ask a doctor first."),
    ("L07", "I can't say whether you have sciatica."),
    ("L08", "No stretch here treats sciatica."),
    ("L09", "Don't ignore it."),
    ("L10", "It is no substitute for a doctor."),
    ("L11", "Don't stop your tablets because of me."),
    ("L11", "Do you take steroid pills or blood thinners?"),
    ("L12", "I don't twist the neck."),
    ("L13", "Keep the roller off your waist, and never under your lower back."),
    ("L13", "The roller under the lower back is for people who were cleared."),
    ("L14", "Do not press on a sore spot."),
    ("L14", "One article presses on the sore spot, and I don't."),
    ("L15", "Breathe slowly, and never hold your breath."),
    ("L16", "I can't call anyone for you."),
    ("L17", "Call {emergency_number} now."),
    ("L18", "If it does not pop, leave it there."),
    ("L18", "I don't go on to a stronger one."),
    ("L20", "Nothing here is endorsed by anyone."),
    ("L21", "Please do not crack your back."),
    ("L21", "A constant urge to crack it is worth a check."),
    ("L22", "A stretch releases no toxins."),
    ("L23", "It should never hurt."),
    ("L24", "Your left knee sinks toward the right."),
    ("L24", "Do it on the left or right side, as {side} and {other_side}."),
    ("L25", "A pop without pain can happen."),
]


def fired(text: str, kind: Kind = Kind.ANSWER, level: Level | None = None) -> set[str]:
    return {rule.id for rule, _ in broken(text, kind, level)}


def test_the_rules_are_those_of_the_safety_facts() -> None:
    assert [rule.id for rule in RULES] == [f"L{number:02}" for number in range(1, 26)]
    assert {id_ for id_, _ in BAD} == {rule.id for rule in RULES}


@pytest.mark.parametrize(("id_", "text"), BAD)
def test_a_rule_fires_on_what_it_forbids(id_: str, text: str) -> None:
    assert id_ in fired(text)


@pytest.mark.parametrize(("id_", "text"), FINE)
def test_a_rule_lets_a_refusal_or_a_correction_be(id_: str, text: str) -> None:
    assert id_ not in fired(text)


def test_the_words_that_are_wrong_are_told() -> None:
    ((rule, words),) = broken("Breathe out. Hold your breath, then rest.", Kind.STRETCH)
    assert (rule.id, words) == ("L15", "hold your breath")


def test_a_negation_reaches_no_further_than_its_clause() -> None:
    assert fired("I don't promise it, but this will fix your back.") == {"L03"}
    assert fired("I promise nothing. This will fix your back.") == {"L03"}
    assert fired("I don't say that this will fix your back.") == set()


def test_a_cleared_stretch_may_name_the_roller_under_the_lower_back() -> None:
    words = "Lower yourself onto the roller."
    assert fired(words, Kind.STRETCH, Level.CLEARED) == set()
    assert fired(words, Kind.STRETCH, Level.CAREFUL) == {"L13"}


def test_only_the_table_of_places_has_numbers_to_call() -> None:
    assert fired("911", Kind.LOCALE) == set()
    assert fired("911", Kind.PHRASE) == {"L17"}


def test_a_source_may_name_its_numbers() -> None:
    words = "A review that found it in one out of five people."
    assert fired(words, Kind.SOURCE) == set()
    assert fired(words, Kind.ANSWER) == {"L19"}


def test_a_curly_apostrophe_is_an_apostrophe() -> None:
    assert fired("Don\u2019t worry about it.") == {"L09"}


def test_every_spoken_text_of_the_content_is_looked_at(library: Library) -> None:
    texts = list(spoken(library))
    assert {text.kind for text in texts} == set(Kind)
    heard = {text.text for text in texts}
    for stretch in library.stretches.values():
        assert {stretch.set_up, stretch.move, stretch.way_out, stretch.purpose, stretch.name} <= heard
        assert stretch.caution is None or stretch.caution in heard
    for answer in library.answers.values():
        assert {answer.answer, answer.where_from} <= heard
    assert {phrase.say for phrase in library.phrases.values()} <= heard
    assert {flag.advice for flag in library.safety.flags} <= heard
    assert {refusal.reply for refusal in library.safety.refusals} <= heard
