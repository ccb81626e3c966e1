"""The people: after each reply, what they do next and how many seconds after it began.

Each is a generator over a story. What they do varies by the number of their turns and of their
combination, never by chance.
"""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Iterator

import msgspec

from skill.core.block import Step
from skill.core.library import Level, Library
from skill.core.player import State
from skill.core.preferences import Pace, Rhythm
from skill.core.prompts import WAITING
from skill.core.session import Asked
from skill.core.timeline import segment_seconds
from skill.core.turn import Pause
from tests.simulator.play import Move, Story, answer_to_the_screen

A_DAY = 86_400.0
"""After so many seconds a clearance is over, and the place is not."""
MINUTES = 240.0
"""After so many seconds a clearance still holds."""
FRACTIONS = (0.1, 0.5, 0.9)
"""How far into a cue people speak; never on its edge, where it belongs to two."""
WAITS = (20.0, 45.0, 100.0, 61.0, 33.0)
"""How long a slow person waits after a reply, in seconds."""
TOO_LONG, LONG = 660.0, 500.0
"""One wait that ends a clearance, and waits of which a few do."""
SOON = 9
"""Most interruptions come within so many cues."""
INTERRUPTIONS = 7
"""So often a chatty person interrupts a block before they listen to its end."""


def plain(story: Story) -> Iterator[Move]:
    """Listen to all of it, and say "next"."""
    while not story.over:
        yield onward(story)


def silent(story: Story) -> Iterator[Move]:
    """Say nothing once a reply is over, until the session ends; come back minutes later, and once a day."""
    day = story.combination.number % 3
    for visit in itertools.count():
        while not story.over:
            if story.state in (State.GUIDING, State.PAUSED):
                yield Move("silence", story.length + 8)
            else:
                yield onward(story)
        if story.record is None or story.record.saved is None:
            return
        yield from _back(story, A_DAY if visit == day and _goes_on_another_day(story) else MINUTES)


def impatient(story: Story) -> Iterator[Move]:
    """Say "next" before it is time: in a hold, at once, or into the question."""
    for number in itertools.count(story.combination.number):
        if story.over:
            return
        if story.state is not State.GUIDING:
            yield msgspec.structs.replace(onward(story), after=0.4)
            continue
        in_a_hold = in_hold(story, 0.3 + number % 7)
        early = (story.length + 1, in_a_hold, 1.0, story.length - 1.5, 0.77 * story.length)
        yield Move("next", early[number % len(early)])


def slow(story: Story) -> Iterator[Move]:
    """Wait long before "next": some of them so long that the screen comes again."""
    kind, waited = story.combination.number % 3, 0
    for number in itertools.count():
        if story.over:
            return
        wait = WAITS[number % len(WAITS)]
        if story.state is State.GUIDING:
            waited += 1
            if kind == 1 and waited == 1 + story.combination.number // 3 % 2:
                wait = TOO_LONG
            elif kind == 2:
                wait = LONG
        move = onward(story)
        yield msgspec.structs.replace(move, after=story.length + wait)


def chatty(story: Story) -> Iterator[Move]:
    """Interrupt everywhere in a block with something beside it, then go on."""
    talks = itertools.cycle(_talks(story))
    for _ in range(3 * story.combination.number):
        next(talks)
    interrupted: Counter[int] = Counter()
    for number in itertools.count(story.combination.number):
        if story.over:
            if story.record is None or story.record.saved is None:
                return
            yield from _back(story, A_DAY if number % 2 and _goes_on_another_day(story) else MINUTES)
        elif story.state is State.GUIDING:
            place = story.session.place
            block = place.block if place else 0
            interrupted[block] += 1
            if interrupted[block] > INTERRUPTIONS:
                yield Move("next", story.length + 2)
            else:
                yield _at(next(talks), moment(story, number))
        elif story.state is State.PAUSED and number % 4 == 0 and story.session.asked is Asked.CARRY_ON:
            yield _at(Move("which_side"), 5.0)
        else:
            yield onward(story)


