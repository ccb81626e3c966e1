"""The gate is whole: no flag can be taken out of it, made milder, or told in no words."""

from __future__ import annotations

from pathlib import Path

import pytest

from skill import build
from skill.authoring.gate import FLAGS
from skill.core.library import Library, Severity
from tests.authoring import pseudo

SAFETY = "content/en/safety.yaml"
IDS = [(id_, severity) for severity, ids in FLAGS.items() for id_ in ids]


def told(tree: Path) -> list[str]:
    return [problem.message for problem in build.checked(tree).problems]


def test_every_flag_of_the_content_is_held(library: Library) -> None:
    assert {flag.id: flag.severity for flag in library.safety.flags} == dict(IDS)


def test_no_flag_can_be_taken_out(tree: Path) -> None:
    data = pseudo.loaded(tree / SAFETY)
    data["flags"] = data["flags"][:1]
    (tree / SAFETY).write_text(pseudo.dumped(data), encoding="utf-8")
    missing = {message for message in told(tree) if message.startswith("the flag ")}
    assert missing == {f"the flag {id_} is missing" for id_, _ in IDS if id_ != data["flags"][0]["id"]}


def test_no_flag_can_be_made_milder(tree: Path) -> None:
    data = pseudo.loaded(tree / SAFETY)
    graver = {flag["id"] for flag in data["flags"] if flag["severity"] in ("emergency", "urgent")}
    for flag in data["flags"]:
        if flag["id"] in graver:
            flag["severity"] = "stop"
    (tree / SAFETY).write_text(pseudo.dumped(data), encoding="utf-8")
    found = told(tree)
    for id_, severity in IDS:
        assert (f"{id_} is met as {severity}" in found) is (id_ in graver)
    assert Severity.EMERGENCY in dict(IDS).values()


@pytest.mark.parametrize(
    "tag", ["en_GB", "EN-GB", "enGB", "gb", "zz-ZZ", "de-DE", "en", "en-UK", "' en-GB '"]
)
def test_a_misspelt_place_is_told_and_so_is_the_one_that_it_was(tree: Path, tag: str) -> None:
    path = tree / "content/locales.yaml"
    text = path.read_text(encoding="utf-8").replace("\nen-GB:", f"\n{tag}:")
    path.write_text(text, encoding="utf-8")
    found = told(tree)
    assert "the row en-GB is missing" in found
    assert len(found) >= 2
