"""Measures how an artefact starts: each time in a fresh process that finds nothing but the artefact."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import tempfile
from pathlib import Path

import msgspec
from msgspec import Struct

from infra.aws.target import BuildError

TIMES = 3
"""So many processes are started; the middle one is told."""
SKILL = "amzn1.ask.skill.00000000-0000-0000-0000-000000000000"
"""A skill of nobody's."""

SCRIPT = r"""
import json, pathlib, re, sys, time
sys.path.insert(0, sys.argv[1])
requests = [json.loads(line) for line in sys.stdin]
clock = [time.perf_counter()]
from skill.aws import handler
clock.append(time.perf_counter())
for request in requests:
    assert handler(request, None)["response"]["outputSpeech"]["ssml"]
    clock.append(time.perf_counter())
init, first, words = (1000 * (after - before) for before, after in zip(clock, clock[1:]))
megabytes = int(re.findall(r"VmHWM:\s+(\d+)", pathlib.Path("/proc/self/status").read_text())[0]) / 1024
print(json.dumps({"init": init, "first": first, "words": words, "megabytes": megabytes}))
"""
"""Runs in the artefact's Python, and prints a `Start` last."""


class Start(Struct, frozen=True):
    """How a process started."""

    init: float
    """Milliseconds until the handler was there, its door open."""
    first: float
    """Milliseconds of the first answer, to someone who opens the skill."""
    words: float
    """Milliseconds of the first answer to free words, which loads the matcher."""
    megabytes: float
    """The most memory that it had."""

    def __str__(self) -> str:
        """Return it as a line for a person."""
        return (
            f"init {self.init:.0f} ms, first answer {self.first:.0f} ms, "
            f"first free words {self.words:.0f} ms, {self.megabytes:.0f} MB of memory"
        )


def measured(folder: Path, python: Path) -> Start:
    """Return how an artefact starts here, its files read before; the middle of several fresh processes.

    The network is left out: records are kept in a file, and the key beside it.

    Args:
        folder: the artefact.
        python: an interpreter of its version.

    Raises:
        BuildError: it does not start, or does not answer.
    """
    starts = [_start(folder, python) for _ in range(TIMES + 1)][1:]
    values = [msgspec.structs.astuple(start) for start in starts]
    return Start(*(statistics.median(column) for column in zip(*values, strict=True)))


def _start(folder: Path, python: Path) -> Start:
    words = {"name": "query", "value": "is it normal that my back goes click"}
    requests: list[dict[str, object]] = [
        {"type": "LaunchRequest"},
        {"type": "IntentRequest", "intent": {"name": "QuestionIntent", "slots": {"query": words}}},
    ]
    with tempfile.TemporaryDirectory() as scratch:
        done = subprocess.run(  # noqa: S603  # an interpreter of this machine
            [str(python), "-I", "-S", "-c", SCRIPT, str(folder)],
            input="\n".join(
                json.dumps(_envelope(number, request)) for number, request in enumerate(requests)
            ),
            env={
                "PATH": os.defpath,
                "HOME": scratch,
                "GENTLE_BACK_DB": str(Path(scratch) / "records.db"),
                "GENTLE_BACK_SKILL_ID": SKILL,
                "AWS_LAMBDA_FUNCTION_NAME": "cold-start",
                "OPENBLAS_NUM_THREADS": "1",
            },
            check=False,
            capture_output=True,
            text=True,
        )
    if done.returncode:
        raise BuildError(f"{folder} does not start: {(done.stderr.splitlines() or ['no reason told'])[-1]}")
    return msgspec.json.decode(done.stdout.splitlines()[-1], type=Start)


def _envelope(number: int, request: dict[str, object]) -> dict[str, object]:
    """Return a request as Amazon sends it."""
    application, user = {"applicationId": SKILL}, {"userId": "somebody"}
    return {
        "version": "1.0",
        "session": {"new": not number, "sessionId": "s", "application": application, "user": user},
        "context": {"System": {"application": application, "user": user}},
        "request": request
        | {"requestId": f"r{number}", "timestamp": "2026-01-01T00:00:00Z", "locale": "en-US"},
    }
