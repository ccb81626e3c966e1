"""The files that Amazon gets: the committed manifest and models, and the skill package with its endpoint."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

from msgspec import UNSET, Struct

from skill import build, files
from skill.alexa import manifest, model
from skill.alexa.endpoint import Endpoint
from skill.alexa.manifest import LARGE_ICON, SMALL_ICON, Entry, Json, ManifestError
from skill.authoring.compile import languages
from skill.authoring.listing import Listing, alexa_locales
from skill.core.library import Library
from skill.core.turn import Door
from skill.core.wording import Wording

SOURCES = "interaction_model"
"""The folder of the committed manifest, models and icons, below the root."""
FOLDER = "build/skill-package"
"""The folder of the skill package, below the root."""
MANIFEST = "skill.json"
"""The manifest, below either folder."""
MODELS = "interactionModels/custom"
"""The folder of the models, one a place, below either folder."""


class Package(Struct, frozen=True):
    """A skill package, as Amazon's import takes it."""

    files: dict[str, bytes]
    """By path below the package."""
    placeholders: tuple[str, ...]
    """Addresses in it that a publisher has yet to fill in."""


def committed(root: Path) -> dict[str, bytes]:
    """Return the manifest and the models as they should be committed, by path below the root.

    Raises:
        ContentError: the content has errors.
        ManifestError: the committed manifest cannot be used.
    """
    whole, models = _built(root)
    return {f"{SOURCES}/{MANIFEST}": manifest.to_json(whole) + b"\n"} | {
        f"{SOURCES}/{name}": content for name, content in models.items()
    }


def left_over(root: Path, fresh: Collection[str]) -> list[str]:
    """Return the committed models that are not among the fresh ones: the content has lost their place."""
    models = (str(path.relative_to(root)) for path in (root / SOURCES / MODELS).glob("*.json"))
    return sorted(set(models).difference(fresh))


def packaged(root: Path, endpoint: Endpoint, privacy_url: str | None, terms_url: str | None) -> Package:
    """Return the skill package of a content tree.

    Raises:
        ContentError: the content has errors.
        ManifestError: the committed manifest cannot be used.
    """
    whole, models = _built(root)
    whole = manifest.deployed(whole, endpoint, privacy_url, terms_url)
    icons = {name: (root / SOURCES / name).read_bytes() for name in (SMALL_ICON, LARGE_ICON)}
    return Package({MANIFEST: manifest.to_json(whole)} | models | icons, tuple(manifest.placeholders(whole)))


def write(root: Path, package: Package) -> Path:
    """Write a skill package in place of the former one, and return its folder."""
    folder = root / FOLDER
    files.write_folder(folder, package.files)
    return folder


def _built(root: Path) -> tuple[Json, dict[str, bytes]]:
    """Return the manifest with the store's words, and the models by path below the package."""
    path = root / SOURCES / MANIFEST
    try:
        whole = manifest.read(path.read_bytes())
    except ManifestError as error:
        raise ManifestError(f"{path}: {error}") from None
    entries: dict[str, Entry] = {}
    models: dict[str, bytes] = {}
    for language in languages(root):
        built = build.built(root, language)
        content = model.to_json(model.build(built.library, built.invocation_name))
        for locale in alexa_locales(built.library):
            entries[locale] = _entry(built.library, built.listing, locale)
            models[f"{MODELS}/{locale}.json"] = content
    # Amazon's testers read them once, for all places: every language has the same.
    return manifest.listed(whole, entries, built.listing.testing_instructions), models


def _entry(library: Library, listing: Listing, locale: str) -> Entry:
    """Return what the store says in one place."""
    here = listing.filled(Wording(library, locale, Door.ALEXA))
    return Entry(
        name=here.name,
        summary=here.summary,
        description=here.description,
        example_phrases=here.example_phrases,
        keywords=here.keywords,
        updates_description=here.update_notes or UNSET,
    )
