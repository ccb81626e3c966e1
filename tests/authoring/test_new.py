"""A new file begins as a skeleton that holds every key, and whose first error says what to fill in."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest
import yaml
from click.testing import CliRunner

from skill import build
from skill.authoring import new
from skill.cli import main
from skill.core.errors import GentleBackError
from skill.core.library import Answer, Routine, Stretch
from tests.helpers import ROOT

TYPES: dict[str, type[Stretch | Routine | Answer]] = {
    "stretch": Stretch,
    "routine": Routine,
    "answer": Answer,
}


@pytest.mark.parametrize("kind", new.KINDS)
def test_a_skeleton_has_every_key_and_its_schema(tree: Path, kind: str) -> None:
    text = (tree / new.write(tree, kind, "brand_new")).read_text(encoding="utf-8")
    assert text.startswith(f"# yaml-language-server: $schema=../../schema/{kind}.json\n")
    assert (ROOT / f"content/schema/{kind}.json").exists()
    given = yaml.safe_load(text)
    assert given["id"] == "brand_new"
    # A gentle stretch has no caution: there, the key stands in a comment.
    missing = {field.name for field in msgspec.structs.fields(TYPES[kind])} - given.keys()
    assert missing == ({"caution"} if kind == "stretch" else set())
    assert all(f"# {key}:" in text for key in missing)
    assert msgspec.convert(given, TYPES[kind]).id == "brand_new"


@pytest.mark.parametrize("kind", new.KINDS)
def test_the_first_error_of_a_skeleton_says_what_to_fill_in(tree: Path, kind: str) -> None:
    file = new.write(tree, kind, "brand_new")
    told = build.checked(tree).problems
    assert len(told) > 2
    assert all(problem.file == file and problem.message.startswith("fill in: ") for problem in told)
    lines = (tree / file).read_text(encoding="utf-8").splitlines()
    for problem in told:
        assert lines[problem.line - 1][problem.column - 1 :].startswith(("<", '"<', ">-"))
    first = {"answer": "the heading of the card that shows the answer"}.get(kind, "what it is called aloud")
    assert told[0].message == f"fill in: {first}"


def test_what_others_did_wrong_is_told_beside_it(tree: Path) -> None:
    file = new.write(tree, "answer", "brand_new")
    path = tree / "content/en/routines/floor_unwind.yaml"
    text = path.read_text(encoding="utf-8").replace("stretches: [", "stretches: [nothing_here, ")
    path.write_text(text, encoding="utf-8")
    told = build.checked(tree).problems
    assert [problem.message for problem in told if problem.file != file] == [
        "there is no stretch nothing_here"
    ]


@pytest.mark.parametrize(
    "name", ["Twist", "wide-roll", "1roll", "roll_", "../roll", "", "a" * 61, "wide roll"]
)
def test_a_bad_name_is_refused(tree: Path, name: str) -> None:
    with pytest.raises(new.NewError, match="is no name"):
        new.write(tree, "stretch", name)


def test_a_file_that_is_there_is_refused(tree: Path) -> None:
    path = tree / "content/en/stretches/supine_figure_four.yaml"
    before = path.read_text(encoding="utf-8")
    with pytest.raises(new.NewError, match=r"supine_figure_four\.yaml is there already"):
        new.write(tree, "stretch", "supine_figure_four")
    assert path.read_text(encoding="utf-8") == before
    assert issubclass(new.NewError, GentleBackError)


def test_the_command_tells_what_it_wrote(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GENTLE_BACK_CONTENT", str(tree))
    result = CliRunner().invoke(main, ["new", "answer", "cold_back"])
    assert result.exit_code == 0, result.output
    assert result.output.startswith("content/en/answers/cold_back.yaml: ")
    again = CliRunner().invoke(main, ["new", "answer", "cold_back"])
    assert again.exit_code == 1
    assert again.output == "Error: content/en/answers/cold_back.yaml is there already\n"
    assert CliRunner().invoke(main, ["new", "song", "cold_back"]).exit_code == 2
    checked = CliRunner().invoke(main, ["check"])
    assert checked.output.splitlines()[0] == (
        "content/en/answers/cold_back.yaml:6:8: fill in: the heading of the card that shows the answer"
    )
