"""Why a file is no YAML, in words that help whoever broke it: the usual accidents by name. Pure.

The parser says where it gave up; the accident is often some lines before. What is told here is read from the text
around that place, never from the parser's own words, which differ from one libyaml to the next.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import NamedTuple

from ....strict_yaml import Problem
from .quotes import find_unclosed
from .source import Fault
from .words import plain, quoted

_KEY = re.compile(r"^(?P<before>[ \t]*(?:- +)*)(?P<key>[\w.-]{1,80}):(?:[ \t]+(?P<value>\S.*?))?[ \t\r]*$")
_LONGEST_LINE = 1000
"""Of a longer line only so much is looked at: some of the patterns here take time by the square of its length."""

_QUOTED_OR_NOT_PLAIN = tuple("\"'|>&*[{!@`%#")
_ALIAS = re.compile(r"[*&][\w-]+(?: .*)?")
_ANY_MARK = re.compile(r"={7,}\r?")
_SHELL_NAME = re.compile(r"[A-Z][A-Z0-9_]+")

# Keys of a job and of a step, which an accident moves to where they do not belong.
_OF_JOB = frozenset(
    {
        *("runs-on", "needs", "if", "strategy", "timeout-minutes", "permissions", "environment", "concurrency"),
        *("outputs", "container", "services"),
    }
)
_OF_STEP = frozenset(
    {
        *("name", "id", "if", "uses", "run", "with", "env", "shell", "working-directory", "continue-on-error"),
        "timeout-minutes",
    }
)


class _Place(NamedTuple):
    """Where the parser gave up: the lines of the file, the row (a line, from 0) there, and the column from 1."""

    lines: list[str]
    row: int
    column: int

    @property
    def line(self) -> str:
        return self.lines[self.row] if self.row < len(self.lines) else ""

    def above(self) -> int | None:
        """The row of the last line above that says something."""
        for row in range(min(self.row, len(self.lines)) - 1, -1, -1):
            if self.lines[row].strip() and not self.lines[row].lstrip().startswith("#"):
                return row
        return None


class _Accident(NamedTuple):
    """`like` names it without the file's own words. `row` is the line (from 0) where it is to be mended."""

    message: str
    like: str
    hint: str
    row: int
    column: int = 1


def explain(problem: Problem, text: str) -> Fault:
    """The fault `unreadable`, at the place of the accident where it is one that is known, else at the parser's."""
    at = _Place([line[:_LONGEST_LINE] for line in text.split("\n")], problem.line - 1, problem.column)
    for look in _ACCIDENTS:
        accident = look(at)
        if accident is not None:
            return Fault(
                rule="unreadable",
                line=accident.row + 1,
                column=accident.column,
                message=f"not YAML: {accident.message}",
                hint=accident.hint,
                like=accident.like,
            )
    reason = plain(problem.reason.removeprefix("not YAML: "), 200)
    return Fault("unreadable", problem.line, problem.column, f"not YAML: {reason}", like=f"not YAML: {reason}")


def _tab(at: _Place) -> _Accident | None:
    indent = at.line[: len(at.line) - len(at.line.lstrip())]
    if "\t" not in indent:
        return None
    return _Accident(
        "a tab; lines are indented with spaces", "tab", "replace tabs by spaces", at.row, indent.index("\t") + 1
    )


def _residue(at: _Place) -> _Accident | None:
    """`=======` that stayed when the other markers were taken out."""
    for row in (at.row, at.above()):
        if row is not None and row < len(at.lines) and _ANY_MARK.fullmatch(at.lines[row]):
            message = "a line of `=======`, left over from a merge conflict"
            return _Accident(message, "conflict residue", "take the line out", row)
    return None


def _quote(at: _Place) -> _Accident | None:
    """A quote that opens and is not closed on its line; the parser notices at the next quote, or at the file's end."""
    found = find_unclosed(at.lines, at.row)
    if found is None:
        return None
    key = quoted(found.key) if found.key else "a list's item"
    if found.behind:
        message = f"text stands behind the closing quote of {key}"
        hint = "quote the whole text once, or not at all"
        return _Accident(message, f"text behind the quote of {plain(found.key)}", hint, found.row, found.column)
    message = f"the quote that {key} opens is not closed on its line"
    return _Accident(message, f"unclosed quote in {plain(found.key)}", "close the quote", found.row, found.column)


def _template(at: _Place) -> _Accident | None:
    """`{{ x }}` without quotes is a mapping within a mapping."""
    column = at.line.find("{{")
    if column < 0 or at.line[max(0, column - 1)] == "$":
        return None
    message = "`{{` begins a mapping within a mapping"
    return _Accident(message, "unquoted {{", "write ${{ … }}, or put the text in quotes", at.row, column + 1)


