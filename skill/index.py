"""The learned matcher's file, built with the content; and the matcher, made when it is first needed."""

from __future__ import annotations

import logging
from pathlib import Path
from threading import Lock

import msgspec
import numpy as np
import numpy.typing as npt
import safetensors.numpy
from msgspec import Struct
from safetensors import SafetensorError, safe_open

from skill import files, weights
from skill.core.library import Library
from skill.language.encoder import Encoder, Vectors, quantised
from skill.language.examples import TOPIC, Example, examples
from skill.language.guess import Bands
from skill.language.lexical import LexicalEncoder
from skill.language.matcher import Index, Matcher, learned
from skill.language.normalise import Normaliser
from skill.language.regression import Regression
from skill.weights import EncoderError

log = logging.getLogger(__name__)

SCHEMA = 3
"""Version of the file's shape, and of how it is learned."""
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


class LazyMatcher:
    """Gives a library's matcher; nothing of it is loaded before the first time."""

    def __init__(self, library: Library, encoder: Path, index: Path) -> None:
        """Name the files of the encoder and of the index."""
        self._library, self._encoder, self._index = library, encoder, index
        self._lock = Lock()
        self._matcher: Matcher | None = None

    def __call__(self) -> Matcher:
        """Return the matcher; the lexical one, and a line in the log, where the encoder is not installed."""
        with self._lock:
            if self._matcher is None:
                self._matcher = self._loaded()
            return self._matcher

    def _loaded(self) -> Matcher:
        try:
            encoder = weights.load(self._encoder)
            return Matcher(encoder, _read(self._index, self._library, encoder))
        except EncoderError as error:
            log.warning("words are compared by their letters only, without the encoder: %s", error)
        lexical = LexicalEncoder(PLACES)
        try:
            index = _read(self._index, self._library, lexical)
        except EncoderError:
            index = _index_of(self._library, lexical, self._index)[0]
        return Matcher(lexical, index)


def build(library: Library, encoder_file: Path, path: Path) -> None:
    """Write a library's index, unless it is there; the lexical one where the encoder is not installed.

    Only wordings that the file does not hold yet are encoded.
    """
    encoder: Encoder
    try:
        encoder = weights.load(encoder_file)
    except EncoderError:
        encoder = LexicalEncoder(PLACES)
    try:
        _read(path, library, encoder)
    except EncoderError:
        index, wordings = _index_of(library, encoder, path)
        _write(index, wordings, library, encoder, path)


def _wordings(library: Library) -> list[Example]:
    return sorted(examples(library, Normaliser(library.speech)), key=lambda example: example.meaning)


def _index_of(library: Library, encoder: Encoder, path: Path) -> tuple[Index, list[Example]]:
    """Return a library's index, and its wordings; vectors that a file holds are taken from it."""
    wordings = _wordings(library)
    vectors = _encoded([example.text for example in wordings], encoder, path)
    return learned(wordings, vectors, lambda meaning: meaning.startswith(TOPIC)), wordings


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
    try:
        with safe_open(path, "np") as file:
            about = msgspec.json.decode(file.metadata()["about"], type=About)
            texts = msgspec.json.decode(file.metadata()["texts"], type=list[str])
            vectors = file.get_tensor("vectors") * file.get_tensor("scales")
    except (OSError, SafetensorError, KeyError, msgspec.MsgspecError):
        return {}
    same = about.encoder == encoder.name
    return dict(zip(texts, vectors, strict=True)) if same else {}


def _write(index: Index, wordings: list[Example], library: Library, encoder: Encoder, path: Path) -> None:
    intents = sorted(set(index.intents))
    numbers = {intent: number for number, intent in enumerate(intents)}
    about = About(SCHEMA, library.hash, encoder.name, index.meanings, tuple(intents), index.bands)
    arrays: dict[str, npt.NDArray[np.generic]] = {
        "vectors": index.vectors,
        "scales": index.scales,
        "weights": index.regression.weights,
        "bias": index.regression.bias,
        "starts": index.starts,
        "intents": np.array([numbers[intent] for intent in index.intents]),
    }
    metadata = {
        "about": msgspec.json.encode(about).decode(),
        "texts": msgspec.json.encode([example.text for example in wordings]).decode(),
    }
    files.write(path, safetensors.numpy.save(arrays, metadata))


def _read(path: Path, library: Library, encoder: Encoder) -> Index:
    """Return the index of a library.

    Raises:
        EncoderError: the file is missing or broken, or belongs to another library or encoder.
    """
    try:
        with safe_open(path, "np") as file:
            about = msgspec.json.decode(file.metadata()["about"], type=About)
            arrays = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118  # no mapping
    except (OSError, SafetensorError, KeyError, msgspec.MsgspecError) as error:
        raise EncoderError(f"{path}: no index ({type(error).__name__})") from None
    if (about.schema, about.library, about.encoder) != (SCHEMA, library.hash, encoder.name):
        raise EncoderError(f"{path}: an index of other content; gentle-back compile builds it")
    return Index(
        meanings=about.meanings,
        intents=tuple(about.intents[number] for number in arrays["intents"]),
        starts=arrays["starts"],
        vectors=arrays["vectors"],
        scales=arrays["scales"],
        regression=Regression(arrays["weights"], arrays["bias"]),
        bands=about.bands,
    )
