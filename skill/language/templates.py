"""Matches an utterance against the samples of the interaction model."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from msgspec import Struct

from skill.core.library import Intent, Library
from skill.language import durations
from skill.language.normalise import Normaliser

SLOT = re.compile(r"\{(\w+)\}")
"""A slot in a sample."""
DURATION = "AMAZON.DURATION"
QUERY = "AMAZON.SearchQuery"


class Match(Struct, frozen=True):
    """An intent that an utterance fits."""

    intent: str
    """The intent's name."""
    slots: dict[str, str]
    """Slot names and value ids, or words for a query."""
    literal: int
    """How many words of the sample stand in the utterance: what decides between two."""


class Template(Struct, frozen=True):
    """A sample with slots."""

    intent: Intent
    """The intent that it belongs to."""
    pattern: re.Pattern[str]
    """The sample, each slot a group."""
    literal: int
    """How many words it has beside its slots."""


class Templates:
    """The samples of one library, in the form in which utterances are compared."""

    def __init__(self, library: Library, normaliser: Normaliser) -> None:
        """Compile every sample."""
        self._normaliser = normaliser
        self._whole: dict[str, Intent] = {}
        self._templates: dict[str, list[Template]] = {}
        """By a word that has to stand in the utterance; none of them where a sample is nothing but slots."""
        slotted: list[tuple[Intent, str, list[str]]] = []
        for intent in library.intents.values():
            for sample in (*intent.samples, *intent.hears):
                if SLOT.search(sample):
                    slotted.append((intent, sample, SLOT.sub(" ", normaliser.form(sample)).split()))
                else:
                    self._whole.setdefault(normaliser.form(sample), intent)
        frequency = Counter(word for _, _, literal in slotted for word in set(literal))
        for intent, sample, literal in slotted:
            rarest = min(literal, key=lambda word: frequency[word], default="")
            self._templates.setdefault(rarest, []).append(self._compile(intent, sample))
        self._values = {
            name: {normaliser.form(word): id_ for id_, words in values.items() for word in words}
            for name, values in library.slot_types.items()
        }

    def match(self, words: list[str]) -> list[Match]:
        """Return the intents that fit, the best first: whole samples, then the most literal template."""
        text = " ".join(words)
        fits = sorted(self._fitting(text), key=lambda match: -match.literal)
        found = []
        if whole := self._whole.get(text):
            slots = next((fit.slots for fit in fits if fit.intent == whole.name), {})
            found.append(Match(whole.name, slots, len(words)))
        names = {match.intent for match in found}
        for match in fits:
            if match.intent not in names:
                names.add(match.intent)
                found.append(match)
        return found

    def resolve(self, type_: str, words: str) -> str | None:
        """Return the value of a slot type that words mean: an id, or a length as ISO 8601."""
        if type_ == DURATION:
            return durations.to_iso(self._normaliser.form(words))
        if type_ == QUERY:
            return words
        values = self._values.get(type_, {})
        return values.get(self._normaliser.form(words))

    def _fitting(self, text: str) -> Iterator[Match]:
        words = {"", *text.split()}
        for template in (template for word in words for template in self._templates.get(word, ())):
            fit = template.pattern.match(text)
            if fit is None:
                continue
            slots = {
                name: self.resolve(template.intent.slots[name], words)
                for name, words in fit.groupdict().items()
            }
            known = {name: value for name, value in slots.items() if value is not None}
            if len(known) == len(slots):
                query = QUERY in template.intent.slots.values()
                yield Match(template.intent.name, known, 0 if query else template.literal)

    def _compile(self, intent: Intent, sample: str) -> Template:
        form = self._normaliser.form(sample)
        parts = SLOT.split(form)
        pattern = "".join(
            re.escape(part) if index % 2 == 0 else f"(?P<{part}>.+)" for index, part in enumerate(parts)
        )
        return Template(intent, re.compile(f"^{pattern}$"), len(SLOT.sub(" ", form).split()))
