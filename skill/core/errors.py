"""The errors of the skill: each carries a text for the log and the key of a phrase to say."""

from __future__ import annotations


class GentleBackError(Exception):
    """Base of every error that the skill raises on purpose."""

    phrase = "error.sorry"
    """Key of the phrase that a listener hears when this error ends a turn."""


class NotNowError(GentleBackError):
    """Something was asked that does not apply in this state; nothing has changed."""

    def __init__(self, state: str, event: str) -> None:
        super().__init__(f"no transition for {event} in state {state}")
        self.phrase = f"not_now.{state}"


class LibraryError(GentleBackError):
    """The compiled content is missing, of another schema, or not what its hash says."""


class StoreError(GentleBackError):
    """The store of listeners' records cannot be read or written."""

    phrase = "error.store"


class NoKeyError(StoreError):
    """There is no key, without which nobody is known."""


class StaleRecordError(StoreError):
    """A record was changed by someone else since it was read."""
