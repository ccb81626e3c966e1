"""The terminal: words, pauses that are really kept, and turn objects, one a line."""

from __future__ import annotations

import io
import json
import re
from datetime import datetime, timedelta, tzinfo
from types import SimpleNamespace
from typing import Any

import pytest

from skill import talk
from skill.core.library import Library
from skill.core.timeline import speech_seconds
from skill.store.memory import MemoryStore
from skill.talk import Terminal
from tests.helpers import NOON
from tests.test_app import CheckedApp
from tests.web.test_turns import Json, check_answer, seconds_to_the_hold

TO_A_STEP = ("the figure four", *["no"] * 6, "ready")


@pytest.fixture(scope="module")
def checked(library: Library) -> CheckedApp:
    return CheckedApp(library, MemoryStore(), b"key")


class Typing:
    """Runs terminals on typed lines, each of someone new, and returns what they printed."""

    def __init__(
        self, app: CheckedApp, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        self.app = app
        self.monkeypatch = monkeypatch
        self.capsys = capsys

    def fast(self, *lines: str) -> str:
        return self._run(io.StringIO("".join(f"{line}\n" for line in lines)), fast=True, as_json=False)

    def objects(self, *lines: str) -> list[Json]:
        """The objects after the welcome."""
        printed = self._run(
            io.StringIO("".join(f"{line}\n" for line in lines)), fast=False, as_json=True
        ).splitlines()
        welcome, *rest = map(json.loads, printed)
        assert welcome["heard"]["intent"] == "LaunchRequest"
        for answer in (welcome, *rest):
            if "error" not in answer:
                check_answer(answer, self.app.library)
        assert len(rest) == len(lines), "one object a line"
        return rest

    def _run(self, stdin: Any, *, fast: bool, as_json: bool) -> str:
        self.monkeypatch.setattr("sys.stdin", stdin)
        self.app.forget(talk.SESSION)
        Terminal(self.app, fast=fast, as_json=as_json).run()
        printed = self.capsys.readouterr()
        assert printed.err == ""
        return printed.out


@pytest.fixture
def typing(
    checked: CheckedApp, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Typing:
    return Typing(checked, monkeypatch, capsys)


# Without waiting -----------------------------------------------------------------------------------


def test_a_conversation_is_welcomed_and_ends_with_its_input(typing: Typing) -> None:
    printed = typing.fast()
    assert printed.startswith("Welcome to Gentle Back")
    assert printed.endswith("> ")


def test_a_whole_conversation_can_be_typed(typing: Typing) -> None:
    printed = typing.fast(
        *TO_A_STEP, "@30 how long left", "why does it pop", "carry on", "ow that really hurts", "yes"
    )
    assert "Six of six" in printed
    assert re.search(r"^   \.\.\. \d+(\.\d)? s hold$", printed, re.MULTILINE)
    stop = printed.index("> Stop.")
    assert "..." not in printed[stop:], "no pause after a stop"


def test_pauses_in_the_fast_terminal_add_up_to_the_holds(typing: Typing, library: Library) -> None:
    stretch = library.stretches["supine_figure_four"]
    printed = typing.fast(*TO_A_STEP, "next")
    seconds = sum(map(float, re.findall(r"\.\.\. ([\d.]+) s hold", printed)))
    assert seconds == stretch.hold.seconds * stretch.repetitions.count * 2


def test_an_empty_line_is_silence(typing: Typing) -> None:
    *_, answer = typing.objects(*TO_A_STEP, "")
    assert answer["heard"]["intent"] == "Silence"
    assert answer["state"] == "paused"


# Objects -------------------------------------------------------------------------------------------


def test_every_line_is_answered_by_an_object_of_the_turn_api(typing: Typing) -> None:
    answers = typing.objects(*TO_A_STEP, "why does it pop", "stop")
    assert [answer["state"] for answer in answers] == [
        *["screening"] * 6,
        "ready",
        "guiding",
        "paused",
        "idle",
    ]
    assert {answer["session"] for answer in answers} == {"terminal"}


def seconds_left(answer: Json) -> int:
    said = answer["segments"][0]["say"]
    return int(next(word for word in said.split() if word.isdigit()))


def length(answer: Json) -> float:
    return sum(segment["seconds"] for segment in answer["segments"])  # type: ignore[no-any-return]  # JSON


def test_an_interruption_comes_at_its_second_of_the_last_reply(typing: Typing) -> None:
    hold = seconds_to_the_hold(typing.objects(*TO_A_STEP)[-1])
    ats = (f"{hold + 1:.3f}", f"{hold + 5:.3f}", f"{int(hold) + 9}")
    left = [seconds_left(typing.objects(*TO_A_STEP, f"@{at} how long left")[-1]) for at in ats]
    assert left[0] - left[1] == 4
    assert left[1] - left[2] in (3, 4)
    assert typing.objects(*TO_A_STEP, "@40")[-1]["heard"]["intent"] == "Silence"


def clock_after(typing: Typing, line: str) -> float:
    *_, before, after = typing.objects(*TO_A_STEP, line, '{"intent": "Silence", "debug": true}')
    clock: float = after["debug"]["session"]["clock"]
    return clock - length(before)


def test_a_line_comes_when_the_reply_is_over_and_no_interruption_later(typing: Typing) -> None:
    """Time passes as if every pause was kept."""
    over = clock_after(typing, "hold on")
    assert over > 60
    assert clock_after(typing, "@100000 hold on") == pytest.approx(over)
    assert clock_after(typing, "@1 hold on") < over - 60


def test_a_line_may_be_a_turn_object(typing: Typing) -> None:
    answers = typing.objects(
        '{"text": "the figure four", "debug": true}',
        '{"intent": "StretchIntent", "slots": {"stretch": "seated_chair_twist"}}',
        '{"text": "hello", "session": "another"}',
        '@0 {"text": "no"}',
    )
    assert answers[0]["debug"]["session"]["state"] == "screening"
    assert answers[1]["stretch"] == "seated_chair_twist"
    assert (answers[2]["session"], answers[2]["state"]) == ("another", "idle")
    assert answers[3]["state"] == "screening"


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("{", "invalid_json"),
        ('{"text": "hello"} and more', "invalid_json"),
        ('{"text": NaN}', "invalid_json"),
        ('{"text": "\udcff"}', "invalid_json"),
        ('{"a":' * 5000, "invalid_json"),
        ("{}", "text_or_intent"),
        ('{"text": 7}', "invalid_turn"),
        ('{"text": "hello", "session": ""}', "invalid_turn"),
        ('{"text": "hello", "intent": "StartIntent"}', "text_or_intent"),
        ('{"intent": "TelepathyIntent"}', "unknown_intent"),
        ("x" * 513, "invalid_turn"),
    ],
)
def test_a_line_that_makes_no_sense_is_told_and_changes_nothing(typing: Typing, line: str, code: str) -> None:
    first, wrong, after = typing.objects("the figure four", line, "no")
    assert first["state"] == "screening"
    assert set(wrong) == {"error"}
    assert set(wrong["error"]) == {"code", "message"}
    assert wrong["error"]["code"] == code
    assert after["segments"][0]["say"] == "Two of six."


