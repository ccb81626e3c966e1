"""The public door through a real socket: what is let in, and a black box of what is not."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import pytest
from cryptography.hazmat.primitives.hashes import SHA1

from skill.alexa import certification
from skill.alexa.signature import anchors
from skill.alexa.signature.fetch import fetch
from skill.alexa.signature.verifier import Verifier
from skill.app import App
from skill.core.library import Library
from skill.store.memory import MemoryStore
from skill.web.public import BODY_BYTES, create_app
from skill.web.server import Server
from tests.alexa import envelopes
from tests.alexa.envelopes import Json
from tests.amazon import (
    ADDRESS,
    NAME,
    Amazon,
    Answer,
    Authority,
    Signer,
    Storage,
    body_of,
    hangs,
    never_ends,
    redirects,
    trickles,
)
from tests.served import Client, Response, fresh

Bad = Callable[[Amazon], tuple[bytes, dict[str, str]]]
"""A request that must not be let in: its body and its headers."""


@pytest.fixture(scope="module")
def served(library: Library, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    """The public app on its own server, in a thread; all else is as in a process of its own."""
    amazon = Amazon()
    storage = Storage(amazon)
    roots = amazon.roots(tmp_path_factory.mktemp("roots"))
    ended = threading.Event()
    with storage.running() as proxy, pytest.MonkeyPatch.context() as patch:
        patch.setenv("HTTPS_PROXY", proxy)
        verifier = Verifier(anchors.load(roots), partial(fetch, roots=roots))
        app = App(library, MemoryStore(), b"key")
        server = Server(create_app(app, verifier, envelopes.APPLICATION), "127.0.0.1", 0, BODY_BYTES)
        thread = threading.Thread(target=server.run_until, args=(ended.is_set,))
        thread.start()
        yield Client(amazon, storage, server.port)
        ended.set()
        server.pull_trigger()
        thread.join()


def check_spoken(response: Response) -> Json:
    assert response.status == 200, response.body
    assert certification.problems(response.json) == []
    return response.json


# Let in --------------------------------------------------------------------------------------------


def test_a_signed_request_is_accepted(served: Client) -> None:
    check_spoken(served.post(fresh(envelopes.launch())))


def test_unknown_properties_are_tolerated_also_in_bytes_that_are_not_ours(served: Client) -> None:
    """Certification adds some; the signature is over the bytes as they come (S2)."""
    event = envelopes.launch() | {"novelty": {"täglich": [1, 2.5e3, None, "\U0001f9d8"]}}
    event["request"] |= {"timestamp": datetime.now(UTC).isoformat(), "metadata": {"referrer": "amzn1.x"}}
    event["context"]["Novel"] = {"deep": [[[[]]]]}
    body = json.dumps(event, ensure_ascii=False, indent=3).encode() + b"\n\n"
    check_spoken(served.post(body))


@pytest.mark.parametrize("seconds", [-149, -60, 60, 149])
def test_a_request_of_two_minutes_ago_or_ahead_is_let_in(served: Client, seconds: float) -> None:
    check_spoken(served.post(fresh(envelopes.launch(), seconds=seconds)))


def test_a_skill_event_of_an_hour_ago_is_let_in(served: Client) -> None:
    answer = served.post(fresh(envelopes.skill_disabled(), seconds=-3590))
    assert answer.json == {"version": "1.0", "response": {}}


VALUES_YET_UNKNOWN: dict[str, Json] = {
    "a request type": envelopes.made_up(),
    "a reason": envelopes.session_ended("TELEPATHY"),
    "an error": envelopes.session_ended("ERROR"),
    "a dialog state": envelopes.intent("NextStepIntent") | {"dialogState": "PONDERING"},
    "a slot value's type": envelopes.intent(
        "StretchIntent", {"stretch": {"name": "stretch", "slotValue": {"type": "Tree", "branches": []}}}
    ),
    "a confirmation": envelopes.intent("NextStepIntent"),
    "an intent": envelopes.intent("AMAZON.NewlyBuiltInIntent"),
    "a locale": envelopes.launch() | {},
}
VALUES_YET_UNKNOWN["an error"]["request"]["error"] = {"type": "SUNSPOTS", "message": "x"}
VALUES_YET_UNKNOWN["a dialog state"]["request"]["dialogState"] = "PONDERING"
VALUES_YET_UNKNOWN["a confirmation"]["request"]["intent"]["confirmationStatus"] = "PERHAPS"
VALUES_YET_UNKNOWN["a locale"]["request"]["locale"] = "tlh-QO"


def test_a_signed_event_that_the_skill_was_disabled_is_acknowledged(served: Client) -> None:
    """To events goes what goes to requests: the manifest names one address for both."""
    response = served.post(fresh(envelopes.skill_disabled()))
    assert (response.status, response.json["response"]) == (200, {})


@pytest.mark.parametrize("name", VALUES_YET_UNKNOWN)
def test_values_that_amazon_has_yet_to_think_of_get_a_valid_response(served: Client, name: str) -> None:
    event = VALUES_YET_UNKNOWN[name]
    quiet = event["request"]["type"] not in ("LaunchRequest", "IntentRequest")
    answer = served.post(fresh(event))
    assert answer.status == 200
    assert certification.problems(answer.json, quiet=quiet) == []


@pytest.mark.parametrize("reason", envelopes.SESSION_END_REASONS)
def test_the_end_of_a_session_is_always_acknowledged(served: Client, reason: str) -> None:
    for attributes in ({}, {"gentle_back": {"state": "guiding"}}, {"gentle_back": 7}):
        answer = served.post(fresh(envelopes.session_ended(reason, attributes=attributes)))
        assert (answer.status, answer.json) == (200, {"version": "1.0", "response": {}})


def test_the_same_request_twice_has_one_response(served: Client) -> None:
    body = fresh(envelopes.launch(user="twice"))
    assert served.post(body).body == served.post(body).body


def test_the_chain_is_fetched_once_however_its_address_is_written(served: Client) -> None:
    check_spoken(served.post(fresh(envelopes.launch())))
    before = len(served.storage.asked)
    for address in (
        ADDRESS,
        ADDRESS.replace("amazonaws.com", "amazonaws.com:443"),
        ADDRESS.replace("https://s3", "HTTPS://S3"),
        ADDRESS.replace("/echo.api/", "/echo.api/../echo.api/"),
    ):
        body = fresh(envelopes.launch())
        check_spoken(served.post(body, served.amazon.headers(body, address)))
    assert len(served.storage.asked) == before


# Not let in ----------------------------------------------------------------------------------------


def launched() -> bytes:
    return fresh(envelopes.launch())


def without(*names: str) -> Bad:
    def bad(amazon: Amazon) -> tuple[bytes, dict[str, str]]:
        body = launched()
        headers = {name: value for name, value in amazon.headers(body).items() if name not in names}
        return body, headers

    return bad


def with_header(name: str, value: str | Callable[[str], str]) -> Bad:
    def bad(amazon: Amazon) -> tuple[bytes, dict[str, str]]:
        body = launched()
        headers = amazon.headers(body)
        headers[name] = value(headers[name]) if callable(value) else value
        return body, headers

    return bad


def at(address: str) -> Bad:
    return with_header("SignatureCertChainUrl", address)


def signed(make: Callable[[], bytes], type_: str = "application/json") -> Bad:
    def bad(amazon: Amazon) -> tuple[bytes, dict[str, str]]:
        body = make()
        return body, amazon.headers(body) | {"Content-Type": type_}

    return bad


def told(timestamp: Any) -> Bad:
    def make() -> bytes:
        event = envelopes.launch()
        event["request"]["timestamp"] = timestamp() if callable(timestamp) else timestamp
        return body_of(event)

    return signed(make)


def ago(**late: float) -> Bad:
    return signed(lambda: fresh(envelopes.launch(), **late))


def timeless() -> bytes:
    event = envelopes.launch()
    del event["request"]["timestamp"]
    return body_of(event)


def meant_for(application: str | None, *places: str) -> Bad:
    def make() -> bytes:
        event = envelopes.launch()
        for place in places:
            where = event["session"] if place == "session" else event["context"]["System"]
            where["application"] = {"applicationId": application} if application is not None else {}
        return fresh(event)

    return signed(make)


def tampered(amazon: Amazon) -> tuple[bytes, dict[str, str]]:
    body = launched()
    return body.replace(b"LaunchRequest", b"launchRequest"), amazon.headers(body)


def of_another_key(amazon: Amazon) -> tuple[bytes, dict[str, str]]:
    body = launched()
    return body, amazon.headers(body) | {"Signature-256": amazon.other.signature(body)}


def by_sha_1(amazon: Amazon) -> tuple[bytes, dict[str, str]]:
    body = launched()
    return body, amazon.headers(body) | {"Signature-256": amazon.signer.signature(body, SHA1())}


def text_with(more: str) -> Callable[[], bytes]:
    return lambda: launched()[:-1] + more.encode() + b"}"


BAD: dict[str, Bad] = {
    "no headers": lambda amazon: (launched(), {}),
    "no chain": without("SignatureCertChainUrl"),
    "no signature": without("Signature-256"),
    "only the old signature": without("Signature-256"),
    "an empty chain": at(""),
    "http": at(ADDRESS.replace("https", "http")),
    "ftp": at(ADDRESS.replace("https", "ftp")),
    "file": at("file:///echo.api/cert.pem"),
    "another host": at(ADDRESS.replace("s3.amazonaws.com", "evil.example.com")),
    "a host like Amazon's": at(ADDRESS.replace("s3.amazonaws.com", "s3.amazonaws.com.evil.example.com")),
    "a bucket's host": at(ADDRESS.replace("s3.", "evil.s3.")),
    "another path": at(ADDRESS.replace("echo.api", "evil.api")),
    "upper case in the path": at(ADDRESS.replace("echo.api", "EcHo.aPi")),
    "a path that leads away": at(ADDRESS.replace("/echo.api/", "/echo.api/../evil/")),
    "another port": at(ADDRESS.replace(".com/", ".com:563/")),
    "a port in words": at(ADDRESS.replace(".com/", ".com:https/")),
    "a user": at(ADDRESS.replace("https://", "https://user@")),
    "Amazon as the user": at("https://s3.amazonaws.com@evil.example.com/echo.api/cert.pem"),
    "encoded dots": at(ADDRESS.replace("/echo.api/", "/echo.api/%2e%2e/echo.api/")),
    "encoded dots that lead away": at(ADDRESS.replace("/echo.api/", "/echo.api/%2e%2e/evil/")),
    "an encoded slash": at(ADDRESS.replace("/echo.api/", "/echo.api%2f")),
    "a query": at(f"{ADDRESS}?x=1"),
    "two addresses": at(f"{ADDRESS}, https://evil.example.com/"),
    "a signature that is no base64": with_header("Signature-256", "not base64!"),
    "an empty signature": with_header("Signature-256", ""),
    "half a signature": with_header("Signature-256", lambda whole: whole[: len(whole) // 8 * 4]),
    "a signature of another key": of_another_key,
    "a signature by SHA-1": by_sha_1,
    "a tampered body": tampered,
    "151 s old": ago(seconds=-151),
    "151 s ahead": ago(seconds=151),
    "a day old": ago(days=-1),
    "no timestamp": signed(timeless),
    "a naive timestamp": told(lambda: datetime.now(UTC).replace(tzinfo=None).isoformat()),
    "an epoch timestamp": told(lambda: int(datetime.now(UTC).timestamp())),
    "an epoch timestamp in ms": told(lambda: int(datetime.now(UTC).timestamp() * 1000)),
    "an epoch timestamp as text": told(lambda: str(int(datetime.now(UTC).timestamp()))),
    "a timestamp in words": told("just now"),
    "null as a timestamp": told(None),
    "the year 9999": told("9999-12-31T23:59:59Z"),
    "an event an hour and a second old": signed(lambda: fresh(envelopes.skill_disabled(), seconds=-3601)),
    "another skill": meant_for("amzn1.ask.skill.another", "session", "system"),
    "another skill in the context": meant_for("amzn1.ask.skill.another", "system"),
    "another skill in the session": meant_for("amzn1.ask.skill.another", "session"),
    "no skill": meant_for(None, "session", "system"),
    "no skill in the context": meant_for(None, "system"),
    "an empty body": signed(lambda: b""),
    "a text": signed(launched, "text/plain"),
    "a form": signed(launched, "application/x-www-form-urlencoded"),
    "no type": signed(launched, ""),
    "no JSON": signed(lambda: b"hello"),
    "half of it": signed(lambda: launched()[:-20]),
    "a list": signed(lambda: b"[]"),
    "null": signed(lambda: b"null"),
    "no request": signed(lambda: b"{}"),
    "an intent request without its intent": signed(
        lambda: launched().replace(b"LaunchRequest", b"IntentRequest")
    ),
    "deep JSON": signed(text_with(', "deep": ' + "[" * 5000 + "]" * 5000)),
    "JSON a little too deep": signed(text_with(', "deep": ' + "[" * 200 + "]" * 200)),
    "deep objects": signed(text_with(', "deep": ' + '{"a":' * 500 + "1" + "}" * 500)),
    "duplicate keys": signed(text_with(', "version": "1.0"')),
    "duplicate keys inside": signed(text_with(', "x": {"a": 1, "a": 1}')),
    "NaN": signed(text_with(', "x": NaN')),
    "infinity": signed(text_with(', "x": -Infinity')),
    "UTF-16": signed(lambda: launched().decode().encode("utf-16")),
    "UTF-32": signed(lambda: launched().decode().encode("utf-32")),
    "a byte order mark": signed(lambda: launched().decode().encode("utf-8-sig")),
    "Latin-1": signed(lambda: text_with(', "x": "ü"')().decode().encode("latin-1")),
    "bytes of no encoding": signed(lambda: launched()[:-1] + b', "x": "\xff\xfe"}'),
    "half a surrogate": signed(text_with(', "x": "\\ud800"')),
}
"""What must not be let in: each 400."""


@pytest.mark.parametrize("name", BAD)
def test_each_bad_request_is_refused(served: Client, name: str) -> None:
    body, headers = BAD[name](served.amazon)
    answer = served.post(body, headers)
    assert answer.status == 400, answer.body
    assert set(answer.json["error"]) == {"code", "message"}


def test_another_skill_s_request_is_refused(served: Client) -> None:
    body, headers = BAD["another skill"](served.amazon)
    assert served.post(body, headers).json["error"]["code"] == "application"


def test_only_amazon_s_storage_was_ever_asked(served: Client) -> None:
    for name in BAD:
        served.post(*BAD[name](served.amazon))
    assert {asked for asked in served.storage.asked if not asked.startswith("/")} == {"s3.amazonaws.com:443"}
    assert all(asked.startswith("/echo.api/") for asked in served.storage.asked if asked.startswith("/"))


NOW = datetime.now(UTC)
CHAINS: dict[str, Callable[[Amazon], Answer]] = {
    "an expired certificate": lambda amazon: (
        Signer(amazon.authority, NAME, key=amazon.signer.key, until=NOW - timedelta(days=1)).pem
    ),
    "a certificate that is not valid yet": lambda amazon: (
        Signer(amazon.authority, NAME, key=amazon.signer.key, since=NOW + timedelta(days=1)).pem
    ),
    "another name": lambda amazon: (
        Signer(amazon.authority, "echo-api.example.com", key=amazon.signer.key).pem
    ),
    "an untrusted root": lambda amazon: Signer(Authority("Mallory"), NAME, key=amazon.signer.key).pem,
    "garbage": lambda amazon: b"-----BEGIN CERTIFICATE-----\nZm9v\n-----END CERTIFICATE-----\n",
    "no certificate": lambda amazon: b"<html>503 Slow Down</html>",
    "nothing": lambda amazon: b"",
    "a wrong order": lambda amazon: b"".join(reversed(amazon.signer.parts)),
    "a gap": lambda amazon: amazon.signer.parts[0] + amazon.signer.parts[2],
    "a redirect": lambda amazon: redirects,
    "no end": lambda amazon: never_ends,
    "a trickle": lambda amazon: trickles,
    "a hanging server": lambda amazon: hangs,
}
"""What lies at an address of Amazon's, and is no chain to trust."""


