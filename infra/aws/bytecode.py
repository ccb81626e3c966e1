"""Compiles an artefact's modules beforehand: Lambda would compile them anew at every start."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from infra.aws.target import BuildError

HOME = "/var/task"
"""Where a function's files are on Lambda: what a trace names."""


def interpreter(version: str) -> Path | None:
    """Return a Python of a version on this machine; none if there is none.

    Args:
        version: such as 3.13: bytecode is its own, and the same on every processor.
    """
    return next((path for path in _candidates(version) if _version(path) == version), None)


def compile_all(folder: Path, python: Path) -> None:
    """Write the bytecode of every module of a folder, which is loaded without a look at the source.

    Raises:
        BuildError: a module is no Python of that version.
    """
    command = [str(python), "-I", "-m", "compileall", "-q", "--invalidation-mode", "unchecked-hash"]
    command += ["-s", str(folder), "-p", HOME, str(folder)]
    done = subprocess.run(command, check=False, capture_output=True, text=True)  # noqa: S603  # a fixed command
    if done.returncode:
        raise BuildError(f"{folder}: not compiled: {done.stdout.strip()}")


def _candidates(version: str) -> Iterator[Path]:
    """Yield what could be a Python of a version: this one, the path's, pyenv's."""
    yield Path(sys.executable)
    named = shutil.which(f"python{version}")
    if named:
        yield Path(named)
    pyenv = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv")
    yield from sorted(pyenv.glob(f"versions/{version}*/bin/python{version}"))


def _version(python: Path) -> str:
    """Return the version of an interpreter; empty if it does not start."""
    command = [str(python), "-I", "-c", "import sys; print('%d.%d' % sys.version_info[:2])"]
    return subprocess.run(  # noqa: S603  # an interpreter of this machine
        command, check=False, capture_output=True, text=True
    ).stdout.strip()
