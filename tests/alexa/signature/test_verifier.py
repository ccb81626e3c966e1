"""A signature: Amazon's over these very bytes, or refused, the cheap checks first."""

from __future__ import annotations

import base64
import inspect

import pytest
from cryptography.hazmat.primitives.asymmetric.padding import MGF1, PSS
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.hashes import SHA1, SHA256, SHA512
from hypothesis import example, given
from hypothesis import strategies as st

from skill.alexa.refusal import Reason, RefusedError
from skill.alexa.signature.verifier import CHAIN, SIGNATURE, Verifier
from tests.alexa.signature.test_keys import Shelf
from tests.amazon import ADDRESS, Amazon
from tests.helpers import NOON

BODY = b'{"version": "1.0"}'


@pytest.fixture
def shelf(amazon: Amazon) -> Shelf:
    return Shelf(amazon.signer.pem)


@pytest.fixture
def verifier(amazon: Amazon, shelf: Shelf) -> Verifier:
    return Verifier(amazon.store, shelf.fetch)


def refused(verifier: Verifier, headers: dict[str, str], reason: Reason, body: bytes = BODY) -> None:
    """Assert that a request is refused, and why."""
    with pytest.raises(RefusedError) as caught:
        verifier.verify(headers, body, NOON)
    assert caught.value.reason is reason


def signed(amazon: Amazon, **changes: str) -> dict[str, str]:
    """The headers of a request of Amazon's, with a change."""
    names = {"chain": CHAIN, "signature": SIGNATURE}
    return amazon.headers(BODY) | {names[name]: value for name, value in changes.items()}


@pytest.mark.parametrize("body", [BODY, b"", b"\x00\xff", b"x" * 100_000])
def test_what_amazon_has_signed_is_let_in(verifier: Verifier, amazon: Amazon, body: bytes) -> None:
    verifier.verify(amazon.headers(body), body, NOON)


def test_all_ways_of_writing_an_address_share_one_fetch(
    verifier: Verifier, shelf: Shelf, amazon: Amazon
) -> None:
    for address in (
        ADDRESS,
        ADDRESS.replace("https", "HTTPS"),
        ADDRESS.replace(".com", ".COM:443"),
        ADDRESS.replace("/echo.api/", "/x/../echo.api/./"),
    ):
        verifier.verify(signed(amazon, chain=address), BODY, NOON)
    assert shelf.asked == [ADDRESS]


def test_the_older_signature_is_not_needed(verifier: Verifier, amazon: Amazon) -> None:
    headers = signed(amazon)
    del headers["Signature"]
    verifier.verify(headers, BODY, NOON)


@pytest.mark.parametrize(
    "body", [BODY + b" ", b" " + BODY, BODY[:-1], BODY.replace(b"1", b"2"), b"", BODY.replace(b" ", b"")]
)
def test_another_body_is_refused(verifier: Verifier, amazon: Amazon, body: bytes) -> None:
    refused(verifier, signed(amazon), Reason.SIGNATURE, body)


def test_the_signature_of_another_key_is_refused(verifier: Verifier, amazon: Amazon) -> None:
    refused(verifier, signed(amazon, signature=amazon.other.signature(BODY)), Reason.SIGNATURE)


@pytest.mark.parametrize("algorithm", [SHA1(), SHA512()], ids=["SHA-1", "SHA-512"])
def test_a_signature_by_another_hash_is_refused(
    verifier: Verifier, amazon: Amazon, algorithm: SHA1 | SHA512
) -> None:
    written = amazon.signer.signature(BODY, algorithm)
    refused(verifier, signed(amazon, signature=written), Reason.SIGNATURE)


def test_a_signature_by_another_padding_is_refused(verifier: Verifier, amazon: Amazon) -> None:
    assert isinstance(amazon.signer.key, RSAPrivateKey)
    padded = amazon.signer.key.sign(BODY, PSS(MGF1(SHA256()), 32), SHA256())
    refused(verifier, signed(amazon, signature=base64.b64encode(padded).decode()), Reason.SIGNATURE)


@pytest.mark.parametrize("cut", [slice(0, 1), slice(0, 255), slice(1, 256), slice(0, 128)])
def test_a_signature_of_another_length_is_refused(verifier: Verifier, amazon: Amazon, cut: slice) -> None:
    whole = base64.b64decode(amazon.signer.signature(BODY))
    for part in (whole[cut], whole + b"\x00", b"\x00" + whole, whole * 2, b"\x00" * 256, b"\xff" * 256):
        refused(verifier, signed(amazon, signature=base64.b64encode(part).decode()), Reason.SIGNATURE)


def test_the_older_signature_alone_is_not_enough(verifier: Verifier, shelf: Shelf, amazon: Amazon) -> None:
    headers = signed(amazon)
    del headers[SIGNATURE]
    refused(verifier, headers, Reason.HEADERS)
    assert shelf.asked == []


