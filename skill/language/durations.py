"""Reads a spoken length of time."""

from __future__ import annotations

import re

from text_to_num import alpha2digit

NUMBER = r"(\d+(?: and a half)?|an?|half(?: an?)?|(?:a )?quarter of an|a couple of|a few)"
UNIT = r"[ -]?(minutes?|mins?|hours?|seconds?|secs?)"
OR_MORE = r"(?: (?:or|to) \d+){0,1}"
HALF_MORE = r"( and a half){0,1}"
AMOUNT = NUMBER + OR_MORE + UNIT + HALF_MORE
"""A number, perhaps two, and a unit, and perhaps a half more."""
SECOND = re.compile(r"\bsecond\b")
"""A unit, which a reader of numbers would take for "2nd"."""
LENGTH = re.compile(rf"^(?:(?:about|around|roughly|maybe|only|like) )*{AMOUNT}$")
WITHIN = re.compile(rf"\b{AMOUNT}\b")
WORDS = {
    **dict.fromkeys(("a", "an"), 1.0),
    **dict.fromkeys(("half a", "half an", "half"), 0.5),
    **dict.fromkeys(("a quarter of an", "quarter of an"), 0.25),
    "a couple of": 2.0,
    "a few": 3.0,
}
"""Amounts that are no numbers."""


def to_iso(words: str) -> str | None:
    """Return a length of time as ISO 8601, in seconds; none where the words are no length.

    Of two numbers ("five or six minutes") the smaller is taken.
    """
    return _iso(LENGTH.match(_in_digits(words)))


def within(words: str, minutes: float) -> str | None:
    """Return the first length of time that stands in a text and is not longer, as ISO 8601 in seconds."""
    return _iso(WITHIN.search(_in_digits(words)), 60 * minutes)


def _in_digits(words: str) -> str:
    """Return words with their numbers in digits."""
    digits: str = alpha2digit(SECOND.sub("seconds", words), "en", threshold=0)
    return digits


def _iso(match: re.Match[str] | None, longest: float = 86399) -> str | None:
    if match is None:
        return None
    amount, unit, more = match.groups()
    amount, _, half = amount.partition(" and")
    number = (WORDS[amount] if amount in WORDS else float(amount)) + 0.5 * bool(half or more)
    seconds = number * {"m": 60, "h": 3600, "s": 1}[unit[0]]
    return f"PT{seconds:g}S" if 0 < seconds <= longest else None
