"""The local app: a page, the turn API and an unsigned Alexa door, for this machine only."""

from __future__ import annotations

from flask import Flask, Response, jsonify, request

from skill.alexa.handler import AlexaDoor
from skill.app import App, Clock, utc_now
from skill.web import errors
from skill.web.errors import BadTurnError
from skill.web.sessions import Sessions
from skill.web.turns import Turns, parse, read

BODY_BYTES = 64 * 1024
"""A request body has at most 64 kB."""
HOSTS = ["127.0.0.1", "localhost"]
"""Names of this machine: every other Host or Origin is refused, so that no web page can reach in."""
HEADERS = {
    "Content-Security-Policy": "default-src 'self'; frame-ancestors 'none'; base-uri 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}
"""On every response."""


def create_app(app: App, clock: Clock = utc_now) -> Flask:
    """Return the local app, which must be bound to loopback only."""
    flask = Flask(__name__, static_folder="page", static_url_path="/page")
    flask.config.update(MAX_CONTENT_LENGTH=BODY_BYTES, TRUSTED_HOSTS=HOSTS)
    errors.install(flask)
    turns = Turns(app, Sessions(), clock)
    alexa = AlexaDoor(app, clock)

    @flask.before_request
    def refuse_strangers() -> None:
        """Refuse another Host (a rebound name) and another Origin (another page)."""
        _ = request.host
        origin = request.headers.get("Origin")
        if origin is not None and origin != f"{request.scheme}://{request.host}":
            raise BadTurnError(400, "foreign_origin", "This app serves its own page only.")

    @flask.after_request
    def harden(response: Response) -> Response:
        """Set the headers of every response."""
        response.headers.update(HEADERS)
        return response

    @flask.get("/")
    def page() -> Response:
        """Serve the page."""
        return flask.send_static_file("index.html")

    @flask.get("/readyz")
    def ready() -> Response:
        """Say what answers here: the content, its places, and what free words are compared by."""
        matcher = app.matcher()
        name = matcher.name if matcher else "samples"
        return jsonify(ready=True, content=app.library.hash, matcher=name, locales=sorted(app.locales))

    @flask.post("/v1/turn")
    def turn() -> Response:
        """Take a turn of the API."""
        return jsonify(turns.take(read(parse(_json_body()))))

    @flask.post("/alexa")
    def envelope() -> Response:
        """Take an envelope of Alexa's, unsigned: this door is open on loopback only."""
        return jsonify(alexa.handle(parse(_json_body())))

    return flask


def _json_body() -> bytes:
    """Return the body of a JSON request.

    Raises:
        BadTurnError: the content type is another.
    """
    if request.mimetype != "application/json":
        raise BadTurnError(415, "unsupported_media_type", "Send JSON, as application/json.")
    return request.get_data(cache=False)