def test_words_that_are_too_long_are_told_in_words(typing: Typing) -> None:
    assert "length <= 512" in typing.fast("x" * 513).splitlines()[-2]


def test_an_object_is_mere_words_where_words_are_talked(typing: Typing) -> None:
    assert typing.fast('{"text": "the figure four"}').count("Is any of this new") == 0


# With real pauses ----------------------------------------------------------------------------------


class Keyboard:
    """Someone who types each line at a second of their own, and the clock that they type by."""

    def __init__(self, *lines: tuple[float, str]) -> None:
        self.seconds = 0.0
        self.lines = list(lines)
        self.waits: list[float] = []

    def monotonic(self) -> float:
        return self.seconds

    def now(self, zone: tzinfo) -> datetime:
        return (NOON + timedelta(seconds=self.seconds)).astimezone(zone)

    def select(self, read: Any, write: Any, error: Any, timeout: float) -> tuple[list[Any], Any, Any]:
        """Wait until a line is typed, or the timeout is over."""
        self.waits.append(timeout)
        typed = self.lines and self.lines[0][0] <= self.seconds + timeout
        self.seconds = max(self.seconds, self.lines[0][0]) if typed else self.seconds + timeout
        return (list(read) if typed else []), [], []

    def readline(self) -> str:
        if not self.lines:
            return ""
        at, line = self.lines.pop(0)
        self.seconds = max(self.seconds, at)
        return f"{line}\n"


