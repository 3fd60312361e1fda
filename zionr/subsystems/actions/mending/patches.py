"""Text patches for faults where exactly one line of a workflow is wrong beyond doubt. Pure.

A file is text that a person wrote: one line is replaced, and every other byte stays. It is never parsed and dumped.
Whether the result is valid is for the caller to find out; what no pattern here knows is left to git history.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

KINDS = {
    "on": "`true:` is `on:` again",
    "name": "`name:` is quoted as a whole",
    "cron": "the comment stands outside of the cron's quotes",
}
_BOM = "\ufeff"
_TRUE = re.compile(r"true:(?=\s|$)")
_ON = re.compile(r"""(on|"on"|'on')\s*:""")
_NAME = re.compile(r"(?P<key>\s*(?:- +)*name:[ \t]+)(?P<value>\S.*?)(?P<rest>(?:[ \t]+#.*)?\s*)")
_CRON = re.compile(
    r"(?P<key>\s*- +cron:[ \t]+)(?P<quote>['\"])(?P<cron>[^'\"#]*?\S)(?P<gap>\s+)(?P<note>#[^'\"]*?)\s*['\"]"
)
_NOT_PLAIN = "\"'|>&*!%@`{}[],#-?"


class Patch(NamedTuple):
    """The whole new content, and which line (from 1) was replaced why: a key of `KINDS`."""

    kind: str
    line: int
    content: bytes


def patch(content: bytes) -> Patch | None:
    """The file with its one wrong line mended; None where no line, or more than one, looks wrong."""
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError:
        return None
    start = _BOM if text.startswith(_BOM) else ""
    lines = text.removeprefix(_BOM).split("\n")
    found = list(_wrong(lines))
    if len(found) != 1:
        return None
    kind, index, line = found[0]
    lines[index] = line
    return Patch(kind, index + 1, (start + "\n".join(lines)).encode("utf-8"))


def _wrong(lines: list[str]) -> Iterator[tuple[str, int, str]]:
    """The kind, the index, and what should stand there, of every line that looks wrong."""
    has_on = any(_ON.match(line) for line in lines)
    for index, line in enumerate(lines):
        if _TRUE.match(line) and not has_on:
            yield "on", index, "on" + line[4:]
        elif (named := _named(lines, index)) is not None:
            yield "name", index, named
        elif (cron := _CRON.fullmatch(line.rstrip())) and len(cron["cron"].split()) == 5:
            tail = line[len(line.rstrip()) :]
            yield (
                "cron",
                index,
                f"{cron['key']}{cron['quote']}{cron['cron']}{cron['quote']}{cron['gap']}{cron['note']}{tail}",
            )


def _named(lines: list[str], index: int) -> str | None:
    """The line with its name in quotes; None where it is no name, a good one, or one of several readings."""
    found = _NAME.fullmatch(lines[index])
    if found is None:
        return None
    value = found["value"]
    doubled = _doubled(value)
    if doubled is not None:
        return f"{found['key']}{doubled}{found['rest']}"
    if value[0] in _NOT_PLAIN or not re.search(r":[ \t]", value) or _continues(lines, index):
        return None
    return f"{found['key']}{_quoted(value)}{found['rest']}"


def _doubled(value: str) -> str | None:
    """`""Agent: x"` as it was meant."""
    inner = value.strip('"')
    ends = value.startswith('""') or (value.startswith('"') and value.endswith('""'))
    whole = value.startswith('"') and value.endswith('"')
    if not inner or not ends or not whole or '"' in inner or "\\" in inner:
        return None
    return f'"{inner}"'


def _quoted(value: str) -> str:
    if '"' in value or "\\" in value:
        return "'" + value.replace("'", "''") + "'"
    return f'"{value}"'


def _continues(lines: list[str], index: int) -> bool:
    """Whether the next line may belong to a plain text that begins on this one."""
    column = re.match(r"\s*(?:- +)*", lines[index]).end()  # type: ignore[union-attr]  # it matches the empty text too
    following = next((lines[at] for at in range(index + 1, len(lines)) if lines[at].strip()), "")
    return len(following) - len(following.lstrip()) > column and not following.lstrip().startswith("#")
