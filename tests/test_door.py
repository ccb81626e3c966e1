"""The public door of an installation: what it needs, what it opens, and who may run it."""

from __future__ import annotations

import logging
import os
import re
import socket
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
import urllib3

from skill import build, door, logs
from skill.alexa.signature.anchors import AnchorsError
from skill.core.library import Library
from skill.door import Kind, ServerError
from skill.settings import Settings, SettingsError, from_environment
from skill.web.server import Server
from tests.alexa import envelopes


@pytest.fixture(autouse=True)
def installation(library: Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The settings of an installation, and a log that stays what it was."""
    monkeypatch.setattr(build, "prepared", lambda settings: library)
    monkeypatch.setattr(logs, "configure", lambda: None)
    monkeypatch.setenv("GENTLE_BACK_SKILL_ID", envelopes.APPLICATION)
    monkeypatch.setenv("GENTLE_BACK_DB", str(tmp_path / "records.db"))
    monkeypatch.delenv("SSL_CERT_FILE", raising=False)


def test_there_are_three_pages_and_no_other() -> None:
    rules = {(rule.rule, *sorted((rule.methods or set()) - {"OPTIONS", "HEAD"})) for rule in routes()}
    assert rules == {("/alexa", "POST"), ("/healthz", "GET"), ("/readyz", "GET")}


def routes() -> Any:
    return door.create_app().url_map.iter_rules()


def test_the_encoder_is_loaded_before_anybody_waits_for_it() -> None:
    answer = door.create_app().test_client().get("/readyz").get_json()
    assert answer["encoder"] is Path(Settings().encoder).exists()


def test_without_the_skill_s_id_there_is_no_door(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GENTLE_BACK_SKILL_ID", "")
    with pytest.raises(SettingsError, match="GENTLE_BACK_SKILL_ID"):
        door.create_app()


def test_without_a_root_to_trust_there_is_no_door(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "nothing.pem"))
    with pytest.raises(AnchorsError, match=r"nothing\.pem"):
        door.create_app()


@pytest.mark.parametrize("kind", [Kind.GUNICORN, Kind.GRANIAN])
def test_another_server_takes_the_place_of_the_process(kind: Kind, monkeypatch: pytest.MonkeyPatch) -> None:
    ran: list[list[str]] = []

    def take_the_place(program: str, arguments: list[str]) -> None:
        ran.append(arguments)
        raise SystemExit

    monkeypatch.setattr(os, "execv", take_the_place)
    with pytest.raises(SystemExit):
        door.serve(Settings(host="0.0.0.0", port=9000), kind, 3)
    [arguments] = ran
    assert arguments[:3] == [sys.executable, "-m", str(kind)]
    assert arguments[-1].startswith("skill.door:create_app")
    assert {"3", str(kind)} <= set(arguments)
    assert "0.0.0.0" in " ".join(arguments)
    assert "9000" in " ".join(arguments)


@pytest.mark.parametrize("kind", [Kind.GUNICORN, Kind.GRANIAN])
def test_another_server_needs_a_port(kind: Kind) -> None:
    with pytest.raises(ServerError, match="set PORT"):
        door.serve(Settings(port=0), kind, 1)


@pytest.mark.parametrize("kind", [Kind.GUNICORN, Kind.GRANIAN])
def test_a_server_that_is_not_installed_is_told(kind: Kind, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, str(kind), None)
    with pytest.raises(ServerError, match=rf"\.\[{kind}\]"):
        door.serve(Settings(), kind, 1)


def test_an_address_in_use_is_told() -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as busy:
        port = busy.getsockname()[1]
        with pytest.raises(
            ServerError, match=rf"127\.0\.0\.1:{port} cannot be used \(Address already in use\)"
        ):
            door.serve(from_environment(os.environ | {"PORT": str(port)}), Kind.WAITRESS, 1)


def test_it_tells_where_it_listens_and_that_it_ended(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(door, "run", lambda server: server.run_until(lambda: True))
    with caplog.at_level("INFO", "skill"):
        door.serve(Settings(port=0), Kind.WAITRESS, 1)
    told = [record for record in caplog.records if record.name == "skill.door"]
    assert [record.getMessage() for record in told] == ["listening", "ended"]
    assert re.fullmatch(r"http://127\.0\.0\.1:[0-9]+/alexa", vars(told[0])["address"])


@pytest.mark.parametrize("kind", [Kind.GUNICORN, Kind.GRANIAN])
def test_processes_that_each_count_for_themselves_have_no_metrics(kind: Kind) -> None:
    with pytest.raises(ServerError, match=rf"{kind} answers in processes .* GENTLE_BACK_METRICS_PORT"):
        door.serve(Settings(metrics_port=0), kind, 1)


def test_metrics_need_what_counts_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(door, "find_spec", lambda name: None)
    with pytest.raises(ServerError, match=r"pip install -e '\.\[metrics\]'"):
        door.serve(Settings(metrics_port=0), Kind.WAITRESS, 1)


def test_a_port_of_metrics_in_use_is_told() -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as busy:
        port = busy.getsockname()[1]
        told = rf"127\.0\.0\.1:{port} cannot be used .*: set GENTLE_BACK_METRICS_PORT to another"
        with pytest.raises(ServerError, match=told):
            door.serve(Settings(port=0, metrics_port=port), Kind.WAITRESS, 1)


def test_metrics_are_shown_while_it_serves_and_no_longer(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    shown: list[bytes] = []

    def run(server: Server) -> None:
        address = vars(next(one for one in caplog.records if one.getMessage() == "metrics"))["address"]
        shown.append(urllib3.request("GET", address).data)
        shown.append(address.encode())
        server.run_until(lambda: True)

    monkeypatch.setattr(door, "run", run)
    handlers = list(logging.getLogger("skill").handlers)
    with caplog.at_level("INFO", "skill"):
        door.serve(Settings(port=0, metrics_port=0), Kind.WAITRESS, 1)
    assert b"gentle_back_turns_total" in shown[0]
    assert re.fullmatch(rb"http://127\.0\.0\.1:[0-9]+/metrics", shown[1])
    assert logging.getLogger("skill").handlers == handlers
    with pytest.raises(urllib3.exceptions.MaxRetryError):
        urllib3.request("GET", shown[1].decode(), retries=0)


@pytest.mark.parametrize("port", [None, 0])
def test_the_public_app_has_no_metrics(port: int | None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GENTLE_BACK_METRICS_PORT", "" if port is None else str(port))
    assert door.create_app().test_client().get("/metrics").status_code == 404
