"""A session that comes back as it never was becomes a new one, and never skips the screen."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec
import pytest

from skill.app import App
from skill.core.block import Mark, Step
from skill.core.library import Side
from skill.core.player import State
from skill.core.session import Asked, Dose, Place, Planned
from tests.helpers import Listener

GUIDING: dict[str, Any] = {"state": State.GUIDING, "screened_at": 0.0}
RUB = (Planned("hands_clasped_rub", (20.0,)),)
FOUR = (Planned("supine_figure_four", (20.0, 20.0)),)


@pytest.mark.parametrize(
    "changes",
    [
        {"content": "another"},
        {"state": State.GUIDING, "place": None},
        {"state": State.READY, "place": None},
        {"state": State.SCREENING, "place": Place(None, FOUR)},
        {"state": State.SCREENING, "place": Place(None, FOUR), "question": 7},
        {"state": State.SCREENING, "place": Place(None, FOUR), "question": 2, "asked": Asked.SINCE},
        {"question": 3},
        {"place": Place(None, FOUR)},
        {"topic": "nothing"},
        {"choices": ("sound_cause", "nothing")},
        {"asked": Asked.WHICH, "choices": ("sound_cause",)},
        {"heard_at": datetime(2026, 1, 1)},
        {"doses": {"x": Dose(4, 0)}},
        {"doses": {"x": Dose(0, -1)}},
        GUIDING | {"place": Place(None, ())},
        GUIDING | {"place": Place(None, (Planned("the_splits", (20.0,)),))},
        GUIDING | {"place": Place(None, (Planned("supine_figure_four", (20.0, 20.0, 20.0)),))},
        GUIDING | {"place": Place(None, (Planned("supine_figure_four", (20.0, 31.0)),))},
        GUIDING | {"place": Place("nothing", FOUR)},
        GUIDING | {"place": Place(None, FOUR, block=9)},
        GUIDING | {"place": Place(None, FOUR, block=1, through=0)},
        GUIDING | {"place": Place(None, FOUR, through=2)},
        GUIDING | {"place": Place(None, RUB, again=Side.LEFT)},
        GUIDING | {"place": Place(None, FOUR, through=1, again=Side.LEFT)},
        {"left_out": ("the_splits",)},
        GUIDING | {"place": Place(None, FOUR, repetitions=9)},
        GUIDING | {"place": Place(None, FOUR, mark=Mark(Step.HOLD, Side.RIGHT))},
        GUIDING | {"place": Place(None, FOUR, mark=Mark(Step.HOLD, Side.LEFT, 7))},
        GUIDING | {"place": Place(None, FOUR, mark=Mark(Step.HOLD, Side.LEFT, 0, -5.0))},
    ],
)
def test_what_makes_no_sense_becomes_a_new_session(app: App, changes: dict[str, Any]) -> None:
    one = Listener(app, user=f"odd {changes}")
    one.says("why does it pop")
    assert one.session is not None
    odd = msgspec.structs.replace(one.session, **changes)
    for words in ("next", "ready", "no", "why does it pop", "the figure four"):
        one.session = odd
        one.says(words)
        assert one.state in (State.IDLE, State.SCREENING)
    one.session = msgspec.structs.replace(odd, state=State.LOCKED)
    one.says("the figure four")
    assert one.state is State.LOCKED


def test_a_session_that_makes_sense_goes_on(app: App) -> None:
    one = Listener(app, user="sense").guided().at_hold(5)
    one.session = msgspec.convert(msgspec.to_builtins(one.session), type(one.session))
    assert one.says("how long left").action == "time-left"
    assert one.state is State.GUIDING
