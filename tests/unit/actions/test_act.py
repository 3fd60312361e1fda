from __future__ import annotations

from typing import Any

import pytest

from tests.fakes.github import FakeGitHub
from tests.fakes.github_world import Repository, Run
from tests.support import NOW, StillClock, context
from tests.unit.actions.alive import HOUR
from tests.unit.actions.api_support import github_context
from tests.unit.actions.rules import settings
from zionr.context import Context
from zionr.model import Candidate, JsonObject, Outcome
from zionr.subsystems.actions.act import perform
from zionr.subsystems.actions.repairs.follow import LONGEST_PAUSE_S

HOME = "/repos/octo-org/site/actions"
CI, SPARE = 7000, 7001
MOVED = "its branch is at {new} now; a re-run would use the old commit {old}"


@pytest.fixture
def site(github: FakeGitHub) -> Repository:
    """A repository with `ci.yml`, and `spare.yml`, its backup."""
    made = github.add_repository()
    made.add_workflow("ci.yml")
    made.add_workflow("spare.yml")
    return made


def _candidate(remedy: str, timeout_s: float = 600.0, **action: Any) -> Candidate:
    whole: JsonObject = {"name": "ci.yml", "workflow": CI, **action}
    return Candidate(f"actions/{remedy}", ("x",), ("ci.yml",), "", "irreversible", timeout_s, whole)


def _perform(github: FakeGitHub, due: Candidate, around: Context | None = None) -> Outcome:
    return perform(due, settings(), around or github_context(github))


def _enable() -> Candidate:
    return _candidate("enable", 30.0)


def _rerun(run: Run, **more: Any) -> Candidate:
    return _candidate("rerun", **{"run": run.id, "branch": "main", "backup": None, **more})


def _dispatch(**more: Any) -> Candidate:
    overdue = {"primary": CI, "because": "overdue", "since": NOW - 26 * HOUR}
    return _candidate("dispatch", **{"ref": "main", "before": 0, "backup": None, **overdue, **more})


def _backup(**more: Any) -> Candidate:
    return _dispatch(**{"name": "spare.yml", "workflow": SPARE, "backup": SPARE, **more})._replace(
        remedy="actions/backup"
    )


def _cancel(*runs: Run) -> Candidate:
    asked = [{"id": run.id, "status": run.status, "attempt": run.attempt} for run in runs]
    return _candidate("cancel", 90.0, runs=asked)


# Enable


def test_what_was_disabled_for_inactivity_is_enabled(github: FakeGitHub, site: Repository) -> None:
    site.workflows[0].state = "disabled_inactivity"
    done = _perform(github, _enable())
    assert (done.outcome, done.reason) == ("succeeded", None)
    assert done.evidence == {"before": "disabled_inactivity", "after": "active"}
    assert github.changes() == [f"PUT {HOME}/workflows/{CI}/enable"]
    assert done.api is not None
    assert done.api["requests"] == len(github.requests) == 3


@pytest.mark.parametrize("state", ["disabled_manually", "disabled_fork", "active", "deleted", "asleep"])
def test_what_a_person_disabled_is_never_touched(github: FakeGitHub, site: Repository, state: str) -> None:
    site.workflows[0].state = state
    done = _perform(github, _enable())
    assert (done.outcome, done.reason, done.gate) == ("skipped", f"GitHub says {state} of it now", "fresh look")
    assert github.changes() == []


def test_an_enable_whose_answer_is_lost_is_looked_up(github: FakeGitHub, site: Repository) -> None:
    site.workflows[0].state = "disabled_inactivity"
    github.fail("cut", method="PUT", after=True)
    assert _perform(github, _enable()).outcome == "succeeded"
    assert len(github.changes()) == 1


def test_an_enable_that_never_arrived_has_failed(github: FakeGitHub, site: Repository) -> None:
    site.workflows[0].state = "disabled_inactivity"
    github.fail("status", method="PUT", status=502, message="Bad Gateway")
    done = _perform(github, _enable())
    assert done.outcome == "failed"
    assert (done.reason or "").endswith("; then GitHub says disabled_inactivity of it")
    assert len(github.changes()) == 1


