"""Chooses what to guide from what was asked for. The same request gives the same plan."""

from __future__ import annotations

import functools
import itertools
from collections.abc import Iterable, Iterator, Sequence
from datetime import timedelta

import msgspec

from skill.core.library import Equipment, Level, Library, Position, Routine, Side, Stretch
from skill.core.session import Place, Planned
from skill.core.timeline import Block, Pace, cues, cut, length
from skill.core.wording import Wording

USUAL_MINUTES = 3.0
"""The length that is chosen when none was asked for."""
LONGEST_SECONDS = 600.0
"""No plan is made longer than ten minutes (safety facts, section 5: C2)."""
WITHIN = 0.1
"""A plan may be shorter or longer than what was asked for by this share."""


def stretches(place: Place, library: Library) -> tuple[Stretch, ...]:
    """Return the stretches of a plan, each with the dose that it has there."""
    return tuple(_dosed(library.stretches[planned.id], planned) for planned in place.plan)


def blocks(place: Place, wording: Wording) -> list[tuple[Stretch, tuple[Side | None, ...]]]:
    """Return the blocks of a plan: the stretch, with its dose there, and the sides of each."""
    return [
        (stretch, sides) for stretch in stretches(place, wording.library) for sides in cut(stretch, wording)
    ]


def stretch_at(place: Place, wording: Wording) -> Stretch:
    """Return the stretch that a place is in, with its dose there."""
    return blocks(place, wording)[place.block][0]


def seconds(place: Place, wording: Wording) -> float:
    """Return how long a plan takes at the normal pace, in seconds."""
    return sum(_seconds(stretch, wording) for stretch in stretches(place, wording.library))


def minutes(place: Place, wording: Wording) -> int:
    """Return how long a plan takes, in whole minutes; none takes less than one and a half."""
    return max(2, round(seconds(place, wording) / 60))


def position(place: Place, wording: Wording) -> Position:
    """Return where the stretch of a place is done."""
    return stretch_at(place, wording).position


def positions(place: Place, library: Library) -> set[Position]:
    """Return every position that a plan needs."""
    return {library.stretches[id_].position for id_ in place.stretches}


def ahead(place: Place, wording: Wording) -> list[Stretch]:
    """Return the stretches that follow in the position of a place, this one first."""
    here = position(place, wording)
    rest = [stretch for stretch, _ in blocks(place, wording)[place.block :]]
    same = list(itertools.takewhile(lambda stretch: stretch.position is here, rest))
    return [stretch for index, stretch in enumerate(same) if stretch not in same[:index]]


def needs_clearing(place: Place, library: Library) -> bool:
    """Return whether a plan has a stretch that somebody must have cleared the listener for."""
    return any(library.stretches[id_].level is Level.CLEARED for id_ in place.stretches)


def of_routine(routine: Routine, library: Library) -> Place:
    """Return the plan of a routine, with the usual doses."""
    return Place(routine.id, _usual(routine.stretches, library))


def of_stretch(id_: str, library: Library) -> Place:
    """Return the plan of one stretch, led up to by what must come before it, with the usual doses."""
    return Place(None, _usual((*_leading(id_, library), id_), library))


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
        return of_routine(routine, library) if routine else None
    where, area = slots.get("position", known), slots.get("area")
    wanted = min(asked_seconds(slots), LONGEST_SECONDS)
    plans = [of_routine(routine, library) for routine in library.routines.values()]
    if area:
        plans.extend(of_stretch(id_, library) for id_ in library.stretches)
    if wanted:
        plans.extend(Place(None, _usual(ids, library)) for ids in _orders(library))
    fitting = [
        plan
        for plan in plans
        if (where is None or positions(plan, library) == {where})
        and not needs_clearing(plan, library)
        and (area is None or _share(plan, area, library))
        and _uses(plan, slots.get("equipment"), library)
    ]
    if wanted:
        fitting = [_fitted(plan, wanted, wording) for plan in fitting]

    def misfit(plan: Place) -> tuple[float, ...]:
        """Return how far a plan is from the area, then from the minutes; then what makes it less easy."""
        elsewhere = 1 - _share(plan, area, library) if area else 0.0
        off = abs(seconds(plan, wording) - (wanted or 60 * USUAL_MINUTES))
        near = bool(wanted) and off <= WITHIN * wanted
        levels = [library.stretches[id_].level for id_ in plan.stretches]
        careful = sum(level is not Level.GENTLE for level in levels)
        changes = len(positions(plan, library))
        return elsewhere, 0.0 if near else off, changes, careful, plan.routine is None, off

    return min(fitting, key=misfit, default=None)


