"""A store that forgets with its process: for tests and trials."""

from __future__ import annotations

import threading
from datetime import datetime

from skill.core.errors import StaleRecordError
from skill.store.base import Stored


class MemoryStore:
    """Records in a dictionary."""

    def __init__(self) -> None:
        """Begin empty."""
        self._rows: dict[str, tuple[Stored, datetime]] = {}
        self._lock = threading.Lock()

    def get(self, key: str, now: datetime) -> Stored | None:
        """Return a record, or none where there is none or it has expired."""
        with self._lock:
            return self._live(key, now)

    def expiry(self, key: str) -> datetime | None:
        """Return when a record expires, or has expired; none where there is none."""
        with self._lock:
            row = self._rows.get(key)
            return row[1] if row else None

    def put(self, key: str, body: bytes, version: int, now: datetime, expires: datetime) -> None:
        """Write a record if its version still is the one that was read."""
        with self._lock:
            row = self._live(key, now)
            if (row.version if row else 0) != version:
                raise StaleRecordError("the record was changed meanwhile")
            self._rows[key] = (Stored(version + 1, body), expires)

    def delete(self, key: str) -> None:
        """Remove a record, if there is one."""
        with self._lock:
            self._rows.pop(key, None)

    def _live(self, key: str, now: datetime) -> Stored | None:
        row = self._rows.get(key)
        return row[0] if row and row[1] > now else None
