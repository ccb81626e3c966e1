"""Keys: fetched once for everyone who waits, remembered while they are good, and never a failure."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

from skill.alexa.refusal import Reason, RefusedError
from skill.alexa.signature import keys as module
from skill.alexa.signature.keys import FETCHES, KEYS, Keys
from tests.amazon import ADDRESS, NAME, UNTIL, Amazon, Signer
from tests.helpers import NOON

PATIENCE = 10.0
"""Seconds after which a thread that should have come is given up."""
THREADS = 8

Answer = bytes | Exception | Callable[[], bytes]
"""What a fetch brings, or how it fails."""


class Shelf:
    """Where chains are fetched from: what lies at an address, and a list of who was asked for."""

    def __init__(self, lies: Answer) -> None:
        self.lies: dict[str, Answer] = {}
        self.otherwise = lies
        self.asked: list[str] = []

    def fetch(self, address: str) -> bytes:
        self.asked.append(address)
        answer = self.lies.get(address, self.otherwise)
        if isinstance(answer, Exception):
            raise answer
        return answer if isinstance(answer, bytes) else answer()


class Hanging:
    """A fetch that hangs until it is let go."""

    def __init__(self, brings: bytes) -> None:
        self.brings = brings
        self.begun = threading.Semaphore(0)
        self.go = threading.Event()

    def __call__(self) -> bytes:
        self.begun.release()
        assert self.go.wait(PATIENCE)
        return self.brings


@pytest.fixture
def shelf(amazon: Amazon) -> Shelf:
    return Shelf(amazon.signer.pem)


@pytest.fixture
def keys(amazon: Amazon, shelf: Shelf) -> Keys:
    return Keys(amazon.store, shelf.fetch)


@pytest.fixture
def hanging(amazon: Amazon) -> Iterator[Hanging]:
    hanging = Hanging(amazon.signer.pem)
    yield hanging
    hanging.go.set()


def refused(keys: Keys, reason: Reason, address: str = ADDRESS, now: datetime = NOON) -> None:
    """Assert that there is no key, and why."""
    with pytest.raises(RefusedError) as caught:
        keys.get(address, now)
    assert caught.value.reason is reason


def test_a_key_is_fetched_once_and_remembered(keys: Keys, shelf: Shelf, amazon: Amazon) -> None:
    for _ in range(3):
        assert keys.get(ADDRESS, NOON) == amazon.signer.key.public_key()
    assert shelf.asked == [ADDRESS]


def test_each_address_has_its_own_key(keys: Keys, shelf: Shelf, amazon: Amazon) -> None:
    shelf.lies["other"] = amazon.other.pem
    for _ in range(2):
        assert keys.get(ADDRESS, NOON) == amazon.signer.key.public_key()
        assert keys.get("other", NOON) == amazon.other.key.public_key()
    assert shelf.asked == [ADDRESS, "other"]


def test_a_key_is_remembered_until_it_expires(keys: Keys, shelf: Shelf, amazon: Amazon) -> None:
    until = datetime(2027, 1, 1, tzinfo=UTC)
    shelf.lies[ADDRESS] = Signer(amazon.authority, NAME, until=until, key=amazon.signer.key).pem
    keys.get(ADDRESS, NOON)
    keys.get(ADDRESS, until - timedelta(microseconds=1))
    assert len(shelf.asked) == 1
    refused(keys, Reason.CHAIN, now=until + timedelta(seconds=1))
    assert len(shelf.asked) == 2
    shelf.lies[ADDRESS] = amazon.other.pem
    for _ in range(2):
        assert keys.get(ADDRESS, until + timedelta(seconds=1)) == amazon.other.key.public_key()
    assert len(shelf.asked) == 3
    refused(keys, Reason.CHAIN, now=UNTIL + timedelta(seconds=1))


@pytest.mark.parametrize(
    ("junk", "reason"),
    [
        (RefusedError(Reason.FETCH, "403"), Reason.FETCH),
        (b"<Error><Code>SlowDown</Code></Error>", Reason.CHAIN),
        (b"", Reason.CHAIN),
    ],
)
def test_no_failure_is_remembered(
    keys: Keys, shelf: Shelf, amazon: Amazon, junk: Answer, reason: Reason
) -> None:
    shelf.lies[ADDRESS] = junk
    refused(keys, reason)
    refused(keys, reason)
    assert len(shelf.asked) == 2
    shelf.lies[ADDRESS] = amazon.signer.pem
    for _ in range(2):
        assert keys.get(ADDRESS, NOON) == amazon.signer.key.public_key()
    assert len(shelf.asked) == 3


def test_failures_do_not_use_up_the_fetches(keys: Keys, shelf: Shelf) -> None:
    shelf.otherwise = b"junk"
    for number in range(2 * FETCHES):
        refused(keys, Reason.CHAIN, str(number))
    assert len(shelf.asked) == 2 * FETCHES


def test_a_fault_is_heard_of_by_who_waits_and_not_remembered(
    keys: Keys, shelf: Shelf, amazon: Amazon
) -> None:
    shelf.lies[ADDRESS] = ZeroDivisionError("a fault of ours")
    with pytest.raises(ZeroDivisionError, match="a fault of ours"):
        keys.get(ADDRESS, NOON)
    shelf.lies[ADDRESS] = amazon.signer.pem
    assert keys.get(ADDRESS, NOON) == amazon.signer.key.public_key()


def test_so_many_keys_are_remembered_and_the_longest_unused_goes_first(keys: Keys, shelf: Shelf) -> None:
    for number in range(KEYS):
        keys.get(str(number), NOON)
    keys.get("0", NOON)
    keys.get("one more", NOON)
    assert len(shelf.asked) == KEYS + 1
    for number in (0, *range(2, KEYS)):
        keys.get(str(number), NOON)
    assert len(shelf.asked) == KEYS + 1
    keys.get("1", NOON)
    assert shelf.asked[KEYS + 1 :] == ["1"]


def test_made_up_addresses_do_not_pile_up(keys: Keys, shelf: Shelf) -> None:
    shelf.otherwise = b"junk"
    for number in range(50):
        refused(keys, Reason.CHAIN, str(number))
    assert not keys._kept
    assert not keys._coming


def at_once(keys: Keys, number: int = THREADS, address: str = ADDRESS) -> list[Future[RSAPublicKey]]:
    """Ask from many threads at the same moment."""
    together = threading.Barrier(number)

    def ask() -> RSAPublicKey:
        together.wait(PATIENCE)
        return keys.get(address, NOON)

    with ThreadPoolExecutor(number) as pool:
        return [pool.submit(ask) for _ in range(number)]


def test_whoever_comes_while_a_chain_is_fetched_waits_for_the_same_fetch(
    keys: Keys, shelf: Shelf, amazon: Amazon, hanging: Hanging
) -> None:
    shelf.lies[ADDRESS] = hanging
    waits = threading.Semaphore(0)

    class Watched(Future[object]):
        def result(self, timeout: float | None = None) -> object:
            waits.release()
            return super().result(timeout)

    with pytest.MonkeyPatch.context() as patch, ThreadPoolExecutor(THREADS) as pool:
        patch.setattr(module, "Future", Watched)
        asking = [pool.submit(keys.get, ADDRESS, NOON) for _ in range(THREADS)]
        for _ in range(THREADS):
            assert waits.acquire(timeout=PATIENCE)
        hanging.go.set()
        assert [asked.result(PATIENCE) for asked in asking] == [amazon.signer.key.public_key()] * THREADS
    assert shelf.asked == [ADDRESS]


def test_a_failed_fetch_is_heard_of_by_everyone_who_waits(keys: Keys, shelf: Shelf) -> None:
    shelf.lies[ADDRESS] = b"junk"
    for asked in at_once(keys):
        error = asked.exception()
        assert isinstance(error, RefusedError)
        assert error.reason is Reason.CHAIN


def test_the_first_requests_after_a_start_never_fail(amazon: Amazon) -> None:
    for _ in range(40):
        shelf = Shelf(amazon.signer.pem)
        found = [asked.result() for asked in at_once(Keys(amazon.store, shelf.fetch))]
        assert found == [amazon.signer.key.public_key()] * THREADS
        assert shelf.asked == [ADDRESS]


def test_so_many_chains_are_fetched_at_once_and_no_more(
    keys: Keys, shelf: Shelf, amazon: Amazon, hanging: Hanging
) -> None:
    keys.get("known", NOON)
    with ThreadPoolExecutor(FETCHES) as pool:
        asking = []
        for number in range(FETCHES):
            shelf.lies[str(number)] = hanging
            asking.append(pool.submit(keys.get, str(number), NOON))
            assert hanging.begun.acquire(timeout=PATIENCE)
        refused(keys, Reason.FETCH, "one more")
        assert "one more" not in shelf.asked
        assert keys.get("known", NOON) == amazon.signer.key.public_key()
        hanging.go.set()
        for asked in asking:
            assert asked.result(PATIENCE) == amazon.signer.key.public_key()
    assert keys.get("one more", NOON) == amazon.signer.key.public_key()


def test_a_fetch_that_hangs_is_given_up_and_the_next_request_fetches_anew(
    keys: Keys, shelf: Shelf, amazon: Amazon, hanging: Hanging, monkeypatch: pytest.MonkeyPatch
) -> None:
    shelf.lies[ADDRESS] = hanging
    monkeypatch.setattr(module, "WAIT_SECONDS", 0.02)
    refused(keys, Reason.FETCH)
    monkeypatch.setattr(module, "WAIT_SECONDS", PATIENCE)
    shelf.lies[ADDRESS] = amazon.signer.pem
    assert keys.get(ADDRESS, NOON) == amazon.signer.key.public_key()
    assert shelf.asked == [ADDRESS, ADDRESS]


def test_who_gives_up_late_leaves_the_next_fetch_alone(
    keys: Keys, shelf: Shelf, amazon: Amazon, hanging: Hanging, monkeypatch: pytest.MonkeyPatch
) -> None:
    shelf.lies[ADDRESS] = hanging
    monkeypatch.setattr(module, "WAIT_SECONDS", 0.02)
    refused(keys, Reason.FETCH)
    first = hanging.begun.acquire(timeout=PATIENCE)
    newer: Future[object] = Future()

    class Overtaken(Future[object]):
        """While one gives up, another already has begun anew."""

        def result(self, timeout: float | None = None) -> object:
            keys._coming[ADDRESS] = newer  # type: ignore[assignment]  # any future will do
            raise TimeoutError

    monkeypatch.setattr(module, "Future", Overtaken)
    refused(keys, Reason.FETCH)
    assert first
    assert keys._coming[ADDRESS] is newer


def test_what_comes_too_late_for_one_request_serves_the_next(
    keys: Keys, shelf: Shelf, amazon: Amazon, hanging: Hanging, monkeypatch: pytest.MonkeyPatch
) -> None:
    shelf.lies[ADDRESS] = hanging
    monkeypatch.setattr(module, "WAIT_SECONDS", 0.02)
    refused(keys, Reason.FETCH)
    remembered = threading.Event()
    done = keys._done

    def told(*arguments: object) -> None:
        done(*arguments)  # type: ignore[arg-type]  # as they came
        remembered.set()

    monkeypatch.setattr(keys, "_done", told)
    shelf.lies[ADDRESS] = amazon.signer.pem
    hanging.go.set()
    assert remembered.wait(PATIENCE)
    assert keys.get(ADDRESS, NOON) == amazon.signer.key.public_key()
    assert shelf.asked == [ADDRESS]


def test_a_fetch_that_cannot_begin_is_forgotten(
    keys: Keys, amazon: Amazon, monkeypatch: pytest.MonkeyPatch
) -> None:
    # FAULT (keys.py, _sent_for): where a thread cannot be started (RuntimeError: can't start new thread), its
    # place in `_free` is never given back, and its future in `_coming` is never set: the next request waits
    # WAIT_SECONDS for nothing, and after FETCHES of these no chain is fetched until a restart.
    monkeypatch.setattr(module, "WAIT_SECONDS", 0.02)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(threading.Thread, "start", cannot_start)
        for number in range(FETCHES + 1):
            with pytest.raises((RuntimeError, RefusedError)):
                keys.get(str(number), NOON)
    monkeypatch.setattr(module, "WAIT_SECONDS", PATIENCE if not keys._coming else 0.02)
    assert keys.get("0", NOON) == amazon.signer.key.public_key()
    assert keys.get(ADDRESS, NOON) == amazon.signer.key.public_key()


def cannot_start(thread: threading.Thread) -> None:
    raise RuntimeError("can't start new thread")
