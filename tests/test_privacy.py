"""Nothing about anyone's health, and nothing that was said, stands in a file or in a log.

Whole conversations are played through both doors on a real file, with a canary in everything that a
listener or a platform could send. Then every file and every log line is searched, byte by byte.
"""

from __future__ import annotations

import json
import logging
import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from skill.alexa import certification
from skill.core.block import Step
from skill.core.library import Library, Position, Side
from skill.core.player import State
from skill.core.preferences import Pace, Rhythm, Wordiness
from skill.core.session import FINISHED_DAYS
from skill.store.sqlite import SqliteStore
from skill.web.local import create_app
from tests.alexa import envelopes
from tests.alexa.envelopes import Json
from tests.helpers import NO, NOON, YES
from tests.test_app import CheckedApp

CANARY = "zebrafish"
USERS = (f"amzn1.ask.account.{CANARY.upper()}", f"{CANARY} in the kitchen")
DEVICE = f"amzn1.ask.device.{CANARY.upper()}"
ANSWERS = (NO, YES, "HedgeIntent", "WeakNoIntent", "UnsureIntent", "NoSymptomIntent")
"""Intents that answer a question of the screen."""

KEYS: dict[str, set[str]] = {
    "": {"schema", "preferences", "saved", "token", "finished", "last", "heard", "request"},
    "preferences": {"pace", "wordiness", "rhythm", "tone", "position"},
    "saved": {"place", "doses", "content", "left_at"},
    "planned": {"id", "holds", "words", "known", "first"},
    "place": {"routine", "plan", "block", "mark", "repetitions", "through", "again"},
    "mark": {"step", "side", "repetition", "held"},
    "dose": {"spoken", "held"},
    "token": {"until", "device", "screened"},
    "finished": {"id", "at"},
}
"""All keys that a record may have, by what they stand in."""


class Household:
    """People who talk at both doors, on one file."""

    def __init__(self, library: Library, folder: Path) -> None:
        self.library = library
        self.database = folder / "records.db"
        self.app = CheckedApp(library, SqliteStore(self.database), b"key")
        self.now = NOON
        self.client: FlaskClient = create_app(self.app, lambda: self.now).test_client()
        self.sessions = 0

    # The turn API

    def turn(self, session: str, status: int = 200, **turn: Any) -> Json:
        self.now += timedelta(seconds=5)
        body = {"session": session, "user": USERS[1], "debug": True} | turn
        response = self.client.post("/v1/turn", json=body)
        assert response.status_code == status, response.get_data()
        answer: Json = response.get_json()
        return answer

    def session(self, noes: int = 0, *, ready: bool = False) -> str:
        """A new session, so far into the screen, or guided."""
        self.sessions += 1
        session = f"{CANARY} {self.sessions}"
        if noes or ready:
            for text in ("the figure four", *["no"] * (6 if ready else noes), *["ready"] * ready):
                self.turn(session, text=text)
        return session

    # Alexa

    def send(self, event: Json, *, quiet: bool = False, status: int = 200) -> Json:
        self.now += timedelta(seconds=5)
        event["request"]["timestamp"] = self.now.isoformat()
        response = self.client.post("/alexa", json=event)
        assert response.status_code == status, response.get_data()
        answer: Json = response.get_json()
        if status == 200:
            assert certification.problems(answer, quiet=quiet) == []
        return answer

    def say(self, *turns: tuple[str, Json], locale: str = "en-US") -> Json:
        """Say intents to Alexa in a new session, and return the last response's attributes."""
        around: Json = {"user": USERS[0], "device": DEVICE}
        launch = envelopes.launch(**around)
        launch["request"]["locale"] = locale
        attributes = self.send(launch).get("sessionAttributes", {})
        for name, slots in turns:
            event = envelopes.intent(name, slots, attributes=attributes, **around)
            event["request"]["locale"] = locale
            attributes = self.send(event).get("sessionAttributes", {})
        return dict(attributes)

    # What is left

    def bodies(self) -> list[Json]:
        with closing(sqlite3.connect(self.database)) as database:
            return [json.loads(body) for (body,) in database.execute("SELECT body FROM record")]

    def files(self) -> dict[str, bytes]:
        return {file.name: file.read_bytes() for file in self.database.parent.iterdir()}


@pytest.fixture
def household(library: Library, tmp_path: Path) -> Household:
    return Household(library, tmp_path)


