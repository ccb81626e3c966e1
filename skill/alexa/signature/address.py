"""Where Amazon keeps the chains that its requests are signed with."""

from __future__ import annotations

import posixpath
import re
from urllib.parse import urlsplit

from skill.alexa.refusal import Reason, RefusedError

HOST = "s3.amazonaws.com"
"""The host of every chain (A3, PYSDK)."""
FOLDER = "/echo.api/"
"""The folder of every chain; upper and lower case differ (A3, PYSDK)."""
PLAIN = re.compile(r"[A-Za-z0-9:/._-]{1,512}")
"""All that such an address needs. No user, query, fragment or encoded character has a reading of its own."""


def canonical(address: str) -> str:
    """Return the one form of a chain's address, under which it is fetched and remembered.

    Raises:
        RefusedError: it is not one of Amazon's (A3): https, its host, port 443, below its folder.
    """
    if not PLAIN.fullmatch(address):
        raise RefusedError(Reason.ADDRESS, "the chain's address has characters that Amazon's have not")
    try:
        parts = urlsplit(address)
        port = parts.port
    except ValueError as error:
        raise RefusedError(Reason.ADDRESS, "the chain's address is none") from error
    path = posixpath.normpath(parts.path)
    there = (parts.scheme, parts.hostname) == ("https", HOST) and port in (None, 443)
    if not there or not path.startswith(FOLDER):
        raise RefusedError(Reason.ADDRESS, "the chain's address is not one of Amazon's")
    return f"https://{HOST}{path}"