def asked_seconds(slots: dict[str, str]) -> float:
    """Return the seconds that a request names; 0 where it names none that can be read."""
    try:
        return msgspec.convert(slots.get("duration"), timedelta).total_seconds()
    except msgspec.ValidationError:
        return 0.0


def keeps(place: Place, asked: float, wording: Wording) -> bool:
    """Whether a plan takes as long as was asked for, in seconds; 0 asks for nothing."""
    return not asked or abs(seconds(place, wording) - asked) <= WITHIN * asked


def _dosed(stretch: Stretch, planned: Planned) -> Stretch:
    """Return a stretch with the dose of a plan."""
    hold = msgspec.structs.replace(stretch.hold, seconds=planned.hold)
    repetitions = msgspec.structs.replace(stretch.repetitions, count=planned.repetitions)
    return msgspec.structs.replace(stretch, hold=hold, repetitions=repetitions)


@functools.lru_cache(maxsize=4096)
def _seconds(stretch: Stretch, wording: Wording) -> float:
    """Return how long a stretch takes at the normal pace, in seconds."""
    count = stretch.repetitions.count
    return sum(
        length(cues(Block(stretch, sides, count, Pace.NORMAL), wording)) for sides in cut(stretch, wording)
    )


def _usual(ids: Iterable[str], library: Library) -> tuple[Planned, ...]:
    """Return stretches with their usual doses."""
    chosen = (library.stretches[id_] for id_ in ids)
    return tuple(Planned(one.id, one.repetitions.count, one.hold.seconds) for one in chosen)


def _leading(id_: str, library: Library) -> tuple[str, ...]:
    """Return what has to come before a stretch, in order."""
    led: dict[str, None] = {}
    for before in library.stretches[id_].after:
        led |= dict.fromkeys((*_leading(before, library), before))
    return tuple(led)


def _orders(library: Library) -> Iterator[tuple[str, ...]]:
    """Yield every choice of stretches that needs nobody's clearance and leaves out nothing that leads up.

    Positions are changed as seldom as can be, and gentle stretches come before careful ones.
    """
    levels, where = list(Level), list(Position)
    eligible = sorted(
        (stretch for stretch in library.stretches.values() if stretch.level is not Level.CLEARED),
        key=lambda stretch: (levels.index(stretch.level), where.index(stretch.position), stretch.id),
    )
    ids = [stretch.id for stretch in eligible]
    for size in range(1, len(ids) + 1):
        for chosen in itertools.combinations(ids, size):
            if all(set(_leading(id_, library)) <= set(chosen) for id_ in chosen):
                yield chosen


def _fitted(plan: Place, wanted: float, wording: Wording) -> Place:
    """Return a plan with the doses, inside their ranges, that come nearest to so many seconds."""
    chosen = [wording.library.stretches[id_] for id_ in plan.stretches]
    counts = (range(one.repetitions.least, one.repetitions.most + 1) for one in chosen)

    def off(doses: tuple[Planned, ...]) -> float:
        return abs(seconds(Place(None, doses), wording) - wanted)

    candidates = [plan.plan]
    for repetitions in itertools.product(*counts):
        shortest = _doses(chosen, repetitions, 0.0)
        longest = _doses(chosen, repetitions, 1.0)
        least, most = (seconds(Place(None, doses), wording) for doses in (shortest, longest))
        share = (wanted - least) / (most - least) if most > least else 0.0
        candidates.append(_doses(chosen, repetitions, min(1.0, max(0.0, share))))
    return Place(plan.routine, min(candidates, key=off))


def _doses(chosen: Sequence[Stretch], repetitions: Sequence[int], share: float) -> tuple[Planned, ...]:
    """Return doses with holds at a share of the way from the shortest to the longest, in whole seconds."""
    return tuple(
        Planned(one.id, count, float(round(one.hold.least + share * (one.hold.most - one.hold.least))))
        for one, count in zip(chosen, repetitions, strict=True)
    )


def _uses(plan: Place, equipment: str | None, library: Library) -> bool:
    """Return whether a plan uses what was asked for, and no roller where none was."""
    needed = {thing for id_ in plan.stretches for thing in library.stretches[id_].equipment}
    return equipment in needed if equipment else Equipment.ROLLER not in needed


def _share(plan: Place, area: str, library: Library) -> float:
    """Return the share of a plan's stretches that are for an area."""
    return sum(area in library.stretches[id_].areas for id_ in plan.stretches) / len(plan.stretches)
