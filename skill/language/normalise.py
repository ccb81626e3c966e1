"""Brings an utterance and the content's own words into one form, so that they can be compared."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from skill.core.library import Speech
from skill.language.lookup import Phrases

PUNCTUATION = re.compile(r"[,.;:!?\u2026\u2014\u2013()\"]+|\s-\s")
"""What ends a clause in typed text."""
LIST = re.compile(r"(\w+ \w[^,.;:!?]*),(?= *(\w+)[^.;:!?]*\b(?:or|nor)\b)", re.IGNORECASE)
"""A comma inside a list that ends in "or": "no pain, tingling or numbness"; the word after it."""
NOT_A_WORD = re.compile(r"[^\w'{}]+")
"""What separates words."""


class Normaliser:
    """Lower case, plain apostrophes, short forms written out, no punctuation."""

    def __init__(self, speech: Speech) -> None:
        """Prepare the tables of `speech.yaml`."""
        self._subjects = frozenset(speech.subjects)
        self._noises = frozenset(speech.noises)
        heard = {heard: word for word, forms in speech.mishearings.items() for heard in forms}
        meant = {short: full.split() for short, full in (speech.contractions | heard).items()}
        self._contractions = {short: full for short, full in meant.items() if " " not in short}
        self._runs: dict[str, list[tuple[tuple[str, ...], list[str]]]] = {}
        for short, full in sorted(meant.items(), key=lambda form: -len(form[0].split())):
            run = tuple(short.split())
            if len(run) > 1:
                self._runs.setdefault(run[0], []).append((run, full))
        self._fillers = sorted(
            (tuple(self.words(filler)) for filler in speech.fillers), key=len, reverse=True
        )
        self._intensifiers = self.phrases(speech.intensifiers)

    def phrases(self, texts: Iterable[str]) -> Phrases:
        """Return texts, in the form in which they are compared, to be looked up."""
        return Phrases(self.words(text) for text in texts)

    def words(self, text: str) -> list[str]:
        """Return the words of a text, in the form in which they are compared."""
        plain = unicodedata.normalize("NFKC", text).lower().replace("\u2019", "'").replace("_", " ")
        words: list[str] = []
        for word in NOT_A_WORD.split(plain):
            word = word.strip("'")
            if word and word not in self._noises:
                words.extend(self._contractions.get(word, [word]))
        return self._reworded(words)

    def form(self, text: str) -> str:
        """Return a text in the form in which whole utterances are compared."""
        return " ".join(self.words(text))

    def clauses(self, text: str) -> list[list[str]]:
        """Return the words of each clause that punctuation separates; a list is one clause."""
        listed = LIST.sub(lambda found: found[1] + ("," if found[2].lower() in self._subjects else " "), text)
        return [words for part in PUNCTUATION.split(listed) if (words := self.words(part))]

    def without_fillers(self, words: list[str]) -> list[str]:
        """Return words without what carries no meaning at their ends; all of them if nothing would stay."""
        rest = list(words)
        changed = True
        while changed:
            changed = False
            for filler in self._fillers:
                size = len(filler)
                if len(rest) > size and tuple(rest[:size]) == filler:
                    rest, changed = rest[size:], True
                if len(rest) > size and tuple(rest[-size:]) == filler:
                    rest, changed = rest[:-size], True
        return rest

    def without_intensifiers(self, words: list[str]) -> list[str]:
        """Return words without those that only say how much."""
        return [words[place] for place in self.places_without_intensifiers(words)]

    def places_without_intensifiers(self, words: list[str]) -> tuple[int, ...]:
        """Return the places of the words that do not only say how much."""
        places: list[int] = []
        at = 0
        while at < len(words):
            size = self._intensifiers.at(words, at)
            if not size:
                places.append(at)
            at += size or 1
        return tuple(places)

    def _reworded(self, words: list[str]) -> list[str]:
        """Return words with each run that means the same as another one written as that."""
        rest: list[str] = []
        at = 0
        while at < len(words):
            size, full = next(
                (
                    (len(run), full)
                    for run, full in self._runs.get(words[at], ())
                    if tuple(words[at : at + len(run)]) == run
                ),
                (1, [words[at]]),
            )
            rest.extend(full)
            at += size
        return rest
