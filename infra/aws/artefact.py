"""Builds the function's artefact (`make lambda`), and tells its size and how it starts."""

from __future__ import annotations

import platform
import shutil
import sys
from pathlib import Path

import click
from msgspec import Struct

from infra.aws import bytecode, cold_start, content, packages, zipped
from infra.aws.target import GLIBC, Architecture, BuildError, Target
from skill.core.errors import GentleBackError

ROOT = Path(__file__).resolve().parents[2]
"""The project."""
BUILD = ROOT / "build"
"""Where builds are."""
CURRENT = "lambda.zip"
"""The artefact that was asked for last: what template.yaml deploys."""
MEGABYTE = 1024 * 1024
"""Lambda's."""
UNZIPPED_MEGABYTES = 250
"""Lambda takes no more, unzipped (AWS, "Lambda quotas")."""
ZIPPED_MEGABYTES = 50
"""More has to go by way of S3, as `sam deploy` always does (the same page)."""
PARTS = 5
"""So many of the largest parts are told."""


class Artefact(Struct, frozen=True):
    """A function's files, in a folder and in a zip file beside it."""

    target: Target
    """What they are for."""
    folder: Path
    """Where they are."""
    python: Path | None
    """What compiled the modules; none where no Python of that version is here."""

    @property
    def zip(self) -> Path:
        """The zip file."""
        return self.folder.with_name(f"{self.folder.name}.zip")


def build(target: Target, learned: Path, root: Path = ROOT, into: Path = BUILD) -> Artefact:
    """Build an artefact, anew.

    Args:
        target: what it is for.
        learned: the folder of the compiled content.
        root: the project.
        into: where builds are.

    Raises:
        BuildError: a library cannot be had for the target, or the artefact is too large.
    """
    folder = into / f"lambda-{target}"
    shutil.rmtree(folder, ignore_errors=True)
    packages.install(packages.needed(root / "pyproject.toml"), target, folder)
    ours = shutil.ignore_patterns("__pycache__", "_content")
    shutil.copytree(root / "skill", folder / "skill", ignore=ours)
    shutil.copytree(learned, folder / "skill" / "_content")
    shutil.copy(root / "LICENSE", folder)
    python = bytecode.interpreter(target.python)
    if python:
        bytecode.compile_all(folder, python)
    built = Artefact(target, folder, python)
    zipped.write(folder, built.zip)
    if size(folder) > UNZIPPED_MEGABYTES * MEGABYTE:
        raise BuildError(f"{folder}: {told(size(folder))}, and Lambda takes {UNZIPPED_MEGABYTES}")
    return built


def size(path: Path) -> int:
    """Return the bytes of a file, or of all files in a folder."""
    files = path.rglob("*") if path.is_dir() else [path]
    return sum(file.stat().st_size for file in files if file.is_file())


def told(bytes_: int) -> str:
    """Return a size for a person, in Lambda's megabytes."""
    return f"{bytes_ / MEGABYTE:.1f} MB"


def twin(target: Target) -> Target | None:
    """Return the runtime nearest to a target that this machine can run; none if there is none."""
    here = next((known for known in Architecture if Target(target.python, known).is_this_processor), None)
    this = "{}.{}".format(*sys.version_info)
    versions = [version for version in (target.python, this) if version in GLIBC]
    return next((Target(v, here) for v in versions if here and bytecode.interpreter(v)), None)


@click.command()
@click.option("--python", type=click.Choice(sorted(GLIBC)), default="3.13", show_default=True)
@click.option(
    "--architecture",
    type=click.Choice([known.value for known in Architecture]),
    default="arm64",
    show_default=True,
)
@click.option("--encoder", is_flag=True, help="Put the encoder of free words into it.")
def main(python: str, architecture: str, encoder: bool) -> None:
    """Build the artefact of the Lambda function, and tell its size and its cold start."""
    target = Target(python, Architecture(architecture))
    # What cannot be built is not deployed as it was before.
    (BUILD / CURRENT).unlink(missing_ok=True)
    try:
        learned = content.compiled(ROOT, BUILD, encoder=encoder)
        built = build(target, learned)
        shutil.copyfile(built.zip, BUILD / CURRENT)
        _tell_size(built)
        _tell_start(built, learned)
    except GentleBackError as error:
        raise click.ClickException(str(error)) from None
    click.echo(
        f"{BUILD / CURRENT} is what sam deploy takes, with Runtime=python{python} Architecture={architecture}"
    )


def _tell_size(built: Artefact) -> None:
    """Print how large an artefact is, what takes most of it, and whether its modules are compiled."""
    zipped_size = size(built.zip)
    click.echo(
        f"{built.zip}: {told(zipped_size)} zipped, {told(size(built.folder))} unzipped "
        f"(Lambda takes {UNZIPPED_MEGABYTES} MB)"
    )
    parts = sorted(((size(path), path.name) for path in built.folder.iterdir()), reverse=True)
    click.echo("  " + ", ".join(f"{name} {told(part)}" for part, name in parts[:PARTS]))
    if zipped_size > ZIPPED_MEGABYTES * MEGABYTE:
        click.echo(f"  more than the {ZIPPED_MEGABYTES} MB of a direct upload: it goes by way of S3")
    if built.python:
        click.echo(f"  modules compiled by {built.python}")
    else:
        version = built.target.python
        click.secho(
            f"NO BYTECODE: there is no Python {version} here to compile the modules. The artefact is correct "
            f"and starts slower: Lambda compiles at every start. Install python{version} and build again.",
            fg="yellow",
            err=True,
        )


def _tell_start(built: Artefact, learned: Path) -> None:
    """Print how an artefact starts; where this machine cannot run it, how the nearest one does."""
    runnable = twin(built.target)
    if runnable is None:
        click.echo("cold start: cannot be measured, this machine runs no Python of Lambda's")
        return
    measured = built if runnable == built.target else build(runnable, learned)
    if measured is not built:
        click.echo(
            f"  {built.target} cannot be run on this machine; its twin {runnable} is built and measured"
        )
    python = measured.python or Path(sys.executable)
    click.echo(f"cold start of {runnable}: {cold_start.measured(measured.folder, python)}")
    click.echo(
        f"  the middle of {cold_start.TIMES} fresh processes on this {platform.machine()}, without network"
    )


if __name__ == "__main__":
    main()
