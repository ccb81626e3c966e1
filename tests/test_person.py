"""What is kept about one person: shown to them, or erased."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from skill import service
from skill.app import App, hashed
from skill.cli import main
from skill.core.errors import StoreError
from skill.core.library import Library
from skill.core.session import RECORD_DAYS
from skill.person import Person, person
from skill.settings import Settings
from skill.store.base import Stored
from skill.store.memory import MemoryStore
from skill.store.sqlite import SqliteStore
from tests.helpers import NOON, Listener

USER = "amzn1.ask.account.ZEBRAFISH"


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(database=str(tmp_path / "home" / "records.db"))


@pytest.fixture
def known(library: Library, settings: Settings) -> Settings:
    """An installation that knows two people."""
    app = App(library, service.store(settings), service.key(settings))
    for user in (USER, "a neighbour"):
        Listener(app, user=user).guided().says("stop")
    return settings


def run(settings: Settings, *arguments: str, given: str = "") -> Result:
    """Run a command of an installation; what it prints never has the user's id."""
    environment = {"GENTLE_BACK_DB": settings.database, "GENTLE_BACK_LIBRARY": "/nowhere"}
    result = CliRunner(env=environment).invoke(main, arguments, input=given)
    assert USER not in result.output
    return result


def test_all_that_is_kept_is_shown(known: Settings) -> None:
    result = run(known, "export", USER)
    assert result.exit_code == 0
    told = json.loads(result.stdout)
    assert told["kept"] is told["readable"] is True
    assert told["schema"] == told["record"]["schema"] == 2
    assert told["record"]["saved"]["place"]["plan"][0]["id"] == "supine_figure_four"
    assert datetime.fromisoformat(told["expires"]) == NOON + timedelta(days=RECORD_DAYS)
    assert len(told["log_pseudonym"]) == 12
    assert told["log_pseudonym"] not in hashed(service.key(known), USER)


def test_the_name_in_the_log_is_theirs(known: Settings, library: Library) -> None:
    app = App(library, MemoryStore(), service.key(known))
    told = json.loads(run(known, "export", USER).stdout)
    assert told["log_pseudonym"] == app.pseudonym(USER)


def test_who_is_forgotten_is_gone_and_nobody_else(known: Settings) -> None:
    result = run(known, "forget", USER)
    assert (result.exit_code, result.output) == (
        0,
        "Something was kept. It is erased: nothing is there any more.\n",
    )
    assert json.loads(run(known, "export", USER).stdout)["kept"] is False
    assert json.loads(run(known, "export", "a neighbour").stdout)["kept"] is True
    assert run(known, "forget", USER).output.startswith("Nothing is kept in ")
    name = hashed(service.key(known), USER).encode()
    assert not [path for path in Path(known.database).parent.iterdir() if name in path.read_bytes()]


def test_an_id_can_be_given_where_no_history_has_it(known: Settings) -> None:
    assert json.loads(run(known, "export", "-", given=f"{USER}\n").stdout)["kept"] is True
    assert run(known, "forget", "-", given=f"{USER}\n").output.startswith("Something was kept")


@pytest.mark.parametrize("command", ["export", "forget"])
@pytest.mark.parametrize("given", ["", "\n"])
def test_without_an_id_nobody_is_meant(settings: Settings, command: str, given: str) -> None:
    result = run(settings, command, "-", given=given)
    assert result.exit_code == 1
    assert result.output.startswith("Error: whom?")


@pytest.mark.parametrize("command", ["export", "forget"])
def test_where_nothing_is_nothing_is_made(settings: Settings, tmp_path: Path, command: str) -> None:
    result = run(settings, command, USER)
    assert result.exit_code == 0
    assert "Nothing is kept in " in result.output or json.loads(result.stdout)["kept"] is False
    assert list(tmp_path.iterdir()) == []


def test_a_key_without_a_database_makes_none(settings: Settings) -> None:
    service.key(settings)
    assert json.loads(run(settings, "export", USER).stdout)["kept"] is False
    assert not Path(settings.database).exists()


@pytest.mark.parametrize("command", ["export", "forget"])
def test_without_its_key_nobody_is_found_in_a_database(known: Settings, command: str) -> None:
    key = Path(f"{known.database}.key")
    key.unlink()
    result = run(known, command, USER)
    assert result.exit_code == 1
    assert "there is no key" in result.output
    assert not key.exists()


@pytest.mark.parametrize("body", [b'{"mood": "good"}', b"\xff\x00", b"[]"])
def test_a_record_of_another_version_is_shown_as_it_stands(known: Settings, body: bytes) -> None:
    with closing(sqlite3.connect(known.database)) as database, database:
        database.execute("UPDATE record SET body = ?", (body,))
    told = json.loads(run(known, "export", USER).stdout)
    assert told["kept"] is True
    assert told["readable"] is False
    assert told["raw"] == body.decode(errors="backslashreplace")
    assert run(known, "forget", USER).output.startswith("Something was kept")


def test_what_has_expired_and_is_still_there_is_kept_too(settings: Settings) -> None:
    key = service.key(settings)
    store = SqliteStore(Path(settings.database))
    then = datetime(2020, 1, 1, tzinfo=UTC)
    store.put(hashed(key, USER), b"{}", 0, then, then + timedelta(days=1))
    assert json.loads(run(settings, "export", USER).stdout)["kept"] is True
    assert run(settings, "forget", USER).output.startswith("Something was kept")
    assert store.expiry(hashed(key, USER)) is None


@pytest.mark.parametrize("command", ["export", "forget"])
def test_a_store_that_is_down_is_told(known: Settings, command: str) -> None:
    Path(known.database).write_bytes(b"garbage " * 1000)
    result = run(known, command, USER)
    assert result.exit_code == 1
    assert result.output.startswith("Error: " + ("nothing was erased: " if command == "forget" else ""))
    assert len(result.output.splitlines()) == 1


class Stubborn(MemoryStore):
    """A store that fails, or forgets nothing, from some step on."""

    def __init__(self, *, reads: int = 99, deletes: bool = True, erases: bool = True) -> None:
        super().__init__()
        self.reads, self.deletes, self.erases = reads, deletes, erases

    def get(self, key: str, now: datetime) -> Stored | None:
        self.reads -= 1
        if self.reads < 0:
            raise StoreError("cannot read")
        return Stored(1, b"{}")

    def delete(self, key: str) -> None:
        if not self.deletes:
            raise StoreError("cannot delete")


@pytest.mark.parametrize(
    ("store", "told"),
    [
        (Stubborn(reads=0), "nothing was erased: cannot read"),
        (Stubborn(deletes=False), "nothing was erased: cannot delete"),
        (Stubborn(reads=1), "it was erased, but that cannot be proved"),
        (Stubborn(), "it was written again meanwhile"),
    ],
)
def test_what_is_not_proved_is_told(store: Stubborn, told: str) -> None:
    with pytest.raises(StoreError, match=told):
        Person(store, b"key", USER).forgotten()


def test_a_local_user_is_known_by_the_same_key(known: Settings) -> None:
    neighbour = person(known, "a neighbour")
    assert neighbour is not None
    assert neighbour.exported()["kept"] is True
