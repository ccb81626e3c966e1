"""Asks which of two answers is wanted, and takes the choice."""

from __future__ import annotations

import msgspec

from skill.core import answering, prompts, screening, yes_and_no
from skill.core.player import Event, State
from skill.core.scene import Answered, Scene, answer
from skill.core.session import Asked
from skill.core.turn import Outcome


def either(scene: Scene) -> Answered:
    """Ask which of two answers is wanted; beside a question that has to be answered first, ask that again."""
    if scene.session.asked in prompts.WAITING or scene.state in (State.SCREENING, State.READY):
        return yes_and_no.unmatched(scene)
    if scene.state in (State.GUIDING, State.PAUSED):
        scene = scene.after(Event.REST)
    return again(scene.with_session(asked=Asked.WHICH, choices=scene.turn.choices))


def again(scene: Scene) -> Answered:
    """Ask which of the two answers is wanted that the session offers."""
    choices = scene.session.choices
    titles = (scene.wording.fill(scene.library.answers[topic].title) for topic in choices)
    first, second = (title[0].lower() + title[1:].rstrip("?") for title in titles)
    asked = answer(scene, Outcome.CLARIFY, [scene.wording.say("prompt.which", first=first, second=second)])
    reply = msgspec.structs.replace(asked.reply, choices=choices)
    return msgspec.structs.replace(asked, reply=reply)


def choose(scene: Scene) -> Answered:
    """Take "the second one": of two answers; of the things that the screen asks for it is a yes."""
    if scene.session.asked is Asked.WHICH:
        return _answer(scene, scene.session.choices[scene.turn.slots.get("ordinal") == "second"])
    return screening.yes(scene) if scene.state is State.SCREENING else yes_and_no.unmatched(scene)


def yes(scene: Scene) -> Answered:
    """Take a yes to "this, or that?" for the first of the two; any other yes belongs elsewhere."""
    if scene.session.asked is Asked.WHICH:
        return _answer(scene, scene.session.choices[0])
    return yes_and_no.yes(scene)


def no(scene: Scene) -> Answered:
    """Take a no to "this, or that?": neither; any other no belongs elsewhere."""
    if scene.session.asked is not Asked.WHICH:
        return yes_and_no.no(scene)
    return prompts.back(scene, Outcome.DECLINE, [scene.wording.say("clarify.neither")])


def _answer(scene: Scene, topic: str) -> Answered:
    return answering.question(
        msgspec.structs.replace(scene, turn=msgspec.structs.replace(scene.turn, topic=topic))
    )
