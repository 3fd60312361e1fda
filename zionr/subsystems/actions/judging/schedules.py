"""Findings about the timetable of one workflow: overdue, or that nobody can tell whether it is. Pure."""

from __future__ import annotations

from typing import NamedTuple

from ....instants import clock, iso, limit, span
from ....model import Finding, JsonObject, State
from ..github.runs import label, newest_of
from .life import Life

TOLERANCE_S = 60.0
"""GitHub stamps a scheduled run to the second, a moment before or after the full minute."""


class Due(NamedTuple):
    """A run had to begin at `at` or later; `unseen` where the runs are not known as far back as that."""

    at: float
    last: JsonObject | None
    unseen: bool


def due_of(life: Life) -> Due | None:
    """The run that is missing; None where none had to begin, or one did.

    No time counts before the file was there, before it was enabled, or before the last change of its cron.
    """
    at = _expected(life)
    if life.known is None or life.is_disabled or life.state is None or at is None:
        return None
    if at < max(life.known["created_at"], life.known["updated_at"], life.cron_since or 0.0):
        return None
    last = _last(life)
    if last is not None and last["created_at"] >= at - TOLERANCE_S:
        return None
    unseen = last is None and life.seen_since is not None and life.seen_since > at - TOLERANCE_S
    return Due(at, last, unseen)


def _expected(life: Life) -> float | None:
    if life.settings.max_age_s is not None:
        return life.now - life.settings.max_age_s
    return None if life.due is None else life.due["expected"]


def _last(life: Life) -> JsonObject | None:
    """The newest scheduled run; of a workflow without a schedule, for which only `max_age` counts, any run."""
    return life.runs["scheduled"] if life.is_scheduled else life.newest


def judge_due(life: Life, due: Due, substitutes: JsonObject) -> Finding:
    """overdue: a warning, or critical where the policy calls the workflow critical and nothing stood in for it.

    `substitutes` maps file names to runs: what may have done the work all the same.
    """
    covered = cover_of(due, substitutes)
    critical = life.critical and covered is None
    return life.finding(
        "overdue",
        State.CRITICAL if critical else State.WARNING,
        _message(life, due, covered),
        expected=iso(due.at),
        actual=None if due.last is None else iso(due.last["created_at"]),
        evidence=_evidence(life, due, covered),
        hint=f"GitHub starts schedules late or not at all under load; its runs: {(life.known or {})['url']}",
        caused_by=life.cause,
    )


def cover_of(due: Due, substitutes: JsonObject) -> JsonObject | None:
    """The newest run that began since one was due and succeeded, with the file's name as `workflow`."""
    good = [
        {**run, "workflow": name}
        for name, runs in substitutes.items()
        for run in runs
        if run["conclusion"] == "success" and run["created_at"] >= due.at - TOLERANCE_S
    ]
    return newest_of(good)


def _message(life: Life, due: Due, covered: JsonObject | None) -> str:
    last = due.last
    ago = None if last is None else f"{label(last)}, {span(life.now - last['created_at'])} ago"
    if life.settings.max_age_s is not None:
        most = limit(life.settings.max_age_s)
        told = f"its last run was {ago}, limit {most}" if ago else f"it has never run on its own, limit {most}"
    else:
        was = f"was due {clock(due.at, life.now)}, {span(life.now - due.at)} ago, and did not run"
        told = f"{was}; its last was {ago}" if ago else f"{was}; no scheduled run of it is known"
    return told if covered is None else f"{told}; {_standing_in(life, covered)}"


def _standing_in(life: Life, covered: JsonObject) -> str:
    who = "a run by dispatch" if covered["workflow"] == life.name else covered["workflow"]
    return f"{who} did the work {clock(covered['created_at'], life.now)}"


def _evidence(life: Life, due: Due, covered: JsonObject | None) -> JsonObject:
    found: JsonObject = {"due_at": due.at, "url": (life.known or {})["url"]}
    if due.last is not None:
        found["last"] = {key: due.last[key] for key in ("id", "number", "created_at", "url")}
    if covered is not None:
        found["covered_by"] = {key: covered[key] for key in ("workflow", "id", "number", "created_at", "url")}
    return found