def test_what_is_no_chain_is_refused_until_there_is_one(served: Client) -> None:
    """All at once: the slow ones take no longer than Alexa waits, and keep nobody else waiting."""

    def refused_and_then_accepted(name: str) -> None:
        path = f"/echo.api/{name.replace(' ', '-')}.pem"
        served.storage.answers[path] = CHAINS[name](served.amazon)
        for status, answer in ((400, None), (200, served.amazon.signer.pem)):
            if answer is not None:
                served.storage.answers[path] = answer
            body = launched()
            started = datetime.now(UTC)
            response = served.post(body, served.amazon.headers(body, f"https://s3.amazonaws.com{path}"))
            assert response.status == status, f"{name}: {response.body!r}"
            assert datetime.now(UTC) - started < timedelta(seconds=8), name

    with ThreadPoolExecutor(4) as pool:
        for done in [pool.submit(refused_and_then_accepted, name) for name in CHAINS]:
            done.result()


def raw(served: Client, request: bytes, *, end: bool = False) -> bytes:
    """Everything that comes back for bytes on a connection."""
    with closing(socket.create_connection(("127.0.0.1", served.port), timeout=30)) as connection:
        try:
            connection.sendall(request)
            if end:
                connection.shutdown(socket.SHUT_WR)
        except OSError:
            pass  # refused before it was all sent: what was answered is there to read
        answer = b""
        while chunk := connection.recv(65536):
            answer += chunk
        return answer


