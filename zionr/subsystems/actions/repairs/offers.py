"""Each remedy for a workflow's life as a candidate, with what speaks against it. Pure.

`action` holds what `act` needs beside GitHub's own answers: `name` and `workflow` (its id) of what is touched, `run`
(an id), `runs` [{id, status, attempt}], `branch`; `backup`, the id of the workflow that must not be under way. Of a
dispatch also `ref`; `before`, the id of its newest dispatched run until now: a higher one is the one that is meant;
`primary`, the id of the workflow whose work is missing, `because` (overdue or failing), and `since` when.
"""

from __future__ import annotations

from ....model import Candidate, Finding, JsonObject
from ..judging.life import Life, failed_row
from ..judging.runs import stuck_runs
from .preconditions import Ground, against_backup, against_dispatch, against_enable, against_rerun, needed_since

ENABLE_TIMEOUT_S = 30.0
LOOKS_S = 30.0
"""For the requests of a cancellation, beside what it waits."""
MOST_CANCELLED = 5
"""Runs that one step cancels: a second lies between two requests, and all of them are looked at again and again."""


def enable(finding: Finding, ground: Ground) -> Candidate:
    """Enable what was disabled for inactivity; never what a person or a fork disabled."""
    life = ground.life(str(finding.target))
    return Candidate(
        remedy="actions/enable",
        findings=(finding.id,),
        targets=finding.covers,
        command=f"PUT {_path(ground)}/workflows/{life.name}/enable",
        undo=f"PUT {_path(ground)}/workflows/{life.name}/disable",
        timeout_s=ENABLE_TIMEOUT_S,
        action={"name": life.name, "workflow": _id(life)},
        needs="a workflow that GitHub disabled for inactivity, and a file that it takes",
        refusal=against_enable(life, ground),
    )


def rerun(finding: Finding, ground: Ground) -> Candidate:
    """Run the failed jobs of the newest run again, where that cannot bring an old commit back."""
    life = ground.life(str(finding.target))
    row = failed_row(life)
    run = row[0]["id"] if row else None
    return Candidate(
        remedy="actions/rerun",
        findings=(finding.id,),
        targets=finding.covers,
        command=f"POST {_path(ground)}/runs/{run}/rerun-failed-jobs",
        undo="irreversible",
        timeout_s=ground.settings.step_timeout_s,
        action={
            "name": life.name,
            "workflow": _id(life),
            "run": run,
            "branch": life.branch,
            "backup": _id(ground.backup_of(life)),
        },
        needs="its newest run on the branch: failed, never re-run, at the branch's head, no other under way",
        refusal=against_rerun(life, ground),
    )


def dispatch(finding: Finding, ground: Ground) -> Candidate:
    """Start the workflow itself."""
    life = ground.life(str(finding.target))
    overdue = finding.rule == "actions/overdue"
    refusal = against_dispatch(life, ground, overdue=overdue)
    return _start("actions/dispatch", finding, life, life, ground, refusal)


def backup(finding: Finding, ground: Ground) -> list[Candidate]:
    """Start the backup that the policy names for it; none where it names none."""
    life = ground.life(str(finding.target))
    other = ground.backup_of(life)
    if other is None:
        return []
    refusal = against_backup(life, other, ground, overdue=finding.rule == "actions/overdue")
    return [_start("actions/backup", finding, other, life, ground, refusal)]


def cancel(finding: Finding, ground: Ground) -> Candidate:
    """Cancel the runs that are stuck, the oldest first."""
    life = ground.life(str(finding.target))
    stuck = stuck_runs(life, ground.settings)[:MOST_CANCELLED]
    runs = [{key: run[key] for key in ("id", "status", "attempt")} for run in stuck]
    return Candidate(
        remedy="actions/cancel",
        findings=(finding.id,),
        targets=finding.covers,
        command="; ".join(f"POST {_path(ground)}/runs/{run['id']}/cancel" for run in runs) or "POST",
        undo="irreversible",
        timeout_s=2 * ground.settings.cancel_wait_s + LOOKS_S,
        action={"name": life.name, "workflow": _id(life), "runs": runs},
        needs="runs that are queued or in progress for longer than the policy's `stuck`",
        refusal=None if runs else "no run of it is stuck any more",
    )


def _start(remedy: str, finding: Finding, life: Life, primary: Life, ground: Ground, refusal: str | None) -> Candidate:
    """A dispatch of `life` for the work of `primary`, which is the same or has it as its backup."""
    because = finding.rule.partition("/")[2]
    last: JsonObject = life.runs["dispatched"] or {"id": 0}
    action = {"name": life.name, "workflow": _id(life), "ref": life.branch, "before": last["id"]}
    since = needed_since(primary, overdue=because == "overdue")
    return Candidate(
        remedy=remedy,
        findings=(finding.id,),
        targets=finding.covers,
        command=f"POST {_path(ground)}/workflows/{life.name}/dispatches on {life.branch}",
        undo="irreversible",
        timeout_s=ground.settings.step_timeout_s,
        action={
            **action,
            "primary": _id(primary),
            "because": because,
            "since": since,
            "backup": _id(ground.backup_of(primary)),
        },
        needs="an active workflow with workflow_dispatch and no required inputs, and no run of it under way",
        refusal=refusal,
    )


def _path(ground: Ground) -> str:
    return f"/repos/{ground.api['repository']}/actions"


def _id(life: Life | None) -> int | None:
    """GitHub's number of a workflow: a name may be one that the API takes for a number."""
    return None if life is None or life.known is None else int(life.known["id"])
