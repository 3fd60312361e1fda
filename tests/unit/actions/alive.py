"""What GitHub tells of workflows, as `facts` hold it: every builder makes something healthy, and takes what differs."""

from __future__ import annotations

from typing import Any

from tests.support import NOW
from zionr.model import Finding, JsonObject, Observation, State

HOUR = 3600.0
DAY = 24 * HOUR
HEAD = "a1" * 20
OLD = "b2" * 20
SITE = "https://github.example/octo/site"


def run(identity: int = 40, ago: float = HOUR, **changes: Any) -> JsonObject:
    """A run on main that succeeded, begun `ago` seconds before NOW."""
    return {
        "id": identity,
        "number": identity,
        "event": "push",
        "status": "completed",
        "conclusion": "success",
        "attempt": 1,
        "created_at": NOW - ago,
        "started_at": NOW - ago,
        "updated_at": NOW - ago + 60,
        "branch": "main",
        "sha": HEAD,
        "url": f"{SITE}/actions/runs/{identity}",
        "name": "CI",
        "path": ".github/workflows/ci.yml",
        "jobs": None,
        **changes,
    }


def failed(identity: int = 40, ago: float = HOUR, **changes: Any) -> JsonObject:
    return run(identity, ago, **{"conclusion": "failure", "jobs": 1, **changes})


def under_way(identity: int = 41, ago: float = 60.0, workflow: str = "ci.yml", **changes: Any) -> JsonObject:
    """A run that has not ended, as `facts.api.open` has it."""
    return run(identity, ago, **{"status": "in_progress", "conclusion": None, "workflow": workflow, **changes})


def runs(*recent: JsonObject, **changes: Any) -> JsonObject:
    """The part of one workflow in `facts.api.runs`, from its runs that ended, newest first."""

    def newest(event: str) -> JsonObject | None:
        return next((one for one in recent if one["event"] == event), None)

    return {
        "newest": recent[0] if recent else None,
        "recent": [one for one in recent if one["conclusion"] not in ("cancelled", "skipped")],
        "scheduled": newest("schedule"),
        "dispatched": newest("workflow_dispatch"),
        **changes,
    }


def known(name: str = "ci.yml", state: str = "active", **changes: Any) -> JsonObject:
    """GitHub's entry of a workflow that has been there for a year."""
    return {
        "id": 7,
        "state": state,
        "path": f".github/workflows/{name}",
        "created_at": NOW - 365 * DAY,
        "updated_at": NOW - 365 * DAY,
        "url": f"{SITE}/actions/workflows/{name}",
        **changes,
    }


def file(*triggers: str, **changes: Any) -> JsonObject:
    """What the folder knows of one workflow, as far as its life asks for it."""
    cron = {"cron": "0 1 * * *", "timezone": None, "line": 4, "column": 13, "valid": True, "interval_s": DAY}
    return {
        "path": ".github/workflows/ci.yml",
        "faults": [],
        "readable": True,
        "triggers": list(triggers),
        "inputs": [],
        "crons": [cron] if "schedule" in triggers else [],
        "locals": [],
        "environment": False,
        **changes,
    }


def due(ago: float = 26 * HOUR, **changes: Any) -> JsonObject:
    """A daily cron, whose last firing but the grace was `ago` seconds before NOW."""
    return {"expected": NOW - ago, "previous": NOW - ago - DAY, "interval_s": DAY, "grace_s": 6 * HOUR, **changes}


def api(workflows: JsonObject | None = None, **changes: Any) -> JsonObject:
    return {
        "status": "ok",
        "reason": None,
        "remedy": None,
        "repository": "octo/site",
        "default_branch": "main",
        "head": HEAD,
        "workflows": {"ci.yml": known()} if workflows is None else workflows,
        "runs": {},
        "open": [],
        "seen_since": None,
        "scheduled_since": None,
        "seen_runs": 300,
        "due": {},
        "unseen": [],
        **changes,
    }


def files(**workflows: JsonObject) -> JsonObject:
    """The folder: `files(ci=file("push"))` has `ci.yml`."""
    found = {f"{name.replace('_', '-')}.yml": {**one, "path": f"{name}.yml"} for name, one in workflows.items()}
    nothing: JsonObject = {"reach": "none", "reason": None, "of": {}}
    return {"folder": ".github/workflows", "problem": None, "workflows": found, "actions": {}, "history": nothing}


def facts(told: JsonObject | None = None, folder: JsonObject | None = None, **changes: Any) -> JsonObject:
    return {
        "now": NOW,
        "branch": "main",
        "own": None,
        "files": folder,
        "api": api() if told is None else told,
        **changes,
    }


def observation(whole: JsonObject) -> Observation:
    return Observation("actions", "repository", whole["now"], whole)


def finding(rule: str, name: str | None = "ci.yml", state: State = State.CRITICAL, **changes: Any) -> Finding:
    return Finding(f"actions/{rule}", state, name, "something about it")._replace(**changes)
