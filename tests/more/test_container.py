"""The image and its compose file: linted, built step by step without Docker, and run as they say."""

from __future__ import annotations

import configparser
import json
import os
import re
import signal
import stat
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import urllib3
import yaml

from skill.alexa import certification
from tests.alexa import envelopes
from tests.amazon import Amazon, Storage
from tests.helpers import ROOT
from tests.more import image
from tests.more.image import Stage
from tests.served import PATIENCE, Client, free_port, fresh, settings

pytestmark = pytest.mark.more

CONTAINER = ROOT / "infra" / "container"
DOCKERFILE = CONTAINER / "Dockerfile"
UNIT = ROOT / "infra" / "systemd" / "gentle-back.service"
TOOLS = ROOT / ".venv-infra" / "bin"
USER = 10001


def done(*command: str | Path, text: str | None = None) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(part) for part in command],
        cwd=CONTAINER,
        input=text,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )


def test_hadolint_finds_nothing_in_the_dockerfile() -> None:
    linted = done(TOOLS / "hadolint", "-", text=DOCKERFILE.read_text())
    assert (linted.returncode, linted.stdout) == (0, "")


@pytest.mark.parametrize(
    ("right", "wrong", "rule"),
    [
        ("FROM python:3.13-slim AS", "FROM python AS", "DL3006"),
        ('CMD ["gentle-back", "serve"]', "CMD gentle-back serve", "DL3025"),
        ("WORKDIR /source", "WORKDIR source", "DL3000"),
    ],
)
def test_hadolint_would_find_something(right: str, wrong: str, rule: str) -> None:
    text = DOCKERFILE.read_text()
    assert right in text
    linted = done(TOOLS / "hadolint", "-", text=text.replace(right, wrong))
    assert linted.returncode == 1
    assert rule in linted.stdout


SET = {"GENTLE_BACK_SKILL_ID": envelopes.APPLICATION, "GENTLE_BACK_HOSTNAME": "skill.example.com"}


class UnsetError(Exception):
    """A variable that has to be set is not."""


def interpolated(text: str, environment: Mapping[str, str]) -> str:
    """A compose file with its variables put in, as Docker does before it reads on."""

    def value(found: re.Match[str]) -> str:
        name, how, otherwise = found.groups()
        given = environment.get(name, "")
        if not given and how == ":?":
            raise UnsetError(f"{name}: {otherwise}")
        return given or otherwise

    return re.sub(r"\$\{(\w+)(:[-?])([^}]*)\}", value, text)


def compose(text: str, environment: Mapping[str, str] = SET) -> dict[str, Any]:
    """What a compose file says, by a library that knows the specification."""
    reads = (
        "import json, sys, compose_spec;"
        "print(json.dumps(compose_spec.PyCompose.from_yaml(sys.stdin.read()).to_dict(), default=str))"
    )
    told = done(TOOLS / "python", "-c", reads, text=interpolated(text, environment))
    if told.returncode:
        raise ValueError(told.stderr.splitlines()[-1])
    value: dict[str, Any] = json.loads(told.stdout)
    return value


def test_the_compose_file_is_one_and_says_what_is_shut() -> None:
    text = (CONTAINER / "compose.yaml").read_text()
    assert set(compose(text)["services"]) == {"skill", "caddy"}
    services = yaml.safe_load(interpolated(text, SET))["services"]
    skill, caddy = services["skill"], services["caddy"]
    for service in (skill, caddy):
        assert service["read_only"] is True
        assert service["cap_drop"] == ["ALL"]
        assert service["security_opt"] == ["no-new-privileges:true"]
        assert {"mem_limit", "pids_limit", "restart"} <= service.keys()
        assert service["logging"]["options"].keys() == {"max-size", "max-file"}
        assert "privileged" not in service
    assert "ports" not in skill
    assert "cap_add" not in skill
    assert skill["volumes"] == ["records:/data"]
    assert skill["environment"] == {
        "GENTLE_BACK_SKILL_ID": envelopes.APPLICATION,
        "GENTLE_BACK_METRICS_PORT": None,
    }
    assert caddy["ports"] == ["80:80", "443:443"]
    assert (CONTAINER / skill["build"]["context"]).resolve() == ROOT
    assert (ROOT / skill["build"]["dockerfile"]).samefile(DOCKERFILE)
    # The Caddyfile is tried with this very line of versions.
    tried = done(TOOLS / "caddy", "version").stdout
    assert tried.startswith(f"v{caddy['image'].removeprefix('caddy:')}.")


def test_a_broken_compose_file_is_found() -> None:
    text = (CONTAINER / "compose.yaml").read_text()
    for right, wrong in (("read_only: true", "read_only: maybe"), ("mem_limit: 768m", "mem_limit: much")):
        assert right in text
        with pytest.raises(ValueError, match=r"\w"):
            compose(text.replace(right, wrong))


@pytest.mark.parametrize("name", sorted(SET))
def test_without_a_setting_the_compose_file_says_which(name: str) -> None:
    with pytest.raises(UnsetError, match=rf"{name}: set it in \.env"):
        compose((CONTAINER / "compose.yaml").read_text(), SET | {name: ""})
    assert f"\n{name}=\n" in (CONTAINER / "example.env").read_text()


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Stage:
    """The image's last stage. What was learned of the content is given: to learn it takes half a minute."""
    scratch = tmp_path_factory.mktemp("image")
    scratch.chmod(0o755)
    for above in scratch.parents[:2]:
        above.chmod(0o755)
    context = scratch / "context"
    image.context(context, CONTAINER / "Dockerfile.dockerignore")
    sources = {"LICENSE", "README.md", "content", "infra", "interaction_model", "pyproject.toml", "skill"}
    assert {path.name for path in context.iterdir()} == sources
    assert not (context / "skill" / "_content").exists()
    index = ROOT / "skill" / "_content" / "index.safetensors"
    return image.build(DOCKERFILE, context, scratch, {"skill/_content/index.safetensors": index})


