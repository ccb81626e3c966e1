"""Builds and runs a Dockerfile without Docker: each step in a sandbox that sees what the step would see.

The base image is this machine's own system and Python, read-only; all else of the root is a folder per stage.
"""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tests.helpers import ROOT

BASE = ("/usr", "/etc", sys.base_prefix)
"""What the base image has, read-only."""
PATH = f"{sys.base_prefix}/bin:/usr/bin:/bin"
OWN = ("dev", "proc", "tmp")
DOWNLOADED = Path.home() / ".cache" / "pip"
"""What pip keeps of its downloads: an image's build would begin without, and take longer."""


@dataclass(frozen=True)
class Step:
    """One instruction of a Dockerfile."""

    word: str
    rest: str

    @property
    def command(self) -> list[str]:
        """The command of a step, as exec would take it."""
        return list(json.loads(self.rest)) if self.rest.startswith("[") else ["/bin/sh", "-c", self.rest]


def steps(text: str) -> list[Step]:
    """The instructions of a Dockerfile: a line each, once those that go on are joined."""
    kept = "\n".join(line for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#"))
    lines = re.sub(r"\\\n\s*", "", kept).splitlines()
    return [Step(*line.split(None, 1)) for line in lines]


@dataclass
class Stage:
    """What a stage has come to: its root, and what is set in it."""

    root: Path
    environment: dict[str, str] = field(default_factory=lambda: {"PATH": PATH})
    folder: str = "/"
    user: str = "0:0"
    health: list[str] = field(default_factory=list)
    command: list[str] = field(default_factory=list)
    volumes: list[str] = field(default_factory=list)

    def inside(self, path: str) -> Path:
        """Where a path of this stage lies on the machine."""
        return self.root / os.path.join(self.folder, path).lstrip("/")

    def sandboxed(
        self,
        command: Sequence[str],
        environment: Mapping[str, str] | None = None,
        *,
        writable: bool = False,
        mounts: Mapping[Path, str] | None = None,
    ) -> list[str]:
        """The command that runs another one in this stage, as its user and with nothing but its environment.

        Args:
            command: what runs.
            environment: is set beside the stage's own.
            writable: whether the root can be written.
            mounts: folders of the machine that can be written, and where they are seen.
        """
        arguments = ["bwrap", "--bind" if writable else "--ro-bind", str(self.root), "/"]
        for path in BASE:
            arguments += ["--ro-bind", path, path]
        arguments += ["--dev", "/dev", "--proc", "/proc", "--tmpfs", "/tmp"]
        for here, there in (mounts or {}).items():
            arguments += ["--bind", str(here), there]
        arguments += ["--chdir", self.folder, "--clearenv"]
        for name, value in (self.environment | dict(environment or {})).items():
            arguments += ["--setenv", name, value]
        user, group = self.user.split(":")
        if user != "0":
            arguments += ["setpriv", "--reuid", user, "--regid", group, "--clear-groups"]
            arguments += ["--no-new-privs", "--inh-caps=-all", "--bounding-set=-all"]
        return [*arguments, *command]


def context(folder: Path, ignored: Path) -> None:
    """Copy what git knows of the repository, less what the build is told to ignore: the last pattern says."""
    told = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    patterns = [line for line in ignored.read_text().splitlines() if line and not line.startswith("#")]
    for name in filter(None, told.stdout.split("\0")):
        saying = [pattern for pattern in patterns if _speaks_of(pattern.removeprefix("!"), Path(name))]
        if saying[-1].startswith("!") and (ROOT / name).exists():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, folder / name)


def _speaks_of(pattern: str, path: Path) -> bool:
    """Whether a pattern means a file: `*` is all, `**/` means any folder, else it begins at the root."""
    if pattern.startswith("**/"):
        return any(Path(part).match(pattern.removeprefix("**/")) for part in path.parts)
    return pattern == "*" or path.is_relative_to(pattern)


def build(dockerfile: Path, context: Path, scratch: Path, given: Mapping[str, Path]) -> Stage:
    """Carry out a Dockerfile, and return its last stage.

    Args:
        dockerfile: is carried out.
        context: what COPY sees.
        scratch: an empty folder, for the roots of the stages.
        given: files that lie in the first stage before its commands run, by their path there.
    """
    stages: dict[str, Stage] = {}
    stage = Stage(scratch)
    for step in steps(dockerfile.read_text()):
        words = shlex.split(step.rest) if step.word in ("FROM", "COPY", "ENV") else []
        match step.word:
            case "FROM":
                name = words[2] if len(words) == 3 else str(len(stages))
                stage = stages[name] = Stage(_root(scratch / name))
            case "WORKDIR":
                stage.folder = step.rest
                stage.inside(".").mkdir(parents=True)
            case "COPY":
                _copy(stage, words, stages, context)
            case "ENV":
                for word in words:
                    name, _, value = word.partition("=")
                    stage.environment[name] = value.replace("$PATH", stage.environment["PATH"])
            case "RUN":
                if len(stages) == 1:
                    for there, here in given.items():
                        stage.inside(there).parent.mkdir(exist_ok=True)
                        shutil.copy2(here, stage.inside(there))
                own = {name: value for name, value in os.environ.items() if name.startswith("PIP_")}
                own |= {"PIP_CACHE_DIR": "/tmp/downloaded"}
                DOWNLOADED.mkdir(parents=True, exist_ok=True)
                mounts = {DOWNLOADED: "/tmp/downloaded"}
                subprocess.run(stage.sandboxed(step.command, own, writable=True, mounts=mounts), check=True)
            case "USER":
                stage.user = step.rest
            case "VOLUME":
                stage.volumes.append(step.rest)
            case "HEALTHCHECK":
                stage.health = Step(*step.rest[step.rest.index("CMD") :].split(None, 1)).command
            case "CMD":
                stage.command = step.command
            case _:
                assert step.word in ("LABEL", "EXPOSE"), step
    return stage


def _root(root: Path) -> Path:
    """An empty root, with the places where the base image is seen."""
    for path in (*BASE, *OWN):
        (root / path.lstrip("/")).mkdir(parents=True)
    for name in ("bin", "lib", "lib64", "sbin"):
        (root / name).symlink_to(f"usr/{name}")
    return root


def _copy(stage: Stage, words: list[str], stages: Mapping[str, Stage], context: Path) -> None:
    """Carry out a COPY: a folder's content is copied, a file keeps its name where the target is a folder."""
    options = dict(word.removeprefix("--").split("=") for word in words if word.startswith("--"))
    *sources, target = [word for word in words if not word.startswith("--")]
    for source in sources:
        here = stages[options["from"]].inside(source) if "from" in options else context / source
        there = stage.inside(target)
        if not here.is_dir() and target.endswith("/"):
            there /= here.name
        there.parent.mkdir(parents=True, exist_ok=True)
        subprocess.run(["cp", "-a", "-T", here, there], check=True)
        if "chown" in options:
            subprocess.run(["chown", "-R", options["chown"], there], check=True)