def test_a_token_that_may_only_look_cannot_enable(github: FakeGitHub, site: Repository) -> None:
    site.workflows[0].state = "disabled_inactivity"
    github.tokens = {token: {"actions": "read", "contents": "read"} for token in github.tokens}
    done = _perform(github, _enable())
    assert done.outcome == "failed"
    assert "Resource not accessible by integration" in (done.reason or "")
    assert (done.reason or "").endswith("give the token what this needs: actions=write")


# Whatever it is, without a look there is no act


@pytest.mark.parametrize("due", [_enable(), _dispatch(), _backup()], ids=lambda due: due.remedy)
def test_what_cannot_be_looked_at_is_left_alone(github: FakeGitHub, site: Repository, due: Candidate) -> None:
    github.fail("status", method="GET", status=502, times=3)
    done = _perform(github, due)
    assert (done.outcome, done.gate) == ("skipped", "api")
    assert github.changes() == []


def test_without_a_repository_or_a_token_nothing_is_sent(github: FakeGitHub, site: Repository) -> None:
    nowhere = perform(_enable(), settings(), context())
    assert (nowhere.outcome, nowhere.gate) == ("skipped", "api")
    assert nowhere.reason == "no repository is known; set subsystems.actions.repository"
    silent = _perform(github, _enable(), github_context(github, environ={"GITHUB_TOKEN": ""}))
    assert (silent.outcome, silent.gate) == ("skipped", "api")
    wrong = _perform(github, _enable(), github_context(github, environ={"GITHUB_API_URL": "ftp://x"}))
    assert (wrong.outcome, wrong.gate) == ("skipped", "api")
    assert github.requests == []


# Re-run


def test_a_failed_run_is_run_again_and_followed(github: FakeGitHub, site: Repository) -> None:
    run = site.add_run("ci.yml", "failure", ago=HOUR)
    done = _perform(github, _rerun(run))
    assert (done.outcome, done.reason) == ("succeeded", None)
    assert github.changes() == [f"POST {HOME}/runs/{run.id}/rerun-failed-jobs"]
    assert done.evidence["run"]["attempt"] == 2
    assert done.evidence["run"]["url"].endswith(f"/actions/runs/{run.id}")
    assert done.api is not None
    assert done.api["requests"] == len(github.requests)


def test_the_head_is_the_last_thing_that_is_asked_for(github: FakeGitHub, site: Repository) -> None:
    _perform(github, _rerun(site.add_run("ci.yml", "failure")))
    asked = github.paths()
    effect = next(place for place, path in enumerate(asked) if path.startswith("POST"))
    assert asked[effect - 1] == "GET /repos/octo-org/site/branches/main"


def test_an_old_commit_is_never_deployed_over_a_newer_one(github: FakeGitHub, site: Repository) -> None:
    run = site.add_run("ci.yml", "failure")
    old = site.head
    new = site.put_commit("newer", site.put_files({"README.md": "# New\n"}), [old])
    site.refs["heads/main"] = new
    done = _perform(github, _rerun(run))
    assert (done.outcome, done.reason) == ("skipped", MOVED.format(new=new[:7], old=old[:7]))
    assert github.changes() == []


def test_a_branch_that_is_gone_has_no_head(github: FakeGitHub, site: Repository) -> None:
    run = site.add_run("ci.yml", "failure")
    del site.refs["heads/main"]
    assert "its branch is gone now" in (_perform(github, _rerun(run)).reason or "")
    assert github.changes() == []


