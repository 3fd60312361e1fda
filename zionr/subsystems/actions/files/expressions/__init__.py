"""The language of `${{ … }}` as GitHub Actions has it: rule `expression`. Pure.

`places` says where expressions stand and `availability` what they may ask for there; `tokens`, `grammar` and `names`
read one expression, `templates` a scalar that holds some, `scalars` judges it by its place, `search` finds them all,
and `positions` tells their lines and columns. All of it follows GitHub's own parser (npm @actions/workflow-parser and
@actions/expressions).
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from .....strict_yaml.values import Path
from ..source import Fault, Source, anchor_of
from .places import ROOTS
from .positions import marks_of
from .search import Found, find_flaws

__all__ = ["MOST", "check_expressions"]

MOST = 100
"""Faults of one file that are told; a file with more of them is broken in one way, not in a hundred."""


def check_expressions(source: Source) -> list[Fault]:
    """What GitHub refuses about the expressions of a workflow or action, in the order of their places, at most MOST.

    Keys that GitHub does not know are left out with all below them: they are refused for themselves.
    """
    faults = (fault for found in find_flaws(source.value, ROOTS[source.kind]) for fault in _faults(source, found))
    return sorted(islice(faults, MOST), key=lambda fault: (fault.line, fault.column))


def _faults(source: Source, found: Found) -> Iterator[Fault]:
    mark = source.key(found.path) if found.key else source.at(found.path)
    marks = marks_of(source.text, mark, found.text, [flaw.offset for flaw in found.flaws])
    where = f" in {_words(source.kind, found.path)}"
    anchor = anchor_of(found.path)
    for number, (flaw, (line, column)) in enumerate(zip(found.flaws, marks, strict=True), 1):
        yield Fault(
            "expression",
            line,
            column,
            flaw.message + (where if flaw.placed else ""),
            anchor if number == 1 else f"{anchor}#{number}",
            flaw.hint,
            flaw.like + (where if flaw.placed else ""),
        )


def _words(kind: str, path: Path) -> str:
    """A place for people, and the same for all jobs and steps: a step's `env`."""
    steps = path[:2] if kind == "action" else path[:1] + path[2:3]
    top = len(steps) + (kind == "workflow")
    if steps in (("runs", "steps"), ("jobs", "steps")) and len(path) > top + 1:
        return f"a step's `{path[top + 1]}`"
    if path[0] == "jobs" and len(path) > 2:
        return f"a job's `{path[2]}`"
    return f"the {kind}'s `{path[0]}`"
