"""Jobs and steps of a file, whatever it holds: what has another shape than GitHub's is left out, never an error."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any, NamedTuple

from .....model import JsonObject
from .....strict_yaml.values import Mark, Path
from ..source import Source

_BLOCK = re.compile(r"(?:&\S+[ \t]+)?([|>])")
_OWN_TOKEN = re.compile(
    r"""\$\{\{\s*(?:github\.token|secrets\.GITHUB_TOKEN|secrets\[\s*'GITHUB_TOKEN'\s*\])\s*\}\}""", re.IGNORECASE
)


class Step(NamedTuple):
    """One step that is a mapping, and where it stands."""

    path: Path
    value: JsonObject


class Job(NamedTuple):
    """One job that is a mapping, and where it stands."""

    id: str
    path: Path
    value: JsonObject

    @property
    def steps(self) -> list[Step]:
        """Those of its steps that are mappings."""
        return _steps((*self.path, "steps"), self.value.get("steps"))


def jobs_of(source: Source) -> list[Job]:
    """The jobs of a workflow, in the file's order; none for an action."""
    if source.kind != "workflow":
        return []
    return [
        Job(str(key), ("jobs", key), job)
        for key, job in mapping(mapping(source.value).get("jobs")).items()
        if isinstance(job, dict)
    ]


def composite_steps(source: Source) -> list[Step]:
    """The steps of a composite action; none for a workflow."""
    if source.kind != "action":
        return []
    return _steps(("runs", "steps"), mapping(mapping(source.value).get("runs")).get("steps"))


def _steps(path: Path, value: Any) -> list[Step]:
    listed = value if isinstance(value, list) else []
    return [Step((*path, position), step) for position, step in enumerate(listed) if isinstance(step, dict)]


def mapping(value: Any) -> JsonObject:
    """The value where it is a mapping, else an empty one."""
    return value if isinstance(value, dict) else {}


def text(value: Any) -> str:
    """The value where it is a text, else an empty one."""
    return value if isinstance(value, str) else ""


def never_runs(part: JsonObject) -> bool:
    """Whether its `if` is plainly false."""
    condition = part.get("if")
    if not isinstance(condition, str):
        return condition is False
    return condition.strip().removeprefix("${{").removesuffix("}}").strip() == "false"


def is_own_token(value: Any) -> bool:
    """Whether it is the token that GitHub gives each job, and that `permissions` rules."""
    return _OWN_TOKEN.fullmatch(text(value).strip()) is not None


def first_line(source: Source, path: Path) -> int:
    """The line where a text begins: for a block (`|`, `>`) the one below its indicator."""
    line, column = source.at(path)
    return line + 1 if _begins(source, line, column) else line


def place_within(source: Source, path: Path, line: int) -> Mark:
    """Where a line (from 0) of a text stands; for one that is no literal block (`|`), where the text begins."""
    start, column = source.at(path)
    if _begins(source, start, column) != "|":
        return start, column
    lines = _lines(source.text)
    if start + line >= len(lines):
        return start, column
    written = lines[start + line]
    return start + line + 1, len(written) - len(written.lstrip()) + 1


def _begins(source: Source, line: int, column: int) -> str:
    """The indicator of the block that begins here, or nothing."""
    lines = _lines(source.text)
    block = _BLOCK.match(lines[line - 1], column - 1) if line <= len(lines) else None
    return block[1] if block else ""


@lru_cache(maxsize=1)
def _lines(written: str) -> list[str]:
    """The lines of a file, split once for all its blocks; the parser counts as splitlines does."""
    return written.splitlines()


def vocabulary(listed: str) -> frozenset[str]:
    """Words, written as one text."""
    return frozenset(listed.split())


def shown(value: str, most: int = 60) -> str:
    """A name or text from a file, short enough for a message."""
    return value if len(value) <= most else value[: most - 1] + "…"


def listed(names: list[str], most: int = 5) -> str:
    """`a, b, c and 4 more`."""
    head = ", ".join(shown(name) for name in names[:most])
    return f"{head} and {len(names) - most} more" if len(names) > most else head