def _meddle(site: Repository, run: Run, how: str) -> None:
    """What may have happened since the plan was made."""
    if how == "newer success":
        site.add_run("ci.yml", "success", ago=10)
    elif how == "newer queued":
        site.add_run("ci.yml", None, ago=10)
    elif how == "newer cancelled":
        site.add_run("ci.yml", "cancelled", ago=10)
    elif how == "tag under way":
        site.add_run("ci.yml", None, ago=2 * HOUR, branch="v2", status="in_progress")
    elif how == "tried again":
        run.attempt = 2
    elif how == "succeeded":
        run.conclusion = "success"
    elif how == "never started":
        run.conclusion = "startup_failure"
    elif how == "disabled":
        site.workflows[0].state = "disabled_manually"
    elif how == "backup":
        site.add_run("spare.yml", None, ago=5, status="in_progress")


@pytest.mark.parametrize(
    ("how", "says"),
    [
        ("newer success", "run #2 is newer"),
        ("newer queued", "run #2 is newer"),
        ("newer cancelled", "run #2 is newer"),
        ("tag under way", "run #2 is in progress"),
        ("tried again", "run #1 was run again already, and failed again"),
        ("succeeded", "run #1 ended as success"),
        ("never started", "its file was broken, and a re-run uses the same file"),
        ("disabled", "ci.yml is not active: GitHub says disabled_manually of it"),
        ("backup", "run #2 is in progress"),
    ],
)
def test_what_happened_since_the_plan_stops_a_rerun(github: FakeGitHub, site: Repository, how: str, says: str) -> None:
    run = site.add_run("ci.yml", "failure", ago=HOUR)
    _meddle(site, run, how)
    done = _perform(github, _rerun(run, backup=SPARE))
    assert (done.outcome, done.reason) == ("skipped", says)
    assert github.changes() == []


def test_pull_requests_do_not_stop_a_rerun(github: FakeGitHub, site: Repository) -> None:
    run = site.add_run("ci.yml", "failure", ago=HOUR)
    for _ in range(120):
        site.add_run("ci.yml", None, ago=10, event="pull_request", branch="topic", fork=True)
    site.add_run("ci.yml", "failure", ago=10, event="pull_request", branch="main", fork=True)
    assert _perform(github, _rerun(run)).outcome == "succeeded"


def test_a_rerun_that_fails_again_has_failed(github: FakeGitHub, site: Repository) -> None:
    run = site.add_run("ci.yml", "failure", reruns=(("queued", None), ("completed", "timed_out")))
    done = _perform(github, _rerun(run))
    url = f"https://git.example/octo-org/site/actions/runs/{run.id}"
    assert (done.outcome, done.reason) == ("failed", f"run #1 ended as timed_out: {url}")


def test_a_rerun_is_waited_for_until_the_steps_time_is_up(github: FakeGitHub, site: Repository) -> None:
    run = site.add_run("ci.yml", "failure", reruns=(("queued", None), ("in_progress", None)))
    around = github_context(github)
    done = _perform(github, _rerun(run), around)
    assert done.outcome == "failed"
    assert (done.reason or "").startswith("run #1 is still in progress after 10m: https://")
    assert isinstance(around.clock, StillClock)
    assert 600 <= around.clock.time - NOW <= 601
    assert around.clock.slept[:3] == [2.0, 3.0, 4.5]
    assert max(around.clock.slept) == LONGEST_PAUSE_S


def test_a_rerun_that_github_refuses(github: FakeGitHub, site: Repository) -> None:
    run = site.add_run("ci.yml", "failure", rerun_refusal=(403, "This workflow is already running"))
    done = _perform(github, _rerun(run))
    assert (done.outcome, done.reason) == ("failed", "GitHub refused with 403: This workflow is already running")
    assert len(github.changes()) == 1


@pytest.mark.parametrize("kind", ["cut", "half", "garbage"])
def test_a_rerun_whose_answer_is_lost_is_looked_up_and_not_sent_again(
    github: FakeGitHub, site: Repository, kind: str
) -> None:
    run = site.add_run("ci.yml", "failure")
    github.fail(kind, method="POST", after=True)
    assert _perform(github, _rerun(run)).outcome == "succeeded"
    assert len(github.changes()) == 1


