"""Amazon's checklist, where no other test holds a row of it: `docs/certification.md` has all rows."""

from __future__ import annotations

import itertools
import json
import re
from collections.abc import Callable, Iterator

import msgspec
import pytest

from skill.alexa import certification
from skill.alexa.handler import AlexaDoor
from skill.alexa.request import ATTRIBUTES
from skill.app import App
from skill.authoring import never_say
from skill.authoring.spoken import Kind, sentences, spoken
from skill.core.block import Step
from skill.core.library import Library, Severity
from skill.core.phrases import COMMON
from skill.core.player import State
from skill.core.prompts import OPEN, WAITING
from skill.core.session import Asked, Session
from skill.core.turn import Door, Outcome, Say
from skill.core.wording import OTHER, Wording
from tests.alexa import envelopes
from tests.alexa.envelopes import Json
from tests.core.test_conversation import WAYS, listener_in
from tests.helpers import NO, ROOT, YES, Listener
from tests.helpers import spoken as words_of

MODEL = json.loads((ROOT / "interaction_model/interactionModels/custom/en-US.json").read_text())
SPOKEN_MODEL = MODEL["interactionModel"]["languageModel"]
VALUES = {
    type_["name"]: [
        word for value in type_["values"] for word in (value["name"]["value"], *value["name"]["synonyms"])
    ]
    for type_ in SPOKEN_MODEL["types"]
}
"""The words of each slot type, in the model that Alexa gets."""
MANIFEST = json.loads((ROOT / "interaction_model/skill.json").read_text())["manifest"]
SPEECH = {"outputSpeech", "reprompt", "card", "shouldEndSession"}
"""All that a response of this skill may hold; no directive, so that no device gets one that it lacks."""
HELP, REPEAT = "AMAZON.HelpIntent", "AMAZON.RepeatIntent"
FAREWELLS = ("AMAZON.StopIntent", "AMAZON.CancelIntent", "AMAZON.NavigateHomeIntent")
RUNNING = (State.GUIDING, State.PAUSED)

DOCUMENTED = {
    "AMAZON.StopIntent": {"stop", "off", "shut up"},
    "AMAZON.CancelIntent": {"cancel", "never mind", "forget it"},
    "AMAZON.HelpIntent": {"help", "help me", "can you help me"},
    "AMAZON.YesIntent": {"yes", "yes please", "sure"},
    "AMAZON.NoIntent": {"no", "no thanks"},
    "AMAZON.RepeatIntent": {"repeat", "say that again", "repeat that"},
    "AMAZON.NextIntent": {"next", "skip", "skip forward"},
    "AMAZON.PreviousIntent": {"go back", "skip back", "back up"},
    "AMAZON.PauseIntent": {"pause", "pause that"},
    "AMAZON.ResumeIntent": {"resume", "continue", "keep going"},
    "AMAZON.StartOverIntent": {"start over", "restart", "start again"},
}
"""What Amazon's page of standard built-in intents says each is opened by: they have no samples of ours."""


