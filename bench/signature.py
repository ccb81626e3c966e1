"""What knowing Amazon's signature costs, as ratios to one bare RSA verification measured beside it.

`.venv/bin/python -m bench.signature`
"""

from __future__ import annotations

import base64
import json
import statistics
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime

from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256

from skill.alexa.refusal import RefusedError
from skill.alexa.signature.chain import validated
from skill.alexa.signature.verifier import Verifier
from tests.alexa import envelopes
from tests.amazon import Amazon, body_of

ROUNDS = 200
"""Each thing is done so often, in turn with the others."""
FLOOR = "one RSA verification"
"""What the others are compared with."""


def main() -> None:
    """Print the median of each, and its ratio to the floor."""
    amazon, now = Amazon(), datetime.now(UTC)
    body = body_of(envelopes.launch())
    headers, key = amazon.headers(body), validated(amazon.signer.pem, amazon.store, now).key
    elsewhere = headers | {"SignatureCertChainUrl": "https://example.com/echo.api/chain.pem"}
    signature = base64.b64decode(headers["Signature-256"])
    verifier = Verifier(amazon.store, lambda address: amazon.signer.pem)
    verifier.verify(headers, body, now)
    things: dict[str, Callable[[], object]] = {
        FLOOR: lambda: key.verify(signature, body, PKCS1v15(), SHA256()),
        "a signed request, key remembered": lambda: verifier.verify(headers, body, now),
        "refused: another body": lambda: verifier.verify(headers, body + b" ", now),
        "refused: no signature": lambda: verifier.verify({}, body, now),
        "refused: another address": lambda: verifier.verify(elsewhere, body, now),
        "a chain, once a key": lambda: validated(amazon.signer.pem, amazon.store, now),
        "json.loads of the body": lambda: json.loads(body),
    }
    seconds: dict[str, list[float]] = {name: [] for name in things}
    for _ in range(ROUNDS):
        for name, thing in things.items():
            began = time.perf_counter()
            with suppress(RefusedError):
                thing()
            seconds[name].append(time.perf_counter() - began)
    floor = statistics.median(seconds[FLOOR])
    for name, each in seconds.items():
        median = statistics.median(each)
        print(f"{name:36} {median * 1e6:8.1f} us  {median / floor:6.2f} : 1")


if __name__ == "__main__":
    main()
