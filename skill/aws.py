"""The Lambda handler, and nothing else."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable
from functools import cache, partial
from pathlib import Path
from typing import Any

from skill import compiled, logs, service
from skill.alexa.admission import check_application
from skill.alexa.handler import AlexaDoor
from skill.alexa.refusal import RefusedError
from skill.alexa.replies import Replies
from skill.alexa.request import EnvelopeError
from skill.app import App
from skill.core.errors import StoreError
from skill.core.library import Library
from skill.settings import Settings, from_environment

log = logging.getLogger(__name__)


@cache
def _door(wired: Callable[[Library, Settings], App] = service.opened) -> AlexaDoor:
    """Return a door of this process, opened once.

    Args:
        wired: gives the service behind it.

    Raises:
        SettingsError: the settings do not say whose skill this is.
        LibraryError: there is no compiled content.
        StoreError: the key of the listeners' records cannot be had right now.
    """
    logs.configure()
    settings = from_environment()
    library = compiled.load(Path(settings.library))
    admit = partial(check_application, skill_id=settings.needed_skill_id())
    return AlexaDoor(wired(library, settings), admit=admit, replies=Replies())


def _opened() -> AlexaDoor:
    """Return the door for a request: without the key one that remembers nothing, and the next tries again."""
    try:
        return _door()
    except StoreError as error:
        log.error("the key cannot be read: %s", error)
        return _door(service.forgetful)


def handler(event: dict[str, Any], context: object) -> dict[str, Any]:
    """Answer one envelope of Alexa's.

    Amazon signs nothing here: that a caller may invoke the function is IAM's to say. The envelope still
    has to name our skill.

    Args:
        event: the envelope.
        context: Lambda's, which is not needed.
    """
    del context
    try:
        return _opened().handle(event)
    except (EnvelopeError, RefusedError) as error:
        log.info("refused", extra={"reason": str(getattr(error, "reason", "envelope"))})
        raise


if "AWS_LAMBDA_FUNCTION_NAME" in os.environ:
    # Lambda lends a function that starts a whole processor, and one that answers a share of it.
    _opened()
