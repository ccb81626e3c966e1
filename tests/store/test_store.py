"""One contract for every store; and what only a file can break. For what only DynamoDB has, see its own."""

from __future__ import annotations

import multiprocessing
import sqlite3
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from threading import Barrier

import pytest

from skill.core.errors import StaleRecordError, StoreError
from skill.store import dynamodb
from skill.store.base import InspectedStore, Store, Stored
from skill.store.dynamodb import DynamoDbStore
from skill.store.memory import MemoryStore
from skill.store.sqlite import SqliteStore
from tests.helpers import NOON
from tests.store.moto_server import REGION, new_table

LATER = NOON + timedelta(days=1)
STORES: dict[str, Callable[[Path, str], InspectedStore]] = {
    "memory": lambda folder, address: MemoryStore(),
    "sqlite": lambda folder, address: SqliteStore(folder / "new" / "records.db"),
    "dynamodb": lambda folder, address: DynamoDbStore(new_table(address), REGION, address),
}


@pytest.fixture(params=["memory", "sqlite", pytest.param("dynamodb", marks=pytest.mark.more)])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> InspectedStore:
    """An empty store; a table is on a server of its own, over real HTTP."""
    address = ""
    if request.param == "dynamodb":
        request.getfixturevalue("as_nobody")
        address = request.getfixturevalue("address")
    return STORES[request.param](tmp_path, address)


def increment(store: Store, times: int) -> None:
    """Read, add one, write; and again where someone else was faster."""
    for _ in range(times):
        while True:
            stored = store.get("count", NOON)
            count, version = (int(stored.body), stored.version) if stored else (0, 0)
            try:
                store.put("count", b"%d" % (count + 1), version, NOON, LATER)
            except StaleRecordError:
                continue
            break


def test_an_unknown_key_has_no_record(store: Store) -> None:
    assert store.get("a", NOON) is None


def test_a_record_is_got_as_it_was_put_and_counts_its_versions(store: Store) -> None:
    bodies = ("{}", '{ "a":1.50}', '{"a": "\\u0000 dos Zwölf 🦓"}', '{"a": "' + "ö" * 100_000 + '"}')
    for version, body in enumerate(bodies):
        store.put("a", body.encode(), version, NOON, LATER)
        assert store.get("a", NOON) == Stored(version + 1, body.encode())


def test_records_of_two_keys_are_apart(store: Store) -> None:
    store.put("a", b'"one"', 0, NOON, LATER)
    store.put("b", b'"two"', 0, NOON, LATER)
    store.delete("a")
    assert store.get("a", NOON) is None
    assert store.get("b", NOON) == Stored(1, b'"two"')


def test_a_stale_write_is_refused_and_changes_nothing(store: Store) -> None:
    store.put("a", b'"one"', 0, NOON, LATER)
    store.put("a", b'"two"', 1, NOON, LATER)
    for version in (0, 1, 3):
        with pytest.raises(StaleRecordError):
            store.put("a", b'"stale"', version, NOON, LATER)
    assert store.get("a", NOON) == Stored(2, b'"two"')


def test_only_one_of_two_who_find_nothing_creates_the_record(store: Store) -> None:
    assert store.get("a", NOON) is None
    store.put("a", b'"first"', 0, NOON, LATER)
    with pytest.raises(StaleRecordError):
        store.put("a", b'"second"', 0, NOON, LATER)
    assert store.get("a", NOON) == Stored(1, b'"first"')


def test_only_one_of_eight_who_create_a_record_at_once_does(store: Store) -> None:
    at_once = Barrier(8)

    def created(by: int) -> int | None:
        at_once.wait()
        try:
            store.put("a", b"%d" % by, 0, NOON, LATER)
        except StaleRecordError:
            return None
        return by

    with ThreadPoolExecutor(8) as threads:
        (winner,) = [by for by in threads.map(created, range(8)) if by is not None]
    assert store.get("a", NOON) == Stored(1, b"%d" % winner)


