"""How stretches, routines and answers have to be built; the wording has tests of its own."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from skill import build
from skill.authoring.compile import CITATIONS, gather
from skill.authoring.rules import MINUTES
from skill.core import fitting, planner
from skill.core.fitting import Known
from skill.core.library import Level, Library
from skill.core.planner import Delivery
from skill.core.preferences import Pace, Preferences
from skill.core.turn import Door
from skill.core.wording import OTHER, Wording
from tests.helpers import ROOT

TWIST = "content/en/stretches/lying_knee_roll_twist.yaml"
UNWIND = "content/en/routines/floor_unwind.yaml"


def broken(tree: Path, name: str, pattern: str, by: str) -> list[str]:
    """Change the one line of a file that begins so, and return what is wrong then."""
    path = tree / name
    text, count = re.subn(rf"(?m)^{pattern}.*$", by, path.read_text(encoding="utf-8"))
    assert count == 1
    path.write_text(text, encoding="utf-8")
    return [str(problem) for problem in build.checked(tree).problems]


@pytest.mark.parametrize("word", ["pull", "Grab", "lever", "presses", "push", "bouncing"])
@pytest.mark.parametrize("key", ["breath", "way_out", "purpose", "feel"])
def test_a_rotation_has_no_word_of_force(tree: Path, key: str, word: str) -> None:
    told = broken(tree, TWIST, f"{key}:", f"{key}: Never {word} there.")
    assert any(f"C1: a rotation has no {word!r}" in error for error in told)
    assert all(error.startswith(f"{TWIST}:") for error in told)


def test_another_stretch_may_have_them(tree: Path) -> None:
    name = "content/en/stretches/supine_figure_four.yaml"
    assert broken(tree, name, "breath:", "breath: Do not pull, and breathe slowly.") == []


def test_a_careful_stretch_has_a_caution(tree: Path) -> None:
    told = broken(tree, "content/en/stretches/trunk_rotation.yaml", "caution:", "# nothing")
    assert len(told) == 1
    assert told[0].endswith("a careful or cleared stretch has a caution, and a gentle one has none")


def test_a_routine_takes_at_most_ten_minutes_at_every_pace(tree: Path) -> None:
    many = ", ".join(["lying_knee_roll_twist"] * 5)
    told = broken(tree, UNWIND, "stretches:", f"stretches: [{many}]")
    assert len(told) == 1
    assert re.fullmatch(rf"{UNWIND}:\d+:12: 1\d min \d+ s at the pace slow, more than 10 min", told[0])


def test_every_routine_is_in_time_everywhere(library: Library) -> None:
    for locale in library.locales:
        wording = Wording(library, locale if locale != OTHER else "xx-XX", Door.ALEXA)
        for routine in library.routines.values():
            plan = fitting.of_routine(routine, Known(), library)
            paces = (Preferences(pace=pace) for pace in (Pace.FAST, Pace.NORMAL, Pace.SLOW))
            times = [planner.seconds(plan, Delivery(wording, one, 210.0)) for one in paces]
            assert times == sorted(times)
            assert times[-1] <= 60 * MINUTES


def test_an_answer_has_one_to_three_sentences(tree: Path) -> None:
    name = "content/en/answers/aim.yaml"
    told = broken(tree, name, "answer: >-", "answer: >-\n  No. No. No.")
    assert [error.partition(": ")[2] for error in told] == ["6 sentences, more than 3"]


def test_an_unknown_stretch_of_a_routine_is_one_error(tree: Path) -> None:
    told = broken(tree, UNWIND, "stretches:", "stretches: [nothing_here, lying_knee_roll_twist]")
    assert [error.partition(": ")[2] for error in told] == ["there is no stretch nothing_here"]


def test_an_unknown_source_of_an_answer_is_told(tree: Path) -> None:
    told = broken(tree, "content/en/answers/aim.yaml", "sources:", "sources: [seed-000, HEARSAY]")
    assert [error.partition(": ")[2] for error in told] == [f"there is no source HEARSAY in {CITATIONS}"]


def test_every_source_of_the_content_says_what_it_is() -> None:
    source, library, _ = gather(ROOT)
    assert library is not None
    used = {name for flag in library.safety.flags for name in flag.sources}
    used |= {name for stretch in library.stretches.values() for name in stretch.sources}
    used |= {name for answer in library.answers.values() for name in answer.sources}
    assert used <= source.citations.keys()


def test_levels_have_an_order() -> None:
    assert list(Level) == [Level.GENTLE, Level.CAREFUL, Level.CLEARED]
