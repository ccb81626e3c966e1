"""Holds a language against English: the same pieces of content, the same doses and rules, and other words."""

from __future__ import annotations

import re
from collections.abc import Iterator

from skill.authoring import words
from skill.authoring.compile import ENGLISH, Source, Steps
from skill.authoring.yaml_files import Problem

WORD = re.compile(r"[^\W\d_]+")
PLACEHOLDER = re.compile(r"\{\w+\}")
FREE = frozenset({"{other_side}"})
"""Names that a language may do without where English says them."""
WORDS = 3
"""A text of so many words is not the same in two languages."""


def check(source: Source, english: Source) -> None:
    """Add what of a language is missing, is not as in English, or is still English.

    Args:
        source: the language.
        english: the English files, as they were read.
    """
    for name in sorted(file for file in english.documents if words.belongs(file, ENGLISH)):
        file = words.counterpart(name, ENGLISH, source.language)
        if not (source.root / file).exists():
            source.problems.append(Problem(file, 1, 1, f"it is missing: English has {name}"))
        elif file in source.documents:
            _file(source, file, english.documents[name].data)
    for file in sorted(file for file in source.documents if words.belongs(file, source.language)):
        name = words.counterpart(file, source.language, ENGLISH)
        if not (source.root / name).exists():
            source.wrong(file, (), f"English has no {name}")


def _file(source: Source, file: str, english: object) -> None:
    """Add what is wrong with one file."""
    data, type_ = source.documents[file].data, words.type_of(file)
    for path, message in _differences(words.structure(data, type_), words.structure(english, type_)):
        source.wrong(file, _in_lists(path, data), message)
    told = dict(words.texts(english, type_))
    said = set(told.values())
    for path, text in words.texts(data, type_):
        filled = set(PLACEHOLDER.findall(text)), set(PLACEHOLDER.findall(told.get(path, text)))
        for name in sorted(filled[1] - filled[0] - FREE):
            source.wrong(file, path, f"it does not say {name}, and English does")
        if text in said and len(WORD.findall(PLACEHOLDER.sub("", text))) >= WORDS:
            source.wrong(file, path, "this is still English")


def _differences(here: object, there: object, path: Steps = ()) -> Iterator[tuple[Steps, str]]:
    """Yield each difference between the structures of two languages, with its path."""
    if isinstance(here, dict) and isinstance(there, dict):
        for key in there.keys() - here.keys():
            yield path, f"{key} is missing: English has it"
        for key in here.keys() - there.keys():
            yield (*path, key), f"English has no {key} here"
        for key in here.keys() & there.keys():
            yield from _differences(here[key], there[key], (*path, key))
    elif isinstance(here, list) and isinstance(there, list) and len(here) == len(there):
        for index, pair in enumerate(zip(here, there, strict=True)):
            yield from _differences(*pair, (*path, index))
    elif here != there:
        yield path, f"{_shown(here)} here, and {_shown(there)} in English: only words may differ"


def _shown(value: object) -> str:
    return f"{len(value)} items" if isinstance(value, list | dict) else str(value)


def _in_lists(path: Steps, data: object) -> Steps:
    """Return a path whose ids of a list's items are replaced by their places in the list."""
    steps: list[str | int] = []
    for step in path:
        place: str | int = step
        if isinstance(data, list) and isinstance(step, str):
            place = next(index for index, part in enumerate(data) if words.id_of(part) == step)
        steps.append(place)
        data = data[place]  # type: ignore[index]  # the structure was made of this data
    return tuple(steps)
