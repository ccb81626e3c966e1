"""What a store of records has to do: get, conditional put, delete."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from msgspec import Struct


class Stored(Struct, frozen=True):
    """A record as it is kept."""

    version: int
    """Counts its changes, from 1."""
    body: bytes
    """The record, as JSON."""


class Store(Protocol):
    """Keeps records by key. Every method raises `StoreError` when the store cannot be reached."""

    def get(self, key: str, now: datetime) -> Stored | None:
        """Return a record, or none where there is none or it has expired."""
        ...

    def put(self, key: str, body: bytes, version: int, now: datetime, expires: datetime) -> None:
        """Write a record if its version still is the one that was read; 0 where there was none.

        Raises:
            StaleRecordError: someone else has changed it since.
        """
        ...

    def delete(self, key: str) -> None:
        """Remove a record, if there is one."""
        ...


class InspectedStore(Store, Protocol):
    """A store that an operator can look into."""

    def expiry(self, key: str) -> datetime | None:
        """Return when a record expires, or has expired; none where there is none."""
        ...
