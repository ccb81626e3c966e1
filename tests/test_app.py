"""The one service behind every door: what it remembers, and what it does when it cannot."""

from __future__ import annotations

import stat
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from pathlib import Path

import msgspec
import pytest

from skill.app import TRIES, App, Said, Taken, key_beside
from skill.core.errors import StaleRecordError, StoreError
from skill.core.library import Library
from skill.core.player import State
from skill.core.preferences import Pace, Preferences
from skill.core.session import RECORD_DAYS, Asked, Record, SavedPlace, Session
from skill.core.turn import Outcome
from skill.store.base import Stored
from skill.store.memory import MemoryStore
from tests.helpers import NO, NOON, Listener, check_reply

PATIENCE = 10.0
"""Seconds after which a thread that should have come is given up."""


class CheckedApp(App):
    """An app whose every reply is checked, whatever door it goes out by."""

    def take(self, said: Said, session: Session | None) -> Taken:
        taken = super().take(said, session)
        check_reply(taken, self.library)
        return taken


class PlainStore:
    """A store that does as it is told: it keeps rows in sight, and fails on request."""

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        """Begin anew: empty, and well."""
        self.rows: dict[str, Stored] = {}
        self.expires: dict[str, datetime] = {}
        self.calls: list[str] = []
        self.down: set[str] = set()
        self.stale = 0

    def get(self, key: str, now: datetime) -> Stored | None:
        self._called("get")
        return self.rows.get(key)

    def put(self, key: str, body: bytes, version: int, now: datetime, expires: datetime) -> None:
        self._called("put")
        if self.stale:
            self.stale -= 1
            raise StaleRecordError("changed meanwhile")
        assert version == (self.rows[key].version if key in self.rows else 0)
        self.rows[key] = Stored(version + 1, body)
        self.expires[key] = expires

    def delete(self, key: str) -> None:
        self._called("delete")
        self.rows.pop(key, None)

    @property
    def record(self) -> Record:
        """The one record that there is."""
        [stored] = self.rows.values()
        return msgspec.json.decode(stored.body, type=Record)

    def _called(self, name: str) -> None:
        self.calls.append(name)
        if name in self.down:
            raise StoreError(f"cannot {name}")


@pytest.fixture(scope="module")
def service(library: Library) -> tuple[App, PlainStore]:
    """An app, whose words take a moment to index, and its store."""
    store = PlainStore()
    return App(library, store, b"key"), store


@pytest.fixture
def store(service: tuple[App, PlainStore]) -> PlainStore:
    service[1].reset()
    return service[1]


@pytest.fixture
def one(service: tuple[App, PlainStore], store: PlainStore) -> Listener:
    """A listener, alone with an empty store."""
    return Listener(service[0], user="someone")


# What is remembered --------------------------------------------------------------------------------


def test_a_conversation_without_a_routine_leaves_nothing(one: Listener, store: PlainStore) -> None:
    for words in ("hello", "why does it pop", "the figure four", "no", "yes", "stop"):
        one.says(words)
    assert store.rows == {}
    assert set(store.calls) == {"get"}


def test_a_routine_that_was_left_is_offered_to_the_same_user_only(one: Listener, store: PlainStore) -> None:
    one.guided().says("stop")
    assert store.record.saved is not None
    assert one.again().does("LaunchRequest").outcome is Outcome.OFFER
    back = one.again()
    back.does("LaunchRequest")
    assert back.session is not None
    assert back.session.asked is Asked.SAVED
    stranger = Listener(one.app, user="someone else")
    stranger.does("LaunchRequest")
    assert stranger.session is not None
    assert stranger.session.asked is Asked.OFFER


def test_a_new_session_begins_at_the_listener_s_pace(one: Listener, store: PlainStore) -> None:
    one.guided().says("slower")
    assert store.record.preferences.pace is Pace.SLOW
    back = one.again()
    back.says("hello")
    assert back.session is not None
    assert back.session.preferences.pace is Pace.SLOW


