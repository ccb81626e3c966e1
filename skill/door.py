"""The public door of an installation: its app, made of the settings, and the servers that can run it."""

from __future__ import annotations

import logging
import os
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from functools import partial
from importlib.util import find_spec

from flask import Flask

from skill import build, logs, service
from skill.alexa.signature import anchors
from skill.alexa.signature.fetch import fetch
from skill.alexa.signature.verifier import Verifier
from skill.app import App
from skill.core.errors import GentleBackError
from skill.settings import Settings, from_environment
from skill.web import public, scraping
from skill.web.server import STOP_SECONDS, THREADS, Server, run

log = logging.getLogger(__name__)

HOST = "127.0.0.1"
"""Metrics are for this machine only, or in a container for whoever shares its network."""
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
    return _opened(from_environment())[1]


def _opened(settings: Settings) -> tuple[App, Flask]:
    """Return the service of the settings, and the public app before it."""
    logs.configure()
    skill_id = settings.needed_skill_id()
    roots = anchors.file(settings.roots)
    verifier = Verifier(anchors.load(roots), partial(fetch, roots=roots))
    app = service.opened(build.prepared(settings), settings)
    app.matcher()
    return app, public.create_app(app, verifier, skill_id)


def serve(settings: Settings, kind: Kind, workers: int) -> None:
    """Run the public app on a server, until the process is told to end.

    Args:
        settings: say where it listens.
        kind: the server; all but Waitress take this process's place.
        workers: how many processes answer; Waitress is one.

    Raises:
        ServerError: the server is not installed, or the address cannot be used; or metrics are wanted, and
            the server is another than Waitress, or what counts them is not installed.
    """
    if settings.metrics_port is not None:
        _check_countable(kind)
    if kind is not Kind.WAITRESS:
        _become(kind, settings, workers)
    app, flask = _opened(from_environment())
    with _scraped(app, settings.metrics_port) as metrics:
        server = _bound(flask, settings.host, settings.port, "PORT")
        log.info("listening", extra={"address": f"http://{settings.host}:{server.port}/alexa"})
        if metrics:
            log.info("metrics", extra={"address": metrics})
        run(server)
    log.info("ended")


def _check_countable(kind: Kind) -> None:
    """Return if a server's turns can be counted.

    Raises:
        ServerError: several processes would each tell a part, or the library is not installed.
    """
    if kind is not Kind.WAITRESS:
        raise ServerError(
            f"{kind} answers in processes that each count for themselves: "
            "unset GENTLE_BACK_METRICS_PORT, or serve with waitress"
        )
    if find_spec("prometheus_client") is None:
        raise ServerError("GENTLE_BACK_METRICS_PORT needs prometheus-client: pip install -e '.[metrics]'")


@contextmanager
def _scraped(app: App, port: int | None) -> Iterator[str]:
    """Count what is logged and show it on loopback until the end of the block; yields the address.

    Args:
        app: what is counted.
        port: 0 takes a free one; without one nothing is counted, and the address is empty.

    Raises:
        ServerError: the port cannot be used.
    """
    if port is None:
        yield ""
        return
    # An extra, which most installations do without.
    from skill.metrics import Metrics

    metrics = Metrics(app)
    server = _bound(scraping.create_app(metrics.exposition), HOST, port, "GENTLE_BACK_METRICS_PORT")
    ended = threading.Event()
    thread = threading.Thread(target=server.run_until, args=(ended.is_set,), daemon=True)
    thread.start()
    logging.getLogger(logs.OURS).addHandler(metrics)
    try:
        yield f"http://{HOST}:{server.port}/metrics"
    finally:
        logging.getLogger(logs.OURS).removeHandler(metrics)
        ended.set()
        server.pull_trigger()
        thread.join()


def _bound(app: Flask, host: str, port: int, setting: str) -> Server:
    """Return a server of an app that listens on an address.

    Raises:
        ServerError: the address cannot be used.
    """
    try:
        return Server(app, host, port, public.BODY_BYTES)
    except OSError as error:
        why = os.strerror(error.errno or 0)
        raise ServerError(f"{host}:{port} cannot be used ({why}): set {setting} to another") from error


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
        raise ServerError(f"{kind} is not installed: pip install -e '.[{kind}]'") from error
    os.execv(sys.executable, [sys.executable, "-m", kind, *arguments])  # noqa: S606  # no shell is wanted
