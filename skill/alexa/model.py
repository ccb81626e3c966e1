"""Builds Amazon's interaction model from the library, and refuses what Amazon would refuse."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from typing import Any

import msgspec
from msgspec import Struct

from skill.alexa.locales import LOCALES
from skill.core.library import Intent, Library
from skill.core.wording import OTHER

INTENTS = 250
"""At most 250 intents (A4)."""
INTENTS_AND_TYPES = 350
"""At most 350 intents and slot types together (A4)."""
VALUE_CHARACTERS = 140
"""A slot value or synonym has at most 140 characters (A4)."""
MODEL_BYTES = 1_500_000
"""A model has at most 1.5 MB (A4)."""
SEARCH_QUERY = "AMAZON.SearchQuery"
REQUIRED = frozenset(
    f"AMAZON.{name}Intent"
    for name in ("Stop", "Cancel", "Help", "NavigateHome", "Fallback", "Yes", "No", "Repeat")
) | frozenset(f"AMAZON.{name}Intent" for name in ("Next", "Previous", "Pause", "Resume", "StartOver"))
"""Built-ins that a skill with steps has to answer (A4)."""
BUILT_IN_TYPES = frozenset({"AMAZON.DURATION", SEARCH_QUERY})
"""Amazon's own slot types that are used here."""
SAMPLE = re.compile(r"(?:[^\W\d_]|['.\- ])*")
"""What a sample may hold beside its slots: letters, apostrophes, full stops, hyphens, spaces; no digits."""
NAME = re.compile(r"(?:[^\W\d_]|['. ])+")
"""What an invocation name may hold: letters, apostrophes, full stops, spaces."""
SLOT = re.compile(r"\{(\w+)\}")
ADJACENT = re.compile(r"\}\s*\{")
LAUNCH_WORDS = frozenset(
    "launch ask tell load begin enable open start play alexa amazon echo computer skill app".split()  # noqa: SIM905
)
"""Words that an invocation name may not have (A4): launch words and wake words."""
LITTLE_WORDS = frozenset({"a", "an", "the", "for", "to", "of", "in", "on", "at", "by", "with"})
"""Words that a two-word invocation name may not have (A4)."""


class ModelProblem(Struct, frozen=True):
    """Something that Amazon would refuse, or that would be heard as something else."""

    text: str
    """The sample, value or name that is wrong; it stands somewhere in the author's files."""
    message: str
    """What is wrong with it."""


def build(library: Library, invocation_name: str) -> dict[str, Any]:
    """Return the interaction model in Amazon's form."""
    types = [
        {
            "name": name,
            "values": [
                {"id": id_, "name": {"value": words[0], "synonyms": list(words[1:])}}
                for id_, words in values.items()
            ],
        }
        for name, values in library.slot_types.items()
    ]
    model = {
        "invocationName": invocation_name,
        "intents": [_intent(intent) for intent in library.intents.values()],
        "types": types,
    }
    return {"interactionModel": {"languageModel": model}}


def to_json(model: dict[str, Any]) -> bytes:
    """Return a model as the file that is committed."""
    return msgspec.json.format(msgspec.json.encode(model), indent=2) + b"\n"


def problems(library: Library, invocation_name: str) -> list[ModelProblem]:
    """Return everything that Amazon would refuse, or that two intents would quarrel over."""
    return [
        *_invocation(invocation_name),
        *_places(library),
        *_sizes(library, invocation_name),
        *_samples(library),
        *_values(library),
        *_slots(library),
    ]


def _places(library: Library) -> Iterator[ModelProblem]:
    for locale in library.locales:
        if locale not in (*LOCALES, OTHER):
            yield ModelProblem(locale, f"Alexa has no locale {locale}")


def _intent(intent: Intent) -> dict[str, Any]:
    slots = [{"name": name, "type": type_} for name, type_ in intent.slots.items()]
    return {"name": intent.name, "slots": slots, "samples": list(intent.samples)}


def _invocation(name: str) -> Iterator[ModelProblem]:
    words = name.split()
    if len(words) < 2:
        yield ModelProblem(name, "the invocation name needs two words or more")
    if name != name.lower() or not NAME.fullmatch(name):
        yield ModelProblem(name, "the invocation name has lower-case letters, spaces and apostrophes only")
    for word in sorted(LAUNCH_WORDS.intersection(words)):
        yield ModelProblem(name, f"the invocation name has the word {word!r}, which is Alexa's")
    if len(words) == 2 and LITTLE_WORDS.intersection(words):
        yield ModelProblem(name, "a two-word invocation name has no article and no preposition")


