"""The roots that are trusted: read whole, or the file is named."""

from __future__ import annotations

import logging
import ssl
import warnings
from pathlib import Path

import certifi
import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.verification import Store

from skill.alexa.refusal import RefusedError
from skill.alexa.signature import anchors, chain
from skill.alexa.signature.anchors import AnchorsError
from tests.amazon import Amazon
from tests.helpers import NOON

BROKEN = b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"
VERSION_3, VERSION_4 = bytes.fromhex("a003020102"), bytes.fromhex("a003020103")
"""How a certificate tells its version; there is no fourth one."""


@pytest.fixture
def stored(monkeypatch: pytest.MonkeyPatch) -> list[x509.Certificate]:
    """The roots that a store was made of."""
    found: list[x509.Certificate] = []

    def store(roots: list[x509.Certificate]) -> Store:
        found.extend(roots)
        return Store(roots)

    monkeypatch.setattr(anchors, "Store", store)
    return found


def test_a_named_file_comes_before_that_of_certifi() -> None:
    assert anchors.file("/etc/ssl/mine.pem") == Path("/etc/ssl/mine.pem")
    assert anchors.file("") == Path(certifi.where())


def test_certifi_gives_all_of_its_roots_without_a_warning(
    stored: list[x509.Certificate], caplog: pytest.LogCaptureFixture
) -> None:
    with warnings.catch_warnings(), caplog.at_level(logging.DEBUG):
        warnings.simplefilter("error")
        anchors.load(anchors.file(""))
    assert len(stored) > 100
    assert len(stored) == Path(certifi.where()).read_bytes().count(b"-----BEGIN CERTIFICATE-----")
    names = {
        attribute.value
        for root in stored
        for attribute in root.subject
        if attribute.oid == x509.NameOID.COMMON_NAME
    }
    assert "Starfield Services Root Certificate Authority - G2" in names
    assert {f"Amazon Root CA {number}" for number in range(1, 5)} <= names
    assert caplog.messages == []


def test_what_a_file_holds_is_trusted_and_nothing_else(amazon: Amazon, tmp_path: Path) -> None:
    roots = anchors.load(amazon.roots(tmp_path))
    assert chain.validated(amazon.signer.pem, roots, NOON).key == amazon.signer.key.public_key()
    with pytest.raises(RefusedError):
        chain.validated(amazon.signer.pem, anchors.load(Path(certifi.where())), NOON)


def test_words_between_the_blocks_are_no_matter(
    amazon: Amazon, tmp_path: Path, stored: list[x509.Certificate]
) -> None:
    path = tmp_path / "roots.pem"
    path.write_bytes(b"# Our own\xff root\r\n" + amazon.root.pem.replace(b"\n", b"\r\n") + b"\nthe end")
    anchors.load(path)
    assert stored == [amazon.root.certificate]


@pytest.mark.parametrize(
    "content",
    [b"", b"no certificates here", b"\x00\xff" * 100, BROKEN, b"-----BEGIN CERTIFICATE-----\nAAAA\n"],
    ids=["empty", "words", "bytes", "a broken block", "an unfinished block"],
)
def test_a_file_without_roots_is_named(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "roots.pem"
    path.write_bytes(content)
    with pytest.raises(AnchorsError, match=str(path)):
        anchors.load(path)


def test_what_is_no_file_is_named(tmp_path: Path) -> None:
    for path in (tmp_path / "missing.pem", tmp_path):
        with pytest.raises(AnchorsError, match=str(path)):
            anchors.load(path)


def test_a_file_of_certificates_that_issue_none_holds_no_root(amazon: Amazon, tmp_path: Path) -> None:
    path = tmp_path / "leaf.pem"
    path.write_bytes(amazon.signer.parts[0])
    with pytest.raises(AnchorsError, match=str(path)):
        anchors.load(path)


@pytest.mark.parametrize("broken", [BROKEN, BROKEN.replace(b"AAAA", b"!!!!")], ids=["value", "base64"])
@pytest.mark.parametrize("first", [True, False])
def test_a_file_with_one_broken_block_is_refused_whole(
    amazon: Amazon, tmp_path: Path, broken: bytes, first: bool
) -> None:
    path = tmp_path / "roots.pem"
    path.write_bytes(broken + amazon.root.pem if first else amazon.root.pem + broken)
    with pytest.raises(AnchorsError, match=str(path)):
        anchors.load(path)


def test_a_root_that_only_openssl_can_read_spoils_no_other(
    amazon: Amazon, tmp_path: Path, stored: list[x509.Certificate], caplog: pytest.LogCaptureFixture
) -> None:
    # FAULT (anchors.py): cryptography's InvalidVersion is an Exception, and no ValueError: it gets out of
    # `load`, and the server does not start. (DuplicateExtension and the like are no ValueErrors either.)
    der = amazon.root.certificate.public_bytes(Encoding.DER).replace(VERSION_3, VERSION_4, 1)
    path = tmp_path / "roots.pem"
    path.write_text(ssl.DER_cert_to_PEM_cert(der) + amazon.root.pem.decode())
    with caplog.at_level(logging.INFO):
        anchors.load(path)
    assert stored == [amazon.root.certificate]
    assert caplog.messages == ["1 roots of 2 are out of order, and left out"]
