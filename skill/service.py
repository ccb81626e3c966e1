"""The service of an installation: its content, store and key, wired by the settings."""

from __future__ import annotations

import secrets
from importlib.util import find_spec
from pathlib import Path

from skill import parameter
from skill.app import App, key_beside
from skill.core.library import Library
from skill.lazy import LazyMatcher
from skill.settings import Settings, SettingsError
from skill.store.base import InspectedStore, Store
from skill.store.down import DownStore
from skill.store.dynamodb import DynamoDbStore
from skill.store.sqlite import SqliteStore


def store(settings: Settings) -> InspectedStore:
    """Return the store of the settings: a table where one is named, a file else.

    Raises:
        SettingsError: a table is named, and what speaks to it is not installed.
    """
    if settings.table:
        _need_botocore("GENTLE_BACK_TABLE")
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
        StoreError: the parameter cannot be read, or the file beside the database neither read nor made.
    """
    if settings.key:
        return settings.key.encode()
    if settings.key_parameter:
        _need_botocore("GENTLE_BACK_KEY_PARAMETER")
        return parameter.read(settings.key_parameter, settings.region)
    if settings.table:
        raise SettingsError(
            "settings: GENTLE_BACK_TABLE needs GENTLE_BACK_KEY or GENTLE_BACK_KEY_PARAMETER, "
            "the same on every machine"
        )
    return key_beside(Path(settings.database), make=make)


def matcher(library: Library, settings: Settings) -> LazyMatcher:
    """Return the learned matcher of a library, of which nothing is loaded yet."""
    return LazyMatcher(library, Path(settings.encoder), Path(settings.index))


def opened(library: Library, settings: Settings) -> App:
    """Return the service with a library.

    Raises:
        SettingsError: the store or the key of the settings cannot be used.
        StoreError: the key cannot be had.
    """
    return _app(library, settings, store(settings), key(settings))


def forgetful(library: Library, settings: Settings) -> App:
    """Return the service while its key cannot be had: it knows nobody, and starts no stretch."""
    return _app(library, settings, DownStore(), secrets.token_bytes(32))


def _app(library: Library, settings: Settings, kept: Store, secret: bytes) -> App:
    """Return the service with a library and its translations, a store and a key."""
    translated = {language: matcher(other, settings) for language, other in library.translations.items()}
    return App(library, kept, secret, matcher(library, settings), settings.ceiling, translated)


def _need_botocore(setting: str) -> None:
    """Return if what speaks to AWS is installed.

    Args:
        setting: the variable that names something there.

    Raises:
        SettingsError: it is not.
    """
    if find_spec("botocore") is None:
        raise SettingsError(f"settings: {setting} needs botocore: pip install -e '.[aws]'")
