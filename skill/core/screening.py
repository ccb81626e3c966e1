"""The gate before any routine: six questions, where a yes always means: do not stretch."""

from __future__ import annotations

from collections.abc import Sequence

from skill.core import fitting, guiding, planner, prompts, stopping
from skill.core.library import Equipment, Level, Position
from skill.core.player import Event, State
from skill.core.scene import Answered, Scene, answer, disclaimed
from skill.core.session import CLEARANCE_IDLE_SECONDS, CLEARANCE_SECONDS, Asked, Place
from skill.core.stopping import OUTCOMES
from skill.core.turn import Milestone, Outcome, Segment

CLINICIANS = ("doctor", "physical_therapist")
"""Whose word clears: values of the slot type `Clinician`."""
QUESTIONS = 6
"""How many questions the screen has."""


def begin(scene: Scene, place: Place, says: Sequence[Segment] = ()) -> Answered:
    """Go toward a routine: straight to `ready` if a clearance still holds, else to the first question.

    Args:
        scene: the turn.
        place: the plan.
        says: what is told about the plan first.
    """
    if scene.record is None and scene.state in (State.GUIDING, State.PAUSED):
        scene = scene.with_session(asked=Asked.NOTHING)
        return prompts.back(scene, Outcome.DECLINE, [scene.wording.say("error.store")])
    if scene.record is None:
        return prompts.forgetful(scene)
    scene = scene.with_session(place=place)
    if scene.state is State.SCREENING and scene.session.question:
        changed = scene.wording.say("screen.changed", **_named(scene))
        return prompts.back(scene, Outcome.SCREEN, [*says, changed])
    if scene.session.cleared:
        return _to_ready(scene, says)
    return first(scene, says)


def stale(scene: Scene) -> bool:
    """Whether an open screen has waited too long: ten minutes idle, or thirty in all."""
    session = scene.session
    idle, whole = session.clock - session.used_at, session.clock - session.opened_at
    return scene.state is State.SCREENING and (idle > CLEARANCE_IDLE_SECONDS or whole > CLEARANCE_SECONDS)


def first(scene: Scene, says: Sequence[Segment] = ()) -> Answered:
    """Say what is coming, and ask the first question."""
    clock = scene.session.clock
    scene = scene.with_session(screened_at=None, level=Level.CAREFUL, opened_at=clock, used_at=clock)
    scene, disclaimer = disclaimed(scene)
    return _ask(scene, 1, [*disclaimer, *says, scene.wording.say("screen.opening", **_named(scene))])


def changed(scene: Scene) -> Answered:
    """Put another stretch into the plan, or take the chair where none is like it; the questions stay."""
    other = fitting.instead(scene.place, 0, scene.known, scene.delivery)
    if other is None or len(scene.place.plan) > 1:
        chosen = fitting.choose({"position": Position.CHAIR}, scene.known, scene.delivery)
        place = chosen.place if chosen else scene.place
    else:
        place = Place(None, (other,))
    scene = scene.with_session(place=place)
    return prompts.back(scene, Outcome.CLARIFY, [scene.wording.say("screen.changed", **_named(scene))])


def again(scene: Scene) -> Answered:
    """Screen before a step whose clearance is missing or over; inside the screen, go on with it."""
    if scene.state is State.SCREENING:
        return prompts.back(scene, Outcome.CLARIFY, [scene.wording.say("screen.required")])
    return first(scene)


def no(scene: Scene) -> Answered:
    """Take a clear no: the next question, or after the last one the stretch."""
    if scene.session.asked is Asked.WHO:
        return _not_cleared(scene)
    if scene.session.asked is Asked.SINCE:
        return _clear(scene)
    number = scene.session.question
    if number == QUESTIONS:
        return _clear(scene.reaching(Milestone.SCREENED))
    return _ask(scene, number + 1, [])


def yes(scene: Scene) -> Answered:
    """Take a yes, or what counts as one: no stretch in this session."""
    if scene.session.asked is Asked.WHO:
        return _not_cleared(scene)
    if scene.session.asked is Asked.SINCE:
        return stopping.leave(scene, Outcome.DEFER, [scene.wording.say("screen.since_yes")])
    question = scene.library.safety.questions[scene.session.question - 1]
    return stopping.leave(scene, OUTCOMES[question.severity], [scene.wording.tell(question.yes)])


def denied(scene: Scene) -> Answered:
    """Take "no fever": a no where it answers the open question, else unclear."""
    number = scene.session.question
    asked = scene.library.safety.questions[number - 1].about if number else scene.turn.denied
    if scene.turn.denied and not set(asked).intersection(scene.turn.denied):
        return unclear(scene)
    return no(scene)


def weak_no(scene: Scene) -> Answered:
    """Take a "not really": asked once for a clear word, the second time it is a yes."""
    if scene.session.unclear or scene.session.asked in (Asked.SINCE, Asked.WHO):
        return yes(scene)
    return _once_more(scene, "screen.clearly")


