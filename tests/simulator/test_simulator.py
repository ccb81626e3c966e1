"""Each person plays every routine in every rhythm, pace and wordiness; each reply keeps the invariants."""

from __future__ import annotations

import json
import re

import pytest

from skill.app import Taken
from skill.core.block import Step
from skill.core.conversation import ROUTES
from skill.core.library import Library
from skill.core.player import State
from skill.core.preferences import Rhythm
from skill.core.session import ROUNDS
from skill.core.timeline import segment_seconds, sides_of
from skill.core.turn import Reply, Say
from skill.language.hearing import Heard
from tests.helpers import as_response, spoken, steps
from tests.simulator import invariants, listening, people
from tests.simulator.combinations import ROUTINES, Combination, combinations
from tests.simulator.listening import Held
from tests.simulator.play import Move, Person, Story, in_place, play

PROMISE = re.compile(r"about (?P<length>[^,]+), (chair|floor)")
"""How the opening says how long a routine takes."""
SHARE = 0.1
"""What a routine takes may differ from what was promised by this share of it."""

every_routine = pytest.mark.parametrize("routine", ROUTINES)


@every_routine
def test_an_uninterrupted_routine_speaks_each_block_once_in_order(library: Library, routine: str) -> None:
    for combination in combinations(routine):
        story = played(people.plain, library, combination)
        begun = [block[0] for reply in guided(story) for block in listening.blocks(reply)]
        assert all(listening.is_set_up(segment) for segment in begun)
        order = dict.fromkeys(
            (step.stretch, step.side) for reply in guided(story) for step in steps(reply) if step.side
        )
        stretches = [library.stretches[id_] for id_ in library.routines[routine].stretches]
        expected = [(one.id, side) for one in stretches for side in sides_of(one) if side]
        assert list(order) == expected
        named = [segment.stretch for segment in begun]
        assert list(dict.fromkeys(named)) == [one.id for one in stretches]
        assert len(named) == len({(segment.stretch, segment.side) for segment in begun})
        assert is_finished(story)


@every_routine
def test_an_uninterrupted_routine_holds_each_side_for_the_same_seconds(
    library: Library, routine: str
) -> None:
    for combination in combinations(routine):
        story = played(people.plain, library, combination)
        seconds: dict[Held, float] = {}
        for reply in guided(story):
            for key, more in listening.held(reply.segments).items():
                seconds[key] = seconds.get(key, 0.0) + more
        assert seconds == {
            (id_, side): library.stretches[id_].hold.seconds * library.stretches[id_].repetitions.count
            for id_ in library.routines[routine].stretches
            for side in sides_of(library.stretches[id_])
        }, combination


@every_routine
def test_an_uninterrupted_routine_keeps_the_minutes_that_were_promised(
    library: Library, routine: str
) -> None:
    for combination in combinations(routine):
        story = played(people.plain, library, combination)
        # The way from a chair to the floor is a part of it.
        first = next(index for index, reply in enumerate(story.replies) if steps(reply))
        heard = [segment for reply in story.replies[first:-1] for segment in reply.segments]
        taken = sum(segment_seconds(segment) for segment in heard)
        promised = promised_seconds(spoken(story.replies[0]))
        assert abs(promised - taken) <= SHARE * taken, f"{combination}: {promised} s, {taken} s"


@every_routine
def test_a_routine_that_keeps_going_waits_less_often(library: Library, routine: str) -> None:
    replies: dict[Rhythm, int] = {}
    for combination in combinations(routine):
        story = played(people.plain, library, combination)
        replies[combination.rhythm] = replies.get(combination.rhythm, 0) + len(guided(story))
        if combination.rhythm is Rhythm.CHECK_IN:
            assert all(len(listening.blocks(reply)) == 1 for reply in guided(story))
    assert replies[Rhythm.KEEP_GOING] < replies[Rhythm.CHECK_IN]


@every_routine
def test_a_silent_person_is_never_led_on_and_finds_their_place_when_they_come_back(
    library: Library, routine: str
) -> None:
    for combination in combinations(routine):
        story = played(people.silent, library, combination)
        assert is_finished(story)
        assert story.done == rounds(library, routine)


@every_routine
def test_an_impatient_person_goes_block_by_block_and_skips_none(library: Library, routine: str) -> None:
    for combination in combinations(routine):
        story = played(people.impatient, library, combination)
        assert is_finished(story)
        assert {id_ for id_, _ in begun(story)} == set(library.routines[routine].stretches)
        assert max(story.done.values(), default=0) <= ROUNDS


