"""Log lines: JSON, from an allow-list, and nobody's words in them."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest

from skill import logs
from tests.log_lines import Lines, configured, kept_logging

SECRET = "my left leg is numb"
OURS = "skill.alexa.handler"
THEIRS = ("werkzeug", "requests.sessions", "ask_sdk_core.skill", "skillful", "skills.x", "root.skill")


@pytest.fixture
def lines() -> Iterator[Lines]:
    with configured() as lines:
        yield lines


def test_a_line_is_one_json_object_with_a_time_and_its_zone(lines: Lines) -> None:
    logging.getLogger(OURS).info("first\nsecond")
    logging.getLogger(OURS).warning("é \x00 \u2028")
    assert lines.text.count("\n") == 2
    for line in lines.all:
        made = datetime.fromisoformat(line["time"])
        assert made.utcoffset() == timedelta()
    assert [line["level"] for line in lines.all] == ["INFO", "WARNING"]
    assert lines.all[0] | {"time": ""} == {
        "level": "INFO",
        "logger": OURS,
        "message": "first\nsecond",
        "time": "",
    }


def test_a_line_is_ascii_whatever_is_told() -> None:
    record = logging.LogRecord(OURS, logging.INFO, __file__, 1, "é \ud800 \u2028", None, None)
    line = logs.AllowedFields("%(message)s").format(record)
    assert line.isascii()
    assert json.loads(line)["message"] == "é \ud800 \u2028"


def test_a_line_holds_nothing_outside_the_list(lines: Lines) -> None:
    extra = {
        "utterance": SECRET,
        "slots": {"symptom": SECRET},
        "body": SECRET,
        "stack": SECRET,
        "flag": SECRET,
    }
    logging.getLogger(OURS).info("turn", extra={**extra, "outcome": "guide", "routine": None})
    assert SECRET not in lines.text
    assert lines.one.keys() == {"time", "level", "logger", "message", "outcome", "routine"}
    assert lines.one["outcome"] == "guide"
    assert lines.one["routine"] is None


def test_every_field_of_the_list_can_be_told(lines: Lines) -> None:
    told = logs.FIELDS - {"time", "level", "logger", "message", "at", "error"}
    logging.getLogger(OURS).info("turn", extra=dict.fromkeys(told, 7))
    assert {name for name, value in lines.one.items() if value == 7} == told
    assert lines.one.keys() <= logs.FIELDS


def raised(logger: str, **more: Any) -> None:
    """Log an error whose text and cause quote somebody."""
    try:
        try:
            raise KeyError(SECRET)
        except KeyError as error:
            raise ValueError(f"quotes {SECRET}") from error
    except ValueError:
        logging.getLogger(logger).exception("it failed", **more)


@pytest.mark.parametrize("logger", [OURS, *THEIRS])
def test_of_an_exception_only_the_type_is_told(lines: Lines, logger: str) -> None:
    raised(logger)
    raised(logger, stack_info=True)
    assert SECRET not in lines.text
    assert "Traceback" not in lines.text
    for line in lines.all:
        assert line["error"] == "ValueError"
        assert line.keys() <= {"time", "level", "logger", "message", "at", "error"}


def test_an_error_that_is_none_tells_none(lines: Lines) -> None:
    logging.getLogger(OURS).error("it failed", exc_info=True)
    assert "error" not in lines.one


@pytest.mark.parametrize("logger", THEIRS)
def test_of_another_library_only_the_place_and_the_level_are_told(lines: Lines, logger: str) -> None:
    logging.getLogger(logger).warning("they said %s", SECRET)
    assert SECRET not in lines.text
    assert lines.one.keys() == {"time", "level", "logger", "at"}
    assert lines.one["level"] == "WARNING"
    assert lines.one["logger"] == logger
    file, line = lines.one["at"].split(":")
    assert file == "test_logs.py"
    assert int(line) > 0


def test_the_root_logger_is_nobody_of_ours(lines: Lines) -> None:
    logging.getLogger().warning(SECRET)
    logging.getLogger("skill").warning("ours")
    assert SECRET not in lines.text
    assert lines.all[1]["message"] == "ours"


@pytest.mark.parametrize("field", sorted(logs.FIELDS - {"message"}))
def test_another_library_has_no_fields_of_ours(lines: Lines, field: str) -> None:
    # FAULT (logs.py): `extra` of a library's record passes where its name is one of FIELDS: "request" (which
    # web frameworks and clients do attach), "address", "user", "reason", ... with whatever it holds.
    logging.getLogger("library").warning("x", extra={field: SECRET})
    assert SECRET not in lines.text


def test_another_library_has_no_fields_of_ours_in_a_dictionary_either(lines: Lines) -> None:
    # FAULT (logs.py): python-json-logger takes a dictionary that is logged for fields; those of FIELDS pass,
    # and a library's may even write another logger's name into its line.
    told = dict.fromkeys(sorted(logs.FIELDS), SECRET)
    logging.getLogger("library").warning(told)
    assert SECRET not in lines.text
    assert lines.one["logger"] == "library"


def test_a_message_that_cannot_be_formatted_is_quoted_nowhere(
    lines: Lines, capsys: pytest.CaptureFixture[str]
) -> None:
    root = logging.getLogger()
    # pytest's own handlers would raise.
    root.handlers = [one for one in root.handlers if isinstance(one.formatter, logs.AllowedFields)]
    logging.getLogger("library").warning("%d", SECRET)
    captured = capsys.readouterr()
    assert SECRET not in lines.text + captured.out + captured.err


@pytest.mark.parametrize("quiet", logs.QUIET)
def test_noisy_libraries_are_silent_below_a_warning(lines: Lines, quiet: str) -> None:
    logging.getLogger().setLevel(logging.DEBUG)
    for logger in (quiet, f"{quiet}.part.of.it"):
        logging.getLogger(logger).debug(SECRET)
        logging.getLogger(logger).info(SECRET)
        assert lines.text == ""
    logging.getLogger(quiet).warning(SECRET)
    assert lines.one["level"] == "WARNING"


def test_a_library_that_somebody_lets_talk_has_no_words_all_the_same(lines: Lines) -> None:
    for name in ("botocore", "another"):
        logger = logging.getLogger(name)
        logger.setLevel(logging.DEBUG)
        try:
            logger.debug("%s", SECRET)
        finally:
            logger.setLevel(logging.NOTSET)
    assert SECRET not in lines.text
    assert [line["level"] for line in lines.all] == ["DEBUG", "DEBUG"]


def test_details_below_information_are_not_written(lines: Lines) -> None:
    logging.getLogger(OURS).debug("a detail")
    assert lines.text == ""


def test_logging_twice_as_told_writes_each_line_once() -> None:
    with kept_logging():
        old, new = Lines(), Lines()
        logs.configure(old.stream)
        logs.configure(new.stream)
        logging.getLogger(OURS).info("once")
    assert old.text == ""
    assert new.one["message"] == "once"


def test_logging_is_put_back() -> None:
    def state() -> list[object]:
        root = logging.getLogger()
        levels = [logging.getLogger(name).level for name in (*logs.QUIET, "waitress.queue")]
        return [list(root.handlers), root.level, levels, logging.raiseExceptions]

    before = state()
    with configured():
        assert state() != before
    assert state() == before
