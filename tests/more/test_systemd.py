"""The unit and its drop-ins: read by systemd itself, and as shut as they are meant to be."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.helpers import ROOT
from tests.served import PATIENCE

pytestmark = pytest.mark.more

SYSTEMD = ROOT / "infra" / "systemd"
UNIT = (SYSTEMD / "gentle-back.service").read_text()
DEBIAN = ROOT / ".venv-infra" / "debian"
NEWER = re.compile(r"^\S+backoff\.conf:\d+: Unknown key '?\w+'? in section \[?'?Service'?\]?, ignoring\.$")
"""What a systemd before 254 says of the longer and longer wait."""
EXPOSURE = 1.5


@pytest.fixture
def machine(tmp_path: Path) -> Path:
    """A root with the units, and with files where their commands lie."""
    units = tmp_path / "etc/systemd/system"
    units.mkdir(parents=True)
    (units / "gentle-back.service").write_text(UNIT)
    for name in ("sysinit.target", "basic.target", "network.target", "network-online.target"):
        (units / name).write_text("[Unit]\nDescription=There\n")
    for command in ("opt/gentle-back/bin/gentle-back", "usr/bin/caddy"):
        (tmp_path / command).parent.mkdir(parents=True)
        (tmp_path / command).write_text("#!/bin/sh\n")
        (tmp_path / command).chmod(0o755)
    return tmp_path


def analyzed(machine: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = ["systemd-analyze", f"--root={machine}", "--man=no", "--no-pager", *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE, check=False)


def verified(machine: Path, unit: str = "gentle-back.service") -> tuple[int, str]:
    done = analyzed(machine, "verify", unit)
    return done.returncode, done.stderr


def exposure(machine: Path, threshold: float) -> int:
    """Rate the unit; no status but 0 where its exposure is above the threshold."""
    security = ("security", "--offline=true", f"--threshold={round(threshold * 10)}", "gentle-back.service")
    return analyzed(machine, *security).returncode


def test_systemd_reads_the_unit_without_a_word(machine: Path) -> None:
    assert verified(machine) == (0, "")


@pytest.mark.parametrize(
    ("right", "wrong", "told"),
    [
        ("Type=exec", "Typ=exec", "Unknown key"),
        ("Restart=on-failure", "Restart=on-failures", "Failed to parse"),
        ("/opt/gentle-back/bin/gentle-back", "/opt/gentle-back/bin/gentle-beck", "not executable"),
        ("~@privileged", "~@privilegd", "Unknown system call group"),
    ],
)
def test_systemd_tells_what_is_wrong_in_a_unit(machine: Path, right: str, wrong: str, told: str) -> None:
    assert right in UNIT
    (machine / "etc/systemd/system/gentle-back.service").write_text(UNIT.replace(right, wrong))
    assert told.lower() in verified(machine)[1].lower()


def test_the_unit_is_hardly_exposed(machine: Path) -> None:
    assert exposure(machine, EXPOSURE) == 0
    open_ = re.sub(r"^SystemCallFilter=.*\n", "", UNIT, flags=re.MULTILINE)
    (machine / "etc/systemd/system/gentle-back.service").write_text(open_)
    assert exposure(machine, EXPOSURE) != 0


def test_the_wait_between_two_starts_grows_where_systemd_can(machine: Path) -> None:
    drop_in = machine / "etc/systemd/system/gentle-back.service.d/backoff.conf"
    drop_in.parent.mkdir()
    shutil.copy(SYSTEMD / "backoff.conf", drop_in)
    status, told = verified(machine)
    assert status == 0
    assert [line for line in told.splitlines() if not NEWER.match(line)] == []
    drop_in.write_text("[Service]\nRestartStep=6\n[Servce]\n")
    assert [line for line in verified(machine)[1].splitlines() if not NEWER.match(line)] != []


def test_debian_s_own_caddy_takes_its_settings_from_the_same_file(machine: Path) -> None:
    (unit,) = DEBIAN.glob("*/systemd/system/caddy.service")
    units = machine / "etc/systemd/system"
    shutil.copy(unit, units)
    (units / "caddy.service.d").mkdir()
    shutil.copy(SYSTEMD / "caddy.conf", units / "caddy.service.d" / "gentle-back.conf")
    assert verified(machine, "caddy.service") == (0, "")
    drop_in = (SYSTEMD / "caddy.conf").read_text()
    for file in (UNIT, drop_in):
        assert "\nEnvironmentFile=/etc/gentle-back.env\n" in file
    # Debian's command logs its environment, and the skill's key may stand there.
    assert "--environ" in unit.read_text()
    assert "\nUnsetEnvironment=GENTLE_BACK_KEY\nExecStart=\nExecStart=/usr/bin/caddy run --config" in drop_in
