"""Whether a routine could start here."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from types import SimpleNamespace

import pytest

from skill.app import App
from skill.core.errors import StaleRecordError, StoreError
from skill.core.library import Library
from skill.store.base import Stored
from skill.store.memory import MemoryStore
from skill.web.readiness import SECONDS, Readiness
from tests.helpers import NOON


class Watched(MemoryStore):
    """A store that counts what it is asked, and fails on request."""

    def __init__(self) -> None:
        super().__init__()
        self.reads = self.writes = 0
        self.down: set[str] = set()
        self.stale = False

    def get(self, key: str, now: datetime) -> Stored | None:
        self.reads += 1
        if "get" in self.down:
            raise StoreError("cannot get")
        return super().get(key, now)

    def put(self, key: str, body: bytes, version: int, now: datetime, expires: datetime) -> None:
        self.writes += 1
        if "put" in self.down:
            raise StoreError("cannot put")
        if self.stale:
            raise StaleRecordError("changed meanwhile")
        super().put(key, body, version, now, expires)


class Clock:
    """A time that is set by hand."""

    def __init__(self) -> None:
        self.now = NOON

    def __call__(self) -> datetime:
        return self.now

    def goes_on(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


@pytest.fixture
def store() -> Watched:
    return Watched()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(scope="module")
def service(library: Library) -> App:
    """An app without a matcher; its words take a moment to index."""
    return App(library, MemoryStore(), b"key")


@pytest.fixture
def readiness(service: App, store: Watched, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> Readiness:
    monkeypatch.setattr(service, "_store", store)
    return Readiness(service, clock)


def test_an_app_whose_store_can_be_written_is_ready(readiness: Readiness, library: Library) -> None:
    assert readiness.state() == {
        "ready": True,
        "content": library.hash,
        "store": "writable",
        "encoder": False,
    }
    assert len(library.hash) == 64


@pytest.mark.parametrize(("name", "present"), [("lexical", False), ("all-MiniLM-L6-v2", True)])
def test_it_tells_whether_the_encoder_is_there(
    readiness: Readiness, service: App, monkeypatch: pytest.MonkeyPatch, name: str, present: bool
) -> None:
    monkeypatch.setattr(service, "matcher", lambda: SimpleNamespace(name=name))
    assert readiness.state()["encoder"] is present


@pytest.mark.parametrize("down", [{"get"}, {"put"}, {"get", "put"}])
def test_an_app_whose_store_is_down_is_not_ready(
    readiness: Readiness, store: Watched, down: set[str]
) -> None:
    store.down = down
    state = readiness.state()
    assert (state["ready"], state["store"]) == (False, "down")


def test_two_who_look_at_the_same_time_find_the_store_well(readiness: Readiness, store: Watched) -> None:
    store.stale = True
    assert readiness.state()["ready"] is True


def test_the_store_is_looked_at_once_in_5_seconds(readiness: Readiness, store: Watched, clock: Clock) -> None:
    for _ in range(5):
        assert readiness.state()["ready"] is True
        clock.goes_on(SECONDS / 5 - 0.001)
    assert (store.reads, store.writes) == (1, 1)
    clock.goes_on(0.005)
    assert readiness.state()["ready"] is True
    assert (store.reads, store.writes) == (2, 2)


def test_a_store_that_goes_down_is_noticed_within_5_seconds_and_so_is_its_return(
    readiness: Readiness, store: Watched, clock: Clock
) -> None:
    assert readiness.state()["ready"] is True
    store.down = {"put"}
    assert readiness.state()["ready"] is True
    clock.goes_on(SECONDS)
    assert readiness.state()["ready"] is False
    store.down = set()
    assert readiness.state()["ready"] is False
    clock.goes_on(SECONDS)
    assert readiness.state()["ready"] is True


def test_a_clock_that_is_set_back_does_not_keep_an_old_answer(
    readiness: Readiness, store: Watched, clock: Clock
) -> None:
    readiness.state()
    store.down = {"get"}
    clock.goes_on(-3600)
    assert readiness.state()["ready"] is False


def test_many_who_ask_at_once_look_once(readiness: Readiness, store: Watched) -> None:
    together = threading.Barrier(8)

    def ask() -> object:
        together.wait(10)
        return readiness.state()["ready"]

    with ThreadPoolExecutor(8) as pool:
        assert [asked.result() for asked in [pool.submit(ask) for _ in range(8)]] == [True] * 8
    assert store.reads == 1


def test_asking_keeps_one_row_of_nobody(readiness: Readiness, store: Watched, clock: Clock) -> None:
    for _ in range(20):
        assert readiness.state()["ready"] is True
        clock.goes_on(61)
    assert len(store._rows) == 1
    [(stored, expires)] = store._rows.values()
    assert stored.body == b"{}"
    assert expires < clock.now + timedelta(minutes=1)
