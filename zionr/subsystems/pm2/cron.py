"""Findings about a process that PM2 runs by the clock: between two runs it is stopped, and that is healthy."""

from __future__ import annotations

from ...instants import iso, limit, span
from ...model import Finding, JsonObject, State
from .endings import death_of
from .life import Life

GRACE_S = 300.0
"""A run that is late by less is not missed: PM2 fires on the minute, and a host may be busy."""


def judge_job(life: Life) -> list[Finding]:
    """cron-failed where the last run ended badly, cron-stale where one is overdue, missing where PM2 has none."""
    if life.settings.desired != "running":
        return []
    if not life.rows:
        missing = "PM2 does not know this job"
        return [life.finding("process-missing", State.CRITICAL, missing, expected=1, actual=0)]
    row = max(life.rows, key=lambda one: one["started_at"] or 0)
    return [*_failed(life, row), *_stale(life, row)] or _unjudged(life, row)


def _failed(life: Life, row: JsonObject) -> list[Finding]:
    if row["status"] == "errored":
        death: str | None = "PM2 gave up on it"
    else:
        death = death_of(row) if row["status"] == "stopped" and not row["end"]["stopping"] else None
    if death is None:
        return []
    return [
        life.finding(
            "cron-failed",
            State.CRITICAL,
            f"its last run ended badly: {death}",
            evidence={"pm_id": row["id"], "exit_code": row["exit_code"], "last_error": row["last_error"]},
            hint="a restart would run the job now, so zionr never does it",
        )
    ]


def _stale(life: Life, row: JsonObject) -> list[Finding]:
    late = _lateness(life, row)
    if late is None:
        return []
    expected, message = late
    return [
        life.finding(
            "cron-stale",
            State.CRITICAL,
            message,
            expected=expected,
            actual=iso(row["started_at"]) if row["started_at"] is not None else None,
            evidence={"pm_id": row["id"], "cron": row["cron"]},
            hint="PM2 fires a cron only while its daemon runs and the process is in its list",
        )
    ]


def _unjudged(life: Life, row: JsonObject) -> list[Finding]:
    """Without a max_age and a cron that can be read, a job that never runs again would look well for ever."""
    if life.settings.max_age_s is not None or row.get("due_at") is not None:
        return []
    cron = row["cron"]
    why = "PM2 has no cron for it" if cron is None else f"its cron {cron[:60]!r} names no time that can be told"
    return [
        life.finding(
            "cron-unjudged",
            State.UNKNOWN,
            f"nobody knows when it had to run: {why}",
            evidence={"pm_id": row["id"], "cron": cron},
            hint="set its max_age in the policy",
        )
    ]


def _lateness(life: Life, row: JsonObject) -> tuple[str | None, str] | None:
    """(since when a run was expected, in words) where one is overdue: by the policy's max_age, else by the cron."""
    # A job that never ran is late from when it was made.
    last, most = row["started_at"] or row["created_at"], life.settings.max_age_s
    if last is None:
        return (None, "it has never run") if row["status"] != "launching" else None
    if most is not None:
        age = life.now - last
        return (iso(life.now - most), f"last ran {span(age)} ago, limit {limit(most)}") if age > most else None
    due = row.get("due_at")
    # A minute of tolerance: PM2 stamps the start a moment before or after the full minute.
    if due is None or last >= due - 60:
        return None
    return iso(due), f"was due {span(life.now - due)} ago and did not run"
