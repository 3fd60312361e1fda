"""Findings about the runs of one workflow: failures in a row, a run without jobs, runs that are stuck. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from ....instants import clock, limit, span
from ....model import Finding, JsonObject, State
from ..github.decided import kept_runs
from ..github.runs import brief, label, stage
from ..settings import Settings
from .life import Life, failed_row

MOST_NAMED = 10
"""Runs that a finding names."""


def judge_runs(life: Life, settings: Settings) -> list[Finding]:
    """failing and run-without-jobs, one the other's cause; stuck. Of a disabled workflow only what is under way.

    The workflow that runs this very zionr ends as badly as what zionr finds: to call that failing would keep it so.
    """
    stuck = _stuck(life, settings)
    if life.is_disabled:
        return stuck
    empty = _without_jobs(life)
    cause = empty[0].id if empty else life.cause
    return [*empty, *([] if life.own else _failing(life, settings, cause)), *stuck]


def _failing(life: Life, settings: Settings, cause: str | None) -> list[Finding]:
    row = failed_row(life)
    if len(row) < life.settings.failures:
        return []
    kept = kept_runs(settings)
    newest = row[0]
    return [
        life.finding(
            "failing",
            State.CRITICAL,
            f"{_how(life, row, kept)}; newest run {label(newest)}",
            expected=f"fewer than {life.settings.failures} in a row",
            actual=len(row),
            evidence={"run": brief(newest), "runs": [run["id"] for run in row[:MOST_NAMED]]},
            hint=f"its log: {newest['url']}",
            caused_by=cause,
        )
    ]


def _how(life: Life, row: Sequence[JsonObject], kept: int) -> str:
    """A row that fills what was kept, or what was seen, may be longer."""
    since = clock(row[-1]["created_at"], life.now)
    if len(row) == 1:
        return f"failed {since}"
    is_whole = len(row) < len(life.recent) or (len(row) < kept and life.is_seen_whole)
    least = "" if is_whole else "at least "
    return f"failed {least}{len(row)} times in a row since {since}"


def _without_jobs(life: Life) -> list[Finding]:
    newest = life.newest
    if newest is None or not is_without_jobs(newest):
        return []
    return [
        life.finding(
            "run-without-jobs",
            State.CRITICAL,
            f"run {label(newest)} failed at {clock(newest['created_at'], life.now)} without a single job: "
            "GitHub does not take the file",
            evidence={"run": brief(newest)},
            hint=f"what GitHub says of the file: {newest['url']}",
            caused_by=life.cause,
        )
    ]


def is_without_jobs(run: JsonObject) -> bool:
    """Whether a run failed before it had a job. One that was cancelled in the queue has none either, and is healthy."""
    return run["jobs"] == 0 and run["status"] == "completed" and run["conclusion"] in ("failure", "startup_failure")


def _stuck(life: Life, settings: Settings) -> list[Finding]:
    stuck = stuck_runs(life, settings)
    if not stuck:
        return []
    oldest = stuck[0]
    more = f", and {len(stuck) - 1} more" if len(stuck) > 1 else ""
    most = _limits(settings)[oldest["status"]]
    return [
        life.finding(
            "stuck",
            State.WARNING,
            f"run {label(oldest)} is {stage(oldest)} for {span(life.now - since(oldest))}, limit {limit(most)}{more}",
            expected=f"at most {limit(most)}",
            actual=span(life.now - since(oldest)),
            evidence={"run": brief(oldest), "runs": [run["id"] for run in stuck[:MOST_NAMED]]},
            hint=f"what it waits for: {oldest['url']}",
        )
    ]


def stuck_runs(life: Life, settings: Settings) -> list[JsonObject]:
    """Its runs that have been on their way for too long, the oldest first.

    `waiting` is for a person's approval, which may take 30 days, and `pending` for another run: neither is stuck.
    """
    limits = _limits(settings)
    under_way = [run for run in life.open if run["status"] in limits]
    return sorted((run for run in under_way if life.now - since(run) > limits[run["status"]]), key=since)


def _limits(settings: Settings) -> dict[str, float]:
    return {"queued": settings.queued_s, "in_progress": settings.in_progress_s}


def since(run: JsonObject) -> float:
    """When this attempt began: a re-run keeps the `created_at` of the first."""
    return float(max(run["created_at"], run["started_at"] or 0.0))
