"""The Lambda handler, and nothing else."""

from __future__ import annotations

from functools import cache, partial
from pathlib import Path
from typing import Any

from skill import compiled, logs, service
from skill.alexa.admission import check_application
from skill.alexa.handler import AlexaDoor
from skill.alexa.replies import Replies
from skill.settings import from_environment


@cache
def _door() -> AlexaDoor:
    """Return the door of this process, opened once.

    Raises:
        SettingsError: the settings do not say whose skill this is.
    """
    logs.configure()
    settings = from_environment()
    library = compiled.load(Path(settings.library))
    admit = partial(check_application, skill_id=settings.needed_skill_id())
    return AlexaDoor(service.opened(library, settings), admit=admit, replies=Replies())


def handler(event: dict[str, Any], context: object) -> dict[str, Any]:
    """Answer one envelope of Alexa's.

    Amazon signs nothing here: that a caller may invoke the function is IAM's to say. The envelope still
    has to name our skill.

    Args:
        event: the envelope.
        context: Lambda's, which is not needed.
    """
    del context
    return _door().handle(event)
