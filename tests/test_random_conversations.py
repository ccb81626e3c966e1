"""Conversations at random, in the content's own words; each failure leaves a dialogue file to replay."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule, run_state_machine_as_test

from skill.app import App
from skill.core.library import Library, Severity
from skill.core.player import State
from tests.helpers import ROOT, Listener, steps
from tests.test_dialogues import lines_of

REPLAY = ROOT / "build" / "failed-conversation.yaml"
"""The shortest conversation that failed: move it to tests/dialogues/ and say there what must come."""
STOPS = (Severity.EMERGENCY, Severity.URGENT, Severity.STOP)
"""Severities that stop everything, said anywhere by anyone."""


def sentences(library: Library) -> dict[str, list[str]]:
    """What people say: routine words, words of each intent, and reports of signs."""
    intents = library.intents.values()
    return {
        "routine": [
            "the figure four",
            "the chair twist",
            "no",
            "no",
            "no",
            "ready",
            "next",
            "carry on",
            "yes",
        ],
        "sample": [
            words for intent in intents for words in (*intent.samples, *intent.hears) if "{" not in words
        ],
        "sign": [
            words for flag in library.safety.flags if flag.severity in STOPS for words in flag.own_negation
        ],
    }


class Conversation(RuleBasedStateMachine):
    """One listener, who says and does anything."""

    app: App
    words: dict[str, list[str]]
    replay: Path = REPLAY
    count = 0

    def __init__(self) -> None:
        super().__init__()
        Conversation.count += 1
        self.listener = Listener(self.app, user=f"random {Conversation.count}")
        self.lines: list[dict[str, Any]] = []

    @rule(
        data=st.data(),
        kind=st.sampled_from(["routine", "routine", "sample"]),
        after=st.sampled_from([1, 8, 70, 700]),
    )
    def says(self, data: st.DataObject, kind: str, after: int) -> None:
        words = data.draw(st.sampled_from(self.words[kind]))
        with self.recorded(say=words, after=after):
            self.takes(after, lambda: self.listener.says(words))

    @rule(data=st.data(), after=st.sampled_from([1, 8]))
    def reports_a_sign(self, data: st.DataObject, after: int) -> None:
        words = data.draw(st.sampled_from(self.words["sign"]))
        with self.recorded(say=words, after=after):
            self.takes(after, lambda: self.listener.says(words))
            assert self.listener.state is State.LOCKED
            assert not steps(self.listener.reply)

    @rule(after=st.sampled_from([8, 100]))
    def is_silent(self, after: int) -> None:
        with self.recorded(silence=True, after=after):
            self.takes(after, lambda: self.listener.does("Silence"))
            assert not steps(self.listener.reply), "silence never advances"

    @rule()
    def comes_back(self) -> None:
        with self.recorded(new_session=True, launch=True):
            self.listener = self.listener.again()
            self.listener.does("LaunchRequest")

    def takes(self, after: int, turn: Callable[[], object]) -> None:
        """Take a turn; the invariants of every reply are the listener's."""
        locked = self.listener.state is State.LOCKED
        self.listener.wait(after)
        turn()
        if locked:
            assert self.listener.state is State.LOCKED, "nothing but a new session unlocks"

    @contextmanager
    def recorded(self, **line: Any) -> Iterator[None]:
        """Keep a turn, and write the conversation down where it fails."""
        self.lines.append(line)
        try:
            yield
        except Exception:
            self.replay.parent.mkdir(parents=True, exist_ok=True)
            self.replay.write_text("".join(f"- {json.dumps(each)}\n" for each in self.lines))
            raise


@pytest.fixture
def machine(app: App, library: Library, monkeypatch: pytest.MonkeyPatch) -> type[Conversation]:
    monkeypatch.setattr(Conversation, "app", app, raising=False)
    monkeypatch.setattr(Conversation, "words", sentences(library), raising=False)
    return Conversation


def test_no_conversation_breaks_an_invariant(machine: type[Conversation]) -> None:
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=50, stateful_step_count=25, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )


def test_a_failure_leaves_a_dialogue_that_can_be_replayed(
    machine: type[Conversation], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(machine, "replay", tmp_path / "failed.yaml")
    one = machine()
    with one.recorded(say="the figure four", after=1):
        one.listener.says("the figure four")
    with pytest.raises(ZeroDivisionError), one.recorded(silence=True, after=8):
        raise ZeroDivisionError
    said, silent = lines_of(tmp_path / "failed.yaml")
    assert said.say == "the figure four"
    assert silent.silence
    assert silent.after == 8
