"""JSON Schemas of the author's files, so that an editor completes keys and underlines mistakes."""

from __future__ import annotations

import inspect
from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from skill.authoring import compile as compiling
from skill.authoring import listing
from skill.authoring.compile import Citation, IntentsFile
from skill.authoring.explained import meanings
from skill.authoring.listing import Listing
from skill.core import library
from skill.core.library import Answer, Area, Locale, Phrase, Routine, Safety, Speech, Stretch

FOLDER = "content/schema"
"""Where the schemas are kept."""
DIALECT = "https://json-schema.org/draft/2020-12/schema"
FILES: dict[str, Any] = {
    "stretch": Stretch,
    "routine": Routine,
    "answer": Answer,
    "safety": Safety,
    "phrases": dict[str, Phrase],
    "speech": Speech,
    "areas": dict[str, Area],
    "locales": dict[str, Locale],
    "sources": dict[str, Citation],
    "intents": IntentsFile,
    "listing": Listing,
}
"""Each kind of file, and the type of what it holds."""


def schemas() -> Iterator[tuple[str, str]]:
    """Yield the path below the root and the text of each schema."""
    known = {**meanings(library), **meanings(compiling), **meanings(listing)}
    for name, type_ in FILES.items():
        schema = msgspec.json.schema(type_)
        for title, part in schema.get("$defs", {}).items():
            _explain(part, known.get(title, {}))
        whole = {"$schema": DIALECT, "$comment": "made by gentle-back schema", **schema}
        yield (
            f"{FOLDER}/{name}.json",
            msgspec.json.format(msgspec.json.encode(whole), indent=2).decode() + "\n",
        )


def _explain(part: dict[str, Any], known: Mapping[str, str]) -> None:
    """Put what a key means beside it, where an editor shows it."""
    if "description" in part:
        part["description"] = inspect.cleandoc(part["description"])
    for key, value in part.get("properties", {}).items():
        if key in known:
            value["description"] = known[key]
