"""Every HTTP error as one JSON shape, without a stack trace."""

from __future__ import annotations

import logging

from flask import Flask, Response, jsonify
from werkzeug.exceptions import HTTPException

from skill.alexa import journal
from skill.alexa.request import EnvelopeError
from skill.core.errors import GentleBackError

log = logging.getLogger(__name__)


class BadTurnError(Exception):
    """A request of the HTTP doors cannot be used."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message


def install(app: Flask) -> None:
    """Turn every error of an app into `{"error": {"code", "message"}}`."""
    app.register_error_handler(BadTurnError, _bad_turn)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(EnvelopeError, _envelope)
    app.register_error_handler(GentleBackError, _ours)
    app.register_error_handler(Exception, _unexpected)


def shape(status: int, code: str, message: str) -> Response:
    """Return an error response."""
    response = jsonify({"error": {"code": code, "message": message}})
    response.status_code = status
    return response


def _bad_turn(error: BadTurnError) -> Response:
    return shape(error.status, error.code, error.message)


def _http(error: HTTPException) -> Response:
    status = error.code or 500
    response = shape(status, error.name.lower().replace(" ", "_"), error.description or error.name)
    if allow := error.get_response().headers.get("Allow"):
        response.headers["Allow"] = allow
    return response


def _envelope(error: EnvelopeError) -> Response:
    return shape(422, "invalid_request", str(error))


def _ours(error: GentleBackError) -> Response:
    log.error("%s", error)
    return shape(503, "unavailable", "The service cannot do that right now.")


def _unexpected(error: Exception) -> Response:
    """Log where an error came from, and nothing that it might quote of what was said."""
    journal.fault(log, error)
    return shape(500, "internal_error", "Something went wrong here.")
