"""Asks for a routine, and for coming back to one."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from skill.core import adjusting, fitting, guiding, planner, prompts, restoring, screening
from skill.core.errors import NotNowError
from skill.core.library import BED, Level, Position
from skill.core.player import State
from skill.core.scene import Answered, Scene
from skill.core.session import CLEARANCE_SECONDS, Finished, Place
from skill.core.turn import Outcome, Segment


def request(scene: Scene, says: Sequence[Segment] = ()) -> Answered:
    """Choose what fits the words, and go toward it through the screen.

    Args:
        scene: the turn.
        says: what is told first.
    """
    _open(scene)
    slots = scene.turn.slots
    if scene.state in (State.GUIDING, State.PAUSED):
        if slots.keys() == {"duration"}:
            # "Two minutes" in the middle of a stretch asks for time, not for another routine.
            return guiding.pause(scene, fitting.asked_seconds(slots) or guiding.REST_SECONDS)
        if slots == {"position": Position.CHAIR}:
            return adjusting.to_the_chair(scene)
    if slots.get("position") == BED:
        says = [*says, scene.wording.say("plan.bed")]
        slots = {name: value for name, value in slots.items() if name != "position"}
    if slots.get("position") in list(Position):
        scene = adjusting.prefer(scene, position=Position(slots["position"]))
    motion = slots.get("without")
    scene = scene.without(one.id for one in scene.library.stretches.values() if one.motion == motion)
    chosen = fitting.choose(slots, scene.known, scene.delivery)
    if chosen is None:
        return prompts.back(scene, Outcome.DECLINE, [*says, scene.wording.say("request.none")])
    if not chosen.exact:
        says = [*says, scene.wording.say("plan.nearest")]
    return screening.begin(scene, chosen.place, [*says, *_honestly(scene, chosen.place)])


def surprise(scene: Scene) -> Answered:
    """Choose the routine that was finished longest ago, and is not what would be chosen anyway."""
    _open(scene)
    finished: Sequence[Finished] = scene.record.finished if scene.record else ()
    order = [done.id for done in finished]

    def last_done(plan: Place) -> int:
        return max((index for index, id_ in enumerate(order) if id_ == plan.routine), default=-1)

    usual = fitting.choose({}, scene.known, scene.delivery)
    plans = fitting.others(usual.place if usual else None, scene.known, scene.library)
    plan = min(plans, key=last_done, default=usual.place if usual else None)
    if plan is None:
        return prompts.back(scene, Outcome.DECLINE, [scene.wording.say("request.none")])
    return screening.begin(scene, plan)


def another(scene: Scene) -> Answered:
    """Choose a routine like the last one, in the same position, with something else in it."""
    _open(scene)
    last = scene.session.place or (scene.record.last if scene.record else None)
    if last is None:
        return request(scene, [scene.wording.say("plan.no_last")])
    where = planner.positions(last, scene.library)
    areas = _areas(last, scene)
    like = [
        plan
        for plan in fitting.others(last, scene.known, scene.library)
        if planner.positions(plan, scene.library) == where
    ]
    if not like:
        return _again(scene, last, "plan.no_other")
    return screening.begin(scene, max(like, key=lambda plan: len(areas & _areas(plan, scene))))


def last_time(scene: Scene) -> Answered:
    """Choose what was finished last."""
    _open(scene)
    last = scene.record.last if scene.record else None
    if last is None:
        return request(scene, [scene.wording.say("plan.no_last")])
    return _again(scene, last)


def pick_up(scene: Scene) -> Answered:
    """Go on with the routine that was left: after one question within minutes, later after a screen."""
    place = screening.token_place(scene)
    record = scene.record
    if record is None:
        return prompts.forgetful(scene)
    if record.saved is None:
        raise NotNowError(scene.state, "resume")
    if scene.now - record.saved.left_at <= timedelta(seconds=CLEARANCE_SECONDS):
        # The same occasion goes on: what was done in it counts.
        scene = scene.with_session(doses=record.saved.doses | scene.session.doses)
    if place is not None:
        age = (scene.now - record.token.screened).total_seconds() if record.token else 0.0
        return screening.since(scene.with_session(screen_age=max(0.0, age)), place)
    return screening.begin(scene, *_led_up_to(scene, record.saved.place))


def _led_up_to(scene: Scene, place: Place) -> tuple[Place, list[Segment]]:
    """Return a place of before, or the plan's beginning where its stretch needs others before it.

    What is not gentle comes after a gentle one in every occasion (design, "Levels").
    """
    stretch = planner.stretch_at(place, scene.wording)
    first = scene.library.stretches[place.stretches[0]]
    if stretch.level is Level.GENTLE or scene.session.doses:
        return place, []
    return place.anew, [scene.wording.say("plan.led_up", name=stretch.name, first=first.name)]


def my_turn(scene: Scene) -> Answered:
    """Someone else takes over: the whole screen, from the first question."""
    if scene.state is State.LOCKED:
        raise NotNowError(scene.state, "my turn")
    place = scene.session.place
    scene = scene.with_session(screened_at=None, level=Level.CAREFUL, question=0).with_record(token=None)
    if place is None:
        return request(scene)
    return screening.begin(scene, place.anew)


def _open(scene: Scene) -> None:
    """Let a request pass.

    Raises:
        NotNowError: a sign was met in this conversation.
    """
    if scene.state is State.LOCKED:
        raise NotNowError(scene.state, "request")


def _again(scene: Scene, last: Place, *keys: str) -> Answered:
    """Go toward a plan of before, if it still is in the content and suits."""
    says = [scene.wording.say(key) for key in keys]
    suits = fitting.suits(last, scene.known, scene.library)
    if not (restoring.fits(last.anew, scene.wording) and suits):
        return request(scene, [scene.wording.say("plan.no_last")])
    return screening.begin(scene, fitting.fresh(last, scene.known), says)


def _areas(place: Place, scene: Scene) -> set[str]:
    """Return the parts of the body that a plan is for."""
    return {area for id_ in place.stretches for area in scene.library.stretches[id_].areas}


def _honestly(scene: Scene, plan: Place) -> list[Segment]:
    """Return what is told where a plan is longer or shorter than was asked for."""
    asked = fitting.asked_seconds(scene.turn.slots)
    if fitting.keeps(plan, asked, scene.delivery):
        return []
    seconds = planner.seconds(plan, scene.delivery)
    length = planner.spoken(seconds, scene.wording)
    return [scene.wording.say(f"plan.{'longest' if asked > seconds else 'shortest'}", length=length)]
