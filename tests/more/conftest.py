"""A real local app on a free port, for clients that are not ours."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.helpers import ROOT

HERE = Path(__file__).parent


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of `gentle-back run`, started as a person would."""
    home = tmp_path_factory.mktemp("app")
    environment = os.environ | {
        "PORT": "0",
        "GENTLE_BACK_DB": str(home / "records.db"),
        "GENTLE_BACK_LIBRARY": str(home / "library.json"),
    }
    process = subprocess.Popen(
        [sys.executable, "-m", "skill", "run"], cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    with process, process.stdout:
        line = process.stdout.readline()
        found = re.search(r"http://127\.0\.0\.1:\d+/", line)
        assert found, line
        try:
            yield found[0]
        finally:
            process.send_signal(signal.SIGINT)
            process.wait(timeout=10)


def node(script: str, *arguments: str) -> Any:
    """Run a client and return what it printed."""
    done = subprocess.run(
        ["node", script, *arguments], cwd=HERE, capture_output=True, text=True, timeout=180, check=False
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])
