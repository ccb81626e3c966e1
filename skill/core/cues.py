"""The words, silences and tones of one block, in order."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from skill.core.block import Block, Mark, Step
from skill.core.library import Side
from skill.core.preferences import Wordiness
from skill.core.turn import Door, Pause, Say, Segment, Tone
from skill.core.wording import Wording

BREAK_SECONDS = 10.0
"""The longest single pause, in seconds (SSML: a break is at most 10 s)."""
LAST_SECONDS = 5.0
"""How long before its end a longer hold says so."""
BEGUN_SECONDS = 1.0
"""A hold that was interrupted before so many seconds has not begun: it begins anew, and was not held."""
WORTH_SECONDS = 3.0
"""What is left of a hold below this is not gone back to: it is over."""
HALFWAY_FROM = 16.0
"""Holds from this length on, in seconds, are told when half of them is over."""
TONES = 5
"""A reply of Alexa's plays at most so many sounds (A1, SSML)."""

Marked = tuple[Mark, Segment]
"""A segment, and where it begins."""


def segments(block: Block, wording: Wording, mark: Mark) -> Iterator[Marked]:
    """Yield a block's segments from a mark on, without a check-in."""
    if mark.step is Step.CHECK_IN:
        return
    if mark.step is Step.SET_UP:
        yield from _set_up(block, wording)
        mark = Mark(Step.MOVE, block.sides[0])
    first = block.sides.index(mark.side) if mark.side in block.sides else 0
    for side in block.sides[first:]:
        begin = mark if side is mark.side else Mark(Step.MOVE, side)
        for repetition in range(begin.repetition, len(block.holds)):
            at = begin if repetition == begin.repetition else Mark(Step.MOVE, side, repetition)
            yield from _repetition(block, wording, at)


def set_up(block: Block, wording: Wording) -> list[Segment]:
    """Return the way into a block, for somebody who comes back into the middle of it."""
    return [segment for _, segment in _set_up(msgspec.structs.replace(block, second=False), wording)]


def is_over(block: Block, mark: Mark) -> bool:
    """Whether all of a repetition's hold is over, but for the coming back from it."""
    if mark.step is not Step.HOLD:
        return mark.step is Step.RELEASE
    return round(block.holds[mark.repetition] - mark.held) < WORTH_SECONDS


def check_in(block: Block, wording: Wording, key: str) -> Marked:
    """Return the question that ends a block, by the key of its phrase."""
    side = block.sides[-1]
    text = wording.phrase(key, **wording.side(side))
    mark = Mark(Step.CHECK_IN, side, max(0, len(block.holds) - 1))
    return mark, _say(block, text, Step.CHECK_IN, "check-in", side, prompt=True)


def silence(seconds: float, cue: str) -> Iterator[Pause]:
    """Yield a silence as a chain of pauses, none longer than a break may be."""
    while seconds > 0:
        piece = min(seconds, BREAK_SECONDS)
        yield Pause(seconds=piece, cue=cue)
        seconds -= piece


def _set_up(block: Block, wording: Wording) -> Iterator[Marked]:
    """Yield the way into a stretch, or to its other side."""
    stretch, side = block.stretch, block.sides[0]
    mark = Mark(Step.SET_UP, side)
    counted = "_count" if block.words is Wordiness.COUNT else ""
    key = "cue.set_up_next" if block.second else f"cue.set_up{counted}"
    text = wording.phrase(
        key, name=stretch.name, set_up=stretch.set_up, way_out=stretch.way_out, **wording.side(side)
    )
    yield mark, _say(block, text, Step.SET_UP, "set-up", side)
    if not block.second:
        seconds = stretch.set_up_seconds * block.pace.factor
        yield from _silence(block, seconds, Step.SET_UP, "set-up", mark)


