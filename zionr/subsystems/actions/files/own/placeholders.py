"""Texts that somebody meant to replace by a value, and did not."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from .....strict_yaml.values import Path
from ..source import Fault, Source, anchor_of
from .parts import place_within, shown

_MOST_FAULTS = 10
_ANGLED = r"<(?:your|insert|replace|change|enter|todo)[-_ ][^<>\n]{1,60}>"
_PLACEHOLDER = re.compile(
    r"\b[A-Z][A-Z0-9_]*_PLACEHOLDER\b|\bPLACEHOLDER_[A-Z0-9_]+\b|\bREPLACE_?ME\b|\bREPLACE_WITH_[A-Z0-9_]+\b"
    rf"|\bCHANGE_?ME\b|\bTODO_REPLACE[A-Z0-9_]*\b|(?i:{_ANGLED})"
)
_IN_SCRIPT = re.compile(
    r"^[ \t]*(?:export[ \t]+)?[A-Za-z_]\w*=([\"']?)"
    rf"(REPLACE_?ME|CHANGE_?ME|TODO_REPLACE[A-Z0-9_]*|(?i:{_ANGLED}))\1[ \t]*$",
    re.MULTILINE,
)
"""In a script only a line that gives a variable this very value: other scripts look for placeholders to fill them."""
_CRON_LINE = re.compile(r"cron['\"]?:[^\n#]{0,200}\$")
_ANGLED_TEXT = re.compile(_ANGLED, re.IGNORECASE)
_TEMPLATE = frozenset({"$default-branch", "$protected-branches"})
"""What GitHub fills in when it copies a starter workflow (its documentation, Creating starter workflows)."""
_IN_CRON = re.compile(r"\$\{?[A-Za-z][\w-]*\}?")
_MUSTACHE = re.compile(r"(?<![$\\{])\{\{[^{}\n]{1,80}\}\}")
_MUSTACHE_OF_GITHUB = re.compile(
    r"(?<![$\\{])\{\{\s*(?:github|inputs|matrix|needs|runner|secrets|steps|vars)\.[\w.-]{1,80}\s*\}\}"
)
_OTHERS_READ = frozenset({"with", "env", "strategy", "services", "inputs", "outputs", "secrets", "name", "options"})
"""Below these, `{{ x }}` may be another program's own template; GitHub's contexts never are."""
_PROSE = frozenset({"description", "deprecationMessage", "services"})
_WANTED = re.compile(r"placeholder|find|search|pattern|regex|match", re.IGNORECASE)
"""Keys whose value is a placeholder because it is looked for."""


def placeholder_faults(source: Source) -> list[Fault]:
    """One placeholder fault for each such text, at its first place."""
    if not _may_hold_one(source.text):
        return []
    first: dict[str, tuple[Path, int]] = {}
    for path, value in _texts(source.value):
        for left, line in _left_in(path, value):
            first.setdefault(left, (path, line))
        if len(first) >= _MOST_FAULTS:
            break
    return [_fault(source, left, *place) for left, place in list(first.items())[:_MOST_FAULTS]]


def _may_hold_one(text: str) -> bool:
    """A cheap look at the whole file: nearly none holds any."""
    if any(word in text for word in ("PLACEHOLDER", "REPLACE", "CHANGEME", "CHANGE_ME", "$default-", "$protected-")):
        return True
    if "{{" in text.replace("${{", "") or _CRON_LINE.search(text):
        return True
    return "<" in text and _ANGLED_TEXT.search(text) is not None


def _texts(value: Any) -> Iterator[tuple[Path, str]]:
    """Every text and its path, in the file's order."""
    waiting: list[tuple[Path, Any]] = [((), value)]
    while waiting:
        path, part = waiting.pop()
        if isinstance(part, str):
            yield path, part
        elif isinstance(part, dict):
            waiting += [((*path, key), inner) for key, inner in reversed(part.items())]
        elif isinstance(part, list):
            waiting += [((*path, position), part[position]) for position in reversed(range(len(part)))]


def _left_in(path: Path, value: str) -> Iterator[tuple[str, int]]:
    """(the placeholder, its line in the text from 0) for each one in a value."""
    keys = {key for key in path if isinstance(key, str)}
    last = str(path[-1]) if path else ""
    if not keys.isdisjoint(_PROSE) or _WANTED.search(last):
        return
    if last == "run" or "\n" in value.strip():
        yield from ((found[2], value.count("\n", 0, found.start(2))) for found in _IN_SCRIPT.finditer(value))
        return
    patterns = [_PLACEHOLDER, _MUSTACHE_OF_GITHUB if not keys.isdisjoint(_OTHERS_READ) else _MUSTACHE]
    if last == "cron":
        patterns.append(_IN_CRON)
    yield from ((found.group(), 0) for pattern in patterns for found in pattern.finditer(value))
    if value in _TEMPLATE and last != "cron":
        yield value, 0


def _fault(source: Source, left: str, path: Path, line: int) -> Fault:
    place = place_within(source, path, line)
    return Fault(
        rule="placeholder",
        line=place[0],
        column=place[1],
        message=f"'{shown(left)}' was left in where a value belongs",
        anchor=anchor_of(path),
        hint="a lost $? write ${{ … }}" if left.startswith("{{") else "put the value in its place",
        like=f"the placeholder '{shown(left)}' was left in",
        actual=shown(left),
    )
