"""The key from Systems Manager: read by its name, or a store error that tells a code and nothing else."""

from __future__ import annotations

import itertools
import json
import socket
import sys
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest

from skill import parameter, service
from skill.parameter import ParameterError
from skill.settings import Settings, SettingsError
from tests.store import moto_server
from tests.store.moto_server import REGION

SECRET = "5ec2e7" * 8
NAMES = (f"/gentle-back/key-{number}" for number in itertools.count())


def refused(name: str) -> str:
    """Why a parameter cannot be read: a code, after its name; never the value, an address, or AWS's words."""
    with pytest.raises(ParameterError) as caught:
        parameter.read(name, REGION)
    text = str(caught.value)
    assert not any(told in text for told in (SECRET, "127.0.0.1", "zebrafish"))
    assert text.startswith(f"SSM parameter {name}: ")
    return text.removeprefix(f"SSM parameter {name}: ")


@pytest.fixture
def nobody_there(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Nothing listens where Systems Manager should."""
    moto_server.as_nobody(monkeypatch, tmp_path)
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
    monkeypatch.setenv("AWS_ENDPOINT_URL_SSM", f"http://127.0.0.1:{port}")


@pytest.mark.usefixtures("nobody_there")
def test_where_nothing_listens_it_is_a_store_error() -> None:
    assert refused(next(NAMES)) == "EndpointConnectionError"


@pytest.mark.usefixtures("nobody_there")
def test_a_function_without_credentials_is_told_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    assert refused(next(NAMES)) == "NoCredentialsError"


def test_without_what_speaks_to_aws_it_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "botocore.session", None)
    assert refused(next(NAMES)) == "botocore is not installed"
    monkeypatch.setattr(service, "find_spec", lambda name: None)
    with pytest.raises(SettingsError, match=r"GENTLE_BACK_KEY_PARAMETER needs .*\.\[aws\]"):
        service.key(Settings(key_parameter="/gentle-back/key"))


def test_a_key_that_is_set_is_the_key_and_nobody_is_asked() -> None:
    assert service.key(Settings(key="0123", key_parameter="/gentle-back/key", table="records")) == b"0123"


Answer = tuple[str, bytes]
"""A status and a body."""


class Stranger:
    """Somebody else than Systems Manager, who counts how often they are asked."""

    def __init__(self) -> None:
        self.answer: Answer = ("200 OK", b"")
        self.asked = 0

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        self.asked += 1
        status, body = self.answer
        start_response(
            status, [("Content-Type", "application/x-amz-json-1.1"), ("Content-Length", str(len(body)))]
        )
        return [body]


def said(status: str, code: str) -> Answer:
    return status, json.dumps({"__type": code, "message": f"zebrafish {SECRET}"}).encode()


@pytest.fixture
def stranger(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Stranger]:
    moto_server.as_nobody(monkeypatch, tmp_path)
    stranger = Stranger()
    with moto_server.serving(stranger) as address:
        monkeypatch.setenv("AWS_ENDPOINT_URL_SSM", address)
        yield stranger


@pytest.mark.more
@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (said("400 Bad Request", "AccessDeniedException"), "AccessDeniedException"),
        (said("400 Bad Request", "ParameterNotFound"), "ParameterNotFound"),
        (said("400 Bad Request", "ThrottlingException"), "ThrottlingException"),
        (said("500 Internal Server Error", "InternalServerError"), "InternalServerError"),
        (("200 OK", b"<html>zebrafish</html>"), "KeyError"),
        (("200 OK", b"{}"), "KeyError"),
        (("200 OK", b'{"Parameter": {"Type": "SecureString"}}'), "KeyError"),
        (("200 OK", b'{"Parameter": null}'), "KeyError"),
    ],
)
def test_missing_denied_and_garbled_are_told_by_their_codes_after_one_try(
    stranger: Stranger, answer: Answer, code: str
) -> None:
    stranger.answer = answer
    assert refused(next(NAMES)) == code
    assert stranger.asked == 1


@pytest.fixture
def ssm(address: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> str:
    """moto's Systems Manager, as this process finds it."""
    moto_server.as_nobody(monkeypatch, tmp_path)
    monkeypatch.setenv("AWS_ENDPOINT_URL_SSM", address)
    return address


@pytest.mark.more
def test_a_secure_string_is_the_key(ssm: str) -> None:
    name = next(NAMES)
    moto_server.client(ssm, service="ssm").put_parameter(Name=name, Value=SECRET, Type="SecureString")
    assert parameter.read(name, REGION) == SECRET.encode()
    assert service.key(Settings(key_parameter=name, region=REGION, table="records")) == SECRET.encode()
    assert service.key(Settings(key="0123", key_parameter=name, region=REGION)) == b"0123"


@pytest.mark.more
def test_a_parameter_that_lies_open_is_refused(ssm: str) -> None:
    name = next(NAMES)
    moto_server.client(ssm, service="ssm").put_parameter(Name=name, Value=SECRET, Type="String")
    assert refused(name) == "it is a String, and no SecureString"


@pytest.mark.more
def test_a_parameter_that_is_missing_is_told_by_its_code(ssm: str) -> None:
    assert ssm
    assert refused(next(NAMES)) == "ParameterNotFound"
