"""A scalar with `${{ … }}` in it: its parts, and what it amounts to as a whole."""

from __future__ import annotations

import re
from typing import NamedTuple

from .availability import Scope
from .flaws import Flaw
from .grammar import Reading, read
from .tokens import SPACE

OPEN = "${{"
# A quote opens a text, in which braces mean nothing; the first two closing braces outside end the expression.
_INNER = re.compile(r"\$\{\{((?>(?:[^'}]+|'[^']*'|\}(?!\}))*))\}\}")
_INSERT = re.compile(f"insert(?:[{SPACE}]|\\Z)")


class Part(NamedTuple):
    """One expression in a scalar, without white space around it, at `offset`; `begin` and `end` are of its braces."""

    begin: int
    end: int
    offset: int
    text: str


class Template(NamedTuple):
    """A scalar that was read. `kind`: broken (`flaws` say why), literal (nothing but the `literal`), insert (the
    directive that merges a mapping) or expression."""

    kind: str
    flaws: tuple[Flaw, ...] = ()
    literal: str = ""
    parts: tuple[Part, ...] = ()


def read_template(text: str, scope: Scope) -> Template:
    """What a scalar that holds `${{` amounts to in a place with that scope."""
    parts, end = _cut(text)
    readings = [_read_part(part, scope) for part in parts]
    flaws = [reading for reading in readings if isinstance(reading, Flaw)]
    whole = len(parts) == 1 and parts[0].begin == 0 and parts[0].end == len(text)
    if not whole:
        flaws += [_not_whole(part) for part in parts if part.text == "insert"]
    if end is not None:
        flaws.append(Flaw(end, "`${{` is never closed by `}}`", "`${{` is never closed by `}}`"))
    elif not scope and not (whole and _literal(readings[0]) is not None):
        message = "an expression cannot be used"
        flaws = [Flaw(parts[0].begin, message, message, placed=True)]
    if flaws:
        return Template("broken", tuple(sorted(flaws, key=lambda flaw: flaw.offset)))
    literal = _literal(readings[0]) if whole else None
    if literal is not None:
        return Template("literal", literal=literal)
    return Template("insert" if whole and parts[0].text == "insert" else "expression", parts=tuple(parts))


def one_expression(text: str, parts: tuple[Part, ...]) -> str:
    """The one expression that GitHub makes of a scalar: where text stands around its parts, a call of `format`."""
    if len(parts) == 1 and parts[0].begin == 0 and parts[0].end == len(text):
        return parts[0].text
    pieces: list[str] = []
    behind = 0
    for number, part in enumerate(parts):
        pieces += [_escaped(text[behind : part.begin]), f"{{{number}}}"]
        behind = part.end
    arguments = "".join(f", {part.text}" for part in parts)
    return f"format('{''.join(pieces)}{_escaped(text[behind:])}'{arguments})"


def _cut(text: str) -> tuple[list[Part], int | None]:
    """Its parts, and where an expression begins that has no end."""
    parts: list[Part] = []
    begin = text.find(OPEN)
    while begin >= 0:
        match = _INNER.match(text, begin)
        if match is None:
            return parts, begin
        inner = match.group(1)
        offset = match.end(1) - len(inner.lstrip(SPACE))
        parts.append(Part(begin, match.end(), offset, inner.strip(SPACE)))
        begin = text.find(OPEN, match.end())
    return parts, None


def _read_part(part: Part, scope: Scope) -> Reading | Flaw:
    if not part.text:
        return Flaw(part.begin, "an empty expression", "an empty expression")
    if part.text == "insert":
        return Reading(False, None)
    if _INSERT.match(part.text):
        message = "nothing can stand behind `insert`"
        return Flaw(part.offset, message, message)
    reading = read(part.text, scope)
    return reading.moved(part.offset) if isinstance(reading, Flaw) else reading


def _literal(reading: Reading | Flaw) -> str | None:
    return None if isinstance(reading, Flaw) else reading.literal


def _not_whole(part: Part) -> Flaw:
    return Flaw(part.begin, "`insert` must be the whole key", "`insert` must be the whole key")


def _escaped(text: str) -> str:
    return text.replace("'", "''").replace("{", "{{").replace("}", "}}")
