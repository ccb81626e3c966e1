"""What a plan is made of: its blocks, its replies, its length, and where in it a listener is."""

from __future__ import annotations

import functools
import itertools
from collections.abc import Callable, Iterator

import msgspec
from msgspec import Struct

from skill.core.block import START, Block, Step
from skill.core.cues import TONES, tones
from skill.core.library import Level, Library, Position, Side, Stretch
from skill.core.preferences import Preferences, Rhythm, fewest
from skill.core.session import Place, Planned
from skill.core.timeline import block_seconds, cues, is_cut, length, sides_of, speech_seconds
from skill.core.turn import Door
from skill.core.wording import Wording

CHECK_IN_SECONDS = 8.0
"""The longest check-in, in seconds; it belongs to a reply as well."""
NEAR = 0.05
"""Within this share of it, whole minutes are told rather than half ones."""
PROMISE = 0.08
"""What is promised differs from what a plan takes by at most this share of it."""


class Delivery(Struct, frozen=True):
    """How a plan is spoken."""

    wording: Wording
    """The words."""
    preferences: Preferences
    """How the listener likes to be guided."""
    ceiling: float
    """The longest reply of the rhythm that keeps going, in seconds."""


class Part(Struct, frozen=True):
    """What one block of a plan is about, however it is spoken."""

    number: int
    """Index of the stretch in the plan."""
    planned: Planned
    """The stretch as it is planned."""
    stretch: Stretch
    """The stretch."""
    sides: tuple[Side | None, ...]
    """The sides of this block, in order."""
    second: bool = False
    """Whether the other side is a block of its own before this one."""

    def block(self, preferences: Preferences, repetitions: int = 0, again: Side | None = None) -> Block:
        """Return the block, with at most so many repetitions (0: all), or of one side that is done again."""
        holds = self.planned.holds[:repetitions] if repetitions else self.planned.holds
        return Block(
            self.stretch,
            (again,) if again else self.sides,
            holds,
            second=self.second or again is not None,
            pace=preferences.pace,
            words=fewest(self.planned.words, preferences.wordiness),
            tone=preferences.tone,
        )


def parts(place: Place, wording: Wording) -> tuple[Part, ...]:
    """Return what the blocks of a plan are about, in order."""
    return _parts(place.plan, wording)


@functools.lru_cache(maxsize=1024)
def _parts(plan: tuple[Planned, ...], wording: Wording) -> tuple[Part, ...]:
    found: list[Part] = []
    for number, planned in enumerate(plan):
        stretch = wording.library.stretches[planned.id]
        sides = sides_of(stretch, planned.first)
        if is_cut(stretch, planned.holds, wording):
            found.extend(
                Part(number, planned, stretch, (side,), index > 0) for index, side in enumerate(sides)
            )
        else:
            found.append(Part(number, planned, stretch, sides))
    return tuple(found)


def part_at(place: Place, wording: Wording) -> Part:
    """Return the part that a place is in."""
    return parts(place, wording)[place.block]


def block_at(place: Place, wording: Wording, preferences: Preferences) -> Block:
    """Return the block that a place is in, as it is spoken there."""
    return part_at(place, wording).block(preferences, place.repetitions, place.again)


def stretch_at(place: Place, wording: Wording) -> Stretch:
    """Return the stretch that a place is in."""
    return part_at(place, wording).stretch


def through(
    start: int,
    place: Place,
    delivery: Delivery,
    *,
    first: float | None = None,
    has_room: Callable[[Part], bool],
) -> int:
    """Return the index of the last block of the reply that begins with the block at `start`.

    Args:
        start: index of the first block.
        place: the plan.
        delivery: how it is spoken.
        first: seconds of the first block, where it does not begin at its beginning.
        has_room: whether the doses have room for a further part.
    """
    chain, last, door = parts(place, delivery.wording), start, delivery.wording.door
    if delivery.preferences.rhythm is not Rhythm.KEEP_GOING or not _is_known(chain[start]):
        return start
    block = chain[start].block(delivery.preferences)
    seconds = block_seconds(block, delivery.wording) if first is None else first
    sounds = tones(block, door)
    for index in range(start + 1, len(chain)):
        block = chain[index].block(delivery.preferences)
        seconds += block_seconds(block, delivery.wording)
        sounds += tones(block, door)
        same = chain[index].stretch.position is chain[start].stretch.position
        heard = sounds <= TONES or door is not Door.ALEXA
        fits = seconds + CHECK_IN_SECONDS <= delivery.ceiling and heard
        if not (_is_known(chain[index]) and same and fits and has_room(chain[index])):
            break
        last = index
    return last