def asking_in_the_set_up(story: Story) -> Iterator[Move]:
    """Ask again and again while a stretch is set up, then listen."""
    asked: Counter[int] = Counter()
    while not story.over:
        place = story.session.place
        asked[place.block if place else 0] += 1
        if story.state is State.GUIDING and place and asked[place.block] <= 5:
            lead = sum(segment_seconds(each) for each in story.reply.segments if not each.stretch)
            yield Move("which_side" if asked[place.block] % 2 else "time_left", lead + 2)
        else:
            yield onward(story)


def asking_as_a_hold_begins(story: Story) -> Iterator[Move]:
    """Ask again and again in the first second of a hold, then listen."""
    asked: Counter[int] = Counter()
    while not story.over:
        place = story.session.place
        asked[place.block if place else 0] += 1
        if story.state is State.GUIDING and place and asked[place.block] <= 4:
            yield Move("which_side" if asked[place.block] % 2 else "time_left", in_hold(story, 0.5))
        else:
            yield onward(story)


def hurt_in_the_third_hold(story: Story) -> Iterator[Move]:
    """Report pain two seconds into the third hold."""
    holds = 0
    while not story.over:
        if story.state is State.GUIDING:
            starts = _hold_starts(story)
            if holds + len(starts) >= 3:
                yield Move("symptom", starts[2 - holds] + 2, flags=("s01_pain",))
                return
            holds += len(starts)
        yield onward(story)


def deaf(story: Story) -> Iterator[Move]:
    """Answer every prompt with a bare yes or with words that nobody understands."""
    for number in range(8):
        if story.over:
            return
        is_yes = (story.combination.number >> number % 4) % 2
        yield Move("yes" if is_yes else "unmatched", story.length + 5)


def changing_their_mind(story: Story) -> Iterator[Move]:
    """Change sides, stretches, holds and plans in the middle of everything; finish in the end."""
    changes = _changes(story)
    for number in itertools.count(story.combination.number):
        if story.over:
            return
        if story.state is State.GUIDING and (change := next(changes, None)):
            yield _at(change, moment(story, 3 * number))
        elif story.state is State.GUIDING or (story.state is State.PAUSED and story.passed_over):
            yield Move("next", story.length + 2)
        elif story.state is State.IDLE:
            yield Move("stop")
        else:
            yield onward(story)


def onward(story: Story) -> Move:
    """Return what goes on from any reply, once it is over."""
    match story.state:
        case State.SCREENING:
            return answer_to_the_screen(story)
        case State.READY:
            return Move("ready", 5.0)
        case State.GUIDING:
            return Move("next", story.length + 3)
        case State.PAUSED if story.session.asked in WAITING:
            return Move("no")
        case State.PAUSED:
            return Move("next" if story.at_check_in else "resume")
        case _:
            raise AssertionError(f"nothing is planned any more: {story.state}")


def moment(story: Story, number: int) -> float:
    """Return a second inside one of the cues of the last reply, another one for each number."""
    clock, moments = 0.0, []
    for segment in story.reply.segments:
        seconds = segment_seconds(segment)
        if segment.stretch:
            moments.append((clock, seconds))
        clock += seconds
    among = len(moments) if number % 4 == 0 else min(len(moments), SOON)
    start, seconds = moments[5 * number % among]
    return start + FRACTIONS[number % len(FRACTIONS)] * seconds


def in_hold(story: Story, seconds: float) -> float:
    """Return the second of the last reply at which so many seconds of its first hold are over."""
    starts = _hold_starts(story)
    return (starts[0] if starts else 0.0) + seconds


