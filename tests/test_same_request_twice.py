"""The same request twice, in two processes, changes what is kept of a listener only once.

`skill.alexa.replies` helps inside one process. Where two answer, the core itself is idempotent here, without
the request's id, but for wishes that are relative to what is kept: these the id tells apart.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import msgspec
import pytest

from skill.app import App, Said, Taken
from skill.core.library import Library
from skill.core.preferences import Pace, Preferences, Rhythm, Wordiness
from skill.core.session import Record, Session
from skill.core.turn import Reply, Slot
from tests.core.test_conversation import WAYS, listener_in
from tests.helpers import NO, NOON, YES, Listener
from tests.test_dialogues import DIALOGUES, do, lines_of, wait

PATIENCE = 400
"""Days after which a record is gone."""


class Twice(Listener):
    """A listener each of whose requests reaches two processes, one after the other."""

    changes = 0

    def again(self) -> Twice:
        other = Twice(self.app, user=self.user, door=self.door, device=self.device)
        other.now = self.now
        return other

    def _take(self, said: Said) -> Reply:
        self.taken = take_twice(self.app, said, self.session)
        self.session = self.taken.session
        return self.taken.reply


def kept(app: App, said: Said) -> bytes | None:
    """What is kept of a listener, as it stands in the store."""
    stored = app._store.get(app._hashed(said.user), said.now)
    return stored.body if stored else None


def take_twice(app: App, said: Said, session: Session | None) -> Taken:
    """Take a turn, and again if that has changed anything; assert that the second time changes nothing."""
    before = kept(app, said)
    taken = app.take(said, session)
    once = kept(app, said)
    if once != before:
        Twice.changes += 1
        app.take(said, session)
        assert kept(app, said) == once, f"taken twice: {said.text or said.intent}"
    return taken


def play(path: Path, one: Twice) -> None:
    """Say what a dialogue says; what must come, other tests hold."""
    for line in lines_of(path):
        wait(line, one)
        if line.new_session:
            one = one.again()
        do(line, one)


def test_every_dialogue(app: App) -> None:
    Twice.changes = 0
    for path in DIALOGUES:
        play(path, Twice(app, user=f"twice {path.stem}"))
    assert Twice.changes > 50


def finish(one: Listener, request: str = "the chair twist") -> Listener:
    """Do a routine to its end."""
    one.guided(request)
    for _ in range(30):
        one.to_the_end()
        if one.says("next").end:
            return one
    raise AssertionError("it never ends")


SCRIPTS: dict[str, Callable[[Twice], object]] = {
    "finish twice": lambda one: (finish(one), finish(one.wait(60).again())),
    "finish and go on at the same time": lambda one: (
        finish(one),
        one.again().says("what did i do last time"),
    ),
    "preferences": lambda one: (
        one.guided().at_hold(3),
        *map(one.says, ("slower", "slower", "faster", "fewer words", "fewer words", "a tone please")),
        *map(one.does, ("ToneOnIntent", "KeepGoingIntent", "CheckInIntent", "LongerIntent", "ShorterIntent")),
        *map(one.does, ("FewerWordsIntent", "ExplainIntent", "ToneOffIntent", "FasterIntent")),
    ),
    "pick up at once": lambda one: (
        one.guided().at_hold(6),
        one.says("hold on"),
        one.does("SessionEnded"),
        (back := one.wait(60).again()).does("LaunchRequest"),
        back.does(YES),
        back.does(NO),
        back.does("ReadyIntent"),
        back.at_hold(2).says("stop"),
        (third := back.wait(5).again()).does("ResumeStepIntent"),
        third.does(NO),
        third.does("ReadyIntent"),
        third.does("SessionEnded"),
    ),
    "pick up much later": lambda one: (
        one.guided().at_hold(6),
        one.does("SessionEnded"),
        (back := one.wait(5000).again()).does("ResumeStepIntent"),
        [back.does(NO) for _ in range(6)],
        back.does("ReadyIntent"),
        back.does("SessionEnded"),
    ),
    "not picked up": lambda one: (
        one.guided().says("stop"),
        (back := one.again()).does("LaunchRequest"),
        back.does(NO),
        back.does(NO),
    ),
    "someone else": lambda one: (
        one.guided().does("SessionEnded"),
        (back := one.wait(30).again()).does("MyTurnIntent"),
        [back.does(NO) for _ in range(6)],
    ),
    "surprise me": lambda one: (
        finish(one),
        (back := one.again()).does("SurpriseIntent"),
        [back.does(NO) for _ in range(6)],
        back.does("ReadyIntent"),
        back.does("SessionEnded"),
        one.again().does("AnotherIntent"),
        one.again().does("LastTimeIntent"),
    ),
    "one more round": lambda one: (
        one.guided("the chair twist").to_the_end(),
        one.says("do the left again"),
        one.to_the_end().says("one more round"),
        one.to_the_end().says("next"),
        one.to_the_end().says("do the last bit again"),
        one.says("next"),
    ),
    "left out": lambda one: (
        one.guided("the hip routine").at_hold(3),
        *(one.does(name) for name in ("SwapIntent", "SkipIntent", "SkipIntent", "SkipIntent", "SkipIntent")),
        *(one.does("SkipIntent") for _ in range(6)),
    ),
    "forget me": lambda one: (
        finish(one),
        one.guided().says("slower"),
        one.says("forget me"),
        one.says("stop"),
        (back := one.again()).says("forget me"),
        back.guided(),
        back.says("forget me"),
    ),
    "a sign": lambda one: (
        one.guided().at_hold(3),
        one.says("ow that really hurts"),
        one.does(NO),
        one.does("SessionEnded"),
    ),
    "expired": lambda one: (
        finish(one),
        one.guided().does("SessionEnded"),
        one.wait(15 * 86_400).again().says("hello"),
        one.wait(PATIENCE * 86_400).again().guided(),
    ),
}


@pytest.mark.parametrize("script", SCRIPTS.values(), ids=SCRIPTS)
def test_whole_conversations(
    app: App, script: Callable[[Twice], object], request: pytest.FixtureRequest
) -> None:
    Twice.changes = 0
    script(Twice(app, user=request.node.nodeid))
    assert Twice.changes > 0


def intents(library: Library) -> Iterator[tuple[str, dict[str, Slot]]]:
    """Every intent, with a value in each of its slots; of questions one stands for all."""
    for name, intent in library.intents.items():
        if not name.startswith(("Ask", "Decline")):
            yield (
                name,
                {
                    slot: Slot(next(iter(library.slot_types.get(type_, {"PT3M": ()}))))
                    for slot, type_ in intent.slots.items()
                },
            )
    for name in ("AskKneesIntent", "DeclineForceIntent", "LaunchRequest", "SessionEnded", "Silence"):
        yield name, {}


def test_every_intent_in_every_state(app: App, library: Library) -> None:
    Twice.changes = 0
    for way in WAYS:
        reached = listener_in(app, way, f"twice {way}")
        if reached.session is None:
            continue  # the tests below begin one
        for name, slots in intents(library):
            one = reached.twin(f"twice {name}")
            said = Said(user=one.user, now=one.now, intent=name, slots=slots, device=one.device)
            take_twice(app, said, one.session)
    assert Twice.changes > 100


RECORDS = {
    "nothing kept": Record(),
    "slow and few words": Record(preferences=Preferences(pace=Pace.SLOW, wordiness=Wordiness.COUNT)),
    "fast": Record(preferences=Preferences(pace=Pace.FAST, rhythm=Rhythm.KEEP_GOING)),
}


@pytest.mark.parametrize("record", RECORDS.values(), ids=RECORDS)
def test_every_intent_as_the_first_of_a_session(app: App, library: Library, record: Record) -> None:
    """Some wishes are relative to what is kept: "fewer words". The id tells that it is no second one."""
    wrong = set()
    for name, slots in intents(library):
        user = f"first {record} {name}"
        app._store.put(app._hashed(user), msgspec.json.encode(record), 0, NOON, NOON + timedelta(days=1))
        try:
            said = Said(user=user, now=NOON, intent=name, slots=slots, one_shot=True, request=f"r {name}")
            take_twice(app, said, None)
        except AssertionError:
            wrong.add(name)
    assert wrong == set()


@pytest.mark.parametrize("way", ["saved", "since", "ended"])
def test_every_intent_as_the_first_of_a_session_after_a_routine_was_left(
    app: App, library: Library, way: str
) -> None:
    reached = listener_in(app, way, "left")
    for name, slots in intents(library):
        if name != "FewerWordsIntent":  # held above
            one = reached.twin(f"left {name}")
            said = Said(user=one.user, now=one.now, intent=name, slots=slots, device=one.device)
            take_twice(app, msgspec.structs.replace(said, one_shot=True), None)