def test_a_rerun_that_never_arrived_is_not_sent_again(github: FakeGitHub, site: Repository) -> None:
    run = site.add_run("ci.yml", "failure")
    github.fail("cut", method="POST")
    done = _perform(github, _rerun(run))
    assert done.outcome == "failed"
    assert (done.reason or "").endswith("; run #1 was not run again, and it is not sent again")
    assert len(github.changes()) == 1
    assert done.evidence["run"]["attempt"] == 1


def test_a_moment_without_github_does_not_end_the_waiting(github: FakeGitHub, site: Repository) -> None:
    run = site.add_run("ci.yml", "failure", reruns=(("queued", None), ("in_progress", None), ("completed", "success")))
    around = github_context(github)

    def later(text: str) -> None:
        if text.endswith("in progress") and not github.faults:
            github.fail("status", method="GET", status=503, times=3)

    assert _perform(github, _rerun(run), around._replace(progress=later)).outcome == "succeeded"


# Dispatch


@pytest.mark.parametrize("knows", [True, False])
def test_a_dispatched_run_is_found_and_followed(github: FakeGitHub, site: Repository, knows: bool) -> None:
    github.knows_run_details = knows
    site.add_run("ci.yml", "failure", ago=HOUR, event="workflow_dispatch")
    done = _perform(github, _dispatch(because="failing", since=NOW - HOUR))
    assert (done.outcome, done.reason) == ("succeeded", None)
    made = site.runs[-1]
    assert done.evidence["run"]["id"] == made.id
    assert (made.event, made.branch, made.sha) == ("workflow_dispatch", "main", site.head)
    taken = [one for one in github.requests if one.method == "POST" and one.status < 300]
    assert [one.path for one in taken] == [f"{HOME}/workflows/{CI}/dispatches"]
    assert taken[0].body["ref"] == "main"


@pytest.mark.parametrize("conclusion", ["failure", "cancelled", "startup_failure", "neutral"])
def test_the_outcome_is_the_runs_conclusion(github: FakeGitHub, site: Repository, conclusion: str) -> None:
    site.workflows[0].dispatched = (("queued", None), ("completed", conclusion))
    done = _perform(github, _dispatch())
    assert done.outcome == "failed"
    assert (done.reason or "").startswith(f"run #1 ended as {conclusion}: https://")


def test_a_dispatched_run_that_takes_too_long(github: FakeGitHub, site: Repository) -> None:
    site.workflows[0].dispatched = (("queued", None),)
    done = _perform(github, _dispatch()._replace(timeout_s=60.0))
    assert (done.reason or "").startswith("run #1 is still queued after 1m: https://")


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"triggers": ("push",)}, "Workflow does not have 'workflow_dispatch' trigger"),
        ({"inputs": ("level",)}, "Required input 'level' not provided"),
    ],
)
def test_a_dispatch_that_github_does_not_start(
    github: FakeGitHub, site: Repository, changes: JsonObject, says: str
) -> None:
    for key, value in changes.items():
        setattr(site.workflows[0], key, value)
    done = _perform(github, _dispatch())
    assert (done.outcome, done.reason) == ("failed", f"GitHub does not start it: {says}")
    assert site.runs == []


@pytest.mark.parametrize("state", ["disabled_manually", "disabled_inactivity", "deleted"])
def test_a_workflow_that_is_not_active_is_not_dispatched(github: FakeGitHub, site: Repository, state: str) -> None:
    site.workflows[0].state = state
    done = _perform(github, _dispatch())
    assert (done.outcome, done.reason) == ("skipped", f"ci.yml is not active: GitHub says {state} of it")
    assert github.changes() == []


