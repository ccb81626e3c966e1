"""What goes into the conversation and what comes out: one turn, one reply."""

from __future__ import annotations

from enum import StrEnum

from msgspec import Struct, field

from skill.core.library import Side

CEILING = 210.0
"""The longest reply of the rhythm that keeps going, in seconds, unless an installation sets another."""


class Door(StrEnum):
    """Where a turn came in: it decides the stop phrase and nothing else."""

    ALEXA = "alexa"
    LOCAL = "local"


class Slot(Struct, frozen=True):
    """A slot as it was heard."""

    words: str
    """What was said."""
    id: str | None = None
    """The value that the platform found for it, where it found exactly one."""


class Turn(Struct, frozen=True, kw_only=True):
    """One thing that a listener said or did, understood."""

    route: str
    """Key of `conversation.ROUTES`: what kind of turn it is."""
    intent: str
    """Name of the intent, as in the interaction model."""
    action: str | None = None
    """The action of the turn API that the intent stands for."""
    topic: str | None = None
    """Id of the answer, definition or refusal that is asked for."""
    choices: tuple[str, ...] = ()
    """Ids of the answers, any of which may be asked for."""
    slots: dict[str, str] = field(default_factory=dict)
    """Slot names and their value ids, or the words where they have none."""
    flags: tuple[str, ...] = ()
    """Ids of flags that the listener reports of themselves now, the gravest first."""
    denied: tuple[str, ...] = ()
    """Ids of flags that the listener denies."""
    locale: str = "en-US"
    """BCP 47 tag of the listener's place."""
    door: Door = Door.LOCAL
    """Where it came in."""
    one_shot: bool = False
    """Whether the question also opened the session, so that its answer closes it."""
    device: str = ""
    """Hash of the device; a clearance is good only where it was given."""
    ceiling: float = CEILING
    """The longest reply of the rhythm that keeps going, in seconds; a setting of the installation."""


class Outcome(StrEnum):
    """What a reply is; the turn API's `outcome`."""

    ANSWER = "answer"
    OFFER = "offer"
    SCREEN = "screen"
    GUIDE = "guide"
    NAVIGATE = "navigate"
    CLARIFY = "clarify"
    DECLINE = "decline"
    DEFER = "defer"
    STOP = "stop"
    URGENT = "urgent"
    EMERGENCY = "emergency"
    ABOUT = "about"
    HELP = "help"
    END = "end"


class Milestone(StrEnum):
    """How far a turn has come with a routine: what an operator counts."""

    SCREENING = "screening"
    """The first of the six questions is asked."""
    SCREENED = "screened"
    """The six questions are passed."""
    STARTED = "started"
    """The plan's first step is spoken."""
    FINISHED = "finished"
    """The plan is finished."""


class Reached(Struct, frozen=True):
    """A milestone, and whose."""

    milestone: Milestone
    """What was reached."""
    routine: str | None
    """Id of the routine; none where the plan is nobody's."""


ACTIONS = frozenset(
    {
        *("next", "previous", "repeat", "pause", "resume", "skip", "restart", "slower", "faster"),
        *("longer", "shorter", "time-left", "progress", "which-side", "switch-sides", "swap", "volume"),
        *("explain", "fewer-words", "whats-next", "rhythm", "stop"),
    }
)
"""Every `action` of the turn API."""


class Say(Struct, frozen=True, kw_only=True, tag="say", tag_field="kind"):
    """Words to speak."""

    text: str
    """Plain text; a door escapes it for its own format."""
    cue: str = "reply"
    """What the words are for; a timeline's cues have names of their own."""
    stretch: str | None = None
    """Id of the stretch that the words guide."""
    step: str | None = None
    """The step of the stretch."""
    side: Side | None = None
    """The side of the body."""
    prompt: bool = False
    """Whether the words ask for an answer."""


class Pause(Struct, frozen=True, kw_only=True, tag="pause", tag_field="kind"):
    """Silence, at most 10 seconds (SSML: a break is at most 10 s)."""

    seconds: float
    """Its length."""
    cue: str
    """What the silence is for: `hold`, `get-ready`, `set-up`, `release`, or `rest` in a pause."""
    stretch: str | None = None
    """Id of the stretch that it belongs to; none in a rest."""
    step: str | None = None
    """The step of the stretch."""
    side: Side | None = None
    """The side of the body."""


class Tone(Struct, frozen=True, kw_only=True, tag="tone", tag_field="kind"):
    """A soft sound at an end of a hold; a door plays one of its own."""

    cue: str
    """`hold-start` or `hold-end`."""
    stretch: str
    """Id of the stretch."""
    step: str
    """The step of the stretch."""
    side: Side | None = None
    """The side of the body."""
    seconds: float = 1.0
    """Its length."""


Segment = Say | Pause | Tone
"""A piece of a reply, in order."""


class Card(Struct, frozen=True, kw_only=True):
    """What a phone or a screen shows beside an answer; nothing else has a card (H3)."""

    title: str
    """The heading."""
    text: str
    """The answer's words."""


class Reply(Struct, frozen=True, kw_only=True):
    """What the listener hears, and what the doors need to know of it."""

    outcome: Outcome
    """What the reply is."""
    action: str | None = None
    """What was understood, also where the reply asks, refuses or ends."""
    topic: str | None = None
    """Id of the answer, definition or refusal."""
    choices: tuple[str, ...] = ()
    """Ids of the answers that are offered: "did you mean ..., or ...?"."""
    flag: str | None = None
    """Id of the flag that was met."""
    routine: str | None = None
    """Id of the routine that is planned or running."""
    stretch: str | None = None
    """Id of the stretch that the listener is in."""
    step: str | None = None
    """The step of that stretch."""
    side: Side | None = None
    """The side of the body."""
    segments: tuple[Segment, ...] = ()
    """What is said, and the silences between."""
    reprompt: str | None = None
    """What is said once more when nobody answers an open microphone; never a step."""
    listen: bool = False
    """Whether the microphone opens afterwards."""
    end: bool = False
    """Whether the session is over."""
    card: Card | None = None
    """Only for answers."""
    reached: Reached | None = None
    """The milestone that this turn has come to."""
