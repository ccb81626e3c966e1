"""Files are written in one step."""

from __future__ import annotations

from pathlib import Path

import pytest

from skill import files


def test_a_file_is_written_with_its_folder_and_replaced(tmp_path: Path) -> None:
    path = tmp_path / "folder" / "file.json"
    for content in (b"first", b"second"):
        files.write(path, content)
        assert path.read_bytes() == content
    assert list(path.parent.iterdir()) == [path], "no scratch file stays"


def test_the_old_file_stays_where_the_new_one_cannot_be_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(path: Path, content: bytes) -> int:
        raise OSError("no space left")

    path = tmp_path / "file.json"
    path.write_bytes(b"old")
    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(OSError, match="no space"):
        files.write(path, b"new")
    assert path.read_bytes() == b"old"


def test_a_folder_is_written_whole_and_in_place_of_the_former_one(tmp_path: Path) -> None:
    folder = tmp_path / "build" / "folder"
    files.write_folder(folder, {"a": b"1", "below/b": b"2"})
    files.write_folder(folder, {"below/c": b"3"})
    assert [path for path in folder.rglob("*") if path.is_file()] == [folder / "below/c"]
    assert list(folder.parent.iterdir()) == [folder], "no scratch folder stays"


def test_the_former_folder_stays_where_the_new_one_cannot_be_written(tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    files.write_folder(folder, {"a": b"1"})
    with pytest.raises(OSError, match="File name too long"):
        files.write_folder(folder, {"b": b"2", "c" * 300: b"3"})
    assert (folder / "a").read_bytes() == b"1"
    assert list(tmp_path.iterdir()) == [folder]
