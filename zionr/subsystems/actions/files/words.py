"""Parts of messages: names out of a hostile file, made short and printable. Pure."""

from __future__ import annotations

from typing import Any

from ....strict_yaml.values import Path

_LONGEST = 60
_LONGEST_PATH = 120
_KINDS = {str: "a text", bool: "true or false", int: "a number", float: "a number", list: "a list", dict: "a mapping"}


def quoted(name: Any) -> str:
    """`name` in backticks, without line breaks and control characters, at most 60 characters of it."""
    return f"`{plain(name, _LONGEST)}`"


def plain(text: Any, most: int = _LONGEST) -> str:
    """`text` on one line and printable, cut behind `most` characters."""
    whole = str(text)
    shown = whole[:most].replace("`", "'")
    if not shown.isprintable():
        shown = "".join(character if character.isprintable() else "?" for character in shown)
    return f"{shown}…" if len(whole) > most else shown


def place(path: Path) -> str:
    """A path as people write it: `jobs.build.steps[2].run`, counted from 0 as anchors are."""
    shown = "".join(f"[{step}]" if isinstance(step, int) else f".{plain(step)}" for step in path)
    return f"`{plain(shown.removeprefix('.'), _LONGEST_PATH)}`" if path else "the top of the file"


def pattern(path: Path) -> str:
    """The path without the names that people chose, the same in every file: `jobs.*.steps.*.run`."""
    free = (("jobs",), ("env",), ("inputs",), ("outputs",), ("secrets",), ("services",), ("with",), ("matrix",))
    shown = [
        "*" if isinstance(step, int) or (position and path[position - 1 : position] in free) else plain(step)
        for position, step in enumerate(path)
    ]
    return plain(".".join(shown), _LONGEST_PATH)


def kind_of(value: Any) -> str:
    """What a value is, in words: `a list`, `nothing`."""
    if value is None or value == "":
        return "nothing"
    return _KINDS.get(type(value), "something else")


def as_text(scalar: Any) -> str:
    """A scalar as the text that GitHub makes of it."""
    if isinstance(scalar, bool):
        return "true" if scalar else "false"
    if isinstance(scalar, float) and scalar.is_integer():
        return str(int(scalar))
    return str(scalar)


def listing(words: list[str], last: str = "or") -> str:
    """`a, b or c`."""
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} {last} {words[-1]}"
