"""The skill package, by Amazon's own hands: its definitions accept it, and its tool uploads it as it is."""

from __future__ import annotations

import io
import json
import os
import re
import shutil
import subprocess
import zipfile
from pathlib import Path
from typing import Any

import pytest

from skill import package
from skill.alexa import manifest
from skill.alexa.endpoint import read_endpoint
from skill.authoring import listing
from tests.helpers import ROOT
from tests.more.skill_management import IMPORT, SKILL_ID, VENDOR, SkillManagement, skill_management

pytestmark = pytest.mark.more

MORE = ROOT / "tests/more"
ALEXA = ROOT / "infra/alexa"
ASK = ALEXA / "node_modules/.bin/ask"
ADDRESS = "https://a1b2.ngrok-free.app/alexa"
FUNCTION = "arn:aws:lambda:eu-west-1:123456789012:function:gentle-back:live"
ENVELOPE = "v1.skill.Manifest.SkillManifestEnvelope"
MODEL = "v1.skill.interactionModel.InteractionModelData"
PATIENCE = 120.0


@pytest.fixture(scope="module")
def files() -> dict[str, bytes]:
    """The skill package of an address."""
    return package.packaged(
        ROOT, read_endpoint(ADDRESS), "https://e.org/privacy", "https://e.org/terms"
    ).files


def with_function(files: dict[str, bytes]) -> dict[str, bytes]:
    """The same package, of a function."""
    whole = manifest.read(files["skill.json"])
    return files | {
        "skill.json": manifest.to_json(manifest.deployed(whole, read_endpoint(FUNCTION), None, None))
    }


# Amazon's definitions -----------------------------------------------------------------------------


