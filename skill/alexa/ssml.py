"""Segments as SSML: escaped words, and breaks of at most 10 seconds."""

from __future__ import annotations

import re
from collections.abc import Iterable
from xml.sax.saxutils import escape

from skill.core.turn import Pause, Say, Segment

TONE = '<audio src="soundbank://soundlibrary/musical/amzn_sfx_bell_short_chime_01"/>'
"""A soft sound of Amazon's own library, which needs no hosting (A2)."""
NUMBER_TO_CALL = re.compile(r"(?<!\d)(\d{3})(?!\d)")
"""Three digits are a number to call: nothing else that is said has three."""


def render(segments: Iterable[Segment]) -> str:
    """Return segments as the inside of a `speak` element."""
    return " ".join(_part(segment) for segment in segments)


def words(text: str) -> str:
    """Return plain text as SSML; Amazon's SDK escapes nothing (platform facts, A2)."""
    return NUMBER_TO_CALL.sub(r'<say-as interpret-as="digits">\1</say-as>', escape(text))


def _part(segment: Segment) -> str:
    match segment:
        case Say(text=text):
            return words(text)
        case Pause():
            return _pause(segment)
        case _:
            return TONE


def _pause(pause: Pause) -> str:
    """Return a silence; a break without its unit is not played (A2)."""
    return f'<break time="{round(pause.seconds * 1000)}ms"/>'
