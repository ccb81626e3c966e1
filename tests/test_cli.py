"""The commands: what they print, and the one line with which they end when something is wrong."""

from __future__ import annotations

import errno
import http.client
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner, Result

from skill import compiled
from skill.alexa import certification
from skill.cli import main
from skill.core.library import Library
from skill.core.preferences import Pace
from skill.talk import Terminal
from tests.alexa import envelopes
from tests.helpers import ROOT
from tests.web.test_turns import Json, check_answer

PATIENCE = 30.0
"""Seconds after which a process that should have ended is ended."""
MODEL = "interaction_model/interactionModels/custom/en-US.json"


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a copy of the content, to which every setting points."""
    for name in ("content", "interaction_model"):
        shutil.copytree(ROOT / name, tmp_path / name)
    monkeypatch.setenv("GENTLE_BACK_CONTENT", str(tmp_path))
    monkeypatch.setenv("GENTLE_BACK_LIBRARY", str(tmp_path / "built" / "library.json"))
    monkeypatch.setenv("GENTLE_BACK_DB", str(tmp_path / "kept" / "records.db"))
    monkeypatch.delenv("GENTLE_BACK_KEY", raising=False)
    monkeypatch.delenv("PORT", raising=False)
    return tmp_path


def ran(*arguments: str, typed: str = "") -> Result:
    return CliRunner().invoke(main, arguments, input=typed)


def failed(*arguments: str) -> str:
    """What a command prints that fails, which has to be in order."""
    result = ran(*arguments)
    assert result.exit_code == 1
    assert isinstance(result.exception, SystemExit), result.exception
    assert "Traceback" not in result.output
    assert "Error: " in result.output
    return result.output


def spoil(path: Path) -> int:
    """Add a key that nobody knows to a file, and return its line."""
    lines = path.read_text().splitlines()
    path.write_text("\n".join([*lines, "colour: green", ""]))
    return len(lines) + 1


# Help ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", main.commands)
def test_every_command_has_help_and_every_option_as_well(name: str) -> None:
    result = ran(name, "--help")
    assert result.exit_code == 0
    command = main.commands[name]
    assert command.help
    assert command.help.split()[0] in result.output
    for parameter in command.params:
        if isinstance(parameter, click.Option):
            assert parameter.opts[-1] in result.output
            assert parameter.help
        else:
            assert parameter.human_readable_name.lower() in result.output.lower() or isinstance(
                parameter.type, click.Choice
            )


def test_the_help_lists_every_command() -> None:
    result = ran("--help")
    assert result.exit_code == 0
    assert {"run", "talk", "check", "compile", "model"} <= set(main.commands)
    for name in main.commands:
        assert re.search(rf"^  {name} +\w", result.output, re.MULTILINE)


def test_the_version_is_the_package_s() -> None:
    assert re.search(r"\d+\.\d+\.\d+$", ran("--version").output.strip())


# Content -------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("home")
def test_check_counts_what_is_there(library: Library) -> None:
    result = ran("check")
    assert result.exit_code == 0
    assert result.output.splitlines()[-1] == (
        f"en: {len(library.stretches)} stretches, {len(library.routines)} routines, {len(library.answers)} "
        f"answers, {len(library.safety.flags)} flags: no errors"
    )
    for routine in library.routines:
        assert result.output.count(f"{routine} ") == len(Pace), "what was proved of it at every pace"


def test_check_tells_every_error_with_its_place(home: Path) -> None:
    files = ["content/en/answers/sound_cause.yaml", "content/en/stretches/supine_figure_four.yaml"]
    places = [f"{file}:{spoil(home / file)}:1: " for file in files]
    *lines, last = failed("check").splitlines()
    assert last == "Error: 2 to mend"
    for place in places:
        [line] = [line for line in lines if line.startswith(place)]
        assert "colour" in line


def test_check_of_a_folder_without_content_names_what_is_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GENTLE_BACK_CONTENT", str(tmp_path / "nowhere"))
    assert "interaction_model/intents.yaml:1:1: cannot be read" in failed("check")


def test_compile_writes_what_a_skill_can_load(home: Path, library: Library) -> None:
    result = ran("compile")
    path = home / "built" / "library.json"
    assert (result.exit_code, result.output) == (0, f"{path} {library.hash}\n")
    assert compiled.load(path) == library


@pytest.mark.parametrize("command", ["compile", "model", "run", "talk"])
def test_broken_content_is_neither_compiled_nor_run(home: Path, command: str) -> None:
    line = spoil(home / "content/en/answers/sound_cause.yaml")
    model = (home / MODEL).read_bytes()
    told = failed(command)
    assert told.startswith("Error: the content has errors\n")
    assert f"content/en/answers/sound_cause.yaml:{line}:1: " in told
    assert not (home / "built").exists()
    assert (home / MODEL).read_bytes() == model


@pytest.mark.parametrize("command", ["compile", "talk"])
def test_a_library_that_cannot_be_written_is_told_with_its_path(
    home: Path, monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    (home / "file").touch()
    monkeypatch.setenv("GENTLE_BACK_LIBRARY", str(home / "file" / "library.json"))
    assert failed(command).startswith(f"Error: {home / 'file'}")


def test_the_model_is_built_and_checked(home: Path) -> None:
    assert ran("model").exit_code == 0
    fresh = (home / MODEL).read_bytes()
    result = ran("model", "--check")
    assert (result.exit_code, result.output) == (0, "")
    (home / MODEL).write_bytes(fresh + b"\n")
    extra = (home / MODEL).with_stem("xx-XX")
    extra.touch()
    told = failed("model", "--check")
    assert told == f"Error: {MODEL}, {extra.relative_to(home)}: stale, run gentle-back model\n"
    assert (home / MODEL).read_bytes() == fresh + b"\n", "a check writes nothing"
    (home / MODEL).unlink()
    assert "stale" in failed("model", "--check")
    assert f"{MODEL}: {len(fresh)} bytes\n" in ran("model").output
    assert (home / MODEL).read_bytes() == fresh
    assert not extra.exists(), "the content has no such place"


def test_the_words_of_the_store_are_written_into_the_manifest(home: Path) -> None:
    path = home / "interaction_model/skill.json"
    text = path.read_text()
    path.write_text(text.replace("Gentle Back guides", "It guides").replace("example.com", "example.org"))
    assert failed("model", "--check") == (
        "Error: interaction_model/skill.json: stale, run gentle-back model\n"
    )
    assert ran("model").exit_code == 0
    assert path.read_text() == text.replace("example.com", "example.org"), "a publisher's own words stay"


# Talking -------------------------------------------------------------------------------------------


def test_talk_talks(home: Path) -> None:
    result = ran(
        "talk", "--fast", typed="the figure four\n" + "no\n" * 6 + "ready\n@30 how long left\nstop\n"
    )
    assert result.exit_code == 0
    assert "Welcome to Gentle Back" in result.output
    assert "s hold" in result.output
    assert (home / "kept" / "records.db").exists()
    assert (home / "kept" / "records.db.key").exists()


@pytest.mark.usefixtures("home")
def test_talk_says_the_words_of_the_place(library: Library) -> None:
    said = ran("talk", "--json", "--locale", "en-GB", typed="call an ambulance\n").output
    assert "999" in said
    assert "911" not in said
    refused = ran("talk", "--locale", "fr-FR")
    assert refused.exit_code == 2
    assert "one of en-AU, en-CA, en-GB, en-IN, en-US" in refused.output


@pytest.mark.usefixtures("home")
def test_talk_in_json_is_json_alone(library: Library) -> None:
    result = ran("talk", "--json", typed="the figure four\n{\nno\n")
    assert result.exit_code == 0
    answers = [json.loads(line) for line in result.output.splitlines()]
    assert [("error" in answer) for answer in answers] == [False, False, True, False]
    for answer in answers:
        if "error" not in answer:
            check_answer(answer, library)


@pytest.mark.usefixtures("home")
def test_a_key_of_one_s_own_needs_no_file(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GENTLE_BACK_KEY", "a secret")
    assert ran("talk", "--json", typed="hello\n").exit_code == 0
    assert not (home / "kept" / "records.db.key").exists()


def test_without_content_nothing_is_talked_about(home: Path) -> None:
    shutil.rmtree(home / "content")
    assert (
        failed("talk")
        == f"Error: {home / 'built' / 'library.json'}: no compiled content (FileNotFoundError)\n"
    )


@pytest.mark.usefixtures("home")
def test_a_reader_who_goes_away_is_no_error_of_a_file(monkeypatch: pytest.MonkeyPatch) -> None:
    """As in `gentle-back talk --json | head -1`."""

    def gone(self: Terminal) -> None:
        raise BrokenPipeError(errno.EPIPE, "Broken pipe")

    monkeypatch.setattr(Terminal, "run", gone)
    result = ran("talk", "--json")
    assert (result.exit_code, result.output) == (1, "")


# The local app -------------------------------------------------------------------------------------


@pytest.mark.usefixtures("home")
@pytest.mark.parametrize("port", ["abc", "70000", "-1"])
def test_a_port_that_is_none_is_told(monkeypatch: pytest.MonkeyPatch, port: str) -> None:
    monkeypatch.setenv("PORT", port)
    told = failed("run")
    assert told.startswith("Error: settings: ")
    assert "PORT" in told
    assert len(told.splitlines()) == 1


def environment(port: str) -> dict[str, str]:
    """What a process of a person's own would have: no warnings of sockets that end with it."""
    return os.environ | {"PYTHONPATH": str(ROOT), "PYTHONWARNINGS": "", "PORT": port}


