"""A service is wired by its settings: a file by default, a table where one is named."""

from __future__ import annotations

from pathlib import Path

import pytest

from skill import service
from skill.core.library import Library
from skill.settings import Settings, SettingsError, from_environment
from skill.store.base import Stored
from skill.store.dynamodb import DynamoDbStore
from skill.store.sqlite import SqliteStore
from tests.helpers import NOON, Listener
from tests.store import moto_server
from tests.store.moto_server import REGION


def test_nothing_set_gives_a_file_and_a_key_beside_it(tmp_path: Path) -> None:
    settings = from_environment({"GENTLE_BACK_DB": str(tmp_path / "new" / "records.db")})
    assert isinstance(service.store(settings), SqliteStore)
    key = service.key(settings)
    assert (tmp_path / "new" / "records.db.key").read_bytes() == key
    assert service.key(settings) == key


def test_a_key_that_is_set_is_the_key_and_no_file_is_made(tmp_path: Path) -> None:
    for table in ("", "records"):
        settings = Settings(database=str(tmp_path / "records.db"), key="0123", table=table)
        assert service.key(settings) == b"0123"
    assert not list(tmp_path.iterdir())


def test_a_region_and_an_endpoint_alone_leave_the_file(tmp_path: Path) -> None:
    environment = {
        "AWS_REGION": REGION,
        "AWS_ENDPOINT_URL_DYNAMODB": "http://127.0.0.1:1",
        "GENTLE_BACK_DB": str(tmp_path / "records.db"),
        "GENTLE_BACK_TABLE": "",
    }
    assert isinstance(service.store(from_environment(environment)), SqliteStore)


def test_a_table_without_a_key_is_refused_for_machines_would_not_share_one(
    library: Library, tmp_path: Path
) -> None:
    settings = from_environment({"GENTLE_BACK_TABLE": "t", "GENTLE_BACK_DB": str(tmp_path / "records.db")})
    for wire in (lambda: service.key(settings), lambda: service.opened(library, settings)):
        with pytest.raises(SettingsError, match="GENTLE_BACK_TABLE needs GENTLE_BACK_KEY"):
            wire()
    assert not list(tmp_path.iterdir())


@pytest.mark.more
def test_a_table_is_reached_by_the_region_and_the_endpoint_that_are_set(
    address: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    moto_server.as_nobody(monkeypatch, tmp_path)
    table = moto_server.new_table(address)
    moto_server.make_table(address, table, "us-west-2")
    stores = {}
    for region in (REGION, "us-west-2"):
        environment = {
            "GENTLE_BACK_TABLE": table,
            "AWS_REGION": region,
            "AWS_ENDPOINT_URL_DYNAMODB": address,
        }
        stores[region] = service.store(from_environment(environment))
        assert isinstance(stores[region], DynamoDbStore)
    later = NOON.replace(year=2027)
    stores[REGION].put("a", b"{}", 0, NOON, later)
    assert stores[REGION].get("a", NOON) == Stored(1, b"{}")
    assert stores["us-west-2"].get("a", NOON) is None, "the other region's table is another one"


@pytest.mark.more
def test_machines_with_the_same_table_and_key_know_a_listener(
    library: Library, address: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    moto_server.as_nobody(monkeypatch, tmp_path)
    table = moto_server.new_table(address)

    def machine(key: str) -> Listener:
        settings = Settings(table=table, key=key, region=REGION, endpoint=address)
        return Listener(service.opened(library, settings))

    machine("shared").guided("the chair twist").does("AMAZON.StopIntent")
    assert machine("shared").does("LaunchRequest").segments
    kept = [machine(key).app.can_remember(NOON) for key in ("shared", "another")]
    assert kept == [True, True]
    first, second = machine("shared"), machine("another")
    for listener in (first, second):
        listener.does("LaunchRequest")
    assert first.session is not None
    assert second.session is not None
    assert (first.session.asked, second.session.asked) == ("saved", "offer")


def test_a_table_without_what_speaks_to_it_is_refused_at_the_start(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(service, "find_spec", lambda name: None)
    assert isinstance(service.store(Settings()), SqliteStore)
    with pytest.raises(SettingsError, match=r"\.\[aws\]"):
        service.store(Settings(table="records"))
