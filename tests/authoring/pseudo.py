"""A language that nobody speaks: every word of English with another ending."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import yaml
from msgspec import inspect

from skill.authoring import listing, words
from skill.authoring.compile import ENGLISH, gather

WORD = re.compile(r"\{\w+\}|[A-Za-z']+")


def pseudo(text: str) -> str:
    """A text with "ö" at the end of every word; placeholders stay."""
    return WORD.sub(lambda word: word[0] if word[0].startswith("{") else f"{word[0]}ö", text)


def translated(data: Any, type_: inspect.Type) -> Any:
    """Data of a file with all its words in the other language."""
    type_ = words.present(type_)
    if words.are_words(type_):
        return pseudo(data)
    if isinstance(data, dict):
        other = words.has_words_for_keys(type_)
        return {
            pseudo(key) if other else key: translated(value, words.inner(type_, key))
            for key, value in data.items()
        }
    if isinstance(data, list):
        return [translated(value, words.item(type_)) for value in data]
    return data


def translate(root: Path, language: str, locale: str) -> None:
    """Write a whole language into a tree, and its places."""
    english = gather(root)[0]
    listing.read(english)
    for name, document in english.documents.items():
        if words.belongs(name, ENGLISH):
            path = root / words.counterpart(name, ENGLISH, language)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(
                dumped(translated(document.data, words.type_of(path.relative_to(root).as_posix())))
            )
    row = {"emergency_number": "112", "emergency_room": "die Notaufnahme", "clinician": "Therapeut"}
    everyday = loaded(root / "content/locales.yaml")["other"]["words"]
    rows = dict.fromkeys(
        (locale, language), row | {"words": {key: pseudo(word) for key, word in everyday.items()}}
    )
    with (root / "content/locales.yaml").open("a") as file:
        file.write(dumped(rows))


def dumped(data: Any) -> str:
    text: str = yaml.dump(data, Dumper=yaml.CSafeDumper, allow_unicode=True, sort_keys=False)
    return text


def loaded(path: Path) -> Any:
    return yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
