"""The compiled content, its sources, and what free words are compared by."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from skill import compiled, index, weights
from skill.authoring.yaml_files import ContentError
from skill.core.errors import LibraryError
from skill.core.library import Library
from skill.doctor.finding import Finding, bad, ok, warn
from skill.weights import EncoderError

COMPILE = "run gentle-back compile"


def content(library: Path, root: Path, compile: Callable[[Path], Library]) -> Iterator[Finding]:
    """Look at the compiled content, and whether it is that of the sources, where they are at hand.

    Args:
        library: the compiled file.
        root: holds `content/`, where there are sources.
        compile: returns the library of sources; raises `ContentError`.
    """
    loaded = None
    try:
        loaded = compiled.load(library)
    except LibraryError as error:
        yield bad("content", str(error), COMPILE)
    else:
        yield ok("content", f"{library}, hash {loaded.hash}")
    if not (root / "content").is_dir():
        return
    try:
        fresh = compiled.hash_of(compile(root))
    except ContentError as error:
        yield bad("sources", f"{len(error.problems)} errors", "run gentle-back check, and mend them")
        return
    if loaded is not None and loaded.hash == fresh:
        yield ok("sources", "the compiled content is theirs")
    else:
        yield warn("sources", f"the compiled content is not theirs: they have hash {fresh}", COMPILE)


def free_words(library: Callable[[], Library], encoder: Path, path: Path) -> Iterator[Finding]:
    """Look at the encoder of free words, and at what was learned of the content.

    Args:
        library: returns the content; raises `LibraryError`.
        encoder: the encoder's file.
        path: the index's file.
    """
    try:
        weights.load(encoder)
    except EncoderError as error:
        yield warn(
            "encoder",
            f"words are compared by their letters only: {error}",
            "run gentle-back encoder, then gentle-back compile",
        )
    else:
        yield ok("encoder", str(encoder))
    try:
        learned = index.is_current(library(), encoder, path)
    except LibraryError:
        yield warn("free words", "without content, nothing is learned", COMPILE)
        return
    if learned:
        yield ok("free words", f"{path} belongs to the content")
    else:
        yield warn("free words", f"{path} does not belong to the content: every start learns anew", COMPILE)