def _sizes(library: Library, invocation_name: str) -> Iterator[ModelProblem]:
    intents, types = len(library.intents), len(library.slot_types)
    if intents > INTENTS:
        yield ModelProblem(invocation_name, f"{intents} intents, more than {INTENTS}")
    if intents + types > INTENTS_AND_TYPES:
        yield ModelProblem(
            invocation_name, f"{intents + types} intents and types, more than {INTENTS_AND_TYPES}"
        )
    size = len(to_json(build(library, invocation_name)))
    if size > MODEL_BYTES:
        yield ModelProblem(invocation_name, f"the model has {size} bytes, more than {MODEL_BYTES}")
    for name in sorted(REQUIRED - set(library.intents)):
        yield ModelProblem(invocation_name, f"the intent {name} is missing")


def _samples(library: Library) -> Iterator[ModelProblem]:
    """Yield samples that Amazon refuses, and those that stand in two intents."""
    owners: dict[str, str] = {}
    for intent in library.intents.values():
        if intent.name.startswith("AMAZON.") and intent.samples:
            yield ModelProblem(intent.samples[0], f"{intent.name} is Amazon's: its samples belong in `hears`")
        for sample in intent.samples:
            if not _is_plain(SLOT.sub("", sample)):
                yield ModelProblem(sample, f"a sample has letters only, no digits or signs: {sample!r}")
            if ADJACENT.search(sample):
                yield ModelProblem(sample, f"two slots stand side by side: {sample!r}")
        for sample in (*intent.samples, *intent.hears):
            # Which slot stands in a sample makes no difference to what Alexa hears around it, but
            # its type does: "my {area}" and "my {symptom}" hold different words.
            types = intent.slots
            form = SLOT.sub(lambda slot, types=types: f"{{{types.get(slot[1], '')}}}", sample.lower())  # type: ignore[misc]  # a default argument binds the loop's value
            owner = owners.setdefault(form, intent.name)
            if owner != intent.name:
                yield ModelProblem(sample, f"{sample!r} stands in {owner} and in {intent.name}")
        yield from _repeated(intent)


def _is_plain(words: str) -> bool:
    """Return whether words are written as a recogniser writes them."""
    return words == words.lower() and SAMPLE.fullmatch(words) is not None


def _repeated(intent: Intent) -> Iterator[ModelProblem]:
    seen: set[str] = set()
    for sample in (*intent.samples, *intent.hears):
        if sample in seen:
            yield ModelProblem(sample, f"{sample!r} stands twice in {intent.name}")
        seen.add(sample)


def _values(library: Library) -> Iterator[ModelProblem]:
    """Yield words that Amazon refuses in a slot type, and those that stand in two of its values."""
    for name, values in library.slot_types.items():
        owners: dict[str, str] = {}
        for id_, words in values.items():
            for word in words:
                if len(word) > VALUE_CHARACTERS:
                    yield ModelProblem(word, f"{word[:30]!r}... has more than {VALUE_CHARACTERS} characters")
                if not _is_plain(word):
                    yield ModelProblem(word, f"a slot value has letters only, no digits or signs: {word!r}")
                owner = owners.setdefault(word, id_)
                if owner != id_:
                    yield ModelProblem(word, f"{word!r} stands in {owner} and in {id_}, both of type {name}")
            for word in sorted({word for word in words if words.count(word) > 1}):
                yield ModelProblem(word, f"{word!r} stands twice in {id_}, of type {name}")


def _slots(library: Library) -> Iterator[ModelProblem]:
    """Yield slots without a type, of two types, or of a type that may not stand where it stands."""
    types: dict[str, set[str]] = defaultdict(set)
    for intent in library.intents.values():
        used = {slot for sample in intent.samples for slot in SLOT.findall(sample)}
        for slot in sorted(used - set(intent.slots)):
            yield ModelProblem(intent.name, f"{intent.name} uses {{{slot}}}, which has no type")
        for slot in sorted(set(intent.slots) - used):
            yield ModelProblem(intent.name, f"{intent.name} has the slot {slot}, which no sample uses")
        for slot, type_ in intent.slots.items():
            types[slot].add(type_)
            if type_ not in library.slot_types and type_ not in BUILT_IN_TYPES:
                yield ModelProblem(type_, f"the slot {slot} of {intent.name} has no type {type_}")
        yield from _query(intent)
    for slot, found in types.items():
        if len(found) > 1:
            yield ModelProblem(slot, f"the slot {slot} has the types {', '.join(sorted(found))}")


def _query(intent: Intent) -> Iterator[ModelProblem]:
    """Yield what is wrong with an intent that takes free words."""
    if SEARCH_QUERY not in intent.slots.values():
        return
    if len(intent.slots) > 1:
        yield ModelProblem(intent.name, f"{intent.name} has another slot beside {SEARCH_QUERY}")
    for sample in intent.samples:
        if not SLOT.sub("", sample).strip():
            yield ModelProblem(sample, f"{sample!r} has no words around its {SEARCH_QUERY}")
