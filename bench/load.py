"""Holds many conversations at once against `gentle-back serve`, and looks at every answer and record.

`.venv/bin/python -m bench.load --help` tells how; times decide nothing, wrong answers do (exit code 1).
"""

from __future__ import annotations

import asyncio
import json
import secrets
import shutil
import signal
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

import click
import msgspec

from bench import processes
from bench.crowd import Crowd
from bench.listener import Listener
from bench.processes import Process, Records
from bench.reference import Reference, offers
from bench.result import LONE_TURNS, Plan, Result, report
from skill import build
from skill.settings import Settings, from_environment
from tests.alexa.envelopes import APPLICATION
from tests.amazon import Amazon, Storage

WARM_TURNS = 20
"""So many before them are not counted: they fetch the chain, and load what is loaded late."""
KILL_SECONDS = 30.0
"""After so long, a flood of turns has brought enough answers for the kill that waits for them."""


class Bench:
    """A server with its store, and the crowd that talks to it."""

    def __init__(self, plan: Plan, amazon: Amazon, server: Process, moto: Process | None) -> None:
        """Take the processes, which run already."""
        self._plan, self._amazon, self._server, self._moto = plan, amazon, server, moto
        self.result = Result()
        self.listeners = [Listener(number) for number in range(plan.conversations + 1)]

    async def run(self) -> None:
        """Let one listener talk alone, then all others at once; then everyone comes back."""
        lone = Crowd(self.listeners[:1], self._amazon, self._server.port, "warm")
        await lone.say(WARM_TURNS)
        lone.phase, before = "lone", self._server.cpu
        await lone.say(LONE_TURNS)
        self.result.lone_cpu = self._server.cpu - before
        await lone.leave()
        crowd = Crowd(self.listeners[1:], self._amazon, self._server.port, "load")
        await self._load(crowd)
        crowd.phase = "back"
        await crowd.come_back()
        await crowd.leave()
        self.result.talking = crowd.talking
        turns = [turn for listener in self.listeners for turn in listener.turns]
        self.result.lone = [turn.seconds for turn in turns if turn.phase == "lone"]
        self.result.loaded = [turn.seconds for turn in turns if turn.phase == "load" and turn.sends == 1]
        self.result.resent = [turn.seconds for turn in turns if turn.phase == "load" and turn.sends > 1]

    async def _load(self, crowd: Crowd) -> None:
        """Measure what the load costs."""
        began, before = time.monotonic(), self._spent()
        resident = self._server.resident
        killing = asyncio.create_task(self._kill(crowd))
        await crowd.talk(self._plan.seconds, self._plan.pause)
        await killing
        self.result.seconds = time.monotonic() - began
        spent = [after - first for after, first in zip(self._spent(), before, strict=True)]
        self.result.server_cpu, self.result.store_cpu, self.result.client_cpu = spent
        self.result.resident = (resident, self._server.resident)

    async def _kill(self, crowd: Crowd) -> None:
        """Kill the server as often as planned, each time while everybody's turn is in flight."""
        began, share = time.monotonic(), self._plan.seconds / (self._plan.kills + 1)
        for number in range(self._plan.kills):
            await asyncio.sleep(began + share * (number + 1) - time.monotonic())
            killed = asyncio.Event()
            answers = self._plan.conversations * (1 + number % 4) // 5
            crowd.flood(answers, partial(self._end, crowd, killed))
            await asyncio.wait_for(killed.wait(), KILL_SECONDS)
            dead = time.monotonic()
            await asyncio.to_thread(self._server.start)
            self.result.outages.append(time.monotonic() - dead)

    def _end(self, crowd: Crowd, killed: asyncio.Event) -> None:
        """Kill the server."""
        self.result.in_flight.append(crowd.in_flight)
        self._server.end(signal.SIGKILL)
        killed.set()

    def _spent(self) -> tuple[float, float, float]:
        """Return the CPU seconds of the server, of the stand-in and of this process."""
        return self._server.cpu, self._moto.cpu if self._moto else 0.0, time.process_time()


def measure(plan: Plan) -> Result:
    """Run a plan on processes and files of its own, and check all that came of it."""
    with TemporaryDirectory(prefix="gentle-back-load-") as name:
        folder = Path(name)
        settings = _settings(folder)
        library = build.write(settings)
        amazon = Amazon()
        with _running(plan, folder, amazon, settings) as (server, moto):
            bench = Bench(plan, amazon, server, moto)
            asyncio.run(bench.run())
            server.end()
            records = processes.table_records(moto) if moto else processes.file_records(folder / "records.db")
        _read_log(bench.result, server)
        _check(bench, Reference(library, settings), records)
        return bench.result


