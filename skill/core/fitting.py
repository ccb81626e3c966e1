"""Chooses what to guide from what was asked for. The same request gives the same plan."""

from __future__ import annotations

import functools
import itertools
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import timedelta

import msgspec
from msgspec import Struct, field

from skill.core import planner
from skill.core.library import Equipment, Level, Library, Position, Routine, Side, Stretch
from skill.core.planner import Delivery
from skill.core.preferences import faded
from skill.core.session import Place, Planned

USUAL_MINUTES = 3.0
"""The length that is chosen when none was asked for."""
USUAL_OFF = 60.0
"""Where no length was asked for, plans that differ from the usual one by so many seconds are as good."""
LONGEST_SECONDS = 600.0
"""No plan is made longer than ten minutes (safety facts, section 5: C2)."""
WITHIN = 0.1
"""A plan may be shorter or longer than what was asked for by this share."""
NEAR = 0.04
"""Plans that are as near to what was asked for as this are as good as each other."""


class Known(Struct, frozen=True):
    """What is known of the listener who asks."""

    only: Position | None = None
    """The one position that they can be in, where they said so."""
    preferred: Position | None = None
    """The position that they had last."""
    left_out: tuple[str, ...] = ()
    """Stretches that did not suit them."""
    heard: Mapping[str, int] = field(default_factory=dict)
    """How often they finished each stretch."""


class Chosen(Struct, frozen=True):
    """A plan for a request."""

    place: Place
    """The plan."""
    exact: bool = True
    """Whether it is what was asked for, but for its minutes."""


def of_routine(routine: Routine, known: Known, library: Library) -> Place:
    """Return the plan of a routine, with the usual doses."""
    return Place(routine.id, usual(routine.stretches, known, library))


def of_stretch(id_: str, known: Known, library: Library) -> Place:
    """Return the plan of one stretch, led up to by what must come before it, with the usual doses."""
    return Place(None, usual((*_leading(id_, library), id_), known, library))


def choose(slots: Mapping[str, str], known: Known, delivery: Delivery) -> Chosen | None:
    """Return the plan that fits a request best, or none where nothing that was asked for is here.

    What needs somebody's clearance is never chosen unless it is named. Where nothing fits all that was
    asked for, the nearest does: without the equipment, the level, or the part of the body, in this order.

    Args:
        slots: `stretch`, `routine`, `area`, `position`, `equipment`, `level`, `side` by id, `duration` as
            ISO 8601.
        known: what is known of the listener.
        delivery: how the plan will be spoken.
    """
    library = delivery.wording.library
    if "stretch" in slots:
        if slots["stretch"] not in library.stretches:
            return None
        named = of_stretch(slots["stretch"], known, library)
        return Chosen(_sided(_timed(named, slots, delivery), slots))
    if "routine" in slots:
        routine = library.routines.get(slots["routine"])
        return Chosen(_timed(of_routine(routine, known, library), slots, delivery)) if routine else None
    if not _is_here(slots, library):
        return None
    asked = dict(slots)
    where = slots.get("position", known.only)
    for dropped in (None, "equipment", "level", "area"):
        asked.pop(dropped or "", None)
        for wanted in (where,) if where else (known.preferred, None):
            plan = _best(asked, wanted, known, delivery)
            if plan is not None:
                return Chosen(_sided(plan, slots), exact=dropped is None or dropped not in slots)
    return None


def asked_seconds(slots: Mapping[str, str]) -> float:
    """Return the seconds that a request names; 0 where it names none that can be read."""
    try:
        return msgspec.convert(slots.get("duration"), timedelta).total_seconds()
    except msgspec.ValidationError:
        return 0.0


def keeps(place: Place, asked: float, delivery: Delivery) -> bool:
    """Whether a plan takes as long as was asked for, in seconds; 0 asks for nothing."""
    return not asked or abs(planner.seconds(place, delivery) - asked) <= WITHIN * asked


def fresh(place: Place, known: Known) -> Place:
    """Return a plan of another day from its beginning, in the words that fit what is known now."""
    return Place(place.routine, tuple(_as_known(planned, known) for planned in place.plan))


def suits(place: Place, known: Known, library: Library) -> bool:
    """Whether a plan is where the listener can be."""
    return known.only is None or planner.positions(place, library) == {known.only}


def others(place: Place | None, known: Known, library: Library) -> Iterator[Place]:
    """Yield the routines that have something in them that a plan has not, and need nothing special."""
    before = set(place.stretches) if place else set()
    for routine in library.routines.values():
        plan = of_routine(routine, known, library)
        new = not set(plan.stretches) <= before
        if new and suits(plan, known, library) and _is_open(plan, known, library):
            yield plan


