"""The roots that are trusted, and Amazon's among them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from cryptography.x509 import Certificate

from skill.alexa.signature import anchors
from skill.alexa.signature.anchors import AnchorsError
from skill.doctor.finding import Finding, bad, ok, warn

AMAZON = ("Amazon Root CA", "Starfield Services Root Certificate Authority")
"""How the names of the roots begin that Amazon's chains lead to (https://www.amazontrust.com/repository/)."""
MEND = "unset SSL_CERT_FILE, or add the roots of https://www.amazontrust.com/repository/ to its file"


def amazon_s(roots: Sequence[Certificate]) -> list[Certificate]:
    """Return which of some roots are Amazon's, by their names."""
    return [root for root in roots if any(f"CN={name}" in root.subject.rfc4514_string() for name in AMAZON)]


def trust(path: Path, needed: Sequence[Certificate], now: datetime) -> Finding:
    """Look at the file of the trusted roots.

    Args:
        path: the file.
        needed: Amazon's roots.
        now: the time at which they must be valid.
    """
    try:
        roots = anchors.certificates(path)
    except AnchorsError as error:
        return bad("roots", str(error), MEND)
    found = [root for root in needed if root in roots]
    valid = [root for root in found if root.not_valid_before_utc <= now <= root.not_valid_after_utc]
    told = f"{path}: {len(roots)} roots, {len(valid)} of Amazon's {len(needed)}"
    if not valid:
        return bad("roots", f"{told}: no request of Amazon's can be verified", MEND)
    if len(valid) < len(needed):
        return warn("roots", f"{told}, the others missing or expired", MEND)
    return ok("roots", told)
