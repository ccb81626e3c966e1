"""What every test shares: the real content, compiled once, and an app on it."""

from __future__ import annotations

import gc
import shutil
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from skill import compiled, index, service
from skill.app import App
from skill.authoring import compile
from skill.core.library import Library
from skill.language import hearing
from skill.lazy import LazyMatcher
from skill.settings import Settings
from skill.store.memory import MemoryStore
from tests import once
from tests.helpers import ROOT, Listener
from tests.store import moto_server


def pytest_configure() -> None:
    """Hear Ctrl-C also below a background shell, which ignores it: programs that tests start inherit that."""
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="session", autouse=True)
def nothing_twice() -> Iterator[None]:
    """Let all tests of a process share what is made of the same content: it never changes afterwards."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(compile, "read", once.read)
        patch.setattr(hearing, "Templates", once.templates)
        yield


@pytest.fixture(scope="session", autouse=True)
def nothing_looked_through_again(library: Library) -> None:
    """Spare the garbage collector what all tests share: looking through it took half of their time."""
    assert library.stretches
    gc.collect()
    gc.freeze()
    gc.set_threshold(200_000)


@pytest.fixture(scope="module", autouse=True)
def nothing_kept() -> Iterator[None]:
    """Let go of each module's libraries."""
    yield
    once.forget_libraries()


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A copy of the real content, to break."""
    for folder in ("content", "interaction_model"):
        # The built models are 6 MB, and nothing reads them that is checked.
        shutil.copytree(ROOT / folder, tmp_path / folder, ignore=shutil.ignore_patterns("interactionModels"))
    return tmp_path


@pytest.fixture(scope="session")
def library(tmp_path_factory: pytest.TempPathFactory) -> Library:
    """The repository's content, by way of the compiled file."""
    content = once.built().library
    path: Path = tmp_path_factory.mktemp("compiled") / "library.json"
    compiled.write(content, path)
    return compiled.load(path)


@pytest.fixture(scope="session")
def matcher(library: Library) -> LazyMatcher:
    """The learned matcher, with the encoder and the index that `make` installs and builds."""
    settings = Settings()
    index.build(library, Path(settings.encoder), Path(settings.index))
    return service.matcher(library, settings)


@pytest.fixture(scope="session")
def app(library: Library, matcher: LazyMatcher) -> App:
    """One app for all tests; each listener has an id of their own."""
    return App(library, MemoryStore(), b"key", matcher)


@pytest.fixture
def listener(app: App, request: pytest.FixtureRequest) -> Listener:
    return Listener(app, user=request.node.nodeid)


@pytest.fixture(scope="session")
def address() -> Iterator[str]:
    """Where moto's server listens: one DynamoDB for the tests of a process."""
    with moto_server.dynamodb() as address:
        yield address


@pytest.fixture
def as_nobody(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Made-up credentials for one test."""
    moto_server.as_nobody(monkeypatch, tmp_path)