class Device:
    """A speaker of somebody who has gone one of the ways so far; every response is checked."""

    def __init__(self, door: AlexaDoor, one: Listener, interfaces: Json | None = None) -> None:
        self.door, self.app, self.user, self.device, self.now = door, one.app, one.user, one.device, one.now
        self.interfaces: Json = {"AudioPlayer": {}} if interfaces is None else interfaces
        over = one.session is None or (one.taken is not None and one.reply.end)
        self.attributes = None if over else {ATTRIBUTES: msgspec.to_builtins(one.session)}
        self.response: Json = {}

    def sends(self, event: Json) -> Json:
        """Send an envelope, now and from here."""
        event["request"]["timestamp"] = self.now.isoformat()
        event["context"]["System"]["device"]["supportedInterfaces"] = self.interfaces
        self.response = json.loads(json.dumps(self.door.handle(event)))
        assert certification.problems(self.response) == []
        body = self.response["response"]
        assert body.keys() <= SPEECH
        assert body.get("card", {}).keys() <= {"type", "title", "content"}
        assert self.app.library.phrases["error.sorry"].say not in self.words, (
            "an exception was apologised for"
        )
        self.attributes = self.response.get("sessionAttributes") if self.listens else None
        return self.response

    def says(self, name: str, *slots: Json) -> Json:
        """Say an intent in the open session, or in a new one."""
        named = {slot["name"]: slot for slot in slots}
        around: Json = {"user": self.user, "device": self.device, "new": self.attributes is None}
        return self.sends(envelopes.intent(name, named, attributes=self.attributes, **around))

    def launches(self) -> Json:
        """Open the skill by its name alone."""
        return self.sends(envelopes.launch(user=self.user, device=self.device))

    @property
    def listens(self) -> bool:
        return self.response["response"]["shouldEndSession"] is False

    @property
    def words(self) -> str:
        """What is heard, without its markup."""
        return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", "", self.response["response"]["outputSpeech"]["ssml"]))

    @property
    def kept(self) -> Session | None:
        """The conversation, while it lasts."""
        return msgspec.convert(self.attributes[ATTRIBUTES], Session) if self.attributes else None


@pytest.fixture(scope="module")
def door(app: App) -> AlexaDoor:
    return AlexaDoor(app)


def devices(door: AlexaDoor, app: App, user: str) -> Iterator[tuple[str, Listener, Device]]:
    """Someone at the end of each way, and their device."""
    for way in WAYS:
        one = listener_in(app, way, f"{user} {way}")
        yield way, one, Device(door, one)


def ways_in(app: App, state: State) -> list[str]:
    return [way for way in WAYS if listener_in(app, way, "where").state is state]


def phrase(app: App, key: str, **values: object) -> str:
    return Wording(app.library, "en-US", Door.ALEXA).phrase(key, **values)


def natural(library: Library, name: str) -> list[Json]:
    """An intent's slots, each with the first of its values."""
    slots = []
    for slot, type_ in library.intents[name].slots.items():
        values = library.slot_types.get(type_, {"PT3M": ("PT3M",)})
        id_, (word, *_) = next(iter(values.items()))
        slots.append(envelopes.matched(slot, word, id_))
    return slots


# H2: the disclaimer


def test_health_and_guidance_are_disclaimed_once_a_session(app: App, library: Library) -> None:
    disclaimer = phrase(app, "disclaimer")
    for name, one_shot in itertools.product(library.intents, (True, False)):
        one = Listener(app, user=f"disclaimed {name} {one_shot}", door=Door.ALEXA)
        if not one_shot:
            one.does("LaunchRequest")
        types = library.intents[name].slots
        slots = {
            slot: next(iter(library.slot_types.get(type_, {"PT3M": ()}))) for slot, type_ in types.items()
        }
        reply = one.does(name, one_shot=one_shot, **slots)
        first = one.words
        if reply.outcome in (Outcome.ANSWER, Outcome.SCREEN, Outcome.GUIDE):
            assert first.startswith(disclaimer), f"{name}: {first}"
        if not reply.end and one.does("AskSoundCauseIntent").outcome is Outcome.ANSWER:
            assert (first + one.words).count(disclaimer) == 1, name


# H4: no cure, no saved life, nobody is called

CLAIM = re.compile(
    r"\b(cure[sd]?|curing|heal(s|ed|ing)?|remed(y|ies)|miracle\w*|therap(y|eutic)|guarantee\w*|clinically"
    r"|(pain|instant) relief|relieves?|(fix|treat)(es|s)? (a|all|any|the|your|back|pain)|doctor-approved"
    r"|life[- ]?sav\w+"
    r"|sav(e|es|ing) (a |your |my )?li(fe|ves)|(we|i|i'll|i will) (call|alert|contact|notify))\b"
)
"""A promise to a body, or that somebody is called."""
PROMISES = {"L01", "L02", "L03", "L08", "L10", "L16", "L20", "L22"}
"""The never-say rules that a listing has to keep too: promises, approvals, and who calls whom."""
NO_CLAIM = ("let sore or broken skin heal first",)
"""What has such a word and promises nothing."""


