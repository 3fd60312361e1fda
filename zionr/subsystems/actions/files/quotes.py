"""Where a quote opens and is not closed, line by line: what YAML itself notices only far behind. Pure."""

from __future__ import annotations

import re
from typing import NamedTuple

_VALUE = re.compile(r"^[ \t]*(?:- +)*(?:(?P<key>[\w.-]{1,80}):[ \t]+|(?<=- ))(?P<value>[\"'].*)$")
_BLOCK = re.compile(r":[ \t]+[|>][-+0-9]{0,2}[ \t]*(?:#.*)?$")
_CLOSED = {'"': re.compile(r'"(?:[^"\\]|\\.)*"'), "'": re.compile(r"'(?:[^']|'')*'")}
_MAY_FOLLOW = re.compile(r"[ \t\r]*(?:#.*)?")


class Unclosed(NamedTuple):
    """Row (a line, from 0) and column (from 1) of the quote, its key, and whether text stands `behind` its end."""

    row: int
    column: int
    key: str
    behind: bool


def find_unclosed(lines: list[str], until: int) -> Unclosed | None:
    """The first value up to the line `until` whose quote does not end where the value should end; None without one."""
    index = 0
    while index <= min(until, len(lines) - 1):
        line = lines[index]
        if _BLOCK.search(line):
            index = _behind_block(lines, index)
            continue
        found = _VALUE.match(line)
        if found is None:
            index += 1
            continue
        value = found["value"]
        closed = _CLOSED[value[0]].match(value)
        if closed is None:
            ends = _end_of_long(lines, index, value[0])
            if ends is None:
                return Unclosed(index, found.start("value") + 1, found["key"] or "", False)
            index = ends + 1
        elif not _MAY_FOLLOW.fullmatch(value, closed.end()) and value[closed.end() : closed.end() + 1] != ":":
            return Unclosed(index, found.start("value") + 1, found["key"] or "", True)
        else:
            index += 1
    return None


def _behind_block(lines: list[str], index: int) -> int:
    """The line behind the text block that line `index` opens."""
    indent = _indent(lines[index])
    index += 1
    while index < len(lines) and (not lines[index].strip() or _indent(lines[index]) > indent):
        index += 1
    return index


def _end_of_long(lines: list[str], index: int, quote: str) -> int | None:
    """The line on which a quoted text of several lines ends, if all of them are indented below its key."""
    indent = _indent(lines[index])
    for end in range(index + 1, min(len(lines), index + 50)):
        line = lines[end]
        if line.strip() and _indent(line) <= indent:
            return None
        if line.rstrip().endswith(quote):
            return end
    return None


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip(" \t"))
