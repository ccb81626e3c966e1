"""The endpoint from outside, as Amazon meets it: its name, its port, its certificate, its answers."""

from __future__ import annotations

import ipaddress
import json
import socket
import ssl
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import datetime
from pathlib import Path
from urllib.parse import urlsplit

import msgspec
from cryptography.x509 import load_der_x509_certificate
from msgspec import Struct

from skill.alexa.refusal import Reason
from skill.alexa.signature.fetch import Straight, body_of
from skill.doctor import certificate
from skill.doctor.certificate import Shown
from skill.doctor.finding import Finding, Level, bad, ok, unknown, warn

PORT = 443
"""The only port that Amazon calls (A3)."""
SECONDS = 5.0
"""How long a step may take."""
ANSWER_BYTES = 64 * 1024
"""A page of the public app is much shorter."""
DOOR = "/alexa"
"""Where the public door takes requests."""


class Answer(Struct, frozen=True):
    """What came back."""

    status: int
    """The status of HTTP."""
    code: str = ""
    """The code of an error in this project's shape."""


Ask = Callable[[str, str, bytes], Answer]
"""Sends a method, an address and a body of JSON; raises OSError where nothing comes back."""


class Endpoint(Struct, frozen=True):
    """An address, in its parts."""

    host: str
    """The name."""
    port: int
    """The port."""
    base: str
    """What stands before the paths of the public app."""


def parsed(url: str) -> Endpoint | None:
    """Return the parts of an endpoint's address; none where Amazon could not call it."""
    try:
        parts = urlsplit(url)
        port = parts.port or PORT
    except ValueError:
        return None
    if parts.scheme != "https" or not parts.hostname or parts.username or parts.query or parts.fragment:
        return None
    path = parts.path.rstrip("/").removesuffix(DOOR)
    return Endpoint(parts.hostname, port, f"https://{parts.netloc}{path}")


def examine(url: str, roots: Path, skill_id: str, now: datetime) -> Iterator[Finding]:
    """Look at an endpoint.

    Args:
        url: its address, as the skill's manifest has it.
        roots: the file of the roots that are trusted.
        skill_id: what a request would have to name.
        now: the time.
    """
    at = parsed(url)
    if at is None:
        yield bad("endpoint", "Amazon could not call this address", f"give https://NAME{DOOR}")
        return
    if at.port == PORT:
        yield ok("port", str(PORT))
    else:
        yield bad("port", f"Amazon does not call port {at.port}", f"let {PORT} lead there")
    try:
        addresses = {str(info[4][0]) for info in socket.getaddrinfo(at.host, at.port)}
    except (OSError, UnicodeError) as error:
        yield bad("address", f"{at.host} leads nowhere ({type(error).__name__})", "make a DNS record for it")
        return
    yield address(at.host, addresses)
    try:
        shown = show(at.host, at.port, roots)
    except (OSError, ValueError) as error:
        yield bad(
            "TLS",
            f"no connection by TLS: {type(error).__name__}",
            "let a server or a proxy that speaks HTTPS listen there, and the firewall let it through",
        )
        return
    findings = list(certificate.look(shown, at.host, now))
    yield from findings
    if any(finding.level is Level.BAD for finding in findings):
        yield unknown("answers", "nothing was asked over such a connection", "mend the lines above first")
        return
    yield from answers(at.base, skill_id, now, asking(roots))


def address(host: str, addresses: set[str]) -> Finding:
    """Look at where a name leads."""
    told = f"{host} is {', '.join(sorted(addresses))}"
    if all(ipaddress.ip_address(one.partition("%")[0]).is_global for one in addresses):
        return ok("address", told)
    return warn("address", f"{told}: not from everywhere", "give the name a public address: Amazon calls it")


def show(host: str, port: int, roots: Path) -> Shown:
    """Return what a server shows.

    Raises:
        OSError: no connection of any kind can be made, or the roots cannot be read.
        ValueError: its certificate cannot be read.
    """
    open_minded = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    open_minded.check_hostname = False
    # A certificate that nobody should trust is to be looked at; nothing is sent over this connection.
    open_minded.verify_mode = ssl.CERT_NONE
    der = _handshake(host, port, open_minded)
    older = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    older.check_hostname, older.verify_mode = False, ssl.CERT_NONE
    older.maximum_version = ssl.TLSVersion.TLSv1_2
    strict = ssl.create_default_context(cafile=str(roots))
    strict.check_hostname = False
    return Shown(
        load_der_x509_certificate(der),
        _refused(host, port, strict),
        not _refused(host, port, older),
    )


