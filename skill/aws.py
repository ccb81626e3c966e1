"""The Lambda handler, and nothing else."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

from skill import compiled
from skill.alexa.handler import AlexaDoor
from skill.app import App, key_beside
from skill.language.guess import Guesser
from skill.settings import from_environment
from skill.store.sqlite import SqliteStore


@cache
def _door() -> AlexaDoor:
    """Return the door of this process, opened once."""
    settings = from_environment()
    database = Path(settings.database)
    key = settings.key.encode() or key_beside(database)
    library = compiled.load(Path(settings.library))

    @cache
    def lazy() -> Callable[[], Guesser]:
        # Numpy is loaded for free words only: an intent never waits for it.
        from skill.index import LazyMatcher

        return LazyMatcher(library, Path(settings.encoder), Path(settings.index))

    return AlexaDoor(App(library, SqliteStore(database), key, lambda: lazy()()))


def handler(event: dict[str, Any], context: object) -> dict[str, Any]:
    """Answer one envelope of Alexa's.

    Args:
        event: the envelope.
        context: Lambda's, which is not needed.
    """
    del context
    return _door().handle(event)