@pytest.mark.parametrize(
    ("run", "because", "says"),
    [
        ({"event": "schedule", "ago": 60.0}, "overdue", "run #1 began on schedule 02:59Z"),
        ({"event": "schedule", "ago": 60.0, "conclusion": None}, "overdue", "run #1 began on schedule 02:59Z"),
        ({"event": "schedule", "ago": 27 * HOUR}, "overdue", None),
        ({"event": "workflow_dispatch", "ago": 60.0}, "overdue", "run #1 did the work 02:59Z"),
        ({"event": "push", "ago": 60.0}, "overdue", None),
        ({"event": "push", "ago": 60.0}, "failing", "run #1 did the work 02:59Z"),
        ({"event": "push", "ago": 60.0, "conclusion": "failure"}, "failing", None),
        ({"event": "push", "ago": 60.0, "conclusion": None}, "failing", "run #1 is queued"),
        ({"event": "push", "ago": 60.0, "conclusion": None, "branch": "topic"}, "overdue", "run #1 is queued"),
        ({"event": "pull_request", "ago": 60.0, "conclusion": None, "branch": "topic"}, "overdue", None),
    ],
)
def test_what_happened_since_the_plan_stops_a_dispatch(
    github: FakeGitHub, site: Repository, run: JsonObject, because: str, says: str | None
) -> None:
    site.add_run("ci.yml", run.pop("conclusion", "success"), **run)
    done = _perform(github, _dispatch(because=because))
    assert (done.outcome, done.reason) == (("succeeded", None) if says is None else ("skipped", says))
    assert len(github.changes()) == (says is None)


@pytest.mark.parametrize("knows", [True, False])
def test_a_dispatch_whose_answer_is_lost_is_looked_up_and_not_sent_again(
    github: FakeGitHub, site: Repository, knows: bool
) -> None:
    github.knows_run_details = knows
    path = "dispatches"
    site.add_run("ci.yml", "success", ago=30 * HOUR, event="workflow_dispatch")
    github.fail("cut", method="POST", path=path, after=True)
    done = _perform(github, _dispatch())
    # The older server refused the first, which held a key that it does not know: nothing was started, and that is said.
    assert done.outcome == ("succeeded" if knows else "failed")
    assert len(github.changes()) == 1


def test_a_dispatch_that_never_arrived_is_not_sent_again(github: FakeGitHub, site: Repository) -> None:
    github.fail("cut", method="POST")
    around = github_context(github)
    done = _perform(github, _dispatch(), around)
    assert done.outcome == "failed"
    assert (done.reason or "").endswith("; no run of ci.yml appeared, and it is not sent again")
    assert len(github.changes()) == 1
    assert isinstance(around.clock, StillClock)
    assert around.clock.time - NOW <= 62


def test_a_limit_is_not_waited_out_between_the_look_and_the_effect(github: FakeGitHub, site: Repository) -> None:
    github.limit(method="POST")
    around = github_context(github)
    done = _perform(github, _dispatch(), around)
    assert (done.outcome, done.gate) == ("skipped", "api")
    assert "rate limit" in (done.reason or "")
    assert isinstance(around.clock, StillClock)
    assert around.clock.time - NOW < 30


# Backup


def test_a_backup_is_dispatched_and_followed(github: FakeGitHub, site: Repository) -> None:
    done = _perform(github, _backup())
    assert done.outcome == "succeeded"
    assert github.changes() == [f"POST {HOME}/workflows/{SPARE}/dispatches"]
    assert [run.workflow.name for run in site.runs] == ["spare.yml"]


@pytest.mark.parametrize(
    ("name", "run", "says"),
    [
        ("spare.yml", {"conclusion": None, "ago": 60.0}, "run #1 is queued"),
        ("spare.yml", {"conclusion": None, "ago": 60.0, "status": "in_progress"}, "run #1 is in progress"),
        ("spare.yml", {"ago": HOUR}, "run #1 did the work 02:00Z"),
        ("spare.yml", {"ago": 27 * HOUR}, None),
        ("spare.yml", {"ago": HOUR, "conclusion": "failure"}, None),
        ("ci.yml", {"ago": 60.0, "event": "schedule"}, "run #1 began on schedule 02:59Z"),
        ("ci.yml", {"ago": 60.0, "event": "push"}, None),
    ],
)
def test_a_backup_is_not_started_twice(
    github: FakeGitHub, site: Repository, name: str, run: JsonObject, says: str | None
) -> None:
    site.add_run(name, run.pop("conclusion", "success"), **run)
    done = _perform(github, _backup())
    assert (done.outcome, done.reason) == (("succeeded", None) if says is None else ("skipped", says))
    assert len(github.changes()) == (says is None)


