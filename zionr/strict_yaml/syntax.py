"""The parser's complaints in words that help the person who wrote the file."""

from __future__ import annotations

from typing import Any

from .values import Limits, Problem

_PLAIN_WORDS = {
    "mapping values are not allowed in this context": "no ': ' can stand here; quote the text that holds it",
    "could not find expected ':'": "no ':' behind this key",
    "did not find expected '-' indicator": "no '-' here, though this is a list; is it indented alike?",
    "did not find expected key": "no key here, though this is a mapping; is it indented alike?",
    "did not find expected ',' or ']'": "no ',' or ']' here; is the list closed?",
    "did not find expected ',' or '}'": "no ',' or '}' here; is the mapping closed?",
    "found unexpected end of stream": "the file ends within a quoted text",
    "found unknown escape character": "an unknown escape; in double quotes write \\\\ for a backslash",
    "block sequence entries are not allowed in this context": "a list cannot begin here; begin a line",
    "found incompatible YAML document": "not YAML 1.2",
}


_TOO_DEEP = "exceeded maximum nesting depth"
"""Newer releases of libyaml count the levels themselves, and its scanner is ahead of the composer."""


def explain_syntax(error: Any, text: str, limits: Limits) -> Problem:
    """The place and the reason of a `yaml.YAMLError` that parsing `text` raised."""
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    line, column = (0, 0) if mark is None else (mark.line, mark.column)
    words = getattr(error, "problem", None) or getattr(error, "reason", None) or "not YAML"
    if words == _TOO_DEEP:
        return Problem(line + 1, column + 1, (), f"nested deeper than {limits.depth} levels", "depth")
    reason = _PLAIN_WORDS.get(words, f"not YAML: {words}")
    if words == "found character that cannot start any token":
        reason = _explain_character(text, line, column)
    return Problem(line + 1, column + 1, (), reason, "syntax")


def _explain_character(text: str, line: int, column: int) -> str:
    lines = text.split("\n")
    character = lines[line][column : column + 1] if line < len(lines) else ""
    if character == "\t":
        return "a tab; YAML is indented with spaces"
    return f"{character!r} cannot begin a value; put the text in quotes"
