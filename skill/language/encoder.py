"""Turns a text into a vector whose direction is its meaning: all-MiniLM-L6-v2, in plain numpy.

The weights are kept in 8 bits (a scale for each row) and opened to 32 bits when the encoder is made,
but for the table of word pieces: of that only the rows that a text needs (language facts, section 0).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

import numpy as np
import numpy.typing as npt

from skill.language.wordpiece import MOST, WordPiece

Vectors = npt.NDArray[np.float32]
"""One or more vectors; the last axis is the vector."""
Weights = Mapping[str, npt.NDArray[np.generic]]
"""Arrays by name; an array in 8 bits has its scales under its name and `SCALES`."""

SCALES = ".scales"
LAYERS, HEADS, SIZE = 6, 12, 384
"""The shape of the network."""
EPSILON = 1e-12
"""Keeps a norm from being divided by zero, as the network was trained."""
PIECES = "embeddings.word_embeddings.weight"
"""The largest table, a third of all weights."""
TYPES, PLACES = "embeddings.token_type_embeddings.weight", "embeddings.position_embeddings.weight"
"""The tables of a text's parts, and of the places in it."""
BATCH = 64
"""So many texts of one length are encoded at once."""


class Encoder(Protocol):
    """Whatever turns texts into unit vectors."""

    name: str
    """What it is called in the log and in `/readyz`."""

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Return one unit vector a text, as rows."""
        ...


def quantised(weight: Vectors) -> tuple[npt.NDArray[np.int8], Vectors]:
    """Return a matrix in 8 bits, and the scale of each of its rows."""
    scales = np.maximum(np.abs(weight).max(axis=1, keepdims=True) / 127, EPSILON).astype(np.float32)
    return np.rint(weight / scales).astype(np.int8), scales


class SentenceEncoder:
    """The network, ready to encode."""

    name = "all-MiniLM-L6-v2"

    def __init__(self, weights: Weights, vocabulary: list[str]) -> None:
        """Open the weights.

        Raises:
            KeyError: an array is missing.
        """
        self._word_piece = WordPiece(vocabulary)
        self._pieces, self._piece_scales = weights[PIECES], weights[PIECES + SCALES]
        types = _opened(weights, TYPES)
        self._places = _opened(weights, PLACES)[:MOST] + types[0]
        # Laid out as they are multiplied: otherwise every product of a short text turns its matrix round.
        # Opened one by one: two copies of all at once would take twice the memory.
        self._weights = {
            name: np.ascontiguousarray(_opened(weights, name).T)
            for name in weights
            if name not in (PIECES, TYPES, PLACES) and not name.endswith(SCALES)
        }

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Return one unit vector a text, as rows."""
        ids = [self._word_piece.ids(text) for text in texts]
        vectors = np.empty((len(ids), SIZE), np.float32)
        # Texts of one length go together, so that nothing has to be padded and masked.
        by_length: dict[int, list[int]] = {}
        for row, pieces in enumerate(ids):
            by_length.setdefault(len(pieces), []).append(row)
        for rows in by_length.values():
            for start in range(0, len(rows), BATCH):
                some = rows[start : start + BATCH]
                vectors[some] = self._encoded(np.array([ids[row] for row in some]))
        return vectors

    def _encoded(self, ids: npt.NDArray[np.int64]) -> Vectors:
        """Return the unit vectors of texts of one length: the mean of what the last layer says."""
        words = self._pieces[ids].astype(np.float32) * self._piece_scales[ids].astype(np.float32)
        hidden = self._normed(words + self._places[: ids.shape[1]], "embeddings.LayerNorm")
        for layer in range(LAYERS):
            hidden = self._layer(hidden, f"encoder.layer.{layer}.")
        mean = hidden.mean(axis=1)
        return np.asarray(mean / np.linalg.norm(mean, axis=1, keepdims=True), np.float32)

    def _layer(self, hidden: Vectors, name: str) -> Vectors:
        """Return what one layer of the network makes of its input: attention, then two linear maps."""
        texts, length, _ = hidden.shape

        def heads(part: str) -> Vectors:
            mapped = self._linear(hidden, f"{name}attention.self.{part}")
            return mapped.reshape(texts, length, HEADS, -1).transpose(0, 2, 1, 3)

        query, key, value = heads("query"), heads("key"), heads("value")
        scores = query @ key.transpose(0, 1, 3, 2) / np.float32(np.sqrt(query.shape[-1]))
        weights = np.exp(scores - scores.max(axis=-1, keepdims=True))
        weights /= weights.sum(axis=-1, keepdims=True)
        attended = (weights @ value).transpose(0, 2, 1, 3).reshape(hidden.shape)
        attended = self._linear(attended, f"{name}attention.output.dense") + hidden
        attended = self._normed(attended, f"{name}attention.output.LayerNorm")
        inner = _gelu(self._linear(attended, f"{name}intermediate.dense"))
        return self._normed(self._linear(inner, f"{name}output.dense") + attended, f"{name}output.LayerNorm")

    def _linear(self, values: Vectors, name: str) -> Vectors:
        # One product of two matrices: numpy would take the texts of a batch one by one.
        weight = self._weights[f"{name}.weight"]
        mapped: Vectors = values.reshape(-1, values.shape[-1]) @ weight + self._weights[f"{name}.bias"]
        return mapped.reshape(*values.shape[:-1], -1)

    def _normed(self, values: Vectors, name: str) -> Vectors:
        centred = values - values.mean(axis=-1, keepdims=True)
        spread = np.sqrt(np.square(centred).mean(axis=-1, keepdims=True) + np.float32(EPSILON))
        normed: Vectors = centred / spread * self._weights[f"{name}.weight"] + self._weights[f"{name}.bias"]
        return normed


def _opened(weights: Weights, name: str) -> Vectors:
    """Return an array in 32 bits."""
    weight = np.asarray(weights[name], np.float32)
    scales = weights.get(name + SCALES)
    opened: Vectors = weight if scales is None else weight * np.asarray(scales, np.float32)
    return opened


def _gelu(values: Vectors) -> Vectors:
    """Return the network's curve, in the usual approximation by the hyperbolic tangent."""
    curve = np.tanh(np.float32(0.7978845608) * (values + np.float32(0.044715) * values * values * values))
    bent: Vectors = np.float32(0.5) * values * (1 + curve)
    return bent
