"""YAML is read strictly: its traps are refused, and every refusal has its place."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from msgspec import Struct

from skill.authoring.yaml_files import ContentError, Document, Problem, read


class Part(Struct, frozen=True, forbid_unknown_fields=True):
    words: tuple[str, ...]
    seconds: float = 0


class Whole(Struct, frozen=True, forbid_unknown_fields=True):
    id: str
    parts: tuple[Part, ...]


@pytest.fixture(scope="module")
def scratch(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("yaml") / "some.yaml"


def document(scratch: Path, text: str) -> Document:
    scratch.write_text(text, encoding="utf-8")
    return read(scratch, "some.yaml")


def refused(scratch: Path, text: str) -> list[str]:
    """The refusals of a file, without its name."""
    with pytest.raises(ContentError) as caught:
        document(scratch, text)
    return [str(problem).removeprefix("some.yaml:") for problem in caught.value.problems]


def unconverted(scratch: Path, text: str, key: str | None = None) -> str:
    with pytest.raises(ContentError) as caught:
        document(scratch, text).convert(Whole, key)
    return str(caught.value).removeprefix("some.yaml:")


def test_a_file_becomes_a_frozen_type(scratch: Path) -> None:
    text = "id: one\nparts:\n- {words: [a, 'yes'], seconds: 30}\n"
    assert document(scratch, text).convert(Whole) == Whole("one", (Part(("a", "yes"), 30),))


def test_what_stands_under_a_key_becomes_a_type(scratch: Path) -> None:
    whole = document(scratch, "first: {id: one, parts: []}\nsecond: x\n")
    assert list(whole.keys()) == ["first", "second"]
    assert whole.convert(Whole, "first") == Whole("one", ())


@pytest.mark.parametrize("word", ["yes", "no", "on", "off", "Yes", "NO", "Off"])
def test_a_word_that_yaml_reads_as_true_or_false_needs_quotes(scratch: Path, word: str) -> None:
    message = f"{word} means true or false in YAML: put it in quotes, or write true or false"
    assert refused(scratch, f"a: 1\nwords: [fine, {word}]") == [f"2:15: {message}"]
    for quoted in (f'"{word}"', f"'{word}'"):
        assert document(scratch, f"words: [{quoted}]").data == {"words": [word]}
    assert document(scratch, f"words: [{word} indeed]").data == {"words": [f"{word} indeed"]}


@pytest.mark.parametrize("number", ["1:30", "1:30.5", "-1:30", "030", "0_7", "0x1F", "0b11", "+012"])
def test_a_number_that_yaml_reads_in_another_base_is_refused(scratch: Path, number: str) -> None:
    message = f"{number} is not read as it looks: write plain seconds, or put it in quotes"
    assert refused(scratch, f"seconds: {number}") == [f"1:10: {message}"]
    assert document(scratch, f"seconds: '{number}'").data == {"seconds": number}


@pytest.mark.parametrize(
    ("text", "number"), [("30", 30), ("0", 0), ("0.5", 0.5), ("-7", -7), ("10.25", 10.25)]
)
def test_a_plain_number_is_read_as_it_looks(scratch: Path, text: str, number: float) -> None:
    assert document(scratch, f"seconds: {text}").data == {"seconds": number}


@pytest.mark.parametrize("key", ["12", "true", "null", "1.5", "2026-01-01"])
def test_a_key_that_is_no_text_is_refused(scratch: Path, key: str) -> None:
    assert refused(scratch, f"a: 1\n{key}: x") == [f"2:1: the key {key!r} is not text: put it in quotes"]
    assert document(scratch, f"'{key}': x").data == {key: "x"}


def test_a_key_that_stands_twice_is_refused_at_any_depth(scratch: Path) -> None:
    assert refused(scratch, "a: 1\nb: 2\na: 3") == ["3:1: the key 'a' stands here twice"]
    assert refused(scratch, "a:\n- {b: 1, c: 2, b: 3}") == ["2:16: the key 'b' stands here twice"]
    assert document(scratch, "a: {b: 1}\nc: {b: 2}").data == {"a": {"b": 1}, "c": {"b": 2}}


def test_all_traps_of_a_file_are_named_at_once(scratch: Path) -> None:
    places = [refusal.split(": ")[0] for refusal in refused(scratch, "a: yes\nb: 030\na: 1\n7: x")]
    assert places == ["1:4", "2:4", "3:1", "4:1"]


@pytest.mark.parametrize("text", ["", "\n\n", "# only a comment\n"])
def test_an_empty_file_is_refused(scratch: Path, text: str) -> None:
    assert refused(scratch, text) == ["1:1: the file is empty"]


@pytest.mark.parametrize(
    ("text", "refusal"),
    [
        ("a: [b", "2:1: did not find expected ',' or ']'"),
        ("a: 1\n b: 2", "2:3: mapping values are not allowed in this context"),
        ("a: 1\n---\nb: 2", "2:1: but found another document"),
        ("a: *b", "1:4: found undefined alias"),
        ("a: &a [*a]", "1:1: an alias holds itself"),
        ("a: !!python/name:os.system x", "1:4: could not determine a constructor for the tag "),
        ("a: 2026-13-45", "1:1: not YAML: month must be in 1..12"),
        ("a: \x01", "1:1: not YAML: "),
    ],
)
def test_what_is_no_yaml_is_refused_at_its_place(scratch: Path, text: str, refusal: str) -> None:
    found = refused(scratch, text)
    assert len(found) == 1
    assert found[0].startswith(refusal)


def test_a_file_that_cannot_be_read_is_refused(tmp_path: Path) -> None:
    for path, reason in ((tmp_path / "none.yaml", "No such file or directory"), (tmp_path, "Is a directory")):
        with pytest.raises(ContentError, match=rf":1:1: cannot be read: {reason}$") as caught:
            read(path)
        assert caught.value.problems[0].file == str(path)
    latin = tmp_path / "latin.yaml"
    latin.write_bytes("a: caf\u00e9".encode("latin-1"))
    with pytest.raises(ContentError, match=r"latin\.yaml:1:1: cannot be read: not UTF-8"):
        read(latin, "latin.yaml")


@pytest.mark.parametrize(
    ("text", "refusal"),
    [
        ("id: one", "1:1: Object missing required field `parts`"),
        ("id: one\nparts: []\nextra: 1", "3:1: Object contains unknown field `extra`"),
        ("id: 1\nparts: []", "1:5: Expected `str`, got `int`"),
        ("id: one\nparts:\n- words: [a]\n- words: [a, 2]", "4:14: Expected `str`, got `int`"),
        ("id: one\nparts:\n- {words: [], wrods: []}", "3:15: Object contains unknown field `wrods`"),
        ("id: one\nparts:\n- {words: [], seconds: '3'}", "3:24: Expected `float`, got `str`"),
        ("- one", "1:1: Expected `object`, got `array`"),
    ],
)
def test_a_schema_error_stands_at_its_key_or_value(scratch: Path, text: str, refusal: str) -> None:
    assert unconverted(scratch, text) == refusal


def test_a_schema_error_under_a_key_stands_in_its_own_part(scratch: Path) -> None:
    assert unconverted(scratch, "a: {id: x, parts: []}\nb: {id: x}", "b").startswith("2:4: Object missing")
    assert unconverted(scratch, "a: {}\nb: {id: x, nope: 1}", "b").startswith("2:12: Object contains unknown")


def test_a_file_of_keys_is_no_list(scratch: Path) -> None:
    with pytest.raises(ContentError, match="1:1: the file has to be a mapping of keys to values"):
        document(scratch, "- one").keys()


def test_a_problem_at_a_path_that_does_not_exist_stands_at_what_there_is(scratch: Path) -> None:
    some = document(scratch, "a:\n  b: [1]\n")
    places = {path: some.problem(path, "x") for path in [("a", "b", 0), ("a", "b", 7), ("a", "c"), ("d",)]}
    assert {path: (at.line, at.column) for path, at in places.items()} == {
        ("a", "b", 0): (2, 7),
        ("a", "b", 7): (2, 6),
        ("a", "c"): (2, 3),
        ("d",): (1, 1),
    }


def test_problems_are_told_in_the_order_of_their_places() -> None:
    problems = [
        Problem("b", 1, 1, "x"),
        Problem("a", 10, 1, "x"),
        Problem("a", 9, 2, "x"),
        Problem("a", 9, 1, "x"),
    ]
    assert str(ContentError(*problems)).splitlines() == ["a:9:1: x", "a:9:2: x", "a:10:1: x", "b:1:1: x"]


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=10),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


@given(VALUES)
def test_what_pyyaml_writes_is_read_back(scratch: Path, value: object) -> None:
    assert document(scratch, yaml.safe_dump({"value": value})).data == {"value": value}


@given(st.text(st.sampled_from("ab0:-[]{}&*!|>'\"#%@,? \n\t"), max_size=30))
def test_any_text_is_read_or_refused_and_never_breaks(scratch: Path, text: str) -> None:
    scratch.write_text(text, encoding="utf-8")
    with suppress(ContentError):
        assert read(scratch).root is not None
