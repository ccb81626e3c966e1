"""From the author's files to one library."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from skill.authoring import listing
from skill.authoring.compile import Source, gather, intent_name
from skill.authoring.yaml_files import Problem
from skill.core.library import Library
from tests.helpers import ROOT


@pytest.fixture(scope="module")
def gathered() -> tuple[Source, Library]:
    source, library, name = gather(ROOT)
    assert source.problems == []
    assert library is not None
    assert name == "gentle back"
    return source, library


def test_every_file_of_the_content_is_read(gathered: tuple[Source, Library]) -> None:
    source, library = gathered
    files = {str(path.relative_to(ROOT)) for path in (ROOT / "content").rglob("*.yaml")}
    assert set(source.documents) == files - {f"content/en/{listing.FILE}"} | {
        "interaction_model/intents.yaml"
    }
    for folder, values in (
        ("stretches", library.stretches),
        ("routines", library.routines),
        ("answers", library.answers),
    ):
        assert set(values) == {path.stem for path in (ROOT / "content/en" / folder).glob("*.yaml")}
        assert [value.id for value in values.values()] == list(values)


def test_every_answer_and_every_refusal_gets_an_intent(gathered: tuple[Source, Library]) -> None:
    _, library = gathered
    asked = {intent.topic: intent for intent in library.intents.values() if intent.route == "ask"}
    assert {topic: intent.samples for topic, intent in asked.items()} == {
        answer.id: answer.asks for answer in library.answers.values()
    }
    declined = {intent.topic: intent for intent in library.intents.values() if intent.route == "refuse"}
    assert {topic: intent.samples for topic, intent in declined.items()} == {
        refusal.id: refusal.says for refusal in library.safety.refusals
    }


def test_the_content_fills_the_slot_types(gathered: tuple[Source, Library]) -> None:
    _, library = gathered
    types = library.slot_types
    stretch = library.stretches["supine_figure_four"]
    assert types["Stretch"]["supine_figure_four"] == (stretch.name, *stretch.synonyms)
    assert set(types["Routine"]) == set(library.routines)
    assert set(types["Area"]) == set(library.areas)
    assert set(types["Word"]) == {word.id for word in library.safety.definitions}
    for flag in library.safety.flags:
        assert types["Symptom"][flag.id] == (*flag.says, *flag.own_negation)
    assert "floor" in types["Position"]


@pytest.mark.parametrize(
    ("prefix", "id_", "name"),
    [
        ("Ask", "is_it_bad", "AskIsItBadIntent"),
        ("Decline", "force", "DeclineForceIntent"),
        ("Ask", "a_b", "AskABIntent"),
    ],
)
def test_a_made_intent_is_named_after_its_content(prefix: str, id_: str, name: str) -> None:
    assert intent_name(prefix, id_) == name


def test_a_text_is_found_where_it_stands(gathered: tuple[Source, Library]) -> None:
    source, _ = gathered
    name = "content/en/areas.yaml"
    line = next(
        number
        for number, line in enumerate((ROOT / name).read_text(encoding="utf-8").splitlines(), 1)
        if "bottom of my back" in line
    )
    column = (ROOT / name).read_text(encoding="utf-8").splitlines()[line - 1].index("bottom of my back") + 1
    assert source.place_of("bottom of my back") == Problem(name, line, column, "")
    assert source.place_of("words that stand nowhere at all") is None


def test_there_is_no_library_while_a_file_cannot_be_read(tmp_path: Path) -> None:
    for folder in ("content", "interaction_model"):
        shutil.copytree(ROOT / folder, tmp_path / folder)
    (tmp_path / "content/en/speech.yaml").unlink()
    source, library, name = gather(tmp_path)
    assert library is None
    assert name == ""
    assert [problem.file for problem in source.problems] == ["content/en/speech.yaml"]


def test_an_empty_folder_lacks_every_file_that_has_to_be_there(tmp_path: Path) -> None:
    source, library, _ = gather(tmp_path)
    assert library is None
    assert {problem.file for problem in source.problems} == {
        "content/en/safety.yaml",
        "content/en/phrases.yaml",
        "content/en/speech.yaml",
        "content/en/areas.yaml",
        "content/locales.yaml",
        "content/sources.yaml",
        "interaction_model/intents.yaml",
    }