def claims(text: str) -> list[str]:
    """The claims of a text, but for what a sentence itself denies."""
    found = []
    for sentence in sentences(text.lower().replace("\u2019", "'")):
        for match in CLAIM.finditer(sentence):
            denied = re.search(never_say.NEGATION, sentence[: match.start()])
            if not denied and not sentence.startswith(NO_CLAIM):
                found.append(f"{match.group()!r} in {sentence!r}")
    return found


def listing() -> Iterator[str]:
    """All that the store shows of the skill, and what Amazon's testers read."""
    publishing = MANIFEST["publishingInformation"]
    yield publishing["testingInstructions"]
    for place in publishing["locales"].values():
        yield from (place["name"], place["summary"], *place["description"].split("\n"))
        yield from (*place["examplePhrases"], *place["keywords"])


def test_nothing_that_is_heard_or_listed_claims_a_cure_or_to_save_a_life(library: Library) -> None:
    for text in spoken(library):
        assert claims(text.text) == [], (text.file, text.path)
    for listed in listing():
        assert claims(listed) == []
        assert not PROMISES & {rule.id for rule, _ in never_say.broken(listed, Kind.PHRASE)}, listed
    assert claims("This heals you. I will call 911. It is no cure.") == [
        "'heals' in 'this heals you.'",
        "'i will call' in 'i will call 911.'",
    ]


def test_nothing_that_can_be_asked_for_is_called_a_cure(library: Library) -> None:
    """What people may ask is theirs; the names of what they get, and the words that start it, are ours."""
    for type_ in ("Stretch", "Routine", "Area", "Equipment", "Position", "Level", "Without"):
        for word in itertools.chain(*library.slot_types[type_].values()):
            assert claims(word) == []
    for intent in library.intents.values():
        if intent.route in ("request", "surprise", "another", "last_time", "resume", "ready"):
            for sample in (*intent.samples, *intent.hears):
                assert claims(sample) == [], intent.name


@pytest.mark.parametrize("state", State)
def test_whoever_asks_to_have_someone_called_hears_that_it_cannot(app: App, state: State) -> None:
    for way in ways_in(app, state):
        for words in ("call an ambulance", "call 911 for me", "get me the paramedics", "call for help"):
            one = listener_in(app, way, f"calls {way} {words}")
            one.says(words)
            assert re.search(r"can't call", one.words), (way, words, one.words)


# H5: a sign is met with care, never with a verdict

CARE = re.compile(r"\b(doctor|emergency room|911|surgeon|midwife|pharmacist|physical therapist)\b")
VERDICT = re.compile(r"\b(score[sd]?|points?|rating|percent|diagnos\w+|risk level|out of ten)\b|\d ?%")


def test_every_sign_is_met_with_whom_to_see_and_without_a_verdict(
    door: AlexaDoor, app: App, library: Library
) -> None:
    for flag, way in itertools.product(library.safety.flags, ("welcomed", "screening one", "guiding hold")):
        if flag.severity is Severity.MODIFY:
            continue
        device = Device(door, listener_in(app, way, f"sign {way} {flag.id}"))
        device.says("SymptomIntent", envelopes.matched("symptom", "whatever", flag.id))
        assert CARE.search(device.words), (flag.id, way, device.words)
        assert not VERDICT.search(device.words.lower()), (flag.id, way, device.words)
    for question in library.safety.questions:
        assert CARE.search(Wording(library, "en-US", Door.ALEXA).fill(question.yes)), question.yes


# P2: no other skill, nothing for sale

SELLING = re.compile(
    r"\b(skills?|apps?|buy|bought|purchase\w*|pay|price|shop|shopping|store|subscri\w+|premium|upgrade"
    r"|sponsor\w*|advert\w*|discount|coupon|brand|free trial|amazon|enable|download|five stars?|review us)\b"
)
OUR_OWN = {
    "this skill gives general information for educational purposes only.",
    "this skill cannot call anyone for you.",
}
"""Where the listing speaks of itself."""


