"""One listener at an Alexa device: makes signed requests, and keeps what came back."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import chain, cycle
from uuid import uuid4

from bench.scripts import ENDED, LAUNCH, OPENS, SCRIPTS, Step
from tests.alexa import envelopes
from tests.alexa.envelopes import Json
from tests.amazon import body_of

SKEW = 120.0
"""A request's time is at most so many seconds from now: the door refuses more than 150."""


@dataclass
class Turn:
    """A request, and what came of it."""

    name: str
    """The intent, or the type of another request."""
    body: bytes
    """The envelope."""
    phase: str = ""
    """When it was sent: alone, under load, or at the end."""
    sends: int = 0
    """How often it was sent until an answer came."""
    seconds: float = 0.0
    """From its sending to its answer; from the first sending where there were more."""
    status: int = 0
    """Of the answer; 0 without one."""
    reply: bytes = b""
    """The answer's body."""

    @property
    def attributes(self) -> Json:
        """The session attributes of the answer."""
        found: Json = json.loads(self.reply).get("sessionAttributes") or {} if self.status == 200 else {}
        return found


class Listener:
    """Someone who goes through the scripts.

    Time on their clock may pass faster than in the world, so that a hold of 20 seconds can be over: it
    begins two minutes behind, and ends at most two minutes ahead.
    """

    def __init__(self, number: int) -> None:
        """Begin with the script of this number."""
        self.user = f"amzn1.ask.account.{number}.{uuid4()}"
        self.turns: list[Turn] = []
        self._device = f"amzn1.ask.device.{number}"
        self._steps = chain.from_iterable(
            cycle(SCRIPTS[number % len(SCRIPTS) :] + SCRIPTS[: number % len(SCRIPTS)])
        )
        self._skew = -SKEW
        self._session = ""
        self._attributes: Json = {}

    @property
    def talking(self) -> bool:
        """Whether a session is open."""
        return bool(self._session)

    def next(self) -> Turn:
        """Return the next turn of the scripts."""
        return self._turn(next(self._steps))

    def comes_back(self) -> Turn:
        """Return a launch in a new session, which knows nothing of the one before."""
        return self._turn(OPENS)

    def took(self, turn: Turn) -> None:
        """Go on with the answer to a turn."""
        response = json.loads(turn.reply)["response"] if turn.status == 200 else {}
        ended = turn.status != 200 or turn.name == ENDED or response.get("shouldEndSession")
        self._attributes = turn.attributes
        if ended:
            self._session = ""

    def _turn(self, step: Step) -> Turn:
        """Return a request, at the time of the listener's clock."""
        new = step.name == LAUNCH or not self._session
        if new:
            self._session, self._attributes = f"amzn1.echo-api.session.{uuid4()}", {}
        self._skew = min(SKEW, self._skew + step.after)
        now = datetime.now(UTC) + timedelta(seconds=self._skew)
        around: Json = {"user": self.user, "device": self._device, "new": new, "attributes": self._attributes}
        if step.name == LAUNCH:
            event = envelopes.launch(**around)
        elif step.name == ENDED:
            event = envelopes.session_ended("EXCEEDED_MAX_REPROMPTS", **around)
        else:
            slots = {name: _slot(name, value) for name, value in step.slots.items()}
            event = envelopes.intent(step.name, slots, **around)
        event["session"]["sessionId"] = self._session
        event["request"]["requestId"] = f"amzn1.echo-api.request.{uuid4()}"
        event["request"]["timestamp"] = now.strftime("%Y-%m-%dT%H:%M:%SZ")
        turn = Turn(step.name, body_of(event))
        self.turns.append(turn)
        return turn


def _slot(name: str, value: str) -> Json:
    """Return a slot as Amazon fills it: free words, or a value that was found."""
    if name in ("query", "symptom"):
        return envelopes.slot(name, value)
    return envelopes.matched(name, value.replace("_", " "), value)
