"""The roots that are trusted: those of `SSL_CERT_FILE`, else those of certifi."""

from __future__ import annotations

import logging
import ssl
import warnings
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import certifi
from cryptography.utils import CryptographyDeprecationWarning
from cryptography.x509 import Certificate, load_der_x509_certificate
from cryptography.x509.verification import Store

from skill.core.errors import GentleBackError

log = logging.getLogger(__name__)


class AnchorsError(GentleBackError):
    """There are no roots to trust."""


def file(named: str) -> Path:
    """Return the file of the trusted roots.

    Args:
        named: what `SSL_CERT_FILE` says; empty where it is not set.
    """
    return Path(named or certifi.where())


def load(path: Path) -> Store:
    """Return the trusted roots of a file, as what a chain can be led to.

    Raises:
        AnchorsError: the file cannot be read, or holds no root.
    """
    return Store(certificates(path))


def certificates(path: Path) -> list[Certificate]:
    """Return the trusted roots of a file.

    Raises:
        AnchorsError: the file cannot be read, or holds no root.
    """
    try:
        context = ssl.create_default_context(cafile=str(path))
    except OSError as error:
        raise AnchorsError(f"{path}: no roots to trust ({type(error).__name__})") from error
    found = context.get_ca_certs(binary_form=True)
    roots = list(_usable(found))
    if not roots:
        raise AnchorsError(f"{path}: no roots to trust")
    if len(roots) < len(found):
        log.info("%d roots of %d are out of order, and left out", len(found) - len(roots), len(found))
    return roots


def _usable(encoded: list[bytes]) -> Iterator[Certificate]:
    """Yield the roots one by one: one that is out of order spoils no other (performance facts, 3).

    Six roots of certifi have the serial number 0; Starfield's, which Amazon's chains name, is one of
    them. Cryptography warns that it will refuse them one day. Until then they are as good as any.
    """
    for der in encoded:
        # For odd bytes, cryptography has errors of many kinds, which share no base.
        with warnings.catch_warnings(), suppress(Exception):
            warnings.simplefilter("ignore", CryptographyDeprecationWarning)
            yield load_der_x509_certificate(der)
