"""Everything that speaks a step of a routine, rests in one, or ends one.

`_speak` is the only function that puts a step into a reply, and it refuses without a clearance.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

import msgspec

from skill.core import dosing, planner, prompts, stopping, timeline
from skill.core.block import START, Block, Mark, Step
from skill.core.cues import is_over, set_up, silence
from skill.core.errors import NotNowError
from skill.core.library import Level, Position, Side
from skill.core.player import Event, State
from skill.core.scene import Answered, Scene, answer
from skill.core.session import CLEARANCE_IDLE_SECONDS, CLEARANCE_SECONDS, Asked, SavedPlace, Token
from skill.core.turn import Milestone, Outcome, Pause, Segment

REST_SECONDS = 60.0
"""A pause carries so much silence before its prompt: Alexa waits only 16 s for an answer (A3)."""


class NotClearedError(NotNowError):
    """A step was asked for without a clear screen; the screen comes first."""


def ready(scene: Scene, says: Sequence[Segment] = (), *, first: bool = False) -> Answered:
    """Tell how to get into place, and wait for "ready"; no clock runs meanwhile.

    Args:
        scene: the turn, its plan cleared.
        says: what is told before.
        first: whether the screen was just passed.
    """
    scene = scene.after(Event.CLEAR, asked=Asked.NOTHING, question=0, unclear=0)
    where = planner.position(scene.place, scene.wording)
    lines = [
        *says,
        *([scene.wording.say("ready.thanks")] if first else []),
        scene.wording.say(f"ready.{where}"),
    ]
    cautions = dict.fromkeys(stretch.caution for stretch in planner.ahead(scene.place, scene.wording))
    lines.extend(scene.wording.tell(caution) for caution in cautions if caution)
    if scene.record is not None and not scene.record.heard and scene.record.saved is None:
        lines.append(scene.wording.say("ready.first_use"))
    return answer(scene, Outcome.OFFER, [*lines, prompts.ready_prompt(scene)])


def start(scene: Scene) -> Answered:
    """Speak the first step of the plan, or the one where it was left; none while the store is down."""
    if scene.record is None:
        return prompts.forgetful(scene)
    place = scene.place
    if place.mark.step is Step.CHECK_IN:
        return _go_to(scene, place.block + _is_over(scene), Outcome.GUIDE, Event.START)
    if place.mark.step is Step.SET_UP:
        return _go_to(scene, place.block, Outcome.GUIDE, Event.START)
    block, mark = _block(scene), place.mark
    over, held = is_over(block, mark), scene.session.dose(block.stretch.id, mark.side).held
    if over and held:
        return _speak(scene, Event.START, Outcome.GUIDE)
    # Whoever was away gets into place first; of another day, a hold that was over is held again.
    mark = Mark(Step.MOVE, mark.side, mark.repetition) if over else mark
    return _speak(at(scene, mark=mark), Event.START, Outcome.GUIDE, set_up(block, scene.wording))


def _is_over(scene: Scene) -> bool:
    """Whether the block of a place is done: of another day, the plan's last one is done once more."""
    place, part = scene.place, planner.part_at(scene.place, scene.wording)
    is_last = place.block == len(planner.parts(place, scene.wording)) - 1
    return not is_last or any(scene.session.dose(part.stretch.id, side).held for side in part.sides)


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
    parts = planner.parts(scene.place, scene.wording)
    here = scene.place.block
    further = [index for index in range(here, len(parts)) if parts[index].number != parts[here].number]
    return _go_to(scene, further[0], Outcome.NAVIGATE) if further else _leave_out(scene)


def previous(scene: Scene) -> Answered:
    """Speak the block before this one from its start; the first one again where there is none."""
    return _go_to(scene, max(0, scene.place.block - 1), Outcome.NAVIGATE)


def restart(scene: Scene) -> Answered:
    """Speak the plan from its beginning."""
    return _go_to(scene, 0, Outcome.NAVIGATE)


def repeat(scene: Scene) -> Answered:
    """Speak this step again: this repetition, or after its check-in the whole block."""
    mark, again = scene.place.mark, scene.place.again
    if mark.step in (Step.SET_UP, Step.CHECK_IN):
        return once_more(scene, again) if again else _go_to(scene, scene.place.block, Outcome.GUIDE)
    return _speak(at(scene, mark=Mark(Step.MOVE, mark.side, mark.repetition)), Event.GO, Outcome.GUIDE)


def repeat_last(scene: Scene) -> Answered:
    """Speak only the last bit again: the cue where the listener is, with the seconds that are left."""
    if running(scene).place.mark.step is Step.SET_UP:
        return repeat(scene)
    return _speak(scene, Event.GO, Outcome.GUIDE)


def from_start(scene: Scene, says: Sequence[Segment] = ()) -> Answered:
    """Speak the stretch of the place from its beginning."""
    number = planner.part_at(scene.place, scene.wording).number
    return _go_to(scene, planner.first_block(scene.place, number, scene.wording), Outcome.NAVIGATE, says=says)