def test_the_primary_is_not_dispatched_beside_its_backup(github: FakeGitHub, site: Repository) -> None:
    site.add_run("spare.yml", None, ago=60.0)
    assert _perform(github, _dispatch(backup=SPARE)).reason == "run #1 is queued"
    site.runs[0].status, site.runs[0].conclusion = "completed", "success"
    assert _perform(github, _dispatch(backup=SPARE)).reason == "run #1 did the work 02:59Z"
    assert github.changes() == []


def test_a_backup_that_is_disabled_is_left_alone(github: FakeGitHub, site: Repository) -> None:
    site.workflows[1].state = "disabled_manually"
    assert _perform(github, _backup()).outcome == "skipped"
    assert github.changes() == []


# Cancel


def _stuck(site: Repository, **changes: Any) -> Run:
    return site.add_run("ci.yml", None, ago=9 * HOUR, **changes)


def test_a_stuck_run_is_cancelled(github: FakeGitHub, site: Repository) -> None:
    run = _stuck(site)
    around = github_context(github)
    done = _perform(github, _cancel(run), around)
    assert (done.outcome, done.reason, done.evidence["forced"]) == ("succeeded", None, [])
    assert github.changes() == [f"POST {HOME}/runs/{run.id}/cancel"]
    assert isinstance(around.clock, StillClock)
    assert sum(around.clock.slept) < 30


def test_one_that_does_not_answer_is_cancelled_by_force(github: FakeGitHub, site: Repository) -> None:
    run, other = _stuck(site, ignores_cancel=True, status="in_progress"), _stuck(site)
    around = github_context(github)
    done = _perform(github, _cancel(run, other), around)
    assert (done.outcome, done.evidence["forced"]) == ("succeeded", [run.id])
    assert github.changes() == [
        f"POST {HOME}/runs/{run.id}/cancel",
        f"POST {HOME}/runs/{other.id}/cancel",
        f"POST {HOME}/runs/{run.id}/force-cancel",
    ]
    assert isinstance(around.clock, StillClock)
    assert 30 <= sum(around.clock.slept) < 60


def test_one_that_contradicts_itself_needs_a_person(github: FakeGitHub, site: Repository) -> None:
    run = _stuck(site, cancel_status=409, force_status=500)
    done = _perform(github, _cancel(run))
    assert done.outcome == "failed"
    assert (done.reason or "").startswith(
        "still open after cancel and force-cancel: #1 (queued); it needs a person, or GitHub's support; "
        "GitHub said of #1: GitHub cannot do that to it now: Cannot cancel a workflow run that has not been queued yet."
    )
    assert [path.rpartition("/")[2] for path in github.changes()] == ["cancel", "force-cancel"]


def test_one_that_ends_by_itself_meanwhile_is_no_failure(github: FakeGitHub, site: Repository) -> None:
    run = _stuck(site, cancel_status=409).then(("completed", "success"))
    assert _perform(github, _cancel(run)).outcome == "succeeded"
    assert [path.rpartition("/")[2] for path in github.changes()] == ["cancel"]


@pytest.mark.parametrize(
    "changes", [{"status": "in_progress"}, {"status": "completed", "conclusion": "success"}, {"attempt": 2}]
)
def test_one_that_moved_since_the_plan_is_left_alone(github: FakeGitHub, site: Repository, changes: JsonObject) -> None:
    run = _stuck(site)
    due = _cancel(run)
    for key, value in changes.items():
        setattr(run, key, value)
    done = _perform(github, due)
    assert (done.outcome, done.reason) == ("skipped", "none of these runs is where it was any more")
    assert github.changes() == []