def _repetition(block: Block, wording: Wording, mark: Mark) -> Iterator[Marked]:
    """Yield one repetition of one side, from a mark on."""
    stretch, side, repetition = block.stretch, mark.side, mark.repetition
    hold = block.holds[repetition]
    back = mark.step is Step.HOLD and mark.held >= BEGUN_SECONDS
    if back:
        hold = float(round(hold - mark.held))
        if hold < WORTH_SECONDS:
            mark = Mark(Step.RELEASE, side, repetition)
    if mark.step is not Step.RELEASE:
        kept = f"cue.{'moving' if stretch.moving else 'hold'}{'_last' if back else ''}"
        names = _words(block, wording, side) | {"keep": wording.phrase(kept, hold=f"{hold:g}")}
        manner = "back" if back else _manner(block, mark)
        text = wording.phrase(f"cue.{manner}_{'side' if side else 'middle'}", **names)
        at = mark if back else Mark(Step.MOVE, side, repetition)
        yield at, _say(block, text, Step.MOVE, "resume" if back else "move", side)
        ready = stretch.get_ready_seconds * block.pace.factor
        yield from _silence(block, ready, Step.MOVE, "get-ready", at)
        yield from _hold(block, wording, mark if back else Mark(Step.HOLD, side, repetition), hold)
    at = Mark(Step.RELEASE, side, repetition)
    text = wording.fill(stretch.release, **_words(block, wording, side))
    yield at, _say(block, text, Step.RELEASE, "release", side)
    yield from _silence(block, stretch.release_seconds * block.pace.factor, Step.RELEASE, "release", at)


def _manner(block: Block, mark: Mark) -> str:
    """Return in which words a movement is told: fewer the second time, on the other side, and once known."""
    again = mark.repetition > 0
    if block.words is Wordiness.COUNT:
        return "count_again" if again else "count"
    if again:
        return "again"
    if block.words is Wordiness.CUE:
        return "short"
    return "other" if block.second or mark.side is not block.sides[0] else "move"


def _hold(block: Block, wording: Wording, mark: Mark, seconds: float) -> Iterator[Marked]:
    """Yield the silence of a hold, told where it is half over and when five seconds are left."""
    told: list[tuple[float, str, str]] = []
    if seconds >= HALFWAY_FROM and mark.held == 0:
        told.append((seconds / 2, "halfway", f"cue.halfway_{'side' if mark.side else 'middle'}"))
    if seconds > BREAK_SECONDS:
        told.append((seconds - LAST_SECONDS, "last-five", "cue.last_five"))
    if block.tone and _has_start(block, mark, wording.door):
        yield mark, _tone(block, "hold-start", mark)
    clock = 0.0
    for until, cue, key in (*told, (seconds, "", "")):
        for piece in silence(until - clock, "hold"):
            at = Mark(Step.HOLD, mark.side, mark.repetition, mark.held + clock)
            yield at, _placed(block, piece, Step.HOLD, mark.side)
            clock += piece.seconds
        if cue:
            at = Mark(Step.HOLD, mark.side, mark.repetition, mark.held + clock)
            yield at, _say(block, wording.phrase(key, **wording.side(mark.side)), Step.HOLD, cue, mark.side)
    if block.tone:
        yield Mark(Step.RELEASE, mark.side, mark.repetition), _tone(block, "hold-end", mark)


def _has_start(block: Block, mark: Mark, door: Door) -> bool:
    """Whether a tone begins this hold: where Alexa would play too many, the last ones begin without."""
    ends = len(block.holds) * len(block.sides)
    number = block.sides.index(mark.side) * len(block.holds) + mark.repetition
    return door is not Door.ALEXA or number < TONES - ends


def tones(block: Block, door: Door) -> int:
    """Return how many tones a block has."""
    both = 2 * len(block.holds) * len(block.sides) if block.tone else 0
    return min(TONES, both) if door is Door.ALEXA else both


def _silence(block: Block, seconds: float, step: Step, cue: str, mark: Mark) -> Iterator[Marked]:
    """Yield a silence in a step, at its mark."""
    for piece in silence(seconds, cue):
        yield mark, _placed(block, piece, step, mark.side)


def _placed(block: Block, pause: Pause, step: Step, side: Side | None) -> Pause:
    return Pause(seconds=pause.seconds, cue=pause.cue, stretch=block.stretch.id, step=step, side=side)


def _tone(block: Block, cue: str, mark: Mark) -> Tone:
    return Tone(cue=cue, stretch=block.stretch.id, step=Step.HOLD, side=mark.side)


def _say(block: Block, text: str, step: Step, cue: str, side: Side | None, *, prompt: bool = False) -> Say:
    return Say(text=text, cue=cue, stretch=block.stretch.id, step=step, side=side, prompt=prompt)


def _words(block: Block, wording: Wording, side: Side | None) -> dict[str, object]:
    """Return what the placeholders of a stretch's texts stand for."""
    stretch = block.stretch
    names: dict[str, object] = {"name": stretch.name, **wording.side(side)}
    filled = {
        key: getattr(stretch, key).format(**names) for key in ("move", "again", "feel", "limit", "breath")
    }
    return names | filled
