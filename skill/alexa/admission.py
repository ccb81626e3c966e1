"""Whether an envelope, once it is read, is fresh and meant for this skill."""

from __future__ import annotations

from datetime import datetime

from skill.alexa.refusal import Reason, RefusedError
from skill.alexa.request import Envelope, timestamp

REQUEST_SECONDS = 150.0
"""A request's time is at most so far from now, either way (A3, PYSDK)."""
EVENT_SECONDS = 3600.0
"""The same for a skill event, which Amazon sends again for an hour until it is acknowledged (A3)."""
EVENT = "AlexaSkillEvent."
"""How the type of every skill event begins."""


def check_time(envelope: Envelope, now: datetime) -> None:
    """Return if an envelope is fresh.

    Raises:
        RefusedError: it is not, or tells no time with a zone.
    """
    made = timestamp(envelope)
    if made is None:
        raise RefusedError(Reason.TIMESTAMP, "the request tells no time with a zone")
    most = EVENT_SECONDS if envelope.request.type.startswith(EVENT) else REQUEST_SECONDS
    if abs((now - made).total_seconds()) > most:
        raise RefusedError(Reason.TIMESTAMP, "the request's time is too far from now")


def check_application(envelope: Envelope, skill_id: str) -> None:
    """Return if an envelope is meant for a skill.

    Raises:
        RefusedError: it names another, or none (A3).
    """
    system, session = envelope.context.system, envelope.session
    named = {
        application.application_id
        for application in (system and system.application, session and session.application)
        if application
    }
    if named != {skill_id}:
        raise RefusedError(Reason.APPLICATION, "the request is meant for another skill")
