"""A chain of certificates, led back from Amazon's name to a trusted root."""

from __future__ import annotations

from datetime import datetime
from itertools import pairwise

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.x509 import DNSName, SubjectAlternativeName, load_pem_x509_certificates
from cryptography.x509.verification import PolicyBuilder, Store
from msgspec import Struct

from skill.alexa.refusal import Reason, RefusedError

NAME = "echo-api.amazon.com"
"""The name that the first certificate must bear, as it is written (A3, PYSDK)."""
KEY_BITS = 2048
"""The key has at least so many."""
CERTIFICATES = 10
"""A chain has at most so many certificates."""


class SigningKey(Struct, frozen=True):
    """A key that Amazon signs with."""

    key: RSAPublicKey
    """The public half."""
    until: datetime
    """When the first certificate of its chain expires."""


def validated(pem: bytes, roots: Store, now: datetime) -> SigningKey:
    """Return the key of a chain.

    Args:
        pem: the certificates, Amazon's first, each followed by its issuer's.
        roots: what is trusted.
        now: the time at which all of them must be valid.

    Raises:
        RefusedError: it is no such chain.
    """
    try:
        first, *others = load_pem_x509_certificates(pem)
        in_order = all(one.issuer == issuer.subject for one, issuer in pairwise([first, *others]))
        verifier = PolicyBuilder().store(roots).time(now).build_server_verifier(DNSName(NAME))
        verified = verifier.verify(first, others)
        key = first.public_key()
        names = first.extensions.get_extension_for_class(SubjectAlternativeName).value
        # A wildcard would do for the verifier.
        named = NAME in names.get_values_for_type(DNSName)
    except Exception as error:
        # For odd bytes, cryptography has errors of many kinds, which share no base.
        raise RefusedError(Reason.CHAIN, f"no chain to a trusted root ({type(error).__name__})") from error
    if len(others) >= CERTIFICATES or not in_order or not named:
        raise RefusedError(Reason.CHAIN, "the chain is too long, out of its order, or another's")
    if not isinstance(key, RSAPublicKey) or key.key_size < KEY_BITS:
        raise RefusedError(Reason.CHAIN, f"the chain's key is not RSA of {KEY_BITS} bits")
    return SigningKey(key, min(certificate.not_valid_after_utc for certificate in verified))
