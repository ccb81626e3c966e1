"""Every way in which a conversation stops for someone's safety, and locks."""

from __future__ import annotations

from collections.abc import Sequence

from skill.core import planner
from skill.core.library import Flag, Position, Severity
from skill.core.player import Event, State
from skill.core.scene import Answered, Scene, answer
from skill.core.session import Asked
from skill.core.turn import Card, Outcome, Segment

OUTCOMES = {
    Severity.EMERGENCY: Outcome.EMERGENCY,
    Severity.URGENT: Outcome.URGENT,
    Severity.STOP: Outcome.STOP,
    Severity.DEFER: Outcome.DEFER,
    Severity.MODIFY: Outcome.DEFER,
}
"""How each severity ends a turn."""


def in_position(scene: Scene) -> bool:
    """Whether the listener may be in a stretch right now."""
    return scene.state in (State.READY, State.GUIDING, State.PAUSED)


def stop_for(scene: Scene, flag: Flag) -> Answered:
    """Stop for a sign: "Stop", the way out, the flag's advice; locked, and nothing offered again."""
    outcome = OUTCOMES[flag.severity]
    if in_position(scene):
        if outcome is Outcome.DEFER:
            outcome = Outcome.STOP
        return _stop_in_position(scene, outcome, flag)
    says: list[Segment] = []
    if flag.severity is Severity.STOP:
        says.append(scene.wording.say("safety.stop"))
    return leave(scene, outcome, [*says, scene.wording.tell(flag.advice)], flag=flag.id)


def leave(
    scene: Scene,
    outcome: Outcome,
    says: Sequence[Segment],
    *,
    flag: str | None = None,
    topic: str | None = None,
    card: Card | None = None,
) -> Answered:
    """Lock the routines of the session, outside a stretch.

    After a deferral questions are still welcome; everything graver ends the conversation. What is not
    an emergency yet is told the signs of one (the safety net of the safety facts, section 1).
    """
    scene = lock(scene)
    net = [] if outcome is Outcome.EMERGENCY else [scene.wording.say("safety.net")]
    ask = outcome in (Outcome.DEFER, Outcome.ANSWER) and not scene.turn.one_shot
    if ask:
        scene = scene.with_session(asked=Asked.MORE)
    prompt = [scene.wording.say("prompt.more_locked")] if ask else []
    return answer(scene, outcome, [*says, *net, *prompt], flag=flag, topic=topic, card=card)


def lock(scene: Scene) -> Scene:
    """Return the scene locked: the plan, the clearance, the saved place and the token are gone.

    So is the last answer: what was told since is graver.
    """
    scene = scene.after(Event.LOCK).unplanned().with_session(topic=None)
    return scene.with_record(saved=None, token=None)


def way_out(scene: Scene) -> Segment:
    """Return how to leave the stretch that the listener is in."""
    stretch = planner.stretch_at(scene.place, scene.wording)
    return scene.wording.tell(stretch.way_out)


def on_the_floor(scene: Scene) -> bool:
    """Whether the plan's stretch is done lying."""
    place = scene.session.place
    return place is not None and planner.position(place, scene.wording) is Position.FLOOR


def getting_up(scene: Scene, *, able: bool) -> Answered:
    """Answer "Can you move both legs and get up?": the way up, or the emergency advice."""
    if able:
        return answer(scene, Outcome.STOP, [scene.wording.say("safety.way_up")])
    return answer(scene, Outcome.EMERGENCY, [scene.wording.say("safety.cannot_get_up")])


def _stop_in_position(scene: Scene, outcome: Outcome, flag: Flag) -> Answered:
    """Stop someone who may be in a stretch; on the floor, ask whether they can get up."""
    wording = scene.wording
    says: list[Segment] = [wording.say("safety.stop")]
    if scene.state is not State.READY:
        says.append(way_out(scene))
    says.append(wording.tell(flag.advice))
    if outcome is not Outcome.EMERGENCY and (flag.net or flag.severity is not Severity.STOP):
        says.append(wording.say("safety.net"))
    floor = on_the_floor(scene) and outcome is not Outcome.EMERGENCY
    scene = lock(scene)
    if not floor:
        return answer(scene, outcome, says, flag=flag.id)
    scene = scene.with_session(asked=Asked.GET_UP)
    reprompt = wording.phrase("safety.cannot_get_up")
    return answer(scene, outcome, [*says, wording.say("prompt.get_up")], flag=flag.id, reprompt=reprompt)
