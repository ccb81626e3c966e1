"""The clock, compared with Amazon's: requests are refused that seem too old or too new."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from pathlib import Path

from skill.alexa.admission import REQUEST_SECONDS
from skill.alexa.signature.address import HOST
from skill.alexa.signature.fetch import Straight
from skill.app import Clock
from skill.doctor.finding import Finding, bad, ok, unknown, warn

WARN_SECONDS = 30.0
"""From here on a clock is drifting."""
SECONDS = 5.0
"""How long an answer may take."""
SYNCHRONISE = "synchronise the clock: timedatectl set-ntp true"


def clock(date: Callable[[], datetime], now: Clock) -> Finding:
    """Compare a clock with Amazon's.

    Args:
        date: returns Amazon's time; raises OSError or ValueError where it cannot be had.
        now: the clock.
    """
    before = now()
    try:
        theirs = date()
    except (OSError, ValueError) as error:
        return unknown(
            "clock",
            f"it cannot be compared: {HOST} does not tell the time ({type(error).__name__})",
            f"let this machine reach https://{HOST}/: the chains of Amazon's signatures are there as well",
        )
    ours = before + (now() - before) / 2
    off = (ours - theirs).total_seconds()
    found = f"{abs(off):.0f} s {'ahead of' if off > 0 else 'behind'} Amazon's"
    if abs(off) > REQUEST_SECONDS:
        return bad("clock", f"{found}: every request is refused", SYNCHRONISE)
    if abs(off) >= WARN_SECONDS:
        return warn("clock", f"{found}; {REQUEST_SECONDS:.0f} s refuse every request", SYNCHRONISE)
    return ok("clock", found)


def amazon_s(roots: Path) -> datetime:
    """Return the time of the server that Amazon's chains lie on, to the second.

    Args:
        roots: the file of the roots that its certificate must lead to.

    Raises:
        OSError: it cannot be asked.
        ValueError: it tells no time.
    """
    with (
        Straight() as session,
        session.get(f"https://{HOST}/", timeout=SECONDS, verify=str(roots), stream=True) as response,
    ):
        told = parsedate_to_datetime(response.headers.get("Date", ""))
    return told if told.tzinfo else told.replace(tzinfo=UTC)
