"""Proves, before anyone hears it, that every routine fits the platform and keeps the length it promises.

Each routine is spoken at every pace, in all words and fewer, in both rhythms, with tones and without.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import msgspec
from msgspec import Struct

from skill.alexa import ssml
from skill.alexa.certification import RESPONSE_BYTES, SOUNDS, SPEECH_CHARACTERS
from skill.core import fitting, planner
from skill.core.block import Block
from skill.core.fitting import Known
from skill.core.library import Library, Routine
from skill.core.planner import Delivery
from skill.core.preferences import Pace, Preferences, Rhythm, Wordiness
from skill.core.session import Place
from skill.core.timeline import cues
from skill.core.turn import Door, Tone
from skill.core.wording import Wording

LOCALE = "en-US"
"""The place whose words are spoken."""
ENVELOPE_BYTES = 6000
"""What a response holds beside its speech: the conversation and the reprompt, with room to spare."""
MANNERS = tuple(itertools.product(Wordiness, Rhythm))
"""Every wordiness in every rhythm."""


class Longest(Struct, frozen=True):
    """The most of everything that one reply has."""

    seconds: float = 0.0
    """Its length."""
    characters: int = 0
    """Characters of its speech."""
    bytes: int = 0
    """Bytes of the whole response."""
    sounds: int = 0
    """Sounds that it plays."""

    def or_(self, other: Longest) -> Longest:
        """Return the more of both, each by itself."""
        pairs = zip(msgspec.structs.astuple(self), msgspec.structs.astuple(other), strict=True)
        return Longest(*(max(pair) for pair in pairs))


class Row(Struct, frozen=True):
    """A routine at one pace."""

    routine: str
    """Its id."""
    pace: Pace
    """The pace."""
    seconds: dict[tuple[Wordiness, Rhythm], float]
    """How long it takes in every wordiness and rhythm, in seconds."""
    longest: Longest
    """The most that any of its replies has."""
    wrong: tuple[str, ...]
    """What it does not keep."""


def rows(library: Library, ceiling: float) -> Iterator[Row]:
    """Yield what was proved of every routine at every pace.

    Args:
        library: all content, without errors.
        ceiling: the longest reply of the rhythm that keeps going, in seconds.
    """
    for routine, pace in itertools.product(library.routines.values(), Pace):
        yield _row(routine, pace, library, ceiling)


def table(proved: list[Row]) -> Iterator[str]:
    """Yield the lines of a table: minutes and seconds in every manner, and the most that a reply has."""
    manners = "".join(
        f"{words:>8}{'' if rhythm is Rhythm.CHECK_IN else ' on':<3}" for words, rhythm in MANNERS
    )
    yield f"{'routine':<27}{'pace':<7}{manners}{'reply s':>9}{'chars':>7}{'bytes':>7}{'sounds':>7}"
    for row in proved:
        lengths = "".join(f"{_clock(row.seconds[manner]):>8}   " for manner in MANNERS)
        most = row.longest
        yield (
            f"{row.routine:<27}{row.pace:<7}{lengths}"
            f"{most.seconds:>9.0f}{most.characters:>7}{most.bytes:>7}{most.sounds:>7}"
        )


def _row(routine: Routine, pace: Pace, library: Library, ceiling: float) -> Row:
    wording = Wording(library, LOCALE, Door.ALEXA)
    plan = _known(fitting.of_routine(routine, Known(), library))
    longest, wrong, lengths = Longest(), [], {}
    for words, rhythm in MANNERS:
        for tone in (False, True):
            delivery = Delivery(wording, Preferences(pace, words, rhythm, tone), ceiling)
            for blocks in planner.replies(plan, delivery):
                reply = _measured(blocks, wording)
                longest = longest.or_(reply)
                if len(blocks) > 1 and reply.seconds > ceiling:
                    wrong.append(f"a reply of {reply.seconds:.0f} s is over the ceiling of {ceiling:g} s")
        lengths[words, rhythm] = planner.seconds(
            plan, Delivery(wording, Preferences(pace, words, rhythm), ceiling)
        )
    return Row(routine.id, pace, lengths, longest, tuple(dict.fromkeys([*wrong, *_over(longest, lengths)])))


def _over(longest: Longest, lengths: dict[tuple[Wordiness, Rhythm], float]) -> Iterator[str]:
    """Yield each limit that is not kept."""
    if longest.characters > SPEECH_CHARACTERS:
        yield f"a reply has {longest.characters} characters, more than {SPEECH_CHARACTERS}"
    if longest.bytes > RESPONSE_BYTES:
        yield f"a response has {longest.bytes} bytes, more than {RESPONSE_BYTES}"
    if longest.sounds > SOUNDS:
        yield f"a reply plays {longest.sounds} sounds, more than {SOUNDS}"
    for (words, rhythm), seconds in lengths.items():
        promised = planner.rounded(seconds)
        if abs(promised - seconds) > planner.PROMISE * seconds:
            yield f"in {words} and {rhythm} it takes {seconds:.0f} s, and {promised:.0f} s are promised"


def _measured(blocks: tuple[Block, ...], wording: Wording) -> Longest:
    """Return how much one reply has."""
    timeline = cues(blocks, wording)
    speech = f"<speak>{ssml.render(cue.segment for cue in timeline)}</speak>"
    return Longest(
        timeline[-1].end,
        len(speech),
        len(msgspec.json.encode(speech)) + ENVELOPE_BYTES,
        sum(isinstance(cue.segment, Tone) for cue in timeline),
    )


def _known(place: Place) -> Place:
    """Return a plan as for someone who has finished each stretch, in all words unless fewer are wanted."""
    plan = (msgspec.structs.replace(planned, known=True) for planned in place.plan)
    return Place(place.routine, tuple(plan))


def _clock(seconds: float) -> str:
    return f"{int(seconds) // 60}:{int(seconds) % 60:02d}"
