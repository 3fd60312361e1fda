"""From a character of a scalar's value to its line and column in the file, as far as that can be told."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable

from .....strict_yaml.values import Mark

_BREAK = re.compile("\r\n|[\n\r\x85\u2028\u2029]")
_PROPERTIES = re.compile(r"(?:[&!]\S*[ \t]+)*")
_BLOCK = re.compile(r"([|>])([-+0-9]*)[ \t]*(?:#[^\r\n]*)?(?:\r\n|\n|\r)")
_BLANK_LINES = re.compile(r"(?:[ \t]*(?:\r\n|\n|\r))*")
_FOLD = re.compile(r"[ \t]*(?:\r\n|\n|\r)[ \t\r\n]*")
_ESCAPE = re.compile(r"\\(?:x..|u.{4}|U.{8}|.)")
_CONTINUED = re.compile(r"\\(?:\r\n|\n|\r)[ \t]*")
_FAR = 20_000
"""Characters that are followed into a scalar; behind them its beginning has to do."""


def marks_of(text: str, mark: Mark, value: str, offsets: Iterable[int]) -> list[Mark]:
    """The marks of the characters of `value` at these offsets; `mark` is where the scalar stands in `text`.

    Where the file writes the value in a way that is not followed here, the scalar's own mark.
    """
    starts = [0, *(found.end() for found in _BREAK.finditer(text))]
    if mark[0] > len(starts):
        return [mark for _ in offsets]
    begin = _PROPERTIES.match(text, starts[mark[0] - 1] + mark[1] - 1)
    trail = _Trail(text, begin.end() if begin is not None else 0, value)
    return [_mark(trail.at(offset), starts) or mark for offset in offsets]


def _mark(index: int | None, starts: list[int]) -> Mark | None:
    if index is None:
        return None
    line = bisect_right(starts, index)
    return line, index - starts[line - 1] + 1


class _Trail:
    """Walks a scalar's value and its spelling in the file side by side, forwards only."""

    def __init__(self, text: str, begin: int, value: str) -> None:
        self.text = text
        self.value = value
        self.style = text[begin : begin + 1]
        self.indent = 0
        self.seen = 0
        self.index: int | None = begin + (self.style in ("'", '"') and 1)
        block = _BLOCK.match(text, begin)
        if block is not None:
            self._enter_block(block.end())

    def at(self, offset: int) -> int | None:
        if offset > _FAR or offset < self.seen:
            return None
        while self.seen < offset and self.index is not None:
            self.index = self._behind(self.index, self.value[self.seen : self.seen + 2])
            self.seen += 1
        index = self.index
        if index is not None and self.style == '"':
            continued = _CONTINUED.match(self.text, index)
            return continued.end() if continued is not None else index
        return index

    def _enter_block(self, begin: int) -> None:
        first = _BLANK_LINES.match(self.text, begin)
        content = first.end() if first is not None else begin
        line = self.text[content:].split("\n", 1)[0] if content - begin < _FAR else ""
        self.indent = len(line) - len(line.lstrip(" "))
        blank = self.text.count("\n", begin, content)
        # Blank lines in front are part of the value; they are walked over with it.
        self.index = content + self.indent if self.value.startswith("\n" * blank) else None
        self.seen = blank

    def _behind(self, index: int, ahead: str) -> int | None:
        """Where the next character stands, if this one, the first of `ahead`, stands at `index`."""
        if self.style == "|":
            return self._behind_literal(index, ahead[0])
        fold = _FOLD.match(self.text, index) if ahead[0] in " \n" else None
        if fold is not None:
            return index if ahead == "\n\n" else fold.end()
        if self.style == '"':
            continued = _CONTINUED.match(self.text, index)
            index = continued.end() if continued is not None else index
            escape = _ESCAPE.match(self.text, index)
            if escape is not None:
                return escape.end()
        if self.text[index : index + 1] != ahead[0]:
            return None
        return index + (2 if self.style == "'" and ahead[0] == "'" else 1)

    def _behind_literal(self, index: int, character: str) -> int | None:
        if character != "\n":
            return index + 1 if self.text[index : index + 1] == character else None
        end = _BREAK.match(self.text, index)
        if end is None:
            return None
        spaces = 0
        while spaces < self.indent and self.text[end.end() + spaces : end.end() + spaces + 1] == " ":
            spaces += 1
        return end.end() + spaces