def test_nothing_that_is_heard_or_listed_sells_or_recommends_another_skill(library: Library) -> None:
    texts = itertools.chain(
        (text.text for text in spoken(library) if text.kind is not Kind.SOURCE), listing()
    )
    for text in texts:
        for sentence in sentences(text.lower().removeprefix("disclaimer: ")):
            assert not SELLING.search(sentence) or sentence in OUR_OWN, sentence


def test_a_child_is_turned_away_at_every_question(door: AlexaDoor, app: App) -> None:
    for way, _, device in devices(door, app, "child"):
        device.says("SymptomIntent", envelopes.matched("symptom", "i'm twelve", "d09_under_18"))
        kept = device.kept
        assert kept is None or kept.state is State.LOCKED, way


# V3 to V5: stop, help and launch in every state, through the whole envelope


@pytest.mark.parametrize("name", FAREWELLS)
def test_stop_and_cancel_exit_from_every_state(door: AlexaDoor, app: App, name: str) -> None:
    for way, _, device in devices(door, app, name):
        response = device.says(name)
        assert response["response"]["shouldEndSession"] is True, way
        assert "sessionAttributes" not in response
        assert "reprompt" not in response["response"]


HELPS = {
    **{way: f"help.{way.replace(' ', '_')}" for way in ("ready floor", "ready chair", "since", "who")},
    "ready waited": "help.ready_floor",
    "locked get up": "help.get_up",
}
"""Ways to where another help fits than the state's."""


def test_help_says_what_can_be_done_in_every_state_and_asks(door: AlexaDoor, app: App) -> None:
    for way, one, device in devices(door, app, "help"):
        device.says(HELP)
        assert device.listens, way
        key = HELPS.get(way, f"help.{one.state}")
        assert device.words.startswith(phrase(app, key)), (way, device.words)
        assert device.words.endswith("?")
        assert "reprompt" in device.response["response"]


def test_after_help_everybody_goes_on_where_they_were(door: AlexaDoor, app: App) -> None:
    for way, _, device in devices(door, app, "after help"):
        before = device.kept
        if before is None:
            continue
        device.says(HELP)
        helped = device.kept
        assert helped is not None
        assert (helped.question, helped.asked is Asked.GET_UP) == (
            before.question,
            before.asked is Asked.GET_UP,
        )
        if before.state is State.SCREENING and before.question:
            device.says(NO)
            assert device.kept is not None, way
            assert device.kept.question == (before.question + 1) % 7
        elif before.state is State.READY:
            device.says("ReadyIntent")
            assert device.kept is not None, way
            assert device.kept.state is State.GUIDING
        elif before.state in RUNNING:
            assert before.place is not None
            device.says(NO)
            device.says("AMAZON.ResumeIntent")
            goes_on = device.kept and device.kept.place and device.kept.place.plan == before.place.plan
            assert goes_on or phrase(app, "end.well_done") in device.words, (way, device.words)
        elif before.state is State.IDLE:
            device.says("StartIntent")
            assert device.kept is not None, way
            assert device.kept.state is State.SCREENING


def test_a_launch_says_what_can_be_asked_and_listens(door: AlexaDoor, app: App) -> None:
    newcomer = Device(door, Listener(app, user="somebody new"))
    newcomer.launches()
    assert newcomer.listens
    assert newcomer.words == f"{phrase(app, 'launch.welcome')} {phrase(app, 'prompt.offer')}"
    assert all(word in newcomer.words for word in ("guide", "stretch", "answer", "question"))
    for way, one, device in devices(door, app, "launch"):
        device.attributes = None
        device.launches()
        kept = device.kept
        assert kept is not None, way
        assert device.words.endswith("?")
        if kept.asked is Asked.SAVED:
            names = [stretch.name for stretch in one.app.library.stretches.values()]
            assert any(name in device.words for name in names), way
        else:
            assert "stretch" in device.words, way
            assert "question" in device.words


# V6: any intent, any slot, anywhere

ODD_WORDS = ("purple bananas", "okay", "?")
DURATIONS = ("PT0S", "P9999Y", "-PT5M", f"PT{'9' * 30}H", "PT")


