"""The skill's manifest: the store's words for every place, and where requests go."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Annotated, Any

import msgspec
from msgspec import UNSET, Meta, Struct, UnsetType

from skill.alexa.endpoint import Endpoint
from skill.core.errors import GentleBackError

SMALL_ICON = "assets/images/small.png"
"""The icon of 108 by 108 pixels, below the skill package."""
LARGE_ICON = "assets/images/large.png"
"""The icon of 512 by 512 pixels, below the skill package."""
PLACEHOLDER = "example.com"
"""The domain of addresses that a publisher has yet to fill in."""

Json = dict[str, Any]
"""A JSON object."""


class ManifestError(GentleBackError):
    """The committed manifest lacks a part that every skill of ours has."""


class Entry(Struct, frozen=True, kw_only=True, rename="camel"):
    """What the store says in one place, in Amazon's form."""

    name: str
    """The skill's name."""
    summary: str
    """One sentence."""
    description: str
    """What it does, what one needs, and the disclaimer."""
    example_phrases: tuple[str, ...]
    """Three things to say."""
    keywords: tuple[str, ...]
    """What it is found by."""
    small_icon_uri: str = f"file://{SMALL_ICON}"
    """The small icon, within the package."""
    large_icon_uri: str = f"file://{LARGE_ICON}"
    """The large icon, within the package."""
    updates_description: str | UnsetType = UNSET
    """What is new in this version."""


class _Places(Struct, frozen=True):
    locales: Annotated[dict[str, Json], Meta(min_length=1)]
    """By place."""


class _Endpoint(Struct, frozen=True):
    endpoint: Json
    """Where requests or events go."""


class _Apis(Struct, frozen=True):
    custom: _Endpoint
    """A custom skill."""


class _Manifest(Struct, frozen=True, rename="camel"):
    publishing_information: _Places
    """What the store says."""
    privacy_and_compliance: _Places
    """The publisher's policies."""
    apis: _Apis
    """Where requests go."""
    events: _Endpoint
    """Where events go."""


class _File(Struct, frozen=True):
    """The parts of the manifest that are written here; all else is Amazon's and the publisher's."""

    manifest: _Manifest
    """The manifest itself."""


def read(text: bytes) -> Json:
    """Return the manifest of a file.

    Raises:
        ManifestError: it is no JSON, or lacks a part that is written here.
    """
    try:
        manifest = msgspec.json.decode(text, type=Json)
        msgspec.convert(manifest, _File)
    except msgspec.DecodeError as error:
        raise ManifestError(f"it is no manifest of this skill: {error}") from None
    return manifest


def to_json(manifest: Json) -> bytes:
    """Return a manifest byte for byte as ask-cli writes it again after a deployment."""
    return json.dumps(manifest, indent=2, ensure_ascii=False).encode()


def listed(manifest: Json, entries: Mapping[str, Entry], testing_instructions: str) -> Json:
    """Return a manifest with what the store says in every place.

    A place that is new has the policies of the first place.
    """
    whole = manifest["manifest"]
    publishing, privacy = whole["publishingInformation"], whole["privacyAndCompliance"]
    policies = privacy["locales"]
    first = next(iter(policies.values()))
    publishing = publishing | {
        "locales": msgspec.json.decode(msgspec.json.encode(entries)),
        "testingInstructions": testing_instructions,
    }
    privacy = privacy | {"locales": {place: policies.get(place, first) for place in entries}}
    return manifest | {
        "manifest": whole | {"publishingInformation": publishing, "privacyAndCompliance": privacy}
    }


def deployed(manifest: Json, endpoint: Endpoint, privacy_url: str | None, terms_url: str | None) -> Json:
    """Return a manifest whose requests and events go to an endpoint, with the publisher's own addresses."""
    whole = manifest["manifest"]
    target: Json = {"uri": endpoint.uri}
    if endpoint.certificate is not None:
        target["sslCertificateType"] = endpoint.certificate.value
    privacy, own = whole["privacyAndCompliance"], {}
    if privacy_url is not None:
        own["privacyPolicyUrl"] = privacy_url
    if terms_url is not None:
        own["termsOfUseUrl"] = terms_url
    policies = {place: policy | own for place, policy in privacy["locales"].items()}
    changed = {
        "privacyAndCompliance": privacy | {"locales": policies},
        "apis": whole["apis"] | {"custom": whole["apis"]["custom"] | {"endpoint": target}},
        "events": whole["events"] | {"endpoint": target},
    }
    return manifest | {"manifest": whole | changed}


def placeholders(manifest: Json) -> list[str]:
    """Return the addresses that a publisher has yet to fill in, each once."""
    return sorted({text for text in _texts(manifest) if f"//{PLACEHOLDER}/" in f"{text}/"})


def _texts(value: object) -> Iterator[str]:
    """Yield every text of a JSON value."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for part in value.values():
            yield from _texts(part)
    elif isinstance(value, list):
        for part in value:
            yield from _texts(part)
