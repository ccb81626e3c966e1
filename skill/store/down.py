"""A store that cannot be reached: what stands for the real one until that can be opened."""

from __future__ import annotations

from datetime import datetime

from skill.core.errors import StoreError
from skill.store.base import Stored


class DownStore:
    """Keeps nothing, and says so: no stretch starts on it, and questions are answered."""

    def get(self, key: str, now: datetime) -> Stored | None:
        """Raise: nothing can be read."""
        raise StoreError("it is not open")

    def put(self, key: str, body: bytes, version: int, now: datetime, expires: datetime) -> None:
        """Raise: nothing can be written."""
        raise StoreError("it is not open")

    def delete(self, key: str) -> None:
        """Raise: nothing can be removed."""
        raise StoreError("it is not open")
