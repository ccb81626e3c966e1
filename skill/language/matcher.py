"""The learned matcher: which of the content's meanings an utterance is nearest to.

A score has three parts: the likeness to the nearest wording, a ridge regression over all of them, and
another over their letters (language facts, section 5). In the regressions a meaning with many wordings
does not drown one with few.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
import numpy.typing as npt
from msgspec import Struct

from skill.language.encoder import Encoder, Vectors, quantised
from skill.language.examples import Example
from skill.language.guess import Bands, Guess, Guesses
from skill.language.lexical import LexicalEncoder

RIDGE = 1.0
"""How far the regression is held back from learning single wordings by heart."""
BALANCE = 0.5
"""How far a meaning's wordings weigh less the more there are: 0 not at all, 1 so far that all meanings weigh
the same."""
FOLDS = 4
"""The thresholds are learned on wordings that were left out in turn."""
ANSWER_QUANTILE, OFFER_QUANTILE = 0.10, 0.02
"""Of the wordings that are matched rightly when left out, so many score below the bands' thresholds."""
CANDIDATES = 48
"""So many meanings are compared wording by wording."""
LETTERS = 0.35
"""The letters' share of a score."""
LIKENESS = 0.4
"""The nearest wording's share of the rest."""
PLACES = 2048
"""So many places share all runs of letters."""


class Index(Struct, frozen=True):
    """What was learned from a library's wordings, sorted by their meaning."""

    meanings: tuple[str, ...]
    """Every meaning; a place in this list is its number."""
    intents: tuple[str, ...]
    """The intent of each wording; none where it is a sign's."""
    starts: npt.NDArray[np.int64]
    """The first wording of each meaning."""
    vectors: npt.NDArray[np.int8]
    """The wordings, as rows."""
    scales: Vectors
    """The scale of each row."""
    weights: Vectors
    """The regression over the encoder's vectors: a column a meaning."""
    bias: Vectors
    """What it adds for each meaning."""
    letter_weights: Vectors
    """The regression over letters."""
    letter_bias: Vectors
    """What it adds for each meaning."""
    bands: Bands
    """The thresholds of its scores."""


class Matcher:
    """Compares utterances with an index."""

    def __init__(self, encoder: Encoder, index: Index) -> None:
        """Use the encoder that the index was learned with."""
        self.name = encoder.name
        self._index = index
        self._encoder = encoder
        self._letters = LexicalEncoder(PLACES)
        self._ends = [*index.starts[1:], len(index.vectors)]

    def guesses(self, text: str) -> Guesses:
        """Return the likeliest meanings, the likeliest first.

        Only those that the regressions favour are compared wording by wording.
        """
        index = self._index
        (query,) = self._encoder.encode([text])
        (letters,) = self._letters.encode([text])
        regression = _blended(
            np.float32(0),
            query @ index.weights + index.bias,
            letters @ index.letter_weights + index.letter_bias,
        )
        found = [self._guess(query, number, regression) for number in np.argsort(-regression)[:CANDIDATES]]
        return Guesses(tuple(sorted(found, key=lambda guess: -guess.score)), index.bands)

    def _guess(self, query: Vectors, number: int, regression: Vectors) -> Guess:
        """Return one meaning with its score."""
        index = self._index
        rows = slice(index.starts[number], self._ends[number])
        likeness = index.vectors[rows].astype(np.float32) @ query * index.scales[rows, 0]
        nearest = int(likeness.argmax())
        score = regression[number] + _blended(likeness[nearest], np.float32(0), np.float32(0))
        intent = index.intents[rows.start + nearest]
        return Guess(index.meanings[number], intent, float(score), float(likeness[nearest]))


def learned(examples: list[Example], vectors: Vectors, judged: Callable[[str], bool]) -> Index:
    """Return the index of examples and their vectors.

    Args:
        examples: the wordings, sorted by their meaning.
        vectors: a row for each.
        judged: whether a meaning is an answer's: the thresholds are theirs.
    """
    meanings = sorted({example.meaning for example in examples})
    numbers = {meaning: number for number, meaning in enumerate(meanings)}
    labels = np.array([numbers[example.meaning] for example in examples])
    letters = LexicalEncoder(PLACES).encode([example.text for example in examples])
    right = np.array([judged(meaning) for meaning in meanings])
    scores = np.concatenate(list(_left_out(vectors, letters, labels, right)))
    weights, bias = _regression(vectors, labels, len(meanings))
    letter_weights, letter_bias = _regression(letters, labels, len(meanings))
    rows, scales = quantised(vectors)
    return Index(
        meanings=tuple(meanings),
        intents=tuple(example.intent for example in examples),
        starts=np.searchsorted(labels, np.arange(len(meanings))),
        vectors=rows,
        scales=scales,
        weights=weights,
        bias=bias,
        letter_weights=letter_weights,
        letter_bias=letter_bias,
        bands=Bands(*(float(np.quantile(scores, share)) for share in (ANSWER_QUANTILE, OFFER_QUANTILE))),
    )


def _blended(
    likeness: Vectors | np.float32, meaning: Vectors | np.float32, letters: Vectors | np.float32
) -> Vectors:
    shares = np.array([LIKENESS, 1 - LIKENESS], np.float32) * np.float32(1 - LETTERS)
    blended: Vectors = shares[0] * likeness + shares[1] * meaning + np.float32(LETTERS) * letters
    return blended


def _regression(vectors: Vectors, labels: npt.NDArray[np.int64], meanings: int) -> tuple[Vectors, Vectors]:
    """Return the weights and the bias of a ridge regression onto one column a meaning."""
    counts = np.bincount(labels, minlength=meanings)
    weight = (counts[labels] ** -BALANCE).astype(np.float32)
    weight *= len(labels) / weight.sum()
    columns = np.eye(meanings, dtype=np.float32)[labels]
    bias = (weight[:, None] * columns).mean(axis=0)
    weighted = vectors * weight[:, None]
    square = weighted.T @ vectors + np.float32(RIDGE) * np.eye(vectors.shape[1], dtype=np.float32)
    return np.linalg.solve(square, weighted.T @ (columns - bias)).astype(np.float32), bias


def _left_out(
    vectors: Vectors, letters: Vectors, labels: npt.NDArray[np.int64], judged: npt.NDArray[np.bool_]
) -> Iterator[Vectors]:
    """Yield the scores of the judged wordings that are matched rightly while they are left out."""
    meanings = len(judged)
    folds = np.arange(len(labels)) % FOLDS
    for fold in range(FOLDS):
        kept, out = folds != fold, (folds == fold) & judged[labels]
        starts = np.searchsorted(labels[kept], np.arange(meanings))
        weights, bias = _regression(vectors[kept], labels[kept], meanings)
        letter_weights, letter_bias = _regression(letters[kept], labels[kept], meanings)
        scores = _blended(
            np.maximum.reduceat(vectors[out] @ vectors[kept].T, starts, axis=1),
            vectors[out] @ weights + bias,
            letters[out] @ letter_weights + letter_bias,
        )
        yield scores.max(axis=1)[scores.argmax(axis=1) == labels[out]]