def odd(name: str) -> Iterator[Json]:
    """A slot that is empty, odd or out of range."""
    yield envelopes.slot(name, None)
    yield envelopes.slot(name, "")
    yield envelopes.matched(name, "whatever", "made_up")
    yield envelopes.matched(name, "left or right", "left", "right")
    yield envelopes.slot(name, "<break time='90s'/> & {name} {0}")
    yield envelopes.slot(name, "\u0938\u0930 \U0001f938 \x00")
    yield envelopes.slot(name, "very " * 100)
    yield from (envelopes.slot(name, words) for words in (*ODD_WORDS, *DURATIONS, "minus one", "9" * 30))


@pytest.mark.parametrize("state", State)
def test_every_intent_is_answered_in_every_state(
    door: AlexaDoor, app: App, library: Library, state: State
) -> None:
    ways = itertools.cycle(ways_in(app, state))
    for name in (*library.intents, "NobodysIntent"):
        slots = natural(library, name) if name in library.intents else [envelopes.slot("any", "thing")]
        way = next(ways)
        device = Device(door, listener_in(app, way, f"any {way} {name}"))
        assert device.says(name, *slots), name


@pytest.mark.parametrize("state", State)
def test_every_odd_slot_value_is_answered_in_every_state(
    door: AlexaDoor, app: App, library: Library, state: State
) -> None:
    ways = itertools.cycle(ways_in(app, state))
    for name, intent in library.intents.items():
        for slot in itertools.chain.from_iterable(odd(slot) for slot in intent.slots):
            way = next(ways)
            device = Device(door, listener_in(app, way, f"odd {way} {name}"))
            assert device.says(name, slot), (name, slot)


def test_words_that_mean_nothing_answer_no_safety_question(
    door: AlexaDoor, app: App, library: Library
) -> None:
    """Whatever a platform puts into a slot counts as no "no", opens no step and ends no routine."""
    well_done, wrong = phrase(app, "end.well_done"), []
    slotted = [
        (name, slot)
        for name, intent in library.intents.items()
        for slot in intent.slots
        if intent.action is None  # "switch sides" goes on without any words in its slot
    ]
    odd_words = itertools.cycle(ODD_WORDS[:2])
    for (way, (name, slot)), words in zip(itertools.product(WAYS, slotted), odd_words, strict=False):
        device = Device(door, listener_in(app, way, f"nothing {way} {name}"))
        before = device.kept
        if before is None or before.state not in (State.SCREENING, *RUNNING):
            continue
        device.says(name, envelopes.matched(slot, words))
        after = device.kept
        passed = well_done in device.words
        if after and before.state is State.SCREENING:
            passed = after.state is State.READY and before.asked is not Asked.WHO
            passed = passed or after.question > max(before.question, 1)
        elif after and before.place and after.place and after.place.plan == before.place.plan:
            passed = after.place.block > before.place.block
        if passed:
            wrong.append((way, name, words, device.words[:60]))
    assert wrong == []


# V7: help, stop and cancel are never a slot's


COMMANDS = {"help", "stop", "cancel"}
SLOT = re.compile(r"\{\w+\}")


def test_help_stop_and_cancel_are_no_slot_s_and_no_other_intent_s() -> None:
    intents = {intent["name"]: intent for intent in SPOKEN_MODEL["intents"]}
    assert {f"AMAZON.{name.title()}Intent" for name in COMMANDS} <= intents.keys()
    for words in VALUES.values():
        assert COMMANDS.isdisjoint(words)
    for intent in intents.values():
        for sample in intent["samples"]:
            assert sample not in COMMANDS, intent["name"]