def refused(folder: Path, *values: tuple[str, bytes]) -> list[str]:
    """What Amazon's definitions say against JSON texts, each of a type of theirs.

    Each is written as a literal of TypeScript, so that unknown properties and unknown words are errors.
    """
    literals = [
        f"const value{index}: {type_} = {text.decode()};" for index, (type_, text) in enumerate(values)
    ]
    source = folder / "values.ts"
    source.write_text("\n".join(["import { v1 } from 'ask-smapi-model';", *literals]), encoding="utf-8")
    (folder / "node_modules").symlink_to(MORE / "node_modules")
    done = subprocess.run(
        [
            MORE / "node_modules/.bin/tsc",
            "--noEmit",
            "--strict",
            "--module",
            "commonjs",
            "--target",
            "es2020",
            source,
        ],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    told = done.stdout.splitlines()
    assert (done.returncode == 0) is (told == []), done
    return told


def test_amazon_s_definitions_accept_every_model_and_both_manifests(
    files: dict[str, bytes], tmp_path: Path
) -> None:
    models = {name: text for name, text in files.items() if name.startswith("interactionModels/")}
    assert len(models) == 5
    # What is the same in every place is read once.
    values = [(MODEL, text) for text in set(models.values())]
    manifests = [(ENVELOPE, files["skill.json"]), (ENVELOPE, with_function(files)["skill.json"])]
    assert refused(tmp_path, *values, *manifests) == []


def test_every_place_is_one_of_amazon_s(files: dict[str, bytes], tmp_path: Path) -> None:
    """The manifest's definition takes any key for a place; another one of Amazon's names the places."""
    publishing = json.loads(files["skill.json"])["manifest"]["publishingInformation"]
    [known] = set(re.findall(r"type LocaleInQuery = (.+);", definitions()))
    assert {f"'{place}'" for place in publishing["locales"]} <= set(known.split(" | "))
    assert {f"interactionModels/custom/{place}.json" for place in publishing["locales"]} == {
        name for name in files if name.startswith("interactionModels/")
    }


WRONG = {
    ('"containsAds"', '"containsAdverts"'): "'\"containsAdverts\"' does not exist",
    ('"GB"', '"UK"'): "'\"UK\"' is not assignable to type 'DistributionCountries'",
    ('"SKILL_DISABLED"', '"SKILL_DISABLE"'): "'\"SKILL_DISABLE\"' is not assignable",
    ('"Wildcard"', '"Wild"'): "'\"Wild\"' is not assignable",
    (
        '"isChildDirected": false',
        '"isChildDirected": "no"',
    ): "Type 'string' is not assignable to type 'boolean",
    ('"uri":', '"url":'): "'\"url\"' does not exist",
}
"""What stands in the manifest, what somebody may write instead, and what Amazon's definitions say to it."""


def test_amazon_s_definitions_refuse_what_is_not_theirs(files: dict[str, bytes], tmp_path: Path) -> None:
    text = files["skill.json"].decode()
    assert all(right in text for right, _ in WRONG)
    manifests = [(ENVELOPE, text.replace(right, wrong, 1).encode()) for right, wrong in WRONG]
    model = {"interactionModel": {"languageModel": {"invocationName": "gentle back", "intent": []}}}
    told = refused(tmp_path, *manifests, (MODEL, json.dumps(model).encode()))
    assert len(told) == len(WRONG) + 1
    for line, message in zip(told, [*WRONG.values(), "'\"intent\"' does not exist"], strict=True):
        assert message in line


def definitions() -> str:
    return (MORE / "node_modules/ask-smapi-model/index.d.ts").read_text(encoding="utf-8")


def test_the_lengths_that_are_checked_are_those_of_amazon_s_definitions() -> None:
    spec = json.loads((MORE / "node_modules/ask-smapi-model/spec.json").read_bytes())["definitions"]
    texts = spec["v1.skill.Manifest.SkillManifestLocalizedPublishingInformation"]["properties"]
    assert texts["summary"]["maxLength"] == listing.SUMMARY_CHARACTERS
    assert texts["description"]["maxLength"] == listing.DESCRIPTION_CHARACTERS
    assert texts["updatesDescription"]["maxLength"] == listing.DESCRIPTION_CHARACTERS
    assert texts["keywords"]["maxItems"] == listing.KEYWORDS
    assert texts["keywords"]["items"]["maxLength"] == listing.KEYWORD_CHARACTERS
    assert texts["examplePhrases"]["items"]["maxLength"] == listing.PHRASE_CHARACTERS
    assert texts["examplePhrases"]["maxItems"] >= listing.EXAMPLE_PHRASES
    whole = spec["v1.skill.Manifest.SkillManifestPublishingInformation"]["properties"]
    assert whole["testingInstructions"]["maxLength"] == listing.DESCRIPTION_CHARACTERS


# Amazon's tool ------------------------------------------------------------------------------------


class Clone:
    """What of a clone ask-cli needs: infra/alexa, the package beside it, and who is logged in."""

    def __init__(self, root: Path, files: dict[str, bytes]) -> None:
        self.root = root
        self.alexa = root / "infra/alexa"
        self.alexa.mkdir(parents=True)
        shutil.copy(ALEXA / "ask-resources.json", self.alexa)
        self.home = root / "home"
        (self.home / ".ask").mkdir(parents=True)
        token = {"access_token": "old", "refresh_token": "Atzr|r", "expires_at": "2026-01-01T00:00:00.000Z"}
        profile = {"token": token, "vendor_id": VENDOR, "aws_profile": None}
        (self.home / ".ask/cli_config").write_text(
            json.dumps({"profiles": {"default": profile}, "share_usage": False})
        )
        self.builds(files)

    def builds(self, files: dict[str, bytes]) -> None:
        package.write(self.root, package.Package(files, ()))

    def deploys(self, amazon: SkillManagement) -> subprocess.CompletedProcess[str]:
        """Run the command of infra/README.md."""
        kept = {name: os.environ[name] for name in ("PATH", "LANG") if name in os.environ}
        environment = kept | {
            "HOME": str(self.home),
            "ASK_SMAPI_SERVER_BASE_URL": amazon.address,
            "ASK_LWA_TOKEN_HOST": amazon.address,
            "ASK_SHARE_USAGE": "false",
        }
        return subprocess.run(
            [ASK, "deploy", "--target", "skill-metadata"],
            cwd=self.alexa,
            env=environment,
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
        )

    def state(self) -> Any:
        return json.loads((self.alexa / ".ask/ask-states.json").read_bytes())["profiles"]["default"]


def members(upload: bytes) -> dict[str, bytes]:
    """The files of an uploaded archive."""
    with zipfile.ZipFile(io.BytesIO(upload)) as archive:
        names = [info.filename for info in archive.infolist() if not info.is_dir()]
        assert len(names) == len(set(names))
        return {name: archive.read(name) for name in names}


def test_the_tool_uploads_byte_for_byte_what_was_built(files: dict[str, bytes], tmp_path: Path) -> None:
    clone = Clone(tmp_path, files)
    with skill_management() as amazon:
        done = clone.deploys(amazon)
        assert done.returncode == 0, done.stdout + done.stderr
        assert SKILL_ID in done.stdout
        [upload] = amazon.uploaded
        assert members(upload) == files
        url = f"{amazon.address}/bucket/package.zip?signature=1"
        assert ("POST", "/v1/skills/imports", {"location": url, "vendorId": VENDOR}) in amazon.requests
        assert amazon.requests[-1] == ("GET", f"/v1/skills/imports/{IMPORT}", None)
    assert clone.state()["skillId"] == SKILL_ID

    # The tool writes some files again; nothing of ours changes by that.
    folder = tmp_path / package.FOLDER
    for name, content in files.items():
        assert (folder / name).read_bytes() == content
    name = "ask-resources.json"
    assert (clone.alexa / name).read_bytes() == (ALEXA / name).read_bytes()

    # The skill that is there is updated, with the function that has been made for it.
    changed = with_function(files)
    clone.builds(changed)
    with skill_management() as amazon:
        done = clone.deploys(amazon)
        assert done.returncode == 0, done.stdout + done.stderr
        [upload] = amazon.uploaded
        assert members(upload) == changed
        paths = [path for method, path, _ in amazon.requests if method == "POST"]
        assert f"/v1/skills/{SKILL_ID}/imports" in paths
        assert "/v1/skills/imports" not in paths


def test_what_amazon_refuses_fails_with_its_reason(files: dict[str, bytes], tmp_path: Path) -> None:
    clone = Clone(tmp_path, files)
    with skill_management("The URI in the endpoint is not permitted.") as amazon:
        done = clone.deploys(amazon)
    assert done.returncode != 0
    assert "The URI in the endpoint is not permitted." in done.stdout + done.stderr
    assert "skillId" not in clone.state()


def test_without_a_package_nothing_is_uploaded(tmp_path: Path) -> None:
    clone = Clone(tmp_path, {"skill.json": b"{}"})
    shutil.rmtree(tmp_path / package.FOLDER)
    with skill_management() as amazon:
        done = clone.deploys(amazon)
        assert amazon.requests == []
    assert done.returncode != 0
    assert "does not exist" in done.stdout + done.stderr
