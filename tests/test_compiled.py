"""The one file that a running skill loads."""

from __future__ import annotations

import hashlib
from pathlib import Path

import msgspec
import pytest
from msgspec.structs import replace

from skill import compiled
from skill.core.errors import LibraryError
from skill.core.library import Library


@pytest.fixture
def path(library: Library, tmp_path: Path) -> Path:
    """A compiled file of the real content."""
    file = tmp_path / "folder" / "library.json"
    compiled.write(library, file)
    return file


def test_what_is_written_is_loaded(library: Library, path: Path) -> None:
    loaded = compiled.load(path)
    assert replace(loaded, hash="") == replace(library, hash="")
    assert [file.name for file in path.parent.iterdir()] == ["library.json"], "no scratch file stays"


def test_the_hash_is_of_the_content_alone(library: Library, tmp_path: Path) -> None:
    bare = replace(library, hash="")
    digest = compiled.write(bare, tmp_path / "one.json")
    assert len(digest) == 64
    assert compiled.write(bare, tmp_path / "two.json") == digest
    assert (tmp_path / "one.json").read_bytes() == (tmp_path / "two.json").read_bytes()
    assert compiled.load(tmp_path / "one.json").hash == digest
    assert compiled.write(replace(bare, routines={}), tmp_path / "one.json") != digest
    assert compiled.load(tmp_path / "one.json").routines == {}


def test_a_changed_byte_is_refused(path: Path) -> None:
    whole = path.read_bytes()
    at = whole.index(b"Welcome to Gentle Back")
    path.write_bytes(whole[:at] + b"w" + whole[at + 1 :])
    with pytest.raises(LibraryError, match="not what its hash says"):
        compiled.load(path)


def test_no_change_of_one_byte_is_ever_loaded(path: Path) -> None:
    """Every part of the envelope is held by something: its shape, its schema, its hash."""
    whole = path.read_bytes()
    start = whole.index(b'"library"')
    for at in (*range(start + 40), *range(start + 40, len(whole), 4001), len(whole) - 1):
        path.write_bytes(whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :])
        with pytest.raises(LibraryError):
            compiled.load(path)


@pytest.mark.parametrize("keep", [0, 1, 100, -1])
def test_a_file_cut_short_is_refused(path: Path, keep: int) -> None:
    path.write_bytes(path.read_bytes()[:keep])
    with pytest.raises(LibraryError, match="no compiled content"):
        compiled.load(path)


def test_a_missing_file_is_refused_by_its_name(tmp_path: Path) -> None:
    with pytest.raises(LibraryError, match=r"none\.json: no compiled content \(FileNotFoundError\)"):
        compiled.load(tmp_path / "none.json")


def test_a_file_of_another_schema_is_refused(path: Path) -> None:
    envelope = msgspec.json.decode(path.read_bytes(), type=compiled.Envelope)
    for schema in (compiled.SCHEMA - 1, compiled.SCHEMA + 1):
        path.write_bytes(msgspec.json.encode(replace(envelope, schema=schema)))
        with pytest.raises(LibraryError, match=f"compiled for schema {schema}, this is {compiled.SCHEMA}"):
            compiled.load(path)


def test_content_that_fits_its_hash_but_no_type_is_refused(path: Path) -> None:
    body = b'{"stretches":{},"surprise":1}'
    envelope = compiled.Envelope(compiled.SCHEMA, hashlib.sha256(body).hexdigest(), msgspec.Raw(body))
    path.write_bytes(msgspec.json.encode(envelope))
    with pytest.raises(LibraryError, match="unknown field `surprise`"):
        compiled.load(path)
