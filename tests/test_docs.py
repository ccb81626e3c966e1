"""The README cannot go stale: its transcript, commands and settings are those of the program."""

from __future__ import annotations

import msgspec

from skill.app import App
from skill.cli import main
from skill.settings import Settings
from tests.helpers import ROOT, Listener

README = (ROOT / "README.md").read_text(encoding="utf-8")


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
