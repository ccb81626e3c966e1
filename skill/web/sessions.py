"""The conversations of the local app, in memory only: a session string is one session."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from skill.core.session import Session

IDLE_SECONDS = 1800.0
"""A session ends after 30 real minutes without a turn; until then a lock holds."""
SESSIONS = 10_000
"""At most so many sessions are remembered; the longest unused goes first."""


class Kept:
    """One session, which one turn at a time may change."""

    def __init__(self) -> None:
        """Begin without a conversation."""
        self.session: Session | None = None
        self.used_at = 0.0
        self.lock = threading.Lock()


class Sessions:
    """Sessions by their string."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        """Begin empty; the clock counts real seconds."""
        self._clock = clock
        self._kept: OrderedDict[str, Kept] = OrderedDict()
        self._lock = threading.Lock()

    @contextmanager
    def turn(self, name: str) -> Iterator[Kept]:
        """Lend a session for one turn."""
        with self._lock:
            kept = self._kept.get(name)
            if kept is None or self._clock() - kept.used_at > IDLE_SECONDS:
                kept = self._kept[name] = Kept()
            kept.used_at = self._clock()
            self._kept.move_to_end(name)
            while len(self._kept) > SESSIONS:
                self._kept.popitem(last=False)
        with kept.lock:
            yield kept
