"""The icons of the store: what is committed is what the drawing gives."""

from __future__ import annotations

import struct

from tests.helpers import ROOT
from tests.icons import SIZES, SVG, rendered


def test_the_committed_icons_are_those_of_the_drawing() -> None:
    """If this fails, run `make icons`, and look at them."""
    for name, png in rendered():
        assert (ROOT / name).read_bytes() == png, name


def test_the_icons_have_the_sizes_that_amazon_asks_for() -> None:
    assert sorted(SIZES.values()) == [108, 512]
    for (_, png), pixels in zip(rendered(), SIZES.values(), strict=True):
        assert png.startswith(b"\x89PNG\r\n\x1a\n")
        assert struct.unpack(">II", png[16:24]) == (pixels, pixels)


def test_the_drawing_has_no_words_and_fetches_nothing() -> None:
    drawing = SVG.read_text(encoding="utf-8")
    for word in ("<text", "<image", "href", "url(", "<script", "<style"):
        assert word not in drawing
