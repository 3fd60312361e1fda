"""Builders for tests of workflow files: FILE facts, and a strict stand-in for the inspection of a content."""

from __future__ import annotations

import json
from typing import Any

from tests.unit.actions.rules import WORKFLOWS
from zionr.model import JsonObject


def fault(rule: str = "type", **changes: Any) -> JsonObject:
    made = {"rule": rule, "line": 3, "column": 5, "message": f"{rule} is wrong", "anchor": None, "hint": None}
    return {**made, "like": None, "expected": None, "actual": None, **changes}


def inspected(**changes: Any) -> JsonObject:
    """What `files.inspect` says of a file that is well: one job with two steps."""
    return {
        "faults": [],
        "readable": True,
        "name": "Example",
        "triggers": ["push"],
        "inputs": [],
        "crons": [],
        "groups": [],
        "locals": [],
        "environment": False,
        "calls_elsewhere": False,
        "jobs": 1,
        "steps": 2,
        "real_steps": 1,
        "blocks": [],
        "large_blocks": 0,
        **changes,
    }


def file(path: str = f"{WORKFLOWS}/ci.yml", **changes: Any) -> JsonObject:
    return {"path": path, "digest": "0" * 40, "size": 120, **inspected(**changes)}


def facts(workflows: dict[str, JsonObject] | None = None, **changes: Any) -> JsonObject:
    """FILES with these workflows, each at its place in the folder."""
    named = {"ci.yml": {}} if workflows is None else workflows
    return {
        "folder": WORKFLOWS,
        "only": None,
        "pointed_at": False,
        "problem": None,
        "workflows": {name: file(f"{WORKFLOWS}/{name}", **more) for name, more in named.items()},
        "actions": {},
        "litter": [],
        "history": {"reach": "none", "reason": None, "of": {}},
        "tools": {},
        "shell": "checked",
        "shell_left": 0,
        "shell_large": 0,
        **changes,
    }


def told(commit: str = "c0ffee") -> JsonObject:
    """What is told of a commit."""
    return {"commit": commit, "subject": "fix all", "author": "bot", "at": 1.0}


def history(commit: str | None = None, **changes: Any) -> JsonObject:
    """HISTORY of a file that this commit broke."""
    broken = None if commit is None else told(commit)
    good = None if commit is None else {**told("900d"), "blob": "b10b", "real_steps": 4}
    return {"versions": 3, "complete": True, "good": good, "broken_by": broken, "most_real_steps": 4, **changes}


class Inspector:
    """Reads a file's content as JSON: the changes against a file that is well. It remembers what it was asked."""

    def __init__(self) -> None:
        self.asked: list[tuple[bytes, str]] = []

    def __call__(self, content: bytes, kind: str) -> JsonObject:
        self.asked.append((content, kind))
        return inspected(**json.loads(content or b"{}"))


def uses(what: str, kind: str = "action", *, brought: bool = False) -> JsonObject:
    return {"uses": what, "kind": kind, "brought": brought, "line": 7, "column": 9, "anchor": "jobs.build.steps.0.uses"}


def block(text: str, line: int = 10, shell: str = "bash") -> JsonObject:
    return {"text": text, "line": line, "anchor": "jobs.build.steps.1.run", "shell": shell}
