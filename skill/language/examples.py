"""What the learned matcher learns from: every wording that the content holds, and what it means."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from skill.core.library import Intent, Library
from skill.core.safety import PAIN
from skill.language.normalise import Normaliser
from skill.language.templates import QUERY, SLOT

TOPICAL = ("ask", "refuse")
"""Routes whose topics are meanings of their own."""
HURTS = "hurts"
"""The route of words for pain: as free words they are a sign."""
REQUEST = "request"
"""The route of requests, which sound too unlike to be learned as one meaning: an intent is one."""
UNLEARNED = ("symptom", "unmatched", "who", "silence", "define", "question")
"""Routes that no guess leads to: signs have their flags; a word or a clearance is not guessed."""
FLAG = "flag "
"""Begins the meaning of a flag's words."""
TOPIC = "ask "
"""Begins the meaning of an answer."""
NOTHING = "nothing"
"""The meaning of words that sound like a sign and are none."""
MINUTES = ("five minutes", "half an hour")
"""Fills a slot for a length of time."""
SYMPTOM_TYPE, NAMED = "Symptom", 2
"""The slot type of signs, and how many words a sign's name has at most."""
FILLINGS = 6
"""So many values fill a slot of a sample, each in a wording of its own."""


class Example(Struct, frozen=True):
    """One wording."""

    text: str
    """The words, in the form in which utterances are compared."""
    meaning: str
    """A route, with the topic or the intent that parts it; `FLAG` and a flag's id; or `NOTHING`."""
    intent: str = ""
    """The intent whose sample it is."""


def meaning_of(intent: Intent) -> str:
    """Return what an intent's samples mean: intents of one route mean the same, but for what is asked for."""
    if intent.route == HURTS:
        return FLAG + PAIN
    if intent.route in TOPICAL:
        return f"{intent.route} {intent.topic}"
    return f"{intent.route} {intent.name}" if intent.route == REQUEST else intent.route


def route_of(meaning: str) -> str:
    """Return the route, or the kind, of a meaning."""
    return meaning.split()[0]


def examples(library: Library, normaliser: Normaliser) -> list[Example]:
    """Return every wording of a library, each once; the first that claims a wording has it."""
    found: dict[str, Example] = {}
    for example in (*_of_intents(library), *_of_flags(library)):
        form = normaliser.form(example.text)
        if form:
            found.setdefault(form, Example(form, example.meaning, example.intent))
    return list(found.values())


def _of_intents(library: Library) -> Iterator[Example]:
    for intent in library.intents.values():
        if QUERY in intent.slots.values() or intent.route in UNLEARNED:
            continue
        for index, sample in enumerate((*intent.samples, *intent.hears)):
            for text in _filled(sample, intent, library, index):
                yield Example(text, meaning_of(intent), intent.name)
        topic = library.answers.get(intent.topic or "") if intent.route == "ask" else None
        if topic is not None:
            yield Example(topic.title, meaning_of(intent), intent.name)
            yield Example(topic.answer, meaning_of(intent), intent.name)


def _of_flags(library: Library) -> Iterator[Example]:
    for flag in library.safety.flags:
        for text in (*flag.says, *flag.own_negation, *flag.reports):
            yield Example(text, FLAG + flag.id)
    for text in (*library.safety.harmless, *(text for flag in library.safety.flags for text in flag.never)):
        yield Example(text, NOTHING)


def _filled(sample: str, intent: Intent, library: Library, index: int) -> Iterator[str]:
    """Yield a sample with values in its slots: every sample gets others, so that many are heard."""
    names = SLOT.findall(sample)
    for turn in range(FILLINGS if names else 1):
        text = sample
        for name in names:
            said = _said(library, intent.slots[name], index + turn)
            text = text.replace(f"{{{name}}}", said[(index + turn) % len(said)])
        yield text


def _said(library: Library, type_: str, at: int) -> list[str]:
    """Return what is said for each value of a slot type: another of its words each time.

    Signs are named in a word or two: "no i'm expecting" denies nothing.
    """
    values = library.slot_types.get(type_, {}).values()
    named = [
        [word for word in words if type_ != SYMPTOM_TYPE or len(word.split()) <= NAMED] for words in values
    ]
    return [words[at // len(values) % len(words)] for words in named if words] or list(MINUTES)
