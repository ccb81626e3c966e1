"""`gentle-back doctor`: all checks of an installation, whatever is broken in it."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from skill import compiled
from skill.alexa.signature import anchors
from skill.cli import main
from skill.core.library import Library
from skill.doctor import clock, examination, keeping
from skill.doctor.finding import Finding, ok
from tests.alexa import envelopes
from tests.amazon import Amazon, Storage

NAMES = ["settings", "skill id", "content", "encoder", "free words", "store", "disk", "key", "roots", "clock"]
"""What is looked at in an installation that has not begun yet."""


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory, library: Library) -> Path:
    """The files of an installation, but for what it keeps."""
    folder: Path = tmp_path_factory.mktemp("home")
    compiled.write(library, folder / "library.json")
    return folder


@pytest.fixture(scope="module")
def amazon() -> Amazon:
    return Amazon()


@pytest.fixture
def environment(amazon: Amazon, home: Path, tmp_path: Path) -> Iterator[dict[str, str]]:
    """The variables of an installation, with Amazon's clock in reach."""
    with Storage(amazon).running() as proxy:
        yield {
            "HTTPS_PROXY": proxy,
            "SSL_CERT_FILE": str(amazon.roots(tmp_path)),
            "GENTLE_BACK_SKILL_ID": envelopes.APPLICATION,
            "GENTLE_BACK_CONTENT": str(home / "nowhere"),
            "GENTLE_BACK_LIBRARY": str(home / "library.json"),
            "GENTLE_BACK_DB": str(tmp_path / "records.db"),
        }


def run(environment: dict[str, str], *options: str) -> Result:
    """Run the doctor; it ends of itself, and never with a stack trace."""
    result = CliRunner(env=environment).invoke(main, ["doctor", *options])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    assert "Traceback" not in result.output
    return result


def told(result: Result) -> dict[str, dict[str, str]]:
    """The findings of `--json` by their names."""
    return {finding["name"]: finding for finding in json.loads(result.stdout)["findings"]}


def test_each_check_is_a_line_and_what_to_do(environment: dict[str, str]) -> None:
    lines = run(environment).output.splitlines()
    findings = [line for line in lines if not line.startswith(" ")]
    assert [line[9:21].strip() for line in findings] == NAMES
    for line, after in zip(lines, [*lines[1:], ""], strict=True):
        if not line.startswith(" "):
            assert line.split()[0] in ("ok", "warn", "bad", "unknown")
            assert after.startswith("         do: ") is (line.split()[0] != "ok")


def test_it_ends_with_1_only_if_something_is_bad(
    environment: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    result = run(environment, "--json")
    assert [name for name, one in told(result).items() if one["level"] == "bad"] == ["roots"]
    assert (result.exit_code, json.loads(result.stdout)["bad"]) == (1, 1)
    roots = anchors.certificates(Path(environment["SSL_CERT_FILE"]))
    monkeypatch.setattr(examination, "_amazon_s", lambda: roots)
    result = run(environment, "--json")
    assert (result.exit_code, json.loads(result.stdout)["bad"]) == (0, 0)
    assert told(result)["clock"]["level"] == "ok"


def test_it_leaves_nothing_behind(environment: dict[str, str], tmp_path: Path) -> None:
    before = sorted(tmp_path.iterdir())
    run(environment)
    assert sorted(tmp_path.iterdir()) == before


def test_a_clock_that_cannot_be_compared_is_not_bad(environment: dict[str, str]) -> None:
    found = told(run(environment | {"HTTPS_PROXY": "http://127.0.0.1:9"}, "--json"))
    assert found["clock"]["level"] == "unknown"


BROKEN: dict[str, tuple[dict[str, str], str]] = {
    "a setting": ({"PORT": "many"}, "settings"),
    "no library": ({"GENTLE_BACK_LIBRARY": "/nowhere/library.json"}, "content"),
    "a library that is garbage": ({"GENTLE_BACK_LIBRARY": sys.executable}, "content"),
    "a library that is a folder": ({"GENTLE_BACK_LIBRARY": "/"}, "content"),
    "a database that is garbage": ({"GENTLE_BACK_DB": sys.executable}, "store"),
    "a database that is a folder": ({"GENTLE_BACK_DB": "/tmp"}, "store"),
    "a database below a file": ({"GENTLE_BACK_DB": f"{sys.executable}/records.db"}, "store"),
    "a database nowhere": ({"GENTLE_BACK_DB": "/proc/nowhere/records.db"}, "store"),
    "a name that is too long": ({"GENTLE_BACK_DB": f"/tmp/{'a' * 300}"}, "store"),
    "roots that are none": ({"SSL_CERT_FILE": sys.executable}, "roots"),
    "an endpoint that is none": ({}, "endpoint"),
    "a table without its key": ({"GENTLE_BACK_TABLE": "t", "AWS_ENDPOINT_URL_DYNAMODB": "http://x:1"}, "key"),
    "a table that is nowhere": (
        {"GENTLE_BACK_TABLE": "t", "AWS_ENDPOINT_URL_DYNAMODB": "http://127.0.0.1:9", "AWS_REGION": "x"},
        "store",
    ),
    "an address of a table that is none": (
        {"GENTLE_BACK_TABLE": "t", "AWS_ENDPOINT_URL_DYNAMODB": "no address"},
        "store",
    ),
}


@pytest.mark.usefixtures("as_nobody")
@pytest.mark.parametrize("name", BROKEN)
def test_whatever_is_broken_is_found(name: str, environment: dict[str, str]) -> None:
    broken, looked_at = BROKEN[name]
    result = run(environment | broken, "--endpoint", "ftp://x", "--json")
    assert result.exit_code == 1
    assert told(result)[looked_at]["level"] == "bad"


def test_a_table_without_what_speaks_to_it(
    environment: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(examination, "find_spec", lambda name: None)
    found = told(run(environment | {"GENTLE_BACK_TABLE": "t"}, "--json"))
    assert found["store"]["do"] == "pip install -e '.[aws]'"


def test_a_check_that_fails_is_a_finding(
    environment: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*given: object) -> Finding:
        raise ZeroDivisionError("by nought\nand more")

    monkeypatch.setattr(clock, "clock", fails)
    monkeypatch.setattr(keeping, "room", lambda free: ok("disk", "enough"))
    found = told(run(environment, "--json"))
    assert found["clock"]["level"] == "bad"
    assert found["clock"]["found"] == "it cannot be looked at: ZeroDivisionError: by nought"