def once_more(scene: Scene, side: Side) -> Answered:
    """Speak one side of this stretch again, as often as its dose allows."""
    id_ = planner.stretch_at(scene.place, scene.wording).id
    left = dosing.left(scene.session, id_, side)
    if left <= 0:
        return _enough(scene)
    count = min(left, len(planner.part_at(scene.place, scene.wording).planned.holds))
    there = at(scene, mark=START, again=side, repetitions=count)
    return _speak(there, Event.GO, Outcome.GUIDE, begins=True)


def pause(scene: Scene, seconds: float = REST_SECONDS) -> Answered:
    """Rest for up to a minute of silence, with the place kept and a question that a sign would answer."""
    says: list[Segment] = [scene.wording.say("guide.pause"), *resting(seconds)]
    return prompts.rest(scene, Asked.CARRY_ON, Outcome.NAVIGATE, says)


def resting(seconds: float = REST_SECONDS) -> list[Pause]:
    """Return the silence of a pause, a minute at most."""
    return list(silence(min(seconds, REST_SECONDS), "rest"))


def tell(scene: Scene, *says: Segment) -> Answered:
    """Say something about the routine, then go on with it where it is running."""
    if scene.state is State.GUIDING and scene.place.mark.step is not Step.CHECK_IN:
        return _speak(scene, Event.GO, Outcome.NAVIGATE, says)
    return prompts.back(scene, Outcome.NAVIGATE, says)


def running(scene: Scene) -> Scene:
    """Return the scene if a stretch is running or resting.

    Raises:
        NotNowError: none is.
    """
    if scene.state not in (State.GUIDING, State.PAUSED):
        raise NotNowError(scene.state, "about the stretch")
    return scene


def finish(scene: Scene, before: Sequence[Segment] = ()) -> Answered:
    """End the routine well, and remember that it was finished, and which stretches were done in it."""
    says = [*before, scene.wording.say("end.well_done")]
    if stopping.on_the_floor(scene):
        says.append(scene.wording.say("safety.way_up"))
    says.append(scene.wording.say("end.later"))
    if scene.record is not None:
        record = scene.record.finishing(scene.place, _done(scene), scene.now)
        scene = msgspec.structs.replace(scene, record=record)
    scene = scene.reaching(Milestone.FINISHED).after(Event.FINISH, place=None)
    return answer(scene, Outcome.END, says)


def _leave_out(scene: Scene) -> Answered:
    """End a routine whose last stretch is skipped; where nothing was held, nothing was finished."""
    running_ = scene.state in (State.GUIDING, State.PAUSED)
    in_stretch = running_ and scene.place.mark.step is not Step.CHECK_IN
    says = [stopping.way_out(scene)] if in_stretch else []
    if any(dose.held for dose in scene.session.doses.values()):
        return finish(scene, says)
    if running_ and stopping.on_the_floor(scene):
        says.append(scene.wording.say("safety.way_up"))
    scene = scene.after(Event.FINISH, place=None).with_record(saved=None, token=None)
    return answer(scene, Outcome.END, [scene.wording.say("end.left_out"), *says])


def _done(scene: Scene) -> list[str]:
    """Return the stretches of the plan that were held on every side as often as planned."""
    return [
        planned.id
        for planned in scene.place.plan
        if all(
            scene.session.dose(planned.id, side).held >= len(planned.holds)
            for side in timeline.sides_of(scene.library.stretches[planned.id])
        )
    ]


def at_the_clock(scene: Scene) -> Scene:
    """Return the scene with its place where the clock says the listener is, and doses counted."""
    if scene.state is not State.GUIDING:
        return scene
    blocks = _blocks(scene)
    cues = timeline.cues(blocks, scene.wording, scene.place.mark)
    elapsed = scene.session.clock - scene.session.spoken_at
    doses = dosing.counted(scene.session.doses, blocks, cues, elapsed)
    index, mark = timeline.locate(cues, elapsed)
    # What was counted up to now is not counted again: the timeline goes on from the new mark.
    scene = scene.with_session(doses=doses, spoken_at=scene.session.clock)
    if not index:
        return at(scene, mark=mark)
    return at(scene, block=scene.place.block + index, mark=mark, repetitions=len(blocks[index].holds))


def _go_to(
    scene: Scene,
    index: int,
    outcome: Outcome,
    event: Event = Event.GO,
    says: Sequence[Segment] = (),
) -> Answered:
    """Speak a block from its start, or finish after the last; never past three rounds a side."""
    parts = planner.parts(scene.place, scene.wording)
    if index >= len(parts):
        return finish(scene)
    part = parts[index]
    left = dosing.room(scene.session, part)
    if left <= 0:
        ahead = index > scene.place.block
        passed = at(scene, block=index, through=index, mark=Mark(Step.CHECK_IN, part.sides[-1]), again=None)
        return _enough(passed if ahead else scene)
    count = min(len(part.planned.holds), left)
    there = at(scene, block=index, through=index, mark=START, repetitions=count, again=None)
    if part.stretch.position is not planner.position(scene.place, scene.wording):
        return _change_position(there)
    return _speak(there, event, outcome, says, begins=True)


