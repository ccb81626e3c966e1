"""Waitress, made patient with Amazon and short with everybody else.

Waitress receives a request, within bounds, before any thread is busy with it. What it leaves open is
added here: a request has a deadline; one that breaks off is answered, not only dropped; a client that is
refused in the middle of its body can still read why; and a stop finishes what is being answered.
"""

from __future__ import annotations

import signal
import socket
import time
from collections.abc import Callable
from typing import Any, cast

from flask import Flask
from waitress import wasyncore
from waitress.channel import HTTPChannel
from waitress.parser import HTTPRequestParser, ParsingError, TransferEncodingNotImplemented
from waitress.server import TcpWSGIServer
from waitress.utilities import BadRequest, RequestEntityTooLarge, RequestHeaderFieldsTooLarge

THREADS = 16
"""So many requests are answered at once."""
CONNECTIONS = 900
"""So many connections are open at once: a process has about 1,000 files."""
CROWDED = 700
"""From so many on, whoever is idle or slow makes room for others."""
CROWDED_SECONDS = 1.0
"""What is left then to begin a request, and to finish it: Amazon's come whole, at once."""
IDLE_SECONDS = 60
"""A connection without a request is closed after so long."""
REQUEST_SECONDS = 8.0
"""A request is received whole within so long, which is all that Alexa waits (A1)."""
LINGER_SECONDS = 5.0
"""So long a connection stays open after its last answer, so that the client can read it."""
LINGER_BYTES = 1024 * 1024
"""So much is thrown away at once of what a refused client goes on sending."""
STOP_SECONDS = 10.0
"""A stop waits at most so long for what is being answered."""
HEADER_BYTES = 16 * 1024
"""A request's headers have at most 16 kB; Amazon's have about 1."""


class Parser(HTTPRequestParser):
    """Reads one request, and refuses what has more than one reading."""

    error: Any
    """What is wrong with it."""

    def received(self, data: bytes) -> int:
        """Take bytes, and return how many of them belong to this request."""
        taken = int(super().received(data))
        if isinstance(self.error, RequestHeaderFieldsTooLarge):
            self.error = RequestEntityTooLarge(self.error.body)
        return taken

    def parse_header(self, header_plus: bytes) -> None:
        """Read the head.

        Raises:
            ParsingError: it cannot be read, or tells the length of the body in two ways (RFC 9112, 6.1).
        """
        try:
            super().parse_header(header_plus)
        except (TransferEncodingNotImplemented, ValueError) as error:
            raise ParsingError("The length of the body cannot be told.") from error
        if self.chunked and "CONTENT_LENGTH" in self.headers:
            raise ParsingError("The length of the body is told twice.")


class Channel(HTTPChannel):
    """One connection."""

    parser_class = Parser
    request: Any
    """What is received of a request that is not whole yet; none between two."""
    close_when_flushed: bool
    """Whether the last answer of this connection is being written."""
    began = 0.0
    """When the request began that is not whole yet."""
    lingers_since = 0.0
    """When the last answer of this connection was written; 0 before."""

    @property
    def busy(self) -> bool:
        """Whether there is something to receive, to answer or to write."""
        return bool(self.requests or self.request or self.total_outbufs_len or self.close_when_flushed)

    def readable(self) -> bool:
        """Return whether the client's bytes are wanted, if only to throw them away."""
        return bool(self.lingers_since or super().readable())

    def handle_read(self) -> None:
        """Take bytes; answer a request that breaks off, and close where there is none."""
        try:
            data = self.socket.recv(LINGER_BYTES if self.lingers_since else self.adj.recv_bytes)
        except BlockingIOError:
            return
        except OSError:
            # The client is gone: there is nobody to answer.
            self.handle_close()
            return
        if data and not self.lingers_since:
            self._take(data)
        elif not data and self.request is not None:
            self._refuse("The request broke off.")
        elif not data:
            self.handle_close()

    def handle_write(self) -> None:
        """Write what is to be written; after the last of it, listen on for a moment."""
        closing, self.close_when_flushed = self.close_when_flushed, False
        super().handle_write()
        if closing and self.connected:
            self.close_when_flushed = bool(self.total_outbufs_len)
            if not self.close_when_flushed:
                self._linger()

    def hurry(self, now: float, *, crowded: bool) -> None:
        """End what takes too long.

        Args:
            now: seconds since 1970.
            crowded: whether others wait for a connection.
        """
        patience = CROWDED_SECONDS if crowded else REQUEST_SECONDS
        if self.lingers_since and now - self.lingers_since > min(LINGER_SECONDS, patience):
            self.handle_close()
        elif self.request is not None and not self.requests and now - self.began > patience:
            self._refuse("The request came too slowly.")
        elif crowded and not self.busy and now - self.last_activity > CROWDED_SECONDS:
            self.handle_close()

    def _take(self, data: bytes) -> None:
        """Receive bytes of a request."""
        now = time.time()
        if self.request is None:
            self.began = now
        self.last_activity = now
        self.received(data)

    def _refuse(self, why: str) -> None:
        """Answer the request that is not whole with 400; its connection is closed after that."""
        with self.requests_lock:
            self.request.error = BadRequest(why)
            self.requests.append(self.request)
            self.request = None
            if len(self.requests) == 1:
                self.server.add_task(self)

    def _linger(self) -> None:
        """Tell the client that there is no more, and wait until it has read that.

        Closed at once, a client that is still sending would see a reset connection and no answer.
        """
        try:
            self.socket.shutdown(socket.SHUT_WR)
        except OSError:
            self.handle_close()
        else:
            self.lingers_since = time.time()


