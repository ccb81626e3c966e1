"""Which parts of an author's file are words of its language, and which are the same in every language."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import PurePosixPath

from msgspec import inspect

from skill.authoring.compile import Steps, folder_of, intents_file
from skill.authoring.new import KINDS
from skill.authoring.schema import FILES
from skill.core.library import WORDS

DENIALS = "own_negation"
"""Words of a flag that say it by a "no" ("can't pee"): without them a language would hear the opposite."""
SINGULAR = {folder: kind for kind, folder in KINDS.items()}
"""What the files of a folder are, in the table of schemas."""


def type_of(file: str) -> inspect.Type:
    """Return what a file of a language holds, by its path below the root."""
    return inspect.type_info(FILES[schema_of(file)])


def schema_of(file: str) -> str:
    """Return the name of a file's JSON Schema, by its path below the root."""
    path = PurePosixPath(file)
    return SINGULAR.get(path.parent.name, path.stem)


def counterpart(file: str, language: str, other: str) -> str:
    """Return the path of the file that another language has for a file of one."""
    if file == intents_file(language):
        return intents_file(other)
    return f"{folder_of(other)}/{PurePosixPath(file).relative_to(folder_of(language))}"


def belongs(file: str, language: str) -> bool:
    """Return whether a file is of one language, and not of all."""
    return file.startswith(f"{folder_of(language)}/") or file == intents_file(language)


def are_words(type_: inspect.Type) -> bool:
    """Return whether a value is words of a language, and no id, number or choice."""
    return isinstance(type_, inspect.Metadata) and type_.extra == WORDS


def inner(type_: inspect.Type, key: str) -> inspect.Type:
    """Return the type of what stands under a key of a mapping."""
    if isinstance(type_, inspect.DictType):
        return type_.value_type
    fields = type_.fields if isinstance(type_, inspect.StructType) else ()
    return next((present(field.type) for field in fields if field.encode_name == key), inspect.AnyType())


def least(type_: inspect.Type) -> int:
    """Return how many items a list of words has at least; one, where it may have none."""
    return max(1, (type_.min_length or 0) if isinstance(type_, inspect.VarTupleType) else 0)


def item(type_: inspect.Type) -> inspect.Type:
    """Return the type of the items of a list."""
    return type_.item_type if isinstance(type_, inspect.VarTupleType) else inspect.AnyType()


def present(type_: inspect.Type) -> inspect.Type:
    """Return the type of a value that may be missing, where it is not."""
    if isinstance(type_, inspect.UnionType):
        return next(one for one in type_.types if not isinstance(one, inspect.NoneType))
    return type_


def has_words_for_keys(type_: inspect.Type) -> bool:
    """Return whether the keys of a mapping are words."""
    return isinstance(type_, inspect.DictType) and are_words(type_.key_type)


def structure(data: object, type_: inspect.Type) -> object:
    """Return what of a file's data is the same in every language.

    Words are replaced by none, lists of words are left out: a language has as many as it needs, but of the
    denials that are a sign it has some. A list whose items have ids becomes a mapping.
    """
    type_ = present(type_)
    if isinstance(data, dict):
        fields = {str(key): (value, inner(type_, str(key))) for key, value in data.items()}
        return {
            key: None if _are_several(of) else structure(value, of)
            for key, (value, of) in fields.items()
            if isinstance(type_, inspect.DictType) or not _are_several(of) or (key == DENIALS and value)
        }
    if isinstance(data, list):
        parts = [structure(value, item(type_)) for value in data]
        named = {name: part for part in parts if isinstance(part, dict) and (name := id_of(part))}
        return named if len(named) == len(parts) else parts
    return None if are_words(type_) else data


def texts(data: object, type_: inspect.Type, path: Steps = ()) -> Iterator[tuple[Steps, str]]:
    """Yield the path and the words of every text of a file's data; words in lists are no texts."""
    type_ = present(type_)
    if are_words(type_):
        yield path, str(data)
    elif isinstance(data, dict) and not has_words_for_keys(type_):
        for key, value in data.items():
            yield from texts(value, inner(type_, key), (*path, key))
    elif isinstance(data, list) and not are_words(item(type_)):
        for index, value in enumerate(data):
            yield from texts(value, item(type_), (*path, index))


def id_of(part: Mapping[str, object]) -> str:
    """Return the id of an item of a list; empty where it has none."""
    return str(part.get("id") or part.get("name") or "")


def _are_several(type_: inspect.Type) -> bool:
    """Return whether a value is a list of words, or a mapping whose keys are words."""
    return are_words(item(type_)) or has_words_for_keys(type_)
