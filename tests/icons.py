"""Renders the skill's icons; `make icons` writes them, a test renders them again."""

from __future__ import annotations

from collections.abc import Iterator

import resvg_py

from skill.alexa.manifest import LARGE_ICON, SMALL_ICON
from skill.package import SOURCES
from tests.helpers import ROOT

SVG = ROOT / SOURCES / "assets/icon.svg"
SIZES = {SMALL_ICON: 108, LARGE_ICON: 512}
"""Pixels of either side that Amazon asks for (SkillManifestLocalizedPublishingInformation)."""


def rendered() -> Iterator[tuple[str, bytes]]:
    """Yield the path below the root and the PNG of each icon."""
    for name, pixels in SIZES.items():
        png = resvg_py.svg_to_bytes(svg_path=str(SVG), width=pixels, height=pixels, skip_system_fonts=True)
        yield f"{SOURCES}/{name}", png


if __name__ == "__main__":
    for name, png in rendered():
        (ROOT / name).write_bytes(png)
        print(name)
