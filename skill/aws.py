"""The Lambda handler, and nothing else."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from skill import compiled
from skill.alexa.handler import AlexaDoor
from skill.app import App, key_beside
from skill.lazy import LazyMatcher
from skill.settings import from_environment
from skill.store.sqlite import SqliteStore


@cache
def _door() -> AlexaDoor:
    """Return the door of this process, opened once."""
    settings = from_environment()
    database = Path(settings.database)
    key = settings.key.encode() or key_beside(database)
    library = compiled.load(Path(settings.library))
    matcher = LazyMatcher(library, Path(settings.encoder), Path(settings.index))
    return AlexaDoor(App(library, SqliteStore(database), key, matcher, settings.ceiling))


def handler(event: dict[str, Any], context: object) -> dict[str, Any]:
    """Answer one envelope of Alexa's.

    Args:
        event: the envelope.
        context: Lambda's, which is not needed.
    """
    del context
    return _door().handle(event)
