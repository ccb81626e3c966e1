"""What an endpoint's certificate is, and what Amazon is to be told of it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from cryptography.x509 import Certificate, DNSName, ExtensionNotFound, SubjectAlternativeName
from msgspec import Struct

from skill.doctor.finding import Finding, bad, ok, warn

DAYS = 21
"""With fewer days left, whoever renews the certificate should have done so."""


class Shown(Struct, frozen=True):
    """What a server shows when a connection is made."""

    certificate: Certificate
    """Its own."""
    distrust: str
    """Why its chain does not lead to a trusted root; empty where it does."""
    takes_1_2: bool
    """Whether it speaks TLS 1.2."""


def look(shown: Shown, host: str, now: datetime) -> Iterator[Finding]:
    """Look at what a server shows.

    Args:
        shown: what it shows.
        host: the name by which it was called.
        now: the time at which the certificate must be valid.
    """
    certificate = shown.certificate
    if shown.takes_1_2:
        yield ok("TLS", "1.2 is spoken")
    else:
        yield bad("TLS", "1.2 is not spoken", "allow TLS 1.2 beside 1.3: Amazon may not speak 1.3 (A3)")
    itself = certificate.issuer == certificate.subject
    if not shown.distrust:
        yield ok("chain", "it leads to a trusted root")
    else:
        yield bad(
            "chain",
            shown.distrust,
            "get a certificate from an authority, such as Let's Encrypt; "
            "for trials upload this one to Amazon, as sslCertificateType SelfSigned"
            if itself
            else "serve the whole chain, the certificate first, of an authority that Amazon trusts",
        )
    yield _naming(_names(certificate), host, itself=itself)
    yield _expiry(certificate, now)


def _naming(names: list[str], host: str, *, itself: bool) -> Finding:
    """Look at the names of a certificate, and at what Amazon calls such a one."""
    host = host.lower()
    if host in names:
        kind = "SelfSigned" if itself else "Trusted"
    elif f"*.{host.partition('.')[2]}" in names:
        kind = "Wildcard"
    else:
        return bad(
            "name",
            f"the certificate is for {', '.join(names) or 'no name'}, not for {host}",
            f"get one for {host}",
        )
    return ok("name", f"the certificate is for {host}: sslCertificateType {kind}")


def _expiry(certificate: Certificate, now: datetime) -> Finding:
    """Look at how long a certificate is valid."""
    until = certificate.not_valid_after_utc
    days = (until - now).days
    if now < certificate.not_valid_before_utc:
        return bad("expiry", "the certificate is not valid yet", "see to the clock of whoever issued it")
    if now > until:
        return bad("expiry", f"the certificate expired on {until:%Y-%m-%d}", "renew it")
    if days < DAYS:
        return warn("expiry", f"the certificate expires in {days} days", "renew it, and see why nobody has")
    return ok("expiry", f"the certificate is valid for {days} days")


def _names(certificate: Certificate) -> list[str]:
    """Return the names of the hosts that a certificate is for."""
    try:
        named = certificate.extensions.get_extension_for_class(SubjectAlternativeName).value
    except ExtensionNotFound:
        return []
    return [name.lower() for name in named.get_values_for_type(DNSName)]
