"""The learned matcher's file, built with the content, and the matcher that is made of it."""

from __future__ import annotations

import logging
from pathlib import Path

import msgspec
import numpy as np
import numpy.typing as npt
import safetensors.numpy
from msgspec import Struct
from safetensors import SafetensorError, safe_open

from skill import files, weights
from skill.core.library import Library
from skill.language.encoder import Encoder, SentenceEncoder, Vectors, quantised
from skill.language.examples import TOPIC, Example, examples
from skill.language.guess import Bands
from skill.language.lexical import LexicalEncoder
from skill.language.matcher import Index, Matcher, learned
from skill.language.normalise import Normaliser
from skill.language.regression import Regression
from skill.weights import EncoderError

log = logging.getLogger(__name__)

SCHEMA = 9
"""Version of the file's shape, and of how it is learned."""
TEXTS = "texts"
"""The array of the wordings, as JSON in UTF-8: what has been learned is not learned again."""
ENGLISH = "en"
"""The language whose index has the plain name."""
PLACES = 512
"""So many places share all runs of letters where those stand in for the encoder."""


class About(Struct, frozen=True):
    """What a file tells of itself."""

    schema: int
    """`SCHEMA` of the skill that wrote it."""
    library: str
    """Hash of the library."""
    encoder: str
    """Name of the encoder."""
    meanings: tuple[str, ...]
    """As in `Index`."""
    intents: tuple[str, ...]
    """Every intent; a place in this list is its number."""
    bands: Bands
    """As in `Index`."""


def matcher(library: Library, encoder_file: Path, path: Path) -> Matcher:
    """Return a library's matcher; the lexical one, and a line in the log, where the encoder is not installed.

    Args:
        library: all content.
        encoder_file: the encoder's file.
        path: the index's file of English; those of other languages lie beside it.
    """
    path = _of_language(path, library)
    try:
        encoder = weights.load(encoder_file)
        return Matcher(encoder, _read(path, library, encoder.name))
    except EncoderError as error:
        log.warning("words are compared by their letters only, without the encoder: %s", error)
    lexical = LexicalEncoder(PLACES)
    return Matcher(lexical, _index_of(library, lexical, path))


def build(library: Library, encoder_file: Path, path: Path) -> None:
    """Write a library's index, unless it is there; the lexical one where the encoder is not installed.

    The encoder is loaded only if there is something to learn, and encodes only what the file does not hold.
    """
    if not is_current(library, encoder_file, path):
        own, encoder = _of_language(path, library), _installed(encoder_file)
        _write(_index_of(library, encoder, own), library, encoder.name, own)


def is_current(library: Library, encoder_file: Path, path: Path) -> bool:
    """Return whether an index is a library's, made with the encoder that is installed."""
    path = _of_language(path, library)
    installed = SentenceEncoder.name if encoder_file.exists() else LexicalEncoder.name
    return _current(path, library, installed) is not None


def _of_language(path: Path, library: Library) -> Path:
    """Return the index's file of a library's language."""
    return path if library.language == ENGLISH else path.with_stem(f"{path.stem}-{library.language}")


def _installed(file: Path) -> Encoder:
    """Return the encoder of a file; the lexical one where it cannot be read."""
    try:
        return weights.load(file)
    except EncoderError:
        return LexicalEncoder(PLACES)


def _wordings(library: Library) -> list[Example]:
    return sorted(examples(library, Normaliser(library.speech)), key=lambda example: example.meaning)


def _index_of(library: Library, encoder: Encoder, path: Path) -> Index:
    """Return a library's index: from its file, or learned with the vectors that the file holds."""
    try:
        return _read(path, library, encoder.name)
    except EncoderError:
        wordings = _wordings(library)
        vectors = _encoded([example.text for example in wordings], encoder, path)
        return learned(wordings, vectors, lambda meaning: meaning.startswith(TOPIC))


def _encoded(texts: list[str], encoder: Encoder, path: Path) -> Vectors:
    """Return the vectors of texts, as exactly as the file keeps them; those that it has are taken from it."""
    known = _known(path, encoder)
    new = [text for text in texts if text not in known]
    log.info("learning %d wordings of %d: the others are known", len(new), len(texts))
    rows, scales = quantised(encoder.encode(new))
    known |= dict(zip(new, rows * scales, strict=True))
    return np.array([known[text] for text in texts], np.float32)


def _known(path: Path, encoder: Encoder) -> dict[str, Vectors]:
    """Return the vectors that a file holds, by their texts."""
    if _about(path, encoder.name) is None:
        return {}
    with safe_open(path, "np") as file:
        texts = msgspec.json.decode(file.get_tensor(TEXTS).tobytes(), type=list[str])
        vectors = file.get_tensor("vectors") * file.get_tensor("scales")
    return dict(zip(texts, vectors, strict=True))


def _about(path: Path, encoder: str) -> About | None:
    """Return what a file tells of itself; none where it is missing or broken, or of another encoder."""
    try:
        with safe_open(path, "np") as file:
            about = msgspec.json.decode(file.metadata()["about"], type=About)
    except (OSError, SafetensorError, KeyError, msgspec.MsgspecError):
        return None
    return about if (about.schema, about.encoder) == (SCHEMA, encoder) else None


def _current(path: Path, library: Library, encoder: str) -> About | None:
    """Return what a file tells of itself where it is a library's index; none otherwise."""
    about = _about(path, encoder)
    return about if about and about.library == library.hash else None


def _write(index: Index, library: Library, encoder: str, path: Path) -> None:
    intents = sorted(set(index.intents))
    numbers = {intent: number for number, intent in enumerate(intents)}
    about = About(SCHEMA, library.hash, encoder, index.meanings, tuple(intents), index.bands)
    arrays: dict[str, npt.NDArray[np.generic]] = {
        "vectors": index.vectors,
        "scales": index.scales,
        "weights": index.regression.weights,
        "bias": index.regression.bias,
        "starts": index.starts,
        "intents": np.array([numbers[intent] for intent in index.intents]),
    }
    texts = msgspec.json.encode([example.text for example in _wordings(library)])
    arrays[TEXTS] = np.frombuffer(texts, np.uint8)
    # One key alone: several are written in any order, and the same content would make other bytes.
    metadata = {
        "about": msgspec.json.encode(about).decode(),
    }
    files.write(path, safetensors.numpy.save(arrays, metadata))


def _read(path: Path, library: Library, encoder: str) -> Index:
    """Return the index of a library.

    Raises:
        EncoderError: the file is missing or broken, or belongs to another library or encoder.
    """
    about = _current(path, library, encoder)
    if about is None:
        raise EncoderError(f"{path}: no index of this content; gentle-back compile builds it")
    with safe_open(path, "np") as file:
        arrays = {name: file.get_tensor(name) for name in file.keys() if name != TEXTS}  # noqa: SIM118  # no mapping
    return Index(
        meanings=about.meanings,
        intents=tuple(about.intents[number] for number in arrays["intents"]),
        starts=arrays["starts"],
        vectors=arrays["vectors"],
        scales=arrays["scales"],
        regression=Regression(arrays["weights"], arrays["bias"]),
        bands=about.bands,
    )