def _settings(folder: Path) -> Settings:
    """Return settings with a key and compiled content of their own: nothing changes it meanwhile."""
    mine = from_environment()
    index = folder / "index.safetensors"
    if Path(mine.index).exists():
        # What is learned already is not learned again.
        shutil.copy(mine.index, index)
    library, key = str(folder / "library.json"), secrets.token_hex(32)
    return msgspec.structs.replace(mine, key=key, library=library, index=str(index), skill_id=APPLICATION)


@contextmanager
def _running(
    plan: Plan, folder: Path, amazon: Amazon, settings: Settings
) -> Iterator[tuple[Process, Process | None]]:
    """Run the server, Amazon's storage, and for `dynamodb` the stand-in."""
    environment = {
        "GENTLE_BACK_SKILL_ID": settings.skill_id,
        "GENTLE_BACK_KEY": settings.key,
        "GENTLE_BACK_DB": str(folder / "records.db"),
        "GENTLE_BACK_LIBRARY": settings.library,
        "GENTLE_BACK_INDEX": settings.index,
        "GENTLE_BACK_ENCODER": settings.encoder,
        # No sources there: a restart takes the same compiled content.
        "GENTLE_BACK_CONTENT": str(folder),
        "SSL_CERT_FILE": str(amazon.roots(folder)),
    }
    with Storage(amazon).running() as proxy, _table(plan, folder) as moto:
        table = processes.table_settings(moto) if moto else {}
        server = processes.server(folder, environment | table | {"HTTPS_PROXY": proxy})
        server.start()
        try:
            yield server, moto
        finally:
            server.end(signal.SIGKILL)


@contextmanager
def _table(plan: Plan, folder: Path) -> Iterator[Process | None]:
    """Run the stand-in for DynamoDB where the plan wants it."""
    if plan.store != "dynamodb":
        yield None
        return
    with processes.dynamodb(folder) as moto:
        yield moto


def _read_log(result: Result, server: Process) -> None:
    """Take from the server's log how long the door took, and what it complained about."""
    lines = server.lines
    result.door = [line["milliseconds"] / 1000 for line in lines if line.get("message") == "turn"]
    result.complaints = Counter(
        f"{line['level']} {line.get('logger', '')} {line.get('message', line.get('at'))}"
        for line in lines
        if line.get("level") != "INFO"
    )


def _check(bench: Bench, reference: Reference, records: Records) -> None:
    """Compare every answer and every record with the reference."""
    result = bench.result
    for listener in bench.listeners:
        result.faults.extend(reference.faults(listener, records))
        record = reference.kept(listener)
        result.finished += len(record.finished)
        result.heard += sum(record.heard.values())
    back = [turn for turn in reference.offers if turn.phase == "back"]
    result.left, result.offered = len(back), sum(offers(json.loads(turn.reply or b"{}")) for turn in back)


@click.command()
@click.option("--conversations", type=click.IntRange(1, 900), default=200, show_default=True, help="At once.")
@click.option("--seconds", type=click.FloatRange(1), default=60.0, show_default=True, help="For so long.")
@click.option(
    "--pause", type=click.FloatRange(0.1), default=2.0, show_default=True, help="Mean seconds between turns."
)
@click.option("--store", type=click.Choice(("sqlite", "dynamodb")), default="sqlite", show_default=True)
@click.option(
    *("--kill", "kills"),
    is_flag=False,
    flag_value=1,
    default=0,
    type=click.IntRange(0, 20),
    help="Kill the server so often meanwhile (once, without a number), and start it again.",
)
def main(**options: object) -> None:
    """Hold conversations with `gentle-back serve`, every one checked to its end.

    Each listener has a connection of their own and goes through the scripts of bench/scripts.py, signed as
    by Amazon. What is answered and kept must be, to the letter, what one process answers and keeps that
    takes every request once. The exit code is 1 if anything is wrong; times decide nothing.
    """
    plan = msgspec.convert(options, Plan)
    # Whoever ends this ends its processes as well.
    signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(number))
    result = measure(plan)
    for line in report(plan, result):
        click.echo(line)
    sys.exit(bool(result.faults))


if __name__ == "__main__":
    main()
