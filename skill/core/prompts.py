"""Goes back to the question that is open, after something was said beside it."""

from __future__ import annotations

from collections.abc import Sequence

from skill.core import planner
from skill.core.block import Step
from skill.core.player import Event, State
from skill.core.scene import Answered, Scene, answer
from skill.core.session import Asked
from skill.core.turn import Card, Outcome, Segment

OPEN = {
    Asked.OFFER: "prompt.offer",
    Asked.MORE: "prompt.more",
    Asked.SAVED: "prompt.saved",
    Asked.HURTS: "prompt.hurts",
    Asked.TIGHT: "prompt.tight",
    Asked.STUCK: "prompt.stuck",
    Asked.CARRY_ON: "prompt.carry_on",
    Asked.CHECK_IN: "prompt.check_in",
    Asked.SINCE: "prompt.since",
    Asked.WHO: "prompt.who",
    Asked.QUESTION: "prompt.question",
}
"""The prompt of each question, beside those of the screen, of `ready` and of getting up."""
WAITING = (Asked.HURTS, Asked.TIGHT, Asked.STUCK)
"""Questions about harm: no other question may take their place, and nothing goes on before an answer."""


def is_waiting(scene: Scene) -> bool:
    """Whether one of the questions about harm is open."""
    return scene.state is State.PAUSED and scene.session.asked in WAITING


def ask(
    scene: Scene,
    asked: Asked,
    outcome: Outcome,
    says: Sequence[Segment] = (),
    *,
    topic: str | None = None,
    flag: str | None = None,
    card: Card | None = None,
) -> Answered:
    """Say something and open one of the questions of `OPEN`."""
    scene = scene.with_session(asked=asked)
    says = [*says, scene.wording.say(OPEN[asked])]
    return answer(scene, outcome, says, topic=topic, flag=flag, card=card)


def forgetful(scene: Scene) -> Answered:
    """Start nothing while the store is down, and say so; questions are answered still."""
    scene = scene.after(Event.ABANDON).unplanned()
    return ask(scene, Asked.MORE, Outcome.DECLINE, [scene.wording.say("error.store")])


def rest(
    scene: Scene,
    asked: Asked,
    outcome: Outcome,
    says: Sequence[Segment] = (),
    *,
    topic: str | None = None,
    card: Card | None = None,
) -> Answered:
    """Leave a routine resting, and open a question; the reply speaks no step."""
    return ask(scene.after(Event.REST), _resting(scene, asked), outcome, says, topic=topic, card=card)


def _resting(scene: Scene, asked: Asked) -> Asked:
    """Return what is asked in a rest: at the end of a block, its check-in stands before going on."""
    over = scene.place.mark.step is Step.CHECK_IN
    return Asked.CHECK_IN if over and asked is Asked.CARRY_ON else asked


def back(
    scene: Scene,
    outcome: Outcome,
    says: Sequence[Segment],
    *,
    topic: str | None = None,
    flag: str | None = None,
    card: Card | None = None,
) -> Answered:
    """Say something beside the open question, then ask that question again.

    A running routine is left resting. With nothing open, the answer to a one-shot question ends the
    session, and everything else is followed by "anything else?".
    """
    final = scene.turn.one_shot and outcome in (Outcome.ANSWER, Outcome.ABOUT)
    wording, asked, reprompt = scene.wording, scene.session.asked, None
    match scene.state:
        case State.SCREENING if asked not in (Asked.SINCE, Asked.WHO):
            prompt = [wording.say(f"number.{scene.session.question}"), question(scene)]
        case State.READY:
            prompt = [ready_prompt(scene)]
        case State.GUIDING | State.PAUSED:
            scene = scene.after(Event.REST)
            if asked not in WAITING:
                scene = scene.with_session(asked=_resting(scene, Asked.CARRY_ON))
            prompt = [wording.say(OPEN[scene.session.asked])]
        case State.LOCKED if asked is Asked.GET_UP:
            prompt = [wording.say("prompt.get_up")]
            reprompt = wording.phrase("safety.cannot_get_up")
        case State.LOCKED:
            scene = scene.with_session(asked=Asked.MORE)
            prompt = [wording.say("prompt.more_locked")]
        case State.SCREENING:
            prompt = [wording.say(OPEN[asked])]
        case _:
            kept = outcome is Outcome.CLARIFY and asked in OPEN
            scene = scene.with_session(asked=asked if kept else Asked.MORE)
            prompt = [] if final else [wording.say(OPEN[scene.session.asked])]
    return answer(scene, outcome, [*says, *prompt], topic=topic, flag=flag, reprompt=reprompt, card=card)


def question(scene: Scene, *, one_by_one: bool = False) -> Segment:
    """Return the screen's open question; singly after an "I don't know"."""
    asked = scene.library.safety.questions[scene.session.question - 1]
    said = scene.wording.tell(asked.one_by_one if one_by_one else asked.ask)
    return type(said)(text=said.text, cue="question", prompt=True)


def ready_prompt(scene: Scene) -> Segment:
    """Return what is asked before the first step, where the plan's stretch is done."""
    return scene.wording.say(f"prompt.ready_{planner.position(scene.place, scene.wording)}")
