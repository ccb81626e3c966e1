"""The page, in a real browser."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.more.conftest import node

pytestmark = pytest.mark.more


def test_the_page_guides_and_stops(url: str, tmp_path: Path) -> None:
    screenshot = tmp_path / "page.png"
    seen = node("page.js", url, str(screenshot))
    assert seen["title"] == "Gentle Back"
    assert seen["place"] == "en-US", "the browser's own"
    assert len(seen["places"]) == 5
    assert seen["problems"] == []
    assert "Get into place" in seen["pause"]
    assert seen["hidden"], "no pause counts down after a stop"
    assert "Stop." in seen["log"]
    assert screenshot.stat().st_size > 10_000
