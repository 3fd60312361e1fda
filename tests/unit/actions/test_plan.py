from __future__ import annotations

import json
from typing import Any

import pytest

from tests.support import NOW
from tests.unit.actions.alive import (
    DAY,
    HEAD,
    HOUR,
    OLD,
    api,
    due,
    facts,
    failed,
    file,
    files,
    finding,
    known,
    observation,
    run,
    runs,
    under_way,
)
from tests.unit.actions.rules import settings
from zionr.model import Candidate, Finding, JsonObject
from zionr.subsystems.actions.judging.alive import judge_alive
from zionr.subsystems.actions.plan import REMEDIES, candidates

ROW = (failed(44, HOUR), failed(43, 2 * HOUR), failed(42, 3 * HOUR))
AGAIN = (failed(44, HOUR, attempt=2), *ROW[1:])
MOVED = tuple({**one, "sha": OLD} for one in ROW)
BACKUP: JsonObject = {"workflows": {"ci.yml": {"backup": "spare.yml"}}}


def _offered(
    told: JsonObject,
    *more: Finding,
    ci: JsonObject | None = None,
    spare: JsonObject | None = None,
    called: dict[str, JsonObject] | None = None,
    **rules: Any,
) -> list[Candidate]:
    """What is offered for all that is found of `ci.yml`, beside `spare.yml`; both can be dispatched."""
    both = {"ci": ci or file("push", "workflow_dispatch"), "spare": spare or file("workflow_dispatch")}
    folder = files(**both, **(called or {}))
    whole, under = facts(told, folder), settings(**rules)
    found = [*judge_alive(whole, under, {})[1], *more]
    offered = [one for one in candidates(found, observation(whole), under) if one.remedy != "actions/restore"]
    ids = {one.id for one in found}
    for one in offered:
        assert one.remedy in REMEDIES
        assert set(one.findings) <= ids
        assert one.undo
        assert not one.edits_files
        json.dumps(one.action)
    return offered


def _one(told: JsonObject, *more: Finding, **rules: Any) -> Candidate:
    (offered,) = _offered(told, *more, **rules)
    return offered


def _told(
    *recent: JsonObject, still: tuple[JsonObject, ...] = (), spare: JsonObject | None = None, **more: Any
) -> JsonObject:
    workflows = {"ci.yml": known(), "spare.yml": known("spare.yml", id=8)}
    told = {"ci.yml": runs(*recent), "spare.yml": runs() if spare is None else spare}
    return api(workflows, **{"runs": told, "open": list(still), **more})


def _late(*recent: JsonObject, **more: Any) -> JsonObject:
    return _told(*recent, due={"ci.yml": due()}, **more)


SCHEDULED = file("schedule", "workflow_dispatch")


def test_what_is_well_needs_no_plan() -> None:
    assert _offered(_told(run())) == []
    assert _offered(api(status="no-token", reason="x"), finding("failing")) == []
    assert candidates([finding("failing")], observation(facts(api=None)), settings()) == ()


@pytest.mark.parametrize("rule", ["disabled-manually", "disabled-fork", "run-without-jobs", "state-unknown", "missing"])
def test_what_no_remedy_of_the_api_mends(rule: str) -> None:
    assert _offered(_told(run()), finding(rule)) == []


def test_grouped_findings_have_none() -> None:
    assert _offered(_told(run()), finding("overdue", None, targets=("ci.yml",), group="00")) == []


def _disabled(state: str) -> JsonObject:
    return api({"ci.yml": known(state=state)})


def test_what_was_disabled_for_inactivity_is_enabled() -> None:
    offered = _one(_disabled("disabled_inactivity"))
    assert (offered.remedy, offered.refusal, offered.timeout_s) == ("actions/enable", None, 30)
    assert offered.command == "PUT /repos/octo/site/actions/workflows/ci.yml/enable"
    assert offered.undo == "PUT /repos/octo/site/actions/workflows/ci.yml/disable"
    assert (offered.action, offered.targets) == ({"name": "ci.yml", "workflow": 7}, ("ci.yml",))


