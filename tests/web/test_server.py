"""The server itself: what is slow, breaks off, is refused half way, or is being answered at the end."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress

import pytest
from flask import Flask, Response, request

from skill.web import server as server_module
from skill.web.server import Server

LIMIT = 1000


class Site:
    """A server in a thread, with a page that waits until it may answer."""

    def __init__(self) -> None:
        self.asked, self.may_answer, self.ended = threading.Event(), threading.Event(), threading.Event()
        flask = Flask(__name__)

        @flask.post("/")
        def echo() -> Response:
            return Response(request.get_data())

        @flask.get("/slow")
        def slow() -> str:
            self.asked.set()
            assert self.may_answer.wait(10)
            return "done"

        self.server = Server(flask, "127.0.0.1", 0, LIMIT)
        self.thread = threading.Thread(target=self.server.run_until, args=(self.ended.is_set,))

    def stop(self) -> None:
        if not self.ended.is_set():
            self.ended.set()
            self.server.pull_trigger()

    @contextmanager
    def connected(self) -> Iterator[socket.socket]:
        with closing(socket.create_connection(("127.0.0.1", self.server.port), timeout=10)) as connection:
            yield connection


@pytest.fixture
def site(monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    monkeypatch.setattr(server_module, "LINGER_SECONDS", 0.3)
    one = Site()
    one.thread.start()
    yield one
    one.may_answer.set()
    one.stop()
    one.thread.join(20)
    assert not one.thread.is_alive()


def post(body: bytes, length: int | None = None) -> bytes:
    return b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n%s" % (
        len(body) if length is None else length,
        body,
    )


def status(answer: bytes) -> int:
    return int(answer.split(b" ")[1])


def answered(connection: socket.socket, length: int) -> bytes:
    """One answer whose body has a length; it may come in pieces."""
    answer = b""
    while b"\r\n\r\n" not in answer or len(answer.partition(b"\r\n\r\n")[2]) < length:
        answer += connection.recv(4096)
    return answer


def all_of(connection: socket.socket) -> bytes:
    answer = b""
    while chunk := connection.recv(65536):
        answer += chunk
    return answer


def test_requests_follow_each_other_on_one_connection(site: Site) -> None:
    with site.connected() as connection:
        for _ in range(3):
            connection.sendall(post(b"hello"))
            answer = answered(connection, 5)
            assert status(answer) == 200
            assert answer.endswith(b"hello")
        connection.sendall(post(b"one") + post(b"two"))
        connection.shutdown(socket.SHUT_WR)
        assert [part[:3] for part in all_of(connection).split(b"HTTP/1.1 ")[1:]] == [b"200", b"200"]


def test_a_body_in_two_parts_is_one_body(site: Site) -> None:
    with site.connected() as connection:
        connection.sendall(post(b"hel", length=5))
        connection.sendall(b"lo")
        assert answered(connection, 5).endswith(b"hello")


@pytest.mark.parametrize("part", [b"P", b"POST / HTTP/1.1\r\nHost: x\r\n", post(b"abc", length=10)])
def test_a_request_that_breaks_off_is_answered(site: Site, part: bytes) -> None:
    with site.connected() as connection:
        connection.sendall(part)
        connection.shutdown(socket.SHUT_WR)
        assert status(all_of(connection)) == 400


@pytest.mark.parametrize("part", [b"P", post(b"abc", length=10)])
def test_a_request_that_comes_too_slowly_is_refused(
    site: Site, monkeypatch: pytest.MonkeyPatch, part: bytes
) -> None:
    monkeypatch.setattr(server_module, "REQUEST_SECONDS", 0.2)
    with site.connected() as connection:
        connection.sendall(part)
        answer = all_of(connection)
        assert status(answer) == 400
        assert b"too slowly" in answer


def test_a_slow_request_keeps_no_thread_busy(site: Site) -> None:
    """More of them than there are threads, and others are answered all the same."""
    slow = [
        socket.create_connection(("127.0.0.1", site.server.port)) for _ in range(server_module.THREADS * 2)
    ]
    for connection in slow:
        connection.sendall(post(b"abc", length=10))
    with site.connected() as connection:
        connection.sendall(post(b"hello"))
        assert status(connection.recv(4096)) == 200
    for connection in slow:
        connection.close()


def test_who_is_refused_half_way_can_read_why(site: Site) -> None:
    """Without a reset of the connection, which would take the answer away."""
    with site.connected() as connection:
        connection.sendall(post(b"x" * 5_000_000))
        assert status(all_of(connection)) == 413


def test_who_does_not_listen_is_hung_up_on(site: Site) -> None:
    with site.connected() as connection:
        connection.sendall(post(b"x", length=LIMIT + 1))
        assert status(connection.recv(65536)) == 413
        # The connection is not closed from this side: the server's patience ends.
        with pytest.raises(OSError, match=r"reset|pipe"):
            goes_on(connection)


def goes_on(connection: socket.socket) -> None:
    """Send more, for five seconds."""
    for _ in range(100):
        connection.sendall(b"x" * 1000)
        threading.Event().wait(0.05)


def test_the_longest_body_is_taken_and_one_byte_more_is_not(site: Site) -> None:
    for size, expected in ((LIMIT, 200), (LIMIT + 1, 413)):
        with site.connected() as connection:
            connection.sendall(post(b"x" * size))
            assert status(connection.recv(65536)) == expected


def test_a_client_that_hangs_up_is_forgotten(site: Site) -> None:
    for part in (b"", b"P", post(b"abc", length=10), post(b"hello")):
        with site.connected() as connection:
            connection.sendall(part)
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\0\0\0\0\0\0\0")
    with site.connected() as connection:
        connection.sendall(post(b"hello"))
        assert status(connection.recv(4096)) == 200


AMBIGUOUS = {
    "both lengths": b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n"
    b"0\r\n\r\nGET /slow HTTP/1.1\r\nHost: x\r\n\r\n",
    "another encoding": b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip\r\n\r\n",
    "two encodings": b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
    "a length of many digits": b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: %s\r\n\r\n" % (b"1" * 5000),
    "a length that is none": b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: five\r\n\r\n",
    "two lengths": b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nContent-Length: 4\r\n\r\nhello",
}


@pytest.mark.parametrize("name", AMBIGUOUS)
def test_what_has_more_than_one_reading_is_refused_and_nothing_after_it_is_read(
    site: Site, name: str
) -> None:
    with site.connected() as connection:
        connection.sendall(AMBIGUOUS[name])
        answer = all_of(connection)
        assert status(answer) == 400
        assert answer.count(b"HTTP/1.") == 1


def test_headers_too_long_are_refused_as_too_long(site: Site) -> None:
    with site.connected() as connection:
        connection.sendall(b"POST / HTTP/1.1\r\nHost: x\r\nX: %s\r\n\r\n" % (b"x" * 20_000))
        assert status(all_of(connection)) == 413


def test_where_it_is_crowded_the_idle_and_the_slow_make_room(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server_module, "CROWDED", 3)
    monkeypatch.setattr(server_module, "CROWDED_SECONDS", 0.1)
    with site.connected() as idle, site.connected() as slow, site.connected() as used:
        slow.sendall(post(b"abc", length=10))
        used.sendall(post(b"hello"))
        assert status(answered(used, 5)) == 200
        assert status(all_of(slow)) == 400
        assert all_of(idle) == b""
        assert all_of(used) == b""


def test_a_stop_finishes_what_is_being_answered_and_takes_nothing_new(site: Site) -> None:
    with site.connected() as connection, site.connected() as idle:
        connection.sendall(b"GET /slow HTTP/1.1\r\nHost: x\r\n\r\n")
        assert site.asked.wait(10)
        site.stop()
        assert idle.recv(1) == b"", "an idle connection is closed at once"
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(("127.0.0.1", site.server.port))
        site.may_answer.set()
        answer = all_of(connection)
        assert status(answer) == 200
        assert answer.endswith(b"done")


def test_a_stop_waits_for_nobody_for_ever(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server_module, "STOP_SECONDS", 0.2)
    with site.connected() as connection:
        connection.sendall(post(b"abc", length=10))
        connection.sendall(b"d")
        site.stop()
        with suppress(ConnectionResetError):
            assert all_of(connection) == b""
    site.thread.join(10)
    assert not site.thread.is_alive()


def test_an_address_in_use_is_an_error(site: Site) -> None:
    with pytest.raises(OSError, match="in use"):
        Server(Flask(__name__), "127.0.0.1", site.server.port, LIMIT)
