"""The learned matcher: which of the content's meanings an utterance is nearest to.

A score has two parts: the chance that a regression over all wordings gives the meaning, from the encoder's
vector and from the letters; and the likeness to the nearest wording. Measured side by side on strangers'
words, both together with a softmax are right more often than a ridge regression with the same parts
(language facts, section 5): the first guess 9 of 10 times, one of the first two 96 of 100 times.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
import numpy.typing as npt
from msgspec import Struct

from skill.language import regression
from skill.language.encoder import Encoder, Vectors, quantised
from skill.language.examples import Example
from skill.language.guess import LIKENESS, Bands, Guess, Guesses
from skill.language.lexical import LexicalEncoder
from skill.language.regression import Regression

FOLDS = 4
"""The thresholds are learned on wordings that were left out in turn."""
ANSWER_QUANTILE, OFFER_QUANTILE = 0.10, 0.02
"""Of the wordings that are matched rightly when left out, so many score below the bands' thresholds."""
CANDIDATES = 32
"""So many meanings are compared wording by wording."""
PLACES = 2048
"""So many places share all runs of letters."""
SENSE, LETTERS = 2.0, 1.5
"""How much the encoder's vector weighs in the regression, and how much the letters."""


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
    regression: Regression
    """The chances of the meanings."""
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
        vectors = self._encoder.encode([text])
        (chances,) = index.regression.chances(_numbers(vectors, self._letters.encode([text])))
        likeliest = np.argsort(-chances)[:CANDIDATES]
        found = [self._guess(vectors[0], number, float(chances[number])) for number in likeliest]
        return Guesses(tuple(sorted(found, key=lambda guess: -guess.score)), index.bands)

    def _guess(self, query: Vectors, number: int, chance: float) -> Guess:
        """Return one meaning with its score."""
        index = self._index
        rows = slice(index.starts[number], self._ends[number])
        likeness = index.vectors[rows].astype(np.float32) @ query * index.scales[rows, 0]
        nearest = int(likeness.argmax())
        intent = index.intents[rows.start + nearest]
        return Guess(index.meanings[number], intent, chance, float(likeness[nearest]))


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
    rows = _numbers(vectors, LexicalEncoder(PLACES).encode([example.text for example in examples]))
    right = np.array([judged(meaning) for meaning in meanings])
    scores = np.concatenate(list(_left_out(vectors, rows, labels, right)))
    quantised_vectors, scales = quantised(vectors)
    return Index(
        meanings=tuple(meanings),
        intents=tuple(example.intent for example in examples),
        starts=np.searchsorted(labels, np.arange(len(meanings))),
        vectors=quantised_vectors,
        scales=scales,
        regression=regression.learned(rows, labels, len(meanings)),
        bands=Bands(*(float(np.quantile(scores, share)) for share in (ANSWER_QUANTILE, OFFER_QUANTILE))),
    )


def _numbers(vectors: Vectors, letters: Vectors) -> Vectors:
    """Return what the regression sees of texts, a row each."""
    return np.hstack([vectors * np.float32(SENSE), letters * np.float32(LETTERS)])


def _left_out(
    vectors: Vectors, rows: Vectors, labels: npt.NDArray[np.int64], judged: npt.NDArray[np.bool_]
) -> Iterator[Vectors]:
    """Yield the scores of the judged wordings that are matched rightly while they are left out."""
    meanings = len(judged)
    folds = np.arange(len(labels)) % FOLDS
    for fold in range(FOLDS):
        kept, out = folds != fold, (folds == fold) & judged[labels]
        starts = np.searchsorted(labels[kept], np.arange(meanings))
        chances = regression.learned(rows[kept], labels[kept], meanings).chances(rows[out])
        likeness = np.maximum.reduceat(vectors[out] @ vectors[kept].T, starts, axis=1)
        scores = (1 - LIKENESS) * chances + LIKENESS * likeness
        yield scores.max(axis=1)[scores.argmax(axis=1) == labels[out]]
