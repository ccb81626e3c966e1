"""The names that an installation is given: its variables, and the skill's id."""

from __future__ import annotations

import re
from collections.abc import Iterable

import msgspec

from skill.doctor.finding import Finding, ok, warn
from skill.settings import Settings

PREFIX = "GENTLE_BACK_"
"""How the names of this project's own variables begin."""
SKILL_ID = re.compile(r"amzn1\.ask\.skill\.[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
"""Amazon's ids of skills."""


def variables(given: Iterable[str]) -> Finding:
    """Look for variables that look like settings, and are none."""
    known = {info.encode_name for info in msgspec.structs.fields(Settings)}
    given = [name for name in given if name.startswith(PREFIX)]
    strange = sorted(set(given) - known)
    if strange:
        return warn("settings", f"no setting: {', '.join(strange)}", "mend the name, or unset it")
    return ok("settings", f"{len(given)} of {PREFIX}* set")


def skill_id(given: str) -> Finding:
    """Look at Amazon's id of the skill."""
    if not given:
        return warn(
            "skill id",
            "GENTLE_BACK_SKILL_ID is not set: no public door opens, and only the local app runs",
            "set it to the id that Amazon's developer console shows: amzn1.ask.skill...",
        )
    if not SKILL_ID.fullmatch(given):
        return warn(
            "skill id",
            "it does not look like one of Amazon's",
            "copy it from Amazon's developer console: amzn1.ask.skill. and a UUID",
        )
    return ok("skill id", "it looks like one of Amazon's")
