"""Turns words, or an intent with its slots, into what the core understands."""

from __future__ import annotations

from msgspec import Struct, field

from skill.core.library import Intent, Library, Severity
from skill.core.turn import Slot
from skill.language.normalise import Normaliser
from skill.language.symptoms import Findings, Recogniser
from skill.language.templates import QUERY, Match, Templates

EVENTS = {"LaunchRequest": "launch", "Silence": "silence", "SessionEnded": "session_ended"}
"""Turns that are no intents, and their routes."""
FALLBACK = "AMAZON.FallbackIntent"
SYMPTOM = "SymptomIntent"
SYMPTOM_TYPE = "Symptom"
NO_SYMPTOM = "NoSymptomIntent"
WEAK_NO = "WeakNoIntent"
QUESTIONS = ("ask", "define")
"""Routes that stay a question when a sign is reported in them."""


class Heard(Struct, frozen=True):
    """What was understood of one turn."""

    route: str
    """Key of `conversation.ROUTES`."""
    intent: str
    """Name of the intent."""
    action: str | None = None
    """The turn API's action."""
    topic: str | None = None
    """The answer or refusal that is asked for."""
    slots: dict[str, str] = field(default_factory=dict)
    """Slot names and value ids, or words."""
    flags: tuple[str, ...] = ()
    """Flags that are reported, the gravest first."""
    denied: tuple[str, ...] = ()
    """Flags that are denied."""
    confidence: float = 1.0
    """How sure the understanding is, 0 to 1."""
    runner_up: str | None = None
    """The intent that fits next best."""


class Ear:
    """Understands one library's language."""

    def __init__(self, library: Library) -> None:
        """Index the library's words."""
        self._library = library
        self._normaliser = Normaliser(library.speech)
        self._symptoms = Recogniser(library, self._normaliser)
        self._templates = Templates(library, self._normaliser)
        self._stops = {flag.id for flag in library.safety.flags if flag.severity is Severity.STOP}

    def text(self, text: str) -> Heard:
        """Understand free text; without words it is silence."""
        if not text.strip():
            return Heard("silence", "Silence")
        words = self._normaliser.words(text)
        return self._weighed(self._symptoms.find(text), self._matched(words))

    def intent(self, name: str, slots: dict[str, Slot]) -> Heard:
        """Understand an intent that was found elsewhere; its free words are listened to as well."""
        if name in EVENTS:
            return Heard(EVENTS[name], name)
        intent = self._library.intents.get(name)
        if intent is None:
            return Heard("unmatched", FALLBACK)
        known = {key: slot for key, slot in slots.items() if key in intent.slots}
        query = next((slot.words for key, slot in known.items() if intent.slots[key] == QUERY), None)
        if query:
            return self.text(query)
        values = {key: self._value(intent, key, slot) or slot.words for key, slot in known.items()}
        return self._heard(intent, values, self._slot_findings(intent, known), 1.0, None)

    def _matched(self, words: list[str]) -> tuple[list[Match], float]:
        """Return what whole words fit, or the words without fillers, and how sure that is."""
        matches = self._templates.match(words)
        if matches:
            return matches, 1.0
        return self._templates.match(self._normaliser.without_fillers(words)), 0.9

    def _weighed(self, findings: Findings, matched: tuple[list[Match], float]) -> Heard:
        """Return the best match, or what the findings make of it: signs outrank templates."""
        matches, confidence = matched
        best = matches[0] if matches else None
        runner_up = matches[1].intent if len(matches) > 1 else None
        intents = self._library.intents
        asked = best is not None and intents[best.intent].route == "ask" and confidence == 1.0
        if asked and self._stops.issuperset(findings.flags):
            # The content's own question: "can a crack put my back out" is no report of pain.
            findings = Findings()
        if findings.flags:
            if best and intents[best.intent].route in (*QUESTIONS, "request"):
                return self._heard(intents[best.intent], best.slots, findings, confidence, runner_up)
            slots = {"symptom": findings.flags[0]}
            return self._heard(intents[SYMPTOM], slots, findings, 1.0, best.intent if best else None)
        if best and QUERY in intents[best.intent].slots.values():
            return self.text(next(iter(best.slots.values())))
        if best and best.intent != SYMPTOM:
            return self._heard(intents[best.intent], best.slots, findings, confidence, runner_up)
        if findings.past:
            return self._heard(intents[WEAK_NO], {}, Findings(), 0.7, None)
        if findings.denied:
            return self._heard(intents[NO_SYMPTOM], {}, findings, 0.8, None)
        return Heard("unmatched", FALLBACK, confidence=0.0)

    def _value(self, intent: Intent, key: str, slot: Slot) -> str | None:
        """Return the id of the value that a slot means; none where its words mean no value."""
        type_ = intent.slots[key]
        if slot.id is not None:
            return slot.id
        if slot.words in self._library.slot_types.get(type_, {}):
            return slot.words
        return self._templates.resolve(type_, slot.words)

    def _slot_findings(self, intent: Intent, slots: dict[str, Slot]) -> Findings:
        """Return what an intent's slots say about signs, by id or in words."""
        flags: list[str] = []
        denied: list[str] = []
        for key, slot in slots.items():
            value = self._value(intent, key, slot)
            if intent.name == NO_SYMPTOM:
                # "no feeling between my legs" is no denial: its words are read again as they were said.
                found = self._symptoms.find(intent.samples[0].replace(f"{{{key}}}", slot.words))
                flags.extend(found.flags)
                denied.extend(found.denied or ([value] if value else []))
            elif value is None:
                flags.extend(self._symptoms.find(slot.words).flags)
            elif intent.slots[key] == SYMPTOM_TYPE:
                flags.append(value)
        return Findings(tuple(dict.fromkeys(flags)), denied=tuple(dict.fromkeys(denied)))

    @staticmethod
    def _heard(
        intent: Intent, slots: dict[str, str], findings: Findings, confidence: float, runner_up: str | None
    ) -> Heard:
        return Heard(
            route=intent.route,
            intent=intent.name,
            action=intent.action,
            topic=intent.topic,
            slots=slots,
            flags=findings.flags,
            denied=findings.denied,
            confidence=confidence,
            runner_up=runner_up,
        )