class Logs:
    """All that was logged by anyone, at every level."""

    def __init__(self, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]) -> None:
        self._caplog = caplog
        self._capfd = capfd

    def text(self) -> str:
        records = "\n".join(f"{record.getMessage()} {vars(record)}" for record in self._caplog.records)
        out, err = self._capfd.readouterr()
        return "\n".join([records, self._caplog.text, out, err])


@pytest.fixture
def logs(caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]) -> Iterator[Logs]:
    """Every logger that there is, turned up as far as it goes."""
    root = logging.getLogger()
    loggers = [root, *(logging.getLogger(name) for name in list(root.manager.loggerDict))]
    levels = [logger.level for logger in loggers]
    caplog.set_level(logging.DEBUG)
    for logger in loggers:
        logger.setLevel(logging.DEBUG)
    yield Logs(caplog, capfd)
    for logger, level in zip(loggers, levels, strict=True):
        logger.setLevel(level)


def forbidden(library: Library) -> list[str]:
    """What no file and no log may hold."""
    flags = [flag.id for flag in library.safety.flags]
    return [CANARY, *USERS, DEVICE, *flags, *ANSWERS, "SymptomIntent", "symptom"]


def found(library: Library, where: str, what: bytes | str) -> list[str]:
    """The forbidden things that stand somewhere, in any writing of them."""
    text = what if isinstance(what, str) else what.decode("latin-1")
    text = text.lower() + text.replace("\x00", "").lower()
    return [f"{word} in {where}" for word in forbidden(library) if word.lower() in text]


def told(household: Household, logs: Logs) -> list[str]:
    """What a file or the log holds and may not."""
    here = found(household.library, "the log", logs.text())
    for name, content in household.files().items():
        here += found(household.library, name, content)
    return here


def talk_at_the_turn_api(household: Household) -> None:
    """Report every flag, in words, by id and in a slot's words, before, in and after a screen."""
    for number, flag in enumerate(household.library.safety.flags):
        words = f"{flag.says[0]}. {CANARY}"
        fresh = household.session()
        assert flag.id in household.turn(fresh, text=words)["debug"]["flags"]
        household.turn(fresh, text=f"is {CANARY} bad for me")
        screening = household.session(number % 5 + 1)
        household.turn(screening, intent="SymptomIntent", slots={"symptom": flag.id})
        guided = household.session(ready=True)
        household.turn(guided, intent="SymptomIntent", slots={"symptom": words})
        household.turn(guided, intent="QuestionIntent", slots={"query": f"why is {words}"})
        household.turn(guided, text="yes")
    for answer in ANSWERS:
        household.turn(household.session(2), intent=answer)
    for text in (f"a little {CANARY}", f"not really {CANARY}", "maybe", CANARY, ""):
        household.turn(household.session(3), text=text)
        household.turn(household.session(ready=True), text=text)


def fail_at_the_turn_api(household: Household) -> None:
    """Send what is refused, canaries and all."""
    household.turn("s", 422, text=CANARY, locale=f"en-{CANARY}")
    household.turn("s", 422, intent=CANARY)
    household.turn("s", 422, intent="StartIntent", slots={CANARY: CANARY})
    household.turn("s", 422, text=CANARY, now=CANARY)
    for path, type_, status in (
        ("/v1/turn", "application/json", 400),
        ("/alexa", "application/json", 400),
        ("/v1/turn", f"text/{CANARY}", 415),
        (f"/{CANARY}", "application/json", 404),
    ):
        assert household.client.post(path, data=f"{{{CANARY}", content_type=type_).status_code == status
    stranger = household.client.get("/", headers={"Host": CANARY, "Origin": CANARY})
    assert stranger.status_code == 400


