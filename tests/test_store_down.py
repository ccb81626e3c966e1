"""The store is down, and someone talks to Alexa: nothing starts, what runs goes on, questions are answered.

Every response goes through `skill.alexa.certification`.
"""

from __future__ import annotations

import logging
import socket
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from copy import copy
from datetime import timedelta
from pathlib import Path

import pytest
from msgspec import Struct

from skill.app import App
from skill.core.errors import StoreError
from skill.core.library import Library
from skill.store.base import Store
from skill.store.dynamodb import DynamoDbStore
from skill.store.memory import MemoryStore
from skill.store.sqlite import SqliteStore
from tests.alexa import envelopes
from tests.alexa.test_handler import Echo
from tests.helpers import NO
from tests.store import moto_server
from tests.store.moto_server import REGION

USER = "amzn1.ask.account.ZEBRAFISH"
DOWN = "my memory is not working"
TWIST = envelopes.matched("stretch", "chair twist", "seated_chair_twist")


class Outage(Struct):
    """A listener's echo while the store is down."""

    echo: Echo
    """Talks to a skill whose store is down."""
    working: Echo
    """Talks to the same skill on a machine whose store works."""
    mend: Callable[[], object]
    """Makes the store that is down come back."""

    def running(self) -> Echo:
        """Come as far as the first step while the store works, and then lose it."""
        self.echo.attributes = self.working.guided().attributes
        return self.echo


@pytest.fixture(scope="module")
def made(library: Library) -> App:
    """An app to copy with other stores: to learn the words takes longer than any of these tests."""
    return App(library, MemoryStore(), b"key")


def of_a_table(address: str, folder: Path, stack: ExitStack) -> tuple[Store, Store, Callable[[], object]]:
    """A table that works by one address; at the other nothing listens."""
    table = moto_server.new_table(address)
    dead = stack.enter_context(socket.socket())
    dead.bind(("127.0.0.1", 0))
    elsewhere = f"http://127.0.0.1:{dead.getsockname()[1]}"

    def mend() -> None:
        dead.listen()
        stack.enter_context(moto_server.serving(moto_server.moto(), dead.fileno()))

    return DynamoDbStore(table, REGION, address), DynamoDbStore(table, REGION, elsewhere), mend


def of_a_file(address: str, folder: Path, stack: ExitStack) -> tuple[Store, Store, Callable[[], object]]:
    """A file that works; and one in a folder that is none."""
    in_the_way = folder / "way"
    in_the_way.touch()
    return SqliteStore(folder / "a.db"), SqliteStore(in_the_way / "a.db"), in_the_way.unlink


def echo_with(app: App, store: Store) -> Echo:
    """An echo at the app with another store."""
    app = copy(app)
    app._store = store
    return Echo(app, USER)


@pytest.fixture(params=[pytest.param(of_a_table, id="table", marks=pytest.mark.more), of_a_file])
def outage(
    request: pytest.FixtureRequest,
    made: App,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Outage]:
    moto_server.as_nobody(monkeypatch, tmp_path)
    address = request.getfixturevalue("address") if request.param is of_a_table else ""
    with ExitStack() as stack:
        working, down, mend = request.param(address, tmp_path, stack)
        yield Outage(echo_with(made, down), echo_with(made, working), mend)


def test_no_stretch_starts_and_the_listener_is_told_kindly(outage: Outage) -> None:
    outage.echo.launches()
    for name, slots in (("StretchIntent", {"stretch": TWIST}), ("StartIntent", {}), ("SurpriseIntent", {})):
        response = outage.echo.says(name, **slots)
        assert DOWN in outage.echo.words
        assert "I can still answer questions" in outage.echo.words
        assert response["response"]["shouldEndSession"] is False
        assert outage.echo.kept.state == "idle"


def test_a_stretch_asked_for_at_once_does_not_start_either(outage: Outage) -> None:
    outage.echo.says("StretchIntent", stretch=TWIST)
    assert DOWN in outage.echo.words


def test_a_question_is_answered_as_ever(outage: Outage) -> None:
    for echo in (outage.echo, outage.working):
        echo.launches()
        echo.says("AskSoundCauseIntent")
    assert outage.echo.words == outage.working.words


def test_a_question_in_a_one_shot_is_answered_as_ever(outage: Outage) -> None:
    responses = [echo.says("AskSoundCauseIntent") for echo in (outage.echo, outage.working)]
    assert responses[0] == responses[1]
    assert responses[0]["response"]["card"]["type"] == "Simple"


def test_help_works(outage: Outage) -> None:
    for name in ("AMAZON.HelpIntent", "AskWhatCanIDoIntent"):
        outage.echo.says(name)
        assert DOWN not in outage.echo.words


def test_an_emergency_is_answered(outage: Outage, library: Library) -> None:
    words = "can't feel it when i wipe"
    outage.echo.says("SymptomIntent", symptom=envelopes.matched("symptom", words))
    assert '<say-as interpret-as="digits">911</say-as>' in outage.echo.words


