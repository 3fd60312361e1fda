"""What must hold before a run is started, by the runs of its workflow. Pure: asked of an old look and of a fresh one.

Each function gives the reason against it, None where there is none.
"""

from __future__ import annotations

from collections.abc import Iterable

from ....instants import clock
from ....model import JsonObject
from ..github.runs import FAILED, is_of_pull_request, label, newest_of, stage

RERUN_AGE_S = 30 * 86_400.0
"""GitHub's documentation, "Re-running workflows and jobs": within 30 days of the first run."""


def against_rerun(run: JsonObject, runs: Iterable[JsonObject], branch: str, head: str | None, now: float) -> str | None:
    """Why this failed run must not run again. `runs` are all that are known of its workflow, `head` its branch's.

    A re-run uses the commit and the workflow file of the first: on a branch that moved it would bring old work back.
    """
    on_branch = [one for one in runs if one["branch"] == branch and not is_of_pull_request(one)]
    newest = newest_of([run, *on_branch])
    if newest is not None and newest["id"] != run["id"]:
        return f"run {label(newest)} is newer"
    return against_start(runs) or _against_this(run, head, now)


def against_start(runs: Iterable[JsonObject]) -> str | None:
    """A run that has not ended, whatever started it but a pull request: another would work beside it."""
    under_way = newest_of(one for one in runs if one["status"] != "completed" and not is_of_pull_request(one))
    return None if under_way is None else f"run {label(under_way)} is {stage(under_way)}"


def _against_this(run: JsonObject, head: str | None, now: float) -> str | None:
    if run["conclusion"] not in FAILED:
        return f"run {label(run)} ended as {run['conclusion']}"
    if run["attempt"] > 1:
        return f"run {label(run)} was run again already, and failed again"
    if run["jobs"] == 0 or run["conclusion"] == "startup_failure":
        return "its file was broken, and a re-run uses the same file"
    if run["conclusion"] == "stale":
        return f"run {label(run)} never ended, so none of its jobs failed"
    if run["sha"] != head:
        at = "gone" if head is None else f"at {head[:7]}"
        return f"its branch is {at} now; a re-run would use the old commit {str(run['sha'])[:7]}"
    if now - run["created_at"] >= RERUN_AGE_S:
        return "it is older than 30 days, and GitHub runs it no more"
    return None


def against_repetition(run: JsonObject, head: str | None) -> str | None:
    """Why a dispatch would only repeat what failed: this newest failure is of the same commit.

    There a re-run is what fits, and where that does not, nothing does.
    """
    if run["sha"] != head:
        return None
    if run["attempt"] > 1 or run["event"] == "workflow_dispatch":
        return f"it failed again at {str(run['sha'])[:7]}; a new commit, or a person, is needed"
    return f"it failed at {str(run['sha'])[:7]}, where its branch is: a dispatch would only repeat that"


def success_since(runs: Iterable[JsonObject], since: float, now: float) -> str | None:
    """A run that began since then and succeeded: its work is done."""
    done = newest_of(one for one in runs if one["conclusion"] == "success" and one["created_at"] >= since)
    return None if done is None else f"run {label(done)} did the work {clock(done['created_at'], now)}"


def over_since(runs: Iterable[JsonObject], because: str, since: float, now: float) -> str | None:
    """Whether the fault is over: a run succeeded, or for an overdue workflow its schedule was kept."""
    runs = [run for run in runs if not is_of_pull_request(run)]
    if because != "overdue":
        return success_since(runs, since, now)
    began = newest_of(run for run in runs if run["event"] == "schedule" and run["created_at"] >= since)
    if began is not None:
        return f"run {label(began)} began on schedule {clock(began['created_at'], now)}"
    return success_since([run for run in runs if run["event"] == "workflow_dispatch"], since, now)
