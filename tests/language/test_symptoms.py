"""What raises a flag: the lines of `tests/utterances/symptoms.yaml`, and the content's own."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import Struct

from skill.authoring.yaml_files import read
from skill.core.library import Flag, Library, Severity
from skill.core.safety import PRECEDENCE
from skill.language.normalise import Normaliser
from skill.language.symptoms import Recogniser
from tests import once
from tests.helpers import ROOT


class Lines(Struct, frozen=True, forbid_unknown_fields=True):
    """What has to raise one flag, and what must not."""

    flag: str
    must: tuple[str, ...] = ()
    must_not: tuple[str, ...] = ()


class Utterances(Struct, frozen=True, forbid_unknown_fields=True):
    """`tests/utterances/symptoms.yaml`."""

    flags: tuple[Lines, ...]
    none: tuple[str, ...]


UTTERANCES = read(ROOT / "tests/utterances/symptoms.yaml").convert(Utterances)
LIBRARY = once.built().library
FLAGS = {flag.id: flag for flag in LIBRARY.safety.flags}
MUST = [(lines.flag, text) for lines in UTTERANCES.flags for text in lines.must]
MUST_NOT = [(lines.flag, text) for lines in UTTERANCES.flags for text in lines.must_not]
OTHERWISE = {"i'm pregnant", "i'm pregnant with no bleeding"}
"""`never` sentences that report something else as grave as what locks a routine."""


@pytest.fixture(scope="module")
def recogniser(library: Library) -> Recogniser:
    return Recogniser(library, Normaliser(library.speech))


def with_lifetime(lifetime: bool) -> list[Flag]:
    return [flag for flag in FLAGS.values() if flag.lifetime is lifetime and not flag.alone]


def test_every_flag_of_the_data_exists_and_no_line_stands_twice() -> None:
    assert {lines.flag for lines in UTTERANCES.flags} <= set(FLAGS)
    for pairs in (MUST, MUST_NOT):
        assert len(pairs) == len(set(pairs))
    assert not set(MUST) & set(MUST_NOT)


@pytest.mark.parametrize(("flag", "text"), MUST)
def test_what_has_to_raise_a_flag_raises_it(recogniser: Recogniser, flag: str, text: str) -> None:
    assert flag in recogniser.find(text).flags


@pytest.mark.parametrize(("flag", "text"), MUST_NOT)
def test_what_must_not_raise_a_flag_does_not(recogniser: Recogniser, flag: str, text: str) -> None:
    assert flag not in recogniser.find(text).flags


@pytest.mark.parametrize("text", UTTERANCES.none)
def test_harmless_lines_raise_nothing(recogniser: Recogniser, text: str) -> None:
    assert recogniser.find(text).flags == ()


@pytest.mark.parametrize("id_", FLAGS)
def test_every_way_of_saying_a_flag_raises_it(recogniser: Recogniser, id_: str) -> None:
    flag = FLAGS[id_]
    for text in (*flag.says, *flag.own_negation):
        for said in (text, f"um {text}", f"{text.capitalize()}!", f"no, {text}"):
            if flag.alone and said == f"um {text}":
                continue
            assert id_ in recogniser.find(said).flags, said


@pytest.mark.parametrize("id_", [id_ for id_, flag in FLAGS.items() if flag.own_negation])
def test_a_symptom_that_sounds_like_a_negation_cannot_be_denied_or_asked_away(
    recogniser: Recogniser, id_: str
) -> None:
    for text in FLAGS[id_].own_negation:
        for said in (f"no {text}", f"what if {text}", f"is it bad {text}", f"used to {text}"):
            assert id_ in recogniser.find(said).flags, said


@pytest.mark.parametrize("id_", FLAGS)
def test_no_never_sentence_raises_its_flag(recogniser: Recogniser, id_: str) -> None:
    for text in FLAGS[id_].never:
        for said in (text, f"{text} thank you", f"Um, {text}."):
            flags = recogniser.find(said).flags
            assert id_ not in flags, said
            others = {flag for flag in flags if FLAGS[flag].severity is not Severity.MODIFY}
            assert not others or text in OTHERWISE, (said, others)


@pytest.mark.parametrize("id_", sorted(set(FLAGS) - {"s12_help", "d17_third_party"}))
def test_a_never_right_before_a_sign_denies_it(recogniser: Recogniser, id_: str) -> None:
    """Where the sign opens no statement of its own: "never a fever", but not "never mind i have a fever"."""
    opening = {"not", "mom", *LIBRARY.speech.subjects}
    normaliser = Normaliser(LIBRARY.speech)
    signs = [text for text in FLAGS[id_].says if not opening.intersection(normaliser.words(text))]
    assert [text for text in signs if id_ in recogniser.find(f"never {text}").flags] == []


@pytest.mark.parametrize("flag", with_lifetime(True), ids=lambda flag: flag.id)
def test_what_lasts_a_lifetime_is_not_over_because_it_is_past(recogniser: Recogniser, flag: Flag) -> None:
    for text in flag.says:
        assert flag.id in recogniser.find(f"{text} years ago").flags, text


@pytest.mark.parametrize(
    "text",
    ["numbness went away", "the numbness has gone", "i used to have sciatica", "i had a fall years ago"],
)
def test_a_past_sign_is_past_and_neither_reported_nor_denied(recogniser: Recogniser, text: str) -> None:
    found = recogniser.find(text)
    assert found.past
    assert not found.flags
    assert not found.denied


def test_a_sign_that_has_gone_on_to_be_is_not_past(recogniser: Recogniser) -> None:
    assert not recogniser.find("my leg has gone weak").past


@pytest.mark.parametrize(
    "text", ["no numbness", "i'm not dizzy", "without any tingling", "never had sciatica"]
)
def test_a_denied_sign_is_denied(recogniser: Recogniser, text: str) -> None:
    found = recogniser.find(text)
    assert found.denied
    assert not found.flags
    assert not found.past


def test_a_negation_ends_at_every_clause_break(recogniser: Recogniser) -> None:
    for word in LIBRARY.speech.clause_breaks:
        found = recogniser.find(f"no numbness {word} dizzy")
        assert found.flags == ("s04_dizzy",), word
        assert found.denied


def test_a_negation_reaches_five_words_and_no_further(recogniser: Recogniser) -> None:
    assert recogniser.find("no one two three four dizzy").flags == ()
    assert recogniser.find("no one two three four five dizzy").flags == ("s04_dizzy",)


def test_a_negation_ends_where_a_new_statement_begins(recogniser: Recogniser) -> None:
    for subject in LIBRARY.speech.subjects:
        assert recogniser.find(f"no {subject} dizzy").flags == ("s04_dizzy",), subject


def test_what_looks_like_a_negation_denies_nothing(recogniser: Recogniser) -> None:
    for phrase in LIBRARY.speech.not_negations:
        assert recogniser.find(f"{phrase} dizzy").flags == ("s04_dizzy",), phrase


def test_what_is_supposed_is_not_reported(recogniser: Recogniser) -> None:
    for phrase in LIBRARY.speech.conditionals:
        assert recogniser.find(f"{phrase} dizzy").flags == (), phrase
        assert recogniser.find(f"dizzy {phrase}").flags == ("s04_dizzy",), phrase


def test_a_question_reports_nothing_unless_it_is_about_the_speaker(recogniser: Recogniser) -> None:
    for opener in LIBRARY.speech.question_openers:
        assert recogniser.find(f"{opener} cracking people dizzy").flags == (), opener
        for person in LIBRARY.speech.first_person:
            reported = () if f"{opener} {person}" in LIBRARY.speech.asking else ("s04_dizzy",)
            assert recogniser.find(f"{opener} {person} dizzy").flags == reported, (opener, person)


def test_what_is_asked_about_at_once_is_not_reported(recogniser: Recogniser) -> None:
    for phrase in LIBRARY.speech.asking:
        assert recogniser.find(f"{phrase} dizzy").flags == (), phrase
        assert recogniser.find(f"{phrase} stop i am dizzy").flags == ("s04_dizzy",), phrase


def test_a_sign_of_someone_else_is_a_third_party_and_an_emergency_stays_one(recogniser: Recogniser) -> None:
    for person in LIBRARY.speech.others:
        assert recogniser.find(f"{person} is dizzy").flags == ("d17_third_party",), person
        assert recogniser.find(f"{person} has chest pain").flags == ("e07_chest_pain",), person


def test_words_that_only_say_how_much_change_nothing(recogniser: Recogniser) -> None:
    for word in LIBRARY.speech.intensifiers:
        assert recogniser.find(f"i can not {word} feel my legs").flags == ("e04_both_legs",), word
        assert recogniser.find(f"my {word} foot {word} drags").flags == ("e05_progressive_weakness",), word


SAYS = st.sampled_from([(flag.id, text) for flag in FLAGS.values() if not flag.alone for text in flag.says])


@given(first=SAYS, second=SAYS)
def test_the_gravest_of_several_flags_comes_first(
    recogniser: Recogniser, first: tuple[str, str], second: tuple[str, str]
) -> None:
    flags = recogniser.find(f"{first[1]} but {second[1]}").flags
    ranks = [PRECEDENCE.index(FLAGS[flag].severity) for flag in flags]
    assert ranks == sorted(ranks)
    assert len(flags) == len(set(flags))
    wanted = [FLAGS[id_].severity for id_, _ in (first, second)]
    if Severity.EMERGENCY in wanted:
        assert FLAGS[flags[0]].severity is Severity.EMERGENCY


@given(st.text(max_size=80))
def test_any_text_at_all_can_be_heard(recogniser: Recogniser, text: str) -> None:
    assert set(recogniser.find(text).flags) <= set(FLAGS)
