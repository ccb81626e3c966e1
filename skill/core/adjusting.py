"""Changes how a routine is guided: its pace, words, rhythm, tone, holds, sides and stretches."""

from __future__ import annotations

from typing import Any

import msgspec

from skill.core import fitting, guiding, planner, prompts
from skill.core.block import Mark, Step
from skill.core.guiding import running
from skill.core.library import Position, Side
from skill.core.planner import Part
from skill.core.player import State
from skill.core.preferences import Pace, Rhythm, Wordiness, fewest
from skill.core.scene import Answered, Scene
from skill.core.session import Asked, Place, Planned
from skill.core.turn import Outcome, Segment

PACES = (Pace.SLOW, Pace.NORMAL, Pace.FAST)
"""From the longest silences to the shortest."""
HOLD_SECONDS = 5.0
"""By so many seconds a hold gets longer or shorter."""


def set_pace(scene: Scene, step: int) -> Answered:
    """Make the silences around the holds one step longer (-1) or shorter (+1)."""
    now = PACES.index(scene.session.preferences.pace)
    pace = PACES[min(max(now + step, 0), len(PACES) - 1)]
    key = f"pace.{pace}" if pace is not PACES[now] else f"pace.still_{pace}"
    return guiding.tell(prefer(scene, pace=pace), scene.wording.say(key))


def fewer_words(scene: Scene) -> Answered:
    """Say less from now on; the side, the limit, the way out and the stop phrase stay."""
    now = scene.session.preferences.wordiness
    if scene.session.place is not None:
        now = fewest(now, planner.part_at(scene.place, scene.wording).planned.words)
    key = "words.fewer" if now is not now.fewer else "words.fewest"
    return guiding.tell(prefer(scene, wordiness=now.fewer), scene.wording.say(key))


def explained(scene: Scene) -> Scene:
    """Return the scene with all words for the stretch of its place, and wherever they had been cut."""
    part = planner.part_at(scene.place, scene.wording)
    full = msgspec.structs.replace(part.planned, words=Wordiness.EXPLAIN)
    place = planner.replanned(scene.place, part.number, full, scene.wording)
    return prefer(scene.with_session(place=place), wordiness=Wordiness.EXPLAIN)


def set_rhythm(scene: Scene, rhythm: Rhythm) -> Answered:
    """Check in after each block, or keep going between gentle stretches that were finished before."""
    scene = prefer(scene, rhythm=rhythm)
    says: list[Segment] = [scene.wording.say(f"rhythm.{rhythm}")]
    if rhythm is Rhythm.KEEP_GOING and scene.session.place and not _knows_one(scene.place):
        says.append(scene.wording.say("rhythm.new"))
    return guiding.tell(scene, *says)


def set_tone(scene: Scene, *, on: bool) -> Answered:
    """Begin and end each hold with a soft tone, or no longer."""
    return guiding.tell(prefer(scene, tone=on), scene.wording.say(f"tone.{'on' if on else 'off'}"))


def volume(scene: Scene) -> Answered:
    """Say that the speaker itself sets how loud it is."""
    return guiding.tell(scene, scene.wording.say("volume"))


def prefer(scene: Scene, **changes: Any) -> Scene:
    """Return the scene with preferences changed, for this conversation and all that follow."""
    preferences = msgspec.structs.replace(scene.session.preferences, **changes)
    return scene.with_session(preferences=preferences).with_record(preferences=preferences)


def hold(scene: Scene, step: int) -> Answered:
    """Hold this stretch longer (+1) or shorter (-1), inside its dose and the same on both sides.

    Once the first side is over, the second one stays equal to it, and later stretches change.
    """
    part = planner.part_at(scene.place, scene.wording)
    seconds, since = step * HOLD_SECONDS, _changeable(scene, part)
    later = range(part.number + 1, len(scene.place.plan))
    if since is not None:
        return _hold_this(scene, part, since, seconds)
    changed = scene.place
    for number in later:
        changed = _with_holds(scene, changed, number, 0, seconds)
    way = "longer" if step > 0 else "shorter"
    if changed == scene.place:
        return guiding.tell(scene, scene.wording.say("hold.same"))
    return guiding.tell(scene.with_session(place=changed), scene.wording.say(f"hold.{way}_later"))


