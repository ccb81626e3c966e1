"""What listeners say, turn by turn: each script is one or more whole conversations."""

from __future__ import annotations

from msgspec import Struct, field

LAUNCH = "LaunchRequest"
"""Opens a new session."""
ENDED = "SessionEndedRequest"
"""Ends a session, as silence does on Alexa."""


class Step(Struct, frozen=True):
    """One turn of a listener."""

    name: str
    """The intent, or `LAUNCH` or `ENDED`."""
    slots: dict[str, str] = field(default_factory=dict)
    """What its slots hold: ids of values, or free words."""
    after: float = 0.0
    """Seconds that pass on the listener's own clock before it, beside the real ones."""


Script = tuple[Step, ...]
"""Turns in order; a session that has ended is followed by a new one."""


def says(*names: str) -> Script:
    """Return turns of these intents."""
    return tuple(Step(name) for name in names)


YES, NO, STOP = says("AMAZON.YesIntent", "AMAZON.NoIntent", "AMAZON.StopIntent")
NEXT, REPEAT, PREVIOUS = says("AMAZON.NextIntent", "AMAZON.RepeatIntent", "AMAZON.PreviousIntent")
PAUSE, RESUME = says("AMAZON.PauseIntent", "AMAZON.ResumeIntent")
READY, LEFT, SLOWER, POP = says("ReadyIntent", "TimeLeftIntent", "SlowerIntent", "AskSoundCauseIntent")
OPENS, LEAVES = says(LAUNCH, ENDED)
LATER = Step("AMAZON.NextIntent", after=115)
"""Next, after a block with its holds was listened to."""


def guided(name: str, **slots: str) -> Script:
    """Return the way from the welcome through the screen to the first step."""
    return (OPENS, Step(name, slots), *[NO] * 6, READY)


FIGURE_FOUR = guided("StretchIntent", stretch="supine_figure_four")
CHAIR = guided("RoutineIntent", routine="chair_break")

SCRIPTS: tuple[Script, ...] = (
    # All of a stretch, with its holds: it counts as finished and as heard.
    (*FIGURE_FOUR, LATER, LATER, *says(LAUNCH, "HistoryIntent", "LastTimeIntent"), *[NO] * 6, READY, LEAVES),
    # A question in the middle, a pause, and on to the end.
    (*CHAIR, LEFT, POP, RESUME, Step("AMAZON.PauseIntent", after=20), RESUME, *[NEXT] * 5, STOP),
    # Left by silence, and picked up again within minutes: one question instead of six.
    (*FIGURE_FOUR, Step(ENDED, after=30), OPENS, YES, NO, READY, LEFT, LEAVES, OPENS, NO, LEAVES),
    # Pain stops and locks; on the floor it asks whether they can get up.
    (*FIGURE_FOUR, Step("PainIntent", after=25), YES, OPENS, POP, LEAVES),
    # Everything that changes how it goes.
    (
        *guided("RoutineIntent", routine="hip_ease"),
        *(SLOWER, REPEAT, Step("FewerWordsIntent"), NEXT, PREVIOUS, Step("SkipIntent"), LEFT),
        *says("WhichSideIntent", "WhatsNextIntent", "ProgressIntent", "RestartIntent", "FasterIntent"),
        STOP,
    ),
    # Questions alone, one of them in free words.
    (
        *(OPENS, POP, *says("SourceIntent", "AskIsItBadIntent", "AskKneesIntent")),
        Step("QuestionIntent", {"query": "could somebody loosen up this old bum of mine"}),
        *says("DeclineForceIntent", "AMAZON.HelpIntent", ENDED),
    ),
    # A yes in the screen, and questions after it.
    (OPENS, Step("RoutineIntent", {"routine": "mid_back"}), NO, NO, YES, POP, RESUME, LEAVES),
    # From the chair to the floor, and left there with a stop.
    (
        *guided("RoutineIntent", routine="chair_and_floor"),
        *(NEXT, NEXT, Step("AMAZON.NextIntent", after=90), READY, NEXT, STOP, OPENS, YES, NO, READY, STOP),
    ),
    # A sign of an emergency in the middle.
    (*CHAIR, NEXT, Step("SymptomIntent", {"symptom": "numbness between my legs"}), OPENS, LEAVES),
    # One side again, the other side first, another stretch; then everything is forgotten.
    (
        *FIGURE_FOUR,
        Step("SideAgainIntent", {"side": "left"}, after=110),
        *(Step("SwitchSidesIntent"), Step("SwapIntent"), Step("KeepGoingIntent"), LEAVES),
        *says(LAUNCH, "AboutMeIntent", "ForgetMeIntent", "AboutMeIntent", ENDED),
    ),
    # A chosen time, left in the middle of the screen, and asked again.
    (
        *(OPENS, Step("AreaIntent", {"area": "hip"}), NO, NO, LEAVES, OPENS, YES, *[NO] * 6, READY, POP),
        *(NO, RESUME, NEXT, Step("LongerIntent"), LEAVES, OPENS, NO, Step("SurpriseIntent"), NO, STOP),
    ),
)
"""Every script; listeners take them in turn, each from another one on."""