def replies(place: Place, delivery: Delivery) -> Iterator[tuple[Block, ...]]:
    """Yield the blocks of each reply of a plan that nothing interrupts."""
    chain, start = parts(place, delivery.wording), 0
    while start < len(chain):
        last = through(start, place, delivery, has_room=lambda _: True)
        yield tuple(part.block(delivery.preferences) for part in chain[start : last + 1])
        start = last + 1


def seconds(place: Place, delivery: Delivery) -> float:
    """Return how long a plan takes from its first step to the end of its last check-in, in seconds."""
    spoken = list(replies(place, delivery))
    usual, last = (
        speech_seconds(delivery.wording.phrase(key)) for key in ("cue.check_in", "cue.check_in_last")
    )
    asked = usual * (len(spoken) - 1) + last
    guided = sum(block_seconds(block, delivery.wording) for blocks in spoken for block in blocks)
    return asked + guided + _changes(place, delivery.wording)


def seconds_left(place: Place, delivery: Delivery) -> float:
    """Return how long the rest of a plan takes from where the listener is, in seconds."""
    chain = parts(place, delivery.wording)
    here = block_at(place, delivery.wording, delivery.preferences)
    rest = sum(
        block_seconds(part.block(delivery.preferences), delivery.wording) for part in chain[place.block + 1 :]
    )
    return length(cues((here,), delivery.wording, place.mark)) + rest


def spoken(seconds: float, wording: Wording) -> str:
    """Return a length in words: whole or half minutes where that is near enough, else tens of seconds."""
    told = rounded(seconds)
    if told < 60 or told % 30:
        return wording.phrase("length.seconds", seconds=told)
    key = "half" if told % 60 else "minute" if told == 60 else "minutes"
    return wording.phrase(f"length.{key}", minutes=told // 60)


def rounded(seconds: float) -> int:
    """Return so many seconds as they are told: whole or half minutes where that is near enough."""
    for share, step in itertools.product((NEAR, PROMISE), (60, 30)):
        told = step * max(60 // step, round(seconds / step))
        if abs(told - seconds) <= share * seconds:
            return told
    return 10 * max(1, round(seconds / 10))


def position(place: Place, wording: Wording) -> Position:
    """Return where the stretch of a place is done."""
    return stretch_at(place, wording).position


def positions(place: Place, library: Library) -> set[Position]:
    """Return every position that a plan needs."""
    return {library.stretches[id_].position for id_ in place.stretches}


def ahead(place: Place, wording: Wording) -> list[Stretch]:
    """Return the stretches that follow in the position of a place, this one first."""
    here = position(place, wording)
    rest = [part.stretch for part in parts(place, wording)[place.block :]]
    same = list(itertools.takewhile(lambda stretch: stretch.position is here, rest))
    return [stretch for index, stretch in enumerate(same) if stretch not in same[:index]]


def needs_clearing(place: Place, library: Library) -> bool:
    """Return whether a plan has a stretch that somebody must have cleared the listener for."""
    return any(library.stretches[id_].level is Level.CLEARED for id_ in place.stretches)


def replanned(place: Place, number: int, planned: Planned, wording: Wording) -> Place:
    """Return a place with one stretch of its plan changed, at the same side of that stretch or another."""
    here, mark = part_at(place, wording), place.mark
    changed = msgspec.structs.replace(place, plan=place.plan_with(number, planned))
    begun = mark.step is not Step.SET_UP
    index = next(
        index
        for index, part in enumerate(parts(changed, wording))
        if part.number == here.number and (mark.side in part.sides if begun else part.second == here.second)
    )
    mark = mark if begun else START
    return msgspec.structs.replace(changed, block=index, through=index, mark=mark)


def first_block(place: Place, number: int, wording: Wording) -> int:
    """Return the index of the block with which a stretch of a plan begins."""
    return next(index for index, part in enumerate(parts(place, wording)) if part.number == number)


def _changes(place: Place, wording: Wording) -> float:
    """Return how long it takes to tell the ways between the floor and a chair in a plan, in seconds."""
    where = [wording.library.stretches[id_].position for id_ in place.stretches]
    told = 0.0
    for before, after in itertools.pairwise(where):
        if before is not after:
            keys = [f"ready.{after}", f"prompt.ready_{after}"]
            keys += ["safety.way_up"] if before is Position.FLOOR else []
            told += sum(speech_seconds(wording.phrase(key)) for key in keys)
    return told


def _is_known(part: Part) -> bool:
    """Whether a part may be followed by another without a check-in."""
    return part.stretch.level is Level.GENTLE and part.planned.known
