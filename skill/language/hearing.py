"""Turns words, or an intent with its slots, into what the core understands."""

from __future__ import annotations

from collections.abc import Callable

import msgspec
from msgspec import Struct, field

from skill.core.library import Effect, Intent, Library, Severity
from skill.core.player import State
from skill.core.turn import Slot
from skill.language.deciding import RUNNING, UNGUIDED, Context, Decision, decide
from skill.language.examples import REQUEST, SYMPTOM_TYPE
from skill.language.gazetteer import Gazetteer
from skill.language.guess import Guess, Guesser, Guesses
from skill.language.manner import Manner, Manners
from skill.language.normalise import Normaliser
from skill.language.signs import Signs
from skill.language.symptoms import Findings
from skill.language.templates import QUERY, Match, Templates

EVENTS = {"LaunchRequest": "launch", "Silence": "silence", "SessionEnded": "session_ended"}
"""Turns that are no intents, and their routes."""
FALLBACK = "AMAZON.FallbackIntent"
SYMPTOM = "SymptomIntent"
NEGATIONS = ("no", "not", "i'm not")
"""What a denial may have begun with, where only the words after it have come."""
SWAP = "SwapIntent"
"""What someone asks for, in a stretch, who cannot do it on the floor."""
NO_SYMPTOM = "NoSymptomIntent"
WEAK_NO = "WeakNoIntent"
RESUME, RESUME_ROUTE = "ResumeStepIntent", "resume"
HEDGE = "HedgeIntent"
NEGATIVE, AFFIRMATIVE = ("no", "no_symptom"), ("yes", "ready")
WELL = ("comfortable", "ready", "pop")
"""Meanings that say that all is well."""
ONWARD = (*WELL, "next", "skip", "previous", "resume", "repeat", "restart", "yes", "no", "no_symptom")
"""Meanings on which a stretch goes on."""
LIKELY, LIKELY_BUT = 0.2, 0.05
"""From this chance of a sign on, no guess goes on with a stretch; less is enough where something is
excepted: "feels great except the sharp bit"."""
GIVING_UP = ("stop", "skip")
"""What "don't" turns into carrying on."""
EITHER = "QuestionIntent"
"""What a question is called that may ask for either of two topics."""
LIMITS = (Severity.DEFER, Severity.MODIFY)
"""Severities that leave room for a question."""
ASIDE = (Severity.STOP, *LIMITS)
"""Severities that leave room for a question where nothing is guided."""
DOUBTFUL = 0.5
"""From this chance of a sign on, a denial is asked about."""
NOWHERE = Context()
"""Where something is said that begins a conversation."""
SIDED = ("switch_sides", "side_again")
"""Routes that may name a side of the body."""
SIDE_TYPE = "Side"
"""Sides are named in a request only where a sample has them: "right, my hips" names none."""
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
    choices: tuple[str, ...] = ()
    """Topics, any of which a question may ask for."""


