"""An author's mistakes: each file of `tests/content/bad` is one, and is told as one line, at its place.

Its first line names the file of the real tree that it stands for, its second line the error, with the
line and column in the bad file itself. A file with a third line stands for a part: it goes `before` the
one line of the real file that begins like this, or `instead of` it.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml
from msgspec import Struct

from skill import build
from skill.authoring.yaml_files import ContentError
from tests.helpers import ROOT

BAD = sorted((ROOT / "tests/content/bad").glob("*.yaml"))
HEADER = re.compile(
    r"# as: (?P<name>\S+)\n# error: (?P<line>\d+):(?P<column>\d+): (?P<message>.+)\n"
    r"(# (?P<how>before|instead of): (?P<mark>.+)\n)?"
)


class Bad(Struct, frozen=True):
    """A bad file, as it says itself."""

    name: str
    text: str
    error: str


def understood(path: Path) -> Bad:
    """Return the name, the whole text and the expected error of a bad file."""
    text = path.read_text(encoding="utf-8")
    header = HEADER.match(text)
    assert header, f"{path} begins with # as: and # error:"
    name, line = header["name"], int(header["line"])
    if header["how"]:
        lines = (ROOT / name).read_text(encoding="utf-8").splitlines(keepends=True)
        at = [index for index, real in enumerate(lines) if real.startswith(header["mark"])]
        assert len(at) == 1, f"one line of {name} begins with {header['mark']!r}"
        lines[at[0] : at[0] + (header["how"] == "instead of")] = [text[header.end() :]]
        line += at[0] - 3
        text = "".join(lines)
    return Bad(name, text, f"{name}:{line}:{header['column']}: {header['message']}")


def errors(tree: Path) -> list[str]:
    return [str(problem) for problem in build.checked(tree).problems]


def test_the_real_content_has_no_errors(tree: Path) -> None:
    assert errors(tree) == []
    library, invocation_name = build.library_of(tree)
    assert library.stretches
    assert invocation_name == "gentle back"


@pytest.mark.parametrize("path", BAD, ids=lambda path: path.stem)
def test_a_mistake_is_one_error_at_its_place(tree: Path, path: Path) -> None:
    bad = understood(path)
    (tree / bad.name).write_text(bad.text, encoding="utf-8")
    with pytest.raises(ContentError) as caught:
        build.library_of(tree)
    assert [str(problem) for problem in caught.value.problems] == [bad.error]
    assert str(caught.value) == bad.error


def test_no_two_bad_files_are_the_same_mistake() -> None:
    told = [(understood(path).name, understood(path).text) for path in BAD]
    assert len(set(told)) == len(told) > 60


def test_mistakes_of_several_files_are_told_at_once_in_order(tree: Path) -> None:
    """Schema errors first; what files say about each other is checked where every file can be read."""
    by_name = {path.stem: understood(path) for path in BAD}
    for group in (
        ["unknown_key", "answer_too_long", "empty_text"],
        ["unknown_area", "help_too_long", "unknown_sign"],
    ):
        chosen = [by_name[name] for name in group]
        for bad in chosen:
            (tree / bad.name).write_text(bad.text, encoding="utf-8")
        told = [bad.error for bad in chosen]
        if group[0] == "unknown_key":
            told.remove(by_name["answer_too_long"].error)
        assert errors(tree) == sorted(told)


@pytest.mark.parametrize(
    "name",
    [
        "content/en/safety.yaml",
        "content/en/phrases.yaml",
        "content/en/speech.yaml",
        "content/en/areas.yaml",
        "content/en/listing.yaml",
        "content/locales.yaml",
        "content/sources.yaml",
        "interaction_model/intents.yaml",
    ],
)
def test_a_file_that_is_missing_is_an_error(tree: Path, name: str) -> None:
    (tree / name).unlink()
    assert errors(tree) == [f"{name}:1:1: cannot be read: No such file or directory"]


@pytest.mark.parametrize("locale", ["en-US", "en-CA", "en-GB", "en-AU", "en-IN", "other"])
def test_the_places_that_everything_falls_back_on_are_there(tree: Path, locale: str) -> None:
    path = tree / "content/locales.yaml"
    head = "".join(path.read_text(encoding="utf-8").splitlines(keepends=True)[:2])
    rows = yaml.safe_load(path.read_text(encoding="utf-8"))
    del rows[locale]
    path.write_text(head + yaml.safe_dump(rows, sort_keys=False), encoding="utf-8")
    assert errors(tree) == [f"content/locales.yaml:3:1: the row {locale} is missing"]


def test_a_stretch_without_sides_names_none(tree: Path) -> None:
    path = tree / "content/en/stretches/supine_figure_four.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("sides: each", "sides: one"), encoding="utf-8")
    told = errors(tree)
    assert told
    assert all(error.endswith((" {side} here", " {other_side} here")) for error in told)
    assert {"{side}", "{other_side}"} == {error.split()[-2] for error in told}
