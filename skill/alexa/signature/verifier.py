"""Checks that a request is Amazon's, before anything of its body is read."""

from __future__ import annotations

import base64
from collections.abc import Callable
from datetime import datetime
from typing import Protocol

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.x509.verification import Store

from skill.alexa.refusal import Reason, RefusedError
from skill.alexa.signature.address import canonical
from skill.alexa.signature.keys import Keys

CHAIN = "SignatureCertChainUrl"
"""The header that tells where the chain lies (A3)."""
SIGNATURE = "Signature-256"
"""The header that holds the signature by SHA-256 (A3); the older one, by SHA-1, is not enough."""


class Headers(Protocol):
    """The headers of a request, by name."""

    def get(self, key: str, default: str, /) -> str:
        """Return a header, or else the default."""
        ...


class Verifier:
    """Knows Amazon's signature. Nothing switches it off: what takes no signed requests has no verifier."""

    def __init__(self, roots: Store, fetch: Callable[[str], bytes]) -> None:
        """Trust roots, and fetch chains by a function that raises `RefusedError`."""
        self._keys = Keys(roots, fetch)

    def verify(self, headers: Headers, body: bytes, now: datetime) -> None:
        """Return if a request is signed by Amazon; the cheap checks come first.

        Args:
            headers: the request's.
            body: its raw bytes.
            now: the time.

        Raises:
            RefusedError: it is not.
        """
        named, written = headers.get(CHAIN, ""), headers.get(SIGNATURE, "")
        if not named or not written:
            raise RefusedError(Reason.HEADERS, f"{CHAIN} and {SIGNATURE} are needed")
        address = canonical(named)
        try:
            signature = base64.b64decode(written, validate=True)
        except ValueError as error:
            raise RefusedError(Reason.HEADERS, "the signature is no Base64") from error
        key = self._keys.get(address, now)
        try:
            key.verify(signature, body, PKCS1v15(), SHA256())
        except InvalidSignature as error:
            raise RefusedError(Reason.SIGNATURE, "the signature is not that of the body") from error
