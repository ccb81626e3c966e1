"""What a learned matcher offers: meanings, and how near they are."""

from __future__ import annotations

from typing import Protocol

from msgspec import Struct


class Guess(Struct, frozen=True):
    """A meaning that an utterance may have."""

    meaning: str
    """As in `Example`."""
    intent: str
    """The intent of the nearest wording."""
    score: float
    """How near it is, up to about 1."""
    likeness: float = 0.0
    """How like it is to the nearest wording alone, up to 1."""


class Bands(Struct, frozen=True):
    """From which scores on a question's topic is answered or offered."""

    answer: float
    """From this score on, a topic's answer is given."""
    offer: float
    """From this score on, a topic is offered."""


class Guesser(Protocol):
    """Whatever guesses what an utterance means."""

    @property
    def name(self) -> str:
        """What it compares by, for the log and for `/readyz`."""
        ...

    @property
    def bands(self) -> Bands:
        """The thresholds that fit its scores."""
        ...

    def guesses(self, text: str) -> list[Guess]:
        """Return every meaning, the likeliest first."""
        ...
