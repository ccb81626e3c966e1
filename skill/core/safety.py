"""Meets a flag that a listener reports: the first thing that `conversation.respond` does with a turn."""

from __future__ import annotations

import msgspec

from skill.core import (
    adjusting,
    answering,
    fitting,
    prompts,
    requesting,
    screening,
    stopping,
)
from skill.core.library import Effect, Flag, Library, Position, Severity
from skill.core.player import State
from skill.core.scene import Answered, Scene, disclaimed
from skill.core.session import Asked
from skill.core.turn import Outcome

PRECEDENCE = (Severity.EMERGENCY, Severity.URGENT, Severity.STOP, Severity.DEFER, Severity.MODIFY)
"""Which severity outranks which (safety facts, section 1)."""

PAIN, STUCK, NO_FLOOR = "s01_pain", "s09_stuck_cramp", "m02_no_floor"
"""Flags that a yes to an open question, or a request of the listener's, stands for."""
THIRD_PARTY = "d17_third_party"
"""What a sign of someone else is met as, unless it is an emergency."""


def gravest(ids: tuple[str, ...], library: Library) -> Flag | None:
    """Return the flag that outranks the others, or none where nothing was reported."""
    flags = [flag for flag in library.safety.flags if flag.id in ids]
    return min(flags, key=lambda flag: PRECEDENCE.index(flag.severity), default=None)


def by_id(library: Library, id_: str) -> Flag:
    """Return a flag by its id."""
    return next(flag for flag in library.safety.flags if flag.id == id_)


def about_a_stretch(denied: tuple[str, ...], library: Library) -> bool:
    """Whether what is denied could be felt in a stretch: "no fever" does not answer a check-in."""
    felt = (by_id(library, id_) for id_ in denied)
    return not denied or any(
        flag.in_routine or flag.severity in (Severity.STOP, Severity.EMERGENCY) for flag in felt
    )


def meet(scene: Scene, flag: Flag) -> Answered:
    """Answer a reported flag.

    Everything but a `modify` flag stops and locks. Someone asked whether they can get up, who reports
    anything instead, gets the emergency advice.
    """
    waiting = scene.state is State.READY and flag.effect is Effect.WELCOME
    if stopping.in_position(scene) and flag.in_routine and not waiting:
        flag = by_id(scene.library, flag.in_routine)
    if scene.session.asked is Asked.GET_UP and flag.severity is not Severity.EMERGENCY:
        return stopping.getting_up(scene, able=False)
    if flag.severity is Severity.MODIFY and flag.effect is not Effect.DEFER:
        return _modify(scene, flag)
    grave = flag.severity in (Severity.EMERGENCY, Severity.URGENT)
    if not grave and scene.turn.route == "ask" and not stopping.in_position(scene):
        return _answer_and_lock(scene, flag)
    return stopping.stop_for(scene, flag)


def _answer_and_lock(scene: Scene, flag: Flag) -> Answered:
    """Answer a question that reports a flag, add the flag's advice, and lock."""
    topic = scene.library.answers[scene.turn.topic or ""]
    scene, says = disclaimed(scene)
    says = [*says, scene.wording.tell(topic.answer), scene.wording.tell(flag.advice)]
    return stopping.leave(scene, Outcome.ANSWER, says, flag=flag.id, topic=topic.id)


def _modify(scene: Scene, flag: Flag) -> Answered:
    """Take a limit into account: nothing is locked, and no step is spoken."""
    advice = scene.wording.tell(flag.advice)
    running = scene.state in (State.GUIDING, State.PAUSED)
    if scene.state is State.LOCKED:
        return prompts.back(scene, Outcome.DEFER, [scene.wording.say("not_now.locked")], flag=flag.id)
    match flag.effect:
        case _ if scene.turn.route == "ask":
            return answering.question(scene)
        case Effect.CHAIR if prompts.is_waiting(scene):
            return prompts.back(scene, Outcome.CLARIFY, [scene.wording.say("guide.first")], flag=flag.id)
        case Effect.CHAIR:
            return _to_the_chair(scene, flag)
        case Effect.WELCOME if scene.state is State.IDLE:
            return requesting.request(scene)
        case Effect.WELCOME if scene.state is State.SCREENING:
            return screening.unclear(scene)
        case Effect.ASK | Effect.ADVISE if scene.state is State.IDLE and scene.turn.route == "request":
            return requesting.request(_without(scene, flag), [advice])
        case Effect.ASK if running:
            scene = _without(scene, flag)
            return prompts.rest(scene, Asked.TIGHT, Outcome.CLARIFY, [scene.wording.say("guide.ease")])
        case _:
            return prompts.back(scene, Outcome.CLARIFY, [advice], flag=flag.id)


def _without(scene: Scene, flag: Flag) -> Scene:
    """Return the scene with the stretches left out that a flag rules out."""
    return scene.without(one.id for one in scene.library.stretches.values() if flag.id in one.blocks)


def _to_the_chair(scene: Scene, flag: Flag) -> Answered:
    """Take someone who cannot get to the floor to the chair."""
    scene = adjusting.prefer(scene.with_session(position=Position.CHAIR), position=Position.CHAIR)
    if scene.session.place is None:
        slots = {name: value for name, value in scene.turn.slots.items() if name != "position"}
        turn = msgspec.structs.replace(scene.turn, slots=slots)
        return requesting.request(msgspec.structs.replace(scene, turn=turn))
    if scene.state is State.SCREENING:
        chosen = fitting.choose({}, scene.known, scene.delivery)
        scene = scene.with_session(place=chosen.place if chosen else scene.place)
        return prompts.back(scene, Outcome.CLARIFY, [scene.wording.say("swap.chair")], flag=flag.id)
    return adjusting.to_the_chair(scene)
