"""infra/README.md: what its commands name is there."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import click
import msgspec
import pytest
import yaml

from skill.cli import main
from skill.settings import Settings
from tests.helpers import ROOT

PAGE = (ROOT / "infra/README.md").read_text(encoding="utf-8")
BLOCKS = [line.strip() for line in PAGE.splitlines() if line.startswith("    ")]
"""The lines of commands."""
INLINE = re.findall(r"`([^`]+)`", PAGE)
COMMANDS = sorted(
    {part.strip() for line in [*BLOCKS, *INLINE] for part in re.split(r"&&|;|\s#\s", line.replace("\n", " "))}
)


def called(program: str) -> list[list[str]]:
    """The words after a program's name, wherever it is called with some."""
    found = (re.search(rf"(?:^|[ /]){program} (.+)", command) for command in COMMANDS)
    return [shlex.split(match[1]) for match in found if match]


def test_every_command_of_ours_is_one_with_its_options() -> None:
    ours = [words for words in called("gentle-back") if words[0] in main.commands]
    assert {words[0] for words in ours} >= {"serve", "package", "doctor", "export", "forget"}
    for name, *words in ours:
        options = {option for parameter in main.commands[name].params for option in parameter.opts}
        assert {word for word in words if word.startswith("--")} <= options, (name, words)
        assert isinstance(main.commands[name], click.Command)


def test_every_target_of_make_is_one() -> None:
    targets = re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE)
    named = {words[0] for words in called("make")}
    assert {"run", "lambda"} <= named <= set(targets)


@pytest.mark.parametrize("path", sorted(set(re.findall(r"infra/[\w./-]*\w", PAGE))))
def test_every_file_that_is_named_is_there(path: str) -> None:
    assert (ROOT / path).exists() or path.startswith("infra/alexa/.ask")


def test_every_setting_is_one() -> None:
    known = {info.encode_name for info in msgspec.structs.fields(Settings)}
    compose = (ROOT / "infra/container/compose.yaml").read_text()
    for name in set(re.findall(r"GENTLE_BACK_[A-Z_]+", PAGE)):
        assert name in known or f"{{{name}:" in compose, name


def test_every_parameter_of_the_stack_is_in_the_template() -> None:
    text = (ROOT / "infra/aws/template.yaml").read_text(encoding="utf-8")
    head = yaml.safe_load(text[text.index("Parameters:") : text.index("Conditions:")])
    given = {
        word.partition("=")[0] for words in called("sam") for word in words if re.match(r"[A-Z]\w+=", word)
    }
    given |= set(re.findall(r"`(?:\w+=\S+ )*?([A-Z][a-z]\w*)=", PAGE))
    assert {"SkillId", "Email", "Runtime", "TableProtection"} <= given <= head["Parameters"].keys()


def test_the_numbers_of_the_page_are_the_template_s() -> None:
    text = (ROOT / "infra/aws/template.yaml").read_text(encoding="utf-8")
    metrics, alarms = text.count("AWS::Logs::MetricFilter"), text.count("AWS::CloudWatch::Alarm")
    assert f"{metrics} metrics" in PAGE
    assert f"{alarms} alarms" in PAGE
    days = re.search(r"LogDays:.*?Default: (\d+)", text, re.DOTALL)
    assert days
    assert f"{days[1]} days" in PAGE


def test_links_within_the_page_lead_somewhere() -> None:
    heads = {
        re.sub(r"[^a-z -]", "", head.lower()).replace(" ", "-")
        for head in re.findall(r"^#+ (.+)$", PAGE, re.MULTILINE)
    }
    assert set(re.findall(r"\(#([\w-]+)\)", PAGE)) <= heads


def test_the_tools_are_those_that_are_tested() -> None:
    groups = (ROOT / "pyproject.toml").read_text()
    for pinned in re.findall(r"aws-sam-cli==[\d.]+", PAGE):
        assert pinned in groups
    assert Path(ROOT / "infra/alexa/package-lock.json").exists()
