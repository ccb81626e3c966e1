"""The Lambda handler: envelopes in, responses out, on the settings of its environment."""

from __future__ import annotations

import importlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from skill import aws, compiled, service
from skill.alexa import certification
from skill.alexa.refusal import RefusedError
from skill.alexa.request import EnvelopeError
from skill.core.errors import LibraryError, StoreError
from skill.core.library import Library
from skill.settings import Settings
from tests.alexa import envelopes
from tests.alexa.envelopes import Json
from tests.log_lines import configured


@pytest.fixture
def function(library: Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A function's environment, and its folder; the process's door is opened anew."""
    compiled.write(library, tmp_path / "library.json")
    monkeypatch.setenv("GENTLE_BACK_LIBRARY", str(tmp_path / "library.json"))
    monkeypatch.setenv("GENTLE_BACK_DB", str(tmp_path / "records.db"))
    monkeypatch.setenv("GENTLE_BACK_CONTENT", str(tmp_path / "no sources here"))
    monkeypatch.setenv("GENTLE_BACK_SKILL_ID", envelopes.APPLICATION)
    monkeypatch.delenv("GENTLE_BACK_KEY", raising=False)
    aws._door.cache_clear()
    yield tmp_path
    aws._door.cache_clear()


def invoked(event: Json, *, quiet: bool = False) -> Json:
    """The response to an event, through JSON as Lambda has it; every one of them is checked."""
    response: Json = json.loads(json.dumps(aws.handler(json.loads(json.dumps(event)), object())))
    assert certification.problems(response, quiet=quiet) == []
    return response


def a_routine_is_begun_and_left() -> None:
    stretch = envelopes.matched("stretch", "figure four", "supine_figure_four")
    turns: list[tuple[str, Json]] = [("StretchIntent", {"stretch": stretch})]
    turns += [(name, {}) for name in (*["AMAZON.NoIntent"] * 6, "ReadyIntent")]
    attributes: Any = invoked(envelopes.launch())["sessionAttributes"]
    for name, slots in turns:
        attributes = invoked(envelopes.intent(name, slots, attributes=attributes))["sessionAttributes"]
    assert attributes["gentle_back"]["state"] == "guiding"
    invoked(envelopes.session_ended(attributes=attributes), quiet=True)


def asked() -> str:
    return str(invoked(envelopes.launch())["sessionAttributes"]["gentle_back"]["asked"])


def test_a_conversation_goes_through_the_handler_and_is_remembered(function: Path) -> None:
    a_routine_is_begun_and_left()
    assert asked() == "saved"
    assert (function / "records.db").exists()
    aws._door.cache_clear()
    assert asked() == "saved", "another process of the same function knows the listener"
    invoked(envelopes.skill_disabled(), quiet=True)
    assert asked() == "offer"


def test_the_key_is_the_environment_s_or_lies_beside_the_database(
    function: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    a_routine_is_begun_and_left()
    assert (function / "records.db.key").exists()
    aws._door.cache_clear()
    monkeypatch.setenv("GENTLE_BACK_KEY", "another")
    assert asked() == "offer", "under another key nobody is known"


@pytest.mark.usefixtures("function")
def test_the_door_is_opened_once() -> None:
    invoked(envelopes.launch())
    door = aws._door()
    invoked(envelopes.made_up(), quiet=True)
    assert aws._door() is door


@pytest.mark.usefixtures("function")
def test_what_is_no_envelope_is_refused() -> None:
    with pytest.raises(EnvelopeError):
        aws.handler({"httpMethod": "GET"}, None)


def test_without_compiled_content_nothing_starts(function: Path) -> None:
    (function / "library.json").unlink()
    with pytest.raises(LibraryError, match=r"library\.json"):
        aws.handler(envelopes.launch(), None)


def a_stretch_is_asked_for() -> Json:
    stretch = envelopes.matched("stretch", "figure four", "supine_figure_four")
    return invoked(envelopes.intent("StretchIntent", {"stretch": stretch}))


def said(response: Json) -> str:
    return str(response["response"]["outputSpeech"]["ssml"])


class Parameter:
    """Gives the key, or does not, and counts how often it was asked."""

    def __init__(self) -> None:
        self.down = True
        self.asked = 0

    def __call__(self, settings: Settings) -> bytes:
        self.asked += 1
        if self.down:
            raise StoreError("SSM parameter /gentle-back/key: ReadTimeoutError")
        return b"key"


@pytest.fixture
def parameter(function: Path, monkeypatch: pytest.MonkeyPatch) -> Parameter:
    assert function.exists()
    parameter = Parameter()
    monkeypatch.setattr(service, "key", parameter)
    return parameter


def test_without_its_key_no_stretch_starts_and_questions_are_answered(parameter: Parameter) -> None:
    assert "my memory is not working" in said(a_stretch_is_asked_for())
    answer = invoked(envelopes.intent("AskSoundCauseIntent"))
    assert "gas bubble" in said(answer)
    assert parameter.asked == 2, "every request tries again"


def test_a_running_stretch_still_stops_for_pain_without_the_key(parameter: Parameter, function: Path) -> None:
    parameter.down = False
    stretch = envelopes.matched("stretch", "figure four", "supine_figure_four")
    attributes: Any = invoked(envelopes.intent("StretchIntent", {"stretch": stretch}))["sessionAttributes"]
    for name in (*["AMAZON.NoIntent"] * 6, "ReadyIntent"):
        attributes = invoked(envelopes.intent(name, attributes=attributes))["sessionAttributes"]
    assert attributes["gentle_back"]["state"] == "guiding"
    parameter.down = True
    aws._door.cache_clear()
    symptom = envelopes.matched("symptom", "it hurts", "s01_pain")
    stopped = invoked(envelopes.intent("SymptomIntent", {"symptom": symptom}, attributes=attributes))
    assert "Stop." in said(stopped)
    assert stopped["sessionAttributes"]["gentle_back"]["state"] == "locked"


def test_once_the_key_is_there_the_door_is_opened_and_kept(parameter: Parameter) -> None:
    invoked(envelopes.launch())
    parameter.down = False
    assert "Is any of this new for you" in said(a_stretch_is_asked_for())
    invoked(envelopes.launch())
    assert parameter.asked == 2


def test_nobody_is_forgotten_behind_the_other_door_so_amazon_sends_it_again(parameter: Parameter) -> None:
    with pytest.raises(StoreError):
        aws.handler(envelopes.skill_disabled(), None)
    parameter.down = False
    invoked(envelopes.skill_disabled(), quiet=True)


def test_the_other_door_refuses_another_skill_as_well(
    parameter: Parameter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GENTLE_BACK_SKILL_ID", "amzn1.ask.skill.another")
    for parameter.down in (True, False):
        with pytest.raises(RefusedError):
            aws.handler(envelopes.launch(), None)


def test_why_there_is_no_key_is_logged_as_an_error(
    parameter: Parameter, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert parameter.down
    with configured() as lines:
        monkeypatch.setattr("skill.logs.configure", lambda: None)
        invoked(envelopes.launch())
    told = [(line["level"], line["message"]) for line in lines.all if line["logger"] == "skill.aws"]
    assert told == [("ERROR", "the key cannot be read: SSM parameter /gentle-back/key: ReadTimeoutError")]


@pytest.mark.parametrize("down", [True, False])
def test_lambda_opens_the_door_before_the_first_request(
    parameter: Parameter, monkeypatch: pytest.MonkeyPatch, down: bool
) -> None:
    parameter.down = down
    importlib.reload(aws)
    assert parameter.asked == 0
    monkeypatch.setenv("AWS_LAMBDA_FUNCTION_NAME", "gentle-back")
    importlib.reload(aws)
    assert parameter.asked == 1
    aws.handler(envelopes.launch(), None)
    assert parameter.asked == 1 + down
