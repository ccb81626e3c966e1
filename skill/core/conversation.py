"""The one front door of the core: `respond`.

Safety runs before routing, here and nowhere else, so that a new intent cannot forget it: flags
first, then the question that a yes or a no belongs to, then the table of routes.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial

import msgspec

from skill.core import answering, guiding, planner, prompts, safety, screening, stopping
from skill.core.errors import NotNowError
from skill.core.guiding import NotClearedError
from skill.core.library import Flag, Library
from skill.core.player import State
from skill.core.scene import Answered, Scene, answer, ended
from skill.core.session import (
    CLEARANCE_IDLE_SECONDS,
    CLEARANCE_SECONDS,
    Asked,
    Record,
    Session,
    Token,
    restored,
)
from skill.core.timeline import Step
from skill.core.turn import Outcome, Reply, Segment, Turn
from skill.core.wording import Wording

Route = Callable[[Scene], Answered]
"""Answers one kind of turn."""

HEALTH_ROUTES = ("ask", "define", "request")
"""Routes whose first reply in a session says that this is general information (H2)."""


def respond(turn: Turn, session: Session, record: Record | None, library: Library, now: datetime) -> Answered:
    """Answer one turn.

    Args:
        turn: what the listener said, understood.
        session: the conversation so far.
        record: what lasts about the listener; none while the store is down.
        library: all content.
        now: the time of the turn, aware of its zone.
    """
    session = restored(session.at(now), library)
    if session.cleared:
        session = msgspec.structs.replace(session, used_at=session.clock)
    if record is not None:
        record = record.at(now, library)
    scene = Scene(turn, session, record, Wording(library, turn.locale, turn.door), now)
    scene = guiding.at_the_clock(scene)
    if turn.route == "session_ended":
        return _close(scene)
    flag = safety.gravest(turn.flags, library)
    if flag:
        return safety.meet(scene, flag, partial(_routed, name="request"))
    return _routed(scene, turn.route)


def _routed(scene: Scene, name: str) -> Answered:
    """Answer by the table of routes; what does not apply now is said, and changes nothing."""
    try:
        return _disclaimed(ROUTES[name](scene), scene, name)
    except NotClearedError:
        return _disclaimed(screening.again(scene), scene, "request")
    except NotNowError as error:
        outcome = Outcome.DEFER if scene.state is State.LOCKED else Outcome.CLARIFY
        return prompts.back(scene, outcome, [scene.wording.say(error.phrase)])


def _disclaimed(answered: Answered, scene: Scene, name: str) -> Answered:
    """Put the disclaimer before the first health answer or routine of a session."""
    if scene.session.disclaimed or name not in HEALTH_ROUTES:
        return answered
    said = scene.wording.say("disclaimer")
    reply = msgspec.structs.replace(answered.reply, segments=(said, *answered.reply.segments))
    return msgspec.structs.replace(
        answered, reply=reply, session=msgspec.structs.replace(answered.session, disclaimed=True)
    )


def _close(scene: Scene) -> Answered:
    """Take the end of a session, to which nothing can be said.

    A clearance closed by silence or a pause stays valid for minutes, as a token without an answer.
    """
    session = scene.session
    if session.place and session.cleared and session.state in (State.READY, State.GUIDING, State.PAUSED):
        left = min(CLEARANCE_IDLE_SECONDS, CLEARANCE_SECONDS - (session.clock - (session.screened_at or 0.0)))
        scene = guiding.kept(scene).with_record(
            token=Token(scene.now + timedelta(seconds=left), scene.turn.device)
        )
    reply = Reply(outcome=Outcome.END, action=scene.turn.action, end=True)
    return Answered(reply, ended(session), scene.record)


def _request(scene: Scene) -> Answered:
    if scene.state is State.LOCKED:
        raise NotNowError(scene.state, "request")
    plan = planner.choose(scene.turn.slots, scene.session.position, scene.wording)
    if plan is None:
        return prompts.back(scene, Outcome.DECLINE, [scene.wording.say("request.none")])
    return screening.begin(scene, plan)


def _saved(scene: Scene) -> Answered:
    """Go on with the routine that was left: after one question within minutes, later after a screen."""
    place = screening.token_place(scene)
    record = scene.record
    if record is None or record.saved is None:
        raise NotNowError(scene.state, "resume")
    scene = scene.with_session(doses=scene.session.doses | record.saved.doses)
    if place is not None:
        return screening.since(scene.with_record(token=None), place)
    return screening.begin(scene, record.saved.place)


def _yes(scene: Scene) -> Answered:
    """A bare yes: it belongs to the open question, and never advances a routine."""
    match scene.state, scene.session.asked:
        case State.SCREENING, _:
            return screening.yes(scene)
        case State.READY, _:
            return guiding.start(scene)
        case (State.PAUSED, Asked.CARRY_ON) if scene.place.mark.step is not Step.CHECK_IN:
            return guiding.resume(scene)
        case State.PAUSED, (Asked.HURTS | Asked.TIGHT):
            return stopping.stop_for(scene, _flag(scene, "s01_pain"))
        case State.PAUSED, Asked.STUCK:
            return stopping.stop_for(scene, _flag(scene, "s09_stuck"))
        case ((State.GUIDING | State.PAUSED), _):
            return prompts.rest(scene, Asked.HURTS, Outcome.CLARIFY, [scene.wording.say("guide.rest")])
        case State.LOCKED, Asked.GET_UP:
            return stopping.getting_up(scene, able=True)
        case State.IDLE, Asked.SAVED:
            return _saved(scene)
        case State.IDLE, Asked.OFFER:
            return _routed(scene, "request")
        case _:
            return (
                prompts.ask(scene, Asked.OFFER, Outcome.OFFER)
                if scene.state is State.IDLE
                else (prompts.back(scene, Outcome.CLARIFY, []))
            )


def _no(scene: Scene) -> Answered:
    """A bare no: the next question, or on after a check-in, or goodbye."""
    match scene.state, scene.session.asked:
        case State.SCREENING, _:
            return screening.no(scene)
        case State.READY, _:
            return prompts.back(scene, Outcome.OFFER, [scene.wording.say("ready.wait")])
        case (State.GUIDING, _) | (State.PAUSED, Asked.HURTS):
            return (
                guiding.next_block(scene)
                if scene.place.mark.step is Step.CHECK_IN or (scene.state is State.GUIDING)
                else prompts.rest(scene, Asked.CARRY_ON, Outcome.CLARIFY)
            )
        case State.PAUSED, Asked.TIGHT:
            return _tight(scene)
        case State.PAUSED, _:
            return prompts.rest(scene, Asked.CARRY_ON, Outcome.CLARIFY, [scene.wording.say("guide.rest")])
        case State.LOCKED, Asked.GET_UP:
            return stopping.getting_up(scene, able=False)
        case State.IDLE, Asked.SAVED:
            scene = scene.with_record(saved=None, token=None)
            return prompts.ask(scene, Asked.OFFER, Outcome.OFFER)
        case _:
            return answering.goodbye(scene)


def _no_symptom(scene: Scene) -> Answered:
    """Answer "No numbness": a no where signs are asked for; elsewhere it answers nothing."""
    return answering.unmatched(scene) if scene.state is State.IDLE else _no(scene)


def _hedge(scene: Scene) -> Answered:
    """Answer "A little", "maybe": counts as a yes wherever a sign was asked for."""
    match scene.state, scene.session.asked:
        case State.SCREENING, _:
            return screening.yes(scene)
        case ((State.GUIDING | State.PAUSED), _):
            return stopping.stop_for(scene, _flag(scene, "s01_pain"))
        case _:
            return answering.unmatched(scene)


def _weak_no(scene: Scene) -> Answered:
    """Answer "Not really", "not any more": asked once for a clear word."""
    match scene.state, scene.session.asked:
        case State.SCREENING, _:
            return screening.weak_no(scene)
        case State.PAUSED, (Asked.HURTS | Asked.TIGHT | Asked.STUCK):
            return stopping.stop_for(scene, _flag(scene, "s01_pain"))
        case ((State.GUIDING | State.PAUSED), _):
            return prompts.rest(scene, Asked.HURTS, Outcome.CLARIFY, [scene.wording.say("guide.rest")])
        case _:
            return answering.unmatched(scene)


def _unsure(scene: Scene) -> Answered:
    """Answer "I don't know": the screen asks singly; elsewhere it is a weak no."""
    return screening.unsure(scene) if scene.state is State.SCREENING else _weak_no(scene)


def _skip_screen(scene: Scene) -> Answered:
    """Answer "Just start": the questions are required; where none is open it is a request, or "ready"."""
    match scene.state:
        case State.SCREENING:
            return screening.skip(scene)
        case State.IDLE:
            return _routed(scene, "request")
        case _:
            return _ready(scene)


def _ready(scene: Scene) -> Answered:
    """Answer "Ready": the first step, or on in a routine."""
    match scene.state:
        case State.READY:
            return guiding.start(scene)
        case State.PAUSED | State.GUIDING:
            return _resume(scene)
        case _:
            return (
                answering.unmatched(scene)
                if scene.state is not State.SCREENING
                else (screening.unclear(scene))
            )


def _resume(scene: Scene) -> Answered:
    """Answer "Carry on": the same side and second; with nothing running, the routine that was left."""
    match scene.state, scene.session.asked:
        case State.READY, _:
            return guiding.start(scene)
        case State.IDLE, _:
            return _saved(scene)
        case State.PAUSED, (Asked.HURTS | Asked.TIGHT):
            return prompts.rest(
                scene, scene.session.asked, Outcome.CLARIFY, [scene.wording.say("guide.first")]
            )
        case _:
            return _stepping(guiding.resume)(scene)


def _next(scene: Scene) -> Answered:
    if scene.state is State.READY:
        return guiding.start(scene)
    return _stepping(guiding.next_block)(scene)


def _pause(scene: Scene) -> Answered:
    """Answer "Wait": a routine rests; elsewhere there is time anyway."""
    if scene.state in (State.GUIDING, State.PAUSED):
        return guiding.pause(scene)
    return prompts.back(scene, Outcome.NAVIGATE, [scene.wording.say("guide.no_hurry")])


def _repeat(scene: Scene) -> Answered:
    """Answer "Say that again": a step in a routine, else what was asked."""
    if scene.state in (State.GUIDING, State.PAUSED):
        return guiding.repeat(scene)
    if scene.state is State.IDLE and scene.session.topic:
        return answering.question(scene_of_topic(scene))
    return prompts.back(scene, Outcome.CLARIFY, [])


def scene_of_topic(scene: Scene) -> Scene:
    """Return the scene as if its turn asked for the last answer again."""
    turn = msgspec.structs.replace(scene.turn, topic=scene.session.topic)
    return msgspec.structs.replace(scene, turn=turn)


def _swap(scene: Scene) -> Answered:
    """Answer "I can't do this one": another position, or the stretch is left out."""
    if scene.state in (State.IDLE, State.SCREENING):
        flag = _flag(scene, "m02_no_floor")
        return safety.meet(scene, flag, partial(_routed, name="request"))
    return guiding.swap(scene)


def _stepping(speak: Route) -> Route:
    """Return a route into a routine that first refuses where the listener was asked about pain."""

    def route(scene: Scene) -> Answered:
        if scene.state is State.SCREENING:
            raise NotClearedError(scene.state, "step")
        return speak(scene)

    return route


def _silence(scene: Scene) -> Answered:
    """Nobody answered: once more, then the end; a routine never advances."""
    match scene.state, scene.session.asked:
        case State.SCREENING, Asked.SINCE:
            return screening.yes(scene)
        case State.SCREENING, _:
            return screening.unclear(scene)
        case State.LOCKED, Asked.GET_UP:
            return stopping.getting_up(scene, able=False)
        case State.PAUSED, (Asked.HURTS | Asked.TIGHT):
            return stopping.stop_for(scene, _flag(scene, "s01_pain"))
        case State.GUIDING, _:
            scene = scene.with_session(unclear=1)
            return prompts.rest(
                scene, Asked.CARRY_ON, Outcome.CLARIFY, [scene.wording.say("silence.routine")]
            )
        case State.READY, _ if not scene.session.unclear:
            scene = scene.with_session(unclear=1)
            return prompts.back(scene, Outcome.CLARIFY, [scene.wording.say("ready.wait")])
        case _:
            closed = _close(scene)
            spoken = answer(scene, Outcome.END, [scene.wording.say("end.quiet")])
            return msgspec.structs.replace(spoken, record=closed.record)


def _tight(scene: Scene) -> Answered:
    """Answer "It's a little tight": ease off, and carry on only on request; while asked, it is no pain."""
    if scene.state not in (State.GUIDING, State.PAUSED):
        return answering.unmatched(scene)
    if scene.session.asked is Asked.TIGHT:
        return prompts.rest(scene, Asked.CARRY_ON, Outcome.NAVIGATE, [scene.wording.say("guide.smaller")])
    return prompts.rest(scene, Asked.TIGHT, Outcome.CLARIFY, [scene.wording.say("guide.ease")])


def _comfortable(scene: Scene) -> Answered:
    """Answer "Feels lovely": on, where something is running; in the screen it answers nothing."""
    match scene.state:
        case State.SCREENING:
            return screening.unclear(scene)
        case State.GUIDING | State.PAUSED:
            return _resume(scene)
        case _:
            return prompts.back(scene, Outcome.CLARIFY, [])


def _pop(scene: Scene) -> Answered:
    """A painless pop: neutral, nothing to chase (S11)."""
    return prompts.back(scene, Outcome.ANSWER, [scene.wording.say("guide.pop")])


def _my_turn(scene: Scene) -> Answered:
    """Someone else takes over: the whole screen, from the first question."""
    if scene.state is State.LOCKED:
        raise NotNowError(scene.state, "my turn")
    place = scene.session.place
    scene = scene.with_session(screened_at=None, question=0)
    return (
        screening.begin(scene, msgspec.structs.replace(place, block=0, repetitions=0))
        if place
        else (_request(scene))
    )


def _stop(scene: Scene) -> Answered:
    """Stop, Cancel, NavigateHome: the end, at once, from every state; the place is kept."""
    says: list[Segment] = [scene.wording.say("end.stop")]
    if scene.state in (State.GUIDING, State.PAUSED):
        says.append(stopping.way_out(scene))
        scene = guiding.kept(scene)
    return answer(scene, Outcome.END, says)


def _symptom(scene: Scene) -> Answered:
    """A sign whose words are not known: rest or ask again, and never advance."""
    if scene.state is State.SCREENING:
        return screening.unclear(scene)
    return answering.unmatched(scene)


def _flag(scene: Scene, id_: str) -> Flag:
    return next(flag for flag in scene.library.safety.flags if flag.id == id_)


ROUTES: dict[str, Route] = {
    "launch": answering.launch,
    "request": _request,
    "saved": _saved,
    "ask": answering.question,
    "define": answering.define,
    "source": answering.source,
    "refuse": answering.refuse,
    "about": answering.about,
    "forget": answering.forget,
    "help": answering.help_,
    "yes": _yes,
    "no": _no,
    "no_symptom": _no_symptom,
    "hedge": _hedge,
    "weak_no": _weak_no,
    "unsure": _unsure,
    "skip_screen": _skip_screen,
    "my_turn": _my_turn,
    "ready": _ready,
    "silence": _silence,
    "symptom": _symptom,
    "tight": _tight,
    "comfortable": _comfortable,
    "pop": _pop,
    "unmatched": _symptom,
    "stop": _stop,
    "next": _next,
    "skip": _stepping(guiding.skip),
    "previous": _stepping(guiding.previous),
    "repeat": _repeat,
    "restart": _stepping(guiding.restart),
    "pause": _pause,
    "resume": _resume,
    "slower": partial(guiding.set_pace, step=-1),
    "faster": partial(guiding.set_pace, step=1),
    "time_left": guiding.time_left,
    "progress": guiding.progress,
    "which_side": guiding.which_side,
    "whats_next": guiding.whats_next,
    "explain": guiding.explain,
    "swap": _swap,
}
"""What answers each kind of turn. `session_ended` is answered before the table: it has no reply."""
