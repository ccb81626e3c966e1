"""What takes long to make of a file or a library, made once and shared by all tests of a process.

Tests play hundreds of small breaks of the same hundred files, and open fifty apps on the same library.
"""

from __future__ import annotations

from pathlib import Path

import msgspec

from skill.authoring import yaml_files
from skill.authoring.yaml_files import Document
from skill.core.library import Library
from skill.language.normalise import Normaliser
from skill.language.templates import Templates

DOCUMENTS: dict[tuple[str | None, bytes], Document] = {}
"""By name and content."""
TEMPLATES: dict[bytes, Templates] = {}
"""By all that the library holds."""


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