def test_a_running_routine_goes_on_to_its_end_word_for_word(outage: Outage) -> None:
    echo, steps = outage.running(), 0
    while echo.attributes:
        assert echo.kept.state == "guiding"
        for each in (echo, outage.working):
            each.now += timedelta(seconds=20)
            each.says("NextStepIntent")
        assert echo.response == outage.working.response
        steps += 1
    assert steps == 2


def test_a_running_routine_is_repeated_paused_and_resumed(outage: Outage) -> None:
    echo = outage.running()
    for name in ("RepeatStepIntent", "PauseStepIntent", "ResumeStepIntent", "SlowerIntent"):
        echo.says(name)
        assert DOWN not in echo.words
    assert echo.kept.state == "guiding"


def test_pain_stops_a_running_routine(outage: Outage) -> None:
    echo = outage.running()
    echo.says("PainIntent")
    assert echo.words.startswith("<speak>Stop.")
    assert echo.kept.state == "locked"
    echo.says("PauseStepIntent")
    assert "<break" not in echo.words


@pytest.mark.parametrize("noes", range(7))
def test_no_stretch_starts_either_where_the_store_breaks_on_the_way(outage: Outage, noes: int) -> None:
    """After so many noes, the last of them before "ready"."""
    outage.working.launches()
    outage.working.says("StretchIntent", stretch=TWIST)
    for _ in range(noes):
        outage.working.says(NO)
    outage.echo.attributes = outage.working.attributes
    outage.echo.says(NO if noes < 6 else "ReadyIntent")
    assert DOWN in outage.echo.words
    assert outage.echo.kept.state == "idle"
    assert outage.echo.says("AskSoundCauseIntent")["response"]["card"]


@pytest.mark.parametrize("answer", ["AMAZON.YesIntent", "ResumeStepIntent"])
def test_whoever_wants_their_place_back_is_told_once_and_asked_for_something_else(
    outage: Outage, answer: str
) -> None:
    outage.working.guided().says("AMAZON.StopIntent")
    outage.working.launches()
    assert outage.working.kept.asked == "saved"
    outage.echo.attributes = outage.working.attributes
    outage.echo.says(answer)
    assert DOWN in outage.echo.words
    assert outage.echo.kept.asked == "more"


def test_stop_ends_a_running_routine(outage: Outage) -> None:
    assert outage.running().says("AMAZON.StopIntent")["response"]["shouldEndSession"] is True


def test_whoever_wants_to_be_forgotten_is_told_that_it_cannot_be_now(outage: Outage) -> None:
    outage.working.guided().says("AMAZON.StopIntent")
    outage.echo.launches()
    outage.echo.says("ForgetMeIntent")
    assert DOWN in outage.echo.words
    assert "erased" not in outage.echo.words
    outage.working.launches()
    assert outage.working.kept.asked == "saved", "the record is still there"


@pytest.mark.parametrize("reason", envelopes.SESSION_END_REASONS)
def test_the_end_of_a_session_is_acknowledged(outage: Outage, reason: str) -> None:
    attributes = outage.running().attributes
    event = envelopes.session_ended(reason, attributes=attributes, user=USER)
    assert outage.echo.sends(event, quiet=True) == {"version": "1.0", "response": {}}


def test_a_listener_who_has_left_is_told_to_amazon_which_sends_it_again(outage: Outage) -> None:
    outage.working.guided().says("AMAZON.StopIntent")
    with pytest.raises(StoreError):
        outage.echo.door.handle(envelopes.skill_disabled(USER))
    assert outage.working.door.handle(envelopes.skill_disabled(USER))["response"] == {}
    outage.working.launches()
    assert outage.working.kept.asked == "offer"


def test_when_the_store_is_back_all_works_again(outage: Outage) -> None:
    echo = outage.echo
    echo.launches()
    echo.says("StretchIntent", stretch=TWIST)
    assert DOWN in echo.words
    outage.mend()
    echo.says("StretchIntent", stretch=TWIST)
    assert echo.kept.state == "screening"
    echo.attributes = None
    echo.guided().says("AMAZON.StopIntent")
    echo.launches()
    assert echo.kept.asked == "saved", "its place was saved"
    echo.says("ForgetMeIntent")
    assert "erased" in echo.words
    echo.attributes = None
    echo.launches()
    assert echo.kept.asked == "offer"


def test_a_routine_that_ran_through_the_outage_is_saved_when_the_store_is_back(outage: Outage) -> None:
    echo = outage.running()
    echo.says("NextStepIntent")
    outage.mend()
    echo.says("RepeatStepIntent")
    echo.says("AMAZON.StopIntent")
    echo.launches()
    assert echo.kept.asked == "saved"


def test_the_log_tells_of_the_outage_and_of_nobody(outage: Outage, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO):
        outage.running().says("NextStepIntent")
        outage.echo.says("ForgetMeIntent")
    errors = [record.getMessage() for record in caplog.records if record.levelno >= logging.WARNING]
    assert errors
    assert all(error.startswith("the store cannot be ") for error in errors)
    everything = " ".join(f"{record.getMessage()} {vars(record)}" for record in caplog.records).lower()
    for word in (USER.lower(), "zebrafish", outage.echo.door._app._hashed(USER)):
        assert word not in everything
