"""`gentle-back serve` as a process: 40 fresh starts, its memory, its log, its end, and other servers."""

from __future__ import annotations

import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, closing
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest
import urllib3

from skill.alexa import certification
from skill.web.public import BODY_BYTES
from tests.alexa import envelopes
from tests.amazon import Amazon, Storage
from tests.helpers import ROOT
from tests.served import PATIENCE, Response, Served, free_port, fresh, lines, serving, settings
from tests.web.test_public import BAD

pytestmark = pytest.mark.more

STARTS = 40
CLIENTS = 8


class House:
    """An Amazon, and the environment of the servers that take its requests."""

    def __init__(self, folder: Path, proxy: str, amazon: Amazon, storage: Storage) -> None:
        self.amazon, self.storage = amazon, storage
        self.environment = settings(amazon, folder, proxy)

    def serving(self, folder: Path, *options: str, port: int = 0) -> AbstractContextManager[Served]:
        """A server with a database of its own."""
        environment = self.environment | {"GENTLE_BACK_DB": str(folder / "records.db")}
        return serving(self.amazon, self.storage, environment, *options, port=port)


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    amazon = Amazon()
    storage = Storage(amazon)
    with storage.running() as proxy:
        yield House(tmp_path_factory.mktemp("house"), proxy, amazon, storage)


def check_spoken(response: Response) -> None:
    assert response.status == 200, response.body
    assert certification.problems(response.json) == []


def first(server: Served, user: str, together: threading.Barrier) -> Response:
    """Send a server one of its first requests, at the same moment as others do."""
    body = fresh(envelopes.launch(user=user))
    together.wait()
    return server.post(body)


def test_no_first_request_is_lost_in_forty_fresh_starts(house: House, tmp_path: Path) -> None:
    """Each with concurrent first requests: Amazon's own verifier lost some in 30 of 40."""
    together = threading.Barrier(CLIENTS)
    for start in range(STARTS):
        with house.serving(tmp_path) as server, ThreadPoolExecutor(CLIENTS) as clients:
            users = [f"{start} {number}" for number in range(CLIENTS)]
            for coming in [clients.submit(first, server, user, together) for user in users]:
                check_spoken(coming.result())


def test_each_bad_request_is_refused_by_the_process_as_well(house: House, tmp_path: Path) -> None:
    with house.serving(tmp_path) as server:
        for name, bad in BAD.items():
            assert server.post(*bad(house.amazon)).status == 400, name
        check_spoken(server.post(fresh(envelopes.launch())))


def test_memory_stays_bounded_whatever_strangers_send(house: House, tmp_path: Path) -> None:
    with house.serving(tmp_path) as server:
        check_spoken(server.post(fresh(envelopes.launch())))

        def refused(number: int) -> None:
            path = f"/echo.api/made-up-{number}.pem"
            house.storage.answers[path] = house.amazon.signer.pem if number % 2 else b"x" * 60_000
            body = fresh(envelopes.launch())
            server.post(body, house.amazon.headers(body, f"https://s3.amazonaws.com{path}"))
            assert server.post(b" " * 5_000_000, {}).status == 413

        before = server.resident_kilobytes
        with ThreadPoolExecutor(4) as pool:
            list(pool.map(refused, range(100)))
        # Half a gigabyte was sent. What grows are the threads' own heaps.
        assert server.resident_kilobytes - before < 80_000


