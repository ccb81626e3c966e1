"""Yes, no, and everything between: what they answer depends on which question is open."""

from __future__ import annotations

from skill.core import adjusting, guiding, leaving, planner, prompts, requesting, safety, screening, stopping
from skill.core.block import Step
from skill.core.player import State
from skill.core.scene import Answered, Scene
from skill.core.session import Asked
from skill.core.turn import Outcome


def yes(scene: Scene) -> Answered:
    """A bare yes: it belongs to the open question, and never advances a routine."""
    match scene.state, scene.session.asked:
        case State.SCREENING, _:
            return screening.yes(scene)
        case State.READY, _:
            return guiding.start(scene)
        case (State.PAUSED, Asked.CARRY_ON) if scene.place.mark.step is not Step.CHECK_IN:
            return guiding.resume(scene)
        case State.PAUSED, (Asked.HURTS | Asked.TIGHT):
            return stopping.stop_for(scene, safety.by_id(scene.library, safety.PAIN))
        case State.PAUSED, Asked.STUCK:
            return stopping.stop_for(scene, safety.by_id(scene.library, safety.STUCK))
        case ((State.GUIDING | State.PAUSED), _):
            return prompts.rest(scene, Asked.HURTS, Outcome.CLARIFY, [scene.wording.say("guide.rest")])
        case State.LOCKED, Asked.GET_UP:
            return stopping.getting_up(scene, able=True)
        case State.IDLE, Asked.SAVED:
            return requesting.pick_up(scene)
        case State.IDLE, Asked.OFFER:
            return requesting.request(scene)
        case State.LOCKED, _:
            return prompts.ask(scene, Asked.QUESTION, Outcome.OFFER)
        case _:
            return prompts.ask(scene, Asked.OFFER, Outcome.OFFER)


def no(scene: Scene) -> Answered:
    """A bare no: the next question, or on after a check-in, or goodbye."""
    match scene.state, scene.session.asked:
        case State.SCREENING, _:
            return screening.no(scene)
        case State.READY, _:
            return prompts.back(scene, Outcome.OFFER, [scene.wording.say("ready.wait")])
        case (State.GUIDING, _) | (State.PAUSED, Asked.HURTS | Asked.CHECK_IN):
            return (
                guiding.next_block(scene)
                if scene.place.mark.step is Step.CHECK_IN or (scene.state is State.GUIDING)
                else prompts.rest(scene, Asked.CARRY_ON, Outcome.CLARIFY)
            )
        case State.PAUSED, Asked.TIGHT:
            return tight(scene)
        case State.PAUSED, _:
            return prompts.rest(scene, Asked.CARRY_ON, Outcome.CLARIFY, [scene.wording.say("guide.rest")])
        case State.LOCKED, Asked.GET_UP:
            return stopping.getting_up(scene, able=False)
        case State.IDLE, Asked.SAVED:
            scene = scene.with_record(saved=None, token=None)
            return prompts.ask(scene, Asked.OFFER, Outcome.OFFER)
        case _:
            return leaving.goodbye(scene)


def no_symptom(scene: Scene) -> Answered:
    """Answer "No numbness": a no where signs are asked for; elsewhere it answers nothing."""
    match scene.state:
        case State.IDLE:
            return unmatched(scene)
        case State.SCREENING:
            return screening.denied(scene)
        case State.GUIDING | State.PAUSED if not safety.about_a_stretch(scene.turn.denied, scene.library):
            return prompts.rest(scene, Asked.HURTS, Outcome.CLARIFY, [scene.wording.say("guide.rest")])
        case _:
            return no(scene)


def hedge(scene: Scene) -> Answered:
    """Answer "A little", "maybe": counts as a yes wherever a sign was asked for."""
    match scene.state, scene.session.asked:
        case State.SCREENING, _:
            return screening.yes(scene)
        case ((State.GUIDING | State.PAUSED), _):
            return stopping.stop_for(scene, safety.by_id(scene.library, safety.PAIN))
        case _:
            return unmatched(scene)


