"""Many listeners at once, each on a connection of its own, in one thread."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Callable

from bench.listener import Listener, Turn
from tests.amazon import Amazon

ANSWER_SECONDS = 8.0
"""So long Alexa waits for an answer (A1)."""
OUTAGE_SECONDS = 30.0
"""So long a turn without an answer is sent again."""
AGAIN_SECONDS = 0.1
"""After so long."""
GOLDEN = 0.618034
"""Spreads pauses evenly, without chance."""


class Connection:
    """Speaks HTTP/1.1 on one connection, which is opened anew when it is lost."""

    def __init__(self, port: int) -> None:
        """Name the server's port on this machine."""
        self._port = port
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def open(self) -> None:
        """Connect, unless it is connected."""
        if self._streams is None:
            self._streams = await asyncio.open_connection("127.0.0.1", self._port)

    async def close(self) -> None:
        """Hang up."""
        if self._streams is not None:
            writer, self._streams = self._streams[1], None
            writer.close()
            try:
                await writer.wait_closed()
            except OSError:
                return

    async def post(self, request: bytes) -> tuple[int, bytes]:
        """Send a request, and return the status and the body of its answer.

        Raises:
            OSError, EOFError, TimeoutError: there is no answer.
        """
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                await self.open()
                return await self._post(request)
        except (OSError, EOFError):
            await self.close()
            raise

    async def _post(self, request: bytes) -> tuple[int, bytes]:
        if self._streams is None:
            raise ConnectionError("not connected")
        reader, writer = self._streams
        writer.write(request)
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
        length = head.partition("content-length:")[2].partition("\r\n")[0]
        body = await reader.readexactly(int(length))
        if "connection: close" in head:
            await self.close()
        return int(head.split()[1]), body


class Crowd:
    """Listeners who talk at the same time."""

    def __init__(self, listeners: list[Listener], amazon: Amazon, port: int, phase: str) -> None:
        """Bring listeners to a server; the phase is noted at their turns."""
        self._listeners, self._amazon, self.phase = listeners, amazon, phase
        self._connections = [Connection(port) for _ in listeners]
        self._hurry = asyncio.Event()
        self._answers = 0
        self._breaks: tuple[int, Callable[[], None]] | None = None
        self.in_flight = 0
        """So many turns are sent and not answered."""
        self.talking = 0
        """So many sessions were open at once, at most."""

    async def talk(self, seconds: float, pause: float) -> None:
        """Let everyone talk for so long, with a mean pause of so many seconds between two turns."""
        await asyncio.gather(*(connection.open() for connection in self._connections))
        until = time.monotonic() + seconds
        await asyncio.gather(*(self._talks(at, until, pause) for at in range(len(self._listeners))))

    async def say(self, turns: int) -> None:
        """Let everyone say so many turns, without a pause."""
        for at, listener in enumerate(self._listeners):
            for _ in range(turns):
                await self._send(at, listener.next())

    async def come_back(self) -> None:
        """Let everyone open a new session, and leave."""
        every = enumerate(self._listeners)
        await asyncio.gather(*(self._send(at, listener.comes_back()) for at, listener in every))

    async def leave(self) -> None:
        """Close every connection."""
        await asyncio.gather(*(connection.close() for connection in self._connections))

    def flood(self, answers: int, then: Callable[[], None]) -> None:
        """Let everyone speak at once, and do something as soon as so many were answered."""
        self._breaks = (self._answers + answers, then)
        self._hurry.set()
        self._hurry = asyncio.Event()

    async def _talks(self, at: int, until: float, pause: float) -> None:
        """Let one listener go through the scripts."""
        listener, number = self._listeners[at], 0
        while True:
            spread = (at * GOLDEN + number * GOLDEN * GOLDEN) % 1
            wait = pause * (spread + (0.5 if number else 0.0))
            if time.monotonic() + wait > until:
                return
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._hurry.wait(), wait)
            await self._send(at, listener.next())
            self.talking = max(self.talking, sum(other.talking for other in self._listeners))
            number += 1

    async def _send(self, at: int, turn: Turn) -> None:
        """Send a turn until it is answered: the same bytes again where there is no answer."""
        turn.phase = self.phase
        request = _request(turn.body, self._amazon)
        self.in_flight += 1
        began = time.perf_counter()
        while not turn.status and time.perf_counter() - began < OUTAGE_SECONDS:
            if turn.sends:
                await asyncio.sleep(AGAIN_SECONDS)
            turn.sends += 1
            try:
                turn.status, turn.reply = await self._connections[at].post(request)
            except (OSError, EOFError):
                continue
        turn.seconds = time.perf_counter() - began
        self.in_flight -= 1
        self._listeners[at].took(turn)
        self._answers += 1
        if self._breaks and self._answers >= self._breaks[0]:
            then, self._breaks = self._breaks[1], None
            then()


def _request(body: bytes, amazon: Amazon) -> bytes:
    """Return a signed request as it goes over the wire."""
    headers = {"Host": "127.0.0.1", "Content-Length": str(len(body))} | amazon.headers(body)
    lines = [f"{name}: {value}\r\n" for name, value in headers.items()]
    return "".join(["POST /alexa HTTP/1.1\r\n", *lines, "\r\n"]).encode() + body