def test_a_change_of_what_never_was_is_refused(store: Store) -> None:
    with pytest.raises(StaleRecordError):
        store.put("a", b'"one"', 1, NOON, LATER)
    assert store.get("a", NOON) is None


def test_a_deleted_record_is_gone_and_can_be_created_anew(store: Store) -> None:
    store.put("a", b'"one"', 0, NOON, LATER)
    store.delete("a")
    store.delete("a")
    assert store.get("a", NOON) is None
    with pytest.raises(StaleRecordError):
        store.put("a", b'"late"', 1, NOON, LATER)
    store.put("a", b'"new"', 0, NOON, LATER)
    assert store.get("a", NOON) == Stored(1, b'"new"')


def test_a_record_expires_when_it_is_read(store: Store) -> None:
    store.put("a", b'"one"', 0, NOON, LATER)
    just_before = LATER - timedelta(milliseconds=1)
    assert store.get("a", just_before) == Stored(1, b'"one"')
    assert store.get("a", LATER) is None
    assert store.get("a", just_before) == Stored(1, b'"one"'), "reading removes nothing"


def test_an_expired_record_can_be_created_anew_and_not_changed(store: Store) -> None:
    store.put("a", b'"one"', 0, NOON, LATER)
    store.put("a", b'"two"', 1, NOON, LATER)
    with pytest.raises(StaleRecordError):
        store.put("a", b'"three"', 2, LATER, LATER + timedelta(days=1))
    store.put("a", b'"new"', 0, LATER, LATER + timedelta(days=1))
    assert store.get("a", LATER) == Stored(1, b'"new"')


def test_a_write_moves_the_day_on_which_it_expires(store: Store) -> None:
    store.put("a", b'"one"', 0, NOON, LATER)
    store.put("a", b'"two"', 1, NOON, LATER + timedelta(days=1))
    assert store.get("a", LATER) == Stored(2, b'"two"')


def test_no_increment_of_eight_threads_is_lost(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    # An answer that comes too late is asked for again; what becomes of that is test_dynamodb.py's.
    monkeypatch.setattr(dynamodb, "READ_SECONDS", 30.0)
    with ThreadPoolExecutor(8) as threads:
        for done in [threads.submit(increment, store, 20) for _ in range(8)]:
            done.result()
    assert store.get("count", NOON) == Stored(160, b"160")


def increment_file(path: Path, times: int) -> None:
    """What another process does."""
    increment(SqliteStore(path), times)


def test_no_increment_of_two_processes_is_lost(tmp_path: Path) -> None:
    path = tmp_path / "records.db"
    spawn = multiprocessing.get_context("spawn")
    processes = [spawn.Process(target=increment_file, args=(path, 25)) for _ in range(2)]
    for process in processes:
        process.start()
    for process in processes:
        process.join(60)
    assert [process.exitcode for process in processes] == [0, 0]
    assert SqliteStore(path).get("count", NOON) == Stored(50, b"50")


def test_a_file_outlives_its_store(tmp_path: Path) -> None:
    SqliteStore(tmp_path / "records.db").put("a", b"one", 0, NOON, LATER)
    assert SqliteStore(tmp_path / "records.db").get("a", NOON) == Stored(1, b"one")


def unreadable(tmp_path: Path) -> dict[str, Path]:
    """Paths at which there can be no database, also for root."""
    (tmp_path / "file").write_bytes(b"no database at all, but long enough to be looked at " * 20)
    (tmp_path / "folder").mkdir()
    return {
        "a folder": tmp_path / "folder",
        "no database": tmp_path / "file",
        "below a file": tmp_path / "file" / "records.db",
        "a name too long": tmp_path / ("x" * 300),
    }


@pytest.mark.parametrize("kind", ["a folder", "no database", "below a file", "a name too long"])
def test_a_path_that_cannot_be_used_is_a_store_error(tmp_path: Path, kind: str) -> None:
    store = SqliteStore(unreadable(tmp_path)[kind])
    with pytest.raises(StoreError) as read:
        store.get("a", NOON)
    with pytest.raises(StoreError) as written:
        store.put("a", b"one", 0, NOON, LATER)
    with pytest.raises(StoreError) as deleted:
        store.delete("a")
    for caught in (read, written, deleted):
        assert not isinstance(caught.value, StaleRecordError)
        assert str(store._path) in str(caught.value)


def test_a_file_locked_for_too_long_is_a_store_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "records.db"
    store = SqliteStore(path)
    store.put("a", b"one", 0, NOON, LATER)
    monkeypatch.setattr("skill.store.sqlite.BUSY_SECONDS", 0.0)
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreError, match="OperationalError"):
            store.put("a", b"two", 1, NOON, LATER)
        assert store.get("a", NOON) == Stored(1, b"one"), "reading goes on beside a writer"
        other.execute("ROLLBACK")
    store.put("a", b"two", 1, NOON, LATER)


