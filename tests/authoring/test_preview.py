"""A preview is what a listener hears, with its seconds."""

from __future__ import annotations

import itertools
import re

import pytest
from click.testing import CliRunner

from skill.authoring.preview import UnknownError, preview
from skill.cli import main
from skill.core.library import Library

LINE = re.compile(r" {,6}(?P<start>\d+\.\d)  (?P<text>.+)")


def timed(lines: list[str]) -> list[tuple[float, str]]:
    found = [LINE.fullmatch(line) for line in lines]
    return [(float(line["start"]), line["text"]) for line in found if line]


def test_a_stretch_is_heard_in_blocks(library: Library) -> None:
    lines = preview(library, "supine_figure_four", "en-US")
    stretch = library.stretches["supine_figure_four"]
    assert lines[0] == "block 1 of 2: supine figure four, left"
    assert sum(line.startswith("block ") for line in lines) == 2
    heard = timed(lines)
    assert heard[0][0] == 0.0
    assert stretch.set_up in heard[0][1]
    assert [start for start, _ in heard] == sorted(start for start, _ in heard)
    assert heard[1][1] == f"... {stretch.set_up_seconds:g} s"
    assert heard[-1][1].endswith("Any pain, tingling or numbness?")
    assert re.fullmatch(r"\d+ min \d+ s, and the answers to 2 check-ins", lines[-1])
    assert not any("{" in line for line in lines)


def test_a_pause_takes_its_seconds(library: Library) -> None:
    heard = timed(preview(library, "lying_knee_roll_twist", "en-US"))
    pauses = 0
    for (start, text), (then, _) in itertools.pairwise(heard):
        if pause := re.fullmatch(r"\.\.\. ([\d.]+) s", text):
            assert then - start == pytest.approx(float(pause[1]), abs=0.11)
            pauses += 1
    assert pauses > 4


def test_a_careful_stretch_begins_with_its_caution(library: Library) -> None:
    stretch = library.stretches["trunk_rotation"]
    assert preview(library, stretch.id, "en-US")[0] == f"before ready: {stretch.caution}"


def test_a_routine_is_its_stretches_one_after_the_other(library: Library) -> None:
    routine = library.routines["hip_ease"]
    lines = preview(library, "hip_ease", "en-US")
    named = [line.partition(": ")[2].partition(",")[0] for line in lines if line.startswith("block ")]
    assert list(dict.fromkeys(named)) == [library.stretches[id_].name for id_ in routine.stretches]
    assert sum("That was the last one" in line for line in lines) == 1


def test_an_answer_is_heard_in_the_words_of_its_place(library: Library) -> None:
    there = preview(library, "neck_cracking", "en-GB")
    here = preview(library, "neck_cracking", "en-US")
    assert any("call 999" in line for line in there)
    assert any("physiotherapist" in line for line in there)
    assert any("call 911" in line for line in here)
    assert there[-2] == "and where it is from:"
    assert timed(there)[0][0] == 0.0 < timed(there)[1][0]


def test_the_emergency_signs_follow_an_answer_about_danger(library: Library) -> None:
    signs = library.phrases["safety.net"].say.split(".")[0]
    for answer in library.answers.values():
        assert answer.emergency_signs == any(signs in line for line in preview(library, answer.id, "en-US"))


def test_every_piece_of_the_content_can_be_heard(library: Library) -> None:
    safety = library.safety
    flags, refusals = [flag.id for flag in safety.flags], [refusal.id for refusal in safety.refusals]
    texts = [*flags, *refusals, *(word.id for word in safety.definitions)]
    for id_ in (*library.stretches, *library.routines, *library.answers, *texts):
        for locale in ("en-US", "en-AU", "xx-XX"):
            lines = preview(library, id_, locale)
            assert timed(lines)
            assert not any("{" in line for line in lines)


def test_an_unknown_id_is_told_with_its_neighbours(library: Library) -> None:
    with pytest.raises(UnknownError, match=r"^there is no supine_figure_foru; near it: supine_figure_four"):
        preview(library, "supine_figure_foru", "en-US")
    with pytest.raises(UnknownError, match=r"^there is no qqqq$"):
        preview(library, "qqqq", "en-US")


def test_the_command_takes_a_place() -> None:
    result = CliRunner().invoke(main, ["preview", "e07_chest_pain", "--locale", "en-GB"])
    assert result.exit_code == 0, result.output
    assert "999" in result.output
    unknown = CliRunner().invoke(main, ["preview", "figure_for"])
    assert unknown.exit_code == 1
    assert unknown.output.startswith("Error: there is no figure_for; near it: figure_four")
