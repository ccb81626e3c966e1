"""The ends of a conversation that nobody's body asked for."""

from __future__ import annotations

import msgspec

from skill.core import guiding, stopping
from skill.core.player import State
from skill.core.scene import Answered, Scene, answer, ended
from skill.core.turn import Outcome, Reply, Segment


def stop(scene: Scene) -> Answered:
    """Stop, Cancel, NavigateHome: the end, at once, from every state; the place is kept."""
    says: list[Segment] = [scene.wording.say("end.stop")]
    if scene.state in (State.GUIDING, State.PAUSED):
        says.append(stopping.way_out(scene))
        scene = guiding.kept(scene)
    return answer(scene, Outcome.END, says)


def close(scene: Scene) -> Answered:
    """Take the end of a session, to which nothing can be said.

    A clearance closed by silence or a pause stays valid for minutes, as a token without an answer.
    """
    session = scene.session
    if session.place and session.cleared and session.state in (State.READY, State.GUIDING, State.PAUSED):
        scene = guiding.kept(scene)
    reply = Reply(outcome=Outcome.END, action=scene.turn.action, end=True)
    return Answered(reply, ended(session), scene.record)


def quiet(scene: Scene) -> Answered:
    """End a conversation in which nobody answers any more; it is closed as by silence."""
    closed = close(scene)
    spoken = answer(scene, Outcome.END, [scene.wording.say("end.quiet")])
    return msgspec.structs.replace(spoken, record=closed.record)


def goodbye(scene: Scene) -> Answered:
    """End a conversation in which nothing is running."""
    return answer(scene, Outcome.END, [scene.wording.say("end.goodbye")])
