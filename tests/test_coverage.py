"""`docs/coverage.md` names only what exists, and has a row for every sentence of the two articles."""

from __future__ import annotations

import re
from collections.abc import Container

import msgspec
import pytest

from skill.core.library import Library, Stretch
from tests.helpers import ROOT

COVERAGE = (ROOT / "docs" / "coverage.md").read_text(encoding="utf-8")

# The articles are not in this repository, so the numbers of their sentences stand here: each sentence,
# heading, label and credit once; not the items' numbers, the advertisements and the voting buttons.
SENTENCES = {"seed-000": 30, "seed-003": 135}


def rows(article: str) -> list[list[str]]:
    """Return the cells of each row of an article's table."""
    (section,) = (part for part in COVERAGE.split("\n## ") if part.startswith(f"`{article}`"))
    lines = [line for line in section.splitlines() if re.match(r"\| \d", line)]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


def every_id() -> list[str]:
    """Return what the tables name, once each."""
    heard = " ".join(row[2] for article in SENTENCES for row in rows(article))
    return list(dict.fromkeys(re.findall(r"`([^`]+)`", heard)))


@pytest.mark.parametrize("article", SENTENCES)
def test_every_sentence_has_a_row(article: str) -> None:
    table = rows(article)
    assert [int(row[0]) for row in table] == list(range(1, SENTENCES[article] + 1))
    for number, sentence, heard, note in table:
        assert sentence, f"row {number} says no sentence"
        assert "`" in heard or note, f"row {number} says neither where it is heard nor why not"


@pytest.mark.parametrize("named", every_id())
def test_what_a_row_names_exists(library: Library, named: str) -> None:
    kind, _, id_ = named.partition(":")
    id_, _, step = id_.partition(".") if kind == "stretch" else (id_, "", "")
    known: dict[str, Container[str]] = {
        "stretch": library.stretches,
        "routine": library.routines,
        "answer": library.answers,
        "phrase": library.phrases,
        "flag": {flag.id for flag in library.safety.flags},
    }
    assert id_ in known[kind]
    if kind == "stretch":
        assert step in {field.name for field in msgspec.structs.fields(Stretch)}
        assert isinstance(getattr(library.stretches[id_], step), str), "it is no text that is spoken"


def test_every_stretch_is_named(library: Library) -> None:
    named = {id_.removeprefix("stretch:").split(".")[0] for id_ in every_id() if id_.startswith("stretch:")}
    assert named == set(library.stretches)