def test_the_log_has_a_line_a_turn_and_nothing_of_what_was_said(house: House, tmp_path: Path) -> None:
    canary = "zebrafish"
    query = envelopes.slot("query", f"why does my {canary} leg go numb")
    symptom = envelopes.slot("symptom", f"ow my {canary} hurts")
    with house.serving(tmp_path) as server:
        check_spoken(server.post(fresh(envelopes.launch(user=canary))))
        check_spoken(server.post(fresh(envelopes.intent("QuestionIntent", {"query": query}))))
        check_spoken(server.post(fresh(envelopes.intent("SymptomIntent", {"symptom": symptom}))))
        check_spoken(server.post(fresh(envelopes.intent(f"{canary}Intent"))))
        server.post(fresh(envelopes.exception_encountered()))
        address = {"SignatureCertChainUrl": f"https://{canary}/", "Signature-256": canary}
        server.post(fresh(envelopes.launch()), address)
        server.post(f"{{{canary}".encode())
        server.send("GET", f"/{canary}")
        log = server.ended()
    assert canary not in log
    assert canary.encode() not in b"".join(path.read_bytes() for path in tmp_path.iterdir())
    told = lines(log)
    turns = [line for line in told if line["message"] == "turn"]
    assert [(turn["request"], turn.get("intent"), turn.get("outcome")) for turn in turns] == [
        ("LaunchRequest", None, "offer"),
        ("IntentRequest", "QuestionIntent", turns[1]["outcome"]),
        ("IntentRequest", "withheld", "stop"),
        ("IntentRequest", "other", "clarify"),
        ("System.ExceptionEncountered", None, None),
    ]
    assert ["user" in turn for turn in turns] == [True, False, False, False, False]
    assert [line["reason"] for line in told if line["message"] == "refused"] == ["address", "invalid_json"]
    assert told[-1]["message"] == "ended"


def test_a_stop_finishes_what_is_being_answered(house: House, tmp_path: Path) -> None:
    asked, go_on = threading.Event(), threading.Event()

    def slowly(handler: BaseHTTPRequestHandler) -> None:
        asked.set()
        assert go_on.wait(10)
        handler.send_response(200)
        handler.end_headers()
        handler.wfile.write(house.amazon.signer.pem)

    house.storage.answers["/echo.api/slow.pem"] = slowly
    with house.serving(tmp_path) as server, ThreadPoolExecutor(1) as client:
        body = fresh(envelopes.launch())
        headers = house.amazon.headers(body, "https://s3.amazonaws.com/echo.api/slow.pem")
        coming = client.submit(server.post, body, headers)
        assert asked.wait(10)
        server.process.terminate()
        go_on.set()
        check_spoken(coming.result())
        assert server.process.wait(PATIENCE) == 0
        with pytest.raises(ConnectionRefusedError):
            server.post(body)


def test_without_the_skill_s_id_nothing_is_served(house: House, tmp_path: Path) -> None:
    environment = house.environment | {"GENTLE_BACK_SKILL_ID": ""}
    command = [sys.executable, "-m", "skill", "serve"]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stderr.startswith("Error: settings: GENTLE_BACK_SKILL_ID is not set")


def broken_chunk(port: int) -> bytes:
    """What comes back for a body in pieces whose length is none."""
    with closing(socket.create_connection(("127.0.0.1", port), timeout=30)) as connection:
        connection.sendall(
            b"POST /alexa HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n"
        )
        connection.shutdown(socket.SHUT_WR)
        return connection.recv(65536)


@pytest.mark.parametrize("name", ["gunicorn", "granian"])
def test_another_server_takes_the_same_requests(house: House, tmp_path: Path, name: str) -> None:
    port = free_port()
    options = ("--server", name, "--workers", "2")
    with house.serving(tmp_path, *options, port=port) as server:
        patient = urllib3.Retry(total=None, connect=60, backoff_factor=0.1, backoff_max=0.5)
        urllib3.request("GET", f"http://127.0.0.1:{port}/healthz", retries=patient)
        for _ in range(6):
            check_spoken(server.post(fresh(envelopes.launch())))
        for bad in BAD.values():
            assert server.post(*bad(house.amazon)).status == 400
        long = fresh(envelopes.launch())
        assert server.post(long + b" " * BODY_BYTES).status == 413
        assert broken_chunk(port).split(b" ")[1] == b"400"
        server.process.terminate()
        server.process.wait(PATIENCE)