def unsure(scene: Scene) -> Answered:
    """Take an "I don't know": the items once singly, the second time it is a yes."""
    if scene.session.unclear or scene.session.asked in (Asked.SINCE, Asked.WHO):
        return yes(scene)
    scene = scene.after(Event.SCREEN, unclear=1)
    return answer(scene, Outcome.SCREEN, [prompts.question(scene, one_by_one=True)])


def skip(scene: Scene) -> Answered:
    """Take a "just start": the questions are required; the second time the stretch is left."""
    if scene.session.asked is Asked.WHO:
        return _not_cleared(scene)
    if scene.session.unclear:
        return _leave(scene, "screen.no_stretch")
    return _once_more(scene, "screen.required")


def unclear(scene: Scene) -> Answered:
    """Take anything else: asked once more, the second time there is no stretch."""
    if scene.session.asked is Asked.WHO:
        return _not_cleared(scene)
    if scene.session.unclear:
        return _leave(scene, "screen.no_stretch")
    return _once_more(scene, "screen.unclear")


def since(scene: Scene, place: Place) -> Answered:
    """Ask the one question that stands before going on where a routine was left minutes ago."""
    clock = scene.session.clock
    scene = scene.after(Event.SCREEN, place=place, question=0, unclear=0, opened_at=clock, used_at=clock)
    scene, says = disclaimed(scene)
    return prompts.ask(scene, Asked.SINCE, Outcome.SCREEN, says)


def _ask(scene: Scene, number: int, says: Sequence[Segment]) -> Answered:
    if scene.record is None:
        return prompts.forgetful(scene)
    scene = scene.after(Event.SCREEN, asked=Asked.NOTHING, question=number, unclear=0)
    if number == 1:
        scene = scene.reaching(Milestone.SCREENING)
    count = scene.wording.say(f"number.{number}")
    return answer(scene, Outcome.SCREEN, [*says, count, prompts.question(scene)])


def _once_more(scene: Scene, key: str) -> Answered:
    scene = scene.with_session(unclear=scene.session.unclear + 1)
    return prompts.back(scene, Outcome.CLARIFY, [scene.wording.say(key)])


def _leave(scene: Scene, key: str) -> Answered:
    """Leave the screen without a stretch; questions are answered still."""
    scene = scene.after(Event.ABANDON).unplanned().with_record(token=None)
    return prompts.ask(scene, Asked.MORE, Outcome.DECLINE, [scene.wording.say(key)])


def who(scene: Scene) -> Answered:
    """Take the answer to "who told you so": a doctor's or a therapist's word clears, nothing else does."""
    if scene.turn.slots.get("clinician") in CLINICIANS:
        return guiding.ready(scene.with_session(level=Level.CLEARED), first=True)
    return _not_cleared(scene)


def _not_cleared(scene: Scene) -> Answered:
    """Offer something else to someone whom nobody has cleared: no one, a friend, a bare yes."""
    chosen = fitting.choose({"equipment": Equipment.ROLLER}, scene.known, scene.delivery)
    scene = scene.with_session(place=chosen.place if chosen else None)
    return guiding.ready(scene, [scene.wording.say("screen.not_cleared", **_named(scene))])


def _clear(scene: Scene) -> Answered:
    """Pass the screen; what needs somebody's clearance asks for it first."""
    clock, since_ = scene.session.clock, scene.session.asked is Asked.SINCE
    screened = clock - scene.session.screen_age if since_ else clock
    return _to_ready(scene.with_session(screened_at=screened, used_at=clock))


def _to_ready(scene: Scene, says: Sequence[Segment] = ()) -> Answered:
    """Go to `ready`, by way of the open question where the plan needs somebody's clearance."""
    if scene.record is None:
        return prompts.forgetful(scene)
    needed = planner.needs_clearing(scene.place, scene.library)
    if not needed or scene.session.level is Level.CLEARED:
        return guiding.ready(scene, says, first=True)
    scene = scene.after(Event.SCREEN, question=0, unclear=0)
    return prompts.ask(scene, Asked.WHO, Outcome.SCREEN)


def _named(scene: Scene) -> dict[str, object]:
    """Return what the words before a screen name: the routine, its minutes, its position."""
    place, library, wording = scene.place, scene.library, scene.wording
    name, *others = (library.stretches[id_].name for id_ in place.stretches)
    for other in others:
        name = wording.phrase("plan.then", first=name, next=other)
    if place.routine:
        name = library.routines[place.routine].name
    positions = planner.positions(place, library)
    where = "both" if len(positions) > 1 else next(iter(positions))
    return {
        "name": name,
        "length": planner.spoken(planner.seconds(place, scene.delivery), wording),
        "position": wording.phrase(f"position.{where}"),
    }


def token_place(scene: Scene) -> Place | None:
    """Return the saved place if the token of minutes ago still stands for its screen."""
    record = scene.record
    if record is None or record.saved is None or record.token is None:
        return None
    return record.saved.place if record.token.device == scene.turn.device else None
