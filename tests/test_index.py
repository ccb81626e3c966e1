"""The learned matcher: built once, loaded when words need it, and replaced by letters without the encoder."""

from __future__ import annotations

import logging
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest

from skill import index
from skill.app import App
from skill.core.library import Library
from skill.index import LazyMatcher
from skill.language.lexical import LexicalEncoder
from skill.settings import Settings
from skill.store.memory import MemoryStore
from skill.web.local import create_app
from tests.helpers import ROOT, Listener

NONE = Path("none")


@pytest.fixture(scope="module")
def small(library: Library) -> Library:
    """A library with fewer wordings, so that learning takes no time."""
    answers = {
        id_: msgspec.structs.replace(answer, asks=answer.asks[:8]) for id_, answer in library.answers.items()
    }
    intents = {
        name: msgspec.structs.replace(intent, samples=intent.samples[:8], hears=intent.hears[:8])
        for name, intent in library.intents.items()
    }
    return msgspec.structs.replace(library, answers=answers, intents=intents, hash="small")


def test_an_index_is_built_once_and_again_for_other_content(small: Library, tmp_path: Path) -> None:
    file = tmp_path / "index.safetensors"
    index.build(small, NONE, file)
    first = file.stat()
    index.build(small, NONE, file)
    assert file.stat().st_mtime_ns == first.st_mtime_ns
    index.build(msgspec.structs.replace(small, hash="other"), NONE, file)
    assert file.stat().st_mtime_ns != first.st_mtime_ns
    matcher = LazyMatcher(msgspec.structs.replace(small, hash="other"), NONE, file)()
    assert matcher.guesses("why does my back pop").likeliest[0].meaning == "ask sound_cause"


def test_without_the_encoder_letters_are_compared_and_the_log_says_so_once(
    small: Library, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    lazy = LazyMatcher(small, tmp_path / "none", tmp_path / "none either")
    app = App(small, MemoryStore(), b"key", lazy)
    with caplog.at_level(logging.WARNING):
        for text in (
            "why does it make popping noises then",
            "tell me what pops in there",
            "stretch the hips",
        ):
            Listener(app, user=text).says(text)
    assert [record.getMessage() for record in caplog.records] == [
        f"words are compared by their letters only, without the encoder: {tmp_path / 'none'}: no encoder "
        "(FileNotFoundError)"
    ]
    ready = create_app(app).test_client().get("/readyz").json
    assert ready == {"ready": True, "content": "small", "matcher": LexicalEncoder.name}


def test_readiness_names_the_encoder(app: App) -> None:
    ready = create_app(app).test_client().get("/readyz").json
    assert ready == {"ready": True, "content": app.library.hash, "matcher": "all-MiniLM-L6-v2"}


def test_an_intent_of_alexa_s_never_pays_for_the_matcher(library: Library) -> None:
    """Neither numpy nor a file of the matcher is touched before free words need it."""
    settings = Settings()
    code = (
        "import sys\n"
        "from pathlib import Path\n"
        "from datetime import UTC, datetime\n"
        "from skill import compiled\n"
        "from skill.app import App, Said\n"
        "from skill.store.memory import MemoryStore\n"
        f"library = compiled.load(Path({settings.library!r}))\n"
        "def never(): raise AssertionError\n"
        "app = App(library, MemoryStore(), b'k', never)\n"
        "now = datetime(2026, 1, 1, tzinfo=UTC)\n"
        "app.take(Said(user='u', now=now, intent='AskSoundCauseIntent'), None)\n"
        "app.take(Said(user='u', now=now, text='stop'), None)\n"
        "assert 'numpy' not in sys.modules\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True, cwd=ROOT)
