"""The public app: Alexa's door, open to the internet, and two pages that tell how it is."""

from __future__ import annotations

import logging

from flask import Flask, Response, jsonify, request
from werkzeug.exceptions import HTTPException

from skill.alexa.admission import check_application, check_time
from skill.alexa.handler import AlexaDoor
from skill.alexa.refusal import RefusedError
from skill.alexa.replies import Replies
from skill.alexa.request import Envelope, EnvelopeError
from skill.alexa.signature.verifier import Verifier
from skill.app import App, Clock, utc_now
from skill.web import errors, strict_json
from skill.web.errors import BadTurnError
from skill.web.readiness import Readiness
from skill.web.strict_json import AmbiguousError

log = logging.getLogger(__name__)

BODY_BYTES = 128 * 1024
"""A request body has at most 128 kB: Amazon's own limit for what it carries back to us is 120 kB (A1)."""


def create_app(app: App, verifier: Verifier, skill_id: str, clock: Clock = utc_now) -> Flask:
    """Return the public app.

    Args:
        app: answers.
        verifier: knows Amazon's signature; there is no public app without one.
        skill_id: what every request has to name.
        clock: the time, by which requests must be fresh.
    """
    flask = Flask(__name__, static_folder=None)
    flask.config["MAX_CONTENT_LENGTH"] = BODY_BYTES
    errors.install(flask)
    flask.register_error_handler(RefusedError, _refused)
    flask.register_error_handler(EnvelopeError, _no_envelope)
    flask.register_error_handler(BadTurnError, _bad_turn)
    readiness = Readiness(app, clock)

    def admit(envelope: Envelope) -> None:
        """Let in what is fresh and ours."""
        check_time(envelope, clock())
        check_application(envelope, skill_id)

    door = AlexaDoor(app, clock, admit, Replies())

    @flask.post("/alexa")
    def envelope() -> Response:
        """Take an envelope that Amazon has signed; nothing of it is read before that is known."""
        body = _body()
        verifier.verify(request.headers, body, clock())
        if request.mimetype != "application/json":
            raise BadTurnError(400, "invalid_type", "Send JSON, as application/json.")
        try:
            event = strict_json.read(body)
        except AmbiguousError as error:
            raise BadTurnError(400, "invalid_json", str(error)) from None
        return jsonify(door.handle(event))

    @flask.get("/healthz")
    def healthy() -> Response:
        """Say that the process is alive."""
        return jsonify(alive=True)

    @flask.get("/readyz")
    def ready() -> Response:
        """Say whether a routine could start here."""
        state = readiness.state()
        response = jsonify(state)
        response.status_code = 200 if state["ready"] else 503
        return response

    return flask


def _body() -> bytes:
    """Return the request's body, as it came.

    Raises:
        HTTPException: it is too long, or breaks off.
        BadTurnError: it cannot be read for another reason: servers differ in what they raise.
    """
    try:
        return request.get_data(cache=False)
    except HTTPException:
        raise
    except Exception as error:
        raise BadTurnError(400, "invalid_body", "The body cannot be read.") from error


def _refused(error: RefusedError) -> Response:
    """Answer a request that is not let in, and log why, but nothing of it."""
    log.info("refused", extra={"reason": str(error.reason)})
    return errors.shape(400, error.reason, str(error))


def _bad_turn(error: BadTurnError) -> Response:
    """Answer a request that cannot be read."""
    log.info("refused", extra={"reason": error.code})
    return errors.shape(error.status, error.code, error.message)


def _no_envelope(error: EnvelopeError) -> Response:
    """Answer a signed request that is none of Alexa's."""
    log.info("refused", extra={"reason": "envelope"})
    return errors.shape(400, "invalid_request", str(error))