@pytest.mark.parametrize("state", ["disabled_manually", "disabled_fork", "asleep", "active"])
def test_what_a_person_disabled_is_never_touched(state: str) -> None:
    assert _offered(_disabled(state)) == []
    # Not even where a finding of another look says so.
    assert _one(_disabled(state), finding("disabled-inactivity")).refusal == f"GitHub says {state} of it"


def test_a_file_that_github_refuses_is_not_enabled() -> None:
    offered = _one(_disabled("disabled_inactivity"), finding("unreadable"))
    assert offered.refusal == "GitHub refuses the file ci.yml: mend that first"
    assert _one(_disabled("disabled_inactivity"), finding("unreadable", "other.yml")).refusal is None
    assert _one(_disabled("disabled_inactivity"), finding("gutted")).refusal is None


def test_a_run_at_the_head_is_run_again_once() -> None:
    offered = _one(_told(*ROW))
    assert (offered.remedy, offered.refusal) == ("actions/rerun", None)
    assert offered.command == "POST /repos/octo/site/actions/runs/44/rerun-failed-jobs"
    assert (offered.undo, offered.timeout_s) == ("irreversible", 600)
    assert offered.action == {"name": "ci.yml", "workflow": 7, "run": 44, "branch": "main", "backup": None}


def _rerun(told: JsonObject, *more: Finding, **rules: Any) -> str | None:
    """What speaks against a re-run, where nothing else can be offered either."""
    offered = _one(told, *more, **{"ci": file("push"), **rules})
    assert offered.remedy == "actions/rerun"
    return offered.refusal


def _newest(**changes: Any) -> JsonObject:
    return _told({**ROW[0], **changes}, *ROW[1:])


@pytest.mark.parametrize(
    ("told", "says"),
    [
        (_told(*ROW), None),
        (_told(*MOVED), "its branch is at a1a1a1a now; a re-run would use the old commit b2b2b2b"),
        (_told(*ROW, head=None), "its branch is gone now; a re-run would use the old commit a1a1a1a"),
        (_told(*AGAIN), "run #44 was run again already, and failed again"),
        (_newest(conclusion="startup_failure"), "its file was broken, and a re-run uses the same file"),
        (_newest(conclusion="stale"), "run #44 never ended, so none of its jobs failed"),
        (_newest(conclusion="timed_out"), None),
        (_told(*ROW, still=(under_way(45),)), "run #45 is newer"),
        (_told(*ROW, still=(under_way(45, status="queued"),)), "run #45 is newer"),
        (_told(*ROW, still=(under_way(45, status="waiting"),)), "run #45 is newer"),
        (_told(*ROW, still=(under_way(45, branch="v2"),)), "run #45 is in progress"),
        (_told(*ROW, still=(under_way(30, branch="v2", status="queued"),)), "run #30 is queued"),
        (_told(*ROW, still=(under_way(45, event="pull_request", branch="topic"),)), None),
        (_told(*ROW, still=(under_way(45, workflow="other.yml"),)), None),
        (_told(*ROW, runs={"ci.yml": runs(run(45, 60.0, conclusion="cancelled"), *ROW)}), "run #45 is newer"),
        (_told(failed(44, 30 * DAY - 1), *ROW[1:]), None),
        (_told(failed(44, 30 * DAY), *ROW[1:]), "it is older than 30 days, and GitHub runs it no more"),
    ],
)
def test_when_a_run_may_run_again(told: JsonObject, says: str | None) -> None:
    assert _rerun(told) == says


@pytest.mark.parametrize("rule", ["unreadable", "unknown-key", "markers", "expression", "local-missing"])
def test_a_broken_file_is_never_run_again(rule: str) -> None:
    assert _rerun(_told(*ROW), finding(rule)) == "GitHub refuses the file ci.yml: mend that first"


