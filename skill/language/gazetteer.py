"""Finds the values of slot types anywhere in an utterance."""

from __future__ import annotations

from collections.abc import Collection

from skill.core.library import BED, Library
from skill.language import durations
from skill.language.normalise import Normaliser
from skill.language.templates import DURATION

LONGEST_MINUTES = 60
"""A longer time is not that of a stretch: "after ten hours at the desk"."""
NAMED = {"routine", "stretch"}
"""Slots of what has a length of its own."""
NEGATION_REACH = 6
"""A negation reaches so many words."""


class Gazetteer:
    """The values that turns of some routes may name, by their words."""

    def __init__(
        self, library: Library, normaliser: Normaliser, routes: Collection[str], unsaid: Collection[str] = ()
    ) -> None:
        """Index the values of every slot of the routes' intents.

        Args:
            library: all content.
            normaliser: brings words into the form in which they are compared.
            routes: the routes.
            unsaid: slot types whose words mean other things as well, and are not looked for.
        """
        slots = {
            name: type_
            for intent in library.intents.values()
            if intent.route in routes
            for name, type_ in intent.slots.items()
            if type_ not in unsaid
        }
        self._timed = {name for name, type_ in slots.items() if type_ == DURATION}
        self._values = {
            tuple(normaliser.words(said)): (name, id_)
            for name, type_ in slots.items()
            for id_, words in library.slot_types.get(type_, {}).items()
            for said in words
        }
        self._lengths = {
            tuple(normaliser.words(said)): length
            for length, words in library.speech.lengths.items()
            for said in words
        }
        self._negations = normaliser.phrases(library.speech.negations)
        self._longest = max((len(words) for words in self._values), default=0)

    def find(self, words: list[str]) -> dict[str, str]:
        """Return slot names and value ids; of two values of one slot the first said."""
        found: dict[str, str] = {}
        at = 0
        while at < len(words):
            size, slot = next(
                (
                    (size, self._values[run])
                    for size in range(min(self._longest, len(words) - at), 0, -1)
                    if (run := tuple(words[at : at + size])) in self._values
                ),
                (1, None),
            )
            if slot is not None:
                name, id_ = slot
                wanted = self._other(name, id_) if self._is_negated(words, at) else id_
                if wanted:
                    found.setdefault(name, wanted)
            at += size
        length = durations.within(" ".join(words), LONGEST_MINUTES)
        if not length and not found.keys() & NAMED:
            length = self._unnumbered(words)
        return found | (dict.fromkeys(self._timed, length) if length else {})

    def _unnumbered(self, words: list[str]) -> str | None:
        """Return the length that is asked for without a number: "make it quick"."""
        runs = (tuple(words[at : at + size]) for at in range(len(words)) for size in range(1, len(words) + 1))
        return next((self._lengths[run] for run in runs if run in self._lengths), None)

    def _other(self, name: str, id_: str) -> str | None:
        """Return what is wanted where a value is not: a value's only other one, "not on the floor"."""
        others = {value for slot, value in self._values.values() if slot == name} - {id_, BED}
        return others.pop() if len(others) == 1 else None

    def _is_negated(self, words: list[str], at: int) -> bool:
        """Whether a value is what is not wanted: "without the roller"."""
        return any(self._negations.at(words, place) for place in range(max(0, at - NEGATION_REACH), at))
