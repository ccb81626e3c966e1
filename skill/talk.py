"""The terminal: type, listen, and see the pauses count down."""

from __future__ import annotations

import json
import re
import select
import sys
import time
from datetime import UTC, datetime, timedelta
from typing import Any

import click

from skill.app import App
from skill.web.errors import BadTurnError
from skill.web.sessions import Sessions
from skill.web.turns import Turns, parse, read

SESSION = "terminal"
BELL = "\a"
"""What a terminal makes its own short sound of."""
AT = re.compile(r"^@(\d+(?:\.\d+)?)\s*(.*)$", re.DOTALL)
"""An interruption at a second of the last reply."""


class Terminal:
    """One conversation with someone at a keyboard."""

    def __init__(self, app: App, locale: str = "en-US", *, fast: bool, as_json: bool) -> None:
        """Talk to an app.

        Args:
            app: the service.
            locale: where the keyboard is.
            fast: whether time passes at once instead of for real.
            as_json: whether to print the turn API's objects instead of words.
        """
        self._locale = locale
        self._fast = fast or as_json
        self._json = as_json
        self._now = datetime.now(UTC)
        self._length = 0.0
        self._turns = Turns(app, Sessions(), self._time)

    def run(self) -> None:
        """Talk until the input ends."""
        self._take({"intent": "LaunchRequest"})
        for line in iter(self._read, None):
            try:
                self._take(self._turn(line))
            except BadTurnError as error:
                self._refuse(error)

    def _time(self) -> datetime:
        """Return the conversation's time: the clock's, or what has passed at once."""
        return self._now if self._fast else datetime.now(UTC)

    def _read(self) -> str | None:
        """Return the next line; none at the end of the input."""
        if not self._json:
            click.echo("> ", nl=False)
        line = sys.stdin.readline()
        return line.rstrip("\n") if line else None

    def _turn(self, line: str) -> dict[str, Any]:
        """Return the turn of a line: words, an interruption, or a turn object of the API.

        Raises:
            BadTurnError: the line begins like an object, and is none.
        """
        after = self._length
        if found := AT.match(line):
            after, line = min(after, float(found[1])), found[2]
        self._now += timedelta(seconds=after)
        given = {"text": line}
        if self._json and line.startswith("{"):
            given = parse(line.encode(errors="surrogateescape"))
        return given

    def _refuse(self, error: BadTurnError) -> None:
        """Print what is wrong with a line, as the turn API would."""
        self._length = 0.0
        told = {"error": {"code": error.code, "message": error.message}}
        click.echo(json.dumps(told) if self._json else error.message)

    def _take(self, given: dict[str, Any]) -> None:
        """Take a turn, and play or print its reply.

        Raises:
            BadTurnError: it makes no sense.
        """
        answer = self._turns.take(read({"session": SESSION, "user": SESSION, "locale": self._locale} | given))
        self._length = sum(segment["seconds"] for segment in answer["segments"])
        if self._json:
            click.echo(json.dumps(answer))
        else:
            self._play(answer["segments"])

    def _play(self, segments: list[dict[str, Any]]) -> None:
        """Print the words and keep the pauses, until someone types."""
        for segment in segments:
            if "say" in segment:
                click.echo(segment["say"])
                if segment["stretch"] and not self._wait(segment["seconds"], None):
                    return
            elif "tone" in segment:
                click.echo(f"   ♪ {segment['cue']}{'' if self._fast else BELL}")
                if not self._wait(segment["tone"], None):
                    return
            elif not self._wait(segment["pause"], segment["cue"]):
                return

    def _wait(self, seconds: float, cue: str | None) -> bool:
        """Keep a silence, counting down where it has a name; return false when someone types."""
        if self._fast:
            if cue:
                click.echo(f"   ... {seconds:g} s {cue}")
            return True
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            if cue:
                click.echo(f"\r   ... {left:3.0f} s {cue} ", nl=False)
            if select.select([sys.stdin], [], [], min(left, 0.5))[0]:
                click.echo()
                return False
        if cue:
            click.echo("\r" + " " * 30 + "\r", nl=False)
        return True
