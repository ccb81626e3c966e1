"""What is found of an installation: its names, content, store, key, roots and clock."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

import msgspec
import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from skill import compiled, index
from skill.authoring.yaml_files import ContentError, Problem
from skill.core.errors import NoKeyError, StoreError
from skill.core.library import Library
from skill.doctor import clock, content, keeping, naming, trust
from skill.doctor.finding import Finding, Level
from skill.settings import Settings, SettingsError
from skill.store.base import Stored
from skill.store.memory import MemoryStore
from skill.store.sqlite import SqliteStore
from tests.alexa import envelopes
from tests.amazon import Amazon, Authority, Storage
from tests.helpers import NOON

OK, WARN, BAD, UNKNOWN = Level.OK, Level.WARN, Level.BAD, Level.UNKNOWN


def levels(findings: Iterable[Finding]) -> dict[str, Level]:
    """How each thing is; what is not all right comes with what to do."""
    found = list(findings)
    for one in found:
        assert bool(one.do) is (one.level is not OK), one
        assert all(len(line.splitlines()) == 1 for line in one.lines())
    return {one.name: one.level for one in found}


# Names ---------------------------------------------------------------------------------------------


def test_a_variable_that_is_no_setting_is_told() -> None:
    assert naming.variables(["GENTLE_BACK_DB", "HOME", "GENTLE_FRONT"]).level is OK
    found = naming.variables(["GENTLE_BACK_DATABASE"])
    assert found.level is WARN
    assert "GENTLE_BACK_DATABASE" in found.found


@pytest.mark.parametrize(
    ("given", "level"),
    [
        (envelopes.APPLICATION, OK),
        ("", WARN),
        ("amzn1.ask.skill.1234", WARN),
        (f"{envelopes.APPLICATION} ", WARN),
        (envelopes.APPLICATION.upper(), WARN),
    ],
)
def test_the_skill_s_id_looks_like_amazon_s(given: str, level: Level) -> None:
    assert levels([naming.skill_id(given)]) == {"skill id": level}


# Content -------------------------------------------------------------------------------------------


def source(answer: Library | ContentError) -> Callable[[Path], Library]:
    """What compiles sources: to a library, or to errors."""

    def compile(root: Path) -> Library:
        if isinstance(answer, ContentError):
            raise answer
        return answer

    return compile


def test_compiled_content_with_and_without_its_sources(library: Library, tmp_path: Path) -> None:
    path = tmp_path / "library.json"
    plain = msgspec.structs.replace(library, hash="")
    compiled.write(plain, path)
    of = source(plain)
    assert levels(content.content(path, tmp_path, of)) == {"content": OK}
    (tmp_path / "content").mkdir()
    assert levels(content.content(path, tmp_path, of)) == {"content": OK, "sources": OK}
    other = source(msgspec.structs.replace(library, routines={}))
    assert levels(content.content(path, tmp_path, other)) == {"content": OK, "sources": WARN}
    broken = source(ContentError(Problem("content/en/x.yaml", 1, 1, "no")))
    assert levels(content.content(path, tmp_path, broken)) == {"content": OK, "sources": BAD}
    for garbage in (b"\x00\xff", b"{}", b""):
        path.write_bytes(garbage)
        assert levels(content.content(path, tmp_path, of)) == {"content": BAD, "sources": WARN}
    path.unlink()
    assert levels(content.content(path, tmp_path / "nowhere", of)) == {"content": BAD}


def test_what_free_words_are_compared_by(
    library: Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    encoder, learned = tmp_path / "encoder.safetensors", tmp_path / "index.safetensors"

    def found() -> dict[str, Level]:
        return levels(content.free_words(lambda: library, encoder, learned))

    assert found() == {"encoder": WARN, "free words": WARN}
    shutil.copyfile(Settings().encoder, encoder)
    assert found() == {"encoder": OK, "free words": WARN}
    learned.write_bytes(b"garbage")
    encoder.write_bytes(b"garbage")
    assert found() == {"encoder": WARN, "free words": WARN}
    monkeypatch.setattr(index, "is_current", lambda *asked: asked == (library, encoder, learned))
    assert found() == {"encoder": WARN, "free words": OK}
    missing = partial(compiled.load, tmp_path / "nowhere")
    monkeypatch.undo()
    assert levels(content.free_words(missing, encoder, learned)) == {"encoder": WARN, "free words": WARN}


# Store ---------------------------------------------------------------------------------------------


class Odd(MemoryStore):
    """A store that gives back something else."""

    def get(self, key: str, now: datetime) -> Stored | None:
        return Stored(1, b"another")


class Down(MemoryStore):
    """A store that cannot be written."""

    def put(self, key: str, body: bytes, version: int, now: datetime, expires: datetime) -> None:
        raise StoreError("it is down")


def test_a_probe_leaves_nothing() -> None:
    store = MemoryStore()
    assert levels([keeping.probe(store, NOON)]) == {"store": OK}
    assert store._rows == {}
    assert levels([keeping.probe(Odd(), NOON)]) == {"store": BAD}
    assert levels([keeping.probe(Down(), NOON)]) == {"store": BAD}


def test_a_database_that_is_not_there_is_not_made(tmp_path: Path) -> None:
    database = tmp_path / "far" / "away" / "records.db"
    assert levels(keeping.file(database, NOON)) == {"store": OK, "disk": OK}
    assert list(tmp_path.iterdir()) == []


def test_a_database_where_nothing_can_be_written() -> None:
    assert levels(keeping.file(Path("/proc/records.db"), NOON))["store"] is BAD


def test_a_database_is_for_its_owner_alone(tmp_path: Path) -> None:
    database = tmp_path / "records.db"
    SqliteStore(database).delete("a")
    assert database.stat().st_mode & 0o777 == 0o600
    tmp_path.chmod(0o755)
    assert levels(keeping.file(database, NOON)) == {"store": OK, "store file": OK, "disk": OK}
    before = database.read_bytes()
    database.chmod(0o644)
    assert levels(keeping.file(database, NOON))["store file"] is BAD
    tmp_path.chmod(0o700)
    assert levels(keeping.file(database, NOON))["store file"] is OK
    assert [path.name for path in tmp_path.iterdir()] == [database.name]
    assert len(database.read_bytes()) == len(before)


def test_a_database_that_is_none(tmp_path: Path) -> None:
    database = tmp_path / "records.db"
    database.write_bytes(b"garbage " * 1000)
    assert levels(keeping.file(database, NOON))["store"] is BAD
    database.unlink()
    database.mkdir()
    assert levels(keeping.file(database, NOON))["store"] is BAD


@pytest.mark.parametrize(("free", "level"), [(10**10, OK), (10**8, WARN), (10**6, BAD)])
def test_room_on_the_disk(free: int, level: Level) -> None:
    assert levels([keeping.room(free)]) == {"disk": level}


# Key -----------------------------------------------------------------------------------------------


def raising(error: Exception) -> Callable[[], bytes]:
    """A key that cannot be had."""

    def get() -> bytes:
        raise error

    return get


def test_the_key_and_its_file(tmp_path: Path) -> None:
    database, file = tmp_path / "records.db", tmp_path / "records.db.key"
    assert levels(keeping.key(raising(NoKeyError("none")), database)) == {"key": OK}
    database.touch()
    assert levels(keeping.key(raising(NoKeyError("none")), database)) == {"key": BAD}
    assert levels(keeping.key(raising(StoreError("unreadable")), database)) == {"key": BAD}
    assert levels(keeping.key(raising(SettingsError("no key")), database)) == {"key": BAD}
    assert levels(keeping.key(lambda: b"k" * 32, database)) == {"key": OK}
    assert levels(keeping.key(lambda: b"short", database)) == {"key": WARN}
    file.touch(0o600)
    tmp_path.chmod(0o755)
    assert levels(keeping.key(lambda: b"k" * 32, database)) == {"key": OK, "key file": OK}
    file.chmod(0o604)
    assert levels(keeping.key(lambda: b"k" * 32, database)) == {"key": OK, "key file": BAD}


# Roots ---------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def roots() -> list[x509.Certificate]:
    """Two roots of Amazon's, one that has expired, and another's."""
    return [
        Authority("Amazon Root CA 1").certificate,
        Authority("Starfield Services Root Certificate Authority - G2").certificate,
        Authority("Amazon Root CA 9", until=NOON - timedelta(days=1)).certificate,
        Authority("Somebody Else").certificate,
    ]


def test_amazon_s_roots_are_among_the_trusted_ones(roots: list[x509.Certificate], tmp_path: Path) -> None:
    needed = trust.amazon_s(roots)
    assert needed == roots[:3]
    file = tmp_path / "roots.pem"

    def found(*trusted: x509.Certificate) -> Level:
        file.write_bytes(b"".join(one.public_bytes(Encoding.PEM) for one in trusted))
        return trust.trust(file, needed[:2], NOON).level

    assert found(*roots) is OK
    assert found(roots[0], roots[3]) is WARN
    assert found(roots[3]) is BAD
    assert trust.trust(file, needed[2:], NOON).level is BAD
    file.write_bytes(b"garbage")
    assert trust.trust(file, needed, NOON).level is BAD
    assert trust.trust(tmp_path / "nowhere", needed, NOON).level is BAD


def test_a_root_that_has_only_the_name_does_not_count(tmp_path: Path, roots: list[x509.Certificate]) -> None:
    file = tmp_path / "roots.pem"
    file.write_bytes(Authority("Amazon Root CA 1").pem)
    assert trust.trust(file, roots[:1], NOON).level is BAD


# Clock ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("seconds", "level"), [(0, OK), (-29, OK), (30, WARN), (-149, WARN), (151, BAD), (-200, BAD), (200, BAD)]
)
def test_a_clock_that_is_off(seconds: float, level: Level) -> None:
    found = clock.clock(lambda: NOON, lambda: NOON + timedelta(seconds=seconds))
    assert levels([found]) == {"clock": level}
    assert f"{abs(seconds):.0f} s" in found.found


@pytest.mark.parametrize("error", [ConnectionError("no way"), ValueError("no time")])
def test_a_clock_that_cannot_be_compared(error: Exception) -> None:
    def date() -> datetime:
        raise error

    assert levels([clock.clock(date, lambda: NOON)]) == {"clock": UNKNOWN}


def test_amazon_s_time_is_told_by_the_server_of_its_chains(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    amazon = Amazon()
    storage = Storage(amazon)
    with storage.running() as proxy:
        monkeypatch.setenv("HTTPS_PROXY", proxy)
        told = clock.amazon_s(amazon.roots(tmp_path))
    assert storage.asked == ["s3.amazonaws.com:443", "/"]
    assert abs((datetime.now(told.tzinfo) - told).total_seconds()) < 60


def test_a_finding_is_a_line_and_what_to_do_below_it() -> None:
    found = naming.skill_id("")
    first, second = found.lines()
    assert first.startswith("warn     skill id      GENTLE_BACK_SKILL_ID is not set")
    assert second.startswith("         do: set it")
    assert json.loads(json.dumps({"level": found.level}))["level"] == "warn"