def instead(place: Place, number: int, known: Known, delivery: Delivery) -> Planned | None:
    """Return what replaces a stretch of a plan: not harder, in the same position, and as long.

    What is for the same part of the body goes before what is not; there may be nothing.
    """
    library = delivery.wording.library
    old = library.stretches[place.plan[number].id]
    levels = list(Level)
    wanted = planner.seconds(Place(None, (place.plan[number],)), delivery)

    def fits(stretch: Stretch) -> bool:
        return (
            stretch.id not in (*place.stretches, *known.left_out)
            and levels.index(stretch.level) <= levels.index(old.level)
            and stretch.position is old.position
            and set(stretch.equipment) <= {*old.equipment, Equipment.MAT, Equipment.CHAIR}
            and set(_leading(stretch.id, library)) <= set(place.stretches[:number])
        )

    def misfit(stretch: Stretch) -> tuple[bool, int, str]:
        return not set(stretch.areas) & set(old.areas), levels.index(stretch.level), stretch.id

    for stretch in sorted(filter(fits, library.stretches.values()), key=misfit):
        return _fitted(Place(None, usual((stretch.id,), known, library)), wanted, delivery).plan[0]
    return None


def longer(planned: Planned, stretch: Stretch, since: int, seconds: float) -> Planned:
    """Return a planned stretch with its holds changed by so many seconds from a repetition on, in range."""
    holds = (
        min(max(hold + seconds, stretch.hold.least), stretch.hold.most) if index >= since else hold
        for index, hold in enumerate(planned.holds)
    )
    return msgspec.structs.replace(planned, holds=tuple(holds))


def _wanted_seconds(slots: Mapping[str, str]) -> float:
    """Return the seconds to plan for: what is asked for, up to the longest that there is."""
    return min(asked_seconds(slots), LONGEST_SECONDS)


def _is_here(slots: Mapping[str, str], library: Library) -> bool:
    """Whether what a request names is in the content at all."""
    known: tuple[tuple[str, Iterable[str]], ...] = (
        ("area", library.areas),
        ("position", list(Position)),
        ("equipment", list(Equipment)),
        ("level", list(Level)),
    )
    return all(slots[name] in values for name, values in known if name in slots)


def _best(slots: Mapping[str, str], where: str | None, known: Known, delivery: Delivery) -> Place | None:
    """Return the plan that fits slots in a position best, or none."""
    library, area = delivery.wording.library, slots.get("area")
    wanted = _wanted_seconds(slots)
    plans = [of_routine(routine, known, library) for routine in library.routines.values()]
    if area or slots.get("level") or known.left_out:
        plans.extend(of_stretch(id_, known, library) for id_ in library.stretches)
    if wanted:
        plans.extend(Place(None, usual(ids, known, library)) for ids in _orders(library))
    fitting = [
        plan
        for plan in plans
        if (where is None or planner.positions(plan, library) == {where})
        and not planner.needs_clearing(plan, library)
        and not set(plan.stretches) & set(known.left_out)
        and (area is None or _share(plan, area, library))
        and _is_of(plan, slots.get("level"), library)
        and _uses(plan, slots.get("equipment"), library)
    ]
    if wanted:
        fitting = [_fitted(plan, wanted, delivery) for plan in fitting]
    return min(fitting, key=_misfit(area, wanted, delivery), default=None)


def _misfit(area: str | None, wanted: float, delivery: Delivery) -> Callable[[Place], tuple[float, ...]]:
    """Return what orders plans: how far from the minutes, then from the area, then what is less easy."""
    library = delivery.wording.library

    def misfit(plan: Place) -> tuple[float, ...]:
        elsewhere = 1 - _share(plan, area, library) if area else 0.0
        off = abs(planner.seconds(plan, delivery) - (wanted or 60 * USUAL_MINUTES))
        step = NEAR * wanted if wanted else USUAL_OFF
        levels = [library.stretches[id_].level for id_ in plan.stretches]
        careful = sum(level is not Level.GENTLE for level in levels)
        changes = len(planner.positions(plan, library))
        return (
            bool(wanted) and off > WITHIN * wanted,
            elsewhere,
            off // step,
            changes,
            careful,
            plan.routine is None,
            off,
        )

    return misfit


def usual(ids: Iterable[str], known: Known, library: Library) -> tuple[Planned, ...]:
    """Return stretches with their usual doses, in the words that fit how often they were finished."""
    chosen = (library.stretches[id_] for id_ in ids)
    doses = (Planned(one.id, (one.hold.seconds,) * one.repetitions.count) for one in chosen)
    return tuple(_as_known(planned, known) for planned in doses)


