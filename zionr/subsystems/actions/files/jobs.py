"""What jobs and steps say of one another: needs, ids, what they use. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from ....model import JsonObject
from ....strict_yaml.values import Path
from .needs import check_needs
from .source import Fault, Source, anchor_of
from .uses import check_uses
from .words import as_text, place, plain, quoted

# GitHub's parser: a letter or _ first, less than 100 characters, and nothing that begins with two _.
_ID = re.compile(r"(?!__)[A-Za-z_][A-Za-z0-9_-]{0,98}")
_GROUP_OWNERS = ("org", "organization", "ent", "enterprise")


def check_jobs(source: Source) -> list[Fault]:
    """All faults between jobs and steps; what is no mapping or list where it should be is not looked at."""
    if source.kind == "action":
        steps = ("runs", "steps")
        return [*_ids(source, steps), *(fault for path, step in _steps(source, steps) for fault in _use(source, path))]
    faults: list[Fault] = []
    jobs = source.value.get("jobs")
    if not isinstance(jobs, dict):
        return faults
    for name, job in jobs.items():
        path: Path = ("jobs", name)
        if not _ID.fullmatch(name):
            faults.append(_bad_id(source, source.key(path), path, "job", name))
        if isinstance(job, dict):
            faults += _job(source, path, job)
    return [*_no_job_at_all(source, jobs), *faults, *check_needs(source, jobs)]


def _job(source: Source, path: Path, job: dict[str, Any]) -> Iterator[Fault]:
    yield from _use(source, path)
    yield from _group(source, (*path, "runs-on", "group"), job)
    yield from _ids(source, (*path, "steps"))
    for step, _ in _steps(source, (*path, "steps")):
        yield from _use(source, step)


def _no_job_at_all(source: Source, jobs: dict[str, Any]) -> list[Fault]:
    if jobs:
        return []
    line, column = source.key(("jobs",))
    return [Fault("no-jobs", line, column, "`jobs` is empty", like="no jobs")]


def _use(source: Source, path: Path) -> list[Fault]:
    fault = check_uses(source, path)
    return [] if fault is None else [fault]


def _ids(source: Source, path: Path) -> Iterator[Fault]:
    """The ids of one job's steps: well formed, and each only once."""
    seen: dict[str, int] = {}
    for step, content in _steps(source, path):
        name = content.get("id")
        if name is None or isinstance(name, dict | list) or "${{" in str(name):
            continue
        where = (*step, "id")
        name = as_text(name)
        if not _ID.fullmatch(name):
            yield _bad_id(source, source.at(where), where, "step", name)
        elif name in seen:
            line, column = source.at(where)
            message = f"the id {quoted(name)} stands twice in {place(path)}, first on line {seen[name]}"
            yield Fault("duplicate-key", line, column, message, _anchor(where), like="a step's id twice")
        seen.setdefault(name, source.at(where)[0])


def _steps(source: Source, path: Path) -> Iterator[tuple[Path, dict[str, Any]]]:
    node: Any = source.value
    for key in path:
        node = node.get(key) if isinstance(node, dict) else None
    for number, step in enumerate(node if isinstance(node, list) else ()):
        if isinstance(step, dict):
            yield (*path, number), step


def _bad_id(source: Source, mark: tuple[int, int], path: Path, kind: str, name: str) -> Fault:
    why = "begins with two underscores, which are reserved" if name.startswith("__") else "is no name for it"
    return Fault(
        rule="type",
        line=mark[0],
        column=mark[1],
        message=f"the id {quoted(name)} of a {kind} {why}",
        anchor=_anchor(path),
        hint="a letter or _ first, then letters, digits, - and _, less than 100",
        like=f"the id of a {kind}",
        actual=plain(name),
    )


def _group(source: Source, path: Path, job: dict[str, Any]) -> list[Fault]:
    """A group of runners may be named with its owner's kind before a slash."""
    runs_on = job.get("runs-on")
    group = runs_on.get("group") if isinstance(runs_on, dict) else None
    if not isinstance(group, str) or "/" not in group or "${{" in group:
        return []
    owner, _, name = group.partition("/")
    if owner in _GROUP_OWNERS and name and "/" not in name:
        return []
    line, column = source.at(path)
    message = f"{quoted(group)} is no group of runners: before the slash stands organization or enterprise"
    return [Fault("type", line, column, message, _anchor(path), like="the name of a group of runners")]


def local_uses(source: Source) -> list[JsonObject]:
    """What this repository's own actions and workflows it uses, in the shape of a file's `locals`."""
    found = []
    for path, content, kind in _users(source):
        uses = content.get("uses")
        if isinstance(uses, str) and uses.startswith("./") and "${{" not in uses:
            line, column = source.at((*path, "uses"))
            anchor = _anchor((*path, "uses"))
            found.append({"uses": plain(uses, 200), "kind": kind, "line": line, "column": column, "anchor": anchor})
    return found


def _users(source: Source) -> Iterator[tuple[Path, dict[str, Any], str]]:
    if source.kind == "action":
        for step, content in _steps(source, ("runs", "steps")):
            yield step, content, "action"
        return
    jobs = source.value.get("jobs")
    for name, job in jobs.items() if isinstance(jobs, dict) else ():
        if isinstance(job, dict):
            yield ("jobs", name), job, "workflow"
            for step, content in _steps(source, ("jobs", name, "steps")):
                yield step, content, "action"


def _anchor(path: Path) -> str:
    return plain(anchor_of(path), 200)
