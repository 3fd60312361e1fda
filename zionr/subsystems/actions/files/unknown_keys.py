"""Keys that stand where GitHub knows none of that name, and what probably happened to them. Pure."""

from __future__ import annotations

import re
from difflib import get_close_matches
from typing import Any

from ....model import JsonObject
from ....strict_yaml.values import Path
from .source import Fault, Source, anchor_of
from .words import listing, pattern, place, plain, quoted

_SHELL_NAME = re.compile(r"[A-Z][A-Z0-9_]*")
_MOST_COMPARED = 40
"""A longer key is not compared with the known ones: nobody mistypes that much."""

_INPUTS_OF_ACTIONS = frozenset(
    {
        *("fetch-depth", "node-version", "python-version", "go-version", "java-version", "cache", "token", "ref"),
        *("path", "repository", "submodules", "persist-credentials", "registry-url", "distribution", "args", "key"),
        *("restore-keys", "github-token", "script", "retention-days"),
    }
)
_OF_CALL = "a job that calls a reusable workflow (`uses`) takes none"


def unknown_keys(source: Source, path: Path, names: list[str], known: list[str], schema: JsonObject) -> list[Fault]:
    """The faults of one mapping's unknown keys: one for all that lost the same parent, else one for each."""
    faults: list[Fault] = []
    lost: dict[str, list[str]] = {}
    for name in names:
        parent = _lost_parent(path, name, known, schema)
        if parent is None:
            faults.append(_unknown(source, path, name, known))
        else:
            lost.setdefault(parent, []).append(name)
    return [*faults, *(_orphans(source, path, parent, those) for parent, those in lost.items())]


def opposite(source: Source, path: Path) -> Fault:
    """A key that its neighbour excludes: `run` beside `uses`, `options` for an input that is no choice."""
    name, over = path[-1], path[:-1]
    line, column = source.key(path)
    beside = "an input whose type is not choice" if name == "options" else _way(source, over)
    return Fault(
        rule="unknown-key",
        line=line,
        column=column,
        message=f"{quoted(name)} under {place(over)}: {beside} takes none",
        anchor=_anchor(path),
        hint="a step either runs a command or uses an action" if name == "run" else None,
        like=f"{plain(name)} in {pattern(over)}",
    )


def _way(source: Source, path: Path) -> str:
    node: Any = source.value
    for step in path:
        node = node[step]
    return "a step with `uses`" if "uses" in node else "a step without `uses`"


def _unknown(source: Source, path: Path, name: str, known: list[str]) -> Fault:
    guess = closest(name, known)
    line, column = source.key((*path, name))
    hint = f"did you mean {quoted(guess)}?" if guess else _explain(source, path, name, known)
    where = "at the top of the file" if not path else f"under {place(path)}"
    return Fault(
        rule="unknown-key",
        line=line,
        column=column,
        message=f"{quoted(name)} {where} is no key that GitHub knows",
        anchor=_anchor((*path, name)),
        hint=hint,
        like=f"{plain(name)} under {pattern(path) or 'the top'}",
        expected=guess,
        actual=plain(name),
    )


def closest(name: str, known: list[str]) -> str | None:
    """The known word that `name` was probably meant to be, or None; `-`, `_` and case make no difference."""
    if len(name) > _MOST_COMPARED:
        return None
    plainly = {key.lower().replace("_", "-"): key for key in known}
    close = get_close_matches(name.lower().replace("_", "-"), list(plainly), n=1, cutoff=0.75)
    return plainly[close[0]] if close else None


def _explain(source: Source, path: Path, name: str, known: list[str]) -> str | None:
    if "uses" in known and "steps" not in known and "secrets" in known:
        return _OF_CALL
    shown = ", ".join(sorted(known)[:12])
    return f"known there: {shown}" + (", …" if len(known) > 12 else "") if known else None


def _orphans(source: Source, path: Path, parent: str, names: list[str]) -> Fault:
    """Keys that belong under a key which is gone: `contents: write` below `concurrency:`."""
    line, column = source.key((*path, names[0]))
    shown = listing([quoted(name) for name in names[:4]] + (["…"] if len(names) > 4 else []), "and")
    where = "at the top of the file" if not path else f"under {place(path)}"
    subject = "these keys" if len(names) > 1 else plain(names[0])
    same = plain(names[0]) if parent != "permissions" else "permission keys"
    return Fault(
        rule="unknown-key",
        line=line,
        column=column,
        message=f"{shown} {where}: did `{parent}:` get lost above {'them' if len(names) > 1 else 'it'}?",
        anchor=_anchor((*path, names[0])),
        hint=f"put `{parent}:` back above {subject}, and indent {'them' if len(names) > 1 else 'it'} below it",
        like=f"{same} under {pattern(path) or 'the top'}",
    )


def _lost_parent(path: Path, name: str, known: list[str], schema: JsonObject) -> str | None:
    """The key under which `name` would belong, and which may stand in this mapping or beside it."""
    if name in _permissions(schema) and closest(name, known) is None:
        return "permissions"
    if _is_step(path):
        if name in _INPUTS_OF_ACTIONS:
            return "with"
        return "env" if _SHELL_NAME.fullmatch(name) else None
    if _is_job(path):
        if name in ("run",):
            return "steps"
        return "env" if _SHELL_NAME.fullmatch(name) else None
    if path == ("on",) and name == "cron":
        return "schedule"
    if not path:
        return _lost_at_top(name)
    return None


def _lost_at_top(name: str) -> str | None:
    if name in ("runs-on", "steps", "needs", "strategy", "timeout-minutes"):
        return "jobs"
    if name in ("group", "cancel-in-progress"):
        return "concurrency"
    if name in ("push", "pull_request", "schedule", "workflow_dispatch", "workflow_call", "workflow_run"):
        return "on"
    return "env" if _SHELL_NAME.fullmatch(name) else None


def _permissions(schema: JsonObject) -> frozenset[str]:
    forms = schema.get("properties", {}).get("permissions", {}).get("anyOf", [])
    return frozenset(name for form in forms for name in form.get("properties", ()))


def _is_step(path: Path) -> bool:
    return len(path) >= 2 and path[-2] == "steps" and isinstance(path[-1], int)


def _is_job(path: Path) -> bool:
    return len(path) == 2 and path[0] == "jobs"


def _anchor(path: Path) -> str:
    return plain(anchor_of(path), 200)