def test_a_record_is_written_only_where_it_changed(one: Listener, store: PlainStore) -> None:
    one.guided()
    writes = store.calls.count("put")
    one.says("why does it pop")
    one.says("what do you know about me")
    assert store.calls.count("put") == writes


def test_a_record_expires_long_after_its_last_change(one: Listener, store: PlainStore) -> None:
    one.guided()
    assert set(store.expires.values()) == {one.now + timedelta(days=RECORD_DAYS)}
    one.wait(5).says("stop")
    assert set(store.expires.values()) == {one.now + timedelta(days=RECORD_DAYS)}


def test_ids_are_kept_as_hashes_that_depend_on_the_key(library: Library) -> None:
    stores = [PlainStore(), PlainStore(), PlainStore()]
    for store, key in zip(stores, (b"key", b"key", b"another"), strict=True):
        one = Listener(App(library, store, key), user="someone", device="kitchen")
        one.guided()
        one.does("SessionEnded")
    keys = [next(iter(store.rows)) for store in stores]
    assert keys[0] == keys[1] != keys[2]
    tokens = [store.record.token for store in stores]
    assert tokens[0] == tokens[1] != tokens[2]
    for store in stores:
        assert "someone" not in str(store.rows)
        assert "kitchen" not in str(store.rows)


def test_a_turn_may_come_without_user_and_device(one: Listener) -> None:
    one.user = one.device = ""
    one.guided()
    one.does("SessionEnded")
    assert one.again().does("LaunchRequest").outcome is Outcome.OFFER


def test_an_id_may_hold_any_character(one: Listener) -> None:
    for user in ("\ud800", "\x00", "é", "x" * 10_000):
        one.user = one.device = user
        assert one.says("why does it pop").outcome is Outcome.ANSWER


# Someone else was faster ---------------------------------------------------------------------------


def test_a_turn_is_answered_anew_when_its_record_was_changed_meanwhile(
    one: Listener, store: PlainStore, caplog: pytest.LogCaptureFixture
) -> None:
    one.screened()
    store.stale, store.calls = TRIES - 1, []
    assert one.does("ReadyIntent").outcome is Outcome.GUIDE
    assert store.calls == ["get", "put"] * TRIES
    assert store.record.saved is not None
    assert caplog.records == []


def test_a_turn_is_answered_even_when_its_record_keeps_changing(
    one: Listener, store: PlainStore, caplog: pytest.LogCaptureFixture
) -> None:
    one.screened()
    store.stale, store.calls = 1000, []
    assert one.does("ReadyIntent").outcome is Outcome.GUIDE
    assert store.calls == ["get", "put"] * TRIES
    assert store.rows == {}
    assert caplog.messages == ["a record kept changing; this turn's place was not saved"]


class Overtaken(PlainStore):
    """Someone else chooses a pace between the first read and the first write."""

    def put(self, key: str, body: bytes, version: int, now: datetime, expires: datetime) -> None:
        if key not in self.rows:
            self.rows[key] = Stored(1, msgspec.json.encode(Record(preferences=Preferences(pace=Pace.SLOW))))
        if version != self.rows[key].version:
            raise StaleRecordError("changed meanwhile")
        super().put(key, body, version, now, expires)


def test_what_someone_else_changed_meanwhile_is_kept(library: Library) -> None:
    store = Overtaken()
    Listener(App(library, store, b"key")).guided()
    assert store.record.preferences.pace is Pace.SLOW
    assert store.record.saved is not None


# The store is down ---------------------------------------------------------------------------------