HEAD = b"POST /alexa HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"


@pytest.mark.parametrize("size", [BODY_BYTES + 1, 10_000_000])
def test_a_body_too_long_is_refused(served: Client, size: int) -> None:
    body = launched()
    body += b" " * (size - len(body))
    assert served.post(body).status == 413


def test_the_longest_body_is_let_in(served: Client) -> None:
    body = launched()
    check_spoken(served.post(body + b" " * (BODY_BYTES - len(body))))


@pytest.mark.parametrize(
    "request_",
    [
        HEAD + b"Content-Length: 99999999999\r\n\r\n{",
        HEAD + b"Content-Length: -1\r\n\r\n{}",
        HEAD + b"Content-Length: many\r\n\r\n{}",
        HEAD + b"Content-Length: 2\r\nContent-Length: 4\r\n\r\n{}  ",
        HEAD + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n",
        HEAD + b"Transfer-Encoding: chunked\r\n\r\n" + b"10000\r\n" + b" " * 65536 + b"\r\n" + b"100000\r\n",
        b"POST /alexa\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n",
    ],
)
def test_requests_that_are_out_of_order_are_refused(served: Client, request_: bytes) -> None:
    answer = raw(served, request_ + b" " * 200_000 if b"chunked" in request_ else request_, end=True)
    assert answer.startswith((b"HTTP/1.1 400", b"HTTP/1.0 400", b"HTTP/1.1 413", b"HTTP/1.0 413")), answer[
        :80
    ]


