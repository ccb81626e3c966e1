"""Everything that is said about the body, the skill or the words, without a step."""

from __future__ import annotations

from skill.core import planner, prompts, remembering
from skill.core.library import Side
from skill.core.player import State
from skill.core.scene import Answered, Scene, answer, disclaimed
from skill.core.session import Asked, Record
from skill.core.timeline import sides_of
from skill.core.turn import Card, Outcome

LONG_WORDS = 25
"""An answer with more words begins, in a routine, with how to rest meanwhile."""


def question(scene: Scene) -> Answered:
    """Answer a question from the content, then go back to what was open."""
    topic = scene.library.answers[scene.turn.topic or ""]
    scene, says = disclaimed(scene)
    running = scene.state in (State.GUIDING, State.PAUSED)
    if running and len(topic.answer.split()) > LONG_WORDS:
        says.append(scene.wording.say("answer.rest"))
    says.append(scene.wording.tell(topic.answer))
    if topic.help:
        says.append(scene.wording.tell(topic.help))
    if topic.emergency_signs:
        says.append(scene.wording.say("safety.net"))
    card = Card(title=scene.wording.fill(topic.title), text=scene.wording.fill(topic.answer))
    scene = scene.with_session(topic=topic.id)
    if running and topic.pain:
        return prompts.rest(scene, Asked.HURTS, Outcome.ANSWER, says, topic=topic.id, card=card)
    return prompts.back(scene, Outcome.ANSWER, says, topic=topic.id, card=card)


def define(scene: Scene) -> Answered:
    """Explain a word of the screen."""
    words = {definition.id: definition for definition in scene.library.safety.definitions}
    word = words.get(scene.turn.slots.get("word", ""))
    if word is None:
        return prompts.back(scene, Outcome.CLARIFY, [scene.wording.say("clarify.word")])
    scene, says = disclaimed(scene)
    return prompts.back(scene, Outcome.ANSWER, [*says, scene.wording.tell(word.meaning)], topic=word.id)


def describe(scene: Scene) -> Answered:
    """Tell about a stretch before it is started: its words, without a pause or a count."""
    stretch = scene.library.stretches.get(scene.turn.slots.get("stretch", ""))
    if stretch is None:
        return prompts.back(scene, Outcome.DECLINE, [scene.wording.say("request.none")])
    scene, says = disclaimed(scene)
    side = sides_of(stretch)[0] or Side.LEFT
    texts = (stretch.purpose, stretch.set_up, stretch.move, stretch.limit)
    told = [scene.wording.tell(text, **scene.wording.side(side)) for text in texts]
    return prompts.back(scene, Outcome.ANSWER, [*says, *told])


def source(scene: Scene) -> Answered:
    """Say where the last answer is from."""
    topic = scene.library.answers.get(scene.session.topic or "")
    said = scene.wording.tell(topic.where_from) if topic else scene.wording.say("about.sources")
    return prompts.back(scene, Outcome.ABOUT, [said], topic=topic.id if topic else None)


def refuse(scene: Scene) -> Answered:
    """Decline what the skill will not do, and say what it can."""
    refusal = next(refusal for refusal in scene.library.safety.refusals if refusal.id == scene.turn.topic)
    return prompts.back(scene, Outcome.DECLINE, [scene.wording.tell(refusal.reply)], topic=refusal.id)


def launch(scene: Scene) -> Answered:
    """Welcome someone; a routine that was left is offered, never assumed."""
    if scene.state is not State.IDLE:
        return prompts.back(scene, Outcome.OFFER, [scene.wording.say("launch.again")])
    if scene.record and scene.record.saved:
        says = [scene.wording.say("launch.returning"), remembering.left_at(scene, scene.record.saved.place)]
        return prompts.ask(scene, Asked.SAVED, Outcome.OFFER, says)
    if scene.record and scene.record != Record():
        says = [scene.wording.say("launch.returning"), scene.wording.say("prompt.offer_returning")]
        return answer(scene.with_session(asked=Asked.OFFER), Outcome.OFFER, says)
    return prompts.ask(scene, Asked.OFFER, Outcome.OFFER, [scene.wording.say("launch.welcome")])


def help_(scene: Scene) -> Answered:
    """Say what can be said now, and ask; in a routine, whether the listener is hurt or stuck.

    A question about harm that is open already is not replaced by that.
    """
    said = scene.wording.say(f"help.{_situation(scene)}")
    if scene.state in (State.GUIDING, State.PAUSED) and not prompts.is_waiting(scene):
        return prompts.rest(scene, Asked.STUCK, Outcome.HELP, [said])
    return prompts.back(scene, Outcome.HELP, [said])


def _situation(scene: Scene) -> str:
    """Return which help fits: that of the state, or of a question beside it."""
    match scene.state, scene.session.asked:
        case State.SCREENING, (Asked.SINCE | Asked.WHO) as asked:
            return asked
        case State.READY, _:
            return f"ready_{planner.position(scene.place, scene.wording)}"
        case State.LOCKED, Asked.GET_UP:
            return "get_up"
        case _:
            return scene.state


def pop(scene: Scene) -> Answered:
    """A painless pop: neutral, nothing to chase (S11)."""
    scene, says = disclaimed(scene)
    return prompts.back(scene, Outcome.ANSWER, [*says, scene.wording.say("guide.pop")])
