"""What a learned matcher offers: meanings, and how near they are."""

from __future__ import annotations

from typing import Protocol

from msgspec import Struct

from skill.language.examples import FLAG, TOPIC, route_of

LIKENESS = 0.26
"""The nearest wording's share of a score."""


class Guess(Struct, frozen=True):
    """A meaning that an utterance may have."""

    meaning: str
    """As in `Example`."""
    intent: str
    """The intent of the nearest wording."""
    chance: float = 0.0
    """How likely the meaning is among all, 0 to 1."""
    likeness: float = 0.0
    """How like the utterance is to the nearest wording alone, up to 1."""

    @property
    def score(self) -> float:
        """How near it is, up to about 1: its chance, for the most part, and its likeness."""
        return (1 - LIKENESS) * self.chance + LIKENESS * self.likeness

    @property
    def route(self) -> str:
        """The route, or the kind, of the meaning."""
        return route_of(self.meaning)

    @property
    def flag(self) -> str | None:
        """The flag whose words it means; none where it means something else."""
        return self.meaning.removeprefix(FLAG) if self.meaning.startswith(FLAG) else None

    @property
    def is_topic(self) -> bool:
        """Whether it is an answer's."""
        return self.meaning.startswith(TOPIC)


class Bands(Struct, frozen=True):
    """From which scores on a question's topic is answered or offered."""

    answer: float = 1.0
    """From this score on, a topic's answer is given."""
    offer: float = 1.0
    """From this score on, a topic is offered."""


class Guesses(Struct, frozen=True):
    """What an utterance may mean."""

    likeliest: tuple[Guess, ...] = ()
    """Meanings, the likeliest first."""
    bands: Bands = Bands()
    """The thresholds that fit their scores."""

    @property
    def sign_chance(self) -> float:
        """How likely it is a sign, whichever."""
        return sum(guess.chance for guess in self.likeliest if guess.flag)

    @property
    def nearest_wording(self) -> Guess | None:
        """The guess whose nearest wording alone is the most like the utterance, if there is any."""
        return max(self.likeliest, key=lambda guess: guess.likeness, default=None)


LEXICAL = "lexical"
"""Name of what compares words by their letters alone, where no encoder is installed."""


class Guesser(Protocol):
    """Whatever guesses what an utterance means."""

    @property
    def name(self) -> str:
        """What it compares by, for the log and for `/readyz`."""
        ...

    def guesses(self, text: str) -> Guesses:
        """Return what a text may mean."""
        ...