def talk_to_alexa(household: Household) -> None:
    stretch = envelopes.matched("stretch", f"figure four {CANARY}", "supine_figure_four")
    to_a_step = [("StretchIntent", {"stretch": stretch}), *[(NO, {})] * 6, ("ReadyIntent", {})]
    query = envelopes.slot("query", f"why does my {CANARY} leg go numb")
    for flag in household.library.safety.flags:
        slot = envelopes.matched("symptom", f"{flag.says[0]} {CANARY}", flag.id)
        household.say(("SymptomIntent", {"symptom": slot}))
        household.say(*to_a_step[:4], ("SymptomIntent", {"symptom": slot}))
    household.say(*to_a_step, ("QuestionIntent", {"query": query}))
    household.say(*to_a_step, ("SymptomIntent", {"symptom": envelopes.slot("symptom", f"ow {CANARY}")}))
    household.say(("AskSoundCauseIntent", {}), locale=f"xx-{CANARY.upper()}")
    household.say((f"{CANARY}Intent", {CANARY: envelopes.slot(CANARY, CANARY)}))
    guided = household.say(*to_a_step)
    ended = envelopes.session_ended("ERROR", attributes=guided, user=USERS[0], device=DEVICE)
    ended["request"]["error"]["message"] = f"cannot say {CANARY}"
    household.send(ended, quiet=True)


def fail_at_alexa(household: Household) -> None:
    refused = envelopes.exception_encountered(user=USERS[0])
    refused["request"]["error"]["message"] = f"cannot say {CANARY}"
    household.send(refused, quiet=True)
    household.send(envelopes.launch(attributes={"gentle_back": {CANARY: CANARY}}, new=False))
    household.send(envelopes.made_up(attributes={CANARY: CANARY}, user=USERS[0]), quiet=True)
    broken = envelopes.intent(CANARY, {CANARY: CANARY}, user=USERS[0])
    broken["session"]["new"] = CANARY
    household.send(broken, status=422)


def set_aside(household: Household) -> None:
    """A record of another shape, which holds a canary itself until someone writes over it."""
    with closing(sqlite3.connect(household.database)) as database, database:
        database.execute("PRAGMA secure_delete = ON")
        database.execute("UPDATE record SET body = ?", (json.dumps({"mood": CANARY}).encode(),))
    household.turn(household.session(ready=True), text="stop")
    household.say(("StartIntent", {}), *[(NO, {})] * 6, ("ReadyIntent", {}), ("AMAZON.StopIntent", {}))


@pytest.fixture
def lingering(household: Household) -> Iterator[None]:
    """Someone else reads the file all the while, so that its log beside it stays."""
    household.turn(household.session(ready=True), text="stop")
    with closing(sqlite3.connect(household.database)) as database:
        database.execute("SELECT count(*) FROM record").fetchone()
        yield


@pytest.mark.usefixtures("lingering")
def test_no_file_and_no_log_tells_what_anyone_said_or_has(household: Household, logs: Logs) -> None:
    for talks in (talk_at_the_turn_api, fail_at_the_turn_api, talk_to_alexa, fail_at_alexa):
        talks(household)
        assert household.files()["records.db-wal"], "what is not in the file yet is looked at as well"
        assert told(household, logs) == []


def test_a_record_that_is_set_aside_is_not_told_either(household: Household, logs: Logs) -> None:
    household.turn(household.session(ready=True), text="stop")
    household.say(("StartIntent", {}), *[(NO, {})] * 6, ("ReadyIntent", {}), ("AMAZON.StopIntent", {}))
    set_aside(household)
    assert told(household, logs) == []


def test_the_search_would_find_what_was_told(household: Household, logs: Logs) -> None:
    """Else the other tests here could not fail."""
    household.turn(household.session(ready=True), text="stop")
    logging.getLogger("ask_sdk_core").debug("the listener said %s", CANARY)
    assert told(household, logs) == ["zebrafish in the log"]
    with closing(sqlite3.connect(household.database)) as database, database:
        database.execute("UPDATE record SET body = ?", (b'{"flag": "d07_pregnancy"}',))
    assert "d07_pregnancy in records.db" in told(household, logs)


def test_logging_says_something_at_all(household: Household, logs: Logs) -> None:
    household.send(envelopes.exception_encountered(), quiet=True)
    assert "Alexa could not use a response of ours" in logs.text()