class Ear:
    """Understands one library's language."""

    def __init__(self, library: Library, matcher: Callable[[], Guesser | None] = lambda: None) -> None:
        """Index the library's words.

        Args:
            library: all content.
            matcher: gives the learned matcher; asked for only when free words fit no sample.
        """
        self._library = library
        self._matcher = matcher
        self._normaliser = Normaliser(library.speech)
        self._manners = Manners(library, self._normaliser)
        self._signs = Signs(library, self._normaliser, self._manners, self._guesses)
        self._templates = Templates(library, self._normaliser)
        self._gazetteer = Gazetteer(library, self._normaliser, (REQUEST,), (SIDE_TYPE,))
        self._sides = Gazetteer(library, self._normaliser, SIDED)
        self._flags = {flag.id: flag for flag in library.safety.flags}
        self._empty, self._casual = frozenset(library.speech.empty), frozenset(library.speech.casual)
        self._asking = {
            intent.topic or "": intent for intent in library.intents.values() if intent.route == "ask"
        }

    def text(self, text: str, context: Context = NOWHERE) -> Heard:
        """Understand free text; without words it is silence."""
        if not text.strip():
            return Heard("silence", "Silence")
        words = self._normaliser.words(text)
        findings = self._signs.worded(text)
        matches, confidence = self._matched(words)
        if self._says_nothing(words, matches, context):
            return Heard("unmatched", FALLBACK, confidence=0.0)
        if matches:
            return self._weighed(words, findings, (matches, confidence), context)
        manner, guesses = self._manners.of(words), self._guesses(words)
        findings = self._signs.guessed(words, findings, guesses, manner, context)
        if self._is_doubtful(findings, guesses, manner, context):
            return Heard("unmatched", FALLBACK, confidence=0.0, runner_up=NO_SYMPTOM)
        unclear = context.state is State.SCREENING and not findings.flags and manner.takes_back
        if self._outrank(findings, context, asks=manner.asks) and not unclear:
            return self._found(findings, None, context)
        decision = decide(guesses, context, asked=manner.asks, wanted=manner.wants)
        if (
            context.state in RUNNING
            and decision.guess
            and _is_hasty(decision.guess, guesses, manner, findings)
        ):
            decision = msgspec.structs.replace(decision, guess=None, runner_up=decision.guess)
        return self._decided(words, manner, findings, decision, context)

    def intent(self, name: str, slots: dict[str, Slot], context: Context = NOWHERE) -> Heard:
        """Understand an intent that was found elsewhere; its free words are listened to as well."""
        if name in EVENTS:
            return Heard(EVENTS[name], name)
        intent = self._library.intents.get(name)
        if intent is None:
            return Heard("unmatched", FALLBACK)
        known = {key: slot for key, slot in slots.items() if key in intent.slots}
        query = next((slot.words for key, slot in known.items() if intent.slots[key] == QUERY), None)
        if query:
            return self.text(query, context)
        values = {key: self._value(intent, key, slot) or slot.words for key, slot in known.items()}
        findings = self._slot_findings(intent, known, context)
        if intent.name == NO_SYMPTOM and known and not findings.flags and not findings.denied:
            return self._denial_of(" ".join(slot.words for slot in known.values()), context)
        return self._heard(intent, values, findings, 1.0, None)

    def _denial_of(self, words: str, context: Context) -> Heard:
        """Understand "no" or "not" before words that name no sign.

        Which of the two was said is not known: "no problems" is a no, "not okay" is none. It is one only
        if it would be with either.
        """
        read = [self.text(f"{negation} {words}", context) for negation in NEGATIONS]
        doubted = [one for one in read if one.route not in NEGATIVE]
        return doubted[0] if doubted else read[0]

    def _matched(self, words: list[str]) -> tuple[list[Match], float]:
        """Return what whole words fit, or the words without fillers, and how sure that is."""
        matches = self._templates.match(words)
        if matches:
            return matches, 1.0
        return self._templates.match(self._normaliser.without_fillers(words)), 0.9

    def _says_nothing(self, words: list[str], matches: list[Match], context: Context) -> bool:
        """Whether there is no word that means anything, or none that answers a safety question."""
        agrees = not matches or self._library.intents[matches[0].intent].route == "yes"
        casual = context.state is State.SCREENING and agrees and self._casual.issuperset(words)
        return casual or (not matches and self._empty.issuperset(words))

    def _weighed(
        self, words: list[str], findings: Findings, matched: tuple[list[Match], float], context: Context
    ) -> Heard:
        """Return the best match, or what the findings make of it: signs outrank templates."""
        matches, confidence = matched
        best = matches[0]
        intent = self._library.intents[best.intent]
        runner_up = matches[1].intent if len(matches) > 1 else None
        stops = (self._flags[id_].severity is Severity.STOP for id_ in findings.flags)
        if intent.route == "ask" and confidence == 1.0 and all(stops):
            # The content's own question: "can a crack put my back out" is no report of pain.
            findings = Findings()
        if findings.flags and intent.route not in (*QUESTIONS, REQUEST):
            return self._found(findings, best.intent, context)
        if not findings.flags and QUERY in intent.slots.values():
            return self.text(next(iter(best.slots.values())), context)
        if not findings.flags and best.intent == SYMPTOM:
            return self._found(findings, None, context)
        slots = best.slots
        if intent.route == REQUEST:
            slots = self._slots(intent, words) | slots
        return self._heard(intent, slots, findings, confidence, runner_up)

    @staticmethod
    def _is_doubtful(findings: Findings, guesses: Guesses, manner: Manner, context: Context) -> bool:
        """Whether a denial, where a sign is asked for or felt, is all but the report of one.

        In a stretch one that takes something back is, too: "no pain on the left just the right".
        """
        denied = not findings.flags and (findings.denied or findings.past)
        doubted = guesses.sign_chance >= DOUBTFUL or manner.both or manner.bounds
        doubted = doubted or (manner.takes_back and context.state in RUNNING)
        return bool(denied) and context.state not in UNGUIDED and doubted

    def _outrank(self, findings: Findings, context: Context, *, asks: bool) -> bool:
        """Whether what was found says enough: a grave sign, or an answer to a question about signs.

        What only stops a stretch leaves room for a question where nothing is guided or asked.
        """
        if findings.flags:
            severity = self._flags[findings.flags[0]].severity
            beside = asks and context.state in UNGUIDED
            return severity not in (ASIDE if beside else LIMITS)
        return bool(findings.past or findings.denied) and context.state is not State.IDLE

    def _found(self, findings: Findings, runner_up: str | None, context: Context) -> Heard:
        """Return what signs mean where they are all that was understood."""
        intents = self._library.intents
        if findings.flags:
            swaps = self._flags[findings.flags[0]].effect is Effect.CHAIR and context.state in RUNNING
            name, slots = (SWAP, {}) if swaps else (SYMPTOM, {"symptom": findings.flags[0]})
            return self._heard(intents[name], slots, findings, 1.0, runner_up)
        if findings.past:
            return self._heard(intents[WEAK_NO], {}, Findings(), 0.7, runner_up)
        if findings.denied:
            return self._heard(intents[NO_SYMPTOM], {}, findings, 0.8, runner_up)
        return Heard("unmatched", FALLBACK, confidence=0.0, runner_up=runner_up)

    def _guesses(self, words: list[str]) -> Guesses:
        """Return what the learned matcher makes of words; nothing without one."""
        matcher = self._matcher() if words else None
        return matcher.guesses(" ".join(self._normaliser.without_fillers(words))) if matcher else Guesses()

    def _decided(
        self, words: list[str], manner: Manner, findings: Findings, decision: Decision, context: Context
    ) -> Heard:
        """Return what a decision means, together with the signs."""
        runner_up = decision.runner_up.intent or None if decision.runner_up else None
        guess = decision.guess
        if findings.flags and decision.offered and manner.asks:
            # Beside a sign nothing is asked back: the nearest topic is answered.
            guess = decision.offered[0]
        if guess is not None and guess.meaning in GIVING_UP and manner.forbids:
            guess = msgspec.structs.replace(guess, meaning=RESUME_ROUTE, intent=RESUME)
        if findings.flags and not self._is_aside(guess, manner, findings):
            return self._found(findings, guess.intent if guess else runner_up, context)
        if guess is None and decision.offered and not (findings.past or findings.denied):
            return self._either(decision.offered, findings, runner_up)
        if context.state is State.SCREENING:
            guess = _reply(guess, manner)
            if guess is None and findings.denied:
                return Heard("unmatched", FALLBACK, confidence=0.0, runner_up=NO_SYMPTOM)
        if guess is None or not _is_plain(guess, manner, findings):
            return self._found(findings, runner_up, context)
        intent = self._library.intents[guess.intent]
        slots = self._slots(intent, words)
        if intent.route == REQUEST:
            intent = self._request(slots)
        return self._heard(intent, slots, findings, round(min(guess.score, 0.89), 2), runner_up)

    def _slots(self, intent: Intent, words: list[str]) -> dict[str, str]:
        """Return the values that stand in words anywhere, where an intent may name some."""
        if intent.route in SIDED:
            return self._sides.find(words)
        if intent.route not in (REQUEST, "describe"):
            return {}
        return self._gazetteer.find(words) | self._first_side(words)

    def _first_side(self, words: list[str]) -> dict[str, str]:
        """Return the side with which words end that asks to be the first: "figure four, right side first"."""
        for start in range(1, len(words)):
            for match in self._templates.match(words[start:]):
                if "side" in match.slots and self._library.intents[match.intent].route == "switch_sides":
                    return match.slots
        return {}

    def _is_aside(self, guess: Guess | None, manner: Manner, findings: Findings) -> bool:
        """Whether a question is answered beside its signs; beside mere limits also a request or a telling."""
        mild = all(self._flags[id_].severity is Severity.MODIFY for id_ in findings.flags)
        if guess is None:
            return False
        return (guess.is_topic and (manner.asks or mild)) or (mild and guess.route == REQUEST)

    def _either(self, offered: tuple[Guess, ...], findings: Findings, runner_up: str | None) -> Heard:
        """Offer topics, or choose the one whose answer answers all of them."""
        topics = [self._library.intents[offer.intent].topic or "" for offer in offered]
        confidence = round(offered[0].score, 2)
        for topic in topics:
            if {topic, *self._library.answers[topic].also}.issuperset(topics):
                return self._heard(self._asking[topic], {}, findings, confidence, runner_up)
        return Heard("either", EITHER, choices=tuple(topics), confidence=confidence, runner_up=runner_up)

    def _request(self, slots: dict[str, str]) -> Intent:
        """Return the intent of a request that names these slots, and as few others as can be."""
        requests = [intent for intent in self._library.intents.values() if intent.route == REQUEST]
        return min(requests, key=lambda intent: (len(slots.keys() - intent.slots), len(intent.slots)))

    def _value(self, intent: Intent, key: str, slot: Slot) -> str | None:
        """Return the id of the value that a slot means; none where its words mean no value."""
        type_ = intent.slots[key]
        if slot.id is not None:
            return slot.id
        if slot.words in self._library.slot_types.get(type_, {}):
            return slot.words
        return self._templates.resolve(type_, slot.words)

    def _slot_findings(self, intent: Intent, slots: dict[str, Slot], context: Context) -> Findings:
        """Return what an intent's slots say about signs, by id or in words."""
        flags: list[str] = []
        denied: list[str] = []
        for key, slot in slots.items():
            value = self._value(intent, key, slot)
            if intent.slots[key] == SYMPTOM_TYPE and value not in self._flags:
                # Amazon may still have the model of other content.
                value = None
            if intent.name == NO_SYMPTOM:
                # "no feeling between my legs" is no denial: its words are read again as they were said.
                sample = next(sample for sample in intent.samples if f"{{{key}}}" in sample)
                found = self._signs.worded(sample.replace(f"{{{key}}}", slot.words))
                flags.extend(found.flags)
                denied.extend(found.denied or ([value] if value else []))
            elif intent.slots[key] == SYMPTOM_TYPE:
                flags.extend([value] if value else self._signs.found(slot.words, context).flags)
            elif value is None:
                flags.extend(self._signs.worded(slot.words).flags)
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


