"""An endpoint, as Amazon would meet it: real servers with certificates of every kind."""

from __future__ import annotations

import json
import ssl
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from socket import create_server
from typing import Any

import pytest
from cryptography.x509 import Certificate, load_pem_x509_certificate
from cryptography.x509.verification import Store

from skill.alexa.signature.verifier import Verifier
from skill.app import App
from skill.core.library import Library
from skill.doctor import certificate, endpoint
from skill.doctor.certificate import Shown
from skill.doctor.endpoint import Answer, answers, parsed
from skill.doctor.finding import Finding, Level
from skill.store.memory import MemoryStore
from skill.web.local import create_app as create_local_app
from skill.web.public import create_app
from tests.alexa import envelopes
from tests.amazon import Authority, Quiet, Signer

OK, WARN, BAD, UNKNOWN = Level.OK, Level.WARN, Level.BAD, Level.UNKNOWN
NOW = datetime.now(UTC)
REFUSED = (400, {"error": {"code": "headers", "message": "signed, please"}})
DOOR: dict[str, tuple[int, Any]] = {
    "/healthz": (200, {"alive": True}),
    "/alexa": REFUSED,
    "/readyz": (404, {}),
    "/metrics": (404, {}),
}
"""What a door answers behind a proxy that leads only there."""


@pytest.fixture(scope="module")
def authority() -> Authority:
    return Authority("A Root")


