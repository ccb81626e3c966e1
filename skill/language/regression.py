"""A softmax regression: how the chances of meanings follow from an utterance's numbers.

Learned by Adam in small batches, from a fixed seed, so that the same content gives the same weights. A
meaning with many wordings does not drown one with few.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from msgspec import Struct

from skill.language.encoder import Vectors

BALANCE = 0.5
"""How far a meaning's wordings weigh less the more there are: 0 not at all, 1 so far that all meanings weigh
the same."""
SMOOTHING = 0.05
"""So much of a wording's chance is left to all other meanings, so that no wording is learned by heart."""
DECAY = 1e-5
"""How far large weights are held back."""
PASSES, BATCH, PACE = 8, 512, 0.02
"""How often all wordings are learned, how many at a time, and how fast."""
MEMORY, SQUARES = 0.9, 0.99
"""How long Adam remembers the slopes, and their squares."""


class Regression(Struct, frozen=True):
    """What was learned."""

    weights: Vectors
    """A row a number, a column a meaning."""
    bias: Vectors
    """What is added for each meaning."""

    def chances(self, rows: Vectors) -> Vectors:
        """Return the chance of each meaning, for each row of numbers; a row adds up to 1."""
        return _softmax(rows @ self.weights + self.bias)


def learned(rows: Vectors, labels: npt.NDArray[np.int64], meanings: int) -> Regression:
    """Return the regression of labelled rows onto so many meanings."""
    weight = _weights(labels, meanings)
    wanted = np.eye(meanings, dtype=np.float32) * np.float32(1 - SMOOTHING) + np.float32(SMOOTHING / meanings)
    found = Regression(np.zeros((rows.shape[1], meanings), np.float32), np.zeros((1, meanings), np.float32))
    steps = [_Step(found.weights), _Step(found.bias)]
    order = np.random.default_rng(0)
    for _ in range(PASSES):
        places = order.permutation(len(rows))
        for batch in (places[start : start + BATCH] for start in range(0, len(rows), BATCH)):
            error = found.chances(rows[batch]) - wanted[labels[batch]]
            error *= weight[batch, None] / np.float32(len(batch))
            steps[0].take(rows[batch].T @ error + np.float32(DECAY) * found.weights)
            steps[1].take(error.sum(axis=0, keepdims=True))
    return found


class _Step:
    """Moves an array down its slope, in place (Adam: Kingma and Ba, 2015)."""

    def __init__(self, array: Vectors) -> None:
        self._array = array
        self._slope, self._square = np.zeros_like(array), np.zeros_like(array)
        self._taken = 0

    def take(self, slope: Vectors) -> None:
        self._taken += 1
        self._slope += np.float32(1 - MEMORY) * (slope - self._slope)
        self._square += np.float32(1 - SQUARES) * (slope * slope - self._square)
        pace = np.float32(PACE / (1 - MEMORY**self._taken))
        spread = np.sqrt(self._square / np.float32(1 - SQUARES**self._taken)) + np.float32(1e-8)
        self._array -= pace * self._slope / spread


def _softmax(rows: Vectors) -> Vectors:
    powers = np.exp(rows - rows.max(axis=1, keepdims=True))
    chances: Vectors = powers / powers.sum(axis=1, keepdims=True)
    return chances


def _weights(labels: npt.NDArray[np.int64], meanings: int) -> Vectors:
    """Return what each row weighs: 1 on average."""
    counts = np.bincount(labels, minlength=meanings)
    weight = (counts[labels] ** -BALANCE).astype(np.float32)
    balanced: Vectors = weight / weight.mean()
    return balanced