@pytest.mark.parametrize("part", [HEAD, HEAD + b"Content-Length: 100\r\n\r\n{", b"POST"])
def test_a_request_that_breaks_off_is_refused(served: Client, part: bytes) -> None:
    assert b" 400 " in raw(served, part, end=True).split(b"\r\n")[0]


SWITCHES = (
    *("X-Simulator-Bypass", "X-Skip-Verification", "X-Forwarded-For", "X-Forwarded-Proto", "Authorization"),
    *("X-Original-URL", "X-HTTP-Method-Override", "Host", "Origin", "Cookie"),
)


@pytest.mark.parametrize("header", SWITCHES)
def test_no_header_switches_the_signature_off(served: Client, header: str) -> None:
    for value in ("true", "1", "127.0.0.1", "localhost"):
        headers = {"Content-Type": "application/json", header: value}
        assert served.post(launched(), headers).status == 400


@pytest.mark.parametrize("query", ["verify=false", "debug=1", "SSL_CERT_FILE=/tmp/x", "skip_signature=true"])
def test_no_query_and_no_body_switches_the_signature_off(served: Client, query: str) -> None:
    headers = {"Content-Type": "application/json"}
    assert served.send("POST", f"/alexa?{query}", launched(), headers).status == 400
    key, value = query.split("=")
    assert served.post(fresh(envelopes.launch() | {key: value}), headers).status == 400


# Nothing else --------------------------------------------------------------------------------------


def test_the_process_says_that_it_is_alive_and_ready(served: Client) -> None:
    assert served.send("GET", "/healthz").json == {"alive": True}
    ready = served.send("GET", "/readyz")
    assert ready.status == 200
    assert set(ready.json) == {"ready", "content", "store", "encoder"}
    assert ready.json["store"] == "writable"


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        *((method, "/alexa", 405) for method in ("GET", "PUT", "DELETE", "PATCH")),
        *((method, "/healthz", 405) for method in ("POST", "DELETE")),
        *(
            ("GET", path, 404)
            for path in ("/", "/page/index.html", "/static/x", "/metrics", "/alexa/", "/..%2f")
        ),
        ("POST", "/v1/turn", 404),
        ("POST", "/", 404),
    ],
)
def test_there_is_nothing_else(served: Client, method: str, path: str, status: int) -> None:
    assert served.send(method, path).status == status
