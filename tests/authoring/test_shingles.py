"""Eight words in a row of an article are found, by hashes that hold no word of it."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from skill import build
from skill.authoring.shingles import FILE, hashed, of_articles, runs, shared
from tests.helpers import ROOT

SEEDS = ROOT.parent / "shared/seeds"
OURS = "Seven green snails walk slowly over the old garden wall."
KNOWN = frozenset(map(hashed, runs(OURS)))


def test_a_run_is_eight_words_without_case_signs_or_notes() -> None:
    assert list(runs("One two, THREE four[3] \u201cfive\u201d six seven. Eight nine")) == [
        "one two three four five six seven eight",
        "two three four five six seven eight nine",
    ]
    assert list(runs("one two three four five six seven")) == []


@pytest.mark.parametrize(
    "text",
    [
        OURS,
        "Look: seven green snails! Seven, GREEN: snails walk; slowly over the old.",
        "Then green snails walk slowly over the old garden",
    ],
)
def test_a_shared_run_is_found(text: str) -> None:
    assert shared(text, KNOWN)


@pytest.mark.parametrize(
    "text",
    [
        "Seven green snails walk slowly over the garden wall.",
        "Seven green snails walk {adverb} slowly over the old garden wall.",
        "Snails.",
    ],
)
def test_fewer_words_in_a_row_are_nobodys(text: str) -> None:
    assert shared(text, KNOWN) is None


def test_a_side_is_tried_both_ways() -> None:
    known = frozenset(map(hashed, runs("put your right foot over your left knee now")))
    assert shared("Put your {side} foot over your {other_side} knee now.", known)


def test_the_file_is_hashes_and_nothing_else() -> None:
    lines = (ROOT / FILE).read_text(encoding="ascii").splitlines()
    assert len(lines) > 1000
    assert lines == sorted(set(lines))
    assert all(re.fullmatch("[0-9a-f]{12}", line) for line in lines)


@pytest.mark.skipif(not SEEDS.is_dir(), reason="the articles are not kept in the repository")
def test_the_file_is_that_of_the_articles() -> None:
    assert of_articles(SEEDS.glob("*.txt")) == (ROOT / FILE).read_text(encoding="ascii").split()


def test_the_file_can_be_made_again(tmp_path: Path) -> None:
    article = tmp_path / "article.txt"
    article.write_text(OURS, encoding="utf-8")
    made = subprocess.run(
        [sys.executable, "-m", "skill.authoring.shingles", str(article)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert made.stdout.split() == sorted(KNOWN)
    assert of_articles([article]) == sorted(KNOWN)


def test_content_without_the_file_has_an_error(tmp_path: Path) -> None:
    for folder in ("content", "interaction_model"):
        shutil.copytree(ROOT / folder, tmp_path / folder)
    (tmp_path / FILE).unlink()
    told = [str(problem) for problem in build.checked(tmp_path).problems]
    assert told == [f"{FILE}:1:1: cannot be read: make it again, see CONTRIBUTING.md"]
