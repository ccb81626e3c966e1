"""The page for Amazon's checklist cannot go stale: its rows, its tests and its links are real."""

from __future__ import annotations

import ast
import re
from functools import cache

import pytest

from tests.helpers import ROOT

PAGE = ROOT / "docs/certification.md"
IDS = [
    *(f"H{number}" for number in range(1, 6)),
    *(f"P{number}" for number in range(1, 3)),
    *(f"S{number}" for number in range(1, 4)),
    *(f"V{number}" for number in range(1, 9)),
    *(f"F{number}" for number in range(1, 5)),
    *(f"R{number}" for number in range(1, 4)),
]
"""The rows of the checklist (platform facts, section B)."""
ROWS = [
    [cell.strip() for cell in line.strip("|\n").split("|")]
    for line in PAGE.read_text(encoding="utf-8").splitlines()
    if re.match(r"\| [A-Z]\d+ \|", line)
]
LINK = re.compile(r"\[[^\]]+\]\(([^)#]+)(?:#([^)]+))?\)")


@cache
def functions(file: str) -> frozenset[str]:
    """The names of a file's test functions; none where there is no such file."""
    path = ROOT / "tests" / file
    if not path.exists():
        return frozenset()
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return frozenset(node.name for node in tree.body if isinstance(node, ast.FunctionDef))


def anchors(text: str) -> set[str]:
    """The anchors of a page's headings."""
    headings = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}


def test_every_row_of_the_checklist_is_on_the_page_once() -> None:
    assert [row[0] for row in ROWS] == IDS


@pytest.mark.parametrize("row", ROWS, ids=IDS[: len(ROWS)])
def test_every_test_of_a_row_exists(row: list[str]) -> None:
    _, rule, tests, _ = row
    named = re.findall(r"`([\w/]+\.py)::(test_\w+)`", tests)
    assert rule
    assert named
    assert [f"{file}::{name}" for file, name in named if name not in functions(file)] == []


@pytest.mark.parametrize("row", ROWS, ids=IDS[: len(ROWS)])
def test_every_row_shows_where_it_happens(row: list[str]) -> None:
    links = LINK.findall(row[3])
    assert links
    for target, anchor in links:
        path = (PAGE.parent / target).resolve()
        assert path.is_file(), target
        assert not anchor or anchor in anchors(path.read_text(encoding="utf-8")), (target, anchor)


def test_whatever_else_a_row_names_exists() -> None:
    files = {name for row in ROWS for name in re.findall(r"`([\w/]+\.\w+)`", row[2])}
    assert [name for name in files if not (ROOT / name).is_file()] == []
