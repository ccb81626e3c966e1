"""How something is said: whether it asks, forbids, says no, or takes a no back."""

from __future__ import annotations

from msgspec import Struct

from skill.core.library import Library
from skill.language.normalise import Normaliser

NO, YES = "AMAZON.NoIntent", "AMAZON.YesIntent"
"""The intents whose single words say no, and yes."""
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
    negates: bool
    """Whether there is a no or a not in it."""
    excepts: bool
    """Whether something is excepted: "apart from a knock"."""
    opens_excepting: bool
    """Whether it begins with an exception, and says no to nothing: "only when i bend"."""
    of_oneself: bool
    """Whether somebody speaks of themselves."""
    taken_back: tuple[str, ...]
    """What follows an exception after a no: "no tingling, but they do feel heavy"."""
    takes_back: bool
    """Whether there is an exception after the last no, be it the last word."""
    bounds: bool
    """Whether a no is bounded: "no pain until I fell"."""
    both: bool
    """Whether there is a yes beside a no."""


class Manners:
    """Reads the manner of utterances in one library's language."""

    def __init__(self, library: Library, normaliser: Normaliser) -> None:
        """Index the words of `speech.yaml` that tell it."""
        speech = library.speech
        self._normaliser = normaliser
        self._noes = self._single(library, NO)
        # "No I'm fine": a casual yes takes back no no.
        self._yeses = self._single(library, YES) - frozenset(speech.casual)
        self._negative = self._noes.union(phrase for phrase in speech.negations if " " not in phrase)
        self._exceptions, self._bounds = frozenset(speech.exceptions), frozenset(speech.bounds)
        self._speakers = frozenset(speech.first_person)
        self._openers = frozenset(speech.question_openers)
        self._requests = normaliser.phrases(speech.requests)
        self._asking = normaliser.phrases(speech.asking_anywhere)
        self._forbidding = normaliser.phrases(speech.forbidding)

    def of(self, words: list[str]) -> Manner:
        """Return the manner of an utterance's words."""
        said = frozenset(words)
        noes = [place for place, word in enumerate(words) if word in self._negative]
        first, last = (noes[0], noes[-1]) if noes else (len(words), len(words))
        after = [place for place, word in enumerate(words) if place >= first and word in self._exceptions]
        asks = self._asks(self._normaliser.without_fillers(words))
        return Manner(
            asks=asks,
            wants=not asks and self._requests.anywhere(words),
            forbids=self._forbids(words),
            says_no=not self._noes.isdisjoint(said),
            negates=bool(noes),
            bounds=bool(noes) and not self._bounds.isdisjoint(words[first:]),
            both=bool(noes) and not self._yeses.isdisjoint(said),
            excepts=not self._exceptions.isdisjoint(said),
            opens_excepting=not noes and not self._exceptions.isdisjoint(words[:1]),
            of_oneself=not self._speakers.isdisjoint(said),
            taken_back=tuple(words[after[-1] + 1 :]) if after else (),
            takes_back=bool(after) and after[-1] >= last,
        )

    @staticmethod
    def _single(library: Library, name: str) -> frozenset[str]:
        """Return the single words of an intent."""
        intent = library.intents.get(name)
        return frozenset(said for said in (intent.hears if intent else ()) if " " not in said)

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
