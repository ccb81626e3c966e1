"""Fetches a chain from Amazon: no redirect, no more bytes and no more time than a chain needs."""

from __future__ import annotations

import time
from pathlib import Path

import requests

from skill.alexa.refusal import Reason, RefusedError

STEP_SECONDS = 1.5
"""The longest wait for a connection, and for the next bytes."""
FETCH_SECONDS = 3.0
"""The longest that a chain may take to come: well inside the 8 s that Alexa waits (A1)."""
CHAIN_BYTES = 64 * 1024
"""A chain has at most 64 kB; Amazon's has about 6."""


class Straight(requests.Session):
    """Asks where it was told to, and nowhere else.

    To be told not to follow a redirect is not enough for requests: it would still read all of its body,
    and parse where it leads.
    """

    def get_redirect_target(self, resp: requests.Response) -> str | None:
        """Return nothing: no answer is a redirect."""
        return None


class UnendingError(OSError):
    """A body is too long, or comes too slowly."""


def fetch(address: str, roots: Path) -> bytes:
    """Return what lies at an address of Amazon's.

    A server whose every byte of the head comes just in time can take longer than `FETCH_SECONDS`: who
    waits for the chain has a patience of their own (`keys.WAIT_SECONDS`).

    Args:
        address: in its canonical form.
        roots: the file of the roots that the server's own certificate must lead to.

    Raises:
        RefusedError: it cannot be had.
    """
    deadline = time.monotonic() + FETCH_SECONDS
    try:
        with (
            Straight() as session,
            session.get(
                address,
                headers={"Accept-Encoding": "identity"},
                timeout=STEP_SECONDS,
                verify=str(roots),
                stream=True,
            ) as response,
        ):
            if response.status_code != 200:
                raise RefusedError(Reason.FETCH, f"the chain's server answered {response.status_code}")
            return body_of(response, CHAIN_BYTES, deadline)
    except UnendingError as error:
        raise RefusedError(Reason.FETCH, "the chain is too long, or comes too slowly") from error
    except OSError as error:
        raise RefusedError(Reason.FETCH, f"the chain cannot be fetched ({type(error).__name__})") from error


def body_of(response: requests.Response, most: int, deadline: float) -> bytes:
    """Return the body of a response that is streamed.

    Args:
        response: what is read.
        most: so many bytes at most.
        deadline: until then, by the monotonic clock.

    Raises:
        UnendingError: it is longer, or not there by then.
        OSError: it breaks off.
    """
    body = bytearray()
    # Byte by byte: a longer read would wait, past the deadline, for bytes that trickle.
    for byte in response.iter_content(1):
        body += byte
        if len(body) > most or time.monotonic() > deadline:
            raise UnendingError
    return bytes(body)