def test_a_file_that_was_broken_is_never_run_again() -> None:
    told = _told(failed(44, jobs=0), *ROW[1:])
    assert _rerun(told) == "its file was broken, and a re-run uses the same file"


def test_a_deploy_is_run_again_only_where_the_policy_names_it() -> None:
    deploys = file("push", environment=True)
    assert _rerun(_told(*ROW), ci=deploys) == "it has an `environment:`, and rerun_deploys does not name it"
    assert _rerun(_told(*ROW), ci=deploys, rerun_deploys=["ci.yml"]) is None
    assert _rerun(_told(*ROW), ci=deploys, rerun_deploys=["other.yml"]) is not None


def _calling(*names: str, **changes: Any) -> JsonObject:
    calls = [{"uses": f"./.github/workflows/{name}", "kind": "workflow"} for name in names]
    return file(
        "push", "workflow_dispatch", locals=[*calls, {"uses": "./.github/actions/x", "kind": "action"}], **changes
    )


UNKNOWN = "so nobody knows whether it deploys; name ci.yml in rerun_deploys"


@pytest.mark.parametrize(
    ("called", "says"),
    [
        ({"a": _calling("ci.yml", "a.yml")}, None),
        (
            {"a": _calling("b.yml"), "b": file(environment=True)},
            "it calls b.yml, which has an `environment:`, and rerun_deploys does not name ci.yml",
        ),
        ({"a": _calling("b.yml")}, f"b.yml, which it calls, was not read, {UNKNOWN}"),
        ({"a": _calling(readable=False)}, f"a.yml, which it calls, was not read, {UNKNOWN}"),
        ({"a": _calling(calls_elsewhere=True)}, f"it calls a workflow of another repository, {UNKNOWN}"),
    ],
)
def test_what_deploys_through_a_workflow_that_it_calls(called: dict[str, JsonObject], says: str | None) -> None:
    whole = {"ci": _calling("a.yml"), "called": called}
    assert _rerun(_told(*ROW), **whole) == says
    assert _rerun(_told(*ROW), **whole, rerun_deploys=["ci.yml"]) is None
    assert _one(_told(*MOVED), **whole).remedy == ("actions/rerun" if says else "actions/dispatch")


def test_what_calls_a_workflow_of_another_repository_may_deploy() -> None:
    elsewhere = _calling(calls_elsewhere=True)
    assert _rerun(_told(*ROW), ci=elsewhere) == f"it calls a workflow of another repository, {UNKNOWN}"
    assert _rerun(_told(*ROW), ci=elsewhere, rerun_deploys=["ci.yml"]) is None


def test_a_file_that_was_not_read_may_deploy() -> None:
    whole, under = facts(_told(*ROW)), settings()
    found = judge_alive(whole, under, {})[1]
    (offered,) = candidates(found, observation(whole), under)
    assert (offered.refusal or "").endswith("so nobody knows whether it deploys; name ci.yml in rerun_deploys")
    (offered,) = candidates(found, observation(whole), settings(rerun_deploys=["ci.yml"]))
    assert (offered.remedy, offered.refusal) == ("actions/rerun", None)


def test_what_failed_on_an_older_commit_is_dispatched_at_the_head() -> None:
    offered = _one(_told(*MOVED))
    assert (offered.remedy, offered.refusal, offered.timeout_s) == ("actions/dispatch", None, 600)
    assert offered.command == "POST /repos/octo/site/actions/workflows/ci.yml/dispatches on main"
    assert offered.action == {
        "name": "ci.yml",
        "workflow": 7,
        "ref": "main",
        "before": 0,
        "primary": 7,
        "because": "failing",
        "since": NOW - HOUR,
        "backup": None,
    }


def _dispatch(told: JsonObject, *more: Finding, **rules: Any) -> str | None:
    """What speaks against a dispatch of what failed on an older commit, though a re-run is out of the question."""
    whole = _offered(told, *more, **rules)
    assert [one.remedy for one in whole] in (["actions/rerun"], ["actions/dispatch"])
    return None if whole[0].remedy == "actions/dispatch" else whole[0].refusal


