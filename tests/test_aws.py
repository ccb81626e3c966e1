"""The Lambda handler: envelopes in, responses out, on the settings of its environment."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from skill import aws, compiled
from skill.alexa import certification
from skill.alexa.request import EnvelopeError
from skill.core.errors import LibraryError
from skill.core.library import Library
from tests.alexa import envelopes
from tests.alexa.envelopes import Json


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
