"""What a check finds."""

from __future__ import annotations

from enum import StrEnum

from msgspec import Struct


class Level(StrEnum):
    """How a finding is meant."""

    OK = "ok"
    WARN = "warn"
    """It works, and may not for long, or not as well as it could."""
    BAD = "bad"
    """It does not work, or is not safe."""
    UNKNOWN = "unknown"
    """It could not be looked at."""


class Finding(Struct, frozen=True):
    """One thing that was looked at."""

    level: Level
    """How it is."""
    name: str
    """What was looked at."""
    found: str
    """What was found."""
    do: str = ""
    """What to do, where it is not all right."""

    def lines(self) -> list[str]:
        """Return the finding as it is printed."""
        first = f"{self.level:<7}  {self.name:<12}  {self.found}"
        return [first, f"{'':9}do: {self.do}"] if self.do else [first]


def ok(name: str, found: str) -> Finding:
    """Return that all is well."""
    return Finding(Level.OK, name, found)


def warn(name: str, found: str, do: str) -> Finding:
    """Return that something could be better."""
    return Finding(Level.WARN, name, found, do)


def bad(name: str, found: str, do: str) -> Finding:
    """Return that something has to be mended."""
    return Finding(Level.BAD, name, found, do)


def unknown(name: str, found: str, do: str) -> Finding:
    """Return that something could not be looked at."""
    return Finding(Level.UNKNOWN, name, found, do)
