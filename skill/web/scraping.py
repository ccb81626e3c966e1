"""The app that Prometheus scrapes: one page, for this machine only."""

from __future__ import annotations

from collections.abc import Callable

from flask import Flask, Response, request

from skill.web import errors
from skill.web.local import HOSTS

BODY_BYTES = 1024
"""A request has no body that anybody reads."""

Exposition = Callable[[str], tuple[bytes, str]]
"""Returns all metrics and their content type, in the format that an Accept header asks for."""


def create_app(exposition: Exposition) -> Flask:
    """Return the app, which must be bound to loopback only."""
    flask = Flask(__name__, static_folder=None)
    flask.config.update(MAX_CONTENT_LENGTH=BODY_BYTES, TRUSTED_HOSTS=HOSTS)
    errors.install(flask)

    @flask.before_request
    def refuse_strangers() -> None:
        """Refuse another Host: a name that a web page has made to lead here."""
        _ = request.host

    @flask.get("/metrics")
    def metrics() -> Response:
        """Tell all metrics."""
        body, content_type = exposition(request.headers.get("Accept", ""))
        return Response(body, content_type=content_type, headers={"Cache-Control": "no-store"})

    return flask
