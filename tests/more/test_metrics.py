"""`gentle-back serve` with metrics, as a process: a conversation by signed requests, and a scrape."""

from __future__ import annotations

import http.client
import json
import re
import socket
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families

from tests.alexa import envelopes
from tests.alexa.envelopes import Json
from tests.amazon import Amazon, Storage
from tests.helpers import NO, ROOT
from tests.served import PATIENCE, Served, fresh, lines, serving, settings

pytestmark = pytest.mark.more

CANARY = "zebrafish"


class Speaker:
    """A device in a conversation by signed requests."""

    def __init__(self, server: Served) -> None:
        self.server = server
        self.attributes: Json | None = None
        self.ended = True

    def says(self, *intents: str, slots: Json | None = None) -> None:
        for intent in intents:
            around = {"attributes": self.attributes, "new": self.ended, "user": CANARY, "device": CANARY}
            answer = self.server.post(fresh(envelopes.intent(intent, slots, **around)))
            assert answer.status == 200, answer.body
            self.attributes = answer.json.get("sessionAttributes")
            self.ended = answer.json["response"].get("shouldEndSession", True)


def scraped(port: int) -> dict[str, float]:
    """Every sample, as Prometheus reads it, under its name and labels."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
    with closing(connection):
        connection.request("GET", "/metrics", headers={"Accept": "text/plain"})
        text = connection.getresponse().read().decode()
    assert CANARY not in text
    return {
        " ".join((sample.name, *(f"{name}={value}" for name, value in sorted(sample.labels.items())))): (
            sample.value
        )
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def talk(server: Served) -> int:
    """A routine from its screen to its end, a sign, and strangers; returns how many turns that were."""
    speaker = Speaker(server)
    speaker.says("StartIntent", *[NO] * 6, "ReadyIntent")
    turns = 8
    while not speaker.ended:
        speaker.says("NextStepIntent")
        turns += 1
    symptom = envelopes.matched("symptom", f"{CANARY} numb", "s02_nerve")
    speaker.says("StartIntent", *[NO] * 6, "ReadyIntent", "AMAZON.FallbackIntent")
    speaker.says("SymptomIntent", slots={"symptom": symptom})
    speaker = Speaker(server)
    speaker.says(f"{CANARY}Intent")
    for body, headers in ((fresh(envelopes.launch()), {}), (f"{{{CANARY}".encode(), None)):
        assert server.post(body, headers).status == 400
    return turns + 11


def test_the_numbers_are_those_of_the_conversation(tmp_path: Path) -> None:
    amazon = Amazon()
    storage = Storage(amazon)
    with storage.running() as proxy:
        environment = settings(amazon, tmp_path, proxy) | {"GENTLE_BACK_METRICS_PORT": "0"}
        with serving(amazon, storage, environment) as server:
            assert server.process.stdout is not None
            address = json.loads(server.process.stdout.readline())["address"]
            port = int(re.findall(r"^http://127\.0\.0\.1:(\d+)/metrics$", address)[0])
            turns = talk(server)
            found = scraped(port)
            assert server.send("GET", "/metrics").status == 404
            check_loopback(server, port)
            log = server.ended()
            with pytest.raises(ConnectionRefusedError):
                scraped(port)
    told = [line for line in lines(log) if line["message"] == "turn"]
    assert len(told) == turns
    assert sum(value for name, value in found.items() if "turns_total" in name) == turns
    milestones = [(line["milestone"], line["routine"]) for line in told if "milestone" in line]
    routine = milestones[0][1]
    steps = [("screening", routine), ("screened", routine), ("started", routine)]
    assert milestones == [*steps, ("finished", routine), *steps]
    numbers = {name.removeprefix("gentle_back_"): value for name, value in found.items() if value}
    assert (
        numbers
        | {
            "screens_begun_total": 2,
            "screens_passed_total": 2,
            "stops_total": 1,
            "turns_not_understood_total": 2,
            f"routines_started_total routine={routine}": 2,
            f"routines_finished_total routine={routine}": 1,
            "turns_total locale=withheld outcome=withheld": 1,
            "requests_refused_total reason=headers": 1,
            "requests_refused_total reason=invalid_json": 1,
            "answer_seconds_count": turns,
            "answer_seconds_bucket le=+Inf": turns,
            "encoder_present": 1,
        }
        == numbers
    )
    assert "store_errors_total" not in numbers


def check_loopback(server: Served, port: int) -> None:
    """Assert that a port listens on loopback, and nowhere else."""
    listening = Path(f"/proc/{server.process.pid}/net/tcp").read_text().split("\n")[1:]
    addresses = [row.split()[1] for row in listening if row and row.split()[3] == "0A"]
    assert [one for one in addresses if one.endswith(f":{port:04X}")] == [f"0100007F:{port:04X}"]


def test_a_port_in_use_is_one_line_at_the_start(tmp_path: Path) -> None:
    environment = settings(Amazon(), tmp_path, "http://127.0.0.1:9")
    with closing(socket.create_server(("127.0.0.1", 0))) as busy:
        port = str(busy.getsockname()[1])
        done = subprocess.run(
            [sys.executable, "-m", "skill", "serve"],
            cwd=ROOT,
            env=environment | {"GENTLE_BACK_METRICS_PORT": port},
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
        )
    assert done.returncode == 1
    assert re.fullmatch(
        rf"Error: 127\.0\.0\.1:{port} cannot be used \(.*\): set GENTLE_BACK_METRICS_PORT to another\n",
        done.stderr,
    )