def test_the_image_carries_all_that_is_loaded_and_bytecode(built: Stage) -> None:
    (package,) = built.root.glob("opt/gentle-back/lib/python3*/site-packages/skill")
    content = {path.name for path in (package / "_content").iterdir()}
    assert content == {"library.json", "index.safetensors", "encoder.safetensors"}
    for module in package.rglob("*.py"):
        (compiled,) = (module.parent / "__pycache__").glob(f"{module.stem}.*.pyc")
        # Bits 0 and 1 of the second word (PEP 552): made of a hash, which nobody checks again.
        assert compiled.read_bytes()[4] == 0b01, module
    assert not (built.root / "source").exists()


class House:
    """An Amazon, and the settings of an installation that takes its requests."""

    def __init__(self, folder: Path, proxy: str, amazon: Amazon, storage: Storage) -> None:
        self.amazon, self.storage = amazon, storage
        self.trusted = folder
        own = settings(amazon, folder, proxy)
        self.environment = {
            "HTTPS_PROXY": own["HTTPS_PROXY"],
            "GENTLE_BACK_SKILL_ID": own["GENTLE_BACK_SKILL_ID"],
            "SSL_CERT_FILE": "/tmp/trusted/roots.pem",
        }

    @contextmanager
    def running(
        self, stage: Stage, command: list[str], data: Path, there: str
    ) -> Iterator[tuple[Client, dict[str, str], subprocess.Popen[bytes]]]:
        """Run a command of an image with a folder for what it remembers, and wait until it answers."""
        port = free_port()
        environment = self.environment | {"PORT": str(port)}
        mounts = {self.trusted: "/tmp/trusted", data: there}
        with subprocess.Popen(stage.sandboxed(command, environment, mounts=mounts)) as process:
            try:
                patient = urllib3.Retry(connect=60, backoff_factor=0.1, backoff_max=0.5)
                urllib3.request("GET", f"http://127.0.0.1:{port}/healthz", retries=patient)
                yield Client(self.amazon, self.storage, port), environment, process
            finally:
                process.kill()


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    amazon = Amazon()
    storage = Storage(amazon)
    folder = tmp_path_factory.mktemp("trusted")
    folder.chmod(0o755)
    with storage.running() as proxy:
        yield House(folder, proxy, amazon, storage)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A new volume: it has the owner and the rights that the image's folder has."""
    folder = tmp_path / "data"
    folder.mkdir(mode=0o700)
    os.chown(folder, USER, USER)
    return folder


def check_spoken(client: Client) -> None:
    response = client.post(fresh(envelopes.launch()))
    assert response.status == 200, response.body
    assert certification.problems(response.json) == []


def told_to_end(process: subprocess.Popen[bytes]) -> int:
    """Tell the one process in the sandbox to end, as Docker and systemd do, and return its status."""
    (inner,) = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
    os.kill(int(inner), signal.SIGTERM)
    return process.wait(PATIENCE)


def test_the_image_answers_with_a_root_that_nobody_can_write(built: Stage, house: House, data: Path) -> None:
    assert built.user == f"{USER}:{USER}"
    assert built.volumes == ["/data"]
    volume = (built.root / "data").stat()
    assert (volume.st_uid, stat.S_IMODE(volume.st_mode)) == (USER, 0o700)
    with house.running(built, built.command, data, "/data") as (client, environment, process):
        check_spoken(client)
        ready = client.send("GET", "/readyz")
        assert (ready.status, ready.json["encoder"], ready.json["store"]) == (200, True, "writable")
        assert done(*built.sandboxed(built.health, environment)).returncode == 0
        tries = built.sandboxed(["/bin/sh", "-c", "touch /x /opt/gentle-back/x"])
        assert done(*tries).stderr.count("Read-only file system") == 2
        assert told_to_end(process) == 0
    assert done(*built.sandboxed(built.health, environment)).returncode != 0
    kept = {path.name: (path.stat().st_uid, stat.S_IMODE(path.stat().st_mode)) for path in data.iterdir()}
    assert kept["gentle-back.db"][0] == USER
    assert kept["gentle-back.db.key"] == (USER, 0o600)


def test_the_unit_s_command_answers_as_well(built: Stage, house: House, data: Path) -> None:
    unit = configparser.ConfigParser(strict=False, interpolation=None)
    unit.optionxform = str  # type: ignore[assignment, method-assign]  # documented, and typed as a method
    unit.read(UNIT)
    service = unit["Service"]
    assert service["StateDirectory"] == "gentle-back"
    own = dict(pair.split("=") for pair in service["Environment"].replace("%S", "/var/lib").split())
    (built.root / "var/lib/gentle-back").mkdir(parents=True, exist_ok=True)
    host = Stage(built.root, {"PATH": image.PATH} | own, user=f"{USER}:{USER}")
    command = service["ExecStart"].split()
    with house.running(host, command, data, "/var/lib/gentle-back") as (client, _, process):
        check_spoken(client)
        assert told_to_end(process) == 0
    assert (data / "gentle-back.db").exists()


def test_a_wheel_carries_the_content_and_what_was_learned_of_it(built: Stage) -> None:
    (record,) = built.root.glob("opt/gentle-back/lib/python3*/site-packages/gentle_back-*.dist-info/RECORD")
    carried = set(re.findall(r"^skill/_content/([\w.]+),", record.read_text(), re.MULTILINE))
    assert carried == {"library.json", "index.safetensors"}
