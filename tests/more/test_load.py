"""Many conversations at once against a real server, killed meanwhile: nothing lost, nothing doubled."""

from __future__ import annotations

import pytest

from bench.load import measure
from bench.result import Plan, Result

pytestmark = pytest.mark.more


def held(plan: Plan) -> Result:
    """What came of a plan whose every answer, place and record was right."""
    result = measure(plan)
    assert result.faults == []
    assert result.complaints == {}
    assert result.talking == plan.conversations, "all were in a conversation at the same time"
    assert result.finished
    assert result.offered == result.left > 0
    return result


def test_every_conversation_is_held() -> None:
    held(Plan(conversations=40, seconds=6, pause=0.4))


@pytest.mark.parametrize("store", ["sqlite", "dynamodb"])
def test_a_killed_server_loses_and_doubles_nothing(store: str) -> None:
    result = held(Plan(conversations=40, seconds=6, pause=0.4, store=store, kills=1))
    assert len(result.outages) == 1
    assert result.in_flight[0] > 1