def _as_known(planned: Planned, known: Known) -> Planned:
    """Return a planned stretch in the words that fit how often it was finished."""
    words = faded(known.heard.get(planned.id, 0))
    return msgspec.structs.replace(planned, words=words, known=planned.id in known.heard)


def _timed(place: Place, slots: Mapping[str, str], delivery: Delivery) -> Place:
    """Return a named plan, as long as was asked for where its doses allow it."""
    wanted = _wanted_seconds(slots)
    return _fitted(place, wanted, delivery) if wanted else place


def _sided(place: Place, slots: Mapping[str, str]) -> Place:
    """Return a plan that begins with the side that was asked for."""
    if slots.get("side") not in list(Side):
        return place
    first = Side(slots["side"])
    return Place(place.routine, tuple(msgspec.structs.replace(one, first=first) for one in place.plan))


def _leading(id_: str, library: Library) -> tuple[str, ...]:
    """Return what has to come before a stretch, in order."""
    led: dict[str, None] = {}
    for before in library.stretches[id_].after:
        led |= dict.fromkeys((*_leading(before, library), before))
    return tuple(led)


@functools.lru_cache(maxsize=8)
def _orders(library: Library) -> tuple[tuple[str, ...], ...]:
    """Return every choice of stretches that needs nobody's clearance and leaves out nothing that leads up.

    Positions are changed as seldom as can be, and gentle stretches come before careful ones.
    """
    levels, where = list(Level), list(Position)
    eligible = sorted(
        (stretch for stretch in library.stretches.values() if stretch.level is not Level.CLEARED),
        key=lambda stretch: (levels.index(stretch.level), where.index(stretch.position), stretch.id),
    )
    ids = [stretch.id for stretch in eligible]
    return tuple(
        chosen
        for size in range(1, len(ids) + 1)
        for chosen in itertools.combinations(ids, size)
        if all(set(_leading(id_, library)) <= set(chosen) for id_ in chosen)
    )


def _fitted(plan: Place, wanted: float, delivery: Delivery) -> Place:
    """Return a plan with the doses, inside their ranges, that come nearest to so many seconds."""
    library = delivery.wording.library
    chosen = [library.stretches[id_] for id_ in plan.stretches]
    counts = (range(one.repetitions.least, one.repetitions.most + 1) for one in chosen)

    def taking(doses: Sequence[tuple[float, ...]]) -> Place:
        planned = zip(plan.plan, doses, strict=True)
        return Place(None, tuple(msgspec.structs.replace(one, holds=holds) for one, holds in planned))

    candidates = [Place(None, plan.plan)]
    for repetitions in itertools.product(*counts):
        ends = (taking(_doses(chosen, repetitions, share)) for share in (0.0, 1.0))
        least, most = (planner.seconds(place, delivery) for place in ends)
        share = (wanted - least) / (most - least) if most > least else 0.0
        candidates.append(taking(_doses(chosen, repetitions, min(1.0, max(0.0, share)))))
    nearest = min(candidates, key=lambda place: abs(planner.seconds(place, delivery) - wanted))
    return Place(plan.routine, nearest.plan)


def _doses(chosen: Sequence[Stretch], repetitions: Sequence[int], share: float) -> list[tuple[float, ...]]:
    """Return holds at a share of the way from the shortest to the longest, in whole seconds."""
    return [
        (float(round(one.hold.least + share * (one.hold.most - one.hold.least))),) * count
        for one, count in zip(chosen, repetitions, strict=True)
    ]


def _is_open(plan: Place, known: Known, library: Library) -> bool:
    """Whether a plan needs nobody's clearance and no roller, and nothing in it was left out."""
    clear = not planner.needs_clearing(plan, library) and _uses(plan, None, library)
    return clear and not set(plan.stretches) & set(known.left_out)


def _is_of(plan: Place, level: str | None, library: Library) -> bool:
    """Return whether a plan is of a level: gentle throughout, or careful somewhere."""
    levels = {library.stretches[id_].level for id_ in plan.stretches}
    return level is None or (levels == {Level.GENTLE} if level == Level.GENTLE else level in levels)


def _uses(plan: Place, equipment: str | None, library: Library) -> bool:
    """Return whether a plan uses what was asked for, and no roller where none was."""
    needed = {thing for id_ in plan.stretches for thing in library.stretches[id_].equipment}
    return equipment in needed if equipment else Equipment.ROLLER not in needed


def _share(plan: Place, area: str, library: Library) -> float:
    """Return the share of a plan's stretches that are for an area."""
    return sum(area in library.stretches[id_].areas for id_ in plan.stretches) / len(plan.stretches)
