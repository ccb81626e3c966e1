"""Checks and compiles a content tree: the author's rules and the platform's, in one run."""

from __future__ import annotations

import logging
from pathlib import Path

from msgspec import Struct

from skill import compiled, index, proof
from skill.alexa import model
from skill.authoring import listing, unfinished
from skill.authoring.check import check
from skill.authoring.compile import HOME, gather
from skill.authoring.listing import Listing
from skill.authoring.yaml_files import ContentError, Problem
from skill.core.library import Library
from skill.core.turn import CEILING
from skill.proof import Row
from skill.settings import Settings

log = logging.getLogger(__name__)

INTENTS = "interaction_model/intents.yaml"


class Checked(Struct, frozen=True):
    """A content tree that was read and checked."""

    problems: tuple[Problem, ...]
    """What an author has to mend, in the order of the files."""
    library: Library | None
    """All content that can be read; none while a file is broken that the others depend on."""
    invocation_name: str
    """What is said to open the skill."""
    listing: Listing | None
    """What Alexa's store says about it; none while its file or the content is broken."""
    proved: tuple[Row, ...] = ()
    """What was proved of every routine; nothing while there is a problem."""


def checked(root: Path, ceiling: float = CEILING) -> Checked:
    """Read and check a content tree; all errors at once.

    Args:
        root: holds `content/` and `interaction_model/`.
        ceiling: the longest reply of the rhythm that keeps going, in seconds.
    """
    source, library, invocation_name = gather(root)
    listed = None
    if library is not None:
        check(source, library)
        for wrong in model.problems(library, invocation_name):
            at = source.place_of(wrong.text) or Problem(INTENTS, 1, 1, "")
            source.problems.append(Problem(at.file, at.line, at.column, wrong.message))
        listed = listing.gather(source, library, invocation_name)
    blanks = unfinished.problems(source)
    # What an unfinished file says is nobody's wording yet.
    files = {blank.file for blank in blanks} if library is not None else set()
    problems = {problem for problem in source.problems if problem.file not in files}
    found = tuple(sorted(problems.union(blanks)))
    if found or library is None:
        return Checked(found, library, invocation_name, listed)
    proved = tuple(proof.rows(library, ceiling))
    unkept = sorted(
        Problem(f"{HOME}/routines/{row.routine}.yaml", 1, 1, f"at the pace {row.pace}, {wrong}")
        for row in proved
        for wrong in row.wrong
    )
    return Checked(tuple(unkept), library, invocation_name, listed, proved)


def library_of(root: Path) -> tuple[Library, str]:
    """Return the library of a content tree without errors, and the invocation name.

    Raises:
        ContentError: it has errors.
    """
    library, invocation_name, _ = listed_library_of(root)
    return library, invocation_name


def listed_library_of(root: Path) -> tuple[Library, str, Listing]:
    """Return the library of a content tree without errors, the invocation name, and the store's words.

    Raises:
        ContentError: it has errors.
    """
    result = checked(root)
    if result.problems or result.library is None or result.listing is None:
        raise ContentError(*result.problems)
    return result.library, result.invocation_name, result.listing


def write(settings: Settings) -> Library:
    """Compile the content tree, learn its wordings, write both, and return the library that was written.

    Raises:
        ContentError: it has errors.
    """
    content, _ = library_of(Path(settings.content))
    compiled.write(content, Path(settings.library))
    library = compiled.load(Path(settings.library))
    index.build(library, Path(settings.encoder), Path(settings.index))
    return library


def prepared(settings: Settings) -> Library:
    """Return the library that a local door runs: compiled anew where its sources are at hand.

    Raises:
        ContentError: the sources have errors.
        LibraryError: there are no sources, and no compiled file either.
    """
    if (Path(settings.content) / "content").is_dir():
        return write(settings)
    return compiled.load(Path(settings.library))