@pytest.mark.usefixtures("home")
def test_a_busy_port_is_told() -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as taken:
        port = str(taken.getsockname()[1])
        done = subprocess.run(
            [sys.executable, "-m", "skill", "run"],
            env=environment(port),
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
        )
    assert done.returncode == 1
    assert f"Error: port {port} cannot be used (Address already in use): set PORT to another" in done.stderr
    assert "Traceback" not in done.stderr
    assert done.stdout == ""


@contextmanager
def running() -> Iterator[tuple[subprocess.Popen[str], int]]:
    """The local app in a process of its own, and its port."""
    with subprocess.Popen(
        [sys.executable, "-m", "skill", "run"],
        env=environment("0"),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        watch = threading.Timer(PATIENCE, process.kill)
        watch.start()
        try:
            assert process.stdout is not None
            line = process.stdout.readline()
            told = re.fullmatch(
                r"Gentle Back listens on http://127\.0\.0\.1:(\d+)/ \(Ctrl-C ends it\)\n", line
            )
            assert told, line
            yield process, int(told[1])
        finally:
            watch.cancel()
            process.kill()


def posted(port: int, path: str, body: object) -> Any:
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)) as connection:
        connection.request("POST", path, json.dumps(body), {"Content-Type": "application/json"})
        response = connection.getresponse()
        assert response.status == 200
        return json.loads(response.read())


@pytest.mark.usefixtures("home")
def test_run_serves_this_machine_alone_and_ends_cleanly(library: Library) -> None:
    with running() as (process, port):
        answer: Json = posted(port, "/v1/turn", {"session": "s", "text": "why does it pop"})
        check_answer(answer, library)
        assert answer["topic"] == "sound_cause"
        assert certification.problems(posted(port, "/alexa", envelopes.launch())) == []
        with pytest.raises(OSError, match=r"refused|not available|assign"):
            socket.create_connection(("127.0.0.2", port), 2)
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=PATIENCE)
        assert (process.returncode, out, err) == (0, "", "")