def check_record(record: Json, library: Library) -> None:
    """Assert that a record has known keys only, and known values under them."""
    ids = {*library.routines, *library.stretches}

    def keys(name: str, value: Json) -> Json:
        assert set(value) <= KEYS[name], name
        return value

    def time(value: str) -> None:
        assert datetime.fromisoformat(value).tzinfo is not None

    def a_place(place: Json) -> None:
        assert keys("place", place)["routine"] in {*library.routines, None}
        for planned in place["plan"]:
            stretch = library.stretches[keys("planned", planned)["id"]]
            assert stretch.repetitions.least <= len(planned["holds"]) <= stretch.repetitions.most
            assert all(stretch.hold.least <= hold <= stretch.hold.most for hold in planned["holds"])
            assert planned["words"] in set(Wordiness)
            assert planned["known"] in (True, False)
            assert planned["first"] in set(Side)
        assert all(isinstance(place[key], int) for key in ("block", "repetitions", "through"))
        assert place["again"] in {*Side, None}
        mark = keys("mark", place["mark"])
        assert mark["step"] in set(Step)
        assert mark["side"] in {*Side, None}
        assert isinstance(mark["repetition"], int)
        assert 0 <= mark["held"] <= 60

    keys("", record)
    assert record["schema"] == 2
    preferences = keys("preferences", record["preferences"])
    assert preferences["pace"] in set(Pace)
    assert preferences["wordiness"] in set(Wordiness)
    assert preferences["rhythm"] in set(Rhythm)
    assert preferences["tone"] in (True, False)
    assert preferences["position"] in {*Position, None}
    assert all(library.stretches[id_] and 0 < times <= 3 for id_, times in record["heard"].items())
    if request := record["request"]:
        assert re.fullmatch(r"[0-9a-f]{64}", request)
    if last := record["last"]:
        a_place(last)
    if saved := record["saved"]:
        keys("saved", saved)
        time(saved["left_at"])
        assert saved["content"] == library.hash
        a_place(saved["place"])
        for key, dose in saved["doses"].items():
            assert re.fullmatch(rf"({'|'.join(library.stretches)}) (left|right|middle)", key)
            assert all(isinstance(count, int) for count in keys("dose", dose).values())
    if token := record["token"]:
        time(keys("token", token)["until"])
        assert re.fullmatch(r"[0-9a-f]{64}", token["device"])
    for done in record["finished"]:
        assert keys("finished", done)["id"] in ids
        time(done["at"])


def test_a_record_holds_what_was_promised_and_nothing_else(household: Household) -> None:
    seen: set[str] = set()

    def look() -> None:
        for record in household.bodies():
            check_record(record, household.library)
            seen.update(key for key, value in record.items() if value)

    session = household.session(ready=True)
    look()
    for text in ("slower", "repeat", "hold on"):
        household.turn(session, text=text)
        look()
    household.turn(session, intent="SessionEnded")
    look()
    back = household.session()
    for text in ("carry on", "no", "ready", *["next"] * 4):
        household.now += timedelta(minutes=3)
        state = household.turn(back, text=text)["state"]
        look()
    assert state == State.IDLE, "the routine is finished"
    household.now += timedelta(days=FINISHED_DAYS - 1)
    household.turn(household.session(ready=True), text="ow that really hurts")
    look()
    household.say(("SlowerIntent", {}))
    look()
    assert seen == KEYS[""]


def test_a_sign_leaves_no_place_and_no_token(household: Household) -> None:
    """That a routine was stopped for a sign could be read from what is left of it."""
    household.turn(household.session(ready=True), text="stop")
    assert [record["saved"] is not None for record in household.bodies()] == [True]
    household.turn(household.session(), text="i have osteoporosis")
    assert household.bodies() == []


def hashed_ids(household: Household) -> list[str]:
    with closing(sqlite3.connect(household.database)) as database:
        return [id_ for (id_,) in database.execute("SELECT id FROM record")]


@pytest.mark.parametrize("way", ["forget me in words", "forget me by Alexa", "the skill is disabled"])
def test_who_is_forgotten_leaves_no_row_and_no_trace(household: Household, logs: Logs, way: str) -> None:
    household.turn(household.session(ready=True), text="stop", user=USERS[0])
    household.turn(household.session(ready=True), text="stop", user="a neighbour")
    household.say(("StartIntent", {}), *[(NO, {})] * 6, ("ReadyIntent", {}), ("AMAZON.StopIntent", {}))
    household.turn(household.session(), text="forget me")
    before = hashed_ids(household)
    if way == "forget me in words":
        household.turn(household.session(), text="forget me", user=USERS[0])
    elif way == "forget me by Alexa":
        household.say(("ForgetMeIntent", {}))
    else:
        household.send(envelopes.skill_disabled(USERS[0]), quiet=True)
    after = hashed_ids(household)
    [gone] = set(before) - set(after)
    assert len(after) == 1, "the neighbour is still known"
    for name, content in household.files().items():
        assert gone.encode() not in content, name
    assert told(household, logs) == []
