"""Conversations that anyone can read, played through the core and again through Alexa's envelope.

A turn of `tests/dialogues/*.yaml` says what the listener does (`say`, `silence`, `launch`, `closed`,
`new_session`, `screened`: ask and answer no six times;
`screened_to`: the same, to what is asked after the sixth), when (`after`: seconds since the last turn,
`in_hold`: seconds into the reply's first hold, `at_end`: when the reply is over), and what must come
(`state`, `outcome`, `action`, `topic`, `flag`, `step`, `side`, `first` words, `hears`, `not`, `ends`).
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import pytest
from msgspec import Meta, Struct

from skill.alexa import certification
from skill.alexa.handler import AlexaDoor
from skill.app import App
from skill.authoring.yaml_files import read
from skill.core.conversation import ROUTES
from skill.core.library import Library
from skill.core.player import State
from skill.core.turn import Outcome
from tests.helpers import NO, ROOT, Listener

DIALOGUES = sorted((ROOT / "tests/dialogues").glob("*.yaml"))
NOT_ON_ALEXA = frozenset({"silence"})
"""Alexa never tells of a silence: it closes the session."""


class Line(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename={"excludes": "not"}):
    """One turn of a dialogue file."""

    say: str | None = None
    silence: bool = False
    launch: bool = False
    closed: bool = False
    new_session: bool = False
    screened: str | None = None
    screened_to: str | None = None
    after: Annotated[float, Meta(ge=0)] = 1
    in_hold: float | None = None
    at_end: bool = False
    state: State | None = None
    outcome: Outcome | None = None
    action: str | None = None
    topic: str | None = None
    flag: str | None = None
    step: str | None = None
    side: str | None = None
    first: str = ""
    hears: tuple[str, ...] = ()
    excludes: tuple[str, ...] = ()
    ends: bool | None = None


def lines_of(path: Path) -> tuple[Line, ...]:
    return read(path).convert(tuple[Line, ...])


def expect(line: Line, one: Listener, where: str) -> None:
    """Assert what a line says must come."""
    reply, words = one.reply, one.words
    for name in ("outcome", "action", "topic", "flag", "step", "side"):
        wanted = getattr(line, name)
        assert wanted is None or getattr(reply, name) == wanted, f"{where}: {name}: {words}"
    assert line.state is None or one.state is line.state, f"{where}: {one.state}: {words}"
    assert words.startswith(line.first), f"{where}: {words}"
    for part in line.hears:
        assert part in words, f"{where}: {part!r} is not in: {words}"
    for part in line.excludes:
        assert part not in words, f"{where}: {part!r} is in: {words}"
    assert line.ends is None or reply.end is line.ends, where


def wait(line: Line, one: Listener) -> None:
    if line.in_hold is not None:
        one.at_hold(line.in_hold)
    elif line.at_end:
        one.to_the_end()
    else:
        one.wait(line.after)


def do(line: Line, one: Listener) -> None:
    if line.screened is not None:
        one.screened(line.screened)
    elif line.screened_to is not None:
        one.says(line.screened_to)
        for _ in range(6):
            one.does(NO)
    elif line.closed:
        one.does("SessionEnded")
    elif line.launch:
        one.does("LaunchRequest")
    else:
        one.says("" if line.silence else line.say or "")


@pytest.mark.parametrize("path", DIALOGUES, ids=lambda path: path.stem)
def test_dialogue_through_the_core(app: App, path: Path) -> None:
    one = Listener(app, user=f"core {path.stem}")
    for number, line in enumerate(lines_of(path), 1):
        wait(line, one)
        if line.new_session:
            one = one.again()
        do(line, one)
        if line.screened is None:
            expect(line, one, f"{path.name}, turn {number}")


class Echo(Listener):
    """A listener at an Alexa device: every turn goes through a whole envelope, and so does its session."""

    def __init__(self, app: App, *, user: str) -> None:
        super().__init__(app, user=user)
        self.door_ = AlexaDoor(app)
        self.attributes: dict[str, Any] = {}
        self.new = True
        self.response: dict[str, Any] = {}

    def envelope(self, request: dict[str, Any]) -> dict[str, Any]:
        user = {"userId": self.user}
        application = {"applicationId": "amzn1.ask.skill.test"}
        return {
            "version": "1.0",
            "session": {
                "new": self.new,
                "sessionId": "amzn1.echo-api.session.test",
                "application": application,
                "attributes": self.attributes,
                "user": user,
            },
            "context": {
                "System": {
                    "application": application,
                    "user": user,
                    "device": {"deviceId": self.device, "supportedInterfaces": {}},
                    "apiEndpoint": "https://api.amazonalexa.com",
                }
            },
            "request": {
                "requestId": "amzn1.echo-api.request.test",
                "timestamp": self.now.isoformat().replace("+00:00", "Z"),
                "locale": "en-US",
                **request,
            },
        }

    def sends(self, text: str) -> dict[str, Any]:
        """Say words that Alexa understands as the local doors do."""
        heard = self.app._ears["en"].text(text)
        if heard.choices:
            # A question whose words reach the skill as they are.
            query = {"query": {"name": "query", "value": text}}
            return self.posts({"type": "IntentRequest", "intent": {"name": heard.intent, "slots": query}})
        if heard.intent == "QuestionIntent" or heard.intent not in self.app.library.intents:
            raise AssertionError(text)
        types = self.app.library.intents[heard.intent].slots
        slots = {
            name: {
                "name": name,
                "value": text if name == "symptom" else value,
                "resolutions": {
                    "resolutionsPerAuthority": [
                        {
                            "authority": f"amzn1.er-authority.echo-sdk.{types[name]}",
                            "status": {"code": "ER_SUCCESS_MATCH"},
                            "values": [{"value": {"name": value, "id": value}}],
                        }
                    ]
                },
            }
            for name, value in heard.slots.items()
            if name in types
        }
        return self.posts({"type": "IntentRequest", "intent": {"name": heard.intent, "slots": slots}})

    def posts(self, request: dict[str, Any]) -> dict[str, Any]:
        self.response = self.door_.handle(self.envelope(request))
        quiet = request["type"] == "SessionEndedRequest"
        assert certification.problems(self.response, quiet=quiet) == []
        self.attributes = self.response.get("sessionAttributes", {})
        # A session that has ended is followed by a new one.
        self.new = quiet or self.response["response"].get("shouldEndSession", False)
        return self.response

    def spoken(self) -> str:
        return str(self.response["response"].get("outputSpeech", {}).get("ssml", ""))


@pytest.mark.parametrize("path", DIALOGUES, ids=lambda path: path.stem)
def test_dialogue_through_alexas_envelope(app: App, path: Path) -> None:
    """The same words, as intents in envelopes, bring the same words back until the session ends."""
    core = Listener(app, user=f"beside {path.stem}")
    echo = Echo(app, user=f"echo {path.stem}")
    compared = 0
    for line in lines_of(path):
        for one in (core, echo):
            one.now = core.now
        wait(line, core)
        echo.now = core.now
        if line.new_session:
            core, echo.new = core.again(), True
        if line.silence:
            break
        if line.screened is not None:
            core.screened(line.screened)
            echo.sends(line.screened)
            for _ in range(6):
                echo.posts({"type": "IntentRequest", "intent": {"name": NO}})
        elif line.screened_to is not None:
            core.says(line.screened_to)
            echo.sends(line.screened_to)
            for _ in range(6):
                core.does(NO)
                echo.posts({"type": "IntentRequest", "intent": {"name": NO}})
        elif line.closed:
            core.does("SessionEnded")
            echo.posts({"type": "SessionEndedRequest", "reason": "EXCEEDED_MAX_REPROMPTS"})
            continue
        elif line.launch:
            core.does("LaunchRequest")
            echo.posts({"type": "LaunchRequest"})
        else:
            core.says(line.say or "")
            echo.sends(line.say or "")
        compared += 1
        state = echo.attributes.get("gentle_back", {}).get("state")
        assert state in (None, core.state), (path.name, line.say)
        for part in line.hears:
            if "stop, say" not in part:
                said = echo.spoken().replace('<say-as interpret-as="digits">911</say-as>', "911")
                assert part.replace("&", "&amp;") in said or core.session is None, (path.name, line.say, said)
        if echo.new and core.state is State.LOCKED:
            break  # on Alexa the next word would open a new session, without the lock
    assert compared > 1


def test_every_route_is_in_some_dialogue(app: App, library: Library) -> None:
    heard = {
        app._ears["en"].text(line.say).route for path in DIALOGUES for line in lines_of(path) if line.say
    }
    by_hand = {"launch", "silence", "session_ended"}
    assert set(ROUTES) - heard - by_hand == set()
