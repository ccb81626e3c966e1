"""A reply as Amazon's response."""

from __future__ import annotations

import msgspec
from ask_sdk_core.handler_input import HandlerInput
from ask_sdk_model import Response
from ask_sdk_model.ui import SimpleCard

from skill.alexa import ssml
from skill.alexa.request import ATTRIBUTES
from skill.app import Taken
from skill.core.library import Library
from skill.core.turn import Door
from skill.core.wording import Wording


def build(taken: Taken, handler_input: HandlerInput) -> Response:
    """Return the response to a turn, and keep its session in the attributes while it lasts."""
    reply, builder = taken.reply, handler_input.response_builder
    attributes = {ATTRIBUTES: msgspec.to_builtins(taken.session)} if reply.listen else {}
    handler_input.attributes_manager.session_attributes = attributes
    if not reply.segments:
        return builder.response
    builder.speak(ssml.render(reply.segments))
    if reply.reprompt:
        builder.ask(ssml.words(reply.reprompt))
    if reply.card:
        builder.set_card(SimpleCard(title=reply.card.title, content=reply.card.text))
    return builder.set_should_end_session(reply.end).response


def sorry(library: Library, handler_input: HandlerInput) -> Response:
    """Return the response to a turn that failed: an apology, and the end of the session."""
    locale = handler_input.request_envelope.request.locale or ""
    words = Wording(library.in_language_of(locale), locale, Door.ALEXA).phrase("error.sorry")
    handler_input.attributes_manager.session_attributes = {}
    return handler_input.response_builder.speak(ssml.words(words)).set_should_end_session(True).response