def test_no_way_to_say_stop_or_help_is_left_to_a_slot(library: Library) -> None:
    """A slot takes words beside its values too: of "stop now" in "stop {symptom}" only "now" arrives."""
    samples = {sample: intent.route for intent in library.intents.values() for sample in intent.samples}
    catching = [
        re.compile(SLOT.sub("(.+)", sample))
        for sample in samples
        if SLOT.search(sample) and COMMANDS.issuperset(beside := SLOT.sub("", sample).split()) and beside
    ]
    wrong = []
    for name in ("AMAZON.StopIntent", "AMAZON.CancelIntent", "AMAZON.HelpIntent"):
        intent = library.intents[name]
        for words in intent.hears:
            caught = any(sample.fullmatch(words) for sample in catching)
            if caught and samples.get(words) != intent.route and words not in DOCUMENTED[name]:
                wrong.append(words)
    assert wrong == []


def test_help_stop_and_cancel_are_heard_as_themselves_in_every_state(app: App) -> None:
    for way, word in itertools.product(WAYS, sorted(COMMANDS)):
        one = listener_in(app, way, f"{way} {word}")
        reply = one.says(word)
        assert reply.outcome is (Outcome.HELP if word == "help" else Outcome.END), (way, word)


# V8: what is hinted at can be said

SAY = re.compile(
    r"(?:^|(?<=[.!?:,] )|(?<=[Yy]ou can )|(?<=or )|(?<=Please )|(?<=Then ))[Ss]ay,? (?P<list>[^.?!]+)"
)
ASK = re.compile(r"\b[Yy]ou can (?:also )?ask (?:me for (?P<once>a \w+) again, or )?(?P<list>[^.?!]+)")
BETWEEN = re.compile(r",? or (?:say )?|, ")
OFFERED = {
    "prompt.offer": ("a stretch", "a question"),
    "prompt.offer_returning": ("a stretch", "a question"),
    "prompt.which": ("the first one", "the second one"),
    "prompt.since": (YES, NO),
    "prompt.who": ("a doctor", "a physical therapist", "no one"),
    "prompt.tight": ("pain", "just tight"),
    "prompt.stuck": ("hurt", "stuck"),
    "prompt.check_in": (YES, NO),
    "prompt.ready_floor": ("ready", "chair"),
    "cue.check_in": (YES, NO),
    "cue.check_in_again": (YES, NO),
    "cue.check_in_last": (YES, NO),
}
"""What can be said to a prompt that names two things; `YES` and `NO` to one about signs."""


def hints(text: str) -> Iterator[str]:
    """What a text tells people to say, as they would say it."""
    for found in (*SAY.finditer(text), *ASK.finditer(text)):
        yield from filter(None, [found.groupdict().get("once")])
        for part in BETWEEN.split(found["list"]):
            words = re.sub(r"^(ask|for) ", "", part).replace("your", "my")
            yield words if words.startswith(("when", "why", "how")) else re.split(r" (?:to|when) ", words)[0]


def hinted(library: Library) -> dict[str, list[str]]:
    """The hints of every phrase and every advice, by their text."""
    wording = Wording(library, "en-US", Door.LOCAL)
    texts = [text.text for text in spoken(library) if text.kind in (Kind.PHRASE, Kind.ADVICE)]
    filled = {name: wording.fill(f"{{{name}}}") for name in COMMON}
    found = {}
    for text in texts:
        named = re.sub(r"\{(\w+)\}", lambda name: filled.get(name[1], "left"), text)
        if several := list(hints(named)):
            found[text] = several
    return found


def is_sample(words: str) -> bool:
    """Whether the model that Alexa gets has words, or Amazon's own intents have them."""
    for intent in SPOKEN_MODEL["intents"]:
        if words in intent["samples"] or words in DOCUMENTED.get(intent["name"], ()):
            return True
        types = {slot["name"]: slot["type"] for slot in intent["slots"]}
        for sample in (sample for sample in intent["samples"] if "{" in sample):
            parts = re.split(r"\{(\w+)\}", sample)
            pattern = "".join(re.escape(part) if at % 2 == 0 else "(.+)" for at, part in enumerate(parts))
            fit = re.fullmatch(pattern, words)
            if fit and all(
                value in VALUES.get(types[name], ())
                for name, value in zip(parts[1::2], fit.groups(), strict=True)
            ):
                return True
    return False


