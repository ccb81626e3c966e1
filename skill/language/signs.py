"""Finds the signs in an utterance: by their words first, and then by what they are like.

What is guessed is silent where the rules found something negated, supposed or asked; beside a sign that
stands in so many words, only what is graver is added.
"""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from skill.core.library import Library, Severity
from skill.core.player import State
from skill.core.safety import PRECEDENCE, THIRD_PARTY
from skill.core.session import Asked
from skill.language.deciding import BESIDE, GRAVER, UNGUIDED, Context, is_said, sign
from skill.language.guess import Guess, Guesses
from skill.language.manner import Manner, Manners
from skill.language.normalise import Normaliser
from skill.language.symptoms import Findings, Recogniser


class Signs:
    """Finds the signs of one library."""

    def __init__(
        self,
        library: Library,
        normaliser: Normaliser,
        manners: Manners,
        guesses: Callable[[list[str]], Guesses],
    ) -> None:
        """Index the flags' words.

        Args:
            library: all content.
            normaliser: of the library's language.
            manners: of the library's language.
            guesses: gives what words may mean; asked only where words fit no sample.
        """
        self._normaliser, self._manners, self._guesses = normaliser, manners, guesses
        self._symptoms = Recogniser(library, normaliser)
        self._severities = {flag.id: flag.severity for flag in library.safety.flags}

    def worded(self, text: str) -> Findings:
        """Return what stands in a text in so many words."""
        return self._symptoms.find(text)

    def found(self, text: str, context: Context) -> Findings:
        """Return what stands in a text, and what it is like."""
        words = self._normaliser.words(text)
        return self.guessed(words, self.worded(text), self._guesses(words), self._manners.of(words), context)

    def guessed(
        self, words: list[str], findings: Findings, guesses: Guesses, manner: Manner, context: Context
    ) -> Findings:
        """Add to what was found by words what the whole is like, or what follows a "but"."""
        findings = self._with_guess(findings, guesses, manner, context)
        if findings.flags or not manner.taken_back:
            return findings
        rest = list(manner.taken_back)
        found = self.worded(" ".join(rest))
        signs = self._with_guess(found, self._guesses(rest), self._manners.of(rest), context)
        return msgspec.structs.replace(findings, flags=signs.flags)

    def is_grave(self, flag: str) -> bool:
        """Whether a flag is an emergency."""
        return self._severities[flag] is Severity.EMERGENCY

    def _with_guess(self, findings: Findings, guesses: Guesses, manner: Manner, context: Context) -> Findings:
        """Add the sign that the guesses amount to, unless the rules found a reason against one."""
        asked = context.state is State.SCREENING or context.asked is not Asked.NOTHING
        denied = asked and manner.says_no and not manner.excepts
        quiet = findings.quiet or findings.denied or findings.past
        if not findings.flags and quiet and not is_said(guesses):
            return findings
        graver = any(self._severities[id_] is not Severity.MODIFY for id_ in findings.flags)
        expected = graver or context.state not in UNGUIDED
        told = manner.of_oneself and not manner.asks
        nearest = sign(guesses, expected=expected, told=told, denied=denied)
        flag = self._gravest(guesses, nearest, findings.flags) if nearest else None
        if flag is None:
            return findings
        if findings.others and not self.is_grave(flag):
            flag = THIRD_PARTY
        ids = dict.fromkeys((*findings.flags, flag))
        gravest_first = sorted(ids, key=lambda id_: PRECEDENCE.index(self._severities[id_]))
        return msgspec.structs.replace(findings, flags=tuple(gravest_first))

    def _gravest(self, guesses: Guesses, nearest: Guess, found: tuple[str, ...]) -> str | None:
        """Return the flag that is guessed: an emergency goes before what is hardly nearer.

        Beside flags that were found by their words, it has to be an emergency that is clearly nearer, or
        anything graver than a limit where they are only limits.
        """
        scores = {guess.flag: guess.score for guess in guesses.likeliest if guess.flag}
        near = [flag for flag, score in scores.items() if nearest.score - score <= GRAVER]
        flag = next((id_ for id_ in near if self.is_grave(id_)), near[0])
        if not found:
            return flag
        rival = max(scores.get(id_, 0.0) for id_ in found)
        mild = all(self._severities[id_] is Severity.MODIFY for id_ in found)
        clearly = self.is_grave(flag) and scores[flag] - rival >= BESIDE
        return flag if clearly or (mild and flag not in found) else None
