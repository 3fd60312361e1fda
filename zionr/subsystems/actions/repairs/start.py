"""Start a run: again (its failed jobs), or a new one by dispatch; each behind a fresh look. Its end is for others."""

from __future__ import annotations

from typing import NamedTuple

from ....model import JsonObject, Outcome
from ..github.api import Api
from ..github.problem import ApiError
from ..github.runs import read_run
from ..github.values import text
from . import guards
from .words import refused, skipped, told


class Begun(NamedTuple):
    """A run that GitHub was asked for. `run` is its id, None where GitHub did not tell it.

    `attempt` is the first attempt of it that counts. Without an id it is the first dispatched run of `workflow` on
    `ref` with an id above `before`. `doubt` says why nobody knows whether GitHub took the request, None where it did.
    """

    name: str
    workflow: str
    run: int | None
    attempt: int
    ref: str
    before: int
    doubt: str | None


def rerun(api: Api, action: JsonObject, now: float) -> Begun | Outcome:
    """Run the failed jobs again. The branch's head is asked for last, so that it is as young as can be."""
    workflow, branch = str(action["workflow"]), str(action["branch"])
    problem = _inactive(api, workflow, action["name"])
    run = api.run(action["run"])
    runs = _fresh_runs(api, workflow, branch)
    if action["backup"] is not None:
        problem = problem or guards.against_start(_fresh_runs(api, str(action["backup"]), branch))
    problem = problem or guards.against_rerun(run, runs, branch, api.head(branch), now)
    if problem is not None:
        return skipped(problem)
    begun = Begun(action["name"], workflow, run["id"], run["attempt"] + 1, branch, 0, None)
    try:
        api.rerun_failed_jobs(run["id"])
    except ApiError as error:
        return begun._replace(doubt=told(error)) if error.sent else refused(error)
    return begun


def dispatch(api: Api, action: JsonObject, now: float) -> Begun | Outcome:
    """Start a new run at the branch's head, where the work is still missing and nobody does it just now."""
    workflow, ref = str(action["workflow"]), str(action["ref"])
    problem = _inactive(api, workflow, action["name"])
    ids = dict.fromkeys(str(action[key]) for key in ("primary", "backup", "workflow") if action[key] is not None)
    runs = {identity: _fresh_runs(api, identity, ref) for identity in ids}
    problem = problem or _needless(runs, action, now)
    if problem is not None:
        return skipped(problem)
    known = [run["id"] for run in runs[workflow] if run["event"] == "workflow_dispatch"]
    begun = Begun(action["name"], workflow, None, 1, ref, max([action["before"], *known]), None)
    try:
        identity = api.dispatch(workflow, ref)
    except ApiError as error:
        return begun._replace(doubt=told(error)) if error.sent else refused(error)
    return begun._replace(run=identity)


def _inactive(api: Api, workflow: str, name: str) -> str | None:
    state = text(api.workflow(workflow).get("state"))
    return None if state == "active" else f"{name} is not active: GitHub says {state} of it"


def _needless(runs: dict[str, list[JsonObject]], action: JsonObject, now: float) -> str | None:
    """It works already, itself or as the backup, or the work is done."""
    over = guards.over_since(runs[str(action["primary"])], action["because"], action["since"], now)
    backup = None if action["backup"] is None else runs[str(action["backup"])]
    if backup is not None:
        over = over or guards.success_since(backup, action["since"], now)
    return over or guards.against_start([*runs[str(action["workflow"])], *(backup or [])])


def _fresh_runs(api: Api, workflow: str, branch: str) -> list[JsonObject]:
    """The newest runs of a workflow: a hundred of this branch, and a hundred of all, which pull requests may fill."""
    found: dict[int, JsonObject] = {}
    for query in ({"branch": branch}, {}):
        for page in api.runs_of(workflow, query):
            for run in map(read_run, page.rows):
                if run is not None:
                    found[run["id"]] = run
    return list(found.values())
