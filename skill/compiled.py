"""The one file that a running skill loads: all content, with its hash."""

from __future__ import annotations

import hashlib
from pathlib import Path

import msgspec
from msgspec import Struct

from skill import files
from skill.core.errors import LibraryError
from skill.core.library import Library

SCHEMA = 2
"""Version of the compiled file's shape."""


class Envelope(Struct, frozen=True, forbid_unknown_fields=True):
    """What surrounds the library in its file."""

    schema: int
    """`SCHEMA` of the skill that wrote it."""
    sha256: str
    """SHA-256 of the library's bytes."""
    library: msgspec.Raw
    """The library, as canonical JSON."""


def write(library: Library, path: Path) -> str:
    """Write a library to its file, in one step, and return its hash."""
    body = _body(library)
    digest = hashlib.sha256(body).hexdigest()
    files.write(path, msgspec.json.encode(Envelope(SCHEMA, digest, msgspec.Raw(body))))
    return digest


def hash_of(library: Library) -> str:
    """Return the hash that a library has once it is compiled."""
    return hashlib.sha256(_body(library)).hexdigest()


def load(path: Path) -> Library:
    """Load the library that was compiled.

    Raises:
        LibraryError: the file is missing, of another schema, or not what its hash says.
    """
    try:
        envelope = msgspec.json.decode(path.read_bytes(), type=Envelope)
    except (OSError, msgspec.MsgspecError) as error:
        raise LibraryError(f"{path}: no compiled content ({type(error).__name__})") from error
    if envelope.schema != SCHEMA:
        raise LibraryError(f"{path}: compiled for schema {envelope.schema}, this is {SCHEMA}")
    body = bytes(envelope.library)
    if hashlib.sha256(body).hexdigest() != envelope.sha256:
        raise LibraryError(f"{path}: the content is not what its hash says")
    try:
        library = msgspec.json.decode(body, type=Library)
    except msgspec.MsgspecError as error:
        raise LibraryError(f"{path}: {error}") from error
    translations = {
        language: msgspec.structs.replace(translation, hash=f"{envelope.sha256} {language}")
        for language, translation in library.translations.items()
    }
    return msgspec.structs.replace(library, hash=envelope.sha256, translations=translations)


def _body(library: Library) -> bytes:
    """Return a library as canonical JSON."""
    bare = {name: msgspec.structs.replace(other, hash="") for name, other in library.translations.items()}
    library = msgspec.structs.replace(library, hash="", translations=bare)
    return msgspec.json.encode(library, order="deterministic")
