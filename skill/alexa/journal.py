"""What is logged of a turn: enough to operate the skill, and nothing that tells of anyone's health."""

from __future__ import annotations

import logging
import traceback
from dataclasses import dataclass

from skill.alexa.request import KNOWN_TYPES, Envelope
from skill.app import App, Taken
from skill.core.turn import Milestone, Outcome, Reached

log = logging.getLogger(__name__)

OTHER = "other"
"""Stands for a name that nobody here knows."""
OUTCOMES = frozenset(
    {Outcome.OFFER, Outcome.SCREEN, Outcome.GUIDE, Outcome.NAVIGATE, Outcome.HELP, Outcome.END}
)
"""Outcomes that tell nothing of anyone's health."""
ROUTES = frozenset(
    {
        *("about", "another", "check_in", "choose", "explain", "faster", "fewer_words", "forget", "help"),
        *("history", "keep_going", "last_time", "longer", "my_turn", "next", "pause", "previous", "progress"),
        *("question", "ready", "repeat", "repeat_last", "request", "restart", "resume", "shorter"),
        *("side_again", "skip", "slower", "stop", "surprise", "switch_sides", "time_left", "tone_off"),
        *("tone_on", "volume", "whats_next", "which_side"),
    }
)
"""Routes of intents that tell nothing of it either. A line names its listener, by a hash, only where both
its outcome and its route are here."""
IMPERSONAL = frozenset({"ask", "define", "describe", "refuse", "source", "unmatched"})
"""Routes of intents that may be named, without their listener."""
UNMATCHED = "unmatched"
"""The route of what nobody here understands."""
WITHHELD = "withheld"
"""Stands for an intent that may be an answer to a safety question, or the report of a sign."""


@dataclass
class Entry:
    """What goes with a turn while it is taken; nothing is noted of a request that may not be spoken to."""

    user: str = ""
    """Amazon's id of the listener."""
    outcome: Outcome | None = None
    """What the reply was."""
    routine: str | None = None
    """Id of the routine that the reply belongs to, or that it finished."""
    reached: Reached | None = None
    """The milestone that the turn has come to."""
    route: str = ""
    """What kind of turn it was understood as."""
    fingerprint: str = ""
    """Names the request."""

    def note(self, user: str, taken: Taken) -> None:
        """Note what a listener's turn came to."""
        reply, reached = taken.reply, taken.reply.reached
        self.user, self.route, self.outcome, self.reached = user, taken.heard.route, reply.outcome, reached
        self.routine = reached.routine if reached else reply.routine


def write(app: App, envelope: Envelope, entry: Entry, milliseconds: float) -> None:
    """Log a request that was answered.

    Args:
        app: knows the intents and the locales, and hashes users.
        envelope: the request.
        entry: what was noted of it.
        milliseconds: how long the answer took.
    """
    request = envelope.request
    line: dict[str, object] = {
        "request": request.type if request.type in KNOWN_TYPES else OTHER,
        "locale": request.locale if request.locale in app.locales else OTHER,
        "milliseconds": round(milliseconds, 1),
    }
    intent = app.library.intents.get(request.intent.name) if request.intent else None
    if intent:
        line["intent"] = intent.name if intent.route in ROUTES | IMPERSONAL else WITHHELD
    elif request.intent:
        line["intent"] = OTHER
    if entry.outcome:
        line |= {"outcome": str(entry.outcome), "routine": entry.routine}
    if entry.route == UNMATCHED:
        line["understood"] = False
    milestone = entry.reached.milestone if entry.reached else None
    if milestone:
        line["milestone"] = str(milestone)
    # Whoever passed the screen has answered it.
    impersonal = entry.outcome not in OUTCOMES or milestone is Milestone.SCREENED
    if not impersonal and (not request.intent or (intent and intent.route in ROUTES)):
        line["user"] = app.pseudonym(entry.user)
    log.info("turn", extra=line)


def fault(to: logging.Logger, error: Exception) -> None:
    """Log the type of an unexpected error and where it came from: its text might quote what was said.

    Args:
        to: the logger of whoever met it.
        error: what was met.
    """
    frame = traceback.extract_tb(error.__traceback__)[-1]
    to.error("%s at %s:%s", type(error).__name__, frame.filename, frame.lineno)