@pytest.mark.parametrize(
    ("told", "ci", "rules", "possible"),
    [
        (_told(*MOVED), None, {}, True),
        (_told(*MOVED), file("push"), {}, False),
        (_told(*MOVED), file("workflow_dispatch", inputs=["target"]), {}, False),
        (_told(*MOVED), file("workflow_dispatch", environment=True), {}, False),
        (_told(*MOVED), file("workflow_dispatch", environment=True), {"rerun_deploys": ["ci.yml"]}, True),
        (_told(*MOVED, still=(under_way(45),)), None, {}, False),
        (_told(*AGAIN), None, {}, False),
        (_told({**ROW[0], "event": "workflow_dispatch"}, *ROW[1:], still=(under_way(45),)), None, {}, False),
        (_told({**MOVED[0], "event": "workflow_dispatch"}, *ROW[1:]), None, {}, True),
        (_told({**MOVED[0], "attempt": 2}, *ROW[1:]), None, {}, True),
    ],
)
def test_when_a_failing_workflow_may_be_dispatched(
    told: JsonObject, ci: JsonObject | None, rules: JsonObject, possible: bool
) -> None:
    offered = _one(told, ci=ci, **rules)
    assert (offered.remedy, offered.refusal is None) == (
        ("actions/dispatch", True) if possible else ("actions/rerun", False)
    )


def test_a_dispatch_that_failed_at_the_head_is_not_repeated() -> None:
    from zionr.subsystems.actions.repairs.guards import against_repetition

    tried = failed(44, event="workflow_dispatch")
    assert against_repetition(tried, HEAD) == "it failed again at a1a1a1a; a new commit, or a person, is needed"
    assert against_repetition(tried, OLD) is None
    assert against_repetition(failed(44), HEAD) == (
        "it failed at a1a1a1a, where its branch is: a dispatch would only repeat that"
    )


@pytest.mark.parametrize(
    ("told", "says"),
    [
        (_told(*ROW), None),
        (_told(run(45, 60.0, conclusion="cancelled"), *ROW), "run #45 is newer"),
        (_told(run(45, 60.0, conclusion="skipped"), *ROW), "run #45 is newer"),
        (_newest(conclusion="stale"), "run #44 never ended, so none of its jobs failed"),
        (_newest(conclusion="startup_failure"), "its file was broken, and a re-run uses the same file"),
        (_told(failed(44, 30 * DAY), *ROW[1:]), "it is older than 30 days, and GitHub runs it no more"),
    ],
)
def test_what_failed_at_the_head_is_run_again_or_left_and_never_dispatched(told: JsonObject, says: str | None) -> None:
    offered = _one(told)
    assert (offered.remedy, offered.refusal) == ("actions/rerun", says)


def test_what_is_overdue_is_dispatched() -> None:
    offered = _one(_late(run(40, 3 * DAY, event="workflow_dispatch")), ci=SCHEDULED)
    assert (offered.remedy, offered.refusal) == ("actions/dispatch", None)
    assert offered.action == {
        "name": "ci.yml",
        "workflow": 7,
        "ref": "main",
        "before": 40,
        "primary": 7,
        "because": "overdue",
        "since": NOW - 26 * HOUR - 60,
        "backup": None,
    }


@pytest.mark.parametrize(
    ("told", "ci", "says"),
    [
        (_late(), file("schedule"), "ci.yml has no workflow_dispatch"),
        (
            _late(),
            file("schedule", "workflow_dispatch", inputs=["target", "size"]),
            "ci.yml has required inputs without a default: target, size",
        ),
        (_late(), file("schedule", "workflow_dispatch", environment=True), None),
        (_late(still=(under_way(45),)), SCHEDULED, "ci.yml: run #45 is in progress"),
        (_late(run(45, 60.0, status="queued", conclusion=None)), SCHEDULED, "ci.yml: run #45 is queued"),
        (
            _late(run(45, HOUR, event="workflow_dispatch")),
            SCHEDULED,
            "ci.yml: run #45 did the work 02:00Z",
        ),
        (_late(failed(45, HOUR, event="workflow_dispatch")), SCHEDULED, None),
        (_late(run(45, HOUR)), SCHEDULED, None),
        (_late(default_branch="trunk"), SCHEDULED, "its schedule is of the branch trunk, and main is judged"),
        (_late(default_branch=None), SCHEDULED, "GitHub did not tell the default branch"),
    ],
)
def test_when_an_overdue_workflow_may_be_dispatched(told: JsonObject, ci: JsonObject, says: str | None) -> None:
    offered = _one(told, ci=ci)
    assert (offered.remedy, offered.refusal) == ("actions/dispatch", says)


