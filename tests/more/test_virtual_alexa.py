"""A public npm Alexa client drives the skill through `POST /alexa`, from the built model."""

from __future__ import annotations

import re

import pytest

from tests.helpers import ROOT
from tests.more.conftest import node

pytestmark = pytest.mark.more


def test_virtual_alexa_is_screened_guided_questioned_and_stopped(url: str) -> None:
    model = ROOT / "interaction_model/interactionModels/custom/en-US.json"
    turns = node("alexa.js", f"{url}alexa", str(model))
    by_what = {turn["what"]: turn for turn in turns}
    assert [turn["state"] for turn in turns[1:8]] == ["screening"] * 6 + ["ready"]
    assert "One of six." in turns[1]["said"]
    first = by_what["i'm ready"]
    assert first["state"] == "guiding"
    assert "Your left side." in first["said"]
    breaks = [int(time) for time in re.findall(r'<break time="(\d+)ms"/>', first["ssml"])]
    assert breaks
    assert max(breaks) <= 10_000
    answer = by_what["why does it pop"]
    assert answer["state"] == "paused"
    assert "gas bubble" in answer["said"]
    assert answer["card"]["content"]
    assert by_what["AMAZON.ResumeIntent"]["state"] == "guiding"
    assert "Your left side." in by_what["AMAZON.ResumeIntent"]["said"]
    assert "Your right side." in by_what["AMAZON.NextIntent"]["said"]
    stopped = by_what["ow that hurts"]
    assert stopped["said"].startswith("Stop.")
    assert stopped["state"] == "locked"
    assert not any("<break" in turn["ssml"] for turn in turns[-2:])
    assert turns[-1]["state"] != "guiding"
