"""`gentle-back serve` as a process of its own, behind a test root, for clients on a real socket."""

from __future__ import annotations

import http.client
import json
import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from tests.alexa import envelopes
from tests.alexa.envelopes import Json
from tests.amazon import Amazon, Storage, body_of
from tests.helpers import ROOT

PATIENCE = 60.0
"""Seconds after which a process that should have answered or ended is ended."""


@dataclass
class Response:
    """What came back."""

    status: int
    body: bytes

    @property
    def json(self) -> Json:
        value: Json = json.loads(self.body)
        return value


@dataclass
class Client:
    """Someone who sends requests to a public door, with Amazon's signature or without."""

    amazon: Amazon
    storage: Storage
    port: int

    def post(self, body: bytes, headers: dict[str, str] | None = None) -> Response:
        """Send a body to Alexa's door, signed unless other headers are given."""
        return self.send("POST", "/alexa", body, self.amazon.headers(body) if headers is None else headers)

    def send(
        self, method: str, path: str, body: bytes = b"", headers: dict[str, str] | None = None
    ) -> Response:
        """Send any request, on a connection of its own."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        try:
            connection.request(method, path, body, headers or {})
            answer = connection.getresponse()
            return Response(answer.status, answer.read())
        finally:
            connection.close()


@dataclass
class Served(Client):
    """A client of a server that is a process of its own."""

    process: subprocess.Popen[str]

    @property
    def resident_kilobytes(self) -> int:
        """How much memory the server has."""
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        return int(re.findall(r"VmRSS:\s+(\d+) kB", status)[0])

    def ended(self) -> str:
        """End the server as an operator does, and return what it logged since its start."""
        self.process.send_signal(signal.SIGTERM)
        out, _ = self.process.communicate(timeout=PATIENCE)
        return out


def free_port() -> int:
    """A port on which nobody listens."""
    with closing(socket.create_server(("127.0.0.1", 0))) as listening:
        return int(listening.getsockname()[1])


def fresh(event: Json, **late: float) -> bytes:
    """An envelope of just now, or so many seconds from now, as bytes."""
    event["request"]["timestamp"] = (datetime.now(UTC) + timedelta(**late)).isoformat()
    return body_of(event)


def settings(amazon: Amazon, folder: Path, proxy: str) -> dict[str, str]:
    """The environment of a server: a test root, and the way to Amazon's storage."""
    own = {
        "SSL_CERT_FILE": str(amazon.roots(folder)),
        "HTTPS_PROXY": proxy,
        "GENTLE_BACK_SKILL_ID": envelopes.APPLICATION,
        "GENTLE_BACK_DB": str(folder / "records.db"),
        "PORT": "0",
    }
    hidden = ("no_proxy", "NO_PROXY", "https_proxy")
    return {name: value for name, value in os.environ.items() if name not in hidden} | own


@contextmanager
def serving(
    amazon: Amazon, storage: Storage, environment: dict[str, str], *options: str, port: int = 0
) -> Iterator[Served]:
    """Serve until the end of the block; the first line of the log tells the port, unless it is given."""
    process = subprocess.Popen(
        [sys.executable, "-m", "skill", "serve", *options],
        cwd=ROOT,
        env=environment | {"PORT": str(port)},
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    with process, process.stdout:
        try:
            if not port:
                address = json.loads(process.stdout.readline())["address"]
                port = int(re.findall(r":(\d+)/alexa$", address)[0])
            yield Served(amazon, storage, port, process)
        finally:
            process.kill()


def lines(log: str) -> list[dict[str, Any]]:
    """The lines of a log: JSON, all of them."""
    return [json.loads(line) for line in log.splitlines()]