def test_hints_are_read_as_they_are_meant(library: Library) -> None:
    assert list(hints("Say ready, or say chair to stay off the floor.")) == ["ready", "chair"]
    assert list(hints("You can say next, repeat, pause, how long, or stop.")) == [
        *("next", "repeat", "pause", "how long", "stop")
    ]
    assert list(
        hints("You can ask for a floor stretch or something for your hips, or ask when to see me.")
    ) == [*("a floor stretch", "something for my hips", "when to see me")]
    assert len(hinted(library)) > 20
    both = {key for key, line in library.phrases.items() if line.prompt and re.search(r"\bor\b", line.say)}
    assert both == OFFERED.keys()


def test_every_hint_is_in_the_model(library: Library) -> None:
    offered = {words for several in OFFERED.values() for words in several} - {YES, NO}
    said = {words for several in hinted(library).values() for words in several} | offered
    assert sorted(words for words in said if not is_sample(words)) == []


@pytest.mark.parametrize("state", State)
def test_every_hint_leads_somewhere_where_it_is_given(app: App, state: State) -> None:
    """Nobody who says what was just proposed hears that it was not understood, or does not apply."""
    wrong = set()
    for way, then in itertools.product(ways_in(app, state), ("", "help", "bananas on the roof", "hold on")):
        one = listener_in(app, way, f"hinted {way} {then}")
        if then:
            one.says(then)
        if one.taken is None or one.reply.end:
            continue
        assert one.session is not None
        asked = one.session.asked
        for words in hints(words_of(one.reply)):
            other = one.twin("follows")
            if other.state is State.GUIDING:
                other.to_the_end()
            if asked in WAITING and words != "stop":
                # "After your answer you can say ...": no harm is reported.
                other.does(NO)
            outcome = other.says(words).outcome
            answers = words == "yes" and one.state is State.SCREENING
            answers |= words == "no" and asked is Asked.GET_UP
            if outcome is Outcome.CLARIFY or (outcome is Outcome.EMERGENCY and not answers):
                wrong.add((way, then, words, other.words[:60]))
    assert sorted(wrong) == []


FURTHER: dict[str, Callable[[Listener], object]] = {
    "guiding last": lambda one: (one.does("NextStepIntent"), one.wait(60), one.does("LaunchRequest")),
    "guiding over": lambda one: one.says("do the left again"),
}
"""From the ends of some ways to prompts that lie beyond: somebody who comes back, and one side again."""


@pytest.mark.parametrize("key", OFFERED)
def test_every_choice_of_a_prompt_can_be_taken(app: App, key: str) -> None:
    people = [listener_in(app, way, f"asked {key}") for way in WAYS]
    for way, go in FURTHER.items():
        people.append(listener_in(app, way, f"asked further {key}"))
        go(people[-1])
    asks = app.library.phrases[key].say.split("{")[0]
    met = {words_of(one.reply)[-300:]: one for one in people if one.taken and one.reply.listen}
    asked = [one for words, one in met.items() if asks in words]
    assert asked, "nobody is asked"
    wrong = set()
    for one, words in itertools.product(asked, OFFERED[key]):
        other = one.twin("chooses").to_the_end()
        reply = other.does(words) if words in (YES, NO) else other.says(words)
        if reply.outcome is Outcome.CLARIFY and words != YES:
            wrong.add((words, other.words[:60]))
    assert sorted(wrong) == []


def test_nobody_in_a_session_is_told_to_open_it_again(library: Library) -> None:
    for text in spoken(library):
        assert not re.search(r"\balexa,? (?!stop)", text.text.lower()), text.path
        opens = rf"\b(open|ask|tell|start|launch) {SPOKEN_MODEL['invocationName']}\b"
        assert not re.search(opens, text.text.lower()), text.path


# F4: repeat


def test_repeat_asks_the_last_question_again(door: AlexaDoor, app: App) -> None:
    """Where nothing is guided, the question; where an answer came before it, that as well."""
    wrong = []
    for way, one, device in devices(door, app, "repeat"):
        if device.kept is None or device.kept.state in RUNNING:
            continue
        prompt = one.reply.reprompt or ""
        if one.reply.segments[-1] == Say(text=prompt, prompt=True):
            device.says(REPEAT)
            if prompt not in device.words:
                wrong.append((way, prompt, device.words[-60:]))
    assert wrong == []


