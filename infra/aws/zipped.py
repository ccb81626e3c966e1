"""One zip file of an artefact's folder, the same bytes for the same files."""

from __future__ import annotations

import zipfile
from pathlib import Path

EPOCH = (1980, 1, 1, 0, 0, 0)
"""The time of every member: a zip file knows no earlier one."""
MODE = 0o100644
"""Every member is a file that all may read, and that nobody runs: Lambda's user is not its owner."""


def write(folder: Path, file: Path) -> None:
    """Write all files of a folder into a zip file, in the order of their names."""
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as zipped:
        for path in sorted(path for path in folder.rglob("*") if path.is_file()):
            member = zipfile.ZipInfo(str(path.relative_to(folder)), EPOCH)
            member.external_attr = MODE << 16
            member.compress_type = zipfile.ZIP_DEFLATED
            zipped.writestr(member, path.read_bytes())
