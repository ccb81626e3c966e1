"""An artefact as a function: in AWS's own runtime interface emulator, beside what Lambda itself brings."""

from __future__ import annotations

import http.client
import json
import os
import signal
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.alexa.envelopes import APPLICATION, Json
from tests.helpers import ROOT
from tests.served import PATIENCE
from tests.store.moto_server import ENVIRONMENT, REGION

RUNTIME = ROOT / ".venv-lambda/bin/python"
"""A Python with AWS's runtime client and SDK, and nothing of ours: as a function finds it."""
SECONDS = 7
"""The function's time limit, as in template.yaml."""
PATH = "/2015-03-31/functions/function/invocations"


def binary() -> Path:
    """The emulator, which the wheel of aws-sam-cli carries."""
    [found] = (ROOT / ".venv-infra").glob("lib/*/site-packages/samcli/local/rapid/aws-lambda-rie-x86_64")
    return found


def free_port() -> int:
    """A port on which nobody listens."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


class Function:
    """A function that is running; its first request is a cold one."""

    def __init__(self, port: int, log: Path) -> None:
        self._port, self._log = port, log

    def invoke(self, event: Json) -> Json:
        """The response to an event, or Lambda's account of an error."""
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=PATIENCE)
        try:
            connection.request("POST", PATH, json.dumps(event))
            answer: Json = json.loads(connection.getresponse().read())
            return answer
        finally:
            connection.close()

    @property
    def log(self) -> str:
        """All that was written so far."""
        return self._log.read_text(encoding="utf-8")

    @property
    def lines(self) -> list[dict[str, Any]]:
        """The skill's own lines: JSON, beside those of Lambda."""
        return [json.loads(line) for line in self.log.splitlines() if line.startswith("{")]


@contextmanager
def running(artefact: Path, **settings: str) -> Iterator[Function]:
    """Run an artefact as a function with these settings, until the end of the block."""
    port, api = free_port(), free_port()
    own = {
        "PATH": os.defpath,
        "PYTHONPATH": str(artefact),
        "LAMBDA_TASK_ROOT": str(artefact),
        "AWS_LAMBDA_FUNCTION_TIMEOUT": str(SECONDS),
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "512",
        "AWS_LAMBDA_FUNCTION_NAME": "gentle-back",
        "AWS_REGION": REGION,
        "GENTLE_BACK_SKILL_ID": APPLICATION,
        "OPENBLAS_NUM_THREADS": "1",
    }
    with tempfile.TemporaryDirectory() as home:
        log = Path(home) / "log"
        with log.open("w") as out:
            process = subprocess.Popen(
                [
                    *(binary(), "--runtime-interface-emulator-address", f"127.0.0.1:{port}"),
                    *("--runtime-api-address", f"127.0.0.1:{api}"),
                    *(RUNTIME, "-m", "awslambdaric", "skill.aws.handler"),
                ],
                cwd=artefact,
                env=ENVIRONMENT | own | {"HOME": home} | settings,
                stdout=out,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        try:
            _wait(port, process)
            yield Function(port, log)
        finally:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def _wait(port: int, process: subprocess.Popen[bytes]) -> None:
    """Wait until the emulator listens."""
    while process.poll() is None:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
    raise AssertionError("the emulator ended")
