"""What should have been answered and kept: every request once, in this process, one after the other."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from enum import StrEnum

from msgspec import Struct

from bench.listener import Listener, Turn
from bench.processes import Records
from bench.scripts import ENDED
from skill import service
from skill.alexa import certification
from skill.alexa.handler import AlexaDoor
from skill.app import RECORDS, App
from skill.core.library import Library
from skill.core.session import Record
from skill.settings import Settings
from skill.store.base import Stored
from skill.store.memory import MemoryStore
from tests.alexa.envelopes import Json


class Kind(StrEnum):
    """What can be wrong."""

    ERROR = "errors"
    """No answer, or a status other than 200."""
    RULE = "answers against Amazon's rules"
    """What `skill.alexa.certification` finds."""
    PLACE = "wrong places"
    """The conversation is elsewhere after the answer."""
    WORDS = "wrong words"
    """The place is right, and what is said is not."""
    RECORD = "wrong records"
    """What is kept is not what should be, or was not written as often."""


class Fault(Struct, frozen=True):
    """Something that is wrong."""

    kind: Kind
    """What."""
    text: str
    """Where, and how."""


class Reference:
    """Takes requests as the server should, in memory."""

    def __init__(self, library: Library, settings: Settings) -> None:
        """Answer with the same content and key as the server."""
        self._key = settings.key.encode()
        self._store = MemoryStore()
        self._door = AlexaDoor(App(library, self._store, self._key, service.matcher(library, settings)))
        self.offers: list[Turn] = []
        """The turns whose answers should offer a saved place."""

    def faults(self, listener: Listener, records: Records) -> Iterator[Fault]:
        """Take a listener's requests, and yield what is wrong with their answers, and with what is kept."""
        for number, turn in enumerate(listener.turns, 1):
            where = f"{listener.user}, turn {number}, {turn.name}, sent {turn.sends} times"
            yield from (Fault(kind, f"{where}: {what}") for kind, what in self._wrong(turn))
        kept, got = self._stored(listener), records.get(self._name(listener))
        if (kept and (kept.version, kept.body)) != got:
            yield Fault(Kind.RECORD, f"{listener.user}: kept is {got}, not {kept}")

    def _wrong(self, turn: Turn) -> Iterator[tuple[Kind, str]]:
        """Take a request, and yield what is wrong with its answer."""
        expected = self._answer(turn)
        if offers(expected):
            self.offers.append(turn)
        if turn.status != 200:
            yield Kind.ERROR, f"status {turn.status} {turn.reply[:200]!r}"
            return
        got: Json = json.loads(turn.reply)
        for problem in certification.problems(got, quiet=turn.name == ENDED):
            yield Kind.RULE, problem
        if got == expected:
            return
        kind = Kind.PLACE if _attributes(got) != _attributes(expected) else Kind.WORDS
        twice = turn.sends > 1 and self._answer(turn) == got
        yield kind, _difference(got, expected) + (": it was taken twice" if twice else "")

    def _answer(self, turn: Turn) -> Json:
        """Take a request."""
        answer: Json = json.loads(json.dumps(self._door.handle(json.loads(turn.body))))
        return answer

    def kept(self, listener: Listener) -> Record:
        """Return what should be kept of a listener."""
        stored = self._stored(listener)
        return RECORDS.decode(stored.body) if stored else Record()

    def _stored(self, listener: Listener) -> Stored | None:
        return self._store.get(self._name(listener), datetime.now(UTC))

    def _name(self, listener: Listener) -> str:
        """Return the name under which the store knows a listener."""
        return hmac.new(self._key, listener.user.encode(), hashlib.sha256).hexdigest()


def offers(response: Json) -> bool:
    """Whether a response offers the saved place."""
    said = response.get("response", {}).get("outputSpeech", {}).get("ssml", "")
    return _attributes(response).get("asked") == "saved" and "You were on" in said


def _attributes(response: Json) -> Json:
    """Return the conversation that a response sends along; nothing where it ends."""
    found: Json = (response.get("sessionAttributes") or {}).get("gentle_back", {})
    return found


def _difference(got: Json, expected: Json) -> str:
    """Return where two responses differ."""
    for part in ("sessionAttributes", "response"):
        for key, here, there in _pairs(got.get(part) or {}, expected.get(part) or {}, part):
            if here != there:
                return f"{key} is {here!r}, not {there!r}"
    return "another response"


def _pairs(got: Json, expected: Json, path: str) -> Iterator[tuple[str, object, object]]:
    """Yield the leaves of two objects, side by side."""
    for key in sorted(got.keys() | expected.keys()):
        here, there = got.get(key), expected.get(key)
        if isinstance(here, dict) and isinstance(there, dict):
            yield from _pairs(here, there, f"{path}.{key}")
        else:
            yield f"{path}.{key}", here, there
