"""Writes the skeleton of a new language: every file of English, with each text still to be translated."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import yaml
from msgspec import inspect

from skill.authoring import listing, words
from skill.authoring.compile import ENGLISH, LOCALES, Source, folder_of, gather, scalars
from skill.authoring.explained import meanings
from skill.authoring.new import NewError
from skill.authoring.unfinished import BLANK
from skill.authoring.yaml_files import ContentError
from skill.core import library
from skill.core.wording import OTHER

WIDTH = 110
"""Characters of a line."""
HEAD = """# yaml-language-server: $schema={schema}
# Put the translation in place of every <...>; {{names}} stay. A list of words is as long as the language
# needs: {english} shows what belongs into each.
"""


def write(root: Path, language: str, locales: tuple[str, ...]) -> list[tuple[str, int]]:
    """Write the skeleton of a language, and its rows of `locales.yaml`.

    Args:
        root: the folder that holds `content/`.
        language: two letters (ISO 639-1), the folder's name.
        locales: Alexa's locales of the language.

    Returns:
        Each file below the root, with the number of texts that are to be filled in.

    Raises:
        NewError: the language is there already.
        ContentError: the English content cannot be read.
    """
    if (root / folder_of(language)).exists():
        raise NewError(
            f"{folder_of(language)} is there already: gentle-back check says what is missing in it"
        )
    english, complete, _ = gather(root)
    listing.read(english)
    if complete is None or english.problems:
        raise ContentError(*english.problems)
    return [*_files(root, language, english), _rows(root, language, locales, complete.locales[OTHER].words)]


def _files(root: Path, language: str, english: Source) -> list[tuple[str, int]]:
    """Write the files of the folder."""
    written = []
    for name, document in sorted(english.documents.items()):
        if not words.belongs(name, ENGLISH) or document.root is None:
            continue
        file = words.counterpart(name, ENGLISH, language)
        blank = _blank(document.root, words.type_of(file))
        (root / file).parent.mkdir(parents=True, exist_ok=True)
        schema = "../" * (file.count("/") - 1) + f"schema/{words.schema_of(file)}.json"
        text = yaml.serialize(blank, Dumper=yaml.CSafeDumper, width=WIDTH, allow_unicode=True)
        (root / file).write_text(HEAD.format(schema=schema, english=name) + text, encoding="utf-8")
        written.append((file, sum(1 for node in scalars(blank) if BLANK.fullmatch(node.value))))
    return written


def _rows(
    root: Path, language: str, locales: tuple[str, ...], everyday: Mapping[str, str]
) -> tuple[str, int]:
    """Add the language's rows to `locales.yaml`: one for each locale, and one that serves any other."""
    keys = {key: meaning for key, meaning in meanings(library)["Locale"].items() if key != "words"}
    row: dict[str, object] = {key: f"<{meaning.rstrip('.')}>" for key, meaning in keys.items()}
    row["words"] = {name: f"<{word}>" for name, word in everyday.items()}
    added = dict.fromkeys((*locales, language), row)
    rows = yaml.dump(added, Dumper=_NoAliases, width=WIDTH, allow_unicode=True, sort_keys=False)
    path = root / LOCALES
    path.write_text(path.read_text(encoding="utf-8").rstrip("\n") + "\n" + rows, encoding="utf-8")
    return LOCALES, len(added) * (len(keys) + len(everyday))


class _NoAliases(yaml.SafeDumper):
    """Writes the same row again, and no reference to it."""

    def ignore_aliases(self, data: object) -> bool:
        return True


def _blank(node: yaml.Node, type_: inspect.Type) -> yaml.Node:
    """Return a part of an English file with its words to be filled in."""
    type_ = words.present(type_)
    if isinstance(node, yaml.ScalarNode):
        return _told(node) if words.are_words(type_) else node
    if isinstance(node, yaml.SequenceNode):
        return yaml.SequenceNode(node.tag, _items(node, type_), flow_style=False)
    pairs = [(key, _blank(value, words.inner(type_, key.value))) for key, value in node.value]
    if words.has_words_for_keys(type_):
        pairs = [(_told(node.value[0][0]), pairs[0][1])]
    return yaml.MappingNode(node.tag, pairs, flow_style=False)


def _items(node: yaml.SequenceNode, type_: inspect.Type) -> list[yaml.Node]:
    """Return the items of a list: of words only as many as there have to be, as examples."""
    items = [_blank(value, words.item(type_)) for value in node.value]
    return items[: words.least(type_)] if words.are_words(words.item(type_)) else items


def _told(node: yaml.ScalarNode) -> yaml.ScalarNode:
    """Return a blank that tells the English words."""
    return yaml.ScalarNode("tag:yaml.org,2002:str", f"<{node.value}>")
