"""The sources that the content may name: `content/sources.yaml`, against every `sources:`."""

from __future__ import annotations

from skill.authoring.compile import CITATIONS, HOME, Source, Steps
from skill.core.library import Library


def check(source: Source, library: Library) -> None:
    """Add each source that `content/sources.yaml` does not know."""
    places: list[tuple[str, Steps, tuple[str, ...]]] = [
        *(
            (f"{HOME}/stretches/{id_}.yaml", ("sources",), it.sources)
            for id_, it in library.stretches.items()
        ),
        *((f"{HOME}/answers/{id_}.yaml", ("sources",), it.sources) for id_, it in library.answers.items()),
        *(
            (f"{HOME}/safety.yaml", ("flags", index, "sources"), flag.sources)
            for index, flag in enumerate(library.safety.flags)
        ),
    ]
    for file, path, names in places:
        for index, name in enumerate(names):
            if name not in source.citations and name not in source.broken:
                source.wrong(file, (*path, index), f"there is no source {name} in {CITATIONS}")
