"""The processes of a run: `gentle-back serve`, and the stand-in for DynamoDB."""

from __future__ import annotations

import json
import os
import re
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from botocore.session import Session

START_SECONDS = 60.0
"""A process that has not told its address after so long does not come."""
TABLE, REGION = "gentle-back", "us-east-1"
KEYS = {"AWS_ACCESS_KEY_ID": "none", "AWS_SECRET_ACCESS_KEY": "none", "AWS_EC2_METADATA_DISABLED": "true"}
"""Credentials that are good for a stand-in only."""

Records = dict[str, tuple[int, bytes]]
"""Version and body of every record, by its key."""


class Process:
    """A process that writes its address into its output, which is kept in a file."""

    def __init__(
        self, arguments: list[str], environment: Mapping[str, str], log: Path, address: re.Pattern[str]
    ) -> None:
        """Name what is started.

        Args:
            arguments: of Python.
            environment: all of it.
            log: takes the output of every start, one after the other.
            address: finds the port in the output.
        """
        self._arguments, self._log, self._address = arguments, log, address
        self._environment = dict(environment)
        self._spent = 0.0
        self._process: subprocess.Popen[bytes] | None = None
        self.port = 0

    def start(self) -> None:
        """Start it, and wait until it tells its port."""
        begins = self._log.stat().st_size if self._log.exists() else 0
        with self._log.open("ab") as output:
            self._process = subprocess.Popen(  # noqa: S603  # our own program
                [sys.executable, *self._arguments],
                env=self._environment | {"PORT": str(self.port)},
                stdout=output,
                stderr=subprocess.STDOUT,
            )
        deadline = time.monotonic() + START_SECONDS
        while not (found := self._address.search(self._log.read_text()[begins:])):
            if self._process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"it does not start:\n{self._log.read_text()[begins:]}")
            time.sleep(0.02)
        self.port = int(found[1])

    def end(self, number: signal.Signals = signal.SIGTERM) -> None:
        """End it by a signal."""
        if self._process is not None:
            self._spent = self.cpu
            self._process.send_signal(number)
            self._process.wait(timeout=30)
            self._process = None

    @property
    def cpu(self) -> float:
        """CPU seconds so far, over all starts."""
        if self._process is None:
            return self._spent
        fields = Path(f"/proc/{self._process.pid}/stat").read_text().rpartition(")")[2].split()
        return self._spent + (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    @property
    def resident(self) -> float:
        """Resident memory, in MB; 0 where nothing runs."""
        if self._process is None:
            return 0.0
        pages = int(Path(f"/proc/{self._process.pid}/statm").read_text().split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE") / 1e6

    @property
    def lines(self) -> list[dict[str, Any]]:
        """The JSON lines of its output; another line is one with its text alone."""
        return [_line(text) for text in self._log.read_text().splitlines()]


def _line(text: str) -> dict[str, Any]:
    """Return a line of a log."""
    try:
        found: dict[str, Any] = json.loads(text)
    except ValueError:
        return {"level": "OTHER", "message": text}
    return found


def bare() -> dict[str, str]:
    """Return this process's environment without what leads elsewhere: proxies, settings, accounts."""
    away = re.compile(r".*_proxy|AWS_.*|GENTLE_BACK_.*|SSL_CERT_.*", re.IGNORECASE)
    return {name: value for name, value in os.environ.items() if not away.fullmatch(name)}


def server(folder: Path, settings: Mapping[str, str]) -> Process:
    """Return `gentle-back serve`, not started yet, with all else as a person would have it."""
    address = re.compile(r'"address": "http://127\.0\.0\.1:(\d+)/alexa"')
    return Process(["-m", "skill", "serve"], bare() | dict(settings), folder / "server.log", address)


@contextmanager
def dynamodb(folder: Path) -> Iterator[Process]:
    """Run moto's server with an empty table."""
    address = re.compile(r"Running on http://127\.0\.0\.1:(\d+)")
    moto = Process(["-m", "moto.server", "-p", "0"], bare() | KEYS, folder / "moto.log", address)
    moto.start()
    try:
        with closing(_client(moto.port)) as client:
            client.create_table(
                TableName=TABLE,
                KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
                AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
                BillingMode="PAY_PER_REQUEST",
            )
        yield moto
    finally:
        moto.end()


def table_settings(moto: Process) -> dict[str, str]:
    """Return the settings of a server that keeps its records in moto's table."""
    endpoint = {"AWS_ENDPOINT_URL_DYNAMODB": f"http://127.0.0.1:{moto.port}"}
    return KEYS | endpoint | {"GENTLE_BACK_TABLE": TABLE, "AWS_REGION": REGION}


def table_records(moto: Process) -> Records:
    """Read every record of moto's table."""
    with closing(_client(moto.port)) as client:
        pages = client.get_paginator("scan").paginate(TableName=TABLE, ConsistentRead=True)
        items = [item for page in pages for item in page["Items"]]
    return {item["id"]["S"]: (int(item["version"]["N"]), item["body"]["S"].encode()) for item in items}


def file_records(path: Path) -> Records:
    """Read every record of a SQLite file."""
    with closing(sqlite3.connect(path)) as database:
        rows = database.execute("SELECT id, version, body FROM record").fetchall()
    return {id_: (version, bytes(body)) for id_, version, body in rows}


def _client(port: int) -> Any:
    """Return a client of moto's."""
    session = Session()
    session.set_credentials(KEYS["AWS_ACCESS_KEY_ID"], KEYS["AWS_SECRET_ACCESS_KEY"])
    return session.create_client("dynamodb", region_name=REGION, endpoint_url=f"http://127.0.0.1:{port}")
