"""The local app: who is let in, what is served, and what never leaves it."""

from __future__ import annotations

import json
import logging
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from skill import compiled
from skill.alexa import certification
from skill.app import App, Said, Taken
from skill.core.errors import StoreError
from skill.core.library import Library
from skill.core.session import Session
from skill.store.memory import MemoryStore
from skill.web.local import HEADERS, create_app
from tests.alexa import envelopes
from tests.helpers import NOON, ROOT
from tests.test_app import CheckedApp

TURN = {"session": "local", "text": "why does it pop"}


@pytest.fixture(scope="module")
def client(library: Library) -> FlaskClient:
    return create_app(CheckedApp(library, MemoryStore(), b"key"), lambda: NOON).test_client()


REQUESTS: dict[str, Callable[[FlaskClient, dict[str, str]], TestResponse]] = {
    "page": lambda client, headers: client.get("/", headers=headers, buffered=True),
    "file": lambda client, headers: client.get("/page/talk.js", headers=headers, buffered=True),
    "turn": lambda client, headers: client.post("/v1/turn", json=TURN, headers=headers),
    "alexa": lambda client, headers: client.post("/alexa", json=envelopes.launch(), headers=headers),
    "no page": lambda client, headers: client.get("/nowhere", headers=headers),
    "options": lambda client, headers: client.options("/v1/turn", headers=headers),
}
NORMAL = {"page": 200, "file": 200, "turn": 200, "alexa": 200, "no page": 404, "options": 200}


def error_code(response: TestResponse) -> str:
    body = response.get_json()
    assert set(body) == {"error"}
    assert set(body["error"]) == {"code", "message"}
    return str(body["error"]["code"])


# Who is let in -------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", REQUESTS)
@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:8080", "localhost.evil.example", "192.168.1.7", "0.0.0.0", "[::]"]
)
def test_another_host_is_refused(client: FlaskClient, name: str, host: str) -> None:
    """A name that was rebound to this machine is a stranger's page reaching in."""
    response = REQUESTS[name](client, {"Host": host})
    assert response.status_code == 400
    assert error_code(response) == "bad_request"


@pytest.mark.parametrize("name", REQUESTS)
@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "127.0.0.1:8080", "localhost:1"])
def test_this_machine_s_names_are_let_in(client: FlaskClient, name: str, host: str) -> None:
    assert REQUESTS[name](client, {"Host": host}).status_code == NORMAL[name]
    own = {"Host": host, "Origin": f"http://{host}"}
    assert REQUESTS[name](client, own).status_code == NORMAL[name]


@pytest.mark.parametrize("name", REQUESTS)
@pytest.mark.parametrize(
    "origin",
    [
        *("http://evil.example", "null", "", "http://localhost:3000", "http://127.0.0.1:8080"),
        *("https://localhost:8080", "http://localhost", "http://localhost:8080.evil.example", "file://"),
    ],
)
def test_another_origin_is_refused(client: FlaskClient, name: str, origin: str) -> None:
    response = REQUESTS[name](client, {"Host": "localhost:8080", "Origin": origin})
    assert response.status_code == 400
    assert error_code(response) == "foreign_origin"
    assert "Access-Control-Allow-Origin" not in response.headers


@pytest.mark.parametrize("name", REQUESTS)
def test_every_response_has_the_headers(client: FlaskClient, name: str) -> None:
    for headers in ({}, {"Host": "evil.example"}, {"Origin": "null"}):
        response = REQUESTS[name](client, headers)
        for key, value in HEADERS.items():
            assert response.headers.getlist(key) == [value]
    assert "frame-ancestors 'none'" in HEADERS["Content-Security-Policy"]


# What is served ------------------------------------------------------------------------------------


def test_the_page_and_all_its_files_are_served(client: FlaskClient) -> None:
    response = client.get("/", buffered=True)
    page = response.get_data(as_text=True)
    assert response.mimetype == "text/html"
    files = re.findall(r'(?:src|href)="([^"]+)"', page)
    types = set()
    for file in files:
        response = client.get(f"/{file}", buffered=True)
        assert response.status_code == 200, file
        assert response.get_data()
        types.add(response.mimetype)
    assert types >= {"text/css", "text/javascript", "image/svg+xml"}


