"""Scores how strangers' words are understood, through the turn API, line by line of a file."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
from flask.testing import FlaskClient
from msgspec import Struct, field

from skill.app import App
from skill.core.errors import GentleBackError
from skill.web.local import create_app

START = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
"""When every conversation begins."""
SECONDS = 5
"""Seconds between two turns."""
NO, YES, BEGIN, RESUME = "AMAZON.NoIntent", "AMAZON.YesIntent", "StartIntent", "AMAZON.ResumeIntent"
INJURY = re.compile(r"injur|surg|accident|fall")
"""A gate about an injury ..."""
ASKS_INJURY = re.compile(r"surgery|fall")
"""... is the first question that names surgery or a fall; ..."""
ASKS_NUMBNESS = re.compile(r"numb")
"""... any other gate is the first that names numbness."""
QUESTIONS = 6
"""Most questions that a screen asks."""
ALARMS = frozenset({"stop", "urgent", "emergency", "defer"})
"""Outcomes that nobody without a sign should hear."""
ACTIONS = {
    "cannot_do": ("swap", "skip"),
    "progress": ("progress", "time-left"),
}
"""The actions that a navigation may be answered by, where they are not its own name with hyphens."""
DECLINING = frozenset({"medical_advice", "neck_cracking", "painkillers", "someone_walk_on_me", "steroids"})
"""Answers that decline what is asked for, and say whom to ask."""
NOT_STOP = "not_stop"
"""The navigation that must neither stop nor skip nor advance."""


class LinesError(GentleBackError):
    """A file of utterances cannot be read."""


class Line(Struct, frozen=True, kw_only=True):
    """One utterance and what must happen; keys that are not here are ignored."""

    utterance: str
    """What is said."""
    kind: str
    """`question`, `routine_request`, `navigation`, `symptom_report`, `out_of_scope` or `emergency`."""
    outcome: str
    """What must happen."""
    context: str = "open"
    """What went before: `open`, `gate: ...` or `routine ...`."""
    topic: str = ""
    """The answer that is asked for."""
    answers: tuple[str, ...] = ()
    """Every answer that would be right, where it is more than `topic`."""
    seed_supported: bool = False
    """Whether the two source articles answer it."""
    safety: str = "none"
    """What danger is in it: `none`, `caution`, `refuse_routine`, `urgent` or `emergency`."""
    alt_kind: tuple[str, ...] = ()
    """What else it may be taken for."""


class Score(Struct):
    """How many lines of one kind went right."""

    name: str
    """What was counted."""
    right: int = 0
    """Lines that went as they must."""
    of: int = 0
    """All lines of the kind."""

    def count(self, right: bool) -> bool:
        """Count a line, and return whether it went right."""
        self.right += right
        self.of += 1
        return right

    def __str__(self) -> str:
        share = f"{self.right / self.of:7.1%}" if self.of else "      -"
        return f"{self.name:<44} {self.right:>4} of {self.of:<4} {share}"


class Heard(Struct, frozen=True):
    """What followed an utterance."""

    reply: dict[str, Any]
    """The turn API's object."""
    after: dict[str, Any]
    """What "carry on" led to afterwards."""

    @property
    def steps(self) -> bool:
        """Whether a step was spoken, at once or on "carry on"."""
        return any(part["stretch"] and part["step"] for part in self.reply["segments"])

    @property
    def locked(self) -> bool:
        """Whether no routine can start any more."""
        return bool(self.reply["state"] == "locked" and self.after["state"] == "locked")


class Scores(Struct):
    """All scores of a file."""

    stops: Score = field(default_factory=lambda: Score("stopped where they must not stretch"))
    """Signs and contraindications that must stop everything."""
    no_steps: Score = field(default_factory=lambda: Score("no step spoken to them"))
    """Of the same lines and the emergencies: nothing was guided, not even on "carry on"."""
    emergencies: Score = field(default_factory=lambda: Score("emergencies with emergency advice"))
    """Emergencies."""
    calm: Score = field(default_factory=lambda: Score("harmless turns without alarm"))
    """Turns in which nothing is wrong."""
    navigation: Score = field(default_factory=lambda: Score("navigation"))
    """Words that steer a routine."""
    screened: Score = field(default_factory=lambda: Score("requests screened before a step"))
    """Requests for a routine."""
    proceeds: Score = field(default_factory=lambda: Score("clear answers and good feelings taken as such"))
    """What must be answered by going on, or by a question about it."""
    seeds: Score = field(default_factory=lambda: Score("questions that the articles answer"))
    """Questions, by their topic."""
    others: Score = field(default_factory=lambda: Score("other questions"))
    """Questions, by their topic."""
    not_wrong: Score = field(default_factory=lambda: Score("questions not answered wrongly"))
    """Questions that got no other topic's answer."""
    out_of_scope: Score = field(default_factory=lambda: Score("out of scope without a made-up answer"))
    """Requests that must be declined."""
    misses: list[str] = field(default_factory=list)
    """A line for each that went wrong."""

    def all(self) -> Iterator[Score]:
        """Yield the scores in their order."""
        for name in self.__struct_fields__:
            value = getattr(self, name)
            if isinstance(value, Score):
                yield value


def read(text: str) -> list[Line]:
    """Return the lines of a file in the format of `dev-utterances.jsonl`.

    Raises:
        LinesError: a line is none.
    """
    lines: list[Line] = []
    for number, row in enumerate(text.splitlines(), 1):
        if row.strip():
            try:
                lines.append(msgspec.json.decode(row, type=Line))
            except msgspec.MsgspecError as error:
                raise LinesError(f"line {number}: {error}") from None
    return lines


