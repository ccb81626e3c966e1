"""Logs: one JSON line an event, from an allow-list, so that nobody's words or health can stand in one."""

from __future__ import annotations

import logging
import sys
from typing import Any, TextIO

from pythonjsonlogger.json import JsonFormatter

FIELDS = frozenset(
    {
        *("time", "level", "logger", "message", "at", "error"),
        *("request", "intent", "locale", "outcome", "routine", "milestone", "milliseconds"),
        *("understood", "user"),
        *("reason", "address"),
    }
)
"""All that a line may hold."""
OURS = "skill"
"""The logger above all of this project's."""
QUIET = (
    "ask_sdk_core",
    "ask_sdk_runtime",
    "botocore",
    "granian",
    "gunicorn",
    "requests",
    "urllib3",
    "waitress",
)
"""Libraries whose loggers print bodies, addresses or keys where they may: never below a warning."""


class AllowedFields(JsonFormatter):
    """Writes what is allowed of a record, and drops all else.

    What another library says may quote a stranger's request, and so may the text of an exception: of
    them only the place in the code is told, and the exception's type.
    """

    def format(self, record: logging.LogRecord) -> str:
        """Return the line of a record."""
        if record.name.split(".")[0] != OURS:
            record = logging.makeLogRecord(
                {name: vars(record)[name] for name in ("name", "levelname", "created", "exc_info")}
                | {"at": f"{record.filename}:{record.lineno}"}
            )
        return super().format(record)

    def add_fields(
        self, log_data: dict[str, Any], record: logging.LogRecord, message_dict: dict[str, Any]
    ) -> None:
        """Fill a line."""
        super().add_fields(log_data, record, message_dict)
        if record.exc_info and record.exc_info[0]:
            log_data["error"] = record.exc_info[0].__name__
        for key in log_data.keys() - FIELDS:
            del log_data[key]
        if not log_data["message"]:
            del log_data["message"]


def configure(stream: TextIO = sys.stdout) -> None:
    """Write every log line of this process to a stream, as JSON."""
    handler = logging.StreamHandler(stream)
    handler.setFormatter(
        AllowedFields(
            "%(levelname)s %(name)s %(message)s",
            rename_fields={"levelname": "level", "name": "logger"},
            timestamp="time",
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(logging.INFO)
    for name in QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)
    # That a request waits a moment for a thread is no warning: the milliseconds of its turn tell it.
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)
