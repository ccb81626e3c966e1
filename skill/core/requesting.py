"""Asks for a routine, and for coming back to one."""

from __future__ import annotations

from skill.core import guiding, planner, prompts, screening
from skill.core.errors import NotNowError
from skill.core.library import Level
from skill.core.player import State
from skill.core.scene import Answered, Scene
from skill.core.session import Place
from skill.core.turn import Outcome, Segment


def request(scene: Scene) -> Answered:
    """Choose what fits the words, and go toward it through the screen."""
    if scene.state is State.LOCKED:
        raise NotNowError(scene.state, "request")
    if scene.state in (State.GUIDING, State.PAUSED) and scene.turn.slots.keys() == {"duration"}:
        # "Two minutes" in the middle of a stretch asks for time, not for another routine.
        return guiding.pause(scene)
    plan = planner.choose(scene.turn.slots, scene.session.position, scene.wording)
    if plan is None:
        return prompts.back(scene, Outcome.DECLINE, [scene.wording.say("request.none")])
    return screening.begin(scene, plan, _honestly(scene, plan))


def _honestly(scene: Scene, plan: Place) -> list[Segment]:
    """Return what is told where a plan is longer or shorter than was asked for."""
    asked = planner.asked_seconds(scene.turn.slots)
    if planner.keeps(plan, asked, scene.wording):
        return []
    much = asked > planner.seconds(plan, scene.wording)
    minutes = planner.minutes(plan, scene.wording)
    return [scene.wording.say(f"plan.{'longest' if much else 'shortest'}", minutes=minutes)]


def pick_up(scene: Scene) -> Answered:
    """Go on with the routine that was left: after one question within minutes, later after a screen."""
    place = screening.token_place(scene)
    record = scene.record
    if record is None or record.saved is None:
        raise NotNowError(scene.state, "resume")
    if place is not None:
        # The same occasion goes on: what was done in it counts.
        scene = scene.with_session(doses=record.saved.doses | scene.session.doses)
        return screening.since(scene.with_record(token=None), place)
    return screening.begin(scene, record.saved.place)


def my_turn(scene: Scene) -> Answered:
    """Someone else takes over: the whole screen, from the first question."""
    if scene.state is State.LOCKED:
        raise NotNowError(scene.state, "my turn")
    place = scene.session.place
    scene = scene.with_session(screened_at=None, level=Level.CAREFUL, question=0)
    if place is None:
        return request(scene)
    return screening.begin(scene, Place(place.routine, place.plan))