def _change_position(scene: Scene) -> Answered:
    """Tell the way from the floor to a chair, or down; no clock runs until "ready"."""
    down = planner.position(scene.place, scene.wording) is Position.FLOOR
    return ready(scene, [] if down else [scene.wording.say("safety.way_up")])


def _enough(scene: Scene) -> Answered:
    """Say that three rounds are enough; in a routine, "next" goes on."""
    if scene.state is State.READY:
        scene = scene.after(Event.ABANDON, place=None)
        return prompts.ask(scene, Asked.MORE, Outcome.DECLINE, [scene.wording.say("guide.enough")])
    says = [scene.wording.say("guide.enough"), scene.wording.say("guide.say_next")]
    return prompts.rest(scene, Asked.CARRY_ON, Outcome.DECLINE, says)


def _speak(
    scene: Scene, event: Event, outcome: Outcome, says: Sequence[Segment] = (), *, begins: bool = False
) -> Answered:
    """Speak the plan from its place on to the next check-in.

    Args:
        scene: the turn, its place where to begin.
        event: what happens to the state.
        outcome: what the reply is.
        says: what is told before.
        begins: whether a round begins, which counts; one that goes on does not.

    Raises:
        NotClearedError: the screen does not hold, or no longer.
        NotNowError: the state does not allow it.
    """
    if scene.place.mark.step is not Step.CHECK_IN:
        block = _block(scene)
        count = dosing.repetitions(scene.session, block, scene.place.mark)
        if not count:
            return _enough(at(scene, mark=Mark(Step.CHECK_IN, block.sides[-1])))
        scene = at(scene, repetitions=count)
    lead = sum(timeline.segment_seconds(said) for said in says)
    scene = _as_far_as_it_goes(scene, lead)
    blocks = _blocks(scene)
    allowed = blocks[0].stretch.level is not Level.CLEARED or scene.session.level is Level.CLEARED
    if not (scene.session.cleared and allowed):
        raise NotClearedError(scene.state, event)
    cues = timeline.cues(blocks, scene.wording, scene.place.mark, _question(scene))
    doses = dosing.begun(scene.session.doses, blocks[0]) if begins else scene.session.doses
    spoken_at = scene.session.clock + lead
    scene = scene.after(event, asked=Asked.CHECK_IN, unclear=0, doses=doses, spoken_at=spoken_at)
    if event is Event.START and scene.place.block == 0 and scene.place.mark == START:
        scene = scene.reaching(Milestone.STARTED)
    return answer(kept(scene), outcome, [*says, *(cue.segment for cue in cues)])


def _as_far_as_it_goes(scene: Scene, lead: float) -> Scene:
    """Return the scene with the last block of the reply that begins at its place, after so many seconds."""
    place = scene.place
    if place.again:
        return at(scene, through=place.block)
    first = lead + timeline.length(timeline.cues((_block(scene),), scene.wording, place.mark))
    last = planner.through(
        place.block,
        place,
        scene.delivery,
        first=first,
        has_room=lambda part: dosing.room(scene.session, part) >= len(part.planned.holds),
    )
    return at(scene, through=last)


def _question(scene: Scene) -> str:
    """Return the key of the check-in that ends the reply at a place."""
    place = scene.place
    id_ = planner.stretch_at(place, scene.wording).id
    if place.again and dosing.left(scene.session, id_, place.again.other) > 0:
        return "cue.check_in_again"
    is_last = place.through == len(planner.parts(place, scene.wording)) - 1
    return "cue.check_in_last" if is_last else "cue.check_in"


def kept(scene: Scene) -> Scene:
    """Return the scene with the place saved in the record, for another day."""
    session = scene.session
    saved = SavedPlace(scene.place, session.doses, session.content, scene.now)
    return scene.with_record(saved=saved, token=_token(scene))


def _token(scene: Scene) -> Token | None:
    """Return the clearance that outlives this session for minutes, with the age of its screen."""
    session = scene.session
    if not session.cleared or session.screened_at is None:
        return None
    age = session.clock - session.screened_at
    left = min(CLEARANCE_IDLE_SECONDS, CLEARANCE_SECONDS - age)
    return Token(scene.now + timedelta(seconds=left), scene.turn.device, scene.now - timedelta(seconds=age))


def at(scene: Scene, **changes: object) -> Scene:
    """Return the scene at another place of its plan."""
    return scene.with_session(place=msgspec.structs.replace(scene.place, **changes))


def _block(scene: Scene) -> Block:
    """Return the block of the place, as it is spoken."""
    return planner.block_at(scene.place, scene.wording, scene.session.preferences)


def _blocks(scene: Scene) -> tuple[Block, ...]:
    """Return the blocks of the reply that runs from the place on."""
    place = scene.place
    rest = planner.parts(place, scene.wording)[place.block + 1 : place.through + 1]
    return (_block(scene), *(part.block(scene.session.preferences) for part in rest))
