"""The committed JSON Schemas are those of the types, and explain every key."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from skill.authoring import schema
from skill.authoring.explained import meanings
from skill.core import library
from tests.helpers import ROOT, check_written

SCHEMAS = dict(schema.schemas())


@pytest.mark.parametrize("name", SCHEMAS)
def test_a_schema_is_current(name: str) -> None:
    assert (ROOT / name).read_text(encoding="utf-8") == SCHEMAS[name], "run gentle-back schema"


def test_no_other_schema_is_kept() -> None:
    assert {str(path.relative_to(ROOT)) for path in (ROOT / schema.FOLDER).iterdir()} == set(SCHEMAS)


@pytest.mark.parametrize("name", SCHEMAS)
def test_every_key_is_explained_and_no_other_is_known(name: str) -> None:
    for part in json.loads(SCHEMAS[name]).get("$defs", {}).values():
        if part.get("type") != "object":
            continue
        assert part["additionalProperties"] is False
        for key, value in part["properties"].items():
            assert value.get("description"), f"{part['title']}.{key}"


def test_what_a_key_means_is_its_docstring() -> None:
    assert meanings(library)["Hold"]["least"].startswith("The shortest hold")


def test_every_file_of_an_author_names_its_schema_in_its_first_line() -> None:
    files = [*(ROOT / "content").rglob("*.yaml"), ROOT / "interaction_model/intents.yaml"]
    named = {"stretches": "stretch", "routines": "routine", "answers": "answer"}
    for path in files:
        first = path.read_text(encoding="utf-8").splitlines()[0]
        schema_ = path.parent / first.removeprefix("# yaml-language-server: $schema=")
        assert schema_.resolve().exists(), f"{path} begins with {first}"
        assert schema_.stem == named.get(path.parent.name, path.stem)


@pytest.mark.parametrize("kind", ["stretches", "routines", "answers"])
def test_the_real_files_have_the_keys_of_their_schema(kind: str) -> None:
    name = {"stretches": "stretch", "routines": "routine", "answers": "answer"}[kind]
    parts: dict[str, Any] = json.loads(SCHEMAS[f"{schema.FOLDER}/{name}.json"])["$defs"]
    properties, required = parts[name.capitalize()]["properties"], parts[name.capitalize()]["required"]
    for path in (ROOT / "content/en" / kind).glob("*.yaml"):
        keys = yaml.safe_load(path.read_text(encoding="utf-8")).keys()
        assert set(required) <= keys <= set(properties)


def test_the_command_writes_them(tmp_path: Path) -> None:
    check_written("schema", tmp_path, SCHEMAS)
