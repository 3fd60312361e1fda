"""What `uses:` of a step or a job may say. Pure.

GitHub's parser takes any text there; its server refuses a run where an action has no ref, so these faults are told
from the form alone (docs.github.com, "Workflow syntax", `jobs.<job_id>.steps[*].uses` and `jobs.<job_id>.uses`).
"""

from __future__ import annotations

import re
from typing import Any

from ....strict_yaml.values import Path
from .source import Fault, Source, anchor_of
from .words import plain, quoted

_ACTION = re.compile(r"[\w.-]+/[\w.-]+(?:/[^@\s]*)?@[^\s@][^\s]*")
_DOCKER = re.compile(r"docker://[^\s/][^\s]*")
_LOCAL = re.compile(r"(?:\.|\$)[/\\][^@]*")
_CALLED = re.compile(r"[\w.-]+/[\w.-]+/\.github/workflows/[^/@\s]+\.ya?ml@[^\s@][^\s]*")
_CALLED_HERE = re.compile(r"[.$]/\.github/workflows/[^/@\s]+\.ya?ml")
_LONGEST = 1000
HERE = ("./", "$/")
"""How what a repository itself has is named; `$/` is the workflow's repository, whatever was checked out."""


def check_uses(source: Source, path: Path) -> Fault | None:
    """uses-invalid for the step or job at `path`; None where it uses nothing, or its text is well formed."""
    node: Any = source.value
    for key in path:
        node = node[key]
    uses = node.get("uses")
    if not isinstance(uses, str) or not uses or "${{" in uses:
        return None
    called = len(path) == 2 and path[0] == "jobs"
    reason = _refuse_called(uses[:_LONGEST]) if called else _refuse_action(uses[:_LONGEST])
    if reason is None:
        return None
    line, column = source.at((*path, "uses"))
    return Fault(
        rule="uses-invalid",
        line=line,
        column=column,
        message=f"{quoted(uses)} {reason[0]}",
        anchor=plain(anchor_of((*path, "uses")), 200),
        hint=reason[1],
        like=f"uses {plain(uses)}",
        actual=plain(uses),
    )


def _refuse_action(uses: str) -> tuple[str, str] | None:
    """What is wrong, and how it is written; None where nothing is."""
    if uses.startswith("docker://"):
        return None if _DOCKER.fullmatch(uses) else ("names no image", "docker://IMAGE:TAG")
    if uses.startswith((".", "$/")):
        if _LOCAL.fullmatch(uses):
            return None
        return "is an action of this repository, which takes no ref", "write ./PATH without the @"
    if _ACTION.fullmatch(uses):
        return None
    if "@" not in uses and "/" in uses:
        return "has no ref", f"write {plain(uses)}@ and a commit, a tag or a branch"
    return "is no action", "owner/repository@ref, ./path, or docker://image"


def _refuse_called(uses: str) -> tuple[str, str] | None:
    if _CALLED.fullmatch(uses) or _CALLED_HERE.fullmatch(uses):
        return None
    form = "./.github/workflows/FILE.yml, or owner/repository/.github/workflows/FILE.yml@ref"
    if uses.startswith(".") and "@" in uses:
        return "is a workflow of this repository, which takes no ref", form
    if "/.github/workflows/" in uses and "@" not in uses and not uses.startswith("."):
        return "has no ref", form
    return "is no reusable workflow", form
