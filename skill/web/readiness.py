"""Whether a routine could start here: asked by whoever routes requests."""

from __future__ import annotations

import threading
from datetime import datetime, timedelta
from typing import Any

from skill.app import App, Clock

SECONDS = 5.0
"""An answer is good for so long: asking often costs the store nothing."""


class Readiness:
    """What `/readyz` says of an app."""

    def __init__(self, app: App, clock: Clock) -> None:
        """Look at an app; the clock tells when an answer is old."""
        self._app, self._clock = app, clock
        self._lock = threading.Lock()
        self._looked_at: datetime | None = None
        self._writable = False

    def state(self) -> dict[str, Any]:
        """Return whether the app is ready, and by what: the content, the store, the encoder."""
        with self._lock:
            now = self._clock()
            if self._looked_at is None or not timedelta() <= now - self._looked_at < timedelta(
                seconds=SECONDS
            ):
                self._looked_at, self._writable = now, self._app.can_remember(now)
            writable = self._writable
        return {
            "ready": writable,
            "content": self._app.library.hash,
            "store": "writable" if writable else "down",
            "encoder": self._app.has_encoder(),
        }
