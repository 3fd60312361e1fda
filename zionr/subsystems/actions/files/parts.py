"""Jobs and steps of a file, whatever it holds: what has another shape than GitHub's is left out. Pure."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any, NamedTuple

from ....model import JsonObject
from ....strict_yaml.values import Mark, Path
from .source import Source
from .words import plain

_BLOCK = re.compile(r"(?:&\S+[ \t]+)?([|>])")
_OWN_TOKEN = re.compile(
    r"""\$\{\{\s*(?:github\.token|secrets\.GITHUB_TOKEN|secrets\[\s*'GITHUB_TOKEN'\s*\])\s*\}\}""", re.IGNORECASE
)


class Step(NamedTuple):
    """One step that is a mapping, and where it stands."""

    path: Path
    value: JsonObject


class Job(NamedTuple):
    """One job that is a mapping, where it stands, and those of its steps that are mappings."""

    id: str
    path: Path
    value: JsonObject
    steps: tuple[Step, ...]


_latest: list[tuple[JsonObject, tuple[Job, ...]]] = []
"""The jobs of the document that was asked for last: ten rules ask for those of one file, one after the other."""


def jobs_of(source: Source) -> tuple[Job, ...]:
    """The jobs of a workflow, in the file's order; none for an action."""
    if source.kind != "workflow":
        return ()
    jobs = mapping(mapping(source.value).get("jobs"))
    if not (_latest and _latest[0][0] is jobs):
        _latest[:] = [(jobs, tuple(_job(key, job) for key, job in jobs.items() if isinstance(job, dict)))]
    return _latest[0][1]


def _job(key: Any, job: JsonObject) -> Job:
    return Job(str(key), ("jobs", key), job, _steps(("jobs", key, "steps"), job.get("steps")))


def composite_steps(source: Source) -> tuple[Step, ...]:
    """The steps of a composite action; none for a workflow."""
    if source.kind != "action":
        return ()
    return _steps(("runs", "steps"), mapping(mapping(source.value).get("runs")).get("steps"))


def _steps(path: Path, value: Any) -> tuple[Step, ...]:
    listed = value if isinstance(value, list) else []
    return tuple(Step((*path, position), step) for position, step in enumerate(listed) if isinstance(step, dict))


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


def listed(names: list[str], most: int = 5) -> str:
    """`a, b, c and 4 more`."""
    head = ", ".join(plain(name) for name in names[:most])
    return f"{head} and {len(names) - most} more" if len(names) > most else head