def test_a_file_that_was_not_read_may_have_no_trigger() -> None:
    whole, under = facts(_late(run(40, 3 * DAY, event="schedule"))), settings()
    (offered,) = candidates(judge_alive(whole, under, {})[1], observation(whole), under)
    assert offered.refusal == "the file ci.yml was not read, so nobody knows whether it has workflow_dispatch"


def test_a_broken_file_is_not_dispatched() -> None:
    assert _one(_late(), finding("markers"), ci=SCHEDULED).refusal == "GitHub refuses the file ci.yml: mend that first"


def test_a_backup_comes_before_a_dispatch() -> None:
    offered = _one(_late(spare=runs(run(39, 3 * DAY, event="workflow_dispatch"))), ci=SCHEDULED, **BACKUP)
    assert (offered.remedy, offered.refusal) == ("actions/backup", None)
    assert offered.command == "POST /repos/octo/site/actions/workflows/spare.yml/dispatches on main"
    assert (offered.findings, offered.targets) == (("actions/overdue:ci.yml",), ("ci.yml",))
    assert offered.action == {
        "name": "spare.yml",
        "workflow": 8,
        "ref": "main",
        "before": 39,
        "primary": 7,
        "because": "overdue",
        "since": NOW - 26 * HOUR - 60,
        "backup": 8,
    }


@pytest.mark.parametrize(
    ("spare", "says"),
    [
        (runs(run(50, 27 * HOUR)), None),
        (runs(failed(50, HOUR)), None),
        (runs(run(50, HOUR)), "spare.yml: run #50 did the work 02:00Z"),
        (runs(run(50, HOUR, event="schedule")), "spare.yml: run #50 did the work 02:00Z"),
        (runs(run(50, 60.0, status="queued", conclusion=None)), "spare.yml: run #50 is queued"),
        (runs(under_way(50)), "spare.yml: run #50 is in progress"),
    ],
)
def test_a_backup_is_not_started_twice(spare: JsonObject, says: str | None) -> None:
    """Nor is the primary started beside it."""
    offered = _one(_late(spare=spare), ci=SCHEDULED, **BACKUP)
    assert (offered.remedy, offered.refusal) == ("actions/backup", says)


@pytest.mark.parametrize(
    ("entry", "spare"),
    [
        (known("spare.yml", "disabled_manually", id=8), None),
        (known("spare.yml", "deleted", id=8), None),
        (None, file("push")),
        (None, file("workflow_dispatch", inputs=["target"])),
    ],
)
def test_where_the_backup_cannot_run_the_workflow_itself_is_dispatched(
    entry: JsonObject | None, spare: JsonObject | None
) -> None:
    told = _late()
    if entry is not None:
        told["workflows"]["spare.yml"] = entry
    offered = _one(told, ci=SCHEDULED, spare=spare, **BACKUP)
    assert (offered.remedy, offered.refusal) == ("actions/dispatch", None)


def test_where_neither_can_run_the_backup_says_why() -> None:
    told = _late()
    told["workflows"]["spare.yml"]["state"] = "disabled_manually"
    offered = _one(told, ci=file("schedule"), **BACKUP)
    assert offered.refusal == "spare.yml is not active: GitHub says disabled_manually of it"
    del told["workflows"]["spare.yml"]
    assert _one(told, ci=file("schedule"), **BACKUP).refusal == "GitHub does not have spare.yml"
    broken = finding("unreadable", "spare.yml")
    told = _late()
    assert _one(told, broken, ci=file("schedule"), **BACKUP).refusal == (
        "GitHub refuses the file spare.yml: mend that first"
    )


