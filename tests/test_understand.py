"""The score of a file of utterances, and the scores that must not fall."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from skill import understand
from skill.app import App
from skill.cli import main
from skill.understand import Line, LinesError
from tests.helpers import ROOT

DEVELOPMENT = ROOT / "tests/utterances/dev-utterances.jsonl"
STRANGERS = ROOT / "tests/utterances/strangers.jsonl"
"""Lines that are not in the content; their misses were read, so they flatter a little."""

GOALS = {
    "stops": 1.0,
    "no_steps": 1.0,
    "emergencies": 1.0,
    "calm": 0.97,
    "navigation": 0.95,
    "screened": 0.98,
    "proceeds": 0.95,
    "seeds": 0.93,
    "others": 0.80,
    "not_wrong": 0.95,
    "out_of_scope": 0.98,
}
"""Shares of lines that have to go right, by score."""


LEEWAY = {"screened": 0.03, "navigation": 0.01, "proceeds": 0.1}
"""What the strangers' few lines of a kind may fall short of a goal; a doubtful no is asked once more."""


@pytest.mark.parametrize(
    ("lines", "leeway"), [(DEVELOPMENT, {}), (STRANGERS, LEEWAY)], ids=["own", "strangers"]
)
def test_what_people_say_reaches_every_goal(app: App, lines: Path, leeway: dict[str, float]) -> None:
    scores = understand.score(app, understand.read(lines.read_text(encoding="utf-8")))
    for name, full in GOALS.items():
        goal = full - leeway.get(name, 0.0)
        score = getattr(scores, name)
        assert score.of > 0
        assert score.right / score.of >= goal, (str(score), scores.misses)


def test_a_wrong_expectation_is_a_miss(app: App) -> None:
    """What goes otherwise than a line wants is counted against it, in the score of its kind."""
    wrong = {
        "stops": Line(utterance="why does it pop", kind="symptom_report", outcome="stop_no_resume"),
        "no_steps": Line(
            utterance="carry on", kind="symptom_report", outcome="stop_no_resume", context="routine"
        ),
        "emergencies": Line(utterance="why does it pop", kind="emergency", outcome="emergency_advice"),
        "calm": Line(utterance="my leg is numb", kind="navigation", outcome="nav:next", context="routine"),
        "navigation": Line(utterance="stop", kind="navigation", outcome="nav:next", context="routine"),
        "screened": Line(utterance="why does it pop", kind="routine_request", outcome="screen_then_routine"),
        "proceeds": Line(utterance="bananas", kind="symptom_report", outcome="proceed", context="gate: numb"),
        "seeds": Line(
            utterance="how long should i hold it",
            kind="question",
            outcome="answer",
            topic="sound_cause",
            seed_supported=True,
        ),
        "others": Line(utterance="stop", kind="question", outcome="answer", topic="pregnancy"),
        "not_wrong": Line(
            utterance="how long should i hold it", kind="question", outcome="answer", topic="sound_cause"
        ),
        "out_of_scope": Line(utterance="why does it pop", kind="out_of_scope", outcome="decline"),
    }
    assert wrong.keys() == GOALS.keys()
    for name, line in wrong.items():
        scores = understand.score(app, [line])
        assert getattr(scores, name).right < getattr(scores, name).of, name
        assert len(scores.misses) == 1, name
        assert line.utterance in scores.misses[0]


def test_a_context_is_gone_to_first(app: App) -> None:
    lines = [
        Line(utterance="no", kind="symptom_report", outcome="proceed", context="gate: any numbness?"),
        Line(utterance="no", kind="symptom_report", outcome="proceed", context="gate: recent injury?"),
        Line(utterance="next", kind="navigation", outcome="nav:next", context="routine: spinal twist"),
    ]
    assert understand.score(app, lines).misses == []


def test_a_line_that_is_none_is_told_with_its_number() -> None:
    good = '{"utterance": "stop", "kind": "navigation", "outcome": "nav:stop", "new": 1}'
    assert [line.utterance for line in understand.read(f"{good}\n\n{good}\n")] == ["stop", "stop"]
    for bad in ("{", "{}", '{"utterance": 1, "kind": "a", "outcome": "b"}'):
        with pytest.raises(LinesError, match="line 2"):
            understand.read(f"{good}\n{bad}")


def test_the_command_prints_the_scores_and_the_misses(tmp_path: Path) -> None:
    file = tmp_path / "lines.jsonl"
    file.write_text(
        '{"utterance": "why does it pop", "kind": "question", "outcome": "answer", "topic": "sound_cause"}\n'
        '{"utterance": "why does it pop", "kind": "emergency", "outcome": "emergency_advice"}\n'
    )
    result = CliRunner().invoke(main, ["understand", str(file)])
    assert result.exit_code == 0, result.output
    assert "other questions" in result.output
    assert "1 of 1" in result.output
    assert "[open] 'why does it pop': answer sound_cause" in result.output
    file.write_bytes(b"\xff")
    assert "can't decode" in CliRunner().invoke(main, ["understand", str(file)]).output
    file.write_text("{")
    assert "Error: line 1" in CliRunner().invoke(main, ["understand", str(file)]).output
