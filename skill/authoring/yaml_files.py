"""Reads YAML strictly, into frozen types, and says where a file is wrong.

YAML's traps are refused instead of guessed at: duplicate keys (the last silently wins in PyYAML),
keys that are not text, `yes`/`no`/`on`/`off` as booleans, `1:30` as ninety, `030` as twenty-four.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import TypeVar

import msgspec
import yaml
from msgspec import Struct

T = TypeVar("T")

BOOLEAN_WORD = re.compile(r"^(yes|no|on|off)$", re.IGNORECASE)
"""Words that YAML 1.1 reads as true or false."""
ODD_NUMBER = re.compile(r"^[-+]?([0-9][0-9_]*(:[0-5]?[0-9])+(\.[0-9]*)?|0[0-9_]+|0[xob][0-9a-fA-F_]+)$")
"""Numbers that YAML 1.1 reads in base 60, 8, 16 or 2."""
PATH_STEP = re.compile(r"\.([A-Za-z_][\w.-]*?)(?=[.\[`]|$)|\[(\d+|\.\.\.)\]")


class Problem(Struct, frozen=True, order=True):
    """Something that an author has to mend."""

    file: str
    """Path of the file, as the author knows it."""
    line: int
    """Line, from 1."""
    column: int
    """Column, from 1."""
    message: str
    """What is wrong, and what would be right."""

    def __str__(self) -> str:
        """Return the form that editors and compilers share."""
        return f"{self.file}:{self.line}:{self.column}: {self.message}"


class ContentError(Exception):
    """A file of the content cannot be used."""

    def __init__(self, *problems: Problem) -> None:
        super().__init__("\n".join(map(str, sorted(problems))))
        self.problems = problems


class Document(Struct, frozen=True):
    """A YAML file that was read: its data, and where each part of it stands."""

    file: str
    """Path of the file, as the author knows it."""
    data: object
    """Plain mappings, lists and scalars."""
    root: yaml.Node | None
    """The tree of nodes, with their places."""

    def problem(self, path: tuple[str | int, ...], message: str, *, key: str | None = None) -> Problem:
        """Return a problem at the place of a path of keys and indexes; of a key under it, where named."""
        mark = _mark(self.root, path, key)
        return Problem(self.file, mark[0], mark[1], message)

    def keys(self) -> dict[str, object]:
        """Return the file's top level, which has to be a mapping.

        Raises:
            ContentError: it is something else.
        """
        if not isinstance(self.data, dict):
            raise ContentError(self.problem((), "the file has to be a mapping of keys to values"))
        return self.data

    def convert(self, type_: type[T], key: str | None = None) -> T:
        """Return the data, or what stands under one of its keys, as a frozen type.

        Raises:
            ContentError: the first key that is unknown, missing or of the wrong kind.
        """
        data = self.data if key is None else self.keys()[key]
        try:
            return msgspec.convert(data, type_, strict=True)
        except msgspec.ValidationError as error:
            message, _, path = str(error).partition(" - at ")
            named = re.search(r"unknown field `([^`]+)`", message)
            steps = (*([] if key is None else [key]), *_steps(path.strip("`")))
            raise ContentError(self.problem(steps, message, key=named.group(1) if named else None)) from None


def read(path: Path, name: str | None = None) -> Document:
    """Read one file.

    Args:
        path: the file.
        name: what the author calls it, in messages; its path by default.

    Raises:
        ContentError: it is missing, is no YAML, or walks into one of YAML's traps.
    """
    name = name or str(path)
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "not UTF-8"
        raise ContentError(Problem(name, 1, 1, f"cannot be read: {reason}")) from None
    try:
        root = yaml.compose(text, Loader=yaml.CSafeLoader)
    except yaml.MarkedYAMLError as error:
        raise ContentError(_unreadable(error, name)) from None
    except yaml.YAMLError as error:
        raise ContentError(Problem(name, 1, 1, f"not YAML: {error}".splitlines()[0])) from None
    if root is None:
        raise ContentError(Problem(name, 1, 1, "the file is empty"))
    try:
        problems = list(_traps(root, name))
    except RecursionError:
        raise ContentError(Problem(name, 1, 1, "an alias holds itself")) from None
    if problems:
        raise ContentError(*problems)
    loader = yaml.CSafeLoader("")
    try:
        data = loader.construct_document(root)
    except (yaml.MarkedYAMLError, ValueError) as error:
        raise ContentError(_unreadable(error, name)) from None
    finally:
        loader.dispose()
    return Document(name, data, root)


def _unreadable(error: yaml.MarkedYAMLError | ValueError, name: str) -> Problem:
    """Return what YAML's reader says as a problem, at its place where it names one."""
    if isinstance(error, ValueError):
        return Problem(name, 1, 1, f"not YAML: {error}")
    mark = error.problem_mark or error.context_mark
    line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
    return Problem(name, line, column, error.problem or "not YAML")


def _traps(node: yaml.Node, name: str) -> Iterator[Problem]:
    """Yield each place where YAML would read something else than the author sees."""
    if isinstance(node, yaml.MappingNode):
        seen: set[str] = set()
        for key, value in node.value:
            if key.tag != "tag:yaml.org,2002:str":
                yield _at(key, name, f"the key {key.value!r} is not text: put it in quotes")
            elif key.value in seen:
                yield _at(key, name, f"the key {key.value!r} stands here twice")
            seen.add(key.value)
            yield from _traps(value, name)
    elif isinstance(node, yaml.SequenceNode):
        for item in node.value:
            yield from _traps(item, name)
    elif isinstance(node, yaml.ScalarNode) and not node.style:
        if BOOLEAN_WORD.match(node.value):
            yield _at(
                node,
                name,
                f"{node.value} means true or false in YAML: put it in quotes, or write true or false",
            )
        elif ODD_NUMBER.match(node.value):
            yield _at(
                node, name, f"{node.value} is not read as it looks: write plain seconds, or put it in quotes"
            )


def _at(node: yaml.Node, name: str, message: str) -> Problem:
    return Problem(name, node.start_mark.line + 1, node.start_mark.column + 1, message)


def _steps(path: str) -> Iterator[str | int]:
    """Yield the keys and indexes of a msgspec path such as `$.flags[3].says`."""
    for match in PATH_STEP.finditer(path):
        key, index = match.groups()
        if key is not None:
            yield key
        elif index != "...":
            yield int(index)


def _mark(node: yaml.Node | None, path: tuple[str | int, ...], key: str | None) -> tuple[int, int]:
    """Return line and column, from 1, of a path's value, or of a key in the mapping there."""
    for step in path:
        found = _child(node, step)
        if found is None:
            break
        node = found
    if key is not None and isinstance(node, yaml.MappingNode):
        node = next((name for name, _ in node.value if name.value == key), node)
    if node is None:
        return 1, 1
    return node.start_mark.line + 1, node.start_mark.column + 1


def _child(node: yaml.Node | None, step: str | int) -> yaml.Node | None:
    if isinstance(node, yaml.MappingNode):
        return next((value for key, value in node.value if key.value == step), None)
    if isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
        return node.value[step]  # type: ignore[no-any-return]  # the stubs leave a node's value untyped
    return None
