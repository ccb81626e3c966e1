"""Turns words, or an intent with its slots, into what the core understands."""

from __future__ import annotations

from collections.abc import Callable

import msgspec
from msgspec import Struct, field

from skill.core.library import Intent, Library, Severity
from skill.core.player import State
from skill.core.safety import PRECEDENCE, THIRD_PARTY
from skill.core.turn import Slot
from skill.language.deciding import BESIDE, GRAVER, RUNNING, Context, Decision, decide, flag_of, is_said, sign
from skill.language.gazetteer import Gazetteer
from skill.language.guess import Bands, Guess, Guesser
from skill.language.normalise import Normaliser, longest
from skill.language.symptoms import Findings, Recogniser
from skill.language.templates import QUERY, Match, Templates

EVENTS = {"LaunchRequest": "launch", "Silence": "silence", "SessionEnded": "session_ended"}
"""Turns that are no intents, and their routes."""
FALLBACK = "AMAZON.FallbackIntent"
SYMPTOM = "SymptomIntent"
SYMPTOM_TYPE = "Symptom"
NO_SYMPTOM = "NoSymptomIntent"
WEAK_NO = "WeakNoIntent"
NO = "AMAZON.NoIntent"
RESUME, RESUME_ROUTE = "ResumeStepIntent", "resume"
HEDGE = "HedgeIntent"
NEGATIVE = ("no", "no_symptom")
GIVING_UP = ("stop", "skip")
"""What "don't" turns into carrying on."""
EITHER = "QuestionIntent"
"""What a question is called that may ask for either of two topics."""
NOWHERE = Context()
"""Where something is said that begins a conversation."""
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
        self._symptoms = Recogniser(library, self._normaliser)
        self._templates = Templates(library, self._normaliser)
        self._gazetteer = Gazetteer(library, self._normaliser)
        self._flags = {flag.id: flag for flag in library.safety.flags}
        self._grave = [flag.id for flag in library.safety.flags if flag.severity is Severity.EMERGENCY]
        no = library.intents.get(NO)
        self._noes = frozenset(said for said in (no.hears if no else ()) if " " not in said)
        self._negative = self._noes.union(phrase for phrase in library.speech.negations if " " not in phrase)
        self._exceptions = frozenset(library.speech.exceptions)
        self._speakers = frozenset(library.speech.first_person)
        self._openers = frozenset(library.speech.question_openers)
        self._requests = [tuple(self._normaliser.words(phrase)) for phrase in library.speech.requests]
        self._asking = [tuple(self._normaliser.words(phrase)) for phrase in library.speech.asking_anywhere]
        self._forbidding = [tuple(self._normaliser.words(phrase)) for phrase in library.speech.forbidding]

    def text(self, text: str, context: Context = NOWHERE) -> Heard:
        """Understand free text; without words it is silence."""
        if not text.strip():
            return Heard("silence", "Silence")
        words = self._normaliser.words(text)
        findings = self._symptoms.find(text)
        matches, confidence = self._matched(words)
        if matches:
            return self._weighed(words, findings, (matches, confidence), context)
        guesses, bands = self._guesses(words)
        findings = self._with_guesses(words, findings, (guesses, bands), context)
        unclear = context.state is State.SCREENING and not findings.flags and self._takes_back(words)
        if self._outrank(findings, context) and not unclear:
            return self._found(findings, None)
        asked = self._asks(words)
        decision = decide(guesses, bands, context, asked=asked)
        return self._decided(words, findings, decision, context)

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
        return self._heard(intent, values, self._slot_findings(intent, known, context), 1.0, None)

    def _matched(self, words: list[str]) -> tuple[list[Match], float]:
        """Return what whole words fit, or the words without fillers, and how sure that is."""
        matches = self._templates.match(words)
        if matches:
            return matches, 1.0
        return self._templates.match(self._normaliser.without_fillers(words)), 0.9

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
        if findings.flags and intent.route not in (*QUESTIONS, "request"):
            return self._found(findings, best.intent)
        if not findings.flags and QUERY in intent.slots.values():
            return self.text(next(iter(best.slots.values())), context)
        if not findings.flags and best.intent == SYMPTOM:
            return self._found(findings, None)
        slots = best.slots
        if intent.route == "request":
            slots = self._gazetteer.find(words) | slots
        return self._heard(intent, slots, findings, confidence, runner_up)

    def _outrank(self, findings: Findings, context: Context) -> bool:
        """Whether what was found says enough: a grave sign, or an answer to a question about signs."""
        if findings.flags:
            return self._flags[findings.flags[0]].severity not in (Severity.DEFER, Severity.MODIFY)
        return bool(findings.past or findings.denied) and context.state is not State.IDLE

    def _found(self, findings: Findings, runner_up: str | None) -> Heard:
        """Return what signs mean where they are all that was understood."""
        intents = self._library.intents
        if findings.flags:
            return self._heard(intents[SYMPTOM], {"symptom": findings.flags[0]}, findings, 1.0, runner_up)
        if findings.past:
            return self._heard(intents[WEAK_NO], {}, Findings(), 0.7, runner_up)
        if findings.denied:
            return self._heard(intents[NO_SYMPTOM], {}, findings, 0.8, runner_up)
        return Heard("unmatched", FALLBACK, confidence=0.0, runner_up=runner_up)

    def _guesses(self, words: list[str]) -> tuple[list[Guess], Bands]:
        """Return what the learned matcher makes of words, and its thresholds; nothing without one."""
        matcher = self._matcher()
        if matcher is None:
            return [], Bands(1.0, 1.0)
        return matcher.guesses(" ".join(self._normaliser.without_fillers(words))), matcher.bands

    def _with_guesses(
        self, words: list[str], findings: Findings, guessed: tuple[list[Guess], Bands], context: Context
    ) -> Findings:
        """Add what is guessed to what was found by words: of the whole, or of what follows a "but"."""
        findings = self._with_guessed_sign(words, findings, guessed, context)
        if not findings.flags and self._takes_back(words):
            findings = self._with_sign_at_the_end(words, findings, context)
        return findings

    def _with_guessed_sign(
        self, words: list[str], findings: Findings, guessed: tuple[list[Guess], Bands], context: Context
    ) -> Findings:
        """Add the sign that the guesses amount to, unless the rules found a reason against one.

        Beside a sign that the rules found, only an emergency is added, or what is graver than a limit.
        """
        denied = not self._noes.isdisjoint(words) and self._exceptions.isdisjoint(words)
        quiet = findings.quiet or findings.denied or findings.past or denied
        if not findings.flags and quiet and not is_said(guessed[0]):
            return findings
        expected = bool(findings.flags) or context.state not in (State.IDLE, State.LOCKED)
        told = not self._asks(words) and not self._speakers.isdisjoint(words)
        guesses, bands = guessed
        least = bands.offer if context.state in RUNNING else bands.answer
        nearest = sign(guesses, least, expected=expected, told=told)
        flag = self._gravest(guesses, nearest, findings.flags) if nearest else None
        if flag is None:
            return findings
        if findings.others and flag not in self._grave:
            flag = THIRD_PARTY
        ids = sorted({flag, *findings.flags}, key=lambda id_: PRECEDENCE.index(self._flags[id_].severity))
        return msgspec.structs.replace(findings, flags=tuple(ids))

    def _with_sign_at_the_end(self, words: list[str], findings: Findings, context: Context) -> Findings:
        """Add the sign of what follows an exception: "no numbness, but I keep leaking a bit"."""
        at = max(place for place, word in enumerate(words) if word in self._exceptions)
        rest = words[at + 1 :]
        if not rest:
            return findings
        found = self._symptoms.find(" ".join(rest))
        signs = self._with_guessed_sign(rest, found, self._guesses(rest), context)
        return msgspec.structs.replace(findings, flags=signs.flags)

    def _gravest(self, guesses: list[Guess], nearest: Guess, found: tuple[str, ...]) -> str | None:
        """Return the flag that is guessed: an emergency goes before what is hardly nearer.

        Beside flags that were found by their words, it has to be an emergency that is clearly nearer, or
        anything graver than a limit where they are only limits.
        """
        scores = {flag: guess.score for guess in guesses if (flag := flag_of(guess))}
        near = [flag for flag, score in scores.items() if nearest.score - score <= GRAVER]
        flag = next((id_ for id_ in near if id_ in self._grave), near[0])
        if not found:
            return flag
        rival = max(scores.get(id_, 0.0) for id_ in found)
        mild = all(self._flags[id_].severity is Severity.MODIFY for id_ in found)
        clearly = flag in self._grave and scores[flag] - rival >= BESIDE
        return flag if clearly or (mild and flag not in found) else None

    def _decided(self, words: list[str], findings: Findings, decision: Decision, context: Context) -> Heard:
        """Return what a decision means, together with the signs."""
        runner_up = decision.runner_up.intent or None if decision.runner_up else None
        guess = decision.guess
        if guess is not None and guess.meaning in GIVING_UP and self._forbids(words):
            guess = Guess(RESUME_ROUTE, RESUME, guess.score)
        asks = guess is not None and guess.meaning.startswith("ask ") and self._asks(words)
        if findings.flags and not asks:
            return self._found(findings, guess.intent if guess else runner_up)
        if decision.offered and not (findings.past or findings.denied):
            topics = tuple(self._library.intents[offer.intent].topic or "" for offer in decision.offered)
            confidence = round(decision.offered[0].score, 2)
            return Heard("either", EITHER, choices=topics, confidence=confidence, runner_up=runner_up)
        if guess is not None and not self._is_plain(guess, words, findings):
            # "No, apart from a knock on Saturday" is a yes to whatever was asked.
            guess = Guess("hedge", HEDGE, guess.score) if guess.meaning in NEGATIVE else None
        if findings.denied and guess is None and context.state is State.SCREENING:
            return Heard("unmatched", FALLBACK, confidence=0.0, runner_up=NO_SYMPTOM)
        opens = not self._exceptions.isdisjoint(words[:1]) and self._negative.isdisjoint(words)
        if guess is None and context.state is State.SCREENING and opens:
            # "Only when I bend" is a yes as well.
            guess = Guess("hedge", HEDGE, 0.0)
        if guess is None:
            return self._found(findings, runner_up)
        intent = self._library.intents[guess.intent]
        slots = self._gazetteer.find(words) if intent.route in ("request", "describe") else {}
        if intent.route == "request":
            intent = self._request(slots)
        if intent.route == "define":
            slots = dict.fromkeys(intent.slots, guess.meaning.split()[1])
        return self._heard(intent, slots, findings, round(min(guess.score, 0.89), 2), runner_up)

    def _is_plain(self, guess: Guess, words: list[str], findings: Findings) -> bool:
        """Whether a guess may be followed: a no has a no in it, and nothing is excepted; a yes has none."""
        negative = findings.quiet or not self._noes.isdisjoint(words)
        match guess.meaning:
            case "no" | "no_symptom":
                return negative and self._exceptions.isdisjoint(words)
            case "yes" | "ready" | "hurts":
                return not negative
            case _:
                return True

    def _asks(self, words: list[str]) -> bool:
        """Whether something is asked, other than politely for something to be done."""
        rest = self._normaliser.without_fillers(words)
        at = 0
        while at < len(rest):
            if size := longest(rest, at, self._requests):
                at += size
            elif (at == 0 and rest[0] in self._openers) or longest(rest, at, self._asking):
                return True
            else:
                at += 1
        return False

    def _forbids(self, words: list[str]) -> bool:
        """Whether a listener forbids something: "don't you dare stop", but not "i don't want to go on"."""
        return any(
            longest(words, at, self._forbidding) and words[at - 1 : at] not in (["i"], ["we"])
            for at in range(len(words))
        )

    def _takes_back(self, words: list[str]) -> bool:
        """Whether something is excepted after a no: "no tingling but they do feel heavy"."""
        no = max((at for at, word in enumerate(words) if word in self._negative), default=len(words))
        return any(word in self._exceptions for word in words[no:])

    def _request(self, slots: dict[str, str]) -> Intent:
        """Return the intent of a request that names these slots, and as few others as can be."""
        requests = [intent for intent in self._library.intents.values() if intent.route == "request"]
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
            if intent.name == NO_SYMPTOM:
                # "no feeling between my legs" is no denial: its words are read again as they were said.
                found = self._symptoms.find(intent.samples[0].replace(f"{{{key}}}", slot.words))
                flags.extend(found.flags)
                denied.extend(found.denied or ([value] if value else []))
            elif value is None:
                flags.extend(self._signs_in(slot.words, intent.slots[key], context))
            elif intent.slots[key] == SYMPTOM_TYPE:
                flags.append(value)
        return Findings(tuple(dict.fromkeys(flags)), denied=tuple(dict.fromkeys(denied)))

    def _signs_in(self, text: str, type_: str, context: Context) -> tuple[str, ...]:
        """Return the signs in a slot's own words; they are guessed only where the slot is for a sign."""
        findings = self._symptoms.find(text)
        if type_ != SYMPTOM_TYPE:
            return findings.flags
        words = self._normaliser.words(text)
        return self._with_guesses(words, findings, self._guesses(words), context).flags

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