class Server(TcpWSGIServer):
    """A server of one app on one address."""

    channel_class = Channel

    def __init__(self, app: Flask, host: str, port: int, body_bytes: int) -> None:
        """Listen on an address, and answer nothing yet.

        Args:
            app: answers requests.
            host: the address.
            port: 0 takes a free one.
            body_bytes: a request's body has at most so many.

        Raises:
            OSError: the address cannot be used.
        """
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        listening = socket.create_server((host, port), family=family)
        super().__init__(
            app,
            _sock=listening,
            bind_socket=False,
            sockinfo=(family, listening.type, listening.proto, listening.getsockname()),
            threads=THREADS,
            connection_limit=CONNECTIONS,
            channel_timeout=IDLE_SECONDS,
            cleanup_interval=1,
            max_request_header_size=HEADER_BYTES,
            # Waitress refuses a body that has just as many.
            max_request_body_size=body_bytes + 1,
            asyncore_use_poll=True,
            log_socket_errors=False,
            ident=None,
        )

    @property
    def port(self) -> int:
        """The port on which it listens."""
        return int(self.effective_port)

    @property
    def channels(self) -> list[Channel]:
        """Every open connection."""
        return list(cast("dict[int, Channel]", self.active_channels).values())

    def maintenance(self, now: float) -> None:
        """End what takes too long; called about once a second."""
        super().maintenance(now)
        channels = self.channels
        for channel in channels:
            channel.hurry(now, crowded=len(channels) >= CROWDED)

    def run_until(self, stopped: Callable[[], bool]) -> None:
        """Answer until a stop is wanted; then finish what is being answered."""
        while not stopped():
            self._turn(1.0)
        self.accepting = False
        self.del_channel()
        self.socket.close()
        deadline = time.monotonic() + STOP_SECONDS
        while time.monotonic() < deadline and self._busy_channels():
            self._turn(0.1)
        self.task_dispatcher.shutdown()
        wasyncore.close_all(self._map)

    def _busy_channels(self) -> list[Channel]:
        """Return the connections on which something is going on, and close all others."""
        busy = [channel for channel in self.channels if channel.busy]
        for channel in self.channels:
            if channel not in busy:
                channel.handle_close()
        return busy

    def _turn(self, seconds: float) -> None:
        """Wait at most so long for something to do, and do it."""
        wasyncore.loop(timeout=seconds, use_poll=True, map=self._map, count=1)


def run(server: Server) -> None:
    """Serve until the process is told to end (SIGTERM, or Ctrl-C)."""
    told: list[int] = []

    def stop(number: int, frame: object) -> None:
        if not told:
            told.append(number)
            server.pull_trigger()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stop)
    server.run_until(lambda: bool(told))
