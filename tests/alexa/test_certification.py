"""Amazon's rules: each of them can fail, and real replies pass them all."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import pytest

from skill.alexa.certification import problems
from skill.app import App
from tests.alexa.envelopes import Json
from tests.helpers import Listener, as_response

Spoil = Callable[[Json], object]


def asking() -> Json:
    """A response that asks, and keeps the microphone open."""
    return {
        "version": "1.0",
        "sessionAttributes": {"gentle_back": {"state": "idle", "content": "abc"}},
        "response": {
            "outputSpeech": {"type": "SSML", "ssml": "<speak>Would you like a stretch?</speak>"},
            "reprompt": {"outputSpeech": {"type": "SSML", "ssml": "<speak>A stretch?</speak>"}},
            "shouldEndSession": False,
        },
    }


def telling() -> Json:
    """A response that tells something, and ends."""
    return {
        "version": "1.0",
        "response": {
            "outputSpeech": {"type": "SSML", "ssml": '<speak>Rest. <break time="10s"/> Goodbye.</speak>'},
            "card": {"type": "Simple", "title": "What pops", "content": "Gas."},
            "shouldEndSession": True,
        },
    }


def speech(words: str) -> Spoil:
    return lambda response: response["response"]["outputSpeech"].update(ssml=f"<speak>{words}</speak>")


def reprompt(words: str) -> Spoil:
    return lambda response: response["response"]["reprompt"]["outputSpeech"].update(
        ssml=f"<speak>{words}</speak>"
    )


def body(**changes: Any) -> Spoil:
    return lambda response: response["response"].update(changes)


def without(key: str) -> Spoil:
    return lambda response: response["response"].pop(key)


ASKING_SPOILT: dict[str, Spoil] = {
    "the version is not 1.0": lambda response: response.update(version="1.1"),
    "the response has ": lambda response: response.update(userAgent="x" * 24_000),
    "the session attributes hold 'flag'": lambda response: response["sessionAttributes"][
        "gentle_back"
    ].update(flag="d07_pregnancy"),
    "the speech has 8015 characters, more than 8000": speech(f"{'x' * 7999}?"),
    "the reprompt has 8015 characters, more than 8000": reprompt(f"{'x' * 7999}?"),
    "the speech is no XML": speech("Salt & pepper?"),
    "the speech has an element voice": speech('<voice name="Amy">Nice?</voice>'),
    "the speech has 6 sounds, more than 5": speech('<audio src="soundbank://a"/>' * 6 + "Nice?"),
    "the speech has a break of 0.5": speech('<break time="0.5"/> Ready?'),
    "the speech has a break of 10001ms, more than 10 s": speech('<break time="10001ms"/> Ready?'),
    "the speech has a break of 11s, more than 10 s": speech('<break time="11s"/> Ready?'),
    "the speech has a break of None": speech('<break strength="strong"/> Ready?'),
    "nothing is said": speech(""),
    "shouldEndSession is neither true nor false": without("shouldEndSession"),
    "the microphone opens without a question": speech("Say ready."),
    "the microphone opens without a reprompt": without("reprompt"),
    "the reprompt has a pause": reprompt('Ready? <break time="1s"/>'),
}
"""What is wrong, and how to make it so in a response that asks."""

TELLING_SPOILT: dict[str, Spoil] = {
    "a question is followed by the end": speech("Would you like a stretch?"),
    "the end has a reprompt": body(reprompt={"outputSpeech": {"ssml": "<speak>Still there?</speak>"}}),
    "session attributes go out with the end": lambda response: response.update(
        sessionAttributes={"gentle_back": {"state": "idle"}}
    ),
    "the card is too long": lambda response: response["response"]["card"].update(content="x" * 8001),
}
"""What is wrong, and how to make it so in a response that ends."""


def spoilt(whole: Json, spoil: Spoil) -> list[str]:
    changed = copy.deepcopy(whole)
    spoil(changed)
    return problems(changed)


@pytest.mark.parametrize("wrong", ASKING_SPOILT)
def test_each_rule_for_a_response_that_asks_can_fail(wrong: str) -> None:
    assert problems(asking()) == []
    assert [found for found in spoilt(asking(), ASKING_SPOILT[wrong]) if found.startswith(wrong)]


@pytest.mark.parametrize("wrong", TELLING_SPOILT)
def test_each_rule_for_a_response_that_ends_can_fail(wrong: str) -> None:
    assert problems(telling()) == []
    assert [found for found in spoilt(telling(), TELLING_SPOILT[wrong]) if found.startswith(wrong)]


def test_only_an_answer_may_have_a_card() -> None:
    assert problems(telling(), answer=True) == []
    assert problems(telling(), answer=False) == ["a card that is no answer (H3)"]


def test_silence_where_something_must_be_said_is_a_problem() -> None:
    assert "nothing is said" in problems({"version": "1.0", "response": {}})
    assert problems({"version": "1.0", "response": {}}, quiet=True) == []


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("outputSpeech", {"type": "SSML", "ssml": "<speak>Hello.</speak>"}),
        ("reprompt", {"outputSpeech": {"ssml": "<speak>Hello?</speak>"}}),
        ("card", {"type": "Simple", "title": "T", "content": "C"}),
        ("directives", [{"type": "Dialog.Delegate"}]),
        ("shouldEndSession", True),
        ("shouldEndSession", False),
    ],
)
def test_an_event_may_be_answered_with_nothing_at_all(key: str, value: object) -> None:
    response = {"version": "1.0", "response": {key: value}}
    assert problems(response, quiet=True) == [f"a response that may not speak has {key}"]


def test_limits_are_inclusive() -> None:
    longest = asking()
    speech(f"{'x' * (8000 - len('<speak>?</speak>'))}?")(longest)
    assert problems(longest) == []
    speech('<break time="10000ms"/> <break time="10s"/> Ready?')(longest)
    assert problems(longest) == []


def test_several_problems_are_all_told() -> None:
    changed = asking()
    changed["version"] = "2"
    body(shouldEndSession=True)(changed)
    assert problems(changed) == [
        "the version is not 1.0",
        "a question is followed by the end (V2): 'Would you like a stretch?'",
        "the end has a reprompt",
        "session attributes go out with the end (A1)",
    ]


def test_real_replies_pass(app: App) -> None:
    """The listener checks every reply itself; here the responses are looked at once more, as a whole."""
    one = Listener(app, user="certified")
    kinds = set()
    for words in ("why does it pop", "the figure four", *["no"] * 6, "ready", "hold on", "stop"):
        reply = one.says(words)
        assert one.taken is not None
        response = as_response(one.taken)
        assert problems(response, answer="card" in response["response"]) == []
        kinds.add((reply.listen, "card" in response["response"]))
    assert kinds == {(True, True), (True, False), (False, False)}
