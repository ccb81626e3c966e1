"""The learned matcher's file: built once, of wordings that are encoded once."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from skill import index, weights
from skill.core.library import Library
from skill.language.encoder import SentenceEncoder
from skill.settings import Settings
from skill.weights import EncoderError
from tests.helpers import few_wordings

NONE = Path("none")


@pytest.fixture(scope="module")
def small(library: Library) -> Library:
    return few_wordings(library)


def test_an_index_is_built_once_and_again_for_other_content(small: Library, tmp_path: Path) -> None:
    file = tmp_path / "index.safetensors"
    assert not index.is_current(small, NONE, file)
    index.build(small, NONE, file)
    assert index.is_current(small, NONE, file)
    first = file.stat()
    index.build(small, NONE, file)
    assert file.stat().st_mtime_ns == first.st_mtime_ns
    index.build(msgspec.structs.replace(small, hash="other"), NONE, file)
    assert file.stat().st_mtime_ns != first.st_mtime_ns
    matcher = index.matcher(msgspec.structs.replace(small, hash="other"), NONE, file)
    assert matcher.guesses("why does my back pop").likeliest[0].meaning == "ask sound_cause"


def test_each_language_has_an_index_of_its_own(small: Library, tmp_path: Path) -> None:
    file = tmp_path / "index.safetensors"
    other = msgspec.structs.replace(small, language="de", hash="german")
    for library in (small, other):
        index.build(library, NONE, file)
    assert index.is_current(small, NONE, file), "the other language has not taken its place"
    assert index.is_current(other, NONE, file)
    assert {path.name for path in tmp_path.iterdir()} == {"index.safetensors", "index-de.safetensors"}


@pytest.mark.usefixtures("matcher")
def test_the_encoder_is_loaded_only_if_there_is_something_to_learn(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    def load(path: Path) -> SentenceEncoder:
        raise AssertionError("the encoder is loaded")

    monkeypatch.setattr(weights, "load", load)
    settings = Settings()
    index.build(library, Path(settings.encoder), Path(settings.index))
    with pytest.raises(AssertionError, match="loaded"):
        index.build(msgspec.structs.replace(library, hash="other"), Path(settings.encoder), NONE)


@pytest.mark.usefixtures("matcher")
def test_an_index_of_other_content_is_refused(library: Library) -> None:
    other = msgspec.structs.replace(library, hash="other")
    with pytest.raises(EncoderError, match="no index of this content"):
        index._read(Path(Settings().index), other, SentenceEncoder.name)
