"""What takes long to make of a file or a library, made once and shared by all tests of a process.

Tests play hundreds of small breaks of the same hundred files, and open fifty apps on the same library.
"""

from __future__ import annotations

import functools
from pathlib import Path

import msgspec

from skill import build
from skill.authoring import yaml_files
from skill.authoring.yaml_files import Document
from skill.build import Built
from skill.core import fitting, planner, timeline
from skill.core.library import Library
from skill.language.normalise import Normaliser
from skill.language.templates import Templates
from tests.helpers import ROOT

DOCUMENTS: dict[tuple[str | None, bytes], Document] = {}
"""By name and content."""
TEMPLATES: dict[bytes, Templates] = {}
"""By all that the library holds."""


CACHES = (timeline.is_cut, timeline.block_seconds, planner._parts, fitting._orders)
"""What is kept of libraries: between two that are equal and not the same, every look is a long comparison."""


def forget_libraries() -> None:
    """Let go of the libraries that only caches still hold: a skill has one, the tests have hundreds."""
    for cached in CACHES:
        cached.cache_clear()


@functools.cache
def built() -> Built:
    """Return the English content of the repository, checked."""
    found = build.built(ROOT)
    forget_libraries()
    return found


def read(path: Path, name: str | None = None) -> Document:
    """Read a file of the content, unless one of this name and content was read before."""
    if not path.is_file():
        return yaml_files.read(path, name)
    key = name, path.read_bytes()
    if key not in DOCUMENTS:
        DOCUMENTS[key] = yaml_files.read(path, name)
    return DOCUMENTS[key]


def templates(library: Library, normaliser: Normaliser) -> Templates:
    """Return the samples of a library, unless all that it holds was indexed before."""
    key = msgspec.json.encode(library, order="deterministic")
    if key not in TEMPLATES:
        TEMPLATES[key] = Templates(library, normaliser)
    return TEMPLATES[key]