def test_without_the_store_questions_are_answered_and_no_routine_starts(
    one: Listener, store: PlainStore, caplog: pytest.LogCaptureFixture
) -> None:
    store.down = {"get", "put", "delete"}
    assert one.does("LaunchRequest").outcome is Outcome.OFFER
    assert one.says("why does it pop").outcome is Outcome.ANSWER
    for request in ("the figure four", "the chair twist", "something for my hips", "start a stretch"):
        assert one.says(request).outcome is Outcome.DECLINE
        assert one.state is State.IDLE
    for word in ("ready", "carry on", "next", "yes"):
        one.says(word)
        assert one.state is State.IDLE
    assert one.says("i can't feel it when i wipe").outcome is Outcome.EMERGENCY
    assert set(caplog.messages) == {"the store cannot be read: cannot get"}


def test_a_routine_that_is_running_goes_on_without_the_store(one: Listener, store: PlainStore) -> None:
    one.guided().to_the_end()
    store.down = {"get", "put", "delete"}
    assert one.says("next").outcome is Outcome.GUIDE
    assert one.says("ow that really hurts").outcome is Outcome.STOP


def test_a_turn_is_answered_when_the_store_cannot_be_written(
    one: Listener, store: PlainStore, caplog: pytest.LogCaptureFixture
) -> None:
    one.guided().to_the_end()
    store.down = {"put"}
    before = dict(store.rows)
    assert one.says("next").outcome is Outcome.GUIDE
    assert one.says("stop").outcome is Outcome.END
    assert store.rows == before
    assert set(caplog.messages) == {"the store cannot be written: cannot put"}


def test_no_routine_starts_where_its_place_could_not_be_saved(one: Listener, store: PlainStore) -> None:
    one.screened()
    store.down = {"put"}
    assert one.does("ReadyIntent").outcome is Outcome.DECLINE
    assert "my memory is not working" in one.words
    assert one.state is State.IDLE


def test_the_store_s_return_is_noticed(one: Listener, store: PlainStore) -> None:
    store.down = {"get"}
    assert one.says("the figure four").outcome is Outcome.DECLINE
    store.down = set()
    assert one.screened().does("ReadyIntent").outcome is Outcome.GUIDE


# Forgetting ----------------------------------------------------------------------------------------


def test_forget_me_erases(one: Listener, store: PlainStore) -> None:
    one.guided().says("slower")
    one.says("stop")
    assert store.rows
    forgotten = one.again()
    assert forgotten.says("forget me").outcome is Outcome.ABOUT
    assert store.rows == {}
    forgotten.does("LaunchRequest")
    assert forgotten.session is not None
    assert forgotten.session.asked is not Asked.SAVED


def test_a_disabled_skill_forgets(one: Listener, store: PlainStore) -> None:
    one.guided().says("stop")
    one.app.forget("someone else")
    assert store.rows
    one.app.forget("someone")
    assert store.rows == {}
    store.down = {"delete"}
    with pytest.raises(StoreError):
        one.app.forget("someone")


def sorry(one: Listener) -> bool:
    """Whether the last reply says that nothing could be erased."""
    return one.app.library.phrases["error.forget"].say in one.words


@pytest.mark.parametrize("down", [{"delete"}, {"get", "put", "delete"}])
def test_who_cannot_be_forgotten_now_is_told_so(one: Listener, store: PlainStore, down: set[str]) -> None:
    one.guided().says("stop")
    again = one.again()
    again.says("forget me")
    assert not sorry(again)
    one.again().guided().says("stop")
    store.down = down
    again.says("forget me")
    assert sorry(again)
    assert store.rows


def test_forget_me_does_not_wait_for_someone_else_s_change(one: Listener, store: PlainStore) -> None:
    one.guided().says("stop")
    store.stale = 1000
    again = one.again()
    again.says("forget me")
    assert not sorry(again)
    assert store.rows == {}


# Records of another shape --------------------------------------------------------------------------

OTHER_SHAPES = [
    b"",
    b"{",
    b"[]",
    b"\xff",
    b'{"schema": "one"}',
    b'{"schema": 1, "mood": "good"}',
    b'{"schema": 1, "saved": {"place": 7}}',
]


