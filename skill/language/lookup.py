"""Looks phrases up at a place in an utterance."""

from __future__ import annotations

from collections.abc import Iterable, Sequence


class Phrases:
    """A list of phrases, by their first words."""

    def __init__(self, phrases: Iterable[Sequence[str]]) -> None:
        """Take phrases, each as its words; one without words is left out."""
        self._by_first: dict[str, list[list[str]]] = {}
        for phrase in phrases:
            if phrase:
                self._by_first.setdefault(phrase[0], []).append(list(phrase))
        for same in self._by_first.values():
            same.sort(key=len, reverse=True)

    def at(self, words: Sequence[str], place: int) -> int:
        """Return how many words the longest phrase has that begins at a place, or 0."""
        if place >= len(words):
            return 0
        for phrase in self._by_first.get(words[place], ()):
            if list(words[place : place + len(phrase)]) == phrase:
                return len(phrase)
        return 0

    def anywhere(self, words: Sequence[str]) -> bool:
        """Whether one of the phrases stands in an utterance."""
        return any(self.at(words, place) for place in range(len(words)))