WAITED = {0: ("in_progress", NOW - 600.0)}
"""The first job began ten minutes ago, after hours in the queue."""


def test_a_run_that_waited_long_and_works_for_a_moment_is_left_alone(github: FakeGitHub, site: Repository) -> None:
    run = _stuck(site, status="in_progress", jobs_began=WAITED)
    done = _perform(github, _cancel(run))
    assert (done.outcome, done.gate) == ("skipped", "fresh look")
    assert done.reason == "run #1 is at work for 10m only, limit 6h"
    assert github.changes() == []
    assert len(github.requests) == 2, "the run, and its jobs"


@pytest.mark.parametrize(
    ("changes", "cancelled"),
    [
        ({"jobs": 2, "jobs_began": WAITED}, True),
        ({"jobs": 2, "jobs_began": {**WAITED, 1: ("queued", NOW - 9 * HOUR)}}, False),
        ({"jobs_began": {0: ("in_progress", NOW - 6 * HOUR - 1)}}, True),
        ({"jobs_began": {0: ("in_progress", NOW - 6 * HOUR)}}, False),
        ({"jobs": 0}, True),
    ],
)
def test_the_first_job_tells_how_long_a_run_is_at_work(
    github: FakeGitHub, site: Repository, changes: JsonObject, cancelled: bool
) -> None:
    done = _perform(github, _cancel(_stuck(site, status="in_progress", **changes)))
    assert done.outcome == ("succeeded" if cancelled else "skipped")
    assert len(github.changes()) == cancelled


def test_only_those_that_are_stuck_are_cancelled(github: FakeGitHub, site: Repository) -> None:
    young, old = _stuck(site, status="in_progress", jobs_began=WAITED), _stuck(site, jobs_began=WAITED)
    assert _perform(github, _cancel(young, old)).outcome == "succeeded"
    assert github.changes() == [f"POST {HOME}/runs/{old.id}/cancel"]


def test_where_nobody_tells_of_its_jobs_it_is_left_alone(github: FakeGitHub, site: Repository) -> None:
    github.fail("status", path="/jobs$", status=502, times=3)
    done = _perform(github, _cancel(_stuck(site, status="in_progress")))
    assert (done.outcome, done.gate, github.changes()) == ("skipped", "api", [])


def test_the_run_that_zionr_is_part_of_is_never_cancelled(github: FakeGitHub, site: Repository) -> None:
    own, other = _stuck(site, status="in_progress"), _stuck(site, status="in_progress")
    around = github_context(github, environ={"GITHUB_RUN_ID": str(own.id)})
    assert _perform(github, _cancel(own), around).outcome == "skipped"
    assert _perform(github, _cancel(own, other), around).outcome == "succeeded"
    assert github.changes() == [f"POST {HOME}/runs/{other.id}/cancel"]


def test_a_run_that_was_deleted_is_none(github: FakeGitHub, site: Repository) -> None:
    gone, run = _stuck(site), _stuck(site)
    due = _cancel(gone, run)
    site.runs.remove(gone)
    assert _perform(github, due).outcome == "succeeded"
    assert github.changes() == [f"POST {HOME}/runs/{run.id}/cancel"]


def test_a_token_that_may_only_look_sends_one_request(github: FakeGitHub, site: Repository) -> None:
    runs = [_stuck(site), _stuck(site)]
    github.tokens = {token: {"actions": "read", "contents": "read"} for token in github.tokens}
    around = github_context(github)
    done = _perform(github, _cancel(*runs), around)
    assert done.outcome == "failed"
    assert "Resource not accessible by integration" in (done.reason or "")
    assert len(github.changes()) == 1
    assert isinstance(around.clock, StillClock)
    assert around.clock.slept == []


def test_a_cancel_whose_answer_is_lost_is_looked_up(github: FakeGitHub, site: Repository) -> None:
    run = _stuck(site)
    github.fail("cut", method="POST", after=True)
    assert _perform(github, _cancel(run)).outcome == "succeeded"
    assert len(github.changes()) == 1