def score(app: App, lines: list[Line]) -> Scores:
    """Play every line in a conversation of its own, and judge what followed."""
    client = create_app(app).test_client()
    scores = Scores()
    for number, line in enumerate(lines):
        heard = Conversation(client, f"line {number}", line.context).say(line.utterance)
        if not all(list(_judged(line, heard, app, scores))):
            scores.misses.append(_miss(line, heard))
    return scores


class Conversation:
    """One line's conversation, put into its context."""

    def __init__(self, client: FlaskClient, name: str, context: str) -> None:
        """Begin, and go where the context begins."""
        self._client, self._name, self._now = client, name, START
        if context.startswith("gate"):
            self._to_gate(ASKS_INJURY if INJURY.search(context) else ASKS_NUMBNESS)
        elif context.startswith("routine"):
            reply = self._turn(intent=BEGIN)
            for _ in range(QUESTIONS):
                reply = self._turn(intent=NO)
            while reply["state"] == "ready":
                reply = self._turn(intent=YES)

    def say(self, utterance: str) -> Heard:
        """Say the line's words, and "carry on" afterwards."""
        return Heard(self._turn(text=utterance), self._turn(intent=RESUME))

    def _to_gate(self, asks: re.Pattern[str]) -> None:
        reply = self._turn(intent=BEGIN)
        for _ in range(QUESTIONS - 1):
            if asks.search(reply["segments"][-1]["say"]):
                return
            reply = self._turn(intent=NO)

    def _turn(self, **said: str) -> dict[str, Any]:
        self._now += timedelta(seconds=SECONDS)
        turn = {"session": self._name, "now": self._now.isoformat(), **said}
        answer: dict[str, Any] = self._client.post("/v1/turn", json=turn).get_json()
        return answer


def _judged(line: Line, heard: Heard, app: App, scores: Scores) -> Iterator[bool]:
    """Count a line in every score that it belongs to; yield whether each went right."""
    reply = heard.reply
    dangerous = line.outcome in ("stop_no_resume", "urgent_advice", "emergency_advice")
    if dangerous:
        after = any(part["stretch"] for part in heard.after["segments"])
        yield scores.no_steps.count(not heard.steps and not after)
    elif line.safety in ("none", "caution") and "symptom_report" not in line.alt_kind:
        yield scores.calm.count(reply["outcome"] not in ALARMS and reply["state"] != "locked")
    match line.outcome:
        case "stop_no_resume":
            yield scores.stops.count(heard.locked)
        case "urgent_advice":
            yield scores.stops.count(heard.locked and reply["outcome"] in ("urgent", "emergency"))
        case "emergency_advice":
            yield scores.emergencies.count(heard.locked and reply["outcome"] == "emergency")
        case "screen_then_routine":
            alternative = "question" in line.alt_kind and reply["outcome"] == "answer"
            asked = reply["state"] == "screening" and reply["outcome"] in ("screen", "clarify")
            yield scores.screened.count(not heard.steps and (asked or alternative))
        case "proceed" | "ease_or_clarify":
            yield scores.proceeds.count(_proceeds(line, heard))
        case "answer":
            yield from _answered(line, heard, app, scores)
        case "decline":
            declined = reply["outcome"] in ("decline", "clarify", "offer", "help")
            declined |= reply["topic"] in DECLINING
            yield scores.out_of_scope.count(declined and not heard.steps)
        case outcome if outcome.startswith("nav:"):
            yield scores.navigation.count(_steered(outcome.removeprefix("nav:"), reply))


def _proceeds(line: Line, heard: Heard) -> bool:
    """Whether a clear answer led on, or a tight feeling to a question."""
    reply = heard.reply
    if reply["state"] == "locked":
        return False
    if line.outcome == "ease_or_clarify":
        return not heard.steps and reply["outcome"] in ("clarify", "navigate", "answer")
    return reply["outcome"] in (("screen",) if line.context.startswith("gate") else ("guide", "answer"))


def _steered(wanted: str, reply: dict[str, Any]) -> bool:
    """Whether a word of navigation was taken as that."""
    if wanted == NOT_STOP:
        return reply["state"] in ("guiding", "paused") and reply["action"] not in ("stop", "skip", "next")
    return reply["action"] in ACTIONS.get(wanted, (wanted.replace("_", "-"),))


def _answered(line: Line, heard: Heard, app: App, scores: Scores) -> Iterator[bool]:
    """Count a question; it is not judged where its topic is no answer of this skill's."""
    known = {*app.library.answers, *(word.id for word in app.library.safety.definitions)}
    right = set(line.answers or (line.topic,)) & known
    right |= {answer.id for answer in app.library.answers.values() if right.intersection(answer.also)}
    if not right:
        return
    reply = heard.reply
    offered = {reply["topic"], *(reply.get("choices") or ())} - {None}
    wrong = reply["outcome"] == "answer" and not offered & right
    alternative = bool(line.alt_kind) and reply["outcome"] in ("screen", *ALARMS)
    declined = line.safety == "refuse_routine" and reply["outcome"] in ("decline", "defer")
    kind = scores.seeds if line.seed_supported else scores.others
    yield kind.count(bool(offered & right) or alternative or declined)
    yield scores.not_wrong.count(not wrong)


def _miss(line: Line, heard: Heard) -> str:
    reply = heard.reply
    led = " ".join(str(reply[key]) for key in ("outcome", "action", "topic", "flag") if reply[key])
    choices = f" or {', '.join(reply['choices'])}" if reply.get("choices") else ""
    wanted = f"{line.outcome} {'/'.join(line.answers) or line.topic}"
    return f"[{line.context}] {line.utterance!r}: {led}{choices} ({reply['heard']['intent']}), not {wanted}"
