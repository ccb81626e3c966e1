"""The public door of an installation: its app, made of the settings, and the servers that can run it."""

from __future__ import annotations

import logging
import os
import sys
from enum import StrEnum
from functools import partial

from flask import Flask

from skill import build, logs, service
from skill.alexa.signature import anchors
from skill.alexa.signature.fetch import fetch
from skill.alexa.signature.verifier import Verifier
from skill.core.errors import GentleBackError
from skill.settings import Settings, from_environment
from skill.web import public
from skill.web.server import STOP_SECONDS, THREADS, Server, run

log = logging.getLogger(__name__)

FACTORY = "skill.door:create_app"
"""Where a server of another make finds the app."""


class Kind(StrEnum):
    """A server."""

    WAITRESS = "waitress"
    GUNICORN = "gunicorn"
    GRANIAN = "granian"


class ServerError(GentleBackError):
    """A server cannot be started."""


def create_app() -> Flask:
    """Return the public app of the environment's settings, with everything loaded that an answer needs.

    Raises:
        SettingsError: the settings do not say whose skill this is.
        AnchorsError: there are no roots to trust.
        ContentError, LibraryError: the content has errors, or is missing.
    """
    logs.configure()
    settings = from_environment()
    skill_id = settings.needed_skill_id()
    roots = anchors.file(settings.roots)
    verifier = Verifier(anchors.load(roots), partial(fetch, roots=roots))
    app = service.opened(build.prepared(settings), settings)
    app.matcher()
    return public.create_app(app, verifier, skill_id)


def serve(settings: Settings, kind: Kind, workers: int) -> None:
    """Run the public app on a server, until the process is told to end.

    Args:
        settings: say where it listens.
        kind: the server; all but Waitress take this process's place.
        workers: how many processes answer; Waitress is one.

    Raises:
        ServerError: the server is not installed, or the address cannot be used.
    """
    if kind is not Kind.WAITRESS:
        _become(kind, settings, workers)
    app = create_app()
    try:
        server = Server(app, settings.host, settings.port, public.BODY_BYTES)
    except OSError as error:
        where = f"{settings.host}:{settings.port}"
        raise ServerError(
            f"{where} cannot be used ({os.strerror(error.errno or 0)}): set PORT to another"
        ) from error
    address = f"http://{settings.host}:{server.port}/alexa"
    log.info("listening", extra={"address": address})
    run(server)
    log.info("ended")


def _become(kind: Kind, settings: Settings, workers: int) -> None:
    """Let a server of another make take this process's place.

    Raises:
        ServerError: it is not installed, or has no port.
    """
    if not settings.port:
        raise ServerError(f"{kind} cannot tell which port it takes: set PORT")
    number, threads = str(workers), str(THREADS)
    where = f"{settings.host}:{settings.port}"
    arguments = {
        Kind.GUNICORN: (
            *("--bind", where, "--workers", number, "--threads", threads, "--worker-class", "gthread"),
            *("--log-level", "error", f"{FACTORY}()"),
        ),
        Kind.GRANIAN: (
            *("--host", settings.host, "--port", str(settings.port), "--workers", number),
            *("--blocking-threads", threads, "--interface", "wsgi", "--no-ws", "--http", "1"),
            # Told to end while they start, its workers may sleep for ever (2.8.7).
            *("--workers-kill-timeout", str(int(STOP_SECONDS)), "--log-level", "error", "--factory", FACTORY),
        ),
    }[kind]
    try:
        __import__(kind)
    except ImportError as error:
        raise ServerError(f"{kind} is not installed: pip install 'gentle-back[{kind}]'") from error
    os.execv(sys.executable, [sys.executable, "-m", kind, *arguments])  # noqa: S606  # no shell is wanted