def test_the_page_needs_nothing_from_elsewhere_and_nothing_inline(client: FlaskClient) -> None:
    """The content security policy would stop it."""
    page = client.get("/", buffered=True).get_data(as_text=True)
    assert not re.search(r'(?:src|href)="(?:\w+:|//)', page)
    assert not re.search(r"<style|\son\w+=|\sstyle=", page)
    assert all("src=" in tag for tag in re.findall(r"<script[^>]*>", page))


@pytest.mark.parametrize(
    "path",
    [
        *("/page/", "/page/none.js", "/page/../local.py", "/page/%2e%2e/local.py", "/page/..%2flocal.py"),
        *("/local.py", "/static/talk.js", "/page/%00", f"/page/{'x' * 3000}", "/favicon.ico"),
    ],
)
def test_no_other_file_is_served(client: FlaskClient, path: str) -> None:
    response = client.get(path)
    assert response.status_code == 404
    assert error_code(response) == "not_found"


@pytest.mark.parametrize("path", ["/", "/page/style.css"])
def test_head_and_options_are_answered(client: FlaskClient, path: str) -> None:
    response = client.head(path, buffered=True)
    assert response.status_code == 200
    assert response.get_data() == b""
    response = client.options(path)
    assert response.status_code == 200
    assert {"GET", "HEAD", "OPTIONS"} <= set(response.headers["Allow"].split(", "))
    assert error_code(client.post(path)) == "method_not_allowed"


# The Alexa door ------------------------------------------------------------------------------------


def test_an_unsigned_envelope_is_answered(client: FlaskClient) -> None:
    response = client.post("/alexa", json=envelopes.launch())
    assert response.status_code == 200
    assert certification.problems(response.get_json()) == []
    quiet = client.post("/alexa", json=envelopes.session_ended())
    assert certification.problems(quiet.get_json(), quiet=True) == []


def test_a_conversation_goes_through_the_attributes(client: FlaskClient) -> None:
    attributes: dict[str, Any] = {}
    stretch = envelopes.matched("stretch", "figure four", "supine_figure_four")
    turns = [("StretchIntent", {"stretch": stretch}), *[("AMAZON.NoIntent", {})] * 6, ("ReadyIntent", {})]
    for name, slots in turns:
        event = envelopes.intent(name, slots, attributes=attributes)
        response = client.post("/alexa", json=event).get_json()
        assert certification.problems(response) == []
        attributes = response["sessionAttributes"]
    assert attributes["gentle_back"]["state"] == "guiding"


@pytest.mark.parametrize("body", [b"", b"{", b"\xff", b"NaN", b"[" * 50_000, b'{"a": "\xff"}'])
def test_an_envelope_that_is_no_json_is_a_bad_request(client: FlaskClient, body: bytes) -> None:
    response = client.post("/alexa", data=body, content_type="application/json")
    assert response.status_code == 400
    assert error_code(response) == "invalid_json"


@pytest.mark.parametrize(
    "event", [None, [], {}, 7, "x", {"request": []}, {"request": {"type": "IntentRequest"}}, TURN]
)
def test_json_that_is_no_envelope_is_refused(client: FlaskClient, event: Any) -> None:
    response = client.post("/alexa", data=json.dumps(event), content_type="application/json")
    assert response.status_code == 422
    assert error_code(response) == "invalid_request"


def test_an_envelope_that_is_nested_too_deeply_is_refused(client: FlaskClient) -> None:
    depth = 700
    body = json.dumps(envelopes.launch(attributes={"x": []})).replace("[]", "[" * depth + "]" * depth)
    response = client.post("/alexa", data=body, content_type="application/json")
    assert response.status_code in (400, 422)
    assert error_code(response) in ("invalid_json", "invalid_request")


@pytest.mark.parametrize(("path", "good"), [("/v1/turn", TURN), ("/alexa", envelopes.launch())])
def test_only_json_of_a_decent_size_comes_in(client: FlaskClient, path: str, good: Any) -> None:
    body = json.dumps(good).encode()
    assert error_code(client.post(path, data=body)) == "unsupported_media_type"
    huge = client.post(path, data=body.ljust(65537), content_type="application/json")
    assert huge.status_code == 413
    assert client.post(path, data=body.ljust(65536), content_type="application/json").status_code == 200
    assert error_code(client.get(path)) == "method_not_allowed"


