"""Words that steer a routine, and what they mean where none is running."""

from __future__ import annotations

import msgspec

from skill.core import adjusting, answering, choosing, guiding, prompts, requesting, screening, yes_and_no
from skill.core.errors import NotNowError
from skill.core.player import State
from skill.core.scene import Answered, Scene
from skill.core.session import Asked
from skill.core.turn import Outcome


def ready(scene: Scene) -> Answered:
    """Answer "Ready": the first step, or on in a routine."""
    match scene.state:
        case State.READY:
            return guiding.start(scene)
        case State.PAUSED | State.GUIDING:
            return resume(scene)
        case State.LOCKED:
            raise NotNowError(scene.state, "ready")
        case State.IDLE:
            return requesting.request(scene)
        case _:
            return yes_and_no.unmatched(scene)


def resume(scene: Scene) -> Answered:
    """Answer "Carry on": the same side and second; with nothing running, the routine that was left."""
    match scene.state:
        case State.READY:
            return guiding.start(scene)
        case State.IDLE:
            return requesting.pick_up(scene)
        case _:
            return guiding.resume(scene)


def next_(scene: Scene) -> Answered:
    """Answer "Next": the first step, or the next block."""
    if scene.state is State.READY:
        return guiding.start(scene)
    return guiding.next_block(scene)


def pause(scene: Scene) -> Answered:
    """Answer "Wait": a routine rests; elsewhere there is time anyway, but no question about harm waits."""
    if scene.state in (State.GUIDING, State.PAUSED) and not prompts.is_waiting(scene):
        return guiding.pause(scene)
    if scene.state is State.READY:
        return prompts.back(
            scene, Outcome.NAVIGATE, [scene.wording.say("guide.no_hurry"), *guiding.resting()]
        )
    return prompts.back(scene, Outcome.NAVIGATE, [scene.wording.say("guide.no_hurry")])


def repeat(scene: Scene) -> Answered:
    """Answer "Say that again": a step, how to get into place, the last answer, or what was asked.

    In a lock without an answer since, the signs of an emergency.
    """
    match scene.state, scene.session.asked:
        case ((State.GUIDING | State.PAUSED), _) if not prompts.is_waiting(scene):
            return guiding.repeat(scene)
        case State.READY, _:
            return guiding.ready(scene)
        case ((State.IDLE | State.LOCKED), Asked.WHICH):
            return choosing.again(scene)
        case ((State.IDLE | State.LOCKED), (Asked.MORE | Asked.NOTHING)) if scene.session.topic:
            turn = msgspec.structs.replace(scene.turn, topic=scene.session.topic)
            return answering.question(msgspec.structs.replace(scene, turn=turn))
        case State.LOCKED, (Asked.MORE | Asked.NOTHING):
            return prompts.back(scene, Outcome.DEFER, [scene.wording.say("safety.net")])
        case State.LOCKED, Asked.QUESTION:
            return prompts.ask(scene, Asked.QUESTION, Outcome.CLARIFY)
        case _:
            return prompts.back(scene, Outcome.CLARIFY, [])


def swap(scene: Scene) -> Answered:
    """Answer "I can't do this one": another position, or the stretch is left out."""
    match scene.state:
        case State.IDLE:
            return requesting.surprise(scene)
        case State.SCREENING:
            return screening.changed(scene)
        case _:
            return adjusting.swap(scene)


def skip_screen(scene: Scene) -> Answered:
    """Answer "Just start": the questions are required; where none is open it is a request, or "ready"."""
    match scene.state:
        case State.SCREENING:
            return screening.skip(scene)
        case State.IDLE:
            return requesting.request(scene)
        case _:
            return ready(scene)


def comfortable(scene: Scene) -> Answered:
    """Answer "Feels lovely": on, where something is running; in the screen it answers nothing."""
    match scene.state:
        case State.SCREENING:
            return screening.unclear(scene)
        case State.GUIDING | State.PAUSED:
            return resume(scene)
        case _:
            return prompts.back(scene, Outcome.CLARIFY, [])
