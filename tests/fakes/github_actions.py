"""The part of the fake that speaks of workflows and runs."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING

from .github_types import Ask, Refused, Told
from .github_world import Repository, Run, Workflow, job_json, run_json, workflow_json

if TYPE_CHECKING:
    from .github import FakeGitHub

Route = Callable[["FakeGitHub", Ask], Told]
HOME = r"/repos/([^/]+)/([^/]+)"
STATUSES = {
    *("completed", "action_required", "cancelled", "failure", "neutral", "skipped", "stale", "success", "timed_out"),
    *("in_progress", "queued", "requested", "waiting", "pending"),
}
FILTERS = {"event", "status", "branch", "created", "head_sha", "actor", "exclude_pull_requests"}


def repository(github: FakeGitHub, ask: Ask) -> Told:
    found = ask.repository
    content = {
        "id": 1,
        "name": found.name.partition("/")[2],
        "full_name": found.name,
        "private": found.private,
        "default_branch": found.default_branch,
    }
    return Told(200, content)


def branch(github: FakeGitHub, ask: Ask) -> Told:
    sha = ask.repository.refs.get(f"heads/{ask.parts[0]}")
    if sha is None:
        raise Refused(404, "Branch not found")
    return Told(200, {"name": ask.parts[0], "commit": {"sha": sha}, "protected": False})


def workflows(github: FakeGitHub, ask: Ask) -> Told:
    home = ask.repository
    return Told(200, None, lambda: home.workflows, partial(workflow_json, home), "workflows")


def workflow(github: FakeGitHub, ask: Ask) -> Told:
    return Told(200, workflow_json(ask.repository, _workflow(ask)))


def runs(github: FakeGitHub, ask: Ask) -> Told:
    return _list(github, ask, None)


def workflow_runs(github: FakeGitHub, ask: Ask) -> Told:
    return _list(github, ask, _workflow(ask))


def run(github: FakeGitHub, ask: Ask) -> Told:
    """Looking at a run by itself is what makes it go on."""
    found = _run(ask)
    content = run_json(ask.repository, found)
    found.go_on(github.now)
    return Told(200, content)


def jobs(github: FakeGitHub, ask: Ask) -> Told:
    found = _run(ask)
    rows = [job_json(found, place) for place in range(found.jobs)]
    return Told(200, None, lambda: rows, key="jobs")


def enable(github: FakeGitHub, ask: Ask) -> Told:
    found = _workflow(ask)
    if found.state == "active":
        github.object_to(f"enable {found.name}, which is active")
    found.state, found.updated_at = "active", github.now
    return Told(204)


def dispatch(github: FakeGitHub, ask: Ask) -> Told:
    found, body = _workflow(ask), ask.body if isinstance(ask.body, dict) else {}
    details = "return_run_details" in body
    if not github.knows_run_details and details:
        raise Refused(422, 'Invalid request.\n\n"return_run_details" is not a permitted key.')
    if not isinstance(body.get("ref"), str) or body.keys() - {"ref", "inputs", "return_run_details"}:
        github.object_to(f"dispatch with {body}")
        raise Refused(422, "Invalid request.")
    if f"heads/{body['ref']}" not in ask.repository.refs:
        raise Refused(422, f"No ref found for: {body['ref']}")
    if found.state != "active":
        raise Refused(422, "Cannot trigger a 'workflow_dispatch' on a disabled workflow")
    if "workflow_dispatch" not in found.triggers:
        raise Refused(422, "Workflow does not have 'workflow_dispatch' trigger")
    for name in found.inputs:
        if name not in body.get("inputs", {}):
            raise Refused(422, f"Required input '{name}' not provided")
    made = _dispatched(github, ask.repository, found, body["ref"])
    if not body.get("return_run_details"):
        return Told(204)
    return Told(200, {"workflow_run_id": made.id, "run_url": f"…/{made.id}", "html_url": f"…/{made.id}"})


def _dispatched(github: FakeGitHub, home: Repository, found: Workflow, ref: str) -> Run:
    sha = home.refs[f"heads/{ref}"]
    (status, conclusion), *rest = found.dispatched
    made = home.add_run(found, conclusion, event="workflow_dispatch", branch=ref, sha=sha, status=status)
    made.created_at = made.started_at = made.updated_at = github.now
    return made.then(*rest)


def rerun_failed_jobs(github: FakeGitHub, ask: Ask) -> Told:
    found = _run(ask)
    if found.rerun_refusal is not None:
        raise Refused(*found.rerun_refusal)
    if found.status != "completed":
        raise Refused(403, "This workflow is already running")
    if github.now - found.created_at > 30 * 86_400:
        raise Refused(403, "Unable to retry this workflow run because it was created over a month ago")
    if found.conclusion == "success":
        github.object_to(f"rerun-failed-jobs of run {found.id}, which did not fail")
        raise Refused(403, "This workflow run cannot be retried")
    (found.status, found.conclusion), *rest = found.reruns
    found.attempt += 1
    found.started_at = found.updated_at = github.now
    found.next = list(rest)
    return Told(201, {})


def cancel(github: FakeGitHub, ask: Ask) -> Told:
    found = _run(ask)
    if found.status == "completed":
        raise Refused(409, "Cannot cancel a workflow run that is completed.")
    if found.cancel_status != 202:
        raise Refused(found.cancel_status, "Cannot cancel a workflow run that has not been queued yet.")
    if not found.ignores_cancel:
        found.next = [("completed", "cancelled")]
    return Told(202, {})


def force_cancel(github: FakeGitHub, ask: Ask) -> Told:
    found = _run(ask)
    if f"POST /repos/{ask.repository.name}/actions/runs/{found.id}/cancel" not in github.paths():
        github.object_to(f"force-cancel of run {found.id} before cancel")
    if found.status == "completed":
        raise Refused(409, "Cannot cancel a workflow run that is completed.")
    if found.force_status != 202:
        raise Refused(found.force_status, "Server Error" if found.force_status >= 500 else "Cannot cancel")
    found.next = [("completed", "cancelled")]
    return Told(202, {})


def _list(github: FakeGitHub, ask: Ask, of: Workflow | None) -> Told:
    unknown = ask.query.keys() - FILTERS - {"page", "per_page"}
    if unknown:
        github.object_to(f"runs by {sorted(unknown)}")
    if ask.query.get("status", "success") not in STATUSES:
        raise Refused(422, "Invalid value for status")
    home = ask.repository
    filtered = bool(ask.query.keys() - {"page", "per_page", "exclude_pull_requests"})

    def rows() -> list[Run]:
        return [one for one in home.newest_first() if (of is None or one.workflow is of) and _fits(one, ask)]

    return Told(200, None, rows, partial(run_json, home), "workflow_runs", 1000 if filtered else None)


def _fits(one: Run, ask: Ask) -> bool:
    query = ask.query
    plain = {"event": one.event, "branch": one.branch, "head_sha": one.sha}
    if any(query.get(key, value) != value for key, value in plain.items()):
        return False
    if query.get("status", one.status) not in (one.status, one.conclusion):
        return False
    return "created" not in query or _created(int(one.created_at), query["created"])


def _created(at: int, text: str) -> bool:
    first, dots, last = text.partition("..")
    if dots:
        return _instant(first) <= at <= _instant(last)
    found = re.fullmatch("([<>]=?)?(.*)", text)
    assert found is not None
    limit = _instant(found[2])
    return {"<=": at <= limit, ">=": at >= limit, "<": at < limit, ">": at > limit}.get(found[1] or "", at == limit)


def _instant(text: str) -> int:
    return int(datetime.fromisoformat(text).timestamp())


def _workflow(ask: Ask) -> Workflow:
    try:
        return ask.repository.find_workflow(ask.parts[0])
    except KeyError:
        raise Refused(404, "Not Found") from None


def _run(ask: Ask) -> Run:
    try:
        return ask.repository.find_run(int(ask.parts[0]))
    except KeyError:
        raise Refused(404, "Not Found") from None


ROUTES: list[tuple[str, str, str, Route]] = [
    ("GET", HOME, "metadata=read", repository),
    ("GET", f"{HOME}/branches/([^/]+)", "contents=read", branch),
    ("GET", f"{HOME}/actions/workflows", "actions=read", workflows),
    ("GET", f"{HOME}/actions/workflows/([^/]+)", "actions=read", workflow),
    ("GET", f"{HOME}/actions/workflows/([^/]+)/runs", "actions=read", workflow_runs),
    ("GET", f"{HOME}/actions/runs", "actions=read", runs),
    ("GET", rf"{HOME}/actions/runs/(\d+)", "actions=read", run),
    ("GET", rf"{HOME}/actions/runs/(\d+)/jobs", "actions=read", jobs),
    ("PUT", f"{HOME}/actions/workflows/([^/]+)/enable", "actions=write", enable),
    ("POST", f"{HOME}/actions/workflows/([^/]+)/dispatches", "actions=write", dispatch),
    ("POST", rf"{HOME}/actions/runs/(\d+)/rerun-failed-jobs", "actions=write", rerun_failed_jobs),
    ("POST", rf"{HOME}/actions/runs/(\d+)/cancel", "actions=write", cancel),
    ("POST", rf"{HOME}/actions/runs/(\d+)/force-cancel", "actions=write", force_cancel),
]
