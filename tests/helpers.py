"""A listener with a virtual clock, and the invariants that every reply in every test goes through."""

from __future__ import annotations

import itertools
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
from ask_sdk_core.attributes_manager import AttributesManager
from ask_sdk_core.handler_input import HandlerInput
from ask_sdk_core.serialize import DefaultSerializer
from ask_sdk_model import LaunchRequest, RequestEnvelope, ResponseEnvelope
from ask_sdk_model import Session as AmazonSession
from click.testing import CliRunner
from msgspec.structs import replace

from skill.alexa import certification, response
from skill.app import App, Said, Taken
from skill.cli import main
from skill.core.library import Library
from skill.core.player import State
from skill.core.restoring import restored
from skill.core.session import Asked, Session
from skill.core.timeline import segment_seconds
from skill.core.turn import ACTIONS, Door, Outcome, Pause, Reply, Say, Segment, Slot
from skill.core.wording import Wording

ROOT = Path(__file__).resolve().parent.parent
NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
NO = "AMAZON.NoIntent"
YES = "AMAZON.YesIntent"
TWINS = itertools.count()
"""Tells twins apart."""


def few_wordings(library: Library) -> Library:
    """A library with four wordings of each kind, so that learning them takes a moment."""
    answers = {id_: replace(answer, asks=answer.asks[:4]) for id_, answer in library.answers.items()}
    intents = {
        name: replace(intent, samples=intent.samples[:4], hears=intent.hears[:4])
        for name, intent in library.intents.items()
    }
    flags = tuple(
        replace(flag, says=flag.says[:4], reports=flag.reports[:4], never=flag.never[:4])
        for flag in library.safety.flags
    )
    safety = replace(library.safety, flags=flags, harmless=library.safety.harmless[:4])
    return replace(library, answers=answers, intents=intents, safety=safety, hash="small")


def spoken(reply: Reply) -> str:
    """All words of a reply."""
    return " ".join(segment.text for segment in reply.segments if isinstance(segment, Say))


def steps(reply: Reply) -> list[Segment]:
    """The segments of a reply that belong to a stretch."""
    return [segment for segment in reply.segments if segment.stretch]


def hold_seconds(reply: Reply) -> dict[str, float]:
    """Seconds of hold per side in a reply."""
    seconds: dict[str, float] = {}
    for segment in reply.segments:
        if isinstance(segment, Pause) and segment.cue == "hold":
            seconds[str(segment.side)] = seconds.get(str(segment.side), 0.0) + segment.seconds
    return seconds


def as_response(taken: Taken) -> dict[str, Any]:
    """A turn as the JSON that Alexa would get."""
    envelope = RequestEnvelope(session=AmazonSession(attributes={}), request=LaunchRequest())
    handler_input = HandlerInput(
        request_envelope=envelope, attributes_manager=AttributesManager(request_envelope=envelope)
    )
    built = response.build(taken, handler_input)
    attributes = handler_input.attributes_manager.session_attributes
    whole = ResponseEnvelope(version="1.0", session_attributes=attributes or None, response=built)
    return json.loads(json.dumps(DefaultSerializer().serialize(whole)))  # type: ignore[no-any-return]  # plain JSON


def check_reply(taken: Taken, library: Library) -> None:
    """Assert what holds for every reply that anyone ever gets."""
    check_answered(taken.reply, taken.session, as_response(taken), library)


def check_answered(reply: Reply, session: Session, response: dict[str, Any], library: Library) -> None:
    """Assert what holds for a reply, its response to Alexa and the session after it."""
    quiet, answers = not reply.segments, reply.outcome is Outcome.ANSWER
    assert certification.problems(response, quiet=quiet, answer=answers) == []
    assert reply.action is None or reply.action in ACTIONS
    assert "{" not in spoken(reply)
    assert "}" not in spoken(reply)
    guided = steps(reply)
    assert bool(guided) == (session.state is State.GUIDING), "guiding holds only after a spoken step"
    if guided:
        assert reply.outcome in (Outcome.GUIDE, Outcome.NAVIGATE)
        assert session.cleared, "a step without a clear screen"
        assert session.asked is Asked.CHECK_IN
    for segment in reply.segments:
        if isinstance(segment, Pause):
            assert 0 < segment.seconds <= 10
            assert guided or segment.cue == "rest"
    if reply.outcome is Outcome.EMERGENCY:
        assert library.locales["en-US"].emergency_number in spoken(reply)
        assert "can't call" in spoken(reply)
        assert session.state is State.LOCKED
    if reply.outcome in (Outcome.STOP, Outcome.URGENT):
        assert session.state is State.LOCKED
    if session.state is State.LOCKED:
        assert session.place is None
        assert session.screened_at is None
    for key, dose in session.doses.items():
        assert dose.held <= 3, f"{key}: {dose}"
        assert dose.spoken <= 3, f"{key}: {dose}"
    kept = msgspec.to_builtins(session)
    assert msgspec.convert(kept, Session) == session, "a session survives its JSON"
    assert restored(session, Wording(library, "en-US", Door.LOCAL)) is session, "a session makes sense"
    flags = {flag.id for flag in library.safety.flags}
    assert not flags.intersection(json.dumps(kept).split('"')), "a flag in the session"


