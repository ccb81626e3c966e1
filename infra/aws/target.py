"""What an artefact is built for: a version of Python, and an architecture."""

from __future__ import annotations

import platform
import sys
from enum import StrEnum

from msgspec import Struct

from skill.core.errors import GentleBackError

GLIBC = {"3.11": 26, "3.12": 34, "3.13": 34}
"""Minor version of glibc 2 below each Python of Lambda's: Amazon Linux 2 for 3.11, 2023 for the others. A
wheel that was made for a newer one cannot be loaded there."""
OLDEST = 17
"""The oldest glibc 2 that wheels name by its number (manylinux2014)."""


class BuildError(GentleBackError):
    """An artefact cannot be built."""


class Architecture(StrEnum):
    """A processor, as Lambda names it."""

    ARM64 = "arm64"
    X86_64 = "x86_64"

    @property
    def machine(self) -> str:
        """The name that wheels, ELF's tools and kernels have for it."""
        return "aarch64" if self is Architecture.ARM64 else "x86_64"


class Target(Struct, frozen=True):
    """A runtime of Lambda's."""

    python: str
    """Its version, such as 3.13."""
    architecture: Architecture
    """Its processor."""

    def __str__(self) -> str:
        """Return the name that its files have."""
        return f"{self.python}-{self.architecture}"

    @property
    def platforms(self) -> list[str]:
        """The tags of the wheels that can be loaded there, newest first."""
        machine = self.architecture.machine
        numbered = [f"manylinux_2_{minor}_{machine}" for minor in range(GLIBC[self.python], OLDEST - 1, -1)]
        return [*numbered, f"manylinux2014_{machine}"]

    @property
    def is_this_processor(self) -> bool:
        """Whether this machine has that processor, and Linux."""
        return sys.platform == "linux" and platform.machine() == self.architecture.machine
