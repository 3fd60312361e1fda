"""Jobs without a time limit, and actions that somebody else can change afterwards."""

from __future__ import annotations

import re

from .....strict_yaml.values import Path
from ..parts import Job, Step, composite_steps, jobs_of, listed, never_runs, text
from ..source import Fault, Source
from ..words import plain

_COMMIT = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}", re.IGNORECASE)
_GITHUBS_OWN = ("actions/", "github/")
_MOST_NAMED = 20


def timeout_faults(source: Source) -> list[Fault]:
    """One no-timeout (a note) for all jobs without `timeout-minutes`, at the first of them.

    A job that calls a reusable workflow may have none; one whose every step has its own limit needs none.
    """
    jobs = [job for job in jobs_of(source) if not text(job.value.get("uses"))]
    endless = [job for job in jobs if not _ends(job)]
    if not endless:
        return []
    line, column = source.key(endless[0].path)
    names = [job.id for job in endless]
    counted = "job" if len(names) == 1 else f"{len(names)} of {len(jobs)} jobs:"
    return [
        Fault(
            rule="no-timeout",
            line=line,
            column=column,
            message=f"no timeout-minutes in {counted} {listed(names)}",
            hint="without one GitHub stops a job after 6 hours",
            like="jobs without timeout-minutes",
            actual=[plain(name) for name in names[:_MOST_NAMED]],
        )
    ]


def unpinned_faults(source: Source) -> list[Fault]:
    """One unpinned (a note) for all uses of other people's actions by a tag or branch, at the first of them.

    Actions of GitHub itself are named only beside others': whoever could move their tags runs the job anyway.
    """
    used = [(path, uses) for path, uses in _uses(source) if _is_loose(uses)]
    foreign = [(path, uses) for path, uses in used if not uses.lower().startswith(_GITHUBS_OWN)]
    if not foreign:
        return []
    line, column = source.at(foreign[0][0])
    names = list(dict.fromkeys(uses for _, uses in foreign))
    own = [uses for _, uses in used if uses.lower().startswith(_GITHUBS_OWN)]
    return [
        Fault(
            rule="unpinned",
            line=line,
            column=column,
            message=f"used by a name that can be moved to other code: {listed(names)}",
            hint="name the full commit hash, with the version in a comment behind it",
            like="actions that are not pinned to a commit",
            expected="owner/name@<commit hash>",
            actual=[plain(uses) for uses in dict.fromkeys([*names, *own])][:_MOST_NAMED],
        )
    ]


def _ends(job: Job) -> bool:
    if job.value.get("timeout-minutes") is not None or never_runs(job.value):
        return True
    steps = job.steps
    return bool(steps) and all(step.value.get("timeout-minutes") is not None for step in steps)


def _uses(source: Source) -> list[tuple[Path, str]]:
    """Every `uses` and its path, in the file's order."""
    parts: list[Job | Step] = [*composite_steps(source)]
    for job in jobs_of(source):
        parts += [job, *job.steps]
    return [((*part.path, "uses"), uses) for part in parts if (uses := text(part.value.get("uses")).strip())]


def _is_loose(uses: str) -> bool:
    """Whether it names code that can change; what is no reference at all is another rule's."""
    if uses.startswith("./") or "${{" in uses:
        return False
    if uses.startswith("docker://"):
        return "@sha256:" not in uses
    name, at, reference = uses.rpartition("@")
    return bool(at and name and reference) and not _COMMIT.fullmatch(reference)
