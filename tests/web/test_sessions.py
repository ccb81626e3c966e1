"""Sessions in memory: when they end, how many there are, and one turn at a time."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import msgspec
import pytest

from skill.core.session import Session
from skill.web import sessions
from skill.web.sessions import IDLE_SECONDS, SESSIONS, Sessions

PATIENCE = 10.0
"""Seconds after which a thread that should have come is given up."""


class Clock:
    """Real seconds, counted by hand."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


def put(kept: Sessions, name: str, content: str) -> None:
    with kept.turn(name) as one:
        one.session = Session(content=content)


def found(kept: Sessions, name: str) -> str | None:
    with kept.turn(name) as one:
        return one.session.content if one.session else None


def test_a_session_is_found_by_its_name_alone() -> None:
    kept = Sessions(Clock())
    put(kept, "one", "first")
    put(kept, "two", "second")
    assert [found(kept, name) for name in ("one", "two", "ONE", "")] == ["first", "second", None, None]


def test_a_session_ends_after_half_an_hour_without_a_turn() -> None:
    clock = Clock()
    kept = Sessions(clock)
    put(kept, "one", "first")
    for _ in range(3):
        clock.seconds += IDLE_SECONDS
        assert found(kept, "one") == "first", "each turn begins the half hour anew"
    clock.seconds += IDLE_SECONDS + 0.1
    assert found(kept, "one") is None
    assert IDLE_SECONDS == 1800


def test_looking_for_a_session_that_ended_begins_a_new_one() -> None:
    clock = Clock()
    kept = Sessions(clock)
    put(kept, "one", "first")
    clock.seconds += IDLE_SECONDS + 1
    put(kept, "one", "second")
    clock.seconds += IDLE_SECONDS
    assert found(kept, "one") == "second"


def test_the_longest_unused_session_goes_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sessions, "SESSIONS", 3)
    kept = Sessions(Clock())
    for name in "abc":
        put(kept, name, name)
    assert found(kept, "a") == "a", "which makes it the one used last"
    put(kept, "d", "d")
    assert [found(kept, name) for name in "acd"] == ["a", "c", "d"]
    assert found(kept, "b") is None


def test_there_is_room_for_many_and_not_for_ever_more() -> None:
    kept = Sessions(Clock())
    for number in range(SESSIONS + 1):
        put(kept, str(number), "here")
    assert found(kept, "1") == "here"
    assert found(kept, str(SESSIONS)) == "here"
    assert found(kept, "0") is None


def test_an_error_in_a_turn_changes_nothing_and_frees_the_session() -> None:
    kept = Sessions(Clock())
    put(kept, "one", "first")
    with pytest.raises(ValueError, match="in the middle"), kept.turn("one"):
        raise ValueError("in the middle")
    assert found(kept, "one") == "first"


@pytest.fixture
def eager_threads() -> Iterator[None]:
    """Threads take turns as often as they can."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(before)


@pytest.mark.usefixtures("eager_threads")
def test_one_session_takes_one_turn_at_a_time() -> None:
    """Without the lock, threads that read and write back lose each other's turns."""
    kept = Sessions(Clock())
    threads, turns = 8, 200
    together = threading.Barrier(threads)

    def talk() -> None:
        together.wait(PATIENCE)
        for _ in range(turns):
            with kept.turn("one") as one:
                before = one.session or Session(content="")
                after = msgspec.convert(msgspec.to_builtins(before), Session)
                one.session = msgspec.structs.replace(after, question=after.question + 1)

    with ThreadPoolExecutor(threads) as pool:
        for done in [pool.submit(talk) for _ in range(threads)]:
            done.result(PATIENCE)
    with kept.turn("one") as one:
        assert one.session is not None
        assert one.session.question == threads * turns


def test_a_turn_waits_for_the_one_before_it() -> None:
    kept = Sessions(Clock())
    entered = threading.Event()

    def second() -> str | None:
        entered.set()
        return found(kept, "one")

    with ThreadPoolExecutor(1) as pool:
        with kept.turn("one") as one:
            waiting = pool.submit(second)
            assert entered.wait(PATIENCE)
            with pytest.raises(TimeoutError):
                waiting.result(0.1)
            one.session = Session(content="by the first")
        assert waiting.result(PATIENCE) == "by the first"


def test_another_session_does_not_wait() -> None:
    kept = Sessions(Clock())
    with ThreadPoolExecutor(1) as pool, kept.turn("one"):
        assert pool.submit(found, kept, "two").result(PATIENCE) is None