@pytest.mark.parametrize(
    ("recent", "spare", "remedy", "says"),
    [
        (ROW, runs(), "actions/rerun", None),
        (MOVED, runs(), "actions/backup", None),
        (AGAIN, runs(), "actions/backup", None),
        (MOVED, runs(run(50, HOUR - 1)), "actions/rerun", "its branch is at a1a1a1a now"),
        (MOVED, runs(run(50, HOUR + 1)), "actions/backup", None),
        (ROW, runs(run(50, HOUR - 1)), "actions/rerun", None),
        (ROW, runs(under_way(50)), "actions/rerun", "spare.yml: run #50 is in progress"),
        (MOVED, runs(under_way(50)), "actions/rerun", "spare.yml: run #50 is in progress"),
    ],
)
def test_what_fails_is_run_again_or_stood_in_for(
    recent: tuple[JsonObject, ...], spare: JsonObject, remedy: str, says: str | None
) -> None:
    offered = _one(_told(*recent, spare=spare), **BACKUP)
    assert offered.remedy == remedy
    assert (offered.refusal or "").startswith(says or "")
    assert (offered.refusal is None) is (says is None)


def test_what_is_stuck_is_cancelled_oldest_first_and_not_too_many() -> None:
    still = tuple(under_way(100 - place, (2 + place) * HOUR, status="queued") for place in range(12))
    offered = _one(_told(run(), still=(*still, under_way(101))))
    assert (offered.remedy, offered.refusal, offered.timeout_s) == ("actions/cancel", None, 90)
    assert [one["id"] for one in offered.action["runs"]] == [89, 90, 91, 92, 93]
    assert offered.action["runs"][0] == {"id": 89, "status": "queued", "attempt": 1}
    assert offered.command.startswith("POST /repos/octo/site/actions/runs/89/cancel; POST ")
    gone = _one(_told(run()), finding("stuck"))
    assert gone.refusal == "no run of it is stuck any more"


def test_planning_twice_is_planning_once() -> None:
    told = _late(*ROW, still=(under_way(20, 9 * HOUR, branch="topic"),))
    assert _offered(told, ci=SCHEDULED) == _offered(told, ci=SCHEDULED)
    assert [one.remedy for one in _offered(told, ci=SCHEDULED)] == [
        "actions/rerun",
        "actions/cancel",
        "actions/dispatch",
    ]


def test_what_git_can_bring_back_is_offered_beside() -> None:
    whole = facts(_told(run()), files(ci=file("push")))
    gone = finding("missing", "deploy.yml")
    (offered,) = candidates([gone], observation(whole), settings(critical=["deploy.yml"]))
    assert (offered.remedy, offered.findings, offered.edits_files) == ("actions/restore", (gone.id,), True)


@pytest.mark.parametrize("rule", ["failing", "overdue", "stuck"])
def test_the_workflow_that_runs_zionr_is_neither_started_nor_cancelled(rule: str) -> None:
    told = _late(*ROW, still=(under_way(20, 9 * HOUR),))
    whole, under = facts(told, files(ci=SCHEDULED, spare=SCHEDULED)), settings(**BACKUP)
    assert len(candidates([finding(rule)], observation(whole), under)) == 1
    assert candidates([finding(rule)], observation({**whole, "own": "ci.yml"}), under) == ()


def test_the_workflow_that_runs_zionr_is_enabled_as_any() -> None:
    whole = facts(_disabled("disabled_inactivity"), files(ci=SCHEDULED), own="ci.yml")
    (offered,) = candidates([finding("disabled-inactivity")], observation(whole), settings())
    assert (offered.remedy, offered.refusal) == ("actions/enable", None)