def _refused(host: str, port: int, context: ssl.SSLContext) -> str:
    """Return why a connection cannot be made; empty where it can.

    Raises:
        OSError: for another reason than TLS.
    """
    try:
        _handshake(host, port, context)
    except ssl.SSLCertVerificationError as error:
        return str(error.verify_message)
    except (ssl.SSLError, ConnectionError) as error:
        return type(error).__name__
    return ""


def _handshake(host: str, port: int, context: ssl.SSLContext) -> bytes:
    """Connect, and return the server's certificate.

    Raises:
        OSError: no connection can be made.
    """
    with (
        closing(socket.create_connection((host, port), timeout=SECONDS)) as connection,
        context.wrap_socket(connection, server_hostname=host) as wrapped,
    ):
        return wrapped.getpeercert(binary_form=True) or b""


def asking(roots: Path) -> Ask:
    """Return what asks over HTTPS, trusting the roots of a file."""

    def ask(method: str, url: str, body: bytes) -> Answer:
        with (
            Straight() as session,
            session.request(
                method,
                url,
                data=body,
                headers={"Content-Type": "application/json"},
                timeout=SECONDS,
                verify=str(roots),
                stream=True,
            ) as response,
        ):
            deadline = time.monotonic() + SECONDS
            return Answer(response.status_code, _code(body_of(response, ANSWER_BYTES, deadline)))

    return ask


def answers(base: str, skill_id: str, now: datetime, ask: Ask) -> Iterator[Finding]:
    """Look at what an endpoint answers.

    Args:
        base: what stands before the paths.
        skill_id: what a request would have to name.
        now: the time of the request.
        ask: asks it.
    """
    try:
        yield _alive(base, ask)
        yield _door(base, ask, _unsigned(skill_id, now))
        yield _closed(base, ask)
    except OSError as error:
        yield bad("answers", f"no answer ({type(error).__name__})", "see what listens there")


def _alive(base: str, ask: Ask) -> Finding:
    """Look at whether the process behind an endpoint is alive."""
    status = ask("GET", f"{base}/healthz", b"").status
    if status == 200:
        return ok("healthz", "200")
    return bad("healthz", f"{status}", "see that gentle-back serve runs, and that the proxy leads there")


def _door(base: str, ask: Ask, unsigned: bytes) -> Finding:
    """Look at whether the door refuses what nobody has signed."""
    answer = ask("POST", f"{base}{DOOR}", unsigned)
    if answer == Answer(400, Reason.HEADERS):
        return ok("signature", "an unsigned request is refused")
    if answer.status == 400:
        return warn("signature", "an unsigned request is refused, not by this door", "see who answers there")
    if answer.status < 300:
        return bad(
            "signature",
            "an unsigned request is answered: anybody can pose as Amazon",
            "let nothing but gentle-back serve answer there, and never gentle-back run",
        )
    return bad("signature", f"{answer.status}: this is not the door", f"let the proxy lead {DOOR} there")


def _closed(base: str, ask: Ask) -> Finding:
    """Look at whether what is for the operator alone is kept from strangers."""
    metrics, ready = (ask("GET", f"{base}{path}", b"").status for path in ("/metrics", "/readyz"))
    if metrics == 200:
        return bad("closed", "strangers can read /metrics", f"let the proxy lead only {DOOR} and /healthz")
    if ready in (200, 503):
        return warn("closed", "strangers can read /readyz", f"let the proxy lead only {DOOR} and /healthz")
    return ok("closed", "neither /metrics nor /readyz can be read")


def _unsigned(skill_id: str, now: datetime) -> bytes:
    """Return a launch of nobody's, which changes nothing."""
    application = {"applicationId": skill_id}
    user = {"userId": "doctor"}
    envelope = {
        "version": "1.0",
        "session": {"new": True, "sessionId": "doctor", "application": application, "user": user},
        "context": {"System": {"application": application, "user": user}},
        "request": {
            "type": "LaunchRequest",
            "requestId": f"doctor {now.isoformat()}",
            "timestamp": now.isoformat(),
            "locale": "en-US",
        },
    }
    return json.dumps(envelope).encode()


def _code(body: bytes) -> str:
    """Return the code of an error in this project's shape; empty where it has another."""
    try:
        return msgspec.json.decode(body, type=dict[str, dict[str, str]])["error"]["code"]
    except (msgspec.MsgspecError, KeyError):
        return ""
