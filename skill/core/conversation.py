"""The one front door of the core: `respond`.

Safety runs before routing, here and nowhere else, so that a new intent cannot forget it: flags
first, then the table of routes. What does not apply now becomes what can be done instead, here too.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import partial

import msgspec

from skill.core import (
    adjusting,
    answering,
    choosing,
    guiding,
    leaving,
    prompts,
    remembering,
    requesting,
    safety,
    screening,
    steering,
    stopping,
    telling,
    yes_and_no,
)
from skill.core.errors import NotNowError
from skill.core.guiding import NotClearedError
from skill.core.library import Library
from skill.core.player import State
from skill.core.preferences import Rhythm
from skill.core.restoring import restored
from skill.core.scene import Answered, Scene
from skill.core.session import Asked, Record, Session
from skill.core.turn import Outcome, Turn
from skill.core.wording import Wording

Route = Callable[[Scene], Answered]
"""Answers one kind of turn."""

ENDS = frozenset({"stop", "session_ended"})
"""Routes that end a conversation also when its screen has waited too long."""
GETTING_UP = frozenset({"yes", "no", "help", "stop", "repeat", "silence", "session_ended"})
"""Routes that answer "Can you move both legs and get up?"; all else is unclear, and gets the advice."""
GOING_ON = frozenset(
    {
        *("ready", "comfortable", "skip_screen", "resume", "next", "skip", "previous", "restart"),
        *("repeat_last", "side_again", "switch_sides", "swap"),
        *("request", "surprise", "another", "last_time", "my_turn"),
    }
)
"""Routes that lead to a step: none does while a question about harm is open (`prompts.WAITING`)."""


def respond(turn: Turn, session: Session, record: Record | None, library: Library, now: datetime) -> Answered:
    """Answer one turn.

    Args:
        turn: what the listener said, understood.
        session: the conversation so far.
        record: what lasts about the listener; none while the store is down.
        library: all content.
        now: the time of the turn, aware of its zone.
    """
    wording = Wording(library, turn.locale, turn.door)
    session = restored(session, wording).at(now)
    if session.cleared:
        session = msgspec.structs.replace(session, used_at=session.clock)
    if record is not None:
        record = record.at(now, library)
    scene = Scene(turn, session, record, wording, now)
    scene = guiding.at_the_clock(scene)
    try:
        return _routed(scene)
    except NotClearedError:
        return screening.again(scene)
    except NotNowError as error:
        outcome = Outcome.DEFER if scene.state is State.LOCKED else Outcome.CLARIFY
        return prompts.back(scene, outcome, [scene.wording.say(error.phrase)])


def _routed(scene: Scene) -> Answered:
    """Meet a flag first; else answer by the table of routes."""
    if screening.stale(scene) and scene.turn.route not in ENDS and not scene.turn.flags:
        return screening.first(scene)
    if scene.state is State.SCREENING:
        scene = scene.with_session(used_at=scene.session.clock)
    flag = safety.gravest(scene.turn.flags, scene.library)
    if flag is not None:
        return safety.meet(scene, flag)
    if scene.session.asked is Asked.GET_UP and scene.turn.route not in GETTING_UP:
        return stopping.getting_up(scene, able=False)
    if prompts.is_waiting(scene) and scene.turn.route in GOING_ON:
        return prompts.back(scene, Outcome.CLARIFY, [scene.wording.say("guide.first")])
    return ROUTES[scene.turn.route](scene)


ROUTES: dict[str, Route] = {
    "launch": answering.launch,
    "request": requesting.request,
    "surprise": requesting.surprise,
    "another": requesting.another,
    "last_time": requesting.last_time,
    "ask": answering.question,
    "define": answering.define,
    "describe": answering.describe,
    "source": answering.source,
    "refuse": answering.refuse,
    "about": remembering.about,
    "forget": remembering.forget,
    "history": remembering.history,
    "help": answering.help_,
    "yes": choosing.yes,
    "no": choosing.no,
    "question": yes_and_no.has_question,
    "either": choosing.either,
    "choose": choosing.choose,
    "no_symptom": yes_and_no.no_symptom,
    "hedge": yes_and_no.hedge,
    "weak_no": yes_and_no.weak_no,
    "unsure": yes_and_no.unsure,
    "skip_screen": steering.skip_screen,
    "my_turn": requesting.my_turn,
    "ready": steering.ready,
    "silence": yes_and_no.silence,
    "symptom": yes_and_no.unmatched,
    "hurts": yes_and_no.hurts,
    "tight": yes_and_no.tight,
    "who": yes_and_no.who,
    "comfortable": steering.comfortable,
    "pop": answering.pop,
    "unmatched": yes_and_no.unmatched,
    "stop": leaving.stop,
    "session_ended": leaving.close,
    "next": steering.next_,
    "skip": guiding.skip,
    "previous": guiding.previous,
    "repeat": steering.repeat,
    "restart": guiding.restart,
    "pause": steering.pause,
    "resume": steering.resume,
    "repeat_last": guiding.repeat_last,
    "side_again": adjusting.side_again,
    "switch_sides": adjusting.switch_sides,
    "slower": partial(adjusting.set_pace, step=-1),
    "faster": partial(adjusting.set_pace, step=1),
    "longer": partial(adjusting.hold, step=1),
    "shorter": partial(adjusting.hold, step=-1),
    "fewer_words": adjusting.fewer_words,
    "keep_going": partial(adjusting.set_rhythm, rhythm=Rhythm.KEEP_GOING),
    "check_in": partial(adjusting.set_rhythm, rhythm=Rhythm.CHECK_IN),
    "tone_on": partial(adjusting.set_tone, on=True),
    "tone_off": partial(adjusting.set_tone, on=False),
    "volume": adjusting.volume,
    "time_left": telling.time_left,
    "progress": telling.progress,
    "which_side": telling.which_side,
    "whats_next": telling.whats_next,
    "explain": telling.explain,
    "swap": steering.swap,
}
"""What answers each kind of turn."""
