"""Cuts a text into the word pieces that the encoder knows (BERT's uncased WordPiece)."""

from __future__ import annotations

import re
import unicodedata

UNKNOWN, BEGIN, END = "[UNK]", "[CLS]", "[SEP]"
"""Pieces with a meaning of their own."""
MOST = 128
"""A text is cut after so many pieces: what anyone says in one breath has fewer."""
LONGEST = 64
"""A longer word is unknown."""
WORD = re.compile(r"\w+|[^\w\s]")
"""A run of letters and digits, or one mark."""


class WordPiece:
    """A vocabulary, and how it cuts words."""

    def __init__(self, vocabulary: list[str]) -> None:
        """Index the vocabulary; a piece's id is its place in the list."""
        self._ids = {piece: id_ for id_, piece in enumerate(vocabulary)}

    def ids(self, text: str) -> list[int]:
        """Return the ids of a text's pieces, between those for begin and end; at most `MOST`."""
        plain = unicodedata.normalize("NFD", text.lower().replace("_", " "))
        plain = "".join(letter for letter in plain if unicodedata.category(letter) != "Mn")
        pieces = [piece for word in WORD.findall(plain) for piece in self._pieces(word)]
        return [self._ids[BEGIN], *(self._ids[piece] for piece in pieces[: MOST - 2]), self._ids[END]]

    def _pieces(self, word: str) -> list[str]:
        """Return a word's pieces, the longest first; one unknown piece where it cannot be cut."""
        pieces: list[str] = []
        start = 0
        while start < len(word):
            mark = "##" if start else ""
            ends = range(min(len(word), start + LONGEST), start, -1)
            end = next((end for end in ends if mark + word[start:end] in self._ids), None)
            if end is None:
                return [UNKNOWN]
            pieces.append(mark + word[start:end])
            start = end
        return pieces
