"""A model check: every state that a conversation can reach, with every kind of turn in it."""

from __future__ import annotations

from collections import deque
from datetime import datetime, timedelta
from typing import NamedTuple

import msgspec
import pytest

from skill.core.conversation import ROUTES, respond
from skill.core.library import Effect, Flag, Library, Severity
from skill.core.player import State
from skill.core.prompts import WAITING
from skill.core.scene import Answered
from skill.core.session import ROUNDS, Asked, Record, Session, new_session
from skill.core.turn import Pause, Say, Turn
from tests.helpers import NOON

PLANS = ({"stretch": "seated_chair_twist"}, {"stretch": "lower_back_roller"})
"""Requests: a gentle stretch with two sides, and what somebody has to clear."""
WAITS = (8.0, 70.0)
"""Seconds between two turns: in the middle of a hold, and after the block."""
AWAY = 700.0
"""Seconds after which a clearance is over."""


class Node(NamedTuple):
    """A conversation after some turns, and how it came there."""

    session: Session
    record: Record
    now: datetime
    path: tuple[str, ...]


def turns(library: Library) -> dict[str, Turn]:
    """One turn of every kind: each route with each thing that changes its answer, each class of flags."""
    found: dict[str, Turn] = {}

    def add(name: str, route: str, **more: object) -> None:
        found[name] = Turn(route=route, intent=name, device="device", **more)  # type: ignore[arg-type]  # fields

    topic, *_ = library.answers
    for route in ROUTES:
        match route:
            case "request":
                for plan in PLANS:
                    add(f"request {plan}", route, slots=plan)
            case "ask":
                add(route, route, topic=topic)
            case "refuse":
                add(route, route, topic="force")
            case "define":
                add(route, route, slots={"word": library.safety.definitions[0].id})
            case "who":
                for clinician in ("doctor", "no_one"):
                    add(f"who {clinician}", route, slots={"clinician": clinician})
            case "either":
                add(route, route, choices=tuple(library.answers)[:2])
            case "choose":
                add(route, route, slots={"ordinal": "second"})
            case "no_symptom":
                for denied in ("s02_nerve", "u01_fever"):
                    add(f"no {denied}", route, denied=(denied,))
            case _:
                add(route, route)
    for flag in classes(library):
        add(f"flag {flag.id}", "symptom", flags=(flag.id,))
    return found


def classes(library: Library) -> list[Flag]:
    """One flag of each kind that is met alike."""
    kinds: dict[object, Flag] = {}
    for flag in library.safety.flags:
        kinds.setdefault((flag.severity, flag.effect, flag.in_routine), flag)
    return list(kinds.values())


def kind_of(node: Node) -> object:
    """What decides which replies can follow: of a place its length and step, of a record what it offers."""
    session, place = node.session, node.session.place
    return (
        *(
            session.state,
            session.asked,
            session.question,
            min(session.unclear, 1),
            session.cleared,
            session.level,
        ),
        (len(place.stretches), place.mark.step) if place else None,
        (node.record.saved is not None, node.record.token is not None)
        if session.state is State.IDLE
        else None,
    )


def holds(before: Node, turn: Turn, after: Answered, library: Library) -> None:
    """Assert the invariants of one turn."""
    reply, session = after.reply, after.session
    steps = [segment for segment in reply.segments if segment.stretch and isinstance(segment, Pause)]
    if steps:
        assert session.cleared
        assert session.state is State.GUIDING
        assert not turn.flags
    if before.session.state is State.LOCKED:
        assert session.state is State.LOCKED, "nothing but a new session unlocks"
        assert not steps
    harm = before.session.state is State.PAUSED and before.session.asked in WAITING
    if harm and session.state in (State.GUIDING, State.READY, State.SCREENING):
        assert turn.route in ("no", "no_symptom", "tight"), "nothing goes on while harm is asked about"
    assert all(dose.spoken <= ROUNDS and dose.held <= ROUNDS for dose in session.doses.values())
    last = reply.segments[-1] if reply.segments else None
    assert reply.listen == (isinstance(last, Say) and last.prompt)
    assert reply.listen != reply.end
    if reply.listen and isinstance(last, Say):
        assert last.text.endswith("?")
        assert reply.reprompt
    for id_ in turn.flags:
        flag = next(flag for flag in library.safety.flags if flag.id == id_)
        if flag.severity is not Severity.MODIFY or flag.effect is Effect.DEFER:
            assert session.state is State.LOCKED or session.asked is Asked.GET_UP
            assert not any(isinstance(segment, Pause) for segment in reply.segments)


@pytest.fixture(scope="module")
def reached(library: Library) -> list[Node]:
    """Every kind of node, each checked with every kind of turn on the way."""
    start = Node(new_session(library, Record()), Record(), NOON, ())
    known = {kind_of(start): start}
    waiting = deque([start])
    every = turns(library)
    while waiting:
        node = waiting.popleft()
        for name, turn in every.items():
            for wait in (
                WAITS if node.session.state is State.GUIDING else (*WAITS[:1], *[AWAY][: name == "resume"])
            ):
                now = node.now + timedelta(seconds=wait)
                after = respond(turn, node.session, node.record, library, now)
                try:
                    holds(node, turn, after, library)
                except AssertionError as error:
                    raise AssertionError(f"{' > '.join((*node.path, name))}: {error}") from error
                session = after.session
                if after.reply.end and session.state is not State.LOCKED:
                    session = new_session(library, after.record)
                assert after.record is not None
                next_ = Node(session, after.record, now, (*node.path, name))
                kind = kind_of(next_)
                if kind not in known:
                    known[kind] = next_
                    waiting.append(next_)
    return list(known.values())


def test_every_reachable_state_keeps_the_invariants(reached: list[Node]) -> None:
    assert {node.session.state for node in reached} == set(State)
    assert {node.session.asked for node in reached} == set(Asked)


def test_every_flag_is_met_in_every_reachable_question(reached: list[Node], library: Library) -> None:
    questions: dict[object, Node] = {}
    for node in reached:
        session = node.session
        questions.setdefault((session.state, session.asked, session.question), node)
    for node in questions.values():
        for flag in library.safety.flags:
            for route in ("symptom", "ask", "request", "next"):
                turn = Turn(
                    route=route,
                    intent=route,
                    flags=(flag.id,),
                    topic=next(iter(library.answers)),
                    slots=PLANS[0] if route == "request" else {},
                    device="device",
                )
                now = node.now + timedelta(seconds=8)
                after = respond(turn, node.session, node.record, library, now)
                holds(node, turn, after, library)
                if flag.severity is Severity.EMERGENCY:
                    assert after.reply.outcome == "emergency", (node.path, flag.id)


def test_a_lock_holds_in_the_session_that_comes_back(reached: list[Node], library: Library) -> None:
    for node in reached:
        if node.session.state is State.LOCKED:
            again = msgspec.json.decode(msgspec.json.encode(node.session), type=Session)
            turn = Turn(route="request", intent="StartIntent", slots=PLANS[0], device="device")
            assert respond(turn, again, node.record, library, node.now).session.state is State.LOCKED
