from __future__ import annotations

from typing import Any

import pytest

from tests.support import NOW
from tests.unit.actions.alive import DAY, HOUR, api, due, facts, failed, file, files, known, run, runs
from tests.unit.actions.rules import settings
from zionr.model import Finding, JsonObject, State, Target
from zionr.subsystems.actions.judging.alive import judge_alive

CRITICAL, WARNING, UNKNOWN = State.CRITICAL, State.WARNING, State.UNKNOWN


def _judge(whole: JsonObject, broken: dict[str, str] | None = None, **rules: Any) -> tuple[list[Target], list[Finding]]:
    return judge_alive(whole, settings(**rules), broken or {})


def _rules(whole: JsonObject, **rules: Any) -> list[tuple[str, State]]:
    return [(one.rule.removeprefix("actions/"), one.state) for one in _judge(whole, **rules)[1]]


def _of_state(state: str, **changes: Any) -> JsonObject:
    return facts(api({"ci.yml": known(state=state, updated_at=NOW - 2 * HOUR, **changes)}))


def test_without_an_api_there_is_nothing_to_judge() -> None:
    assert _judge(facts(api=None, folder=files(ci=file("push"))), critical=["ci.yml"]) == ([], [])


def test_what_is_active_and_succeeds_is_well() -> None:
    whole = facts(api(runs={"ci.yml": runs(run(41), failed(40))}))
    targets, findings = _judge(whole)
    assert findings == []
    assert [(target.name, target.kind, target.state) for target in targets] == [
        ("api", "api", State.OK),
        ("ci.yml", "workflow", State.OK),
    ]
    assert targets[1].metrics == {"failures_in_row": 0, "last_run_age_s": HOUR}


def test_weight_and_required_come_from_the_policy() -> None:
    targets, _ = _judge(facts(), workflows={"ci.yml": {"required": False, "weight": 0.5}})
    assert (targets[1].weight, targets[1].required, targets[1].metrics) == (0.5, False, {})


def test_where_the_folder_is_read_its_workflows_and_the_critical_ones_are_the_targets() -> None:
    told = api({"ci.yml": known(), "old.yml": known("old.yml"), "deploy.yml": known("deploy.yml")})
    targets, findings = _judge(facts(told, files(ci=file("push"))), critical=["deploy.yml"])
    assert ([target.name for target in targets], findings) == (["api", "ci.yml", "deploy.yml"], [])


def test_without_the_folder_what_github_has_are_the_targets_less_its_own() -> None:
    pages = known("pages", path="dynamic/pages/pages-build-deployment")
    told = api({"ci.yml": known(), "pages": pages, "gone.yml": known("gone.yml", "deleted")})
    assert [target.name for target in _judge(facts(told))[0]] == ["api", "ci.yml"]


@pytest.mark.parametrize(
    ("state", "rule", "worst", "says"),
    [
        ("disabled_inactivity", "disabled-inactivity", CRITICAL, "GitHub disabled it at 01:00Z: 60 days without"),
        ("disabled_manually", "disabled-manually", WARNING, "somebody disabled it at 01:00Z, so it is never touched"),
        ("disabled_fork", "disabled-fork", WARNING, "disabled since the repository was forked"),
        ("asleep", "state-unknown", UNKNOWN, "GitHub says 'asleep' of it"),
    ],
)
def test_a_state_that_is_not_active(state: str, rule: str, worst: State, says: str) -> None:
    (found,) = _judge(_of_state(state))[1]
    assert (found.id, found.state) == (f"actions/{rule}:ci.yml", worst)
    assert found.message.startswith(says)
    assert found.evidence["url"].endswith("/actions/workflows/ci.yml")


def test_an_old_state_is_dated_by_its_day() -> None:
    whole = facts(api({"ci.yml": known(state="disabled_manually", updated_at=NOW - 2 * DAY)}))
    assert _judge(whole)[1][0].message == "somebody disabled it on Nov 22, so it is never touched"


@pytest.mark.parametrize("state", ["disabled_inactivity", "disabled_manually", "disabled_fork"])
def test_a_disabled_state_stands_for_all_that_comes_of_it(state: str) -> None:
    row = runs(*(failed(identity) for identity in (43, 42, 41)))
    late = {"expected": NOW - DAY, "previous": NOW - 2 * DAY, "interval_s": DAY, "grace_s": HOUR}
    told = api({"ci.yml": known(state=state)}, runs={"ci.yml": row}, due={"ci.yml": late})
    assert [rule for rule, _ in _rules(facts(told), critical=["ci.yml"])] == [state.replace("_", "-")]


def test_a_state_is_no_fruit_of_a_broken_file() -> None:
    (found,) = _judge(_of_state("disabled_inactivity"), {"ci.yml": "actions/unreadable:ci.yml"})[1]
    assert found.caused_by is None


def test_a_critical_workflow_that_nobody_has_is_missing_where_the_folder_is_not_read() -> None:
    gone = api({"deploy.yml": known("deploy.yml", "deleted"), "ci.yml": known()})
    for told in (api(), gone):
        targets, findings = _judge(facts(told), critical=["deploy.yml", "ci.yml"])
        assert [(one.id, one.state) for one in findings] == [("actions/missing:deploy.yml", CRITICAL)]
        assert {"deploy.yml", "ci.yml"} <= {target.name for target in targets}


