"""Finds the flags that a listener reports, in every utterance, before anything else is understood.

In this order (safety facts, section 3, "Negation rules"): phrases whose "no" is the symptom itself,
anywhere; then flags clause by clause, each weighed for negation, supposition, past and other people.
"""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from skill.core.library import Effect, Library, Severity
from skill.core.safety import PRECEDENCE
from skill.language.normalise import Normaliser

NEGATION_REACH = 5
"""A negation reaches so many words, in its own clause."""
THIRD_PARTY = "d17_third_party"
"""What a sign of someone else is met as, unless it is an emergency."""

Words = list[str]
Phrases = dict[str, list[tuple[tuple[str, ...], str]]]


class Findings(Struct, frozen=True):
    """What an utterance says about signs."""

    flags: tuple[str, ...] = ()
    """Ids of flags that are reported, the gravest first."""
    past: bool = False
    """Whether a sign was put into the past."""
    negated: bool = False
    """Whether a sign was denied."""


class Hit(Struct, frozen=True):
    """A flag's words in a clause."""

    flag: str
    """The flag's id."""
    places: tuple[int, ...]
    """Positions of the words that mean it."""
    starts: tuple[int, ...]
    """Where each of its parts begins."""


class Recogniser:
    """Recognises the flags of one library."""

    def __init__(self, library: Library, normaliser: Normaliser) -> None:
        """Index the words of every flag."""
        self._normaliser = normaliser
        self._flags = {flag.id: flag for flag in library.safety.flags}
        self._says = self._index((flag.id, phrase) for flag in self._flags.values() for phrase in flag.says)
        self._own = self._index(
            (flag.id, phrase) for flag in self._flags.values() for phrase in flag.own_negation
        )
        self._signs = self._index(
            (sign, phrase) for sign, phrases in library.safety.signs.items() for phrase in phrases
        )
        self._exempt = {
            (flag.id, normaliser.form(sentence)) for flag in self._flags.values() for sentence in flag.never
        }
        speech = library.speech
        self._negations = self._tuples(speech.negations)
        self._not_negations = self._tuples(speech.not_negations)
        self._breaks = self._tuples(speech.clause_breaks)
        self._openers = {words[0] for words in self._tuples(speech.question_openers)}
        self._first_person = {word for words in self._tuples(speech.first_person) for word in words[:1]}
        self._conditionals = self._tuples(speech.conditionals)
        self._past = self._tuples(speech.past)
        self._others = self._tuples(speech.others)
        self._subjects = {words[0] for words in self._tuples(speech.subjects)}

    def find(self, text: str) -> Findings:
        """Return the flags that a text reports."""
        form = self._normaliser.form(text)
        everything = self._normaliser.without_intensifiers(self._normaliser.words(text))
        found = {hit.flag for hit in self._hits(everything, self._own)}
        past = negated = False
        asked = self._is_question(everything)
        for clause in self._clauses(text):
            for hit in self._in_clause(clause):
                flag = self._flags[hit.flag]
                if self._is_negated(clause, hit):
                    negated = True
                elif asked or self._is_supposed(clause, hit):
                    continue
                elif not flag.lifetime and self._has(clause, self._past):
                    past = True
                elif self._has(clause, self._others) and flag.severity is not Severity.EMERGENCY:
                    found.add(THIRD_PARTY)
                else:
                    found.add(hit.flag)
        flags = sorted(
            (flag for flag in found if (flag, form) not in self._exempt),
            key=lambda id_: (PRECEDENCE.index(self._flags[id_].severity), id_),
        )
        return Findings(tuple(flags), past, negated)

    def _in_clause(self, clause: Words) -> Iterator[Hit]:
        """Yield the flags of a clause; the ache that people come with hides what hurts."""
        hits = [*self._hits(clause, self._says), *self._sets(clause)]
        welcome = {
            place for hit in hits if self._flags[hit.flag].effect is Effect.WELCOME for place in hit.places
        }
        for hit in hits:
            hidden = self._flags[hit.flag].severity is Severity.STOP and welcome.intersection(hit.places)
            if not hidden:
                yield hit

    def _hits(self, words: Words, index: Phrases) -> Iterator[Hit]:
        """Yield each phrase of an index that stands in the words."""
        for at, word in enumerate(words):
            for phrase, id_ in index.get(word, ()):
                if tuple(words[at : at + len(phrase)]) == phrase:
                    yield Hit(id_, tuple(range(at, at + len(phrase))), (at,))

    def _sets(self, clause: Words) -> Iterator[Hit]:
        """Yield each flag of which a whole set of signs stands in the clause."""
        signs: dict[str, Hit] = {}
        for hit in self._hits(clause, self._signs):
            signs.setdefault(hit.flag, hit)
        for flag in self._flags.values():
            for wanted in flag.hears:
                if all(sign in signs for sign in wanted):
                    hits = [signs[sign] for sign in wanted]
                    places = tuple(place for hit in hits for place in hit.places)
                    yield Hit(flag.id, places, tuple(hit.starts[0] for hit in hits))

    def _clauses(self, text: str) -> Iterator[Words]:
        """Yield the clauses of a text, without words that only say how much."""
        for words in self._normaliser.clauses(text):
            start = 0
            for at in range(len(words)):
                if self._starts(words, at, self._breaks):
                    yield self._normaliser.without_intensifiers(words[start:at])
                    start = at
            yield self._normaliser.without_intensifiers(words[start:])

    def _is_question(self, words: Words) -> bool:
        """Whether the utterance asks about something, and reports nothing of the speaker."""
        return bool(words) and words[0] in self._openers and not self._first_person.intersection(words)

    def _is_negated(self, clause: Words, hit: Hit) -> bool:
        """Whether a negation reaches one of the hit's parts, with no new statement between."""
        for start in hit.starts:
            for at in range(max(0, start - NEGATION_REACH), start):
                if not self._starts(clause, at, self._negations) or self._in_not_negation(clause, at):
                    continue
                between = clause[at + 1 : start]
                if not self._subjects.intersection(between):
                    return True
        return False

    def _in_not_negation(self, clause: Words, at: int) -> bool:
        """Whether a negation is part of a phrase that negates nothing."""
        return any(
            tuple(clause[begin : begin + len(phrase)]) == phrase
            for phrase in self._not_negations
            for begin in range(max(0, at - len(phrase) + 1), at + 1)
        )

    def _is_supposed(self, clause: Words, hit: Hit) -> bool:
        """Whether the hit stands after a word of supposition."""
        before = clause[: min(hit.starts)]
        return self._has(before, self._conditionals)

    @staticmethod
    def _starts(words: Words, at: int, phrases: list[tuple[str, ...]]) -> bool:
        return any(tuple(words[at : at + len(phrase)]) == phrase for phrase in phrases)

    def _has(self, words: Words, phrases: list[tuple[str, ...]]) -> bool:
        return any(self._starts(words, at, phrases) for at in range(len(words)))

    def _tuples(self, phrases: tuple[str, ...]) -> list[tuple[str, ...]]:
        return [tuple(self._normaliser.words(phrase)) for phrase in phrases]

    def _index(self, pairs: Iterator[tuple[str, str]]) -> Phrases:
        """Return phrases by their first word."""
        index: Phrases = {}
        for id_, phrase in pairs:
            words = tuple(self._normaliser.without_intensifiers(self._normaliser.words(phrase)))
            if words:
                index.setdefault(words[0], []).append((words, id_))
        return index
