"""Counts how much of each side of each stretch there has been, and how much is still allowed.

At most three rounds and three holds a side in an occasion, however they were reached (design, "Doses").
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from skill.core.block import Block, Cue, Mark, Step
from skill.core.cues import BEGUN_SECONDS
from skill.core.library import Side
from skill.core.planner import Part
from skill.core.session import ROUNDS, Dose, Session, dose_key
from skill.core.turn import Say

Doses = dict[str, Dose]
"""Doses by stretch and side."""


def left(session: Session, id_: str, side: Side | None) -> int:
    """Return how many holds of a stretch the dose still allows on one side; none after three rounds."""
    dose = session.dose(id_, side)
    return 0 if dose.spoken >= ROUNDS else ROUNDS - dose.held


def room(session: Session, part: Part) -> int:
    """Return how many repetitions the doses allow on every side of a part, from its beginning."""
    return min(left(session, part.stretch.id, side) for side in part.sides)


def repetitions(session: Session, block: Block, mark: Mark) -> int:
    """Return how many repetitions of a block the doses allow from a mark on; 0 where nothing is left.

    A hold that is over, or that goes on, has been counted: only those that follow need room.
    """
    over = mark.step is Step.RELEASE or (mark.step is Step.HOLD and mark.held >= BEGUN_SECONDS)
    begun = mark.repetition + over if mark.side else 0
    here = block.sides.index(mark.side) if mark.side in block.sides else 0
    held = [session.dose(block.stretch.id, side).held for side in block.sides[here:]]
    first, *others = (ROUNDS - holds for holds in held)
    count = min(len(block.holds), begun + first, *others)
    return count if count >= max(1, begun) and (over or count > begun) else 0


def begun(doses: Mapping[str, Dose], block: Block) -> Doses:
    """Return doses in which a round of a block has begun."""
    changed = dict(doses)
    for side in block.sides:
        key = dose_key(block.stretch.id, side)
        dose = changed.get(key, Dose())
        changed[key] = Dose(dose.spoken + 1, dose.held)
    return changed


def counted(doses: Mapping[str, Dose], blocks: Sequence[Block], cues: Sequence[Cue], elapsed: float) -> Doses:
    """Return doses after so many seconds of a timeline: its holds, and the blocks after its first."""
    changed = dict(doses)
    for cue in cues:
        block, since = blocks[cue.block], elapsed - cue.start
        if cue.segment.cue == "hold" and cue.mark.held == 0 and since >= BEGUN_SECONDS:
            key = dose_key(block.stretch.id, cue.mark.side)
            dose = changed.get(key, Dose())
            changed[key] = Dose(dose.spoken, dose.held + 1)
        if cue.block and cue.segment.cue == "set-up" and isinstance(cue.segment, Say) and since > 0:
            changed = begun(changed, block)
    return changed