# What goes wrong -----------------------------------------------------------------------------------


class FailingApp(App):
    """Raises an error that quotes what was said."""

    def take(self, said: Said, session: Session | None) -> Taken:
        raise ValueError(f"cannot understand {said!r}")


def test_an_unexpected_error_tells_nobody_what_was_said(
    library: Library, caplog: pytest.LogCaptureFixture
) -> None:
    """The turn API answers with an error; to whoever waits at Alexa, the skill says sorry."""
    caplog.set_level(logging.DEBUG)
    client = create_app(FailingApp(library, MemoryStore(), b"key")).test_client()
    slots = {"query": envelopes.slot("query", "zebrafish")}
    at_api = client.post("/v1/turn", json={"session": "s", "text": "zebrafish"})
    assert at_api.status_code == 500
    assert error_code(at_api) == "internal_error"
    at_alexa = client.post("/alexa", json=envelopes.intent("QuestionIntent", slots))
    assert at_alexa.status_code == 200
    assert certification.problems(at_alexa.get_json()) == []
    assert "something went wrong" in at_alexa.get_json()["response"]["outputSpeech"]["ssml"]
    ended = client.post("/alexa", json=envelopes.session_ended())
    assert ended.get_json() == {"version": "1.0", "response": {}}
    for line in (record for record in caplog.records if record.levelno >= logging.ERROR):
        assert re.fullmatch(r"ValueError at .*test_local\.py:\d+", line.getMessage())
        assert line.exc_info is None
    for told in (caplog.text, at_api.get_data(as_text=True), at_alexa.get_data(as_text=True)):
        assert "zebrafish" not in told
        assert "Traceback" not in told


class BrokenStore(MemoryStore):
    """Cannot be reached."""

    def delete(self, key: str) -> None:
        raise StoreError("/somewhere/file.db: OperationalError")


def test_an_event_that_cannot_be_met_now_is_unavailable(
    library: Library, caplog: pytest.LogCaptureFixture
) -> None:
    """Amazon sends SkillDisabled again."""
    client = create_app(CheckedApp(library, BrokenStore(), b"key")).test_client()
    response = client.post("/alexa", json=envelopes.skill_disabled())
    assert response.status_code == 503
    assert error_code(response) == "unavailable"
    assert "/somewhere" not in response.get_data(as_text=True)
    assert "/somewhere/file.db" in caplog.text


FIRST_REQUESTS = """
import sys
from pathlib import Path
from skill import compiled
from skill.app import App
from skill.store.memory import MemoryStore
from skill.web.local import create_app
from tests.alexa import envelopes

client = create_app(App(compiled.load(Path(sys.argv[1])), MemoryStore(), b"key")).test_client()
met = set()


def watch(frame, event, _):
    if event == "call" and frame.f_globals.get("__name__") == "msgspec._utils":
        met.add(str(frame.f_locals.get("obj")))


sys.setprofile(watch)
for text in ("the figure four", *["no"] * 6, "ready", "stop", "carry on"):
    assert client.post("/v1/turn", json={"session": "s", "text": text}).status_code == 200
slots = {"stretch": envelopes.matched("stretch", "figure four", "supine_figure_four")}
attributes = client.post("/alexa", json=envelopes.launch()).get_json()["sessionAttributes"]
event = envelopes.intent("StretchIntent", slots, attributes=attributes)
assert client.post("/alexa", json=event).status_code == 200
sys.setprofile(None)
print(sorted(met))
"""


def test_no_request_makes_msgspec_meet_a_type_for_the_first_time(library: Library, tmp_path: Path) -> None:
    """Two at once would end the process: msgspec 0.22 is not safe there. It is seen in a fresh process."""
    compiled.write(library, tmp_path / "library.json")
    done = subprocess.run(
        [sys.executable, "-c", FIRST_REQUESTS, str(tmp_path / "library.json")],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stdout.strip(), done.stderr) == (0, "[]", "")
