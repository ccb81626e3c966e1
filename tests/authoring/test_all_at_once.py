"""Every file's first schema error and every cross-file error come in one run."""

from __future__ import annotations

import shutil
from pathlib import Path

from skill import build
from tests.helpers import ROOT

MISTAKES = {
    "content/en/stretches/supine_figure_four.yaml": ("level: gentle", "level: mild", "Invalid enum value"),
    "content/en/stretches/lying_knee_roll_twist.yaml": ("{side}, and keep", "{sid}, and keep", "{sid}"),
    "content/en/answers/sound_cause.yaml": ("title:", "titel: x\ntitle:", "unknown field `titel`"),
    "content/en/routines/chair_break.yaml": ("hands_clasped_rub", "hands_on", "no stretch hands_on"),
    "content/en/phrases.yaml": ("guide.pop: {say: ", "guide.pop: {sey: ", "unknown field `sey`"),
    "content/locales.yaml": ('emergency_number: "999"', 'number: "999"', "unknown field `number`"),
}
"""File, what stands in it, the mistake, and what its error says."""


def test_every_file_tells_its_mistake_in_one_run(tmp_path: Path) -> None:
    for folder in ("content", "interaction_model"):
        shutil.copytree(ROOT / folder, tmp_path / folder)
    for name, (right, wrong, _) in MISTAKES.items():
        text = (tmp_path / name).read_text()
        assert right in text
        (tmp_path / name).write_text(text.replace(right, wrong, 1))
    problems = build.checked(tmp_path).problems
    assert {problem.file for problem in problems} == set(MISTAKES)
    for name, (_, _, message) in MISTAKES.items():
        assert any(message in problem.message for problem in problems if problem.file == name), name
