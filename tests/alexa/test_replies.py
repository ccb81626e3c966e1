"""The same request twice is taken once."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import pytest

from skill.alexa import replies as module
from skill.alexa.replies import REPLIES, Replies
from skill.alexa.request import fingerprint, project
from tests.alexa import envelopes
from tests.alexa.envelopes import Json

ID = "amzn1.echo-api.request.11111111-8888-7777-6666-555555555555"
PATIENCE = 10.0
"""Seconds after which a thread that should have come is given up."""


class Taking:
    """Takes requests, and counts them."""

    def __init__(self) -> None:
        self.taken = 0

    def __call__(self) -> Json:
        self.taken += 1
        return {"answer": self.taken}


@pytest.fixture
def replies() -> Replies:
    return Replies()


@pytest.fixture
def taking() -> Taking:
    return Taking()


def said(name: str = "AMAZON.NextIntent", *, request: Json | None = None, **around: Any) -> str:
    """The fingerprint of an intent, with something of its request changed."""
    event = envelopes.intent(name, **around)
    return fingerprint(project(event | {"request": event["request"] | {"requestId": ID} | (request or {})}))


def test_the_same_request_twice_is_taken_once_and_answered_alike(replies: Replies, taking: Taking) -> None:
    answers = [replies.once(said(), taking) for _ in range(3)]
    assert answers == [{"answer": 1}] * 3
    assert taking.taken == 1


@pytest.mark.parametrize("timestamp", ["2026-11-22T12:00:03Z", None, "garbage", 7])
def test_a_retry_may_tell_another_time(replies: Replies, taking: Taking, timestamp: object) -> None:
    replies.once(said(), taking)
    assert replies.once(said(request={"timestamp": timestamp}), taking) == {"answer": 1}


def test_what_is_not_read_of_a_request_makes_no_difference(replies: Replies, taking: Taking) -> None:
    replies.once(said(), taking)
    event = envelopes.intent("AMAZON.NextIntent")
    event["request"] |= {"requestId": ID, "dialogState": "COMPLETED"}
    event["context"]["System"]["apiAccessToken"] = "another"
    assert replies.once(fingerprint(project(event)), taking) == {"answer": 1}


def test_the_order_of_what_is_carried_makes_no_difference(replies: Replies, taking: Taking) -> None:
    replies.once(said(attributes={"a": {"b": 1, "c": 2}, "d": 3}), taking)
    assert replies.once(said(attributes={"d": 3, "a": {"c": 2, "b": 1}}), taking) == {"answer": 1}


OTHERS = {
    "request": said(request={"requestId": "amzn1.echo-api.request.another"}),
    "intent": said("AMAZON.PreviousIntent"),
    "slots": said(slots={"word": envelopes.slot("word", "back")}),
    "locale": said(request={"locale": "en-GB"}),
    "type": said(request={"type": "LaunchRequest"}),
    "attributes": said(attributes={"gentle_back": {"state": "guiding"}}),
    "user": said(user="amzn1.ask.account.ANOTHER"),
    "device": said(device="amzn1.ask.device.ANOTHER"),
    "new session": said(new=True),
    "no session": said(session=False),
}


@pytest.mark.parametrize("other", OTHERS.values(), ids=OTHERS)
def test_whatever_else_differs_is_another_request(replies: Replies, taking: Taking, other: str) -> None:
    replies.once(said(), taking)
    assert replies.once(other, taking) == {"answer": 2}
    assert replies.once(said(), taking) == {"answer": 1}


@pytest.mark.parametrize("id_", [None, ""])
def test_a_request_without_an_id_is_taken_each_time(
    replies: Replies, taking: Taking, id_: str | None
) -> None:
    for number in range(1, 4):
        assert replies.once(said(request={"requestId": id_}), taking) == {"answer": number}
    assert not replies._kept


@pytest.mark.parametrize("failure", [ZeroDivisionError("ours"), KeyboardInterrupt()])
def test_a_failure_is_not_remembered(replies: Replies, taking: Taking, failure: BaseException) -> None:
    def fails() -> Json:
        raise failure

    for _ in range(2):
        with pytest.raises(type(failure)):
            replies.once(said(), fails)
    assert replies.once(said(), taking) == {"answer": 1}


def twins(
    replies: Replies, answer: Callable[[], Json], monkeypatch: pytest.MonkeyPatch
) -> tuple[Future[Json], Future[Json]]:
    """Ask twice, the second time while the first is answered; `answer` goes on once the second waits."""
    begun, waits = threading.Event(), threading.Event()

    class Watched(Future[Json]):
        def result(self, timeout: float | None = None) -> Json:
            waits.set()
            return super().result(timeout)

    def answers() -> Json:
        begun.set()
        assert waits.wait(PATIENCE)
        return answer()

    monkeypatch.setattr(module, "Future", Watched)
    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(replies.once, said(), answers)
        assert begun.wait(PATIENCE)
        return first, pool.submit(replies.once, said(), answer)


def test_twins_at_the_same_time_are_taken_once(
    replies: Replies, taking: Taking, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = twins(replies, taking, monkeypatch)
    assert first.result() == second.result() == {"answer": 1}
    assert taking.taken == 1


def test_twins_both_hear_of_a_failure(
    replies: Replies, taking: Taking, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails() -> Json:
        raise ZeroDivisionError("ours")

    for asked in twins(replies, fails, monkeypatch):
        with pytest.raises(ZeroDivisionError, match="ours"):
            asked.result()
    assert replies.once(said(), taking) == {"answer": 1}


def test_many_at_once_are_taken_once(replies: Replies, taking: Taking) -> None:
    together = threading.Barrier(8)

    def ask() -> Json:
        together.wait(PATIENCE)
        return replies.once(said(), taking)

    with ThreadPoolExecutor(8) as pool:
        answers = [asked.result() for asked in [pool.submit(ask) for _ in range(8)]]
    assert answers == [{"answer": 1}] * 8


def test_a_twin_waits_only_so_long(replies: Replies, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "WAIT_SECONDS", 0.02)
    begun, go = threading.Event(), threading.Event()

    def answers() -> Json:
        begun.set()
        assert go.wait(PATIENCE)
        return {"answer": "late"}

    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(replies.once, said(), answers)
        assert begun.wait(PATIENCE)
        with pytest.raises(TimeoutError):
            replies.once(said(), answers)
        go.set()
        assert first.result(PATIENCE) == {"answer": "late"}
    assert replies.once(said(), answers) == {"answer": "late"}


def numbered(number: int) -> str:
    return said(request={"requestId": str(number)})


def test_so_many_responses_are_remembered_and_the_oldest_goes_first(replies: Replies, taking: Taking) -> None:
    for number in range(REPLIES):
        replies.once(numbered(number), taking)
    assert replies.once(numbered(0), taking) == {"answer": 1}
    replies.once(numbered(REPLIES), taking)
    assert len(replies._kept) == REPLIES
    assert replies.once(numbered(1), taking) == {"answer": 2}
    assert replies.once(numbered(0), taking) == {"answer": REPLIES + 2}
    assert len(replies._kept) == REPLIES


def test_a_failure_that_was_pushed_out_meanwhile_is_still_told(
    replies: Replies, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "REPLIES", 1)

    def fails() -> Json:
        replies.once(numbered(1), dict)
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        replies.once(numbered(0), fails)
