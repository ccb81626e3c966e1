"""Which log lines a metric filter of CloudWatch's counts: as much of its patterns as template.yaml uses.

A pattern is `{ $.key = "text" }`, with `*` at either end of a text, `$.key >= 1` or `$.key IS FALSE`, joined
by `&&` and `||` and put in brackets. A line without the key is not counted (AWS, "Filter pattern syntax").
"""

from __future__ import annotations

import re
from fnmatch import fnmatchcase
from typing import Any

TOKEN = re.compile(r'\s*(\$\.\w+|"[^"]*"|>=|=|IS|FALSE|&&|\|\||[()]|[0-9.]+)')


class Pattern:
    """A pattern, read."""

    def __init__(self, text: str) -> None:
        assert (text[0], text[-1]) == ("{", "}"), text
        self._tokens: list[str] = []
        text = text[1:-1].strip()
        while text:
            token = TOKEN.match(text)
            assert token, f"not understood: {text}"
            self._tokens.append(token[1])
            text = text[token.end() :].strip()

    @property
    def keys(self) -> set[str]:
        """The keys that it looks at."""
        return {token.removeprefix("$.") for token in self._tokens if token.startswith("$.")}

    def counts(self, line: dict[str, Any]) -> bool:
        """Return whether it counts a line."""
        rest = list(self._tokens)
        counted = self._either(rest, line)
        assert not rest, rest
        return counted

    def _either(self, rest: list[str], line: dict[str, Any]) -> bool:
        counted = self._both(rest, line)
        while rest and rest[0] == "||":
            rest.pop(0)
            counted = self._both(rest, line) or counted
        return counted

    def _both(self, rest: list[str], line: dict[str, Any]) -> bool:
        counted = self._one(rest, line)
        while rest and rest[0] == "&&":
            rest.pop(0)
            counted = self._one(rest, line) and counted
        return counted

    def _one(self, rest: list[str], line: dict[str, Any]) -> bool:
        token = rest.pop(0)
        if token == "(":
            counted = self._either(rest, line)
            assert rest.pop(0) == ")"
            return counted
        value = line.get(token.removeprefix("$."))
        operator, wanted = rest.pop(0), rest.pop(0)
        if operator == "IS":
            return wanted == "FALSE" and value is False
        if operator == ">=":
            return isinstance(value, (int, float)) and value >= float(wanted)
        return isinstance(value, str) and fnmatchcase(value, wanted.strip('"'))
