"""Words for a place and a door."""

from __future__ import annotations

import pytest

from skill.core.library import Library
from skill.core.turn import Door
from skill.core.wording import Wording
from tests.helpers import Listener


@pytest.mark.parametrize(
    ("locale", "number", "room"),
    [
        ("en-US", "911", "the emergency room"),
        ("en-GB", "999", "A and E"),
        ("en-AU", "000", "the emergency department"),
        ("en-IN", "112", "the nearest emergency department"),
        ("xx-YY", "your local emergency number", "the nearest emergency department"),
    ],
)
def test_each_place_hears_its_own_number(library: Library, locale: str, number: str, room: str) -> None:
    words = Wording(library, locale, Door.LOCAL).phrase("safety.net")
    assert number in words
    assert room in words


def test_only_alexa_hears_her_name_in_the_stop_phrase(listener: Listener) -> None:
    listener.guided()
    assert "Alexa" not in listener.words
    echo = Listener(listener.app, user="echo", door=Door.ALEXA)
    echo.guided()
    assert "say Alexa, stop." in echo.words
