"""The README cannot go stale: its transcript, commands and settings are those of the program."""

from __future__ import annotations

import re

import msgspec

from skill.app import App
from skill.cli import main
from skill.settings import Settings
from tests.helpers import ROOT, Listener

README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_the_transcript_is_what_a_listener_hears(app: App) -> None:
    """Lines with `>` are typed; `(12 s later)` passes time; the others are heard."""
    block = re.search(r"<!-- transcript.*?```text\n(.*?)```", README, re.DOTALL)
    assert block
    typed = [line for line in block[1].splitlines() if line.startswith("> ")]
    assert len(typed) > 8
    assert block[1] == transcript(app, typed)


def transcript(app: App, typed: list[str]) -> str:
    one, lines = Listener(app, user="readme"), []
    for line in typed:
        lines.append(line)
        words = line.removeprefix("> ")
        if later := re.match(r"\((\d+) s later\) ", words):
            one.wait(float(later[1]))
            words = words[later.end() :]
        one.says(words)
        for segment in one.reply.segments:
            text = getattr(segment, "text", None)
            lines.append(f"    {text}" if text else f"    ... {segment.seconds:g} s")  # type: ignore[union-attr]  # a pause
    return "\n".join(lines) + "\n"


def test_every_command_and_every_setting_is_in_the_readme() -> None:
    for name in main.commands:
        assert f"`gentle-back {name}`" in README
    for setting in msgspec.structs.fields(Settings):
        assert f"`{setting.encode_name}`" in README


def test_every_key_of_the_turn_api_is_in_the_readme(app: App) -> None:
    from skill.web.turns import answer

    one = Listener(app, user="keys")
    one.says("why does it pop")
    assert one.taken is not None
    for key in answer("s", one.taken):
        assert f"`{key}`" in README