def switch_sides(scene: Scene) -> Answered:
    """Begin with the other side, or with the one that is named; one that is over is done again."""
    part = planner.part_at(scene.place, scene.wording)
    now = _side(scene, part)
    if now is None:
        return guiding.tell(scene, scene.wording.say("guide.no_side", name=part.stretch.name))
    wanted = _asked_side(scene) or now.other
    if scene.state not in (State.GUIDING, State.PAUSED):
        if scene.place.mark.step is not Step.SET_UP:
            return prompts.back(
                scene, Outcome.NAVIGATE, [scene.wording.say("guide.this_side", **scene.wording.side(now))]
            )
        place = planner.replanned(scene.place, part.number, _first(part, wanted), scene.wording)
        return prompts.back(scene.with_session(place=place), Outcome.NAVIGATE, [_switched(scene, wanted)])
    if wanted is now and scene.place.mark.step is not Step.CHECK_IN:
        return guiding.tell(scene, scene.wording.say("guide.this_side", **scene.wording.side(now)))
    if now is not part.planned.first or wanted is now or scene.place.again:
        return _again(scene, part, wanted)
    if scene.place.mark.step is Step.CHECK_IN and part.sides == (now,):
        return guiding.next_block(scene)
    place = planner.replanned(scene.place, part.number, _first(part, wanted), scene.wording)
    return guiding.from_start(scene.with_session(place=place), [_switched(scene, wanted)])


def side_again(scene: Scene) -> Answered:
    """Do one side again: the named one, or the one that is running; the other is offered after it."""
    part = planner.part_at(running(scene).place, scene.wording)
    now = _side(scene, part)
    if now is None:
        return guiding.repeat(scene)
    wanted = _asked_side(scene) or now
    if wanted is not now and now is part.planned.first and part.sides != (wanted,):
        return switch_sides(scene)
    return _again(scene, part, wanted)


def swap(scene: Scene) -> Answered:
    """Put another stretch in the place of one that does not suit; where none fits, leave it out."""
    part = planner.part_at(scene.place, scene.wording)
    scene = scene.without([part.stretch.id])
    other = fitting.instead(scene.place, part.number, scene.known, scene.delivery)
    if other is None:
        if scene.state is State.READY and part.stretch.position is Position.FLOOR:
            return to_the_chair(scene)
        if scene.state is State.READY:
            return prompts.back(scene, Outcome.DECLINE, [scene.wording.say("swap.none")])
        says = [scene.wording.say("swap.skip")]
        return prompts.rest(_past(scene, part), Asked.CARRY_ON, Outcome.NAVIGATE, says)
    plan = scene.place.plan_with(part.number, other)
    index = planner.first_block(scene.place, part.number, scene.wording)
    scene = scene.with_session(place=Place(None, plan, block=index, through=index))
    name = scene.library.stretches[other.id].name
    says = [scene.wording.say("swap.instead", name=name)]
    if scene.state is State.READY:
        return guiding.ready(scene, says)
    return guiding.from_start(scene, says)


def _past(scene: Scene, part: Part) -> Scene:
    """Return the scene at the end of a stretch, so that nothing more of it is guided."""
    parts = planner.parts(scene.place, scene.wording)
    last = max(index for index, one in enumerate(parts) if one.number == part.number)
    mark = Mark(Step.CHECK_IN, parts[last].sides[-1])
    return guiding.at(scene, block=last, through=last, mark=mark, again=None, repetitions=0)


