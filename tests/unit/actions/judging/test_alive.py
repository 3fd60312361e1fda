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
    assert found.message == "whether 3 workflows live is not known: there is no token"
    assert found.hint == "set GITHUB_TOKEN"
    assert found.evidence["status"] == status
    states = {target.name: target.state for target in targets}
    assert states == {"api": State.OK, "ci.yml": UNKNOWN, "nightly.yml": UNKNOWN, "deploy.yml": UNKNOWN}


def test_how_many_lives_are_not_known() -> None:
    assert _judge(facts(_away(), files()))[1][0].message == "there is no token"
    one = _judge(facts(_away(), files(ci=file("push"))))[1][0]
    assert one.message == "whether 1 workflow lives is not known: there is no token"
    assert [rule for rule, _ in _rules(facts(_away()), critical=["gone.yml"])] == ["api-unavailable"]


OLDER = NOW - 400 * DAY
"""Before any of the workflows was there."""


@pytest.mark.parametrize(
    ("trigger", "told", "unknown"),
    [
        # What was listed before GitHub fell silent, and what was not.
        ("push", {"workflows": {}, "unseen": NOTHING[1:]}, True),
        ("push", {"unseen": NOTHING[2:], "seen_since": NOW}, True),
        ("push", {"unseen": NOTHING[3:], "seen_since": NOW}, True),
        ("pull_request", {"unseen": NOTHING[3:], "seen_since": NOW}, True),
        # Of its runs enough was seen, or not.
        ("push", {"unseen": NOTHING[3:], "runs": {"ci.yml": runs(run(41))}, "seen_since": NOW - DAY}, False),
        ("push", {"unseen": NOTHING[3:], "runs": {"ci.yml": runs(failed(41))}, "seen_since": NOW - DAY}, True),
        ("push", {"unseen": NOTHING[4:], "seen_since": NOW - DAY}, True),
        ("push", {"unseen": NOTHING[4:], "seen_since": OLDER}, False),
        ("pull_request", {"unseen": NOTHING[4:], "seen_since": NOW - DAY}, False),
        # Its schedule was decided, or not.
        ("schedule", {"unseen": NOTHING[4:], "runs": {"ci.yml": runs(run(41, HOUR, event="schedule"))}}, False),
        ("schedule", {"unseen": NOTHING[4:], "scheduled_since": NOW - HOUR}, True),
        # Its newest run failed at once, and nobody told whether it had jobs.
        ("push", {"unseen": NOTHING[5:], "runs": {"ci.yml": runs(failed(42, jobs=None), run(41))}}, True),
        ("push", {"unseen": NOTHING[5:], "runs": {"ci.yml": runs(failed(42, jobs=1), run(41))}}, False),
        # GitHub told all but a row or two: those may be runs of any workflow.
        ("push", {"unseen": [], "seen_since": NOW, "scheduled_since": NOW}, True),
        # It is not on GitHub at all.
        ("push", {"unseen": NOTHING[3:], "workflows": {}, "seen_since": NOW}, False),
    ],
)
def test_unknown_is_just_what_was_not_seen(trigger: str, told: JsonObject, unknown: bool) -> None:
    waits: JsonObject = {"due": {"ci.yml": due()} if trigger == "schedule" else {}}
    words: JsonObject = {"status": "limited", "reason": "enough", "scheduled_since": told.get("seen_since")}
    whole = facts(api(**{**words, **waits, **told}), files(ci=file(trigger)))
    targets, (found, *_) = _judge(whole)
    assert targets[1].state is (UNKNOWN if unknown else State.OK)
    assert found.message == ("whether 1 workflow lives is not known: enough" if unknown else "enough")


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
    assert _rules(facts(api(unseen=["workflows"])), critical=["deploy.yml"]) == [("unjudged", UNKNOWN)]
    whole = facts(api(unseen=["workflows"]), files(ci=file("push"), deploy=file("push")))
    targets, (found,) = _judge(whole, critical=["deploy.yml"])
    assert (found.rule, found.targets) == ("actions/unjudged", ("deploy.yml",))
    assert found.message == "GitHub's list of workflows was not read to its end, and these were not in it"
    assert [target.state for target in targets] == [State.OK, State.OK, UNKNOWN]


FEW = "no run, or fewer than `failures`, among the newest 1,500"


@pytest.mark.parametrize(
    ("recent", "changes", "unjudged"),
    [
        ((), {}, True),
        ((failed(42), failed(41)), {}, True),
        ((failed(42), run(41)), {}, False),
        ((failed(43), failed(42), failed(41)), {}, False),
        ((), {"seen_since": None}, False),
        ((), {"workflows": {"ci.yml": known(created_at=NOW - HOUR + 60)}}, False),
        ((), {"workflows": {"ci.yml": known(created_at=NOW - HOUR + 59)}}, True),
        ((), {"workflows": {"ci.yml": known(state="disabled_manually")}}, False),
        ((), {"workflows": {"ci.yml": known(state="deleted")}}, False),
        ((), {"workflows": {}}, False),
        ((), {"status": "limited"}, False),
    ],
)
def test_whether_it_fails_is_not_known(recent: tuple[JsonObject, ...], changes: JsonObject, unjudged: bool) -> None:
    told = api(**{"runs": {"ci.yml": runs(*recent)}, "seen_since": NOW - HOUR, "seen_runs": 1500, **changes})
    found = [one for one in _judge(facts(told, files(ci=file("push"))))[1] if one.rule == "actions/unjudged"]
    assert [(one.state, one.targets) for one in found] == ([(UNKNOWN, ("ci.yml",))] if unjudged else [])
    assert not unjudged or found[0].message == f"1 active workflow has {FEW}: whether it fails is not known"


def test_all_of_which_that_is_not_known_are_one_finding() -> None:
    names = ("a.yml", "b.yml", "pulls.yml", "own.yml", "clock.yml")
    told = api({name: known(name) for name in names}, seen_since=NOW - HOUR, seen_runs=1500)
    pulls, clock = file("pull_request", "workflow_call"), file("schedule")
    whole = facts(told, files(a=file("push"), b=file("push", "pull_request"), pulls=pulls, own=clock, clock=clock))
    (found,) = _judge({**whole, "own": "own.yml"})[1]
    assert found.message == f"2 active workflows have {FEW}: whether they fail is not known"
    assert found.targets == ("a.yml", "b.yml")
    # What starts by the clock alone is known by the scheduled runs, which all were seen; elsewhere they are not all.
    told["scheduled_since"] = NOW - HOUR
    assert _judge({**whole, "own": "own.yml"})[1][0].targets == ("a.yml", "b.yml", "clock.yml")
    told["scheduled_since"] = None
    assert "clock.yml" in _judge({**whole, "branch": "live"}, branch="live")[1][1].targets


def test_a_branch_that_was_not_seen_is_not_gone() -> None:
    assert _rules(facts(api(head=None, unseen=["head"])), branch="main") == []


def test_judging_changes_nothing_and_is_the_same_twice() -> None:
    whole = facts(api(runs={"ci.yml": runs(*(failed(identity) for identity in (43, 42, 41)))}))
    assert _judge(whole) == _judge(whole)
    assert whole == facts(api(runs={"ci.yml": runs(*(failed(identity) for identity in (43, 42, 41)))}))
