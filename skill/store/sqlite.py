"""The default store: one SQLite file, safe across threads and processes."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path

from skill.core.errors import StaleRecordError, StoreError
from skill.store.base import Stored

BUSY_SECONDS = 2.0
"""How long a write waits for another process: well inside Alexa's 8 s."""
SCHEMA = """
CREATE TABLE IF NOT EXISTS record (
    id TEXT PRIMARY KEY, version INTEGER NOT NULL, body BLOB NOT NULL, expires REAL NOT NULL
) WITHOUT ROWID
"""


class SqliteStore:
    """Records in a SQLite file with a write-ahead log."""

    def __init__(self, path: Path) -> None:
        """Remember the file; it is made when it is first used."""
        self._path = path
        self._opening = threading.Lock()

    def get(self, key: str, now: datetime) -> Stored | None:
        """Return a record, or none where there is none or it has expired."""
        with self._connected() as database:
            row = database.execute(
                "SELECT version, body FROM record WHERE id = ? AND expires > ?", (key, now.timestamp())
            ).fetchone()
        return Stored(row[0], row[1]) if row else None

    def expiry(self, key: str) -> datetime | None:
        """Return when a record expires, or has expired; none where there is none."""
        with self._connected() as database:
            row = database.execute("SELECT expires FROM record WHERE id = ?", (key,)).fetchone()
        return datetime.fromtimestamp(row[0], UTC) if row else None

    def put(self, key: str, body: bytes, version: int, now: datetime, expires: datetime) -> None:
        """Write a record if its version still is the one that was read."""
        with self._connected() as database:
            if version == 0:
                cursor = database.execute(
                    "INSERT INTO record VALUES (?, 1, ?, ?) ON CONFLICT (id) DO UPDATE SET"
                    " version = 1, body = excluded.body, expires = excluded.expires"
                    " WHERE record.expires <= ?",
                    (key, body, expires.timestamp(), now.timestamp()),
                )
            else:
                cursor = database.execute(
                    "UPDATE record SET version = version + 1, body = ?, expires = ?"
                    " WHERE id = ? AND version = ? AND expires > ?",
                    (body, expires.timestamp(), key, version, now.timestamp()),
                )
            if cursor.rowcount != 1:
                raise StaleRecordError("the record was changed meanwhile")

    def delete(self, key: str) -> None:
        """Remove a record, if there is one."""
        with self._connected() as database:
            database.execute("DELETE FROM record WHERE id = ?", (key,))

    @contextmanager
    def _connected(self) -> Iterator[sqlite3.Connection]:
        """Open the file for one operation, which is one transaction."""
        try:
            with closing(self._opened()) as database, database:
                yield database
        except (sqlite3.Error, OSError) as error:
            raise StoreError(f"{self._path}: {type(error).__name__}") from error

    def _opened(self) -> sqlite3.Connection:
        """Return a connection to the file, which is made where there is none.

        One after the other: where several threads make it at once, SQLite waits for none of them.
        """
        with self._opening:
            self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            if not self._path.exists():
                # SQLite would let everyone read it; the files of its log have the rights of this one.
                self._path.touch(mode=0o600)
            database = sqlite3.connect(self._path, timeout=BUSY_SECONDS)
            try:
                database.execute("PRAGMA journal_mode = WAL")
                # Erased is erased: freed pages are overwritten.
                database.execute("PRAGMA secure_delete = ON")
                database.execute(SCHEMA)
            except sqlite3.Error:
                database.close()
                raise
            return database