def routes(library: Library, names: tuple[str, ...]) -> Iterator[Move]:
    """Yield something of every route."""
    topic, other = list(library.answers)[:2]
    topics = {"ask": topic, "refuse": library.safety.refusals[0].id}
    for route in names:
        choices = (topic, other) if route == "either" else ()
        yield Move(route, topic=topics.get(route), choices=choices)


def _hold_starts(story: Story) -> list[float]:
    """Return when each hold of the last reply begins."""
    clock, starts, held = 0.0, [], True
    for segment in story.reply.segments:
        is_hold = isinstance(segment, Pause) and segment.cue == "hold"
        if is_hold and not held:
            starts.append(clock)
        # A hold goes on behind its words: only a new movement begins another one.
        held = is_hold or (held and segment.step != Step.MOVE)
        clock += segment_seconds(segment)
    return starts


def _at(move: Move, after: float) -> Move:
    return msgspec.structs.replace(move, after=after)


def _goes_on_another_day(story: Story) -> bool:
    """Whether what was left goes on just there on another day: gentle, and not the last of it."""
    assert story.record is not None
    assert story.record.saved is not None
    place = story.record.saved.place
    rest = place.stretches[place.stretches.index(story.spot.stretch) :] if story.spot else ()
    begun = story.spot is not None and not story.spot.is_over
    return begun and len(rest) > 1 and all(story.library.stretches[id_].level is Level.GENTLE for id_ in rest)


def _back(story: Story, after: float) -> Iterator[Move]:
    """Come back to the routine that was left."""
    story.comes_back(after)
    yield Move("launch", 0.0)
    yield Move("yes")


def _talks(story: Story) -> list[Move]:
    """Return all that is said beside a routine; what changes how it is guided is changed back at once."""
    preferences, library = story.combination.preferences, story.library
    plain_topic = next(answer.id for answer in library.answers.values() if not answer.pain)
    pain_topic = next(answer.id for answer in library.answers.values() if answer.pain)
    paces = ("faster", "slower") if preferences.pace is Pace.SLOW else ("slower", "faster")
    rhythms = ("keep_going", "check_in")
    if preferences.rhythm is Rhythm.KEEP_GOING:
        rhythms = ("check_in", "keep_going")
    tones = ("tone_off", "tone_on") if preferences.tone else ("tone_on", "tone_off")
    return [
        Move("time_left"),
        Move("which_side"),
        Move("help"),
        Move("progress"),
        Move("stop"),
        Move("whats_next"),
        Move("explain"),
        Move("repeat_last"),
        *(Move(route) for route in paces),
        Move("ask", topic=plain_topic),
        Move("pause"),
        Move("session_ended"),
        Move("ask", topic=pain_topic),
        Move("fewer_words"),
        *(Move(route) for route in rhythms),
        *(Move(route) for route in tones),
        Move("unmatched"),
        Move("volume"),
        Move("pop"),
        Move("define", slots={"word": library.safety.definitions[0].id}),
        Move("history"),
        Move("about"),
        Move("tight"),
        Move("refuse", topic=library.safety.refusals[0].id),
        Move("source"),
        Move("launch"),
        Move("pause"),
    ]


def _changes(story: Story) -> Iterator[Move]:
    """Yield changes of mind, beginning elsewhere in each combination."""
    every = [
        Move("switch_sides"),
        Move("longer"),
        Move("side_again"),
        Move("shorter"),
        Move("swap"),
        Move("side_again", slots={"side": "right"}),
        Move("previous"),
        Move("switch_sides", slots={"side": "left"}),
        Move("skip"),
        Move("restart"),
        Move("side_again", slots={"side": "left"}),
        Move("repeat"),
        Move("surprise"),
        Move("switch_sides", slots={"side": "right"}),
    ]
    talks = itertools.cycle(
        ("time_left", "help", "progress", "explain", "pause", "whats_next", "repeat_last")
    )
    first = story.combination.number % len(every)
    for number, change in enumerate((*every[first:], *every[:first])):
        yield change
        if number % 2:
            yield Move(next(talks))
