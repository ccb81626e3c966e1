"""What is logged, as lines; logging is put back as it was."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from io import StringIO
from typing import Any

from skill import logs


class Lines:
    """A stream that log lines are written to."""

    def __init__(self) -> None:
        self.stream = StringIO()

    @property
    def text(self) -> str:
        return self.stream.getvalue()

    @property
    def all(self) -> list[dict[str, Any]]:
        """Every line, read."""
        return [json.loads(line) for line in self.text.splitlines()]

    @property
    def one(self) -> dict[str, Any]:
        """The only line."""
        [line] = self.all
        return line


@contextmanager
def kept_logging() -> Iterator[None]:
    """Put logging back as it was."""
    root = logging.getLogger()
    handlers, levels, raises = list(root.handlers), _levels(), logging.raiseExceptions
    try:
        yield
    finally:
        root.handlers = handlers
        for name, level in _levels().items():
            if level != levels.get(name, logging.NOTSET):
                logging.getLogger(name).setLevel(levels.get(name, logging.NOTSET))
        logging.raiseExceptions = raises


def _levels() -> dict[str, int]:
    """The level of every logger, the root's under an empty name."""
    loggers = logging.Logger.manager.loggerDict
    named = {name: one.level for name, one in loggers.items() if isinstance(one, logging.Logger)}
    return named | {"": logging.getLogger().level}


@contextmanager
def configured() -> Iterator[Lines]:
    """Log as an installation does, to a stream of one's own."""
    with kept_logging():
        lines = Lines()
        logs.configure(lines.stream)
        yield lines
