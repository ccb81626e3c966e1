"""The store and its key: whether they work, and who else can read them."""

from __future__ import annotations

import secrets
import shutil
import stat
import tempfile
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path

from skill.app import key_file
from skill.core.errors import NoKeyError, StoreError
from skill.doctor.finding import Finding, bad, ok, unknown, warn
from skill.settings import SettingsError
from skill.store.base import Store
from skill.store.dynamodb import DynamoDbStore

KEY_BYTES = 32
"""A key has at least so many, as one that is made here."""
LOW_BYTES, FULL_BYTES = 200 * 1024 * 1024, 10 * 1024 * 1024
"""With less room than this on its disk, a database is in danger; with less than that it is full."""
OTHERS = stat.S_IRWXG | stat.S_IRWXO
"""The rights of everybody but the owner."""
NEW_KEY = "python3 -c 'import secrets; print(secrets.token_hex(32))'"


def probe(store: Store, now: datetime) -> Finding:
    """Write a row of nobody's, read it, and delete it."""
    key, body = f"doctor {secrets.token_hex(16)}", b'{"probe":1}'
    try:
        store.put(key, body, 0, now, now + timedelta(minutes=1))
        try:
            read = store.get(key, now)
        finally:
            store.delete(key)
        left = store.get(key, now)
    except StoreError as error:
        return bad(
            "store",
            f"it cannot be used: {error}",
            "see that whoever runs the skill may read and write it; no routine starts without",
        )
    if read is None or read.body != body or left is not None:
        return bad("store", "it does not give back what was written", "see what else writes to it")
    return ok("store", "a row was written, read and deleted")


def file(database: Path, now: datetime) -> Iterator[Finding]:
    """Look at the database's file, its rights and its disk; it is not made."""
    from skill.store.sqlite import SqliteStore

    folder = next(folder for folder in database.absolute().parents if folder.exists())
    if database.is_dir():
        yield bad("store", f"{database} is a folder", "name a file in it: GENTLE_BACK_DB")
        return
    if database.exists():
        yield probe(SqliteStore(database), now)
        yield rights("store file", database)
    else:
        yield writable(database, folder)
    yield room(shutil.disk_usage(folder).free)


def writable(database: Path, folder: Path) -> Finding:
    """Look at whether a database could be made; what is made for that has no name, and is gone at once."""
    try:
        tempfile.TemporaryFile(dir=folder).close()
    except OSError as error:
        return bad(
            "store",
            f"{folder} cannot be written ({error.strerror})",
            "let whoever runs the skill write there",
        )
    return ok("store", f"{database} is not there yet; the first start makes it")


def rights(name: str, path: Path) -> Finding:
    """Look at who can read a file: nobody else, by its own rights or by those of its folder."""
    own, folder = (stat.S_IMODE(one.stat().st_mode) for one in (path, path.absolute().parent))
    if own & OTHERS and folder & OTHERS:
        return bad(
            name, f"others on this machine may read it ({own:04o} in {folder:04o})", f"chmod 600 '{path}'"
        )
    return ok(name, f"nobody else may read it ({own:04o} in {folder:04o})")


def room(free: int) -> Finding:
    """Look at the free bytes of the store's disk."""
    found = f"{free // 1024**2:,} MB are free"
    if free < FULL_BYTES:
        return bad("disk", found, "make room: the store cannot be written")
    if free < LOW_BYTES:
        return warn("disk", found, "make room before the store cannot be written")
    return ok("disk", found)


def table(store: DynamoDbStore, now: datetime) -> Iterator[Finding]:
    """Look at a table: whether it works, how it finds an item, and when it removes one."""
    yield probe(store, now)
    try:
        names = store.key_names()
    except StoreError as error:
        yield unknown("table key", str(error), "allow dynamodb:DescribeTable to whoever asks")
    else:
        if names == ["id"]:
            yield ok("table key", "id")
        else:
            yield bad("table key", " and ".join(names), "make a table whose only key is id, a string")
    try:
        living = store.time_to_live()
    except StoreError as error:
        yield unknown("table life", str(error), "allow dynamodb:DescribeTimeToLive to whoever asks")
    else:
        if living == "expires":
            yield ok("table life", "items are removed when they expire")
        else:
            yield bad(
                "table life",
                f"time to live is on {living}" if living else "time to live is off: nothing is ever removed",
                "enable time to live on the attribute expires",
            )


def key(get: Callable[[], bytes], database: Path) -> Iterator[Finding]:
    """Look at the key that hashes user ids, and at who can read its file.

    Args:
        get: returns the key, and makes none.
        database: the file beside which a key lies that is set nowhere.
    """
    try:
        found = get()
    except NoKeyError:
        if database.exists():
            yield bad(
                "key",
                f"{key_file(database)} is gone: whoever is in the database is not known again",
                "put it back from a backup; else the next start makes another",
            )
        else:
            yield ok("key", "it is not there yet; the first start makes it")
        return
    except (StoreError, SettingsError) as error:
        text = error.message if isinstance(error, SettingsError) else str(error)
        yield bad("key", text, f"let whoever runs the skill read it, or set GENTLE_BACK_KEY: {NEW_KEY}")
        return
    if len(found) < KEY_BYTES:
        yield warn(
            "key",
            f"it has {len(found)} bytes, and could be guessed; {KEY_BYTES} cannot",
            f"set another, which forgets everybody: {NEW_KEY}",
        )
    else:
        yield ok("key", f"{len(found)} bytes")
    if key_file(database).exists():
        yield rights("key file", key_file(database))
