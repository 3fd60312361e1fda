"""Conflict markers that were committed: lines that begin with `<<<<<<<`, `|||||||` or `>>>>>>>`. Pure."""

from __future__ import annotations

import re
from itertools import islice

from .source import Fault

_WORDS = ("<<<<<<<", ">>>>>>>", "|||||||")
# Git writes them at a line's beginning, where no part of a workflow can stand. Eight and more of a kind come from
# nested conflicts (gitattributes, `conflict-marker-size`).
_AT_BEGINNING = re.compile(r"^(?:<{7,}|>{7,}|\|{7,})(?:[ \t:].*)?\r?$", re.MULTILINE)
# A here-document whose text begins on the next line: a script that writes markers on purpose.
_HERE_DOCUMENT = re.compile(r"<<[-~]?\s*['\"]?\w+['\"]?[^<]*\Z")
_SHOWN = 6


def find_markers(text: str) -> Fault | None:
    """The one fault of a file that holds conflict markers, at the first of them; None without any."""
    if not any(word in text for word in _WORDS):
        return None
    lines = _at_beginning(text)
    if not lines:
        lines = _indented(text)
    if not lines:
        return None
    shown = ", ".join(str(line) for line in lines[:_SHOWN]) + (", …" if len(lines) > _SHOWN else "")
    return Fault(
        rule="markers",
        line=lines[0],
        column=1,
        message=f"a merge conflict was committed, its markers begin on line{'s' * (len(lines) > 1)} {shown}",
        hint="decide the conflict, and take out the lines <<<<<<<, =======, >>>>>>>",
        like="conflict markers",
    )


def _at_beginning(text: str) -> list[int]:
    """The lines of the first markers, one more than are shown: there may be one on each line of a large file."""
    lines: list[int] = []
    line, counted = 1, 0
    for found in islice(_AT_BEGINNING.finditer(text), _SHOWN + 1):
        line += text.count("\n", counted, found.start())
        counted = found.start()
        lines.append(line)
    return lines


def _indented(text: str) -> list[int]:
    """The lines on which whole conflicts begin within a block. One kind of marker alone may be meant, all three not."""
    found: list[int] = []
    begun, divided, before = 0, False, ""
    for number, line in enumerate(text.split("\n"), 1):
        word = line.strip()
        if _is_marker(word, "<"):
            begun, divided = (0 if _HERE_DOCUMENT.search(before[-200:]) else number), False
        elif begun and _is_marker(word, "="):
            divided = True
        elif begun and divided and _is_marker(word, ">"):
            found.append(begun)
            begun = 0
        before = word or before
    return found


def _is_marker(word: str, kind: str) -> bool:
    return word.startswith(kind * 7) and (word.lstrip(kind)[:1] or " ") == " "
