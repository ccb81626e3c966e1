"""The service of an installation: its content, store and key, wired by the settings."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

from skill.app import App, key_beside
from skill.core.library import Library
from skill.lazy import LazyMatcher
from skill.settings import Settings, SettingsError
from skill.store.base import InspectedStore
from skill.store.dynamodb import DynamoDbStore
from skill.store.sqlite import SqliteStore


def store(settings: Settings) -> InspectedStore:
    """Return the store of the settings: a table where one is named, a file else.

    Raises:
        SettingsError: a table is named, and what speaks to it is not installed.
    """
    if settings.table:
        if find_spec("botocore") is None:
            raise SettingsError("settings: GENTLE_BACK_TABLE needs botocore: pip install 'gentle-back[aws]'")
        return DynamoDbStore(settings.table, settings.region, settings.endpoint)
    return SqliteStore(Path(settings.database))


def key(settings: Settings, *, make: bool = True) -> bytes:
    """Return the key that hashes the ids of listeners.

    Args:
        settings: say where it is.
        make: whether the file beside the database is made where there is none.

    Raises:
        NoKeyError: there is none, and none was to be made.
        SettingsError: a table is shared, and the key is not: nobody would be known again.
        StoreError: the file beside the database can be neither read nor made.
    """
    if settings.key:
        return settings.key.encode()
    if settings.table:
        raise SettingsError("settings: GENTLE_BACK_TABLE needs GENTLE_BACK_KEY, the same on every machine")
    return key_beside(Path(settings.database), make=make)


def matcher(library: Library, settings: Settings) -> LazyMatcher:
    """Return the learned matcher of a library, of which nothing is loaded yet."""
    return LazyMatcher(library, Path(settings.encoder), Path(settings.index))


def opened(library: Library, settings: Settings) -> App:
    """Return the service with a library."""
    return App(library, store(settings), key(settings), matcher(library, settings), settings.ceiling)
