"""`gentle-back package`: what Amazon gets, whole or not at all."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from skill import files, package
from skill.authoring.listing import alexa_locales
from skill.cli import main
from tests import once
from tests.helpers import ROOT

FUNCTION = "arn:aws:lambda:us-east-1:123456789012:function:gentle-back:live"
LOCALES = alexa_locales(once.built().library)
PAGES = ("--privacy-url", "https://e.org/privacy", "--terms-url", "https://e.org/terms")
FILES = {
    "skill.json",
    "assets/images/small.png",
    "assets/images/large.png",
    *(f"interactionModels/custom/{locale}.json" for locale in LOCALES),
}


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder with a copy of the content."""
    root = tmp_path_factory.mktemp("home")
    for name in ("content", "interaction_model"):
        shutil.copytree(ROOT / name, root / name)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GENTLE_BACK_CONTENT", str(root))
        yield root


def packaged(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["package", "--endpoint", *arguments])


def written(home: Path) -> dict[str, bytes]:
    """Every file of the package, by path below it."""
    folder = home / "build/skill-package"
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_a_package_is_what_is_committed_with_its_endpoint_filled_in(home: Path) -> None:
    result = packaged(FUNCTION, *PAGES)
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout == f"{home / 'build/skill-package'}: 8 files, for {FUNCTION}\n"
    got = written(home)
    assert got.keys() == FILES
    for name in FILES - {"skill.json"}:
        assert got[name] == (ROOT / "interaction_model" / name).read_bytes()
    manifest = json.loads(got["skill.json"])["manifest"]
    assert manifest["apis"]["custom"]["endpoint"] == {"uri": FUNCTION}
    assert manifest["events"]["endpoint"] == {"uri": FUNCTION}
    committed = json.loads((ROOT / "interaction_model/skill.json").read_bytes())["manifest"]
    assert manifest["publishingInformation"] == committed["publishingInformation"]
    assert not got["skill.json"].endswith(b"\n"), "as ask-cli writes it"
    for listing in manifest["publishingInformation"]["locales"].values():
        assert {listing[key].removeprefix("file://") for key in ("smallIconUri", "largeIconUri")} <= FILES


@pytest.mark.usefixtures("home")
def test_placeholders_and_doubts_are_told_and_do_not_stop_it() -> None:
    result = packaged("https://a1b2.ngrok-free.app/")
    assert result.exit_code == 0
    assert result.stdout.endswith(" for https://a1b2.ngrok-free.app/ (Wildcard certificate)\n")
    assert result.stderr == (
        "Warning: gentle-back serve answers at /alexa, and not at /, unless a proxy maps it\n"
        + "".join(
            f"Warning: https://example.com/gentle-back/{page} is a placeholder: "
            "fill it in before anyone else sees it\n"
            for page in ("privacy", "terms")
        )
    )
    assert (
        "(Trusted certificate)" in packaged("https://a1b2.ngrok-free.app/", "--certificate", "trusted").stdout
    )


def test_the_old_package_goes_with_all_that_was_in_it(home: Path) -> None:
    assert packaged(FUNCTION).exit_code == 0
    folder = home / "build/skill-package"
    (folder / "interactionModels/custom/xx-XX.json").touch()
    (folder / "hooks").mkdir()
    assert packaged("https://skill.example.org/alexa").exit_code == 0
    assert written(home).keys() == FILES
    assert list((home / "build").iterdir()) == [folder], "no scratch folder stays"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["http://skill.example.org/alexa"], "does not begin with https://"),
        (["arn:aws:s3:::bucket"], "something else than a Lambda function"),
        ([FUNCTION, "--certificate", "wildcard"], "has no certificate"),
        ([FUNCTION, "--privacy-url", "http://e.org/privacy"], "does not begin with https://"),
        ([FUNCTION, "--terms-url", "https://localhost/terms"], "your own network"),
    ],
)
def test_a_refused_call_is_one_line_and_leaves_the_old_package(
    home: Path, arguments: list[str], message: str
) -> None:
    files.write_folder(home / "build/skill-package", {"skill.json": b"old"})
    result = packaged(*arguments)
    assert result.exit_code == 1
    assert result.output.startswith("Error: ")
    assert message in result.output
    assert len(result.output.splitlines()) == 1
    assert written(home) == {"skill.json": b"old"}


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("interaction_model/skill.json", b"{}", "it is no manifest of this skill"),
        ("interaction_model/assets/images/small.png", None, "No such file or directory"),
        ("content/en/listing.yaml", b"name: Gentle Back\n", "content/en/listing.yaml:1:1: "),
    ],
)
def test_what_it_is_made_of_is_told_where_it_cannot_be_used(
    home: Path, name: str, content: bytes | None, message: str
) -> None:
    files.write_folder(home / "build/skill-package", {"skill.json": b"old"})
    kept = (home / name).read_bytes()
    try:
        (home / name).unlink() if content is None else (home / name).write_bytes(content)
        result = packaged(FUNCTION)
    finally:
        (home / name).write_bytes(kept)
    assert result.exit_code == 1
    assert message in result.output
    assert name in result.output
    assert written(home) == {"skill.json": b"old"}


def test_an_endpoint_has_to_be_given() -> None:
    result = CliRunner().invoke(main, ["package"])
    assert result.exit_code == 2
    assert "Missing option '--endpoint'" in result.output


def test_nothing_of_the_root_is_in_a_package(home: Path) -> None:
    """Where somebody's folders lie is nobody's business."""
    assert packaged(FUNCTION).exit_code == 0
    assert not any(str(home).encode() in content for content in written(home).values())
    assert package.FOLDER == "build/skill-package", "where infra/alexa/ask-resources.json looks for it"
