"""The conversations in the documentation are what a listener hears today."""

from __future__ import annotations

from pathlib import Path

import pytest

from skill import transcripts
from skill.core.library import Library
from skill.lazy import LazyMatcher
from tests.helpers import ROOT

PAGES = [ROOT / "README.md", *sorted((ROOT / "docs/transcripts").glob("*.md"))]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_a_page_is_current(page: Path, library: Library, matcher: LazyMatcher) -> None:
    text = page.read_text(encoding="utf-8")
    assert transcripts.MARK in text
    assert transcripts.refreshed(text, library, matcher()) == text, "run gentle-back transcripts"


def test_every_kind_of_conversation_is_there() -> None:
    assert {page.stem for page in PAGES} >= {"chair", "floor", "hurt", "interrupted", "returning"}


def test_what_is_typed_stays_and_what_is_heard_is_made(library: Library) -> None:
    block = "> (opens the skill)\n    Nonsense.\n> (says nothing)\n"
    page = f"Before.\n\n{transcripts.MARK}\n```text\n{block}```\nAfter.\n"
    told = transcripts.refreshed(page, library, None)
    assert told.startswith("Before.")
    assert told.endswith("After.\n")
    assert "Nonsense" not in told
    assert "> (opens the skill)\n    Welcome to Gentle Back." in told
    assert "> (says nothing)\n    I'll leave it there. Take care.\n" in told


def test_days_pass_and_a_session_closes(library: Library) -> None:
    typed = ["slower", "(the session closes)", "(3 days later)", "(opens the skill)", "(2 s in) stop"]
    block = "".join(f"> {line}\n" for line in typed)
    told = transcripts.refreshed(f"{transcripts.MARK}\n```text\n{block}```", library, None)
    assert "> (3 days later)\n> (opens the skill)\n    Welcome back.\n" in told
