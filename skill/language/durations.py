"""Reads a spoken length of time."""

from __future__ import annotations

import re

from text_to_num import alpha2digit

AMOUNT = r"(\d+|an?|half an?|a couple of|a few)(?: (?:or|to) \d+)?[ -]?(minutes?|mins?|hours?|seconds?|secs?)"
"""A number, perhaps two, and a unit."""
LENGTH = re.compile(rf"^(?:(?:about|around|roughly|maybe|only|like) )*{AMOUNT}$")
WITHIN = re.compile(rf"\b{AMOUNT}\b")
WORDS = {"a": 1.0, "an": 1.0, "half a": 0.5, "half an": 0.5, "a couple of": 2.0, "a few": 3.0}
"""Amounts that are no numbers."""


def to_iso(words: str) -> str | None:
    """Return a length of time as ISO 8601, in seconds; none where the words are no length.

    Of two numbers ("five or six minutes") the smaller is taken.
    """
    return _iso(LENGTH.match(alpha2digit(words, "en", threshold=0)))


def within(words: str, minutes: float) -> str | None:
    """Return the first length of time that stands in a text and is not longer, as ISO 8601 in seconds."""
    return _iso(WITHIN.search(alpha2digit(words, "en", threshold=0)), 60 * minutes)


def _iso(match: re.Match[str] | None, longest: float = 86399) -> str | None:
    if match is None:
        return None
    amount, unit = match.groups()
    number = WORDS[amount] if amount in WORDS else float(amount)
    seconds = number * {"m": 60, "h": 3600, "s": 1}[unit[0]]
    return f"PT{seconds:g}S" if 0 < seconds <= longest else None