def test_where_the_folder_is_read_it_tells_what_is_missing() -> None:
    assert _rules(facts(api(), files(ci=file("push"))), critical=["deploy.yml"]) == []


def test_a_critical_file_that_github_does_not_have_is_not_judged() -> None:
    whole = facts(api(), files(ci=file("push"), deploy=file("push"), new=file("schedule")))
    (found,) = _judge(whole, critical=["deploy.yml"])[1]
    assert (found.rule, found.state, found.targets) == ("actions/unjudged", UNKNOWN, ("deploy.yml",))


@pytest.mark.parametrize(
    ("named", "default", "head", "expected"),
    [
        (None, "main", "a1", []),
        (None, "main", None, []),
        ("main", "main", "a1", []),
        ("live", "main", "a1", [("branch-moved", WARNING)]),
        ("master", "main", None, [("branch-moved", CRITICAL)]),
        ("main", "main", None, [("branch-moved", CRITICAL)]),
        ("live", None, None, []),
    ],
)
def test_a_branch_that_moved(
    named: str | None, default: str | None, head: str | None, expected: list[tuple[str, State]]
) -> None:
    rules = {} if named is None else {"branch": named}
    assert _rules(facts(api(default_branch=default, head=head)), **rules) == expected


def test_a_branch_that_moved_says_what_to_set() -> None:
    (found,) = _judge(facts(api(head=None)), branch="master")[1]
    assert found.message == "branch master is gone, so no run of it is judged; the default is main"
    assert found.hint == "set subsystems.actions.branch: main, or leave it out for the default branch"
    assert (found.target, found.expected, found.actual) == ("api", "master", "main")


NOTHING = ["head", "workflows", "open", "runs", "scheduled", "jobs"]


def _away(status: str = "no-token", **changes: Any) -> JsonObject:
    """GitHub told nothing."""
    since = {"seen_since": NOW, "scheduled_since": NOW, "unseen": NOTHING, "default_branch": None, "head": None}
    words = {"status": status, "reason": "there is no token", "remedy": "set GITHUB_TOKEN"}
    return api(**{"workflows": {}, **since, **words, **changes})


@pytest.mark.parametrize("status", ["no-token", "no-right", "not-found", "limited", "unreadable", "unreachable"])
def test_an_api_that_tells_nothing_is_said_once(status: str) -> None:
    folder = files(ci=file("push"), nightly=file("schedule"), deploy=file("push"))
    told = _away(status, due={"nightly.yml": due()})
    targets, (found,) = _judge(facts(told, folder), critical=["deploy.yml"], branch="main")
    assert (found.id, found.state, found.caused_by) == ("actions/api-unavailable:api", UNKNOWN, None)
    assert found.message == "there is no token; whether 2 workflows run on time is not known"
    assert found.hint == "set GITHUB_TOKEN"
    assert found.evidence["status"] == status
    states = {target.name: target.state for target in targets}
    assert states == {"api": State.OK, "ci.yml": State.OK, "nightly.yml": UNKNOWN, "deploy.yml": UNKNOWN}


def test_an_api_that_nobody_waits_for_gives_its_reason_only() -> None:
    assert _judge(facts(_away(), files(ci=file("push"))))[1][0].message == "there is no token"
    aged = _judge(facts(_away(), files(ci=file("push"))), workflows={"ci.yml": {"max_age": DAY}})[1][0]
    assert aged.message == "there is no token; whether 1 workflow runs on time is not known"
    assert [rule for rule, _ in _rules(facts(_away()), critical=["gone.yml"])] == ["api-unavailable"]


def test_what_github_told_before_it_fell_silent_is_judged() -> None:
    told = _away(
        "limited",
        workflows={"ci.yml": known(), "nightly.yml": known("nightly.yml", "disabled_inactivity")},
        runs={"ci.yml": runs(failed(43), failed(42), failed(41))},
        due={"ci.yml": due(), "nightly.yml": due()},
        unseen=["scheduled", "jobs"],
    )
    whole = facts(told, files(ci=file("push", "schedule"), nightly=file("schedule")))
    assert _rules(whole) == [
        ("api-unavailable", UNKNOWN),
        ("failing", CRITICAL),
        ("disabled-inactivity", CRITICAL),
    ]


def test_a_list_of_workflows_that_is_not_whole_misses_none() -> None:
    assert _rules(facts(api(unseen=["workflows"])), critical=["deploy.yml"]) == []
    whole = facts(api(unseen=["workflows"]), files(ci=file("push"), deploy=file("push")))
    assert _rules(whole, critical=["deploy.yml"]) == []


def test_a_branch_that_was_not_seen_is_not_gone() -> None:
    assert _rules(facts(api(head=None, unseen=["head"])), branch="main") == []


def test_judging_changes_nothing_and_is_the_same_twice() -> None:
    whole = facts(api(runs={"ci.yml": runs(*(failed(identity) for identity in (43, 42, 41)))}))
    assert _judge(whole) == _judge(whole)
    assert whole == facts(api(runs={"ci.yml": runs(*(failed(identity) for identity in (43, 42, 41)))}))
