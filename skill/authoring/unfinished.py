"""Finds what an author still has to fill in: `gentle-back new` leaves `<what to write>` in each place."""

from __future__ import annotations

import re

from skill.authoring.compile import Source, scalars
from skill.authoring.yaml_files import Problem

BLANK = re.compile(r"<(.+)>", re.DOTALL)
"""A value that still is what the skeleton says about it."""


def problems(source: Source) -> list[Problem]:
    """Return what is still to fill in, in every file that was read."""
    return [
        Problem(document.file, node.start_mark.line + 1, node.start_mark.column + 1, f"fill in: {blank[1]}")
        for document in source.documents.values()
        for node in scalars(document.root)
        if (blank := BLANK.fullmatch(node.value))
    ]
