"""Envelopes made up from Amazon's own definitions, now and then with something else in them."""

from __future__ import annotations

import re
from enum import Enum
from functools import cache
from importlib import import_module
from typing import Any

from ask_sdk_model import Context, Request, Session
from hypothesis import strategies as st

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda children: st.lists(children, max_size=3) | st.dictionaries(st.text(), children, max_size=3),
    max_leaves=6,
)
TYPES: dict[str, str] = dict(Request.discriminator_value_class_map)
WORDS = st.sampled_from(["", "yes", "it hurts", "figure four", "ünïcödé", "x" * 300]) | st.text(max_size=20)
DEPTH = 6
"""Below that, whatever Amazon defines is left out."""


def requests(intents: list[str]) -> st.SearchStrategy[dict[str, Any]]:
    """A request of any type that Amazon's SDK knows, or of one that it does not."""
    known = st.sampled_from(sorted(TYPES)).flatmap(
        lambda name: _object(_class(TYPES[name]), 0).map(lambda made: made | {"type": name})
    )
    spoken = st.fixed_dictionaries(
        {
            "type": st.just("IntentRequest"),
            "intent": st.fixed_dictionaries(
                {"name": st.sampled_from(intents)},
                optional={"slots": st.dictionaries(WORDS, _slot(), max_size=3)},
            ),
        }
    )
    return st.one_of(known, spoken, st.fixed_dictionaries({"type": WORDS}))


def surroundings() -> st.SearchStrategy[tuple[dict[str, Any], dict[str, Any]]]:
    """A session and a context."""
    return st.tuples(_object(Session, 0), _object(Context, 0))


def _slot() -> st.SearchStrategy[Any]:
    return _object(_class("ask_sdk_model.slot.Slot"), 1) | JSON


@cache
def _class(path: str) -> Any:
    module, _, name = path.rpartition(".")
    return getattr(import_module(module), name)


def _object(kind: Any, depth: int) -> st.SearchStrategy[dict[str, Any]]:
    """An object with some of the properties that Amazon defines for it."""
    optional = {
        kind.attribute_map[name]: _value(type_, depth + 1) for name, type_ in kind.deserialized_types.items()
    }
    return st.fixed_dictionaries({}, optional=optional)


def _value(type_: str, depth: int) -> st.SearchStrategy[Any]:
    """A value of a type as the SDK writes it, or sometimes something else."""
    return st.integers(0, 19).flatmap(lambda chance: JSON if chance == 0 else _typed(type_, depth))


def _typed(type_: str, depth: int) -> st.SearchStrategy[Any]:
    if found := re.fullmatch(r"list\[(.*)\]", type_):
        return st.lists(_value(found[1], depth), max_size=2)
    if found := re.fullmatch(r"dict\(str, (.*)\)", type_):
        return st.dictionaries(WORDS, _value(found[1], depth), max_size=2)
    if not type_.startswith("ask_sdk_model"):
        return {
            "bool": st.booleans(),
            "int": st.integers(-10, 10**6),
            "float": st.floats(-1e6, 1e6),
            "datetime": st.datetimes().map(lambda made: made.isoformat()),
        }.get(type_, WORDS)
    kind = _class(type_)
    if issubclass(kind, Enum):
        return st.sampled_from([member.value for member in kind]) | WORDS
    return _object(kind, depth) if depth < DEPTH else st.just({})
