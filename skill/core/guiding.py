"""Everything that speaks a step of a routine, rests in one, or ends one.

`_speak` is the only function that puts a step into a reply, and it refuses without a clearance.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from skill.core import planner, prompts, stopping, timeline
from skill.core.errors import NotNowError
from skill.core.library import Level, Position, Side, Stretch
from skill.core.player import Event, State
from skill.core.scene import Answered, Scene, answer
from skill.core.session import ROUNDS, Asked, Dose, Finished, Record, SavedPlace, dose_key
from skill.core.timeline import START, Block, Mark, Pace, Step
from skill.core.turn import Outcome, Pause, Say, Segment

PACES = (Pace.SLOW, Pace.NORMAL, Pace.FAST)
"""From the longest silences to the shortest."""


class NotClearedError(NotNowError):
    """A step was asked for without a clear screen; the screen comes first."""


def ready(scene: Scene, says: Sequence[Segment] = ()) -> Answered:
    """Tell how to get into place, and wait for "ready"; no clock runs meanwhile."""
    scene = scene.after(Event.CLEAR, asked=Asked.NOTHING, question=0, unclear=0)
    where = planner.position(scene.place, scene.wording)
    lines = [*says, scene.wording.say(f"ready.{where}")]
    cautions = dict.fromkeys(stretch.caution for stretch in planner.ahead(scene.place, scene.wording))
    lines.extend(scene.wording.tell(caution) for caution in cautions if caution)
    if scene.record == Record():
        lines.append(scene.wording.say("ready.first_use"))
    return answer(scene, Outcome.OFFER, [*lines, prompts.ready_prompt(scene)])


def start(scene: Scene) -> Answered:
    """Speak the first step of the plan, or the one where it was left."""
    mark = scene.place.mark
    if mark.step in (Step.SET_UP, Step.CHECK_IN):
        return _go_to(scene, scene.place.block + (mark.step is Step.CHECK_IN), Outcome.GUIDE, Event.START)
    return _speak(scene, Event.START, Outcome.GUIDE)


def resume(scene: Scene) -> Answered:
    """Go on: the next block after a check-in, else the same side and the seconds that were left."""
    if scene.place.mark.step is Step.CHECK_IN:
        return next_block(scene)
    return _speak(scene, Event.GO, Outcome.GUIDE)


def next_block(scene: Scene) -> Answered:
    """Speak the next block from its start; after the last one the routine is finished."""
    return _go_to(scene, scene.place.block + 1, Outcome.GUIDE)


def skip(scene: Scene) -> Answered:
    """Speak the next stretch from its start."""
    blocks = planner.blocks(scene.place, scene.wording)
    here = scene.place.block
    further = [index for index in range(here, len(blocks)) if blocks[index][0] != blocks[here][0]]
    return _go_to(scene, further[0] if further else len(blocks), Outcome.NAVIGATE)


def previous(scene: Scene) -> Answered:
    """Speak the block before this one from its start; the first one again where there is none."""
    return _go_to(scene, max(0, scene.place.block - 1), Outcome.NAVIGATE)


def restart(scene: Scene) -> Answered:
    """Speak the plan from its beginning."""
    return _go_to(scene, 0, Outcome.NAVIGATE)


def repeat(scene: Scene) -> Answered:
    """Speak this step again: this repetition, or after its check-in the whole block."""
    mark = scene.place.mark
    if mark.step in (Step.SET_UP, Step.CHECK_IN):
        return _go_to(scene, scene.place.block, Outcome.GUIDE)
    return _speak(_at(scene, mark=Mark(Step.MOVE, mark.side, mark.repetition)), Event.GO, Outcome.GUIDE)


def pause(scene: Scene) -> Answered:
    """Rest, with the place kept and a question that a sign would answer."""
    return prompts.rest(scene, Asked.CARRY_ON, Outcome.NAVIGATE, [scene.wording.say("guide.pause")])


def set_pace(scene: Scene, step: int) -> Answered:
    """Make the silences around the holds one step longer (-1) or shorter (+1)."""
    now = PACES.index(scene.session.pace)
    pace = PACES[min(max(now + step, 0), len(PACES) - 1)]
    key = f"pace.{pace}" if pace is not PACES[now] else f"pace.still_{pace}"
    scene = scene.with_session(pace=pace).with_record(pace=pace)
    return tell(scene, scene.wording.say(key))


def tell(scene: Scene, said: Segment) -> Answered:
    """Say something about the routine, then go on with it where it is running."""
    if scene.state is State.GUIDING and scene.place.mark.step is not Step.CHECK_IN:
        return _speak(scene, Event.GO, Outcome.NAVIGATE, [said])
    return prompts.back(scene, Outcome.NAVIGATE, [said])


def _running(scene: Scene) -> Scene:
    """Return the scene if a stretch is running or resting.

    Raises:
        NotNowError: none is.
    """
    if scene.state not in (State.GUIDING, State.PAUSED):
        raise NotNowError(scene.state, "about the stretch")
    return scene


def time_left(scene: Scene) -> Answered:
    """Say the seconds that are left of this hold, or how long the rest of the block takes."""
    mark, stretch = _mark(_running(scene)), _stretch(scene)
    if mark.step in (Step.MOVE, Step.HOLD):
        seconds = round(stretch.hold.seconds - mark.held)
        if seconds < timeline.WORTH_SECONDS:
            return tell(scene, scene.wording.say("guide.almost_over"))
        return tell(
            scene, scene.wording.say(f"guide.seconds_left_{_sided(mark)}", seconds=seconds, **_side(mark))
        )
    rest = timeline.length(timeline.cues(_block(scene), scene.wording, mark))
    if mark.step is Step.CHECK_IN:
        return tell(scene, scene.wording.say("guide.none_left"))
    return tell(scene, scene.wording.say("guide.about_left", seconds=max(1, round(rest))))


def progress(scene: Scene) -> Answered:
    """Say which stretch of how many this is."""
    stretches = _running(scene).place.stretches
    number = stretches.index(_stretch(scene).id) + 1
    said = scene.wording.say("guide.progress", name=_stretch(scene).name, number=number, total=len(stretches))
    return tell(scene, said)


def which_side(scene: Scene) -> Answered:
    """Say which side this is."""
    mark = _mark(_running(scene))
    if not mark.side:
        return tell(scene, scene.wording.say("guide.no_side", name=_stretch(scene).name))
    return tell(scene, scene.wording.say("guide.which_side", name=_stretch(scene).name, **_side(mark)))


def whats_next(scene: Scene) -> Answered:
    """Say what comes after this block."""
    blocks = planner.blocks(_running(scene).place, scene.wording)
    index = scene.place.block + 1
    if index >= len(blocks):
        return tell(scene, scene.wording.say("guide.last"))
    stretch, sides = blocks[index]
    if stretch.id == _stretch(scene).id and sides[0]:
        return tell(scene, scene.wording.say("guide.next_side", name=stretch.name, side=str(sides[0])))
    return tell(scene, scene.wording.say("guide.next_stretch", name=stretch.name))


def explain(scene: Scene) -> Answered:
    """Say what the stretch is for, then go on."""
    return tell(scene, scene.wording.tell(_stretch(_running(scene)).purpose))


def swap(scene: Scene) -> Answered:
    """Offer the chair to someone who cannot do a stretch on the floor; else leave the stretch out."""
    if planner.position(scene.place, scene.wording) is Position.CHAIR:
        if scene.state is State.READY:
            return prompts.back(scene, Outcome.DECLINE, [scene.wording.say("swap.none")])
        return prompts.rest(scene, Asked.CARRY_ON, Outcome.NAVIGATE, [scene.wording.say("swap.skip")])
    plan = planner.choose({"position": Position.CHAIR}, Position.CHAIR, scene.wording)
    lying = scene.state in (State.GUIDING, State.PAUSED)
    says = [scene.wording.say("swap.chair")] + ([scene.wording.say("safety.way_up")] if lying else [])
    return ready(scene.with_session(place=plan, position=Position.CHAIR), says)


def finish(scene: Scene) -> Answered:
    """End the routine well, and remember that it was finished."""
    done = Finished(scene.place.routine or scene.place.stretches[-1], scene.now)
    says = [scene.wording.say("end.well_done")]
    if stopping.on_the_floor(scene):
        says.append(scene.wording.say("safety.way_up"))
    says.append(scene.wording.say("end.later"))
    record = scene.record
    if record is not None:
        scene = scene.with_record(saved=None, token=None, finished=(*record.finished, done))
    scene = scene.after(Event.FINISH, place=None)
    return answer(scene, Outcome.END, says)


def at_the_clock(scene: Scene) -> Scene:
    """Return the scene with its place where the clock says the listener is, and doses counted."""
    if scene.state is not State.GUIDING:
        return scene
    block = _block(scene)
    spoken = timeline.cues(block, scene.wording, scene.place.mark)
    elapsed = scene.session.clock - scene.session.spoken_at
    doses = dict(scene.session.doses)
    for cue in spoken:
        fresh = cue.mark.step is Step.HOLD and cue.mark.held == 0
        first = fresh and isinstance(cue.segment, Pause)
        if first and cue.start < elapsed:
            dose = scene.session.dose(block.stretch.id, cue.mark.side)
            counted = doses.get(dose_key(block.stretch.id, cue.mark.side), dose)
            doses[dose_key(block.stretch.id, cue.mark.side)] = Dose(counted.spoken, counted.held + 1)
    # What was counted up to now is not counted again: the timeline goes on from the new mark.
    scene = scene.with_session(doses=doses, spoken_at=scene.session.clock)
    return _at(scene, mark=timeline.locate(spoken, elapsed))


def _go_to(scene: Scene, index: int, outcome: Outcome, event: Event = Event.GO) -> Answered:
    """Speak a block from its start, or finish after the last; never past three rounds a side."""
    blocks = planner.blocks(scene.place, scene.wording)
    if index >= len(blocks):
        return finish(scene)
    stretch, sides = blocks[index]
    left = min(_left(scene, stretch.id, side) for side in sides)
    spoken = max(scene.session.dose(stretch.id, side).spoken for side in sides)
    if left <= 0 or spoken >= ROUNDS:
        ahead = index > scene.place.block
        return _enough(_at(scene, block=index, mark=Mark(Step.CHECK_IN, sides[-1])) if ahead else scene)
    count = min(stretch.repetitions.count, left)
    there = _at(scene, block=index, mark=START, repetitions=count)
    if stretch.position is not planner.position(scene.place, scene.wording):
        return _change_position(there)
    return _speak(there, event, outcome)


def _change_position(scene: Scene) -> Answered:
    """Tell the way from the floor to a chair, or down; no clock runs until "ready"."""
    down = planner.position(scene.place, scene.wording) is Position.FLOOR
    return ready(scene, [] if down else [scene.wording.say("safety.way_up")])


def _left(scene: Scene, id_: str, side: Side | None) -> int:
    """Return how many holds of a stretch the dose still allows on one side."""
    return ROUNDS - scene.session.dose(id_, side).held


def _within_dose(scene: Scene) -> Scene | None:
    """Return the scene with as many repetitions as the dose allows from its place on; none if none."""
    place, block = scene.place, _block(scene)
    mark = place.mark
    # A hold that is over, or that goes on, has been counted: only those that follow need room.
    over = mark.step is Step.RELEASE or (mark.step is Step.HOLD and mark.held >= 1)
    begun = mark.repetition + over if mark.side else 0
    here = block.sides.index(mark.side) if mark.side in block.sides else 0
    room = [_left(scene, block.stretch.id, side) for side in block.sides[here:]]
    count = min(block.repetitions, begun + room[0], *room[1:])
    return _at(scene, repetitions=count) if count >= max(1, begun) and (over or count > begun) else None


def _enough(scene: Scene) -> Answered:
    """Say that three rounds are enough; in a routine, "next" goes on."""
    if scene.state is State.READY:
        scene = scene.after(Event.ABANDON, place=None)
        return prompts.ask(scene, Asked.MORE, Outcome.DECLINE, [scene.wording.say("guide.enough")])
    return prompts.rest(scene, Asked.CARRY_ON, Outcome.DECLINE, [scene.wording.say("guide.enough")])


def _speak(scene: Scene, event: Event, outcome: Outcome, says: Sequence[Segment] = ()) -> Answered:
    """Speak the plan from its place on to the next check-in.

    Raises:
        NotClearedError: the screen does not hold, or no longer.
        NotNowError: the state does not allow it.
    """
    place, wording = scene.place, scene.wording
    fitted = _within_dose(scene)
    if fitted is None:
        return _enough(scene)
    scene = fitted
    stretch, sides = planner.blocks(place, wording)[place.block]
    allowed = stretch.level is not Level.CLEARED or scene.session.level is Level.CLEARED
    if not (scene.session.cleared and allowed):
        raise NotClearedError(scene.state, event)
    timeline_ = timeline.cues(_block(scene), wording, scene.place.mark, last=_is_last(scene))
    lead = sum(timeline.speech_seconds(said.text) for said in says if isinstance(said, Say))
    doses = dict(scene.session.doses)
    if scene.place.mark == START:
        for side in sides:
            dose = scene.session.dose(stretch.id, side)
            doses[dose_key(stretch.id, side)] = Dose(dose.spoken + 1, dose.held)
    scene = scene.after(
        event, asked=Asked.CHECK_IN, unclear=0, doses=doses, spoken_at=scene.session.clock + lead
    )
    return answer(kept(scene), outcome, [*says, *(cue.segment for cue in timeline_)])


def kept(scene: Scene) -> Scene:
    """Return the scene with the place saved in the record, for another day."""
    session = scene.session
    saved = SavedPlace(scene.place, session.doses, session.content, scene.now)
    return scene.with_record(saved=saved)


def _at(scene: Scene, **changes: object) -> Scene:
    return scene.with_session(place=msgspec.structs.replace(scene.place, **changes))


def _block(scene: Scene) -> Block:
    stretch, sides = planner.blocks(scene.place, scene.wording)[scene.place.block]
    return Block(stretch, sides, scene.place.repetitions or stretch.repetitions.count, scene.session.pace)


def _is_last(scene: Scene) -> bool:
    return scene.place.block == len(planner.blocks(scene.place, scene.wording)) - 1


def _stretch(scene: Scene) -> Stretch:
    return planner.stretch_at(scene.place, scene.wording)


def _mark(scene: Scene) -> Mark:
    """Return where the listener is, the side filled in also during the set-up."""
    mark = scene.place.mark
    return mark if mark.side else msgspec.structs.replace(mark, side=_block(scene).sides[0])


def _sided(mark: Mark) -> str:
    return "side" if mark.side else "middle"


def _side(mark: Mark) -> dict[str, str]:
    return {"side": str(mark.side), "other_side": str(mark.side.other)} if mark.side else {}
