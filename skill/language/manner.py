"""How something is said: whether it asks, forbids, says no, or takes a no back."""

from __future__ import annotations

from msgspec import Struct

from skill.core.library import Library
from skill.language.normalise import Normaliser

NO = "AMAZON.NoIntent"
"""The intent whose single words say no."""
WE = frozenset({"i", "we"})
"""Whoever says "i don't want to" forbids nothing."""


class Manner(Struct, frozen=True):
    """The manner of one utterance."""

    asks: bool
    """Whether something is asked, other than politely for something to be done."""
    wants: bool
    """Whether it is politely asked for something to be done, and nothing else is asked."""
    forbids: bool
    """Whether something is forbidden: "don't you dare stop", but not "i don't want to go on"."""
    says_no: bool
    """Whether there is a plain no in it."""
    excepts: bool
    """Whether something is excepted: "apart from a knock"."""
    opens_excepting: bool
    """Whether it begins with an exception, and says no to nothing: "only when i bend"."""
    of_oneself: bool
    """Whether somebody speaks of themselves."""
    taken_back: tuple[str, ...]
    """What follows an exception after a no: "no tingling, but they do feel heavy"."""
    takes_back: bool
    """Whether there is an exception after a no, be it the last word."""


class Manners:
    """Reads the manner of utterances in one library's language."""

    def __init__(self, library: Library, normaliser: Normaliser) -> None:
        """Index the words of `speech.yaml` that tell it."""
        speech, no = library.speech, library.intents.get(NO)
        self._normaliser = normaliser
        self._noes = frozenset(said for said in (no.hears if no else ()) if " " not in said)
        self._negative = self._noes.union(phrase for phrase in speech.negations if " " not in phrase)
        self._exceptions = frozenset(speech.exceptions)
        self._speakers = frozenset(speech.first_person)
        self._openers = frozenset(speech.question_openers)
        self._requests = normaliser.phrases(speech.requests)
        self._asking = normaliser.phrases(speech.asking_anywhere)
        self._forbidding = normaliser.phrases(speech.forbidding)

    def of(self, words: list[str]) -> Manner:
        """Return the manner of an utterance's words."""
        said = frozenset(words)
        no = max((place for place, word in enumerate(words) if word in self._negative), default=len(words))
        after = [place for place, word in enumerate(words) if place >= no and word in self._exceptions]
        asks = self._asks(self._normaliser.without_fillers(words))
        return Manner(
            asks=asks,
            wants=not asks and self._requests.anywhere(words),
            forbids=self._forbids(words),
            says_no=not self._noes.isdisjoint(said),
            excepts=not self._exceptions.isdisjoint(said),
            opens_excepting=not self._exceptions.isdisjoint(words[:1]) and self._negative.isdisjoint(said),
            of_oneself=not self._speakers.isdisjoint(said),
            taken_back=tuple(words[after[-1] + 1 :]) if after else (),
            takes_back=bool(after),
        )

    def _asks(self, words: list[str]) -> bool:
        place = 0
        while place < len(words):
            if size := self._requests.at(words, place):
                place += size
            elif (place == 0 and words[0] in self._openers) or self._asking.at(words, place):
                return True
            else:
                place += 1
        return False

    def _forbids(self, words: list[str]) -> bool:
        return any(
            self._forbidding.at(words, place) and WE.isdisjoint(words[place - 1 : place])
            for place in range(len(words))
        )