def _reply(guess: Guess | None, manner: Manner) -> Guess | None:
    """Return what a guess is as a reply to a safety question: with something excepted, it is a yes.

    "No, apart from a knock on Saturday", "only when I bend".
    """
    excepted = manner.excepts if guess and guess.meaning in NEGATIVE else manner.opens_excepting and not guess
    return Guess("hedge", HEDGE, guess.chance if guess else 0.0) if excepted else guess


def _is_hasty(guess: Guess, guesses: Guesses, manner: Manner, findings: Findings) -> bool:
    """Whether a stretch would go on by a guess although the words may be those of a sign.

    What follows a no that is taken back steers nothing: "no pain on the left just the right".
    """
    if manner.says_no and manner.takes_back and guess.meaning != "stop":
        return True
    if guess.meaning not in ONWARD:
        return False
    well = guess.meaning in WELL
    unwell = manner.negates and not findings.denied
    if well and (unwell or guess.score < guesses.bands.answer):
        return True
    return guesses.sign_chance >= (LIKELY_BUT if well and manner.excepts else LIKELY)


def _is_plain(guess: Guess, manner: Manner, findings: Findings) -> bool:
    """Whether a guess may be followed: a no has a no in it, and nothing is excepted; a yes has none."""
    negative = findings.quiet or manner.says_no
    if guess.meaning in NEGATIVE:
        return negative and not (manner.excepts or manner.both or manner.bounds)
    return guess.meaning not in AFFIRMATIVE or not negative
