"""What jobs and steps say of one another: needs, ids, what they use. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

from ....strict_yaml.values import Path
from .needs import check_needs
from .parts import Job, Step, composite_steps, jobs_of, mapping, text
from .source import Fault, Source, anchor_of
from .uses import check_uses
from .words import as_text, place, plain, quoted

# GitHub's parser: a letter or _ first, less than 100 characters, and nothing that begins with two _.
_ID = re.compile(r"(?!__)[A-Za-z_][A-Za-z0-9_-]{0,98}")
_GROUP_OWNERS = ("org", "organization", "ent", "enterprise")


def check_jobs(source: Source) -> list[Fault]:
    """All faults between jobs and steps; what is no mapping or list where it should be is not looked at."""
    if source.kind == "action":
        steps = composite_steps(source)
        return [*_ids(source, ("runs", "steps"), steps), *_uses(source, steps)]
    jobs = source.value.get("jobs")
    if not isinstance(jobs, dict):
        return []
    ill_named = [name for name in jobs if not _ID.fullmatch(name)]
    faults = [_bad_id(source, source.key(("jobs", name)), ("jobs", name), "job", name) for name in ill_named]
    for job in jobs_of(source):
        faults += _job(source, job)
    return [*_no_job_at_all(source, jobs), *faults, *check_needs(source, jobs)]


def _job(source: Source, job: Job) -> Iterator[Fault]:
    yield from _uses(source, [Step(job.path, job.value)])
    yield from _group(source, job)
    yield from _ids(source, (*job.path, "steps"), job.steps)
    yield from _uses(source, job.steps)


def _no_job_at_all(source: Source, jobs: dict[str, Any]) -> list[Fault]:
    if jobs:
        return []
    line, column = source.key(("jobs",))
    return [Fault("no-jobs", line, column, "`jobs` is empty", like="no jobs")]


def _uses(source: Source, users: Iterable[Step]) -> list[Fault]:
    return [fault for user in users if (fault := check_uses(source, user.path)) is not None]


def _ids(source: Source, path: Path, steps: Iterable[Step]) -> Iterator[Fault]:
    """The ids of the steps at `path`: well formed, and each only once."""
    seen: dict[str, int] = {}
    for step in steps:
        name = step.value.get("id")
        if name is None or isinstance(name, dict | list) or "${{" in str(name):
            continue
        where = (*step.path, "id")
        name = as_text(name)
        if not _ID.fullmatch(name):
            yield _bad_id(source, source.at(where), where, "step", name)
        elif name in seen:
            line, column = source.at(where)
            message = f"the id {quoted(name)} stands twice in {place(path)}, first on line {seen[name]}"
            yield Fault("duplicate-key", line, column, message, _anchor(where), like="a step's id twice")
        seen.setdefault(name, source.at(where)[0])


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


def _group(source: Source, job: Job) -> list[Fault]:
    """A group of runners may be named with its owner's kind before a slash."""
    group = text(mapping(job.value.get("runs-on")).get("group"))
    if "/" not in group or "${{" in group:
        return []
    owner, _, name = group.partition("/")
    if owner in _GROUP_OWNERS and name and "/" not in name:
        return []
    path = (*job.path, "runs-on", "group")
    line, column = source.at(path)
    message = f"{quoted(group)} is no group of runners: before the slash stands organization or enterprise"
    return [Fault("type", line, column, message, _anchor(path), like="the name of a group of runners")]


def _anchor(path: Path) -> str:
    return plain(anchor_of(path), 200)
