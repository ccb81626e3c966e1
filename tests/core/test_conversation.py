"""The front door of the core: every state meets every kind of turn."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from skill.app import App
from skill.core.library import Library, Severity
from skill.core.player import State
from skill.core.session import Asked
from skill.core.turn import Outcome
from tests.helpers import NO, YES, Listener

Way = Callable[[Listener], object]

WAYS: dict[str, Way] = {
    "idle": lambda one: None,
    "welcomed": lambda one: one.does("LaunchRequest"),
    "answered": lambda one: one.says("why does it pop"),
    "which": lambda one: one.says("is it the chair or the roller that is better for a beginner"),
    "paused which": lambda one: (
        one.guided().at_hold(3),
        one.says("is it the chair or the roller that is better for a beginner"),
    ),
    "offered again": lambda one: (one.says("why does it pop"), one.does(YES)),
    "screening one": lambda one: one.says("the figure four"),
    "screening unclear": lambda one: (one.says("the figure four"), one.says("bananas")),
    "screening six": lambda one: (one.says("the figure four"), [one.does(NO) for _ in range(5)]),
    "ready floor": lambda one: one.screened(),
    "ready chair": lambda one: one.screened("the chair twist"),
    "ready waited": lambda one: (one.screened(), one.does("Silence")),
    "guiding start": lambda one: one.guided(),
    "guiding hold": lambda one: one.guided().at_hold(7),
    "guiding over": lambda one: one.guided().to_the_end(),
    "guiding last": lambda one: (one.guided().to_the_end().says("next"), one.to_the_end()),
    "guiding chair": lambda one: one.guided("the chair twist").at_hold(3),
    "guiding long": lambda one: one.guided("the hip routine").at_hold(3),
    "paused hold": lambda one: (one.guided().at_hold(7), one.says("hold on")),
    "paused over": lambda one: (one.guided().to_the_end(), one.says("hold on")),
    "paused chair": lambda one: (one.guided("the chair twist").at_hold(3), one.says("hold on")),
    "paused hurts": lambda one: (one.guided().to_the_end(), one.does(YES)),
    "paused tight": lambda one: (one.guided().at_hold(3), one.says("it's a little tight")),
    "paused stuck": lambda one: (one.guided().at_hold(3), one.says("help")),
    "paused silent": lambda one: (one.guided().to_the_end(), one.does("Silence")),
    "locked": lambda one: one.says("i have osteoporosis"),
    "locked question": lambda one: (one.says("i have osteoporosis"), one.does(YES)),
    "locked get up": lambda one: (one.guided().at_hold(3), one.says("ow that really hurts")),
    "ended": lambda one: (one.guided().at_hold(3), one.says("stop")),
    "long ago": lambda one: (one.guided().at_hold(3), one.wait(2000)),
    "saved": lambda one: (one.guided().at_hold(3), one.says("stop"), one.does("LaunchRequest")),
    "who": lambda one: (one.says("the lower back roller routine"), [one.does(NO) for _ in range(6)]),
    "guiding cleared": lambda one: (
        *(one.says("the lower back roller routine"), [one.does(NO) for _ in range(6)]),
        *(one.says("my doctor"), one.says("ready"), one.says("skip this one")),
    ),
    "since": lambda one: (
        one.guided().at_hold(3),
        one.says("hold on"),
        one.does("SessionEnded"),
        one.says("carry on"),
    ),
}
"""Ways to every state, and to every question that can be open in it."""


FIRST: dict[tuple[int, str], Listener] = {}
"""Whoever went a way first, in each app; the others are twins."""


def listener_in(app: App, way: str, user: str) -> Listener:
    key = (id(app), way)
    if key not in FIRST:
        FIRST[key] = Listener(app, user=f"first {way}")
        WAYS[way](FIRST[key])
    return FIRST[key].twin(user)


def test_the_ways_reach_every_state_and_every_question(app: App) -> None:
    reached = [listener_in(app, way, f"reach {way}") for way in WAYS]
    assert {one.state for one in reached} == set(State)
    asked = {one.session.asked for one in reached if one.session}
    assert asked == set(Asked)


@pytest.mark.parametrize("way", WAYS)
def test_every_intent_has_a_reply_in_every_state(app: App, library: Library, way: str) -> None:
    for name, intent in library.intents.items():
        one = listener_in(app, way, f"{way} {name}")
        slots = {
            slot: next(iter(library.slot_types.get(type_, {"PT3M": ()})))
            for slot, type_ in intent.slots.items()
        }
        before = one.state
        reply = one.does(name, **slots)  # type: ignore[arg-type]  # slot names, and no keyword of ours
        assert reply.segments
        if intent.action:
            assert reply.action == intent.action or name == "QuestionIntent"
        if before is State.LOCKED:
            assert one.state is State.LOCKED, "nothing but a new session unlocks"


@pytest.mark.parametrize("way", WAYS)
def test_unknown_words_and_events_have_a_reply_in_every_state(app: App, way: str) -> None:
    for name in ("LaunchRequest", "Silence", "NobodysIntent"):
        assert listener_in(app, way, f"{way} {name}").does(name).segments
    assert listener_in(app, way, f"{way} bananas").says("purple bananas on the roof").segments
    closed = listener_in(app, way, f"{way} closed").does("SessionEnded")
    assert closed.segments == ()
    assert closed.end


@pytest.mark.parametrize("way", WAYS)
def test_every_flag_is_met_in_every_state(app: App, library: Library, way: str) -> None:
    for flag in library.safety.flags:
        one = listener_in(app, way, f"{way} {flag.id}")
        reply = one.does("SymptomIntent", symptom=flag.id)
        if flag.severity is Severity.EMERGENCY:
            assert reply.outcome is Outcome.EMERGENCY
            assert reply.flag == flag.id
        if flag.severity is not Severity.MODIFY:
            assert one.state is State.LOCKED, flag.id
            assert reply.outcome in (Outcome.EMERGENCY, Outcome.URGENT, Outcome.STOP, Outcome.DEFER)


@pytest.mark.parametrize("way", WAYS)
def test_pain_stops_from_every_state(app: App, way: str) -> None:
    for words in ("ow that really hurts", "ouch", "i've got a sharp pain"):
        one = listener_in(app, way, f"{way} {words}")
        getting_up = one.session is not None and one.session.asked is Asked.GET_UP
        reply = one.says(words)
        assert one.state is State.LOCKED
        assert reply.outcome is (Outcome.EMERGENCY if getting_up else Outcome.STOP)
        if not getting_up:
            assert one.words.startswith("Stop.")
        for attempt in ("carry on", "next", "the chair twist", "start a stretch", "ready"):
            assert one.says(attempt).outcome not in (Outcome.GUIDE, Outcome.NAVIGATE, Outcome.SCREEN)
            assert one.state is State.LOCKED


@pytest.mark.parametrize("way", WAYS)
def test_an_emergency_gets_its_advice_in_every_state(app: App, way: str) -> None:
    one = listener_in(app, way, f"{way} emergency")
    assert one.says("i can't feel it when i wipe").outcome is Outcome.EMERGENCY
    assert "911" in one.words
    assert one.reply.end


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("intent", ["AMAZON.StopIntent", "AMAZON.CancelIntent", "AMAZON.NavigateHomeIntent"])
def test_stop_and_cancel_end_from_every_state(app: App, way: str, intent: str) -> None:
    one = listener_in(app, way, f"{way} {intent}")
    reply = one.does(intent)
    assert reply.outcome is Outcome.END
    assert reply.end
    assert not reply.listen


@pytest.mark.parametrize("way", WAYS)
def test_help_helps_in_every_state(app: App, way: str) -> None:
    one = listener_in(app, way, f"{way} help")
    reply = one.does("AMAZON.HelpIntent")
    assert reply.outcome is Outcome.HELP
    assert reply.listen


@pytest.mark.parametrize("way", WAYS)
def test_silence_and_a_bare_yes_never_advance_a_routine(app: App, way: str) -> None:
    for intent in ("Silence", YES, "HedgeIntent", "UnsureIntent", "AMAZON.FallbackIntent"):
        one = listener_in(app, way, f"{way} {intent}")
        place = one.session.place if one.session else None
        ready = one.state is State.READY
        one.does(intent)
        after = one.session.place if one.session else None
        if place and after and not ready:
            assert after.block == place.block


TURNS = st.sampled_from(
    [
        *("no", "no", "no", "no", "no", "no", "ready", "ready", "next", "carry on", "yes", "repeat"),
        *("previous", "start over", "the figure four", "the chair twist", "the hip routine", "hold on"),
        *("how long left", "which side", "slower", "faster", "skip this one", "i can't get on the floor"),
        *("why does it pop", "help", "", "bananas", "it's a little tight", "feels good", "just start"),
        *(
            "my turn",
            "chair",
            "my doctor",
            "the lower back roller routine",
            "the trunk rotation",
            "i don't know",
            "not really",
            "a little",
            "what's a blood thinner",
        ),
        *("forget me", "stop", "no to all", "SessionEnded", "my knee hurts", "my back hurts", "it popped"),
        *("i've had a beer", "what's next", "explain that"),
    ]
)


@settings(max_examples=150, deadline=None)
@given(st.lists(st.tuples(TURNS, st.integers(0, 200)), max_size=40))
def test_no_path_reaches_a_step_without_a_clear_screen(app: App, turns: list[tuple[str, int]]) -> None:
    """A walk keeps its own count of noes; a step needs six in a row, or the question since."""
    one = Listener(app, user=str(turns))
    cleared = False
    for words, seconds in turns:
        before = one.session
        one.wait(seconds)
        reply = one.does(words) if words == "SessionEnded" else one.says(words)
        assert one.session is not None
        asked = before.asked if before else Asked.NOTHING
        passed = before is not None and (before.question == 6 or asked is Asked.SINCE) and words == "no"
        if one.state is State.READY and before and before.state is State.SCREENING and asked is not Asked.WHO:
            assert passed
            cleared = True
        if one.session.asked is Asked.WHO:
            assert passed or cleared or asked is Asked.WHO
            cleared = True
        elif one.state in (State.SCREENING, State.IDLE, State.LOCKED):
            cleared = False
        if one.state is State.GUIDING:
            assert cleared, (words, reply.outcome)


def test_a_restored_session_of_other_content_starts_over_and_keeps_its_lock(app: App) -> None:
    one = listener_in(app, "guiding hold", "restored")
    assert one.session is not None
    import msgspec

    one.session = msgspec.structs.replace(one.session, content="another")
    assert one.says("next").outcome is Outcome.CLARIFY
    assert one.state is State.IDLE
    locked = listener_in(app, "locked", "restored locked")
    assert locked.session is not None
    locked.session = msgspec.structs.replace(locked.session, content="another")
    locked.says("the figure four")
    assert locked.state is State.LOCKED
