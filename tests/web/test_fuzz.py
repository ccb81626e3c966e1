"""Whatever comes, signed or not: a valid response or a 4xx."""

from __future__ import annotations

import json
from typing import Any

import pytest
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from skill.alexa import certification
from skill.alexa.signature.verifier import Verifier
from skill.app import App
from skill.core.library import Library
from skill.store.memory import MemoryStore
from skill.web.public import create_app
from tests.alexa import amazon_types, envelopes
from tests.amazon import ADDRESS, Amazon
from tests.helpers import NOON


class Door:
    """The public app at noon, and the Amazon whose signature it knows."""

    def __init__(self, library: Library) -> None:
        self.amazon = Amazon()
        verifier = Verifier(self.amazon.store, lambda address: self.amazon.signer.pem)
        app = App(library, MemoryStore(), b"key")
        self.client: FlaskClient = create_app(
            app, verifier, envelopes.APPLICATION, lambda: NOON
        ).test_client()

    def check(self, body: bytes, headers: dict[str, str]) -> int:
        """Assert that a request gets a valid response or a clear refusal, and return its status."""
        answer = self.client.post("/alexa", data=body, headers=headers)
        if answer.status_code == 200:
            response = answer.get_json()
            assert certification.problems(response, quiet=not response["response"]) == []
        else:
            assert answer.status_code in (400, 413)
            assert set(answer.get_json()["error"]) == {"code", "message"}
        return answer.status_code

    def check_signed(self, body: bytes) -> int:
        return self.check(body, self.amazon.headers(body))


@pytest.fixture(scope="module")
def door(library: Library) -> Door:
    return Door(library)


def _object(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


@settings(deadline=None, max_examples=80, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_any_request_that_amazon_defines_gets_a_valid_response(
    door: Door, library: Library, data: st.DataObject
) -> None:
    request = data.draw(amazon_types.requests([*library.intents, "AMAZON.FallbackIntent", "NewIntent"]))
    session, context = data.draw(amazon_types.surroundings())
    application = {"applicationId": envelopes.APPLICATION}
    event: dict[str, Any] = {
        "version": "1.0",
        "session": session | {"application": application},
        "context": context | {"System": _object(context.get("System")) | {"application": application}},
        "request": request | {"timestamp": NOON.isoformat()},
    }
    door.check_signed(json.dumps(event).encode())


@settings(deadline=None, max_examples=60)
@given(body=st.binary(max_size=300))
def test_any_bytes_that_are_signed_are_refused(door: Door, body: bytes) -> None:
    assert door.check_signed(body) == 400


@settings(deadline=None, max_examples=100)
@given(at=st.integers(0, 1200), with_=st.binary(max_size=3), cut=st.integers(0, 3))
def test_an_envelope_with_a_few_bytes_changed_is_answered_or_refused(
    door: Door, at: int, with_: bytes, cut: int
) -> None:
    """Signed, as if Amazon itself had sent it so."""
    event = envelopes.launch()
    event["request"]["timestamp"] = NOON.isoformat()
    body = json.dumps(event).encode()
    door.check_signed(body[:at] + with_ + body[at + cut :])


HEADER = st.text(st.characters(codec="latin-1", exclude_categories=["Cc"]), max_size=80)


@settings(deadline=None, max_examples=60)
@given(
    body=st.binary(max_size=100),
    chain=HEADER | st.just(ADDRESS),
    signature=HEADER | st.binary(max_size=256).map(lambda raw: raw.hex()),
)
def test_any_headers_that_are_not_amazon_s_are_refused(
    door: Door, body: bytes, chain: str, signature: str
) -> None:
    headers = {"SignatureCertChainUrl": chain, "Signature-256": signature, "Content-Type": "application/json"}
    assert door.check(body, headers) == 400