@pytest.fixture(scope="module")
def roots(authority: Authority, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path: Path = tmp_path_factory.mktemp("roots") / "roots.pem"
    path.write_bytes(authority.pem)
    return path


@contextmanager
def serving(context: ssl.SSLContext, pages: dict[str, tuple[int, Any]] = DOOR) -> Iterator[int]:
    """An HTTPS server; yields its port."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length") or 0))
            status, page = pages.get(self.path, (404, {}))
            body = json.dumps(page).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        do_POST = do_GET  # noqa: N815  # named by the library

        def log_message(self, *arguments: object) -> None:
            pass

    server = Quiet(("127.0.0.1", 0), Handler)
    server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def found(
    signer: Signer, roots: Path, host: str = "localhost", pages: dict[str, tuple[int, Any]] = DOOR
) -> dict[str, Finding]:
    """What is found of a server with a certificate."""
    with serving(signer.serving(), pages) as port:
        return examined(f"https://{host}:{port}/alexa", roots)


def examined(url: str, roots: Path) -> dict[str, Finding]:
    findings = list(endpoint.examine(url, roots, envelopes.APPLICATION, NOW))
    for one in findings:
        assert bool(one.do) is (one.level is not OK), one
    return {one.name: one for one in findings}


@pytest.fixture(autouse=True)
def straight(monkeypatch: pytest.MonkeyPatch) -> None:
    """No proxy before this machine."""
    monkeypatch.setenv("NO_PROXY", "localhost,127.0.0.1")


def test_a_good_endpoint_but_for_its_port_and_its_address(authority: Authority, roots: Path) -> None:
    names = found(Signer(authority, "localhost"), roots)
    assert {name: one.level for name, one in names.items()} == {
        "port": BAD,
        "address": WARN,
    } | dict.fromkeys(("TLS", "chain", "name", "expiry", "healthz", "signature", "closed"), OK)
    assert "sslCertificateType Trusted" in names["name"].found


def test_another_name(authority: Authority, roots: Path) -> None:
    names = found(Signer(authority, "another.example"), roots)
    assert names["name"].level is BAD
    assert "another.example" in names["name"].found
    assert names["answers"].level is UNKNOWN
    assert found(Signer(authority, "localhost", alternative=False), roots)["name"].level is BAD


def test_a_wildcard_is_told_as_one(authority: Authority, roots: Path) -> None:
    names = {
        one.name: one
        for one in certificate.look(
            Shown(signed(Signer(authority, "*.hobby.example")), "", True), "me.hobby.example", NOW
        )
    }
    assert names["name"].level is OK
    assert "sslCertificateType Wildcard" in names["name"].found
    for other in ("hobby.example", "a.me.hobby.example"):
        shown = Shown(signed(Signer(authority, "*.hobby.example")), "", True)
        [name] = [one for one in certificate.look(shown, other, NOW) if one.name == "name"]
        assert name.level is BAD


def signed(signer: Signer) -> Certificate:
    """The certificate of a signer."""
    return load_pem_x509_certificate(signer.parts[0])


def test_an_expired_certificate(authority: Authority, roots: Path) -> None:
    names = found(Signer(authority, "localhost", until=NOW - timedelta(days=3)), roots)
    assert names["expiry"].level is names["chain"].level is BAD
    assert "expired" in names["chain"].found


def test_a_certificate_that_is_not_valid_yet(authority: Authority, roots: Path) -> None:
    names = found(Signer(authority, "localhost", since=NOW + timedelta(days=3)), roots)
    assert names["expiry"].level is BAD


def test_a_certificate_that_expires_soon(authority: Authority, roots: Path) -> None:
    names = found(Signer(authority, "localhost", until=NOW + timedelta(days=20, hours=1)), roots)
    assert names["expiry"].level is WARN
    assert "20 days" in names["expiry"].found
    names = found(Signer(authority, "localhost", until=NOW + timedelta(days=21, hours=1)), roots)
    assert names["expiry"].level is OK


def test_a_certificate_that_vouches_for_itself(roots: Path) -> None:
    itself = Authority("localhost")
    names = found(Signer(itself, "localhost", key=itself.key), roots)
    assert names["chain"].level is BAD
    assert "SelfSigned" in names["name"].found
    assert "SelfSigned" in names["chain"].do


def test_an_authority_that_nobody_knows(roots: Path) -> None:
    names = found(Signer(Authority("Nobody"), "localhost"), roots)
    assert names["chain"].level is BAD
    assert "the whole chain" in names["chain"].do


def test_tls_1_3_alone(authority: Authority, roots: Path) -> None:
    context = Signer(authority, "localhost").serving()
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    with serving(context) as port:
        names = examined(f"https://localhost:{port}", roots)
    assert names["TLS"].level is BAD
    assert names["chain"].level is OK


PAGES: dict[str, tuple[dict[str, tuple[int, Any]], str, Level]] = {
    "a process that is not well": ({"/healthz": (500, {})}, "healthz", BAD),
    "an app that accepts what nobody signed": ({"/alexa": (200, {"version": "1.0"})}, "signature", BAD),
    "nobody's door": ({"/alexa": (404, {})}, "signature", BAD),
    "a door that breaks": ({"/alexa": (502, {})}, "signature", BAD),
    "another's door": ({"/alexa": (400, {"message": "no"})}, "signature", WARN),
    "an unsigned door": ({"/alexa": (422, {"error": {"code": "invalid_request"}})}, "signature", BAD),
    "metrics for strangers": ({"/metrics": (200, {})}, "closed", BAD),
    "readiness for strangers": ({"/readyz": (503, {})}, "closed", WARN),
}


@pytest.mark.parametrize("name", PAGES)
def test_what_is_answered(name: str) -> None:
    pages, looked_at, level = PAGES[name]
    asked: list[tuple[str, str, bytes]] = []

    def ask(method: str, url: str, body: bytes) -> Answer:
        asked.append((method, url, body))
        status, page = (DOOR | pages)[url.removeprefix("https://x")]
        return Answer(status, endpoint._code(json.dumps(page).encode()))

    findings = {one.name: one.level for one in answers("https://x", "an id", NOW, ask)}
    assert findings == {"healthz": OK, "signature": OK, "closed": OK} | {looked_at: level}
    [unsigned] = [json.loads(body) for _, _, body in asked if body]
    assert unsigned["request"]["type"] == "LaunchRequest"


def test_a_body_that_never_ends_is_given_up(
    monkeypatch: pytest.MonkeyPatch, authority: Authority, roots: Path
) -> None:
    monkeypatch.setattr(endpoint, "ANSWER_BYTES", 1000)
    endless = {**DOOR, "/healthz": (200, {"alive": "x" * 100_000})}
    finding = found(Signer(authority, "localhost"), roots, pages=endless)["answers"]
    assert finding.level is BAD
    assert "UnendingError" in finding.found


def test_the_public_door_is_known_by_its_refusal(library: Library, authority: Authority) -> None:
    verifier = Verifier(Store([authority.certificate]), lambda address: b"")
    public = create_app(App(library, MemoryStore(), b"key"), verifier, envelopes.APPLICATION).test_client()

    def ask(method: str, url: str, body: bytes) -> Answer:
        path = url.removeprefix("https://x")
        answer = public.open(path, method=method, data=body, content_type="application/json")
        return Answer(answer.status_code, endpoint._code(answer.data))

    findings = {one.name: one.level for one in answers("https://x", envelopes.APPLICATION, NOW, ask)}
    assert findings == {"healthz": OK, "signature": OK, "closed": WARN}, "no proxy hides /readyz"


def test_the_local_app_is_known_by_its_answer(library: Library) -> None:
    local = create_local_app(App(library, MemoryStore(), b"key")).test_client()

    def ask(method: str, url: str, body: bytes) -> Answer:
        path = url.removeprefix("https://x")
        return Answer(local.open(path, method=method, data=body, content_type="application/json").status_code)

    findings = {one.name: one.level for one in answers("https://x", envelopes.APPLICATION, NOW, ask)}
    assert findings["signature"] is BAD


def test_an_answer_that_does_not_come() -> None:
    def ask(method: str, url: str, body: bytes) -> Answer:
        raise ConnectionResetError

    assert [one.level for one in answers("https://x", "", NOW, ask)] == [BAD]


def test_no_answer_but_a_connection(roots: Path) -> None:
    with closing(create_server(("127.0.0.1", 0))) as listening:
        port = listening.getsockname()[1]
    names = examined(f"https://localhost:{port}/alexa", roots)
    assert names["TLS"].level is BAD


def test_a_name_that_leads_nowhere(roots: Path) -> None:
    names = examined("https://nobody.invalid/alexa", roots)
    assert names["port"].level is OK
    assert names["address"].level is BAD


@pytest.mark.parametrize(
    ("addresses", "level"),
    [
        ({"93.184.215.14"}, OK),
        ({"93.184.215.14", "10.0.0.1"}, WARN),
        ({"fe80::1%eth0"}, WARN),
        ({"2606:2800:21f:cb07:6820:80da:af6b:8b2c"}, OK),
    ],
)
def test_where_a_name_leads(addresses: set[str], level: Level) -> None:
    assert endpoint.address("x", addresses).level is level


@pytest.mark.parametrize(
    "url",
    [
        *(
            "http://x/alexa",
            "x",
            "",
            "https://",
            "https://me@x/alexa",
            "https://x:0x/alexa",
            "https://x/alexa?a",
        ),
        *("https://[x/alexa", "arn:aws:lambda:eu-west-1:123456789012:function:gentle-back"),
    ],
)
def test_an_address_that_amazon_could_not_call(url: str, roots: Path) -> None:
    assert [one.level for one in endpoint.examine(url, roots, "", NOW)] == [BAD]


@pytest.mark.parametrize("path", ["", "/", "/alexa", "/alexa/"])
def test_an_endpoint_with_and_without_its_path(path: str) -> None:
    at = parsed(f"https://back.example{path}")
    assert at is not None
    assert (at.host, at.port, at.base) == ("back.example", 443, "https://back.example")
    below = parsed("https://back.example:8443/one/alexa")
    assert below is not None
    assert (below.port, below.base) == (8443, "https://back.example:8443/one")
