"""The error of a request that is not let in."""

from __future__ import annotations

from enum import StrEnum

from skill.core.errors import GentleBackError


class Reason(StrEnum):
    """Why a request is not let in; the only thing that is logged of it."""

    HEADERS = "headers"
    """A header of the signature is missing, or no Base64."""
    ADDRESS = "address"
    """The chain's address is not one of Amazon's."""
    FETCH = "fetch"
    """The chain cannot be fetched right now."""
    CHAIN = "chain"
    """What was fetched is no chain, or not one that leads from Amazon's name to a trusted root."""
    SIGNATURE = "signature"
    """The signature is not that of the body."""
    TIMESTAMP = "timestamp"
    """The request tells no time, or one that is too far from now."""
    APPLICATION = "application"
    """The request is meant for another skill."""


class RefusedError(GentleBackError):
    """A request is not let in."""

    def __init__(self, reason: Reason, message: str) -> None:
        super().__init__(message)
        self.reason = reason