def test_a_refused_write_is_rolled_back_and_the_next_goes_through(tmp_path: Path) -> None:
    store = SqliteStore(tmp_path / "records.db")
    store.put("a", b"one", 0, NOON, LATER)
    with pytest.raises(StaleRecordError):
        store.put("a", b"stale", 7, NOON, LATER)
    store.put("a", b"two", 1, NOON, LATER)
    assert store.get("a", NOON) == Stored(2, b"two")


def bytes_of(folder: Path) -> bytes:
    """Everything that is on the disk: the file, its log, its shared memory."""
    return b"".join(path.read_bytes() for path in folder.iterdir())


@pytest.mark.parametrize("size", [1, 400])
def test_a_deleted_record_leaves_no_byte_behind(tmp_path: Path, size: int) -> None:
    store = SqliteStore(tmp_path / "records.db")
    store.put("other", b"stays", 0, NOON, LATER)
    store.put("key-of-a-listener", b"canary-body" * size, 0, NOON, LATER)
    assert b"canary-body" in bytes_of(tmp_path)
    store.delete("key-of-a-listener")
    assert b"canary" not in bytes_of(tmp_path)
    assert b"key-of-a-listener" not in bytes_of(tmp_path)
    assert b"stays" in bytes_of(tmp_path)


def test_a_replaced_record_leaves_no_byte_behind(tmp_path: Path) -> None:
    store = SqliteStore(tmp_path / "records.db")
    store.put("a", b"canary-body" * 400, 0, NOON, LATER)
    store.put("a", b"short", 1, NOON, LATER)
    assert b"canary" not in bytes_of(tmp_path)


def test_the_file_has_a_write_ahead_log_and_a_folder_of_its_own(tmp_path: Path) -> None:
    path = tmp_path / "new" / "folder" / "records.db"
    SqliteStore(path).put("a", b"one", 0, NOON, LATER)
    with closing(sqlite3.connect(path)) as database:
        assert database.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    assert (tmp_path / "new" / "folder").stat().st_mode & 0o077 == 0


def test_a_file_is_for_its_owner_alone_also_in_an_open_folder(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    store = SqliteStore(tmp_path / "records.db")
    store.put("a", b"1", 0, NOON, LATER)
    with closing(sqlite3.connect(tmp_path / "records.db")) as lingering:
        lingering.execute("SELECT count(*) FROM record").fetchone()
        store.put("a", b"2", 1, NOON, LATER)
        rights = {path.name: path.stat().st_mode & 0o777 for path in tmp_path.iterdir()}
    assert rights == dict.fromkeys(("records.db", "records.db-wal", "records.db-shm"), 0o600)


def test_a_store_tells_when_a_record_expires_also_afterwards(store: InspectedStore) -> None:
    assert store.expiry("a") is None
    store.put("a", b"1", 0, NOON, LATER)
    assert store.expiry("a") == LATER
    assert store.get("a", LATER) is None
    assert store.expiry("a") == LATER
    store.delete("a")
    assert store.expiry("a") is None
