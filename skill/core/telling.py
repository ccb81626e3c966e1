"""What is told about a running routine, which goes on afterwards where it was."""

from __future__ import annotations

import msgspec

from skill.core import adjusting, guiding, planner, timeline
from skill.core.block import Block, Mark, Step
from skill.core.cues import WORTH_SECONDS
from skill.core.guiding import running
from skill.core.library import Stretch
from skill.core.planner import Part
from skill.core.scene import Answered, Scene
from skill.core.turn import Say


def time_left(scene: Scene) -> Answered:
    """Say the seconds that are left of this hold, or how long the block takes, and the whole routine."""
    said = _time_left_here(running(scene))
    left = planner.seconds_left(scene.place, scene.delivery)
    if left < WORTH_SECONDS:
        return guiding.tell(scene, said)
    whole = scene.wording.say("guide.in_all", length=planner.spoken(left, scene.wording))
    return guiding.tell(scene, said, whole)


def progress(scene: Scene) -> Answered:
    """Say which stretch of how many this is, and which hold."""
    part, total = _part(running(scene)), len(scene.place.plan)
    says = [
        scene.wording.say("guide.progress", name=part.stretch.name, number=part.number + 1, total=total),
    ]
    mark = _mark(scene)
    if mark.step in (Step.MOVE, Step.HOLD, Step.RELEASE):
        number, holds = mark.repetition + 1, len(_holds(scene))
        says.append(
            scene.wording.say(
                f"guide.repetition_{_sided(mark)}",
                number=number,
                total=holds,
                **scene.wording.side(mark.side),
            )
        )
    parts = planner.parts(scene.place, scene.wording)
    after = parts[scene.place.block + 1 :]
    if mark.step is Step.CHECK_IN and after and after[0].second:
        side = scene.wording.side(after[0].sides[0])
        says.append(scene.wording.say("guide.next_side", name=part.stretch.name, **side))
    return guiding.tell(scene, *says)


def which_side(scene: Scene) -> Answered:
    """Say which side this is."""
    mark = _mark(running(scene))
    if not mark.side:
        return guiding.tell(scene, scene.wording.say("guide.no_side", name=_part(scene).stretch.name))
    name = _part(scene).stretch.name
    return guiding.tell(
        scene, scene.wording.say("guide.which_side", name=name, **scene.wording.side(mark.side))
    )


def whats_next(scene: Scene) -> Answered:
    """Say what comes after this side, or after this block; what is left of this one first."""
    parts, wording = planner.parts(running(scene).place, scene.wording), scene.wording
    here, mark = _part(scene), _mark(scene)
    more = mark.step is not Step.CHECK_IN and mark.repetition + 1 < len(_holds(scene))
    says = [wording.say("guide.next_hold")] if more else []
    other = mark.side and mark.side is not here.sides[-1] and not scene.place.again
    rest = parts[scene.place.block + 1 :]
    if other or (rest and rest[0].second):
        side = mark.side.other if other and mark.side else rest[0].sides[0]
        says.append(wording.say("guide.next_side", name=here.stretch.name, **wording.side(side)))
    elif rest:
        says.append(wording.say("guide.next_stretch", name=rest[0].stretch.name))
    else:
        says.append(wording.say("guide.last"))
    return guiding.tell(scene, *says)


def explain(scene: Scene) -> Answered:
    """Say what the stretch is for, and how it is done and felt; all words are used for it from now on.

    Before a hold its own words tell how.
    """
    stretch, mark = _part(running(scene)).stretch, _mark(scene)
    says = [scene.wording.tell(stretch.purpose)]
    if mark.step in (Step.HOLD, Step.RELEASE):
        how = [scene.wording.tell(text, **scene.wording.side(mark.side)) for text in _how(stretch)]
        says = [scene.wording.say("answer.rest"), *says, *how]
    return guiding.tell(adjusting.explained(scene), *says)


def _how(stretch: Stretch) -> tuple[str, ...]:
    """Return how a stretch is done and felt."""
    return stretch.move, stretch.feel, stretch.breath


def _time_left_here(scene: Scene) -> Say:
    """Return how long this hold still takes, or else this block."""
    mark, wording = _mark(scene), scene.wording
    if mark.step in (Step.MOVE, Step.HOLD):
        seconds = round(_holds(scene)[mark.repetition] - mark.held)
        if seconds < WORTH_SECONDS:
            return wording.say("guide.almost_over")
        return wording.say(
            f"guide.seconds_left_{_sided(mark)}", seconds=seconds, **scene.wording.side(mark.side)
        )
    if mark.step is Step.CHECK_IN:
        return wording.say("guide.none_left")
    rest = timeline.length(timeline.cues((_block(scene),), wording, mark))
    return wording.say("guide.about_left", length=planner.spoken(max(1.0, rest), wording))


def _part(scene: Scene) -> Part:
    return planner.part_at(scene.place, scene.wording)


def _block(scene: Scene) -> Block:
    return planner.block_at(scene.place, scene.wording, scene.session.preferences)


def _holds(scene: Scene) -> tuple[float, ...]:
    """Return the seconds of each repetition of this block."""
    return _block(scene).holds


def _mark(scene: Scene) -> Mark:
    """Return where the listener is, the side filled in also during the set-up."""
    mark, again = scene.place.mark, scene.place.again
    return mark if mark.side else msgspec.structs.replace(mark, side=again or _part(scene).sides[0])


def _sided(mark: Mark) -> str:
    return "side" if mark.side else "middle"