@every_routine
def test_a_slow_person_keeps_their_place_also_where_the_screen_comes_again(
    library: Library, routine: str
) -> None:
    for combination in combinations(routine):
        story = played(people.slow, library, combination)
        assert is_finished(story)
        assert story.done == rounds(library, routine)


@every_routine
@pytest.mark.parametrize(
    "person", [people.chatty, people.asking_in_the_set_up, people.asking_as_a_hold_begins]
)
def test_a_chatty_person_goes_on_where_they_were(library: Library, person: Person, routine: str) -> None:
    for combination in combinations(routine):
        story = played(person, library, combination)
        assert is_finished(story), story.told
        assert story.done == rounds(library, routine), story.told


@every_routine
def test_whoever_is_hurt_in_the_third_hold_is_stopped_and_never_guided_again(
    library: Library, routine: str
) -> None:
    for combination in combinations(routine):
        story = played(people.hurt_in_the_third_hold, library, combination)
        assert story.left_off is not None
        assert story.left_off.step is Step.HOLD, story.told
        assert sum(story.done.values()) == 2, story.told
        first, way_out, *_ = story.reply.segments
        assert isinstance(first, Say)
        assert isinstance(way_out, Say)
        assert first.text == "Stop.", story.told
        assert way_out.text == library.stretches[story.left_off.stretch].way_out, story.told
        names = list(ROUTES)
        first_route = 7 * combination.number % len(names)
        for move in people.routes(library, (*names[first_route:], *names[:first_route])):
            story.takes(move)
            assert story.state is State.LOCKED, story.told
            assert not steps(story.reply), story.told
            assert story.record is not None
            assert story.record.saved is None, story.told
            assert story.record.token is None, story.told


@every_routine
def test_whoever_is_deaf_to_prompts_is_never_led_on(library: Library, routine: str) -> None:
    for combination in combinations(routine):
        story = in_place(library, combination)
        while not story.over:
            if story.state is State.GUIDING:
                other = story.fork()
                heard = len(other.replies)
                play(people.deaf, other)
                assert not any(steps(reply) for reply in other.replies[heard:]), other.told
                assert not is_finished(other)
            story.takes(people.onward(story))


@every_routine
def test_whoever_changes_their_mind_never_does_more_than_the_dose(library: Library, routine: str) -> None:
    for combination in combinations(routine):
        story = played(people.changing_their_mind, library, combination)
        assert max(story.done.values(), default=0) <= ROUNDS, story.told


def test_replies_are_rendered_as_amazons_classes_do(library: Library) -> None:
    combination = next(combinations("chair_break"))
    story = in_place(library, combination)
    topic = next(iter(library.answers))
    moves = (
        Move("ready"),
        Move("time_left", 20.0),
        Move("ask", topic=topic),
        Move("tone_on"),
        Move("resume"),
        Move("stop"),
        Move("session_ended"),
    )
    for move in moves:
        reply = story.takes(move)
        taken = Taken(Heard(move.route, move.route), reply, story.session)
        assert as_response(taken) == json.loads(json.dumps(invariants.rendered(reply, story.session)))


def played(person: Person, library: Library, combination: Combination) -> Story:
    """Play a person through a routine from its first step on."""
    return play(person, in_place(library, combination))


def guided(story: Story) -> list[Reply]:
    """Return the replies of a story that spoke steps."""
    return [reply for reply in story.replies if steps(reply)]


def begun(story: Story) -> set[tuple[str, object]]:
    """Return the stretches and sides with which blocks began."""
    return {
        (block[0].stretch or "", block[0].side)
        for reply in guided(story)
        for block in listening.blocks(reply)
    }


def is_finished(story: Story) -> bool:
    """Whether a story ended with its routine done."""
    record = story.record
    return record is not None and record.saved is None and len(record.finished) == 1


def rounds(library: Library, routine: str) -> dict[Held, int]:
    """Return how often each side of a routine's stretches is held."""
    chosen = (library.stretches[id_] for id_ in library.routines[routine].stretches)
    return {(one.id, side): one.repetitions.count for one in chosen for side in sides_of(one)}


def promised_seconds(text: str) -> float:
    """Return the seconds that an opening promises."""
    found = PROMISE.search(text)
    assert found, text
    length = found["length"]
    if length == "a minute":
        return 60.0
    number, *rest = length.split()
    if rest == ["seconds"]:
        return float(number)
    return 60.0 * int(number) + (30.0 if "half" in rest else 0.0)