def weak_no(scene: Scene) -> Answered:
    """Answer "Not really", "not any more": asked once for a clear word."""
    match scene.state, scene.session.asked:
        case State.SCREENING, _:
            return screening.weak_no(scene)
        case State.PAUSED, (Asked.HURTS | Asked.TIGHT | Asked.STUCK):
            return stopping.stop_for(scene, safety.by_id(scene.library, safety.PAIN))
        case ((State.GUIDING | State.PAUSED), _):
            return prompts.rest(scene, Asked.HURTS, Outcome.CLARIFY, [scene.wording.say("guide.rest")])
        case _:
            return unmatched(scene)


def unsure(scene: Scene) -> Answered:
    """Answer "I don't know": the screen asks singly; elsewhere it is a weak no."""
    return screening.unsure(scene) if scene.state is State.SCREENING else weak_no(scene)


def silence(scene: Scene) -> Answered:
    """Nobody answered: once more, then the end; a routine never advances."""
    match scene.state, scene.session.asked:
        case State.SCREENING, _:
            return screening.unclear(scene)
        case State.LOCKED, Asked.GET_UP:
            return stopping.getting_up(scene, able=False)
        case State.PAUSED, (Asked.HURTS | Asked.TIGHT):
            return stopping.stop_for(scene, safety.by_id(scene.library, safety.PAIN))
        case State.GUIDING, _:
            scene = scene.with_session(unclear=1)
            return prompts.rest(
                scene, Asked.CARRY_ON, Outcome.CLARIFY, [scene.wording.say("silence.routine")]
            )
        case State.READY, _ if not scene.session.unclear:
            scene = scene.with_session(unclear=1)
            return prompts.back(scene, Outcome.CLARIFY, [scene.wording.say("ready.wait")])
        case _:
            return leaving.quiet(scene)


def hurts(scene: Scene) -> Answered:
    """Answer a bare "pain": a yes to the screen, and everywhere else a stop, also where nothing runs."""
    match scene.state:
        case State.SCREENING:
            return screening.yes(scene)
        case State.PAUSED if scene.session.asked is Asked.STUCK:
            return stopping.stop_for(scene, safety.by_id(scene.library, safety.STUCK))
        case _:
            return stopping.stop_for(scene, safety.by_id(scene.library, safety.PAIN))


def who(scene: Scene) -> Answered:
    """Answer "my doctor": to the question who cleared the listener, and to nothing else."""
    return screening.who(scene) if scene.session.asked is Asked.WHO else unmatched(scene)


def tight(scene: Scene) -> Answered:
    """Answer "It's a little tight": ease off, and carry on only on request; while asked, it is no pain."""
    if scene.state not in (State.GUIDING, State.PAUSED):
        return unmatched(scene)
    if scene.session.asked is Asked.TIGHT:
        if planner.stretch_at(scene.place, scene.wording).id in scene.session.left_out:
            return adjusting.swap(scene)
        return prompts.rest(scene, Asked.CARRY_ON, Outcome.NAVIGATE, [scene.wording.say("guide.smaller")])
    return prompts.rest(scene, Asked.TIGHT, Outcome.CLARIFY, [scene.wording.say("guide.ease")])


def has_question(scene: Scene) -> Answered:
    """Answer "I have a question": which one; on the way to a stretch and in it, it answers nothing."""
    if scene.state in (State.IDLE, State.LOCKED):
        return prompts.ask(scene, Asked.QUESTION, Outcome.OFFER)
    return unmatched(scene)


def unmatched(scene: Scene) -> Answered:
    """Ask again, kindly, where nothing was understood; this never advances anything."""
    match scene.state, scene.session.asked:
        case State.SCREENING, _:
            return screening.unclear(scene)
        case State.PAUSED, (Asked.HURTS | Asked.TIGHT):
            return stopping.stop_for(scene, safety.by_id(scene.library, safety.PAIN))
        case ((State.GUIDING | State.PAUSED), _):
            return prompts.rest(scene, Asked.STUCK, Outcome.CLARIFY, [scene.wording.say("clarify.routine")])
        case _:
            return prompts.back(scene, Outcome.CLARIFY, [scene.wording.say(f"clarify.{scene.state}")])
