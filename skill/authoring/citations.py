"""The sources that the content may name: `content/sources.yaml`, against every `sources:`."""

from __future__ import annotations

from skill.authoring.compile import CITATIONS, Source, Steps
from skill.core.library import Library


def check(source: Source, library: Library) -> None:
    """Add each source that `content/sources.yaml` does not know."""
    places: list[tuple[str, Steps, tuple[str, ...]]] = [
        *(
            (f"{source.home}/stretches/{id_}.yaml", ("sources",), it.sources)
            for id_, it in library.stretches.items()
        ),
        *(
            (f"{source.home}/answers/{id_}.yaml", ("sources",), it.sources)
            for id_, it in library.answers.items()
        ),
        *(
            (f"{source.home}/safety.yaml", ("flags", index, "sources"), flag.sources)
            for index, flag in enumerate(library.safety.flags)
        ),
    ]
    for file, path, names in places:
        for index, name in enumerate(names):
            if name not in source.citations and name not in source.broken:
                source.wrong(file, (*path, index), f"there is no source {name} in {CITATIONS}")