def check_written(command: str, root: Path, files: dict[str, str]) -> None:
    """Assert that a command writes these files below a root, and names them."""
    result = CliRunner(env={"GENTLE_BACK_CONTENT": str(root)}).invoke(main, [command])
    assert result.exit_code == 0, result.output
    assert result.output.split() == list(files)
    for name, text in files.items():
        assert (root / name).read_text(encoding="utf-8") == text


class Listener:
    """Someone in a conversation, on a virtual clock; every reply is checked."""

    def __init__(
        self, app: App, *, user: str = "listener", door: Door = Door.LOCAL, device: str = "d"
    ) -> None:
        self.app = app
        self.user = user
        self.door = door
        self.device = device
        self.now = NOON
        self.session: Session | None = None
        self.taken: Taken | None = None

    @property
    def state(self) -> State:
        return self.session.state if self.session else State.IDLE

    @property
    def reply(self) -> Reply:
        assert self.taken is not None
        return self.taken.reply

    @property
    def words(self) -> str:
        return spoken(self.reply)

    def wait(self, seconds: float) -> Listener:
        self.now += timedelta(seconds=seconds)
        return self

    def says(self, text: str) -> Reply:
        """Say free words."""
        return self._take(Said(user=self.user, now=self.now, text=text, door=self.door, device=self.device))

    def does(self, intent: str, *, one_shot: bool = False, locale: str = "en-US", **slots: str) -> Reply:
        """Send an intent."""
        heard = {name: Slot(value) for name, value in slots.items()}
        return self._take(
            Said(
                user=self.user,
                now=self.now,
                intent=intent,
                slots=heard,
                door=self.door,
                device=self.device,
                one_shot=one_shot,
                locale=locale,
            )
        )

    def screened(self, request: str = "the figure four") -> Listener:
        """Ask for a stretch and answer no six times."""
        self.says(request)
        for _ in range(6):
            self.does(NO)
        assert self.state is State.READY
        return self

    def guided(self, request: str = "the figure four") -> Listener:
        """Come as far as the first step."""
        self.screened(request)
        self.does("ReadyIntent")
        assert self.state is State.GUIDING
        return self

    def at_hold(self, seconds: float = 0.0) -> Listener:
        """Wait until so many seconds of the reply's first hold are over."""
        clock = 0.0
        for segment in self.reply.segments:
            if isinstance(segment, Pause) and segment.cue == "hold":
                break
            clock += segment_seconds(segment)
        return self.wait(clock + seconds)

    def to_the_end(self) -> Listener:
        """Wait until the reply is over."""
        return self.wait(sum(segment_seconds(segment) for segment in self.reply.segments))

    def again(self) -> Listener:
        """The same listener in a new session."""
        other = Listener(self.app, user=self.user, door=self.door, device=self.device)
        other.now = self.now
        return other

    def twin(self, user: str) -> Listener:
        """Another listener who has come exactly as far, with a record of their own."""
        user = f"{user} {next(TWINS)}"
        other = Listener(self.app, user=user, door=self.door, device=self.device)
        other.now, other.session, other.taken = self.now, self.session, self.taken
        store = self.app._store
        kept = store.get(self.app._hashed(self.user), self.now)
        if kept:
            store.put(self.app._hashed(user), kept.body, 0, self.now, self.now + timedelta(days=1))
        return other

    def _take(self, said: Said) -> Reply:
        self.taken = self.app.take(said, self.session)
        self.session = self.taken.session
        check_reply(self.taken, self.app.library)
        return self.taken.reply
