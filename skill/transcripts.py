"""Keeps the conversations in the documentation true: what is typed stands in a page, what is heard is made.

A page marks its conversation with `MARK`. Its lines with `>` are what a listener says when the last
reply is over, or with `(12 s in)` before that; in brackets stands what is no words: `(opens the skill)`,
`(the session closes)`, `(says nothing)`, `(2 days later)`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import msgspec

from skill.app import App, Said
from skill.core.library import Library
from skill.core.session import Session
from skill.core.timeline import segment_seconds
from skill.core.turn import Reply, Say
from skill.language.guess import Guesser
from skill.store.memory import MemoryStore

MARK = "<!-- transcript -->"
"""Stands before the block of a conversation."""
BLOCK = re.compile(rf"({re.escape(MARK)}\n```text\n)(.*?)(```)", re.DOTALL)
LATER = re.compile(r"^\((\d+) days? later\)$")
IN = re.compile(r"^\((\d+) s in\) (.*)$")
EVENTS = {
    "(opens the skill)": "LaunchRequest",
    "(the session closes)": "SessionEnded",
    "(says nothing)": "Silence",
}
"""What is no words, and the turn that it is."""
BEGIN = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
"""When every conversation begins."""


def refreshed(page: str, library: Library, matcher: Guesser | None) -> str:
    """Return a page with each of its conversations as it is heard today.

    Args:
        page: the text of the page.
        library: all content.
        matcher: the learned matcher, where there is one.
    """

    def heard(block: re.Match[str]) -> str:
        typed = [line.removeprefix("> ") for line in block[2].splitlines() if line.startswith("> ")]
        lines = _Conversation(library, matcher).lines(typed)
        return block[1] + "".join(f"{line}\n" for line in lines) + block[3]

    return BLOCK.sub(heard, page)


class _Conversation:
    """One listener's, on a clock of its own."""

    def __init__(self, library: Library, matcher: Guesser | None) -> None:
        self._app = App(library, MemoryStore(), b"transcript", lambda: matcher)
        self._session: Session | None = None
        self._now = BEGIN
        self._length = 0.0

    def lines(self, typed: list[str]) -> Iterator[str]:
        """Yield what is typed, each line with what is heard."""
        for line in typed:
            yield f"> {line}"
            if later := LATER.match(line):
                self._now += timedelta(days=int(later[1]))
            else:
                yield from self._heard(line)

    def _heard(self, line: str) -> Iterator[str]:
        """Yield the lines of the reply to what is typed."""
        after, words = self._length, line
        if interrupting := IN.match(line):
            after, words = float(interrupting[1]), interrupting[2]
        self._now += timedelta(seconds=after)
        said = Said(user="someone", now=self._now, device="speaker")
        if words in EVENTS:
            said = msgspec.structs.replace(said, intent=EVENTS[words])
        else:
            said = msgspec.structs.replace(said, text=words)
        taken = self._app.take(said, self._session)
        self._session = None if taken.reply.end else taken.session
        self._length = sum(segment_seconds(segment) for segment in taken.reply.segments)
        yield from _told(taken.reply)


def _told(reply: Reply) -> Iterator[str]:
    """Yield the lines of a reply."""
    for segment in reply.segments:
        if isinstance(segment, Say):
            yield f"    {segment.text}"
        elif segment.cue.startswith("hold-"):
            yield "    (tone)"
        else:
            yield f"    ... {segment.seconds:g} s"
