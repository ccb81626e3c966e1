"""JSON with one reading only, or none."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from skill.web.strict_json import DEPTH, AmbiguousError, read

LARGEST = 2**64 - 1
KEYS = st.text(st.characters(codec="utf-8"), max_size=8)
ATOMS = (
    st.none()
    | st.booleans()
    | st.integers(-(2**63), LARGEST)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(codec="utf-8"))
)
VALUES = st.recursive(
    ATOMS, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=4), max_leaves=12
)


def same(one: Any, other: Any) -> bool:
    """Whether two values are equal, and of the same types at every depth."""
    if isinstance(one, dict) and isinstance(other, dict):
        return list(one) == list(other) and all(same(one[key], other[key]) for key in one)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(same, one, other))
    return type(one) is type(other) and one == other


@given(VALUES, st.booleans(), st.sampled_from([None, 2]))
def test_every_value_is_read_as_it_was_written(value: Any, escaped: bool, indent: int | None) -> None:
    assert same(read(json.dumps(value, ensure_ascii=escaped, indent=indent).encode()), value)


@given(st.binary())
@example(b"")
def test_no_bytes_at_all_do_anything_but_be_read_or_refused(body: bytes) -> None:
    try:
        value = read(body)
    except AmbiguousError:
        return
    assert same(value, json.loads(body))


TOKENS = (
    *("{", "}", "[", "]", ",", ":", '"a"', '"a"', '"b"', '"\\u0061"', "1", "-0", "1e5", "1E400", "0.1"),
    *("NaN", "Infinity", "-Infinity", "null", "true", "01", "+1", ".5", "5.", "\ufeff", "\x00", " ", "\t"),
    *('"\\ud800"', '"\\ud83d\\ude00"', "/*x*/", "'a'", "\u00a0", "18446744073709551616"),
)


@given(st.lists(st.sampled_from(TOKENS), max_size=14).map("".join))
def test_what_looks_like_json_is_read_as_python_reads_it_or_refused(text: str) -> None:
    try:
        value = read(text.encode())
    except AmbiguousError:
        return
    assert same(value, json.loads(text))


@given(VALUES, KEYS, VALUES, st.integers(0, 5))
def test_a_key_that_stands_twice_is_refused_at_any_depth(
    first: Any, key: str, second: Any, depth: int
) -> None:
    name = json.dumps(key)
    text = f'{{{name}: {json.dumps(first)}, "other key": 1, {name}: {json.dumps(second)}}}'
    for number in range(depth):
        text = f"[1, {text}]" if number % 2 else f'{{"x": {text}, "y": 2}}'
    with pytest.raises(AmbiguousError):
        read(text.encode())


@pytest.mark.parametrize(
    "body",
    [
        # A key twice, also where it is written in another way, or with the same value.
        b'{"a": 1, "a": 1}',
        b'{"a": 1, "\\u0061": 2}',
        b'{"": 1, "": 2}',
        b'[{"a": {"b": [{"c": 1, "d": 2, "c": 3}]}}]',
        # Numbers that are none, or that each parser reads in its own way.
        b"NaN",
        b"Infinity",
        b"-Infinity",
        b'{"a": NaN}',
        b"[-Infinity]",
        b"1e999",
        b"-1e999",
        b"01",
        b"+1",
        b"1.",
        b".5",
        b"0x10",
        b"1_000",
        b"1" * 5_000,
        b"-" + b"1" * 100_000,
        # Text that is not UTF-8, or not a text.
        b"\xef\xbb\xbf{}",
        '{"a": 1}'.encode("utf-16"),
        '{"a": 1}'.encode("utf-16-le"),
        '{"a": 1}'.encode("utf-16-be"),
        '{"a": 1}'.encode("utf-32"),
        '"caf\u00e9"'.encode("latin-1"),
        b'"\xed\xa0\x80"',
        b'"\xc0\xaf"',
        b'"\\ud800"',
        b'"\\udc00\\ud800"',
        b'{"\\ud800": 1}',
        b'"\x01"',
        b'"a\nb"',
        # Almost JSON.
        b"",
        b" ",
        b"{",
        b"[1,]",
        b'{"a": 1,}',
        b"[,1]",
        b"{} {}",
        b"{}{}",
        b"1 2",
        b"{}\x00",
        b"{'a': 1}",
        b"{a: 1}",
        b'{"a": 1 /* one */}',
        b"undefined",
        b"None",
        b"True",
        b'{"a"}',
        b'"a',
    ],
    ids=lambda body: ascii(body[:40]),
)
def test_what_has_no_one_reading_is_refused(body: bytes) -> None:
    with pytest.raises(AmbiguousError):
        read(body)


@pytest.mark.parametrize(
    "body",
    [
        b"{}",
        b"[]",
        b"null",
        b"0",
        b"-0",
        b'""',
        b' \t\r\n{"a": [1, 2.5, -3e2, true, false, null, "x"]}\n',
        b'{"a": {"a": {"a": 1}}, "b": {"a": 2}}',
        b'{"a": 1, "A": 2, "a ": 3}',
        '{"caf\u00e9": "\U0001f600", "cafe\u0301": 1}'.encode(),
        b'"\\ud83d\\ude00 \\u0000 \\/"',
        b"18446744073709551615",
        b"-9223372036854775808",
        b"18446744073709551616",
        b"0.1",
        b"1e-999",
        b"123456789012345678.9",
    ],
    ids=ascii,
)
def test_what_has_one_reading_is_read(body: bytes) -> None:
    assert same(read(body), json.loads(body))


def nested(depth: int, kind: str) -> bytes:
    """A number inside so many values."""
    begins, ends = {"list": ("[", "]"), "object": ('{"a":', "}"), "both": ('[{"a":', "}]")}[kind]
    times = depth // len(ends)
    return (begins * times + "1" + ends * times).encode()


@pytest.mark.parametrize("kind", ["list", "object", "both"])
def test_a_value_stands_inside_of_64_others_and_no_more(kind: str) -> None:
    for depth in (0, 2, DEPTH - 2, DEPTH):
        assert same(read(nested(depth, kind)), json.loads(nested(depth, kind)))
    for depth in (DEPTH + 2, 500):
        with pytest.raises(AmbiguousError):
            read(nested(depth, kind))
    if kind != "both":
        with pytest.raises(AmbiguousError):
            read(nested(DEPTH + 1, kind))


def test_the_depth_is_that_of_the_deepest_value() -> None:
    deep = nested(DEPTH - 1, "list").decode()
    assert read(f'{{"a": 1, "b": {deep}, "c": []}}'.encode())
    with pytest.raises(AmbiguousError):
        read(f'{{"a": 1, "b": [2, {deep}], "c": 3}}'.encode())


@pytest.mark.parametrize("depth", [995, 1_000, 1_010, 10_000, 100_000])
@pytest.mark.parametrize("kind", ["list", "object", "both"])
def test_depth_that_no_parser_stands_is_refused(kind: str, depth: int) -> None:
    with pytest.raises(AmbiguousError):
        read(nested(depth, kind))
    with pytest.raises(AmbiguousError):
        read(nested(depth, kind)[:depth])


def test_width_is_no_depth() -> None:
    wide = json.dumps({"a": [[] for _ in range(20_000)]}).encode()
    assert read(wide) == json.loads(wide)
