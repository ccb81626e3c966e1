"""Compares the letters of words: what the encoder blurs, and what stands in for it where it is missing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from zlib import crc32

import numpy as np

from skill.language.encoder import Vectors
from skill.language.guess import LEXICAL

RUNS = (3, 4)
"""Lengths of the runs of letters that are counted inside a word."""


class LexicalEncoder:
    """Counts words, pairs of words and runs of letters."""

    name = LEXICAL

    def __init__(self, size: int) -> None:
        """Let all that is counted share so many places."""
        self._size = size

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Return one unit vector a text, as rows."""
        vectors = np.zeros((len(texts), self._size), np.float32)
        for row, text in enumerate(texts):
            for feature, weight in _features(text.split()):
                hashed = crc32(feature.encode())
                # One bit of the hash is a sign, so that runs that share a place cancel out on average.
                vectors[row, hashed % self._size] += weight if hashed & 0x80000000 else -weight
        unit: Vectors = vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-6)
        return unit


def _features(words: list[str]) -> Iterator[tuple[str, float]]:
    """Yield what is counted, and how much it weighs: long words tell more than short ones."""
    for first, second in zip(words, [*words[1:], ""], strict=True):
        weight = min(len(first), 8) / 4
        yield first, weight
        yield f"{first} {second}", weight / 2
        marked = f"<{first}>"
        for size in RUNS:
            for start in range(len(marked) - size + 1):
                yield marked[start : start + size], weight / 8
