"""What each key of the content means: the docstrings under the fields of the types."""

from __future__ import annotations

import ast
import functools
import inspect
from collections.abc import Mapping
from types import ModuleType


@functools.cache
def meanings(module: ModuleType) -> Mapping[str, Mapping[str, str]]:
    """Return, for each class of a module, what the docstrings under its fields say."""
    tree = ast.parse(inspect.getsource(module))
    return {node.name: dict(_fields(node)) for node in tree.body if isinstance(node, ast.ClassDef)}


def _fields(node: ast.ClassDef) -> list[tuple[str, str]]:
    """Return each field or value of a class that has a docstring, with the docstring."""
    found = []
    for field, text in zip(node.body, node.body[1:], strict=False):
        if not (isinstance(text, ast.Expr) and isinstance(text.value, ast.Constant)):
            continue
        target = field.target if isinstance(field, ast.AnnAssign) else None
        if isinstance(target, ast.Name) and isinstance(text.value.value, str):
            found.append((target.id, inspect.cleandoc(text.value.value)))
    return found
