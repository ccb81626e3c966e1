"""Finds runs of words that an article had first: nothing of the two source articles is spoken as it stands.

`content/shingles.txt` keeps hashes of every eight words in a row of the articles, and no word of them. It is
made again, from text files of the articles, with

    python -m skill.authoring.shingles ARTICLE... > content/shingles.txt
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Iterator
from hashlib import sha256
from pathlib import Path

from skill.authoring.compile import Source
from skill.authoring.spoken import Spoken
from skill.authoring.yaml_files import Problem

FILE = "content/shingles.txt"
"""The hashes, one a line."""
WORDS = 8
"""So many words in a row are too many (C13)."""
DIGITS = 12
"""Hexadecimal digits that are kept of a hash: enough to tell millions of runs apart."""
WORD = re.compile(r"[a-z0-9]+(?:'[a-z]+)*")
NOTE = re.compile(r"\[\d+\]")
SIDES = (("left", "right"), ("right", "left"))
"""What `{side}` and `{other_side}` stand for."""
GAP = re.compile(r"\{\w+\}")


def check(source: Source, texts: Iterable[Spoken]) -> None:
    """Add each text that shares eight words in a row with an article."""
    try:
        lines = (source.root / FILE).read_text(encoding="ascii").split()
    except (OSError, UnicodeDecodeError):
        source.problems.append(Problem(FILE, 1, 1, "cannot be read: make it again, see CONTRIBUTING.md"))
        return
    known = frozenset(lines)
    for text in texts:
        if run := shared(text.text, known):
            source.wrong(text.file, text.path, f"{WORDS} words in a row are an article's: {run!r}")


def shared(text: str, known: frozenset[str]) -> str | None:
    """Return the first run of a text whose hash is known, if there is one."""
    for side, other in SIDES:
        filled = text.replace("{side}", side).replace("{other_side}", other)
        # Nobody knows here what stands in another placeholder, so that a run ends there.
        for part in GAP.split(filled):
            for run in runs(part):
                if hashed(run) in known:
                    return run
    return None


def runs(text: str) -> Iterator[str]:
    """Yield every eight words in a row, in lower case and without signs."""
    words = WORD.findall(NOTE.sub(" ", text).lower().replace("\u2019", "'"))
    for start in range(len(words) - WORDS + 1):
        yield " ".join(words[start : start + WORDS])


def hashed(run: str) -> str:
    """Return the hash that is kept of a run."""
    return sha256(run.encode()).hexdigest()[:DIGITS]


def of_articles(paths: Iterable[Path]) -> list[str]:
    """Return the hashes of every run of the articles, sorted."""
    return sorted({hashed(run) for path in paths for run in runs(path.read_text(encoding="utf-8"))})


if __name__ == "__main__":
    sys.stdout.writelines(f"{line}\n" for line in of_articles(map(Path, sys.argv[1:])))
