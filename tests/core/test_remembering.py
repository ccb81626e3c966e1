"""What is told of what is kept, and what is erased."""

from __future__ import annotations

import pytest

from skill.app import App
from skill.core.errors import StoreError
from skill.core.library import Library
from skill.store.memory import MemoryStore
from tests.helpers import Listener


class Down(MemoryStore):
    """A store that cannot be reached."""

    def get(self, key: str, now: object) -> None:
        raise StoreError("down")


def test_nothing_is_kept_of_someone_new(listener: Listener) -> None:
    listener.says("what do you know about me")
    assert "I have nothing about you yet." in listener.words
    assert "nothing about your health" in listener.words
    listener.says("how often did i stretch this week")
    assert "You have not finished a routine in the last seven days." in listener.words


@pytest.mark.parametrize(("days", "when"), [(0, "today"), (1, "yesterday"), (4, "4 days ago")])
def test_how_often_and_when_is_told(listener: Listener, days: int, when: str) -> None:
    listener.guided("floor unwind").to_the_end().says("next")
    listener.to_the_end().says("next")
    back = listener.again().wait(days * 86_400)
    back.says("how often did i stretch this week")
    assert "You finished one routine in the last seven days." in back.words
    assert f"The last one was the quick floor unwind, {when}." in back.words
    gone = listener.again().wait(8 * 86_400)
    gone.says("how often did i stretch this week")
    assert "You have not finished a routine" in gone.words


def test_a_stretch_by_itself_is_named_too(listener: Listener) -> None:
    listener.guided().to_the_end().says("next")
    listener.to_the_end().says("next")
    for _ in range(2):
        listener = listener.again().wait(60)
        listener.says("what do you know about me")
        assert "The last one was the supine figure four, today." in listener.words


def test_where_a_stretch_was_left_is_told(listener: Listener) -> None:
    listener.guided("chair break").says("skip this one")
    listener.at_hold(3).says("stop")
    back = listener.again()
    back.says("what do you know about me")
    assert "You were in the hands clasped rub." in back.words


def test_who_is_forgotten_is_new_and_all_preferences_are_gone(listener: Listener) -> None:
    for words in ("slower", "fewer words", "turn the tone on", "don't stop between stretches"):
        listener.says(words)
    assert listener.says("forget me").segments
    assert listener.session
    assert listener.session.preferences == type(listener.session.preferences)()
    back = listener.again()
    back.does("LaunchRequest")
    assert back.words.startswith("Welcome to Gentle Back.")


def test_while_the_store_is_down_nothing_is_told_of_anyone(library: Library) -> None:
    one = Listener(App(library, Down(), b"key"))
    for words in ("what do you know about me", "how often did i stretch this week"):
        one.does({"w": "AboutMeIntent", "h": "HistoryIntent"}[words[0]])
        assert "my memory is not working" in one.words
