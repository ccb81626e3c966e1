"""Writes the skeleton of a new stretch, routine or answer: every key, with what it is for."""

from __future__ import annotations

import re
from importlib import resources
from pathlib import Path

from skill.authoring.compile import ENGLISH, folder_of
from skill.core.errors import GentleBackError

KINDS = {"stretch": "stretches", "routine": "routines", "answer": "answers"}
"""What can be new, and the folder of its files."""
NAME = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")
CHARACTERS = 60
"""The longest name."""


class NewError(GentleBackError):
    """A new file cannot be written."""


def write(root: Path, kind: str, name: str) -> str:
    """Write the skeleton of a new file.

    Args:
        root: the folder that holds `content/`.
        kind: a key of `KINDS`.
        name: the id, which is the file's name as well.

    Returns:
        The path of the file below the root.

    Raises:
        NewError: the name is not an id, or the file is there already.
    """
    if len(name) > CHARACTERS or not NAME.fullmatch(name):
        raise NewError(f"{name!r} is no name: lower-case letters, digits and _, as in wide_knee_roll")
    file = f"{folder_of(ENGLISH)}/{KINDS[kind]}/{name}.yaml"
    skeleton = resources.files("skill.authoring") / "skeletons" / f"{kind}.yaml"
    text = skeleton.read_text(encoding="utf-8").replace("NAME", name)
    try:
        with (root / file).open("x", encoding="utf-8") as out:
            out.write(text)
    except FileExistsError:
        raise NewError(f"{file} is there already") from None
    return file
