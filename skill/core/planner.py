"""Chooses what to guide from what was asked for. The same request gives the same plan."""

from __future__ import annotations

import itertools
from datetime import timedelta

import msgspec

from skill.core.library import Equipment, Level, Library, Position, Routine, Side, Stretch
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


def position(place: Place, wording: Wording) -> Position:
    """Return where the stretch of a place is done."""
    return wording.library.stretches[stretch_at(place, wording)].position


def positions(place: Place, library: Library) -> set[Position]:
    """Return every position that a plan needs."""
    return {library.stretches[id_].position for id_ in place.stretches}


def ahead(place: Place, wording: Wording) -> list[Stretch]:
    """Return the stretches that follow in the position of a place, this one first."""
    here = position(place, wording)
    stretches = [wording.library.stretches[id_] for id_, _ in blocks(place, wording)[place.block :]]
    rest = list(itertools.takewhile(lambda stretch: stretch.position is here, stretches))
    return [stretch for index, stretch in enumerate(rest) if stretch not in rest[:index]]


def needs_clearing(place: Place, library: Library) -> bool:
    """Return whether a plan has a stretch that somebody must have cleared the listener for."""
    return any(library.stretches[id_].level is Level.CLEARED for id_ in place.stretches)


def of_routine(routine: Routine) -> Place:
    """Return the plan of a routine."""
    return Place(routine.id, routine.stretches)


def of_stretch(id_: str, library: Library) -> Place:
    """Return the plan of one stretch, led up to by what must come before it."""
    led: list[str] = []
    for before in library.stretches[id_].after:
        led.extend(name for name in of_stretch(before, library).stretches if name not in led)
    return Place(None, (*led, id_))


def choose(slots: dict[str, str], known: Position | None, wording: Wording) -> Place | None:
    """Return the plan that fits a request best, or none where nothing that was asked for is here.

    What needs somebody's clearance is never chosen unless it is named.

    Args:
        slots: `stretch`, `routine`, `area`, `position`, `equipment` by id, `duration` as ISO 8601.
        known: the position that the listener can be in, where they said so before.
        wording: the words that the plans are timed by.
    """
    library = wording.library
    if "stretch" in slots:
        return of_stretch(slots["stretch"], library) if slots["stretch"] in library.stretches else None
    if "routine" in slots:
        routine = library.routines.get(slots["routine"])
        return of_routine(routine) if routine else None
    where, area = slots.get("position", known), slots.get("area")
    plans = [of_routine(routine) for routine in library.routines.values()]
    if area or "duration" in slots:
        plans.extend(of_stretch(id_, library) for id_ in library.stretches)
    fitting = [
        plan
        for plan in plans
        if (where is None or positions(plan, library) == {where})
        and not needs_clearing(plan, library)
        and (area is None or _share(plan, area, library))
        and _uses(plan, slots.get("equipment"), library)
    ]
    wanted = 60 * asked_minutes(slots)

    def misfit(plan: Place) -> tuple[float, float]:
        """Return how far a plan is from the area, then from the minutes."""
        return 1 - _share(plan, area, library) if area else 0.0, abs(seconds(plan, wording) - wanted)

    return min(fitting, key=misfit, default=None)


def asked_minutes(slots: dict[str, str]) -> float:
    """Return the minutes of a request; the usual ones where it names none that can be read."""
    try:
        return msgspec.convert(slots.get("duration"), timedelta).total_seconds() / 60
    except msgspec.ValidationError:
        return USUAL_MINUTES


def _uses(plan: Place, equipment: str | None, library: Library) -> bool:
    """Return whether a plan uses what was asked for, and no roller where none was."""
    needed = {thing for id_ in plan.stretches for thing in library.stretches[id_].equipment}
    return equipment in needed if equipment else Equipment.ROLLER not in needed


def _share(plan: Place, area: str, library: Library) -> float:
    """Return the share of a plan's stretches that are for an area."""
    return sum(area in library.stretches[id_].areas for id_ in plan.stretches) / len(plan.stretches)
