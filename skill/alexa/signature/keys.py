"""The keys that Amazon signs with: fetched once, validated, and remembered until they expire."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import Future
from datetime import datetime

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.x509.verification import Store

from skill.alexa.refusal import Reason, RefusedError
from skill.alexa.signature.chain import SigningKey, validated

KEYS = 8
"""At most so many keys are remembered; the longest unused goes first. Amazon has one at a time."""
FETCHES = 8
"""At most so many chains are fetched at once; a request for one more is refused."""
WAIT_SECONDS = 4.0
"""A request waits at most so long for a chain: well inside the 8 s that Alexa waits (A1)."""


class Keys:
    """Keys by the address of their chain; only a validated one is remembered, and no failure.

    Requests that need the same chain at the same time share one fetch. A fetch runs in a thread of its
    own: whatever it hangs on, nobody waits for it longer than `WAIT_SECONDS`.
    """

    def __init__(self, roots: Store, fetch: Callable[[str], bytes]) -> None:
        """Begin with no key.

        Args:
            roots: what is trusted.
            fetch: returns what lies at an address; raises `RefusedError`.
        """
        self._roots = roots
        self._fetch = fetch
        self._lock = threading.Lock()
        self._kept: OrderedDict[str, SigningKey] = OrderedDict()
        self._coming: dict[str, Future[SigningKey]] = {}
        self._free = threading.BoundedSemaphore(FETCHES)

    def get(self, address: str, now: datetime) -> RSAPublicKey:
        """Return the key of the chain at a canonical address.

        Raises:
            RefusedError: there is none, or not in time.
        """
        with self._lock:
            kept = self._kept.get(address)
            if kept and now < kept.until:
                self._kept.move_to_end(address)
                return kept.key
            coming = self._coming.get(address) or self._sent_for(address, now)
        try:
            return coming.result(WAIT_SECONDS).key
        except TimeoutError as error:
            with self._lock:
                if self._coming.get(address) is coming:
                    # The next request fetches anew, and does not wait for what hangs.
                    del self._coming[address]
            raise RefusedError(Reason.FETCH, "the chain comes too slowly") from error

    def _sent_for(self, address: str, now: datetime) -> Future[SigningKey]:
        """Begin to fetch a chain.

        Raises:
            RefusedError: too many are being fetched, or no thread is to be had.
        """
        if not self._free.acquire(blocking=False):
            raise RefusedError(Reason.FETCH, "too many chains are being fetched")
        coming: Future[SigningKey] = Future()
        try:
            threading.Thread(target=self._bring, args=(address, now, coming), daemon=True).start()
        except RuntimeError as error:
            self._free.release()
            raise RefusedError(Reason.FETCH, "no thread can be started") from error
        self._coming[address] = coming
        return coming

    def _bring(self, address: str, now: datetime, coming: Future[SigningKey]) -> None:
        """Fetch and validate a chain, remember its key, and tell everyone who waits."""
        try:
            key = validated(self._fetch(address), self._roots, now)
        except BaseException as error:
            # A refusal or a fault of ours: whoever waits must hear of it, whatever it is.
            self._done(address, coming, None)
            coming.set_exception(error)
        else:
            self._done(address, coming, key)
            coming.set_result(key)

    def _done(self, address: str, coming: Future[SigningKey], key: SigningKey | None) -> None:
        """Count a fetch as over, and remember the key that it brought."""
        self._free.release()
        with self._lock:
            if self._coming.get(address) is coming:
                del self._coming[address]
            if key:
                self._kept[address] = key
                self._kept.move_to_end(address)
                while len(self._kept) > KEYS:
                    self._kept.popitem(last=False)
