"""JSON with one reading only: what two parsers could understand differently is refused."""

from __future__ import annotations

import json
from typing import Any

import msgspec

DEPTH = 64
"""Values are nested at most so deep; Amazon's envelopes have about 15 levels."""


class AmbiguousError(ValueError):
    """A text is no JSON, or has more than one reading."""


def read(body: bytes) -> Any:
    """Return the value of a JSON text in UTF-8, without duplicate keys, NaN or too deep a nesting.

    Raises:
        AmbiguousError: it is none.
    """
    try:
        value = msgspec.json.decode(body)
        json.loads(body.decode(), object_pairs_hook=_object)
    except (msgspec.DecodeError, RecursionError, ValueError) as error:
        raise AmbiguousError("no JSON with one reading only") from error
    if _is_deep(value):
        raise AmbiguousError(f"nested more than {DEPTH} deep")
    return value


def _object(pairs: list[tuple[str, Any]]) -> None:
    """Look for a key that an object has twice.

    Raises:
        AmbiguousError: there is one.
    """
    if len({key for key, _ in pairs}) < len(pairs):
        raise AmbiguousError("a key stands twice")


def _is_deep(value: Any) -> bool:
    """Return whether a value is nested more than `DEPTH` deep; level by level, for any depth."""
    level = [value]
    for _ in range(DEPTH + 1):
        level = [
            child
            for one in level
            if isinstance(one, (dict, list))
            for child in (one.values() if isinstance(one, dict) else one)
        ]
        if not level:
            return False
    return True
