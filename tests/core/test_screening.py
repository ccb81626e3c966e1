"""The gate's answers, class by class (safety facts, section 3)."""

from __future__ import annotations

import pytest

from skill.app import App
from skill.core.conversation import respond
from skill.core.library import Library
from skill.core.player import State
from skill.core.session import Record, new_session
from skill.core.turn import Outcome, Turn
from tests.helpers import NO, NOON, YES, Listener, spoken

BY_QUESTION = {
    1: Outcome.EMERGENCY, 2: Outcome.EMERGENCY, 3: Outcome.URGENT, 4: Outcome.DEFER, 5: Outcome.DEFER,
    6: Outcome.DEFER,
}  # fmt: skip


def at_question(app: App, number: int, user: str) -> Listener:
    one = Listener(app, user=user)
    one.says("the figure four")
    for _ in range(number - 1):
        one.does(NO)
    assert one.session is not None
    assert one.session.question == number
    return one


@pytest.mark.parametrize("number", BY_QUESTION)
@pytest.mark.parametrize(
    "answers",
    [["yes"], ["a little"], ["maybe"], ["not really", "not any more"], ["i don't know", "no idea"], ["pain"]],
)
def test_a_yes_and_what_counts_as_one_end_the_screen(app: App, number: int, answers: list[str]) -> None:
    one = at_question(app, number, f"{number} {answers}")
    for words in answers[:-1]:
        assert one.says(words).listen
        assert one.session is not None
        assert one.session.question == number
    assert one.says(answers[-1]).outcome is BY_QUESTION[number]
    assert one.state is State.LOCKED
    if BY_QUESTION[number] is not Outcome.EMERGENCY:
        assert "lose control of your bladder" in one.words, "the safety net"


@pytest.mark.parametrize("number", BY_QUESTION)
@pytest.mark.parametrize(
    "words",
    ["no", "nope", "none of those", "neither", "nothing like that", "not at all"],
)
def test_a_clear_no_leads_to_the_next_question(app: App, number: int, words: str) -> None:
    one = at_question(app, number, f"{number} {words}")
    one.says(words)
    assert one.session is not None
    assert one.session.question == (0 if number == 6 else number + 1)
    assert one.state is (State.READY if number == 6 else State.SCREENING)


@pytest.mark.parametrize("number", BY_QUESTION)
@pytest.mark.parametrize("words", ["", "purple bananas", "just start", "my back hurts", "feels good"])
def test_unclear_twice_is_no_stretch_and_no_lock(app: App, number: int, words: str) -> None:
    one = at_question(app, number, f"{number} {words} unclear")
    assert one.says(words).outcome is Outcome.CLARIFY
    assert one.session is not None
    assert one.session.question == number
    one.says(words)
    assert one.state is State.IDLE
    assert one.reply.outcome is Outcome.DECLINE
    assert one.says("why does it pop").outcome is Outcome.ANSWER


@pytest.mark.parametrize("number", BY_QUESTION)
def test_questions_back_are_answered_and_do_not_count_as_unclear(app: App, number: int) -> None:
    one = at_question(app, number, f"{number} back")
    for words in (
        "what's a blood thinner",
        "repeat",
        "why does it pop",
        "help",
        "slower",
        "chair",
        "wait",
    ) * 2:
        one.says(words)
        assert one.session is not None
        assert one.session.question == number
    one.does("DefineIntent", word="quux")
    assert one.reply.outcome is Outcome.CLARIFY


DENIALS = {
    1: "no numbness", 2: "i don't have chest pain", 3: "no fever", 4: "i don't have sciatica",
    5: "i don't have osteoporosis", 6: "i'm not pregnant",
}  # fmt: skip


@pytest.mark.parametrize("number", BY_QUESTION)
@pytest.mark.parametrize("denied", [*DENIALS, 0])
def test_a_denied_sign_is_a_no_only_to_the_question_about_it(app: App, number: int, denied: int) -> None:
    one = at_question(app, number, f"{number} denies {denied}")
    one.says(DENIALS.get(denied, "i'm not in any pain"))
    assert one.session is not None
    answered = one.session.question != number
    if denied:
        assert answered is (denied == number or (number, denied) in {(1, 4), (4, 1)})
    else:
        assert answered


@pytest.mark.parametrize("gap", [601, 1700])
def test_a_screen_that_has_waited_too_long_begins_again(app: App, gap: int) -> None:
    one = at_question(app, 6, f"stale {gap}")
    if gap > 601:
        one = at_question(app, 1, f"slow {gap}")
        for _ in range(4):
            one.wait(400).does(NO)
        one.wait(250)
    else:
        one.wait(gap)
    assert one.does(NO).outcome is Outcome.SCREEN
    assert "One of six." in one.words
    assert one.session is not None
    assert one.session.question == 1


def test_a_denied_fever_does_not_answer_a_check_in(listener: Listener) -> None:
    listener.guided().to_the_end().says("no fever")
    assert "Does something hurt?" in listener.words
    assert listener.says("no tingling").outcome is Outcome.GUIDE


def test_no_to_all_does_not_skip_what_follows(listener: Listener) -> None:
    listener.says("the figure four")
    listener.says("no to all")
    assert listener.session is not None
    assert listener.session.question == 1


def test_the_screen_says_what_is_coming(listener: Listener) -> None:
    listener.says("the figure four")
    assert "supine figure four" in listener.words
    assert "minutes, floor, after six short safety questions" in listener.words
    assert "I do not save your answers." in listener.words


def test_the_disclaimer_is_said_once_a_session(listener: Listener) -> None:
    for words in ("why does it pop", "the figure four", "what's a blood thinner"):
        listener.says(words)
    said = [listener.words]
    assert not any("I'm not a doctor" in words for words in said)
    other = listener.again()
    other.says("what's a blood thinner")
    assert other.words.startswith("I'm not a doctor")


def test_a_clearance_serves_another_stretch_of_the_same_occasion(listener: Listener) -> None:
    listener.guided().at_hold(2)
    assert listener.says("the chair twist").outcome is Outcome.OFFER
    assert listener.state is State.READY


def test_my_turn_is_screened_anew(listener: Listener) -> None:
    listener.guided()
    assert listener.says("my turn").outcome is Outcome.SCREEN
    other = Listener(listener.app, user="idle turn")
    assert other.says("my turn").outcome is Outcome.SCREEN


def test_a_question_that_reports_a_sign_is_answered_and_locks(library: Library) -> None:
    turn = Turn(route="ask", intent="AskIsItBadIntent", topic="is_it_bad", flags=("d04_osteoporosis",))
    answered = respond(turn, new_session(library, Record()), Record(), library, NOON)
    assert answered.reply.outcome is Outcome.ANSWER
    assert (answered.reply.topic, answered.reply.flag) == ("is_it_bad", "d04_osteoporosis")
    assert answered.session.state is State.LOCKED
    words = spoken(answered.reply)
    assert words.startswith("I'm not a doctor")
    assert library.answers["is_it_bad"].answer.split()[0] in words
    assert "lose control of your bladder" in words


@pytest.mark.parametrize(("words", "state"), [("i'm over seventy", State.SCREENING), (YES, State.LOCKED)])
def test_advice_in_the_screen_keeps_its_question(app: App, words: str, state: State) -> None:
    one = at_question(app, 3, f"advice {words}")
    if words == YES:
        one.does(words)
    else:
        one.says(words)
    assert one.state is state