@pytest.mark.parametrize("missing", [CHAIN, SIGNATURE])
def test_both_headers_are_needed(verifier: Verifier, shelf: Shelf, amazon: Amazon, missing: str) -> None:
    refused(verifier, signed(amazon) | {missing: ""}, Reason.HEADERS)
    headers = signed(amazon)
    del headers[missing]
    refused(verifier, headers, Reason.HEADERS)
    refused(verifier, {}, Reason.HEADERS)
    assert shelf.asked == []


def test_what_is_no_base64_is_refused_before_anything_is_fetched(
    verifier: Verifier, shelf: Shelf, amazon: Amazon
) -> None:
    good = amazon.signer.signature(BODY)
    for written in (
        "no base64",
        "====",
        "A",
        "é",
        "\ud800",
        "\x00",
        " ",
        f" {good}",
        f"{good} ",
        f"{good}\n",
        f"{good[:64]}\r\n{good[64:]}",
        f"{good[:64]} {good[64:]}",
        f"{good}=",
        good.rstrip("="),
        f"{good}{good}",
        f"{good[:8]}_-{good[8:]}",
        f"{good}, {good}",
    ):
        refused(verifier, signed(amazon, signature=written), Reason.HEADERS)
    assert shelf.asked == []


@pytest.mark.parametrize(
    "address",
    [
        "https://evil.com/echo.api/x.pem",
        "http://s3.amazonaws.com/echo.api/x.pem",
        "https://s3.amazonaws.com/evil/x.pem",
        "https://s3.amazonaws.com/echo.api/x.pem?x",
        " ",
    ],
)
def test_another_address_is_refused_before_anything_is_fetched(
    verifier: Verifier, shelf: Shelf, amazon: Amazon, address: str
) -> None:
    refused(verifier, signed(amazon, chain=address), Reason.ADDRESS)
    assert shelf.asked == []


def test_a_chain_that_cannot_be_had_refuses_for_now(verifier: Verifier, shelf: Shelf, amazon: Amazon) -> None:
    shelf.otherwise = RefusedError(Reason.FETCH, "503")
    refused(verifier, signed(amazon), Reason.FETCH)
    shelf.otherwise = b"junk"
    refused(verifier, signed(amazon), Reason.CHAIN)
    shelf.otherwise = amazon.signer.pem
    verifier.verify(signed(amazon), BODY, NOON)


def test_a_good_address_then_a_bad_one_and_back(verifier: Verifier, shelf: Shelf, amazon: Amazon) -> None:
    """Amazon's own certification does this (performance facts, 6)."""
    elsewhere = ADDRESS.replace("13", "14")
    shelf.lies[elsewhere] = b"junk"
    verifier.verify(signed(amazon), BODY, NOON)
    refused(verifier, signed(amazon, chain=elsewhere), Reason.CHAIN)
    refused(verifier, signed(amazon, chain="https://evil.com/x"), Reason.ADDRESS)
    shelf.lies[elsewhere] = amazon.other.pem
    refused(verifier, signed(amazon, chain=elsewhere), Reason.SIGNATURE)
    verifier.verify(signed(amazon), BODY, NOON)


def test_nothing_switches_the_check_off() -> None:
    assert list(inspect.signature(Verifier).parameters) == ["roots", "fetch"]
    assert list(inspect.signature(Verifier.verify).parameters) == ["self", "headers", "body", "now"]
    assert {name for name in vars(Verifier) if not name.startswith("__")} == {"verify"}
    for callable_ in (Verifier, Verifier.verify):
        for parameter in inspect.signature(callable_).parameters.values():
            assert parameter.default is inspect.Parameter.empty


ANY = st.text(st.characters(codec=None, exclude_categories=()))
"""Any text, with lone surrogates, controls and all."""


@given(
    chain=ANY | st.just(ADDRESS) | ANY.map(lambda text: ADDRESS + text),
    signature=ANY | st.binary().map(lambda raw: base64.b64encode(raw).decode()),
    body=st.binary() | st.just(BODY),
)
@example(chain=ADDRESS, signature="", body=BODY)
@example(chain=ADDRESS, signature=base64.b64encode(b"").decode(), body=b"")
@example(chain=ADDRESS, signature=base64.b64encode(b"\x00" * 256).decode(), body=b"")
def test_no_headers_that_amazon_has_not_made_are_ever_let_in(
    amazon: Amazon, chain: str, signature: str, body: bytes
) -> None:
    verifier = Verifier(amazon.store, Shelf(amazon.signer.pem).fetch)
    with pytest.raises(RefusedError):
        verifier.verify({CHAIN: chain, SIGNATURE: signature}, body, NOON)


@given(body=st.binary(), place=st.integers(0, 255), bit=st.integers(0, 7))
def test_no_bit_of_a_signature_may_change(amazon: Amazon, body: bytes, place: int, bit: int) -> None:
    changed = bytearray(base64.b64decode(amazon.signer.signature(BODY)))
    changed[place] ^= 1 << bit
    headers = {CHAIN: ADDRESS, SIGNATURE: base64.b64encode(changed).decode()}
    for claimed in (BODY, body):
        refused(Verifier(amazon.store, Shelf(amazon.signer.pem).fetch), headers, Reason.SIGNATURE, claimed)