def _plain_start(at: _Place) -> _Accident | None:
    """A value that begins with a character that YAML keeps for itself: `cron: * * * * *`, `run: @x`."""
    found = _KEY.match(at.line)
    value = found["value"] if found else None
    if found is None or value is None or value[0] not in "*@`%&" or _ALIAS.fullmatch(value):
        return None
    message = f"the value of {quoted(found['key'])} begins with {quoted(value[0])}, which means something else in YAML"
    like = f"unquoted {value[0]} in {plain(found['key'])}"
    return _Accident(message, like, "put the text in quotes", at.row, found.start("value") + 1)


def _colon(at: _Place) -> _Accident | None:
    """`name: Agent: x`: a second `: ` within a text without quotes."""
    found = _KEY.match(at.line)
    value = found["value"] if found else None
    if found is None or value is None or value.startswith(_QUOTED_OR_NOT_PLAIN):
        return None
    if ": " not in value and not value.endswith(":"):
        return None
    key = found["key"]
    return _Accident(
        f"the text of {quoted(key)} holds a colon and no quotes are around it",
        f"unquoted colon in {plain(key)}",
        f'put it in quotes: {plain(key)}: "{plain(value)}"',
        at.row,
        found.start("value") + 1,
    )


def _indented_too_far(at: _Place) -> _Accident | None:
    """A key that stands deeper than a line above that has a value: `timeout-minutes:` below `runs-on: x`."""
    found, above = _KEY.match(at.line), at.above()
    parent = _KEY.match(at.lines[above]) if above is not None else None
    if found is None or parent is None or parent["value"] is None or parent["value"].startswith(("|", ">")):
        return None
    if len(found["before"]) <= len(parent["before"]) or "-" in found["before"]:
        return None
    key, over = found["key"], parent["key"]
    message = f"{quoted(key)} is indented below {quoted(over)}, which already has a value"
    return _Accident(
        message,
        f"{plain(key)} indented below {plain(over)}",
        _lost_between(key, over, len(parent["before"])),
        at.row,
        found.start("key") + 1,
    )


def _lost_between(key: str, over: str, indent: int) -> str:
    if key not in _OF_JOB | _OF_STEP:
        if over == "uses":
            return "did `with:` get lost between them?"
        if _SHELL_NAME.fullmatch(key):
            return "did `env:` get lost between them?"
    return f"indent it as far as {quoted(over)}, by {indent} spaces"


def _dedented(at: _Place) -> _Accident | None:
    """A key of a job or a step at column 1 to 3, where the keys of the file and the names of jobs are."""
    for row in (at.row, at.above()):
        if row is None or row >= len(at.lines):
            continue
        found = _KEY.match(at.lines[row])
        if found and len(found["before"]) <= _OUTSIDE and "-" not in found["before"] and found["key"] in _MOVED:
            key = found["key"]
            message = f"{quoted(key)} stands at column {found.start('key') + 1}, outside of every job and step"
            hint = "indent it as far as the other keys of its job or step"
            return _Accident(message, f"dedented {plain(key)}", hint, row, found.start("key") + 1)
    return None


_OUTSIDE = 2
"""Up to this indent a line is outside of every job, as almost everybody writes workflows."""

_MOVED = (_OF_JOB | _OF_STEP) - {"name", "env", "permissions", "concurrency"}
"""Less what may also stand at the top of a workflow."""


def _crooked(at: _Place) -> _Accident | None:
    """A key or an item that is indented like no line above it."""
    found = _KEY.match(at.line)
    item = at.line.lstrip().startswith("- ")
    if found is None and not item:
        return None
    indent = len(at.line) - len(at.line.lstrip())
    if indent == 0 or indent in _open_indents(at):
        return None
    what = "this item" if item or found is None else quoted(found["key"])
    message = f"{what} is indented by {indent} spaces, as no line above it that it could belong to"
    like = "an item indented alone" if item or found is None else f"{plain(found['key'])} indented alone"
    return _Accident(message, like, "indent it as far as its neighbours", at.row, indent + 1)


def _open_indents(at: _Place) -> set[int]:
    """The indents that a line may go back to: those of the lines above that nothing shallower has closed."""
    found: set[int] = set()
    least = len(at.line)
    for row in range(min(at.row, len(at.lines)) - 1, max(-1, at.row - 500), -1):
        line = at.lines[row]
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        indent = len(line) - len(line.lstrip())
        inner = indent + len(line.lstrip()) - len(line.lstrip().lstrip("- "))
        least = min(least, indent) if found else indent
        if indent <= least:
            found |= {indent, inner}
    return found


_ACCIDENTS: tuple[Callable[[_Place], _Accident | None], ...] = (
    *(_tab, _residue, _quote, _template, _plain_start, _colon, _dedented, _indented_too_far, _crooked),
)
