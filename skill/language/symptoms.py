"""Finds the flags that a listener reports, in every utterance, before anything else is understood.

In this order (safety facts, section 3, "Negation rules"): phrases whose "no" is the symptom itself,
anywhere; then flags clause by clause, each weighed for negation, supposition, past and other people.
"""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from skill.core.library import Effect, Library, Severity
from skill.core.safety import PRECEDENCE, THIRD_PARTY
from skill.language.lookup import Phrases
from skill.language.normalise import Normaliser

NEGATION_REACH = 5
"""A negation reaches so many words, in its own clause."""

GRAVE = (Severity.EMERGENCY, Severity.URGENT)
"""Severities whose signs are also put together over an "and"."""
AND = "and"

Words = list[str]
Index = dict[str, list[tuple[tuple[str, ...], str]]]


class Findings(Struct, frozen=True):
    """What an utterance says about signs."""

    flags: tuple[str, ...] = ()
    """Ids of flags that are reported, the gravest first."""
    past: bool = False
    """Whether a sign was put into the past."""
    denied: tuple[str, ...] = ()
    """Ids of flags that are denied."""
    quiet: bool = False
    """Whether something is negated, supposed or asked: then a sign is not to be guessed."""
    others: bool = False
    """Whether it speaks of someone else."""


class Clause(Struct, frozen=True):
    """A clause, with and without the words that only say how much."""

    said: Words
    """Every word."""
    words: Words
    """The words that are looked up."""
    at: tuple[int, ...]
    """Where each of `words` stands in `said`."""


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
        speech = library.speech
        self._negations = normaliser.phrases(speech.negations)
        self._not_negations = normaliser.phrases(speech.not_negations)
        self._inabilities = normaliser.phrases(speech.inabilities)
        self._breaks = normaliser.phrases(speech.clause_breaks)
        self._openers = {words[0] for words in map(normaliser.words, speech.question_openers)}
        self._first_person = {words[0] for words in map(normaliser.words, speech.first_person)}
        self._conditionals = normaliser.phrases(speech.conditionals)
        self._asking = normaliser.phrases(speech.asking)
        self._past = normaliser.phrases(speech.past)
        self._others = normaliser.phrases(speech.others)
        self._subjects = {words[0] for words in map(normaliser.words, speech.subjects)}

    def find(self, text: str) -> Findings:
        """Return the flags that a text reports."""
        everything = self._normaliser.without_intensifiers(self._normaliser.words(text))
        found = {hit.flag for hit in self._hits(everything, self._own)}
        past, denied = False, set[str]()
        asked = self._is_question(everything)
        single = ((clause, hit) for clause in self._clauses(text) for hit in self._in_clause(clause))
        for clause, hit in (*single, *self._across(text)):
            flag = self._flags[hit.flag]
            if self._is_negated(clause, hit):
                denied.add(hit.flag)
            elif self._is_asked(everything, asked, clause, hit) or self._is_supposed(clause, hit):
                continue
            elif not flag.lifetime and self._has_beside(clause, hit, self._past):
                past = True
            elif self._has_beside(clause, hit, self._others) and flag.severity is not Severity.EMERGENCY:
                found.add(THIRD_PARTY)
            else:
                found.add(hit.flag)
        flags = sorted(found, key=lambda id_: (PRECEDENCE.index(self._flags[id_].severity), id_))
        anywhere = range(len(everything))
        quiet = asked or any(
            self._silences(everything, at) or self._conditionals.at(everything, at) for at in anywhere
        )
        others = any(self._others.at(everything, at) for at in anywhere)
        return Findings(tuple(flags), past, tuple(sorted(denied - found)), quiet, others)

    def _in_clause(self, clause: Clause) -> Iterator[Hit]:
        """Yield the flags of a clause.

        A stop sign is hidden by a more particular flag over the same words: "tingling in my leg" is
        not just any tingling, and an aching back is what people come with.
        """
        hits = [
            hit
            for hit in (*self._hits(clause.words, self._says), *self._sets(clause.words))
            if not self._flags[hit.flag].alone or len(hit.places) == len(clause.words)
        ]
        particular = {
            place
            for hit in hits
            if self._flags[hit.flag].severity in (Severity.DEFER, Severity.MODIFY)
            for place in hit.places
        }
        for hit in hits:
            if self._flags[hit.flag].severity is not Severity.STOP or not particular.intersection(hit.places):
                yield hit

    def _hits(self, words: Words, index: Index) -> Iterator[Hit]:
        """Yield each phrase of an index that stands in the words."""
        for at, word in enumerate(words):
            for phrase, id_ in index.get(word, ()):
                if tuple(words[at : at + len(phrase)]) == phrase:
                    yield Hit(id_, tuple(range(at, at + len(phrase))), (at,))

    def _sets(self, words: Words) -> Iterator[Hit]:
        """Yield each flag of which a whole set of signs stands in the words of a clause."""
        signs: dict[str, Hit] = {}
        for hit in self._hits(words, self._signs):
            signs.setdefault(hit.flag, hit)
        for flag in self._flags.values():
            for wanted in flag.hears:
                if all(sign in signs for sign in wanted):
                    hits = [signs[sign] for sign in wanted]
                    places = tuple(place for hit in hits for place in hit.places)
                    yield Hit(flag.id, places, tuple(hit.starts[0] for hit in hits))

    def _clauses(self, text: str) -> Iterator[Clause]:
        """Yield the clauses of a text."""
        for words in self._normaliser.clauses(text):
            start = 0
            for at in range(len(words)):
                if self._breaks.at(words, at):
                    yield self._clause(words[start:at])
                    start = at
            yield self._clause(words[start:])

    def _across(self, text: str) -> Iterator[tuple[Clause, Hit]]:
        """Yield what is grave when two statements are joined: "i had a crash and my back hurts"."""
        for words in self._normaliser.clauses(text):
            whole = self._clause(words)
            for hit in self._sets(whole.words):
                between = whole.words[min(hit.starts) : max(hit.starts)]
                if self._flags[hit.flag].severity in GRAVE and AND in between:
                    yield whole, hit

    def _clause(self, said: Words) -> Clause:
        at = self._normaliser.places_without_intensifiers(said)
        return Clause(said, [said[place] for place in at], at)

    def _is_question(self, words: Words) -> bool:
        """Whether the utterance asks about something, and reports nothing of the speaker.

        "Don't stop it" and "won't stop tingling" ask nothing.
        """
        return (
            bool(words)
            and words[0] in self._openers
            and not self._negations.at(words, 1)
            and not self._first_person.intersection(words)
        )

    def _is_asked(self, everything: Words, asked: bool, clause: Clause, hit: Hit) -> bool:
        """Whether the hit is what a question is about; an ache in any question is no reason for coming."""
        welcome = self._flags[hit.flag].effect is Effect.WELCOME and everything[0] in self._openers
        return (asked or welcome) and not self._opens_statement(clause, hit)

    def _opens_statement(self, clause: Clause, hit: Hit) -> bool:
        """Whether the hit begins with its own subject: "can you stop that hurts"."""
        return clause.words[min(hit.starts)] in self._subjects

    def _is_negated(self, clause: Clause, hit: Hit) -> bool:
        """Whether a negation reaches one of the hit's parts, and that part opens no new statement.

        Recognisers write no commas: "no it hurts" says no to a question, and then that it hurts.
        """
        if self._is_repeated(clause, hit):
            return False
        for start in hit.starts:
            for place in clause.at[max(0, start - NEGATION_REACH) : start]:
                size = self._negation(clause.said, place)
                if size and not self._subjects.intersection(clause.said[place + size : clause.at[start] + 1]):
                    return True
        return False

    def _is_repeated(self, clause: Clause, hit: Hit) -> bool:
        """Whether a sign is said twice in a row: a cry, "ooh no sharp pain sharp pain", and no denial."""
        first, size = hit.places[0], len(hit.places)
        return first >= size and clause.words[first - size : first] == clause.words[first : first + size]

    def _is_inability(self, words: Words, at: int) -> bool:
        """Whether a negation belongs to something that the body does not do: "it won't start"."""
        return any(self._inabilities.at(words, begin) > at - begin for begin in range(at + 1))

    def _silences(self, words: Words, at: int) -> bool:
        """Whether a negation forbids to guess a sign.

        What the body does not do is one itself ("it won't start"), and a no before a new statement is an
        answer, or a cry: "ooh no that's sharp".
        """
        size = self._negation(words, at)
        states = not self._subjects.isdisjoint(words[at + size : at + size + 1])
        return bool(size) and not states and not self._is_inability(words, at)

    def _negation(self, said: Words, at: int) -> int:
        """Return how many words negate here: none inside a longer phrase that negates nothing."""
        size = self._negations.at(said, at)
        others = (
            found for begin in range(at + 1) if (found := self._not_negations.at(said, begin)) > at - begin
        )
        return size if size > max(others, default=0) else 0

    def _is_supposed(self, clause: Clause, hit: Hit) -> bool:
        """Whether the hit is only supposed: "if i feel dizzy", "when should i call an ambulance"."""
        start = min(hit.starts)
        if any(self._conditionals.at(clause.words, at) for at in range(start)):
            return True
        asked = any(at + self._asking.at(clause.words, at) == start for at in range(start))
        return asked and clause.words[start] not in self._first_person

    def _has_beside(self, clause: Clause, hit: Hit, phrases: Phrases) -> bool:
        """Whether a phrase stands in a clause and does not end in the hit: "had my baby" is no one else."""
        return any(
            at + size - 1 not in hit.places
            for at in range(len(clause.words))
            if (size := phrases.at(clause.words, at))
        )

    def _index(self, pairs: Iterator[tuple[str, str]]) -> Index:
        """Return phrases by their first word."""
        index: Index = {}
        for id_, phrase in pairs:
            words = tuple(self._normaliser.without_intensifiers(self._normaliser.words(phrase)))
            if words:
                index.setdefault(words[0], []).append((words, id_))
        return index
