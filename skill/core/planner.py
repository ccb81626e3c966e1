"""Chooses what to guide from what was asked for. The same request gives the same plan."""

from __future__ import annotations

from datetime import timedelta

import msgspec

from skill.core.library import Library, Position, Routine, Side
from skill.core.session import Place
from skill.core.timeline import Block, Pace, cues, cut, length
from skill.core.wording import Wording

USUAL_MINUTES = 3.0
"""The length that is chosen when none was asked for."""


def blocks(place: Place, wording: Wording) -> list[tuple[str, tuple[Side | None, ...]]]:
    """Return the blocks of a plan: the stretch and the sides of each."""
    stretches = wording.library.stretches
    return [(id_, sides) for id_ in place.stretches for sides in cut(stretches[id_], wording)]


def stretch_at(place: Place, wording: Wording) -> str:
    """Return the id of the stretch that a place is in."""
    return blocks(place, wording)[place.block][0]


def seconds(place: Place, wording: Wording) -> float:
    """Return how long a plan takes at the normal pace, in seconds."""
    total = 0.0
    for id_, sides in blocks(place, wording):
        stretch = wording.library.stretches[id_]
        total += length(cues(Block(stretch, sides, stretch.repetitions.count, Pace.NORMAL), wording))
    return total


def minutes(place: Place, wording: Wording) -> int:
    """Return how long a plan takes, in whole minutes, at least one."""
    return max(1, round(seconds(place, wording) / 60))


def position(place: Place, library: Library) -> Position:
    """Return where the next stretch of a plan is done."""
    return library.stretches[place.stretches[0]].position


def of_routine(routine: Routine) -> Place:
    """Return the plan of a routine."""
    return Place(routine.id, routine.stretches)


def choose(slots: dict[str, str], known: Position | None, wording: Wording) -> Place | None:
    """Return the plan that fits a request best, or none where nothing that was asked for is here.

    Args:
        slots: `stretch`, `routine`, `area`, `position` by id, `duration` as ISO 8601.
        known: the position that the listener can be in, where they said so before.
        wording: the words that the plans are timed by.
    """
    library = wording.library
    if "stretch" in slots:
        return Place(None, (slots["stretch"],)) if slots["stretch"] in library.stretches else None
    if "routine" in slots:
        routine = library.routines.get(slots["routine"])
        return of_routine(routine) if routine else None
    where = slots.get("position", known)
    plans = [
        plan
        for plan in map(of_routine, library.routines.values())
        if (where is None or position(plan, library) == where) and _has_area(plan, slots.get("area"), library)
    ]
    wanted = 60 * asked_minutes(slots)
    return min(plans, key=lambda plan: abs(seconds(plan, wording) - wanted), default=None)


def asked_minutes(slots: dict[str, str]) -> float:
    """Return the minutes of a request; the usual ones where it names none that can be read."""
    try:
        return msgspec.convert(slots.get("duration"), timedelta).total_seconds() / 60
    except msgspec.ValidationError:
        return USUAL_MINUTES


def _has_area(plan: Place, area: str | None, library: Library) -> bool:
    return area is None or any(area in library.stretches[id_].areas for id_ in plan.stretches)
