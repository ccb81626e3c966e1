"""The learned matcher, loaded when it is first needed."""

from __future__ import annotations

from pathlib import Path
from threading import Lock

from skill.core.library import Library
from skill.language.guess import Guesser


class LazyMatcher:
    """Gives a library's matcher; nothing of it is loaded before the first time."""

    def __init__(self, library: Library, encoder: Path, index: Path) -> None:
        """Name the files of the encoder and of the index."""
        self._library, self._encoder, self._index = library, encoder, index
        self._lock = Lock()
        self._matcher: Guesser | None = None

    def __call__(self) -> Guesser:
        """Return the matcher."""
        with self._lock:
            if self._matcher is None:
                # Numpy is loaded for free words only: an intent never waits for it.
                from skill.index import matcher

                self._matcher = matcher(self._library, self._encoder, self._index)
            return self._matcher