def to_the_chair(scene: Scene) -> Answered:
    """Go on in a chair, for as long as the rest on the floor would have taken."""
    left = planner.seconds_left(scene.place, scene.delivery)
    floor = planner.position(scene.place, scene.wording) is Position.FLOOR
    scene = prefer(scene.with_session(position=Position.CHAIR), position=Position.CHAIR)
    if planner.positions(scene.place, scene.library) == {Position.CHAIR}:
        return prompts.back(scene, Outcome.NAVIGATE, [scene.wording.say("swap.sitting")])
    lying = floor and scene.state in (State.GUIDING, State.PAUSED)
    slots = {"position": str(Position.CHAIR), "duration": f"PT{max(1, round(left))}S"}
    chosen = fitting.choose(slots, scene.known, scene.delivery)
    says = [scene.wording.say("swap.chair")] + ([scene.wording.say("safety.way_up")] if lying else [])
    if chosen is None:
        return prompts.rest(scene, Asked.CARRY_ON, Outcome.NAVIGATE, [scene.wording.say("swap.skip")])
    return guiding.ready(scene.with_session(place=chosen.place), says)


def _hold_this(scene: Scene, part: Part, since: int, seconds: float) -> Answered:
    """Change the holds of this stretch from a repetition on."""
    changed = _with_holds(scene, scene.place, part.number, since, seconds)
    now = changed.plan[part.number].holds[since]
    way = "longer" if seconds > 0 else "shorter"
    key = f"hold.{way}" if changed != scene.place else f"hold.{way}_no"
    return guiding.tell(scene.with_session(place=changed), scene.wording.say(key, seconds=f"{now:g}"))


def _with_holds(scene: Scene, place: Place, number: int, since: int, seconds: float) -> Place:
    """Return a place with the holds of one stretch changed from a repetition on."""
    planned = place.plan[number]
    stretch = scene.library.stretches[planned.id]
    changed = fitting.longer(planned, stretch, since, seconds)
    return place if changed == planned else planner.replanned(place, number, changed, scene.wording)


def _changeable(scene: Scene, part: Part) -> int | None:
    """Return the first repetition whose hold can still change on both sides; none where there is none."""
    mark, place = scene.place.mark, scene.place
    on_second = part.second or (mark.side is not None and mark.side is not part.planned.first)
    if scene.state in (State.IDLE, State.SCREENING, State.READY) or mark.step is Step.SET_UP:
        return None if on_second else 0
    since = mark.repetition + (mark.step is Step.RELEASE)
    over = mark.step is Step.CHECK_IN or since >= len(part.planned.holds)
    return None if on_second or over or place.again else since


def _again(scene: Scene, part: Part, wanted: Side) -> Answered:
    """Speak one side again; one that is not running waits until the other is over."""
    mark = scene.place.mark
    if mark.step is Step.CHECK_IN or scene.place.again:
        return guiding.once_more(scene, wanted)
    if wanted is _side(scene, part):
        begin = msgspec.structs.replace(mark, step=Step.MOVE, side=wanted, repetition=0, held=0.0)
        return guiding.repeat(guiding.at(scene, mark=begin))
    return guiding.tell(scene, scene.wording.say("guide.first_finish", **scene.wording.side(wanted)))


def _side(scene: Scene, part: Part) -> Side | None:
    """Return the side that is running or comes first."""
    return scene.place.mark.side or scene.place.again or part.sides[0]


def _asked_side(scene: Scene) -> Side | None:
    """Return the side that was named."""
    said = scene.turn.slots.get("side")
    return Side(said) if said in list(Side) else None


def _first(part: Part, side: Side) -> Planned:
    return msgspec.structs.replace(part.planned, first=side)


def _switched(scene: Scene, first: Side) -> Segment:
    return scene.wording.say("guide.switched", **scene.wording.side(first))


def _knows_one(place: Place) -> bool:
    """Whether a plan has a stretch that was finished before."""
    return any(planned.known for planned in place.plan)
