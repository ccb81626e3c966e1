"""The learned matcher is loaded when words need it, and replaced by letters without the encoder."""

from __future__ import annotations

import logging
import subprocess
import sys
from pathlib import Path

import pytest

from skill.app import App
from skill.core.library import Library
from skill.language.lexical import LexicalEncoder
from skill.lazy import LazyMatcher
from skill.settings import Settings
from skill.store.memory import MemoryStore
from skill.web.local import create_app
from tests.helpers import ROOT, Listener, few_wordings

PLACES = ["en-AU", "en-CA", "en-GB", "en-IN", "en-US"]


def test_without_the_encoder_letters_are_compared_and_the_log_says_so_once(
    library: Library, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    small = few_wordings(library)
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
    assert ready == {"ready": True, "content": "small", "matcher": LexicalEncoder.name, "locales": PLACES}


def test_readiness_names_the_encoder(app: App) -> None:
    ready = create_app(app).test_client().get("/readyz").json
    name = "all-MiniLM-L6-v2"
    assert ready == {"ready": True, "content": app.library.hash, "matcher": name, "locales": PLACES}


def test_an_intent_of_alexa_s_never_pays_for_the_matcher() -> None:
    """Neither numpy nor a file of the matcher is touched before free words need it."""
    settings = Settings()
    code = (
        "import sys\n"
        "from pathlib import Path\n"
        "from datetime import UTC, datetime\n"
        "import skill.aws\n"
        "from skill import compiled\n"
        "from skill.app import App, Said\n"
        "from skill.lazy import LazyMatcher\n"
        "from skill.store.memory import MemoryStore\n"
        f"library = compiled.load(Path({settings.library!r}))\n"
        "class Never(LazyMatcher):\n"
        "    def __call__(self): raise AssertionError\n"
        "app = App(library, MemoryStore(), b'k', Never(library, Path('none'), Path('none')))\n"
        "now = datetime(2026, 1, 1, tzinfo=UTC)\n"
        "app.take(Said(user='u', now=now, intent='AskSoundCauseIntent'), None)\n"
        "app.take(Said(user='u', now=now, text='stop'), None)\n"
        "assert 'numpy' not in sys.modules\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True, cwd=ROOT)