@pytest.fixture
def at_keyboard(
    checked: CheckedApp, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Any:
    """Talk in real time, on a keyboard's clock."""

    def run(keyboard: Keyboard) -> str:
        checked.forget(talk.SESSION)
        monkeypatch.setattr("sys.stdin", keyboard)
        monkeypatch.setattr(talk, "time", SimpleNamespace(monotonic=keyboard.monotonic))
        monkeypatch.setattr(talk, "select", SimpleNamespace(select=keyboard.select))
        monkeypatch.setattr(talk, "datetime", SimpleNamespace(now=keyboard.now))
        Terminal(checked, fast=False, as_json=False).run()
        return capsys.readouterr().out

    return run


def asked(start: float) -> list[tuple[float, str]]:
    """The lines that lead to a first step, typed a second apart."""
    return [(start + second, line) for second, line in enumerate(TO_A_STEP)]


def test_real_pauses_are_kept_and_counted_down(at_keyboard: Any, typing: Typing) -> None:
    expected = length(typing.objects(*TO_A_STEP)[-1])
    keyboard = Keyboard(*asked(1))
    printed = at_keyboard(keyboard)
    prompt = speech_seconds("You can say next, repeat, or stop. Any pain, tingling or numbness?")
    assert keyboard.seconds - len(TO_A_STEP) == pytest.approx(expected, abs=prompt + 1)
    assert max(keyboard.waits) <= 0.5, "the countdown goes on"
    counted = [int(second) for second in re.findall(r"\r   \.\.\. +(\d+) s hold ", printed)]
    assert counted[:3] in ([10, 10, 9], [10, 9, 9], [10, 10, 10])
    assert counted == [second for second in counted if 0 <= second <= 10]


def test_a_tone_is_shown_heard_and_takes_its_time(typing: Typing, at_keyboard: Any) -> None:
    guided = typing.objects("turn the tone on", *TO_A_STEP)[-1]
    tones = [segment["cue"] for segment in guided["segments"] if "tone" in segment]
    assert tones == ["hold-start", "hold-end"] * 2
    assert "   ♪ hold-start\n" in typing.fast("turn the tone on", *TO_A_STEP)
    keyboard = Keyboard((1, "turn the tone on"), *asked(2))
    printed = at_keyboard(keyboard)
    assert printed.count("♪ hold-end\a") == 2
    assert keyboard.seconds - len(TO_A_STEP) == pytest.approx(length(guided), abs=8)


def test_no_time_passes_before_a_step(at_keyboard: Any) -> None:
    keyboard = Keyboard((1, "why does it pop"), (2, "the figure four"))
    at_keyboard(keyboard)
    assert keyboard.waits == []


def test_typing_interrupts_a_pause_and_the_place_is_kept(at_keyboard: Any) -> None:
    start = 1 + len(TO_A_STEP)
    lines = [*asked(1), (start + 30.2, "hold on"), (start + 90, "stop")]
    printed = at_keyboard(Keyboard(*lines))
    whole = at_keyboard(Keyboard(*asked(1)))
    assert "Any pain, tingling or numbness?" in whole
    assert "Any pain, tingling or numbness?" not in printed
    assert printed.count("> ") == len(lines) + 1


def test_typing_interrupts_the_words_of_a_step(at_keyboard: Any) -> None:
    start = len(TO_A_STEP)
    keyboard = Keyboard(*asked(1), (start + 1.0, "stop"))
    printed = at_keyboard(keyboard)
    assert keyboard.seconds == start + 1.0
    assert " s hold" not in printed


def test_the_machine_s_clock_drives_the_conversation(at_keyboard: Any, typing: Typing) -> None:
    start = len(TO_A_STEP) + seconds_to_the_hold(typing.objects(*TO_A_STEP)[-1])
    left = []
    for at in (1, 6):
        printed = at_keyboard(Keyboard(*asked(1), (start + at, "how long left"), (start + at, "stop")))
        *_, told, _, _ = printed.split("> ")
        left.append(int(re.findall(r"\d+", told)[0]))
    assert left[0] - left[1] == 5
