"""All checks of an installation, in the order in which one thing needs the other."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from functools import partial
from importlib.util import find_spec
from pathlib import Path

import certifi
from cryptography.x509 import Certificate

from skill import build, compiled, service
from skill.alexa.signature import anchors
from skill.app import Clock
from skill.doctor import clock, content, endpoint, keeping, naming, trust
from skill.doctor.finding import Finding, bad
from skill.settings import Settings, SettingsError, from_environment
from skill.store.dynamodb import DynamoDbStore

Check = Callable[[], Iterable[Finding]]
"""Looks at something."""


def examined(environment: Mapping[str, str], url: str, now: Clock) -> Iterator[Finding]:
    """Look at an installation; whatever is broken in it becomes a finding.

    Args:
        environment: its variables.
        url: its endpoint, where that is to be looked at as well; else empty.
        now: the clock.
    """
    try:
        settings = from_environment(environment)
    except SettingsError as error:
        yield bad("settings", error.message, "mend the variable, or unset it")
        return
    for name, check in _checks(settings, environment, url, now):
        yield from _contained(name, check)


def _checks(
    settings: Settings, environment: Mapping[str, str], url: str, now: Clock
) -> Iterator[tuple[str, Check]]:
    """Yield every check that the settings call for, with its name."""
    library, database = Path(settings.library), Path(settings.database)
    roots = anchors.file(settings.roots)
    yield "settings", lambda: [naming.variables(environment)]
    yield "skill id", lambda: [naming.skill_id(settings.skill_id)]
    yield "content", lambda: content.content(library, Path(settings.content), build.whole)
    load = partial(compiled.load, library)
    yield "free words", lambda: content.free_words(load, Path(settings.encoder), Path(settings.index))
    if settings.table:
        yield "store", lambda: _table(settings, now())
    else:
        yield "store", lambda: keeping.file(database, now())
    yield "key", lambda: keeping.key(partial(service.key, settings, make=False), database)
    yield "roots", lambda: [trust.trust(roots, _amazon_s(), now())]
    yield "clock", lambda: [clock.clock(partial(clock.amazon_s, roots), now)]
    if url:
        yield "endpoint", lambda: endpoint.examine(url, roots, settings.skill_id, now())


def _contained(name: str, check: Check) -> Iterator[Finding]:
    """Yield what a check finds; where it fails itself, that is what is found."""
    try:
        yield from check()
    except Exception as error:
        # What is broken can break a check in ways that nobody has thought of.
        yield bad(name, f"it cannot be looked at: {_text(error)}", "mend what is named here, and ask again")


def _text(error: Exception) -> str:
    """Return what can be told of an error in a line."""
    if isinstance(error, OSError) and error.filename:
        return f"{error.filename}: {error.strerror}"
    return f"{type(error).__name__}: {str(error).splitlines()[0]}" if str(error) else type(error).__name__


def _table(settings: Settings, now: datetime) -> Iterator[Finding]:
    """Look at the table of the settings."""
    if find_spec("botocore") is None:
        yield bad("store", "GENTLE_BACK_TABLE needs botocore", "pip install -e '.[aws]'")
        return
    yield from keeping.table(DynamoDbStore(settings.table, settings.region, settings.endpoint), now)


def _amazon_s() -> list[Certificate]:
    """Return Amazon's roots, as certifi knows them."""
    return trust.amazon_s(anchors.certificates(Path(certifi.where())))