def test_repeat_in_a_routine_is_the_same_stretch_on_the_same_side(door: AlexaDoor, app: App) -> None:
    met = 0
    for way, one, device in devices(door, app, "repeat the step"):
        if device.kept is None or device.kept.state not in RUNNING or way == "long ago":
            continue
        if device.kept.asked in WAITING:
            device.says(REPEAT)
            assert device.words.endswith(phrase(app, OPEN[device.kept.asked])), way
            assert device.kept.state is State.PAUSED, way
            continue
        there = one.twin("there")
        there.does("WhichSideIntent")
        device.says(REPEAT)
        assert there.session is not None
        assert there.session.place is not None
        assert device.kept is not None
        assert device.kept.place is not None
        assert device.kept.state is State.GUIDING, way
        before, after = there.session.place, device.kept.place
        assert (after.plan, after.block) == (before.plan, before.block), way
        assert after.mark.held == 0
        if before.mark.step not in (Step.SET_UP, Step.CHECK_IN):
            assert (after.mark.side, after.mark.repetition) == (before.mark.side, before.mark.repetition), way
        met += 1
    assert met > 10


def test_repeat_says_the_last_answer_again_also_in_a_lock(door: AlexaDoor, app: App) -> None:
    for way in ("welcomed", "locked"):
        device = Device(door, listener_in(app, way, f"repeats an answer {way}"))
        device.says("AskSoundCauseIntent")
        answer = app.library.answers["sound_cause"].answer
        assert answer in device.words
        device.says(REPEAT)
        assert answer in device.words, (way, device.words)


def test_repeat_says_again_how_to_get_into_place(door: AlexaDoor, app: App) -> None:
    for way in ("ready floor", "ready chair"):
        device = Device(door, listener_in(app, way, f"repeats the place {way}"))
        device.says(REPEAT)
        assert phrase(app, f"ready.{way.split()[1]}") in device.words, (way, device.words)


# R1 and R2: sizes in every place, and what a device can do


def test_a_step_says_the_same_in_every_place(library: Library) -> None:
    """So the sizes that are proved of a routine in one place are its sizes in all."""
    everyday = library.locales[OTHER].words.keys()
    local = {"{" + name + "}" for name in (COMMON - {"stop_phrase"}) | everyday}
    steps = [text for text in spoken(library) if text.kind is Kind.STRETCH and text.path[0] != "caution"]
    steps += [text for text in spoken(library) if str(text.path[0]).startswith("cue.")]
    assert len(steps) > 20
    for text in steps:
        assert not any(name in text.text for name in local), (text.file, text.path)


def test_five_of_the_longest_texts_fit_into_one_reply_in_every_place(library: Library) -> None:
    for locale in library.locales:
        row = library.locales[locale]
        local = {name: str(getattr(row, name)) for name in COMMON - {"stop_phrase"}}
        filled = (
            re.sub(r"\{(\w+)\}", lambda name, local=local: local.get(name[1], "x" * 60), text.text)  # type: ignore[misc]
            for text in spoken(library)
        )
        assert 5 * max(map(len, filled)) <= certification.SPEECH_CHARACTERS, locale


def test_no_device_gets_what_it_cannot_show(door: AlexaDoor, app: App) -> None:
    """With a screen or without, with a player or without: the same words, and no directive."""
    screen = {"Alexa.Presentation.APL": {"runtime": {"maxVersion": "2024.3"}}}
    shown: tuple[Json, ...] = ({}, {"AudioPlayer": {}}, screen)
    for way, name in itertools.product(WAYS, (HELP, "AMAZON.NextIntent", "AskSoundCauseIntent")):
        got = []
        for interfaces in shown:
            device = Device(door, listener_in(app, way, f"shown {way} {name}"), interfaces)
            got.append(device.says(name)["response"])
        assert got[0] == got[1] == got[2], way
