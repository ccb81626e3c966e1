"""What is kept about a listener, told and erased."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from skill.core import planner, prompts
from skill.core.preferences import Preferences
from skill.core.scene import Answered, Scene
from skill.core.session import Finished, Place, Record
from skill.core.turn import Outcome, Say, Segment


def about(scene: Scene) -> Answered:
    """Say what is remembered about this listener, and what never is."""
    record = scene.record
    if record is None:
        return prompts.back(scene, Outcome.ABOUT, [scene.wording.say("error.memory")])
    if record == Record():
        says: list[Segment] = [scene.wording.say("about.nothing")]
    else:
        says = [*_habits(scene, record), scene.wording.say("about.more")]
    return prompts.back(scene, Outcome.ABOUT, [*says, scene.wording.say("about.never")])


def forget(scene: Scene) -> Answered:
    """Erase all that lasts about the listener, and what this conversation knew of it."""
    if scene.record is None:
        return prompts.back(scene, Outcome.ABOUT, [scene.wording.say("error.forget")])
    scene = msgspec.structs.replace(scene, record=Record()).with_session(preferences=Preferences())
    return prompts.back(scene, Outcome.ABOUT, [scene.wording.say("about.forgotten")])


def history(scene: Scene) -> Answered:
    """Say how often routines were finished in the last seven days, and which one last."""
    finished = scene.record.finished if scene.record else ()
    if scene.record is None:
        says: list[Segment] = [scene.wording.say("error.memory")]
    elif not finished:
        says = [scene.wording.say("history.none")]
    else:
        says = _finished(scene, finished)
    return prompts.back(scene, Outcome.ABOUT, says)


def left_at(scene: Scene, place: Place) -> Say:
    """Return where a listener was: the stretch and, where it has sides, which of the two."""
    part = planner.part_at(place, scene.wording)
    side = place.mark.side or part.sides[0]
    which = "middle" if side is None else "first" if side is part.planned.first else "second"
    return scene.wording.say(f"launch.left_{which}", name=part.stretch.name)


def _habits(scene: Scene, record: Record) -> list[Segment]:
    """Return what is kept, in words."""
    says: list[Segment] = []
    if record.saved:
        says.append(left_at(scene, record.saved.place))
    return says + (_finished(scene, record.finished) if record.finished else [])


def _finished(scene: Scene, finished: Sequence[Finished]) -> list[Segment]:
    """Return how often something was finished, what last, and how many days ago."""
    times, done, library = len(finished), finished[-1], scene.library
    named = library.routines.get(done.id) or library.stretches.get(done.id)
    days = (scene.now.date() - done.at.date()).days
    when = scene.wording.phrase(
        f"history.{('today', 'yesterday')[days] if days < 2 else 'earlier'}", days=days
    )
    return [
        scene.wording.say("history.once" if times == 1 else "history.times", times=times),
        scene.wording.say("history.last", name=named.name if named else done.id, when=when),
    ]
