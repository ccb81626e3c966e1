"""Every routine in every rhythm, pace and wordiness, as a listener's record would ask for it."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

from msgspec import Struct

from skill.core.library import Library
from skill.core.preferences import Pace, Preferences, Rhythm, Wordiness
from skill.core.session import Record
from tests.helpers import ROOT

ROUTINES = sorted(path.stem for path in (ROOT / "content" / "en" / "routines").glob("*.yaml"))
"""Ids of all routines; a test has one of them as its parameter."""


class Combination(Struct, frozen=True):
    """One way to be guided through one routine."""

    number: int
    """Index among the combinations of its routine: it varies what a person does."""
    routine: str
    """Id of the routine."""
    rhythm: Rhythm
    """Where it waits."""
    pace: Pace
    """How long the silences are."""
    wordiness: Wordiness
    """How much is said."""

    @property
    def preferences(self) -> Preferences:
        """The preferences that ask for it; every other combination has tones."""
        return Preferences(self.pace, self.wordiness, self.rhythm, self.number % 2 == 1)

    def record(self, library: Library) -> Record:
        """Return the record of someone who is guided like this.

        Whoever wants all words and no waiting does not know the last stretch, so that it explains.
        """
        known = list(library.stretches)
        if self.wordiness is Wordiness.EXPLAIN:
            known.remove(library.routines[self.routine].stretches[-1])
        heard = {} if self.rhythm is Rhythm.CHECK_IN else dict.fromkeys(known, 1)
        return Record(preferences=self.preferences, heard=heard)


def combinations(routine: str) -> Iterator[Combination]:
    """Yield every way to be guided through a routine."""
    ways = itertools.product(Rhythm, Pace, Wordiness)
    for number, (rhythm, pace, wordiness) in enumerate(ways):
        yield Combination(number, routine, rhythm, pace, wordiness)
