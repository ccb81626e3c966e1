"""The same request twice is answered twice, and taken once."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any

REPLIES = 1000
"""So many responses are remembered; the oldest goes first. A retry comes within seconds."""
WAIT_SECONDS = 6.0
"""A request waits at most so long for the response to its twin: inside the 8 s that Alexa waits (A1)."""


class Replies:
    """The last responses, by the fingerprint of what asked for them."""

    def __init__(self) -> None:
        """Begin with none."""
        self._kept: OrderedDict[str, Future[dict[str, Any]]] = OrderedDict()
        self._lock = threading.Lock()

    def once(self, fingerprint: str, answer: Callable[[], dict[str, Any]]) -> dict[str, Any]:
        """Return the response to a request: a new one, or that to its twin.

        Args:
            fingerprint: names what is asked; a request without one has no twin.
            answer: takes it; a failure is not remembered.

        Raises:
            TimeoutError: its twin is not answered in time.
        """
        if not fingerprint:
            return answer()
        with self._lock:
            kept = self._kept.get(fingerprint)
            if kept is None:
                coming = self._kept[fingerprint] = Future()
                while len(self._kept) > REPLIES:
                    self._kept.popitem(last=False)
        if kept is not None:
            return kept.result(WAIT_SECONDS)
        try:
            response = answer()
        except BaseException as error:
            with self._lock:
                self._kept.pop(fingerprint, None)
            coming.set_exception(error)
            raise
        coming.set_result(response)
        return response
