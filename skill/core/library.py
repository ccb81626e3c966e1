"""The content as typed values: what `content/*.yaml` and `interaction_model/intents.yaml` may say.

The same types are read strictly from the author's YAML (`authoring/`) and decoded from the one
compiled file that a running skill loads. Unknown keys are errors.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from msgspec import Meta, Struct, field

Id = Annotated[str, Meta(pattern=r"^[a-z][a-z0-9]*(_[a-z0-9]+)*$", max_length=60)]
"""A content id: lower snake_case, the same as the file's name."""
WORDS = {"words": True}
"""Marks a type as words of a language: a translation has others."""
Text = Annotated[str, Meta(min_length=1, extra=WORDS)]
"""Words that are spoken or matched; never empty."""
SourceId = Annotated[str, Meta(min_length=1)]
"""A key of `sources.yaml`."""
Tag = Annotated[str, Meta(pattern=r"^[a-z]{2}$")]
"""A language, as ISO 639-1 names it: the name of its folder below `content/`."""
Seconds = Annotated[float, Meta(ge=0, le=120)]
"""A length in seconds."""


class Content(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """Base of everything an author writes: frozen, keyword only, unknown keys refused."""


class Position(StrEnum):
    """Where the listener's body is during a stretch."""

    FLOOR = "floor"
    CHAIR = "chair"


BED = "bed"
"""A place that people ask for and that does not do: it is too soft (safety facts, section 1)."""


class Level(StrEnum):
    """How much stands before a stretch; see the design, "Levels"."""

    GENTLE = "gentle"
    CAREFUL = "careful"
    CLEARED = "cleared"


class Motion(StrEnum):
    """What a stretch does, which sets its dose (safety facts, section 2)."""

    ROTATION = "rotation"
    HIP = "hip"
    RUB = "rub"
    ROLLER = "roller"


class Equipment(StrEnum):
    """What a stretch may need; each has words in the interaction model's type `Equipment`."""

    MAT = "mat"
    CHAIR = "chair"
    ROLLER = "roller"


class Sides(StrEnum):
    """Whether a stretch is done once on each side or once in all."""

    EACH = "each"
    ONE = "one"


class Side(StrEnum):
    """A side of the body: left and right mean nothing else in this project."""

    LEFT = "left"
    RIGHT = "right"

    @property
    def other(self) -> Side:
        """The opposite side."""
        return Side.RIGHT if self is Side.LEFT else Side.LEFT


class Hold(Content, frozen=True, kw_only=True):
    """How long one repetition is held, in seconds, and the range it may be fitted within."""

    seconds: Annotated[float, Meta(gt=0, le=30)]
    """The hold unless something else is asked for. C2: at most 30 s, a rotation at most 10 s."""
    least: Annotated[float, Meta(gt=0, le=30)]
    """The shortest hold that still is this stretch, in seconds."""
    most: Annotated[float, Meta(gt=0, le=30)]
    """The longest hold that the dose allows, in seconds."""


class Repetitions(Content, frozen=True, kw_only=True):
    """How often a side is held in one round through the stretch, and its range (1 to 3)."""

    count: Annotated[int, Meta(ge=1, le=3)]
    """The repetitions of a side unless something else is asked for."""
    least: Annotated[int, Meta(ge=1, le=3)]
    """The fewest repetitions of a side."""
    most: Annotated[int, Meta(ge=1, le=3)]
    """The most repetitions of a side. C2: at most three."""


class Stretch(Content, frozen=True, kw_only=True):
    """One stretch, as a physiotherapist would write it down.

    Texts may use `{side}` and `{other_side}`.
    """

    id: Id
    """Equal to the file's name."""
    name: Text
    """What it is called aloud, without an article."""
    synonyms: Annotated[tuple[Text, ...], Meta(min_length=2)]
    """Other names that people say, as a recogniser would write them."""
    areas: Annotated[tuple[Id, ...], Meta(min_length=1)]
    """Ids in `areas.yaml`."""
    position: Position
    """Where it is done."""
    equipment: tuple[Equipment, ...]
    """What it needs."""
    level: Level
    """What must stand before it."""
    motion: Motion
    """Sets the dose."""
    sides: Sides
    """Whether it is done on each side."""
    purpose: Text
    """What it is for, in one sentence; never a promise of relief."""
    hold: Hold
    """Seconds of one repetition."""
    moving: bool = False
    """Whether the hold is a slow movement that is kept up, rather than stillness."""
    repetitions: Repetitions
    """Repetitions of a side in one round."""
    set_up: Text
    """How to get into the starting position."""
    set_up_seconds: Seconds
    """Silence for getting there, in seconds."""
    move: Text
    """The movement into the hold, the side named."""
    again: Text
    """The movement in short words, for a second repetition and for coming back from a pause."""
    get_ready_seconds: Seconds
    """Silence between the movement's words and the hold's clock, in seconds."""
    feel: Text
    """What to feel and where."""
    limit: Text
    """Where to stop: spoken before every hold, at every wordiness."""
    breath: Text
    """How to breathe; never "hold your breath" (L15)."""
    release: Text
    """How to come back from the hold."""
    release_seconds: Seconds
    """Silence for coming back and for changing sides, in seconds."""
    way_out: Text
    """How to leave the stretch at once, from any moment of it (C6)."""
    caution: Text | None = None
    """The statement that a `careful` or `cleared` stretch adds to the ready line."""
    blocks: Annotated[tuple[Id, ...], Meta(min_length=1)]
    """Flag ids that rule this stretch out (C3)."""
    after: tuple[Id, ...] = ()
    """Stretches that must have come before."""
    sources: Annotated[tuple[SourceId, ...], Meta(min_length=1)]
    """Source ids of the safety facts, section 7, or `seed-000`, `seed-003`."""


class Routine(Content, frozen=True, kw_only=True):
    """A named sequence of stretches."""

    id: Id
    """Equal to the file's name."""
    name: Text
    """What it is called aloud, without an article."""
    synonyms: Annotated[tuple[Text, ...], Meta(min_length=2)]
    """Other names that people say."""
    stretches: Annotated[tuple[Id, ...], Meta(min_length=1)]
    """Stretch ids in the order in which they are guided."""


class Answer(Content, frozen=True, kw_only=True):
    """A spoken answer to one question, with its ways of asking and its sources."""

    id: Id
    """Equal to the file's name; the `topic` of the turn API."""
    title: Text
    """The heading of the card that shows the answer."""
    asks: Annotated[tuple[Text, ...], Meta(min_length=6)]
    """Ways of asking, as a recogniser would write them: lower case, no digits."""
    answer: Text
    """At most 60 words in one to three sentences, the verdict in the first twelve words (C7)."""
    help: Text | None = None
    """When to get help, at most 20 words; spoken after the answer where it warns."""
    emergency_signs: bool = False
    """Whether the answer is about danger, so that the emergency signs are added to it."""
    pain: bool = False
    """Whether whoever asks may be in pain: in a stretch, that is asked before it goes on."""
    also: tuple[Id, ...] = ()
    """Other answers whose question this one answers as well: of two that are as near, it is given."""
    sources: Annotated[tuple[SourceId, ...], Meta(min_length=1)]
    """Source ids of the safety facts, section 7."""
    where_from: Text
    """The sources in plain words, for "where is that from?"."""


class Severity(StrEnum):
    """How a flag is met, the first outranking all that follow (safety facts, section 1)."""

    EMERGENCY = "emergency"
    URGENT = "urgent"
    STOP = "stop"
    DEFER = "defer"
    MODIFY = "modify"


class Effect(StrEnum):
    """What a `modify` flag changes."""

    DEFER = "defer"
    """No stretch today: met as a `defer` flag (M01, M04)."""
    CHAIR = "chair"
    """Only chair stretches are offered (M02)."""
    ADVISE = "advise"
    """One line of advice; what was asked goes on (M03, M05)."""
    ASK = "ask"
    """In a routine: rest, and ask whether it is pain or only tight (M06)."""
    WELCOME = "welcome"
    """A reason for coming: met as a request for a stretch (M07)."""


class Flag(Content, frozen=True, kw_only=True):
    """A sign that changes whether or how someone may stretch."""

    id: Id
    """Such as `e01_saddle_numbness`: the row of the safety facts, section 1, then its name."""
    severity: Severity
    """How it is met."""
    says: Annotated[tuple[Text, ...], Meta(min_length=5)]
    """Ways of saying it that mean it wherever they stand in a clause; also the model's slot values."""
    hears: tuple[Annotated[tuple[Id, ...], Meta(min_length=2)], ...] = ()
    """Sets of `signs` that mean it when all of a set are in one clause, in any order."""
    own_negation: tuple[Text, ...] = ()
    """Ways of saying it whose "no" or "can't" is the symptom itself: matched before any negation."""
    reports: tuple[Text, ...] = ()
    """Whole utterances that report it, in strangers' words: what the learned matcher learns it from."""
    never: Annotated[tuple[Text, ...], Meta(min_length=2)]
    """Sentences that must not raise it; tested."""
    advice: Text
    """What is said, after "Stop" where something is running: one to three short sentences."""
    alone: bool = False
    """Whether `says` count only as a whole clause: "help me", not "help me stretch"."""
    net: bool = False
    """Whether the signs of an emergency are told also when it stops a stretch."""
    lifetime: bool = False
    """Whether "used to" still is a yes (surgery, cancer, fusion)."""
    effect: Effect | None = None
    """For `modify` flags only: what it changes."""
    in_routine: Id | None = None
    """The flag that it is while a stretch is running, where that is another."""
    sources: Annotated[tuple[SourceId, ...], Meta(min_length=1)]
    """Source ids of the safety facts, or `own` for a design choice."""


class Question(Content, frozen=True, kw_only=True):
    """One of the six screening questions: a yes always means do not stretch."""

    ask: Text
    """The question, at most four items of one severity."""
    one_by_one: Text
    """The same items singly, asked once after "I don't know"."""
    severity: Severity
    """How a bare yes is met: emergency, urgent or defer."""
    about: Annotated[tuple[Id, ...], Meta(min_length=1)]
    """Flags that it asks for: "i'm not pregnant" is a no only to the question about it."""
    yes: Text
    """What is said to a bare yes."""


class Definition(Content, frozen=True, kw_only=True):
    """A word of the screen, explained."""

    id: Id
    """The word's id, a value of the slot type `Word`."""
    says: Annotated[tuple[Text, ...], Meta(min_length=1)]
    """The word as people say it."""
    meaning: Text
    """What it means, in one short sentence."""


class Refusal(Content, frozen=True, kw_only=True):
    """Something that the skill will not do, with what it offers instead."""

    id: Id
    """Such as `force` or `other_joint`."""
    says: Annotated[tuple[Text, ...], Meta(min_length=6)]
    """Ways of asking for it."""
    reply: Text
    """The refusal, in one or two sentences."""


class Safety(Content, frozen=True, kw_only=True):
    """The gate: `safety.yaml`."""

    signs: dict[Id, tuple[Text, ...]]
    """Groups of words for one sign, combined in a flag's `hears`."""
    flags: Annotated[tuple[Flag, ...], Meta(min_length=1)]
    """Every flag of the safety facts, section 1."""
    harmless: tuple[Text, ...] = ()
    """What sounds like a sign and is none, for the learned matcher."""
    questions: Annotated[tuple[Question, ...], Meta(min_length=6, max_length=6)]
    """The six, in order."""
    definitions: Annotated[tuple[Definition, ...], Meta(min_length=1)]
    """Words of the screen that people ask about."""
    refusals: Annotated[tuple[Refusal, ...], Meta(min_length=1)]
    """What is declined."""


class Phrase(Content, frozen=True, kw_only=True):
    """A spoken line: its words, and whether it asks for an answer."""

    say: Text
    """The words; `{names}` are filled in."""
    prompt: bool = False
    """Whether the microphone may open after it. A prompt ends with a question mark."""


class Locale(Content, frozen=True, kw_only=True):
    """What differs between the places where one language is spoken: `locales.yaml`."""

    emergency_number: Text
    """The number to call, spoken."""
    emergency_room: Text
    """Where to go in an emergency, with its article."""
    clinician: Text
    """What a physiotherapist is called there."""
    words: dict[Id, Text]
    """Everyday words that differ from place to place; a text says `{key}` for each."""


class Speech(Content, frozen=True, kw_only=True):
    """Words about words, for understanding: `speech.yaml`."""

    contractions: dict[Text, Text]
    """Short forms and their full forms."""
    noises: tuple[Text, ...]
    """Sounds that are no words, wherever they stand."""
    fillers: tuple[Text, ...]
    """Words that carry no meaning at the ends of an utterance."""
    intensifiers: tuple[Text, ...]
    """Words that may stand inside a symptom without changing it."""
    negations: tuple[Text, ...]
    """Words that negate what follows in the same clause."""
    not_negations: tuple[Text, ...]
    """Phrases that look like negations and are none ("not only")."""
    inabilities: tuple[Text, ...]
    """Negations of what a body does by itself: they deny no sign, and often are one."""
    clause_breaks: tuple[Text, ...]
    """Words at which a new clause begins and a negation ends."""
    question_openers: tuple[Text, ...]
    """Words that open a question about something rather than a report."""
    asking_anywhere: tuple[Text, ...]
    """Words that ask wherever they stand."""
    requests: tuple[Text, ...]
    """Words that look like a question and ask for something to be done."""
    first_person: tuple[Text, ...]
    """Words that make a question a report about oneself."""
    conditionals: tuple[Text, ...]
    """Words after which something is only supposed."""
    asking: tuple[Text, ...]
    """Words that make a question of what follows at once, though they name the speaker."""
    past: tuple[Text, ...]
    """Words that put a symptom into the past."""
    others: tuple[Text, ...]
    """Words for other people."""
    forbidding: tuple[Text, ...]
    """Words that forbid what follows, unless a speaker stands before them: "don't stop"."""
    empty: tuple[Text, ...]
    """Words that mean nothing by themselves: no meaning is guessed where there is no other."""
    casual: tuple[Text, ...]
    """Words that agree, or only say that all is well: to a safety question they are no answer."""
    bounds: tuple[Text, ...]
    """Words that bound a denial in time or place, so that it denies only in part: "no pain until I fell"."""
    lengths: dict[str, tuple[Text, ...]]
    """Lengths of a routine as ISO 8601, and the words that ask for one without a number."""
    exceptions: tuple[Text, ...]
    """Words that take something out of a no: "none but the last"."""
    subjects: tuple[Text, ...]
    """Words that open a new statement, where the reach of a negation ends."""
    mishearings: dict[Text, tuple[Text, ...]] = field(default_factory=dict)
    """Hard words, and how a recogniser writes them that does not know them."""


class Area(Content, frozen=True, kw_only=True):
    """A part of the body that a stretch can be asked for by: `areas.yaml`."""

    name: Text
    """What it is called aloud."""
    synonyms: Annotated[tuple[Text, ...], Meta(min_length=1)]
    """Other words for it."""


class Intent(Content, frozen=True, kw_only=True):
    """One intent of the interaction model, and the route of the conversation that answers it."""

    name: Annotated[str, Meta(pattern=r"^(AMAZON\.)?[A-Z][A-Za-z]+Intent$")]
    """Its name on Alexa."""
    route: Id
    """A key of `conversation.ROUTES`."""
    action: str | None = None
    """The turn API's `action` for it."""
    topic: Id | None = None
    """The answer, definition or refusal it asks for."""
    slots: dict[Id, str] = field(default_factory=dict)
    """Slot names and their types."""
    samples: tuple[Text, ...] = ()
    """Sample utterances; `{slot}` names a slot. Built-ins have none (A4)."""
    hears: tuple[Text, ...] = ()
    """What Alexa's own understanding of a built-in hears; matched only where Alexa is not."""


class Library(Content, frozen=True, kw_only=True):
    """All content of a language, compiled."""

    language: Tag
    """The language."""
    stretches: dict[Id, Stretch]
    """By id."""
    routines: dict[Id, Routine]
    """By id."""
    answers: dict[Id, Answer]
    """By id."""
    safety: Safety
    """The gate."""
    phrases: dict[str, Phrase]
    """By dotted key."""
    locales: dict[str, Locale]
    """The language's places by locale; `other` serves a locale without a row."""
    speech: Speech
    """Words about words."""
    areas: dict[Id, Area]
    """By id."""
    intents: dict[str, Intent]
    """By name: the hand-written ones and those made from the content."""
    slot_types: dict[str, dict[Id, tuple[Text, ...]]]
    """Values of our own slot types: type, value id, words."""
    translations: dict[Tag, Library] = field(default_factory=dict)
    """The same content in other languages, by language."""
    hash: str = ""
    """SHA-256 of the compiled file, set when it is loaded; a session's place belongs to one hash."""

    def in_language_of(self, locale: str) -> Library:
        """Return the content in the language of a locale; in this one where there is no other."""
        return self.translations.get(locale.split("-")[0], self)

    def __hash__(self) -> int:
        """Tell libraries apart by their language and the hash of their content."""
        return hash((self.language, self.hash))
