"""The compiled content of an artefact, the same for every target."""

from __future__ import annotations

import shutil
from pathlib import Path

from skill import build, weights
from skill.settings import Settings


def compiled(root: Path, into: Path, *, encoder: bool = False) -> Path:
    """Compile the content, learn its wordings unless that is done already, and return the folder of both.

    Without the encoder they are learned by their letters: a function that found no index would learn at
    somebody's first free words, for longer than Alexa waits.

    Args:
        root: holds `content/` and `interaction_model/`.
        into: where builds are.
        encoder: whether the encoder of free words is in it.

    Raises:
        ContentError: the content has errors.
        EncoderError: the encoder cannot be had.
    """
    folder = into / ("lambda-content-encoder" if encoder else "lambda-content")
    ours = Settings()
    own = Settings(
        content=str(root),
        library=str(folder / "library.json"),
        index=str(folder / "index.safetensors"),
        encoder=str(folder / "encoder.safetensors"),
    )
    folder.mkdir(parents=True, exist_ok=True)
    if encoder:
        if not Path(ours.encoder).exists():
            weights.fetch(Path(ours.encoder))
        shutil.copyfile(ours.encoder, own.encoder)
        if Path(ours.index).exists():
            # What is learned already need not be learned again.
            shutil.copyfile(ours.index, own.index)
    build.write(own)
    return folder
