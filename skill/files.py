"""Writes a file, or a folder of files, in one step."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory


def write(path: Path, content: bytes) -> None:
    """Write a file, and its folder: who reads it meanwhile finds the old one or the new one, and no half."""
    path.parent.mkdir(parents=True, exist_ok=True)
    scratch = path.with_suffix(f".{os.getpid()}")
    scratch.write_bytes(content)
    scratch.replace(path)


def write_folder(folder: Path, files: Mapping[str, bytes]) -> None:
    """Write a folder of files and nothing else; the former one stays as it is until all of them are written.

    Args:
        folder: the folder.
        files: by path below it.
    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(prefix=f".{folder.name}.", dir=folder.parent) as scratch:
        new = Path(scratch) / "new"
        for name, content in files.items():
            (new / name).parent.mkdir(parents=True, exist_ok=True)
            (new / name).write_bytes(content)
        if folder.exists():
            folder.rename(Path(scratch) / "former")
        new.rename(folder)
