"""moto's DynamoDB behind real HTTP, and tables in it."""

from __future__ import annotations

import itertools
import os
import socket
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from botocore import loaders
from werkzeug.serving import WSGIRequestHandler, make_server

REGION = "eu-west-1"
ENVIRONMENT = {
    "AWS_ACCESS_KEY_ID": "nobody",
    "AWS_SECRET_ACCESS_KEY": "nothing",
    "AWS_EC2_METADATA_DISABLED": "true",
    "AWS_CONFIG_FILE": os.devnull,
    "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
    "NO_PROXY": "127.0.0.1",
}
"""What botocore is to find, and nothing of the person's who runs the tests."""
TABLES = itertools.count()
"""Tells tables apart: moto keeps them for as long as the process lives, whatever the server."""

LOADER = cache(loaders.create_loader)
"""Remembers what it has read."""

Application = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]
"""A WSGI application."""


def as_nobody(patch: pytest.MonkeyPatch, home: Path) -> None:
    """Give the process an environment with made-up credentials, and no region."""
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        patch.delenv(name)
    for name, value in ENVIRONMENT.items():
        patch.setenv(name, value)
    patch.setenv("HOME", str(home))
    # A client reads its description of DynamoDB anew, which takes most of the time that it takes to make it.
    patch.setattr("botocore.session.create_loader", LOADER)


class QuietHandler(WSGIRequestHandler):
    """Logs nothing."""

    def log(self, type: str, message: str, *args: Any) -> None:
        """Leave it."""


@contextmanager
def serving(application: Application, fd: int | None = None) -> Iterator[str]:
    """Serve a WSGI application on a free port, or on a socket that listens already; yields its address."""
    server = make_server("127.0.0.1", 0, application, threaded=True, request_handler=QuietHandler, fd=fd)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield "http://{}:{}".format(*server.socket.getsockname())
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@contextmanager
def nobody() -> Iterator[str]:
    """Take connections, and never answer; yields the address."""
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        yield "http://{}:{}".format(*silent.getsockname())


@cache
def moto() -> Application:
    """moto's application, one request at a time.

    DynamoDB checks the condition of a write and writes in one step; moto 5.2 can be interrupted between.
    """
    from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app

    whole = DomainDispatcherApplication(create_backend_app)
    lock = threading.Lock()

    def answer(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        with lock:
            return whole(environ, start_response)  # type: ignore[no-any-return]  # moto ships no types

    return answer


@contextmanager
def dynamodb() -> Iterator[str]:
    """Start moto's server; yields its address."""
    with serving(moto()) as address:
        yield address


@cache
def client(address: str, region: str = REGION, service: str = "dynamodb") -> Any:
    """A plain client of a server."""
    from botocore.session import Session

    return Session().create_client(
        service,
        region_name=region,
        endpoint_url=address,
        aws_access_key_id="nobody",
        aws_secret_access_key="nothing",
    )


def make_table(address: str, name: str, region: str = REGION) -> None:
    """Make a table as a fleet's is: a key, a time to live, no capacity planned."""
    plain = client(address, region)
    plain.create_table(
        TableName=name,
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )
    plain.update_time_to_live(
        TableName=name, TimeToLiveSpecification={"Enabled": True, "AttributeName": "expires"}
    )


def new_table(address: str) -> str:
    """Make a table that nobody else uses; returns its name."""
    name = f"records-{next(TABLES)}"
    make_table(address, name)
    return name
