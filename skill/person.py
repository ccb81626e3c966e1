"""What is kept about one person, at their own request: shown, or erased."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec

from skill import service
from skill.app import RECORDS, hashed, pseudonym
from skill.core.errors import NoKeyError, StoreError
from skill.settings import Settings
from skill.store.base import InspectedStore, Stored
from skill.store.memory import MemoryStore

EVER = datetime(1970, 1, 1, tzinfo=UTC)
"""A time at which nothing had expired: what nobody reads any more may still be there."""


class Person:
    """Someone whom an installation may know."""

    def __init__(self, store: InspectedStore, key: bytes, user: str) -> None:
        """Find someone by the id under which a platform knows them."""
        self._store, self._id = store, hashed(key, user)
        self._pseudonym = pseudonym(key, user)

    def exported(self) -> dict[str, Any]:
        """Return all that is kept, and the name under which log lines may tell of them.

        A record that this version cannot read is given as it stands.

        Raises:
            StoreError: the store cannot be reached.
        """
        told: dict[str, Any] = {"kept": False, "log_pseudonym": self._pseudonym}
        stored = self._store.get(self._id, EVER)
        if stored is None:
            return told
        expires = self._store.expiry(self._id)
        return (
            told
            | {"kept": True, "expires": expires.isoformat() if expires else None}
            | {"changes": stored.version}
            | _record(stored)
        )

    def forgotten(self) -> bool:
        """Erase all that is kept, and return whether there was something.

        Raises:
            StoreError: it was not erased, or that cannot be told.
        """
        try:
            was = self._store.get(self._id, EVER)
            self._store.delete(self._id)
        except StoreError as error:
            raise StoreError(f"nothing was erased: {error}") from error
        try:
            left = self._store.get(self._id, EVER)
        except StoreError as error:
            raise StoreError(f"it was erased, but that cannot be proved, ask again: {error}") from error
        if left is not None:
            raise StoreError("it was written again meanwhile: ask again once they have left the skill")
        return was is not None


def where(settings: Settings) -> str:
    """Return what an installation keeps people's records in, as a person would look for it."""
    if settings.table:
        return f"the table {settings.table}"
    database = Path(settings.database)
    return str(database) if database.exists() else f"{database}, which is not there"


def person(settings: Settings, user: str) -> Person | None:
    """Return someone of an installation; none where it has no key yet, and so knows nobody.

    Nothing is made that is not there: no database, and no key.

    Raises:
        StoreError: there is a database, and no key to it; or the key cannot be read.
    """
    there = settings.table or Path(settings.database).exists()
    store = service.store(settings) if there else MemoryStore()
    try:
        return Person(store, service.key(settings, make=False), user)
    except NoKeyError as error:
        if there:
            raise StoreError(f"{error}: nobody can be found in {settings.database} without it") from error
        return None


def _record(stored: Stored) -> dict[str, Any]:
    """Return a record, decoded or else as it stands."""
    try:
        record = RECORDS.decode(stored.body)
    except msgspec.MsgspecError:
        return {"readable": False, "raw": stored.body.decode(errors="backslashreplace")}
    return {"readable": True, "schema": record.schema, "record": msgspec.to_builtins(record)}
