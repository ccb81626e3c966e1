"""Checks and compiles a content tree: the author's rules and the platform's, in one run."""

from __future__ import annotations

import logging
from pathlib import Path

import msgspec
from msgspec import Struct

from skill import compiled, index, proof
from skill.alexa import model
from skill.authoring import listing, translation, unfinished
from skill.authoring.check import check
from skill.authoring.compile import ENGLISH, gather, languages
from skill.authoring.listing import Listing
from skill.authoring.yaml_files import ContentError, Problem
from skill.core.library import Library
from skill.core.turn import CEILING
from skill.proof import Row
from skill.settings import Settings

log = logging.getLogger(__name__)


class Checked(Struct, frozen=True):
    """A language of a content tree that was read and checked."""

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


class Built(Struct, frozen=True):
    """A language without errors."""

    library: Library
    """All its content."""
    invocation_name: str
    """What is said to open the skill."""
    listing: Listing
    """What the store says."""


def checked(root: Path, ceiling: float = CEILING, language: str = ENGLISH) -> Checked:
    """Read and check a language of a content tree; all errors at once.

    Args:
        root: holds `content/` and `interaction_model/`.
        ceiling: the longest reply of the rhythm that keeps going, in seconds.
        language: the language.
    """
    source, library, invocation_name = gather(root, language)
    listed = listing.read(source)
    if language != ENGLISH:
        english = gather(root)[0]
        listing.read(english)
        translation.check(source, english)
    if library is not None:
        # What is worked out of it is kept by its hash, as it will be of the compiled one.
        library = msgspec.structs.replace(library, hash=compiled.hash_of(library))
        check(source, library)
        for wrong in model.problems(library, invocation_name):
            at = source.place_of(wrong.text) or Problem(source.intents, 1, 1, "")
            source.problems.append(Problem(at.file, at.line, at.column, wrong.message))
        if listed is not None:
            listing.check(source, listed, library, invocation_name)
    blanks = unfinished.problems(source)
    # What an unfinished file says is nobody's wording yet.
    files = {blank.file for blank in blanks} if library is not None else set()
    problems = {problem for problem in source.problems if problem.file not in files}
    found = tuple(sorted(problems.union(blanks)))
    if found or library is None:
        return Checked(found, library, invocation_name, listed)
    proved = tuple(proof.rows(library, ceiling))
    unkept = sorted(
        Problem(f"{source.home}/routines/{row.routine}.yaml", 1, 1, f"at the pace {row.pace}, {wrong}")
        for row in proved
        for wrong in row.wrong
    )
    return Checked(tuple(unkept), library, invocation_name, listed, proved)


def library_of(root: Path, language: str = ENGLISH) -> tuple[Library, str]:
    """Return the library of a language without errors, and the invocation name.

    Raises:
        ContentError: it has errors.
    """
    found = built(root, language)
    return found.library, found.invocation_name


def built(root: Path, language: str = ENGLISH) -> Built:
    """Return a language without errors.

    Raises:
        ContentError: it has errors.
    """
    result = checked(root, language=language)
    if result.problems or result.library is None or result.listing is None:
        raise ContentError(*result.problems)
    return Built(result.library, result.invocation_name, result.listing)


def whole(root: Path) -> Library:
    """Return the English library of a content tree, with its translations.

    Raises:
        ContentError: a language has errors.
    """
    english, *others = (built(root, language).library for language in languages(root))
    return msgspec.structs.replace(english, translations={other.language: other for other in others})


def write(settings: Settings) -> Library:
    """Compile the content tree, learn its wordings, write both, and return the library that was written.

    Raises:
        ContentError: a language has errors.
    """
    compiled.write(whole(Path(settings.content)), Path(settings.library))
    library = compiled.load(Path(settings.library))
    for language in (library, *library.translations.values()):
        index.build(language, Path(settings.encoder), Path(settings.index))
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
