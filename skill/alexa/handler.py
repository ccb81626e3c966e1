"""The skill behind Amazon's SDK: one envelope in, one response out."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from typing import Any, cast

import msgspec
from ask_sdk_core.dispatch_components import AbstractExceptionHandler, AbstractRequestHandler
from ask_sdk_core.handler_input import HandlerInput
from ask_sdk_core.serialize import DefaultSerializer
from ask_sdk_core.skill_builder import CustomSkillBuilder
from ask_sdk_core.utils import is_request_type
from ask_sdk_model import IntentRequest, LaunchRequest, RequestEnvelope, Response, SessionEndedRequest

from skill.alexa import journal, request, response
from skill.alexa.journal import Entry
from skill.alexa.replies import Replies
from skill.alexa.request import Envelope, EnvelopeError
from skill.app import App, Clock, utc_now

log = logging.getLogger(__name__)

SPOKEN = (LaunchRequest, IntentRequest, SessionEndedRequest)
"""The requests of a conversation."""


class ConversationHandler(AbstractRequestHandler):
    """Answers a launch, an intent or the end of a session."""

    def __init__(self, app: App) -> None:
        """Answer from an app."""
        self._app = app

    def can_handle(self, handler_input: HandlerInput) -> bool:
        """Return whether the request is part of a conversation."""
        return isinstance(handler_input.request_envelope.request, SPOKEN)

    def handle(self, handler_input: HandlerInput) -> Response:
        """Return the response to a turn."""
        envelope, entry = handler_input.request_envelope, cast("Entry", handler_input.context)
        said = request.said(envelope, envelope.request.timestamp)
        said = msgspec.structs.replace(said, request=entry.fingerprint)
        taken = self._app.take(said, request.session_of(envelope))
        entry.note(said.user, taken)
        return response.build(taken, handler_input)


class SorryHandler(AbstractExceptionHandler):
    """Says sorry, and ends the session, where a turn fails for a reason of ours.

    Nothing can be said to the end of a session; it is acknowledged all the same (A1).
    """

    def __init__(self, app: App) -> None:
        """Take the words from an app's content."""
        self._app = app

    def can_handle(self, handler_input: HandlerInput, exception: Exception) -> bool:
        """Return whether the request is part of a conversation: other events Amazon sends again."""
        return isinstance(handler_input.request_envelope.request, SPOKEN)

    def handle(self, handler_input: HandlerInput, exception: Exception) -> Response:
        """Return the apology; of the error, the log tells the type and the place only."""
        journal.fault(log, exception)
        if isinstance(handler_input.request_envelope.request, SessionEndedRequest):
            return handler_input.response_builder.response
        return response.sorry(self._app.library, handler_input)


class ForgetHandler(AbstractRequestHandler):
    """Erases what is kept of a listener who has disabled the skill."""

    def __init__(self, app: App) -> None:
        """Erase from an app's store."""
        self._app = app

    def can_handle(self, handler_input: HandlerInput) -> bool:
        """Return whether the skill was disabled."""
        return is_request_type("AlexaSkillEvent.SkillDisabled")(handler_input)

    def handle(self, handler_input: HandlerInput) -> Response:
        """Forget the listener, without a word.

        Raises:
            StoreError: the store cannot be reached; Amazon sends the event again.
        """
        user = request.user_of(handler_input.request_envelope)
        if user:
            self._app.forget(user)
        return handler_input.response_builder.response


class QuietHandler(AbstractRequestHandler):
    """Acknowledges everything else: events of players, of the system, of the skill."""

    def can_handle(self, handler_input: HandlerInput) -> bool:
        """Return true: this handler is the last one."""
        return True

    def handle(self, handler_input: HandlerInput) -> Response:
        """Return a response without a word (A5: these requests may not be spoken to)."""
        kind = handler_input.request_envelope.request.object_type
        if kind == "System.ExceptionEncountered":
            log.error("Alexa could not use a response of ours")
        return handler_input.response_builder.response


class AlexaDoor:
    """Takes Amazon's envelopes as JSON values."""

    def __init__(
        self,
        app: App,
        clock: Clock = utc_now,
        admit: Callable[[Envelope], None] = lambda envelope: None,
        replies: Replies | None = None,
    ) -> None:
        """Open the door to an app.

        Args:
            app: answers.
            clock: serves requests that do not tell their time.
            admit: raises `RefusedError` for an envelope that is not let in.
            replies: remembers responses, where the same request may come twice.
        """
        builder = CustomSkillBuilder()
        for handler in (ConversationHandler(app), ForgetHandler(app), QuietHandler()):
            builder.add_request_handler(handler)
        builder.add_exception_handler(SorryHandler(app))
        self._app = app
        self._skill = builder.create()
        self._serializer = DefaultSerializer()
        self._clock = clock
        self._admit = admit
        self._replies = replies

    def handle(self, event: object) -> dict[str, Any]:
        """Return the response to an envelope.

        Raises:
            EnvelopeError: it is no request of Alexa's.
            RefusedError: it is not let in.
            StoreError: a listener was to be forgotten, and the store cannot be reached.
        """
        try:
            envelope = request.project(event)
            self._admit(envelope)
            entry = Entry(fingerprint=request.fingerprint(envelope))
            if self._replies is None:
                return self._answered(envelope, entry)
            return self._replies.once(entry.fingerprint, lambda: self._answered(envelope, entry))
        except RecursionError:
            raise EnvelopeError("no Alexa request: it is nested too deeply") from None
        except UnicodeEncodeError:
            raise EnvelopeError("no Alexa request: it holds half a character") from None

    def _answered(self, envelope: Envelope, entry: Entry) -> dict[str, Any]:
        """Return the response to an envelope that is let in, and log that it was answered."""
        started = time.perf_counter()
        result = self._answer(envelope, entry)
        journal.write(self._app, envelope, entry, 1000 * (time.perf_counter() - started))
        return result

    def _answer(self, envelope: Envelope, entry: Entry) -> dict[str, Any]:
        """Return the response to what is read of an envelope."""
        kept = envelope.session.attributes if envelope.session and not envelope.session.new else None
        if envelope.request.type not in request.KNOWN_TYPES:
            return _silent(kept)
        read = self._serializer.deserialize(request.payload(envelope), RequestEnvelope)
        read.request.timestamp = request.timestamp(envelope) or self._clock()
        answered = self._skill.invoke(read, entry)
        result = cast("dict[str, Any]", self._serializer.serialize(answered))
        if not result.get("response"):
            ended = envelope.request.type == "SessionEndedRequest"
            return _silent(None if ended else kept)
        if not result.get("sessionAttributes"):
            result.pop("sessionAttributes", None)
        return result


def _silent(attributes: dict[str, Any] | None) -> dict[str, Any]:
    """Return a response without a word, which leaves the conversation where it is."""
    kept = {"sessionAttributes": attributes} if attributes else {}
    return {"version": "1.0", "response": {}} | kept
