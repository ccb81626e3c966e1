"""The turn API: one JSON object in, one out. Stable: clients ignore keys that they do not know."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

import msgspec
from msgspec import Meta, Struct, field

from skill.app import LAST_YEAR, App, Clock, Said, Taken
from skill.core.timeline import segment_seconds
from skill.core.turn import Pause, Say, Segment, Slot, Tone
from skill.web.errors import BadTurnError
from skill.web.sessions import Sessions

TEXT_CHARACTERS = 512
"""A turn's text has at most so many characters."""


class TurnRequest(Struct, frozen=True, kw_only=True):
    """What a client sends; keys that are not here are ignored."""

    session: Annotated[str, Meta(min_length=1, max_length=128)]
    """Names the conversation."""
    user: Annotated[str, Meta(min_length=1, max_length=512)] | None = None
    """Names the listener; the session by default."""
    text: Annotated[str, Meta(max_length=TEXT_CHARACTERS)] | None = None
    """What was said; empty text is silence."""
    intent: Annotated[str, Meta(min_length=1, max_length=128)] | None = None
    """What was understood, instead of a text."""
    slots: dict[str, Annotated[str, Meta(max_length=TEXT_CHARACTERS)]] = field(default_factory=dict)
    """The intent's slots: value ids, or words."""
    locale: Annotated[str, Meta(max_length=16)] = "en-US"
    """The listener's place."""
    now: Annotated[datetime, Meta(tz=True)] | None = None
    """The conversation's time, instead of the machine's."""
    debug: bool = False
    """Whether to tell how the turn was understood and where it led."""


# msgspec crashes where two threads at once make it meet a type for the first time.
msgspec.json.Decoder(TurnRequest)


def parse(body: bytes) -> Any:
    """Return a body's JSON value.

    Raises:
        BadTurnError: it is no JSON.
    """
    try:
        return msgspec.json.decode(body)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
        raise BadTurnError(400, "invalid_json", "This is not valid JSON.") from None


def read(given: object) -> TurnRequest:
    """Return the turn that a JSON value asks for.

    Raises:
        BadTurnError: it is no turn.
    """
    try:
        return msgspec.convert(given, TurnRequest)
    except msgspec.ValidationError as error:
        raise BadTurnError(422, "invalid_turn", str(error)) from None


class Turns:
    """Takes turns of the API, and keeps their conversations."""

    def __init__(self, app: App, sessions: Sessions, clock: Clock) -> None:
        """Answer from an app; the clock serves turns that do not tell their time."""
        self._app = app
        self._sessions = sessions
        self._clock = clock

    def take(self, turn: TurnRequest) -> dict[str, Any]:
        """Answer a turn.

        Raises:
            BadTurnError: the turn is valid JSON, and makes no sense.
        """
        self._refuse(turn)
        said = Said(
            user=turn.user or turn.session,
            now=turn.now or self._clock(),
            text=turn.text,
            intent=turn.intent or "",
            slots={name: Slot(words) for name, words in turn.slots.items()},
            locale=turn.locale,
            device=turn.user or turn.session,
        )
        with self._sessions.turn(turn.session) as kept:
            taken = self._app.take(said, kept.session)
            kept.session = taken.session
        return answer(turn.session, taken) | ({"debug": _debug(taken)} if turn.debug else {})

    def _refuse(self, turn: TurnRequest) -> None:
        if (turn.text is None) == (turn.intent is None):
            raise BadTurnError(422, "text_or_intent", "Give either a text or an intent.")
        if turn.slots and turn.intent is None:
            raise BadTurnError(422, "slots_without_intent", "Slots belong to an intent.")
        if turn.locale not in self._app.locales:
            raise BadTurnError(422, "unknown_locale", "There is no such locale here.")
        if turn.now is not None and turn.now.year > LAST_YEAR:
            raise BadTurnError(422, "unknown_time", f"Times go up to the year {LAST_YEAR}.")
        if turn.intent is not None:
            intent = self._app.library.intents.get(turn.intent)
            if intent is None and turn.intent not in self._app.intents:
                raise BadTurnError(422, "unknown_intent", "There is no such intent in the interaction model.")
            if set(turn.slots) - set(intent.slots if intent else ()):
                raise BadTurnError(422, "unknown_slot", "The intent has no such slot.")


def answer(session: str, taken: Taken) -> dict[str, Any]:
    """Return the API's form of a turn that was answered."""
    heard, reply = taken.heard, taken.reply
    return {
        "session": session,
        "state": taken.session.state,
        "heard": {
            "intent": heard.intent,
            "slots": heard.slots,
            "confidence": heard.confidence,
            "runner_up": heard.runner_up,
        },
        "outcome": reply.outcome,
        "action": reply.action,
        "topic": reply.topic,
        "choices": list(reply.choices),
        "flag": reply.flag,
        "routine": reply.routine,
        "stretch": reply.stretch,
        "step": reply.step,
        "side": reply.side,
        "segments": [_segment(segment) for segment in reply.segments],
        "reprompt": reply.reprompt,
        "listen": reply.listen,
        "end": reply.end,
    }


def _segment(segment: Segment) -> dict[str, Any]:
    what: dict[str, Any] = {}
    match segment:
        case Say(text=text):
            what = {"say": text}
        case Pause(seconds=seconds):
            what = {"pause": seconds}
        case Tone(seconds=seconds):
            what = {"tone": seconds}
    return what | {
        "seconds": round(segment_seconds(segment), 2),
        "cue": segment.cue,
        "stretch": segment.stretch,
        "step": segment.step,
        "side": segment.side,
    }


def _debug(taken: Taken) -> dict[str, Any]:
    """Return how a turn was understood, and the conversation after it: nothing of it is kept."""
    session = msgspec.to_builtins(taken.session)
    return {"route": taken.heard.route, "flags": list(taken.heard.flags), "session": session}