@pytest.mark.parametrize("body", OTHER_SHAPES)
def test_a_record_of_another_shape_is_set_aside_and_replaced(
    one: Listener, store: PlainStore, caplog: pytest.LogCaptureFixture, body: bytes
) -> None:
    one.guided().says("stop")
    [key] = store.rows
    store.rows[key] = Stored(7, body)
    back = one.again()
    back.does("LaunchRequest")
    assert back.session is not None
    assert back.session.asked is Asked.OFFER
    assert set(caplog.messages) == {"a record of another shape was set aside"}
    back.guided()
    assert store.rows[key].version == 8
    assert store.record.saved is not None


@pytest.mark.parametrize("body", OTHER_SHAPES)
def test_a_record_of_another_shape_is_forgotten_as_well(
    one: Listener, store: PlainStore, body: bytes
) -> None:
    one.guided().says("stop")
    [key] = store.rows
    store.rows[key] = Stored(7, body)
    one.again().says("forget me")
    assert store.rows == {}


class Expired(PlainStore):
    """Keeps rows that nobody may read any more."""

    def get(self, key: str, now: datetime) -> Stored | None:
        return None


def test_an_expired_record_is_forgotten_as_well(library: Library) -> None:
    store = Expired()
    one = Listener(App(library, store, b"key"))
    one.guided()
    assert store.rows
    one.says("forget me")
    assert store.rows == {}


def test_a_record_of_other_content_offers_no_routine(one: Listener, store: PlainStore) -> None:
    one.guided().says("stop")
    [(key, stored)] = store.rows.items()
    record = store.record
    assert isinstance(record.saved, SavedPlace)
    other = msgspec.structs.replace(record, saved=msgspec.structs.replace(record.saved, content="another"))
    store.rows[key] = Stored(stored.version, msgspec.json.encode(other))
    back = one.again()
    back.does("LaunchRequest")
    assert back.session is not None
    assert back.session.asked is Asked.OFFER


def test_the_session_begins_anew_without_one(library: Library) -> None:
    app = CheckedApp(library, MemoryStore(), b"key")
    said = Said(user="someone", now=NOON, intent=NO)
    assert app.take(said, None).session.content == library.hash


# The key -------------------------------------------------------------------------------------------


def test_the_key_is_a_file_of_its_owner_and_stays_the_same(tmp_path: Path) -> None:
    database = tmp_path / "new" / "folder" / "records.db"
    key = key_beside(database)
    assert len(key) == 32
    assert key_beside(database) == key
    assert [file.name for file in database.parent.iterdir()] == ["records.db.key"]
    assert stat.S_IMODE((database.parent / "records.db.key").stat().st_mode) == 0o600
    assert stat.S_IMODE(database.parent.stat().st_mode) & 0o077 == 0
    assert key_beside(tmp_path / "another.db") != key


def test_two_who_make_the_key_at_once_get_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Both see that there is none, and both make one: the first in place is everyone's."""
    together = threading.Barrier(2)

    def token_bytes(length: int) -> bytes:
        together.wait(PATIENCE)
        return str(threading.get_ident()).encode().ljust(length)

    monkeypatch.setattr("secrets.token_bytes", token_bytes)
    with ThreadPoolExecutor(2) as pool:
        waiting = [pool.submit(key_beside, tmp_path / "records.db") for _ in range(2)]
        keys = {done.result(PATIENCE) for done in waiting}
    assert len(keys) == 1
    assert [file.name for file in tmp_path.iterdir()] == ["records.db.key"]


def test_a_key_that_cannot_be_made_is_told_with_its_path(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(StoreError, match="file"):
        key_beside(tmp_path / "file" / "records.db")
    (tmp_path / "records.db.key").mkdir()
    with pytest.raises(StoreError, match=r"records\.db\.key"):
        key_beside(tmp_path / "records.db")
