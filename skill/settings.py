"""The settings of an installation: environment variables, read once into a frozen type."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import click
import msgspec
from msgspec import Meta, Struct, field

from skill.core.turn import CEILING

HOME = Path(click.get_app_dir("gentle-back"))
"""Where a person's programs keep their data on this system."""
PACKAGE = Path(__file__).resolve().parent


class SettingsError(click.ClickException):
    """A setting cannot be used."""


class Settings(Struct, frozen=True, kw_only=True):
    """What can be set, with what holds when nothing is."""

    port: Annotated[int, Meta(ge=0, le=65535)] = field(default=8080, name="PORT")
    """Port of a server; 0 takes a free one."""
    host: str = field(default="127.0.0.1", name="GENTLE_BACK_HOST")
    """Address on which the public door listens; the local app is on loopback whatever this says."""
    metrics_port: Annotated[int, Meta(ge=0, le=65535)] | None = field(
        default=None, name="GENTLE_BACK_METRICS_PORT"
    )
    """Port of the public door's metrics, on loopback; 0 takes a free one, and without one there are none."""
    skill_id: str = field(default="", name="GENTLE_BACK_SKILL_ID")
    """Amazon's id of the skill, which every request has to name."""
    roots: str = field(default="", name="SSL_CERT_FILE")
    """File of the roots that are trusted; certifi's by default."""
    database: str = field(default=str(HOME / "gentle-back.db"), name="GENTLE_BACK_DB")
    """File of the listeners' records."""
    key: str = field(default="", name="GENTLE_BACK_KEY")
    """Secret that hashes user ids; by default a 0600 file beside the database."""
    key_parameter: str = field(default="", name="GENTLE_BACK_KEY_PARAMETER")
    """Name of the SecureString in AWS's Systems Manager that holds the secret, where `key` does not."""
    table: str = field(default="", name="GENTLE_BACK_TABLE")
    """DynamoDB table of the records, instead of the file."""
    region: str = field(default="", name="AWS_REGION")
    """Where the table and the parameter are."""
    endpoint: str = field(default="", name="AWS_ENDPOINT_URL_DYNAMODB")
    """Address of a stand-in for DynamoDB."""
    ceiling: Annotated[float, Meta(ge=60, le=240)] = field(default=CEILING, name="GENTLE_BACK_CEILING")
    """The longest reply of the rhythm that keeps going, in seconds."""
    content: str = field(default=str(PACKAGE.parent), name="GENTLE_BACK_CONTENT")
    """Folder that holds `content/` and `interaction_model/`."""
    library: str = field(default=str(PACKAGE / "_content" / "library.json"), name="GENTLE_BACK_LIBRARY")
    """The compiled content."""
    index: str = field(default=str(PACKAGE / "_content" / "index.safetensors"), name="GENTLE_BACK_INDEX")
    """The learned wordings of the content."""
    encoder: str = field(
        default=str(PACKAGE / "_content" / "encoder.safetensors"), name="GENTLE_BACK_ENCODER"
    )
    """The encoder of free words, where it is installed."""

    def needed_skill_id(self) -> str:
        """Return Amazon's id of the skill, without which no public door opens.

        Raises:
            SettingsError: it is not set.
        """
        if not self.skill_id:
            raise SettingsError(
                "settings: GENTLE_BACK_SKILL_ID is not set: the skill's id, amzn1.ask.skill..."
            )
        return self.skill_id


def from_environment(environment: Mapping[str, str] = os.environ) -> Settings:
    """Read the settings.

    Raises:
        SettingsError: one of them cannot be used.
    """
    known = {info.encode_name for info in msgspec.structs.fields(Settings)}
    given = {name: value for name, value in environment.items() if name in known and value}
    try:
        return msgspec.convert(given, Settings, strict=False)
    except msgspec.ValidationError as error:
        raise SettingsError(f"settings: {error}") from None
