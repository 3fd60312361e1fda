from __future__ import annotations

from typing import Any

import pytest

from tests.support import NOW
from tests.unit.actions.alive import DAY, HOUR, api, due, facts, file, files, known, run, runs
from tests.unit.actions.rules import settings
from zionr.model import Finding, JsonObject, State
from zionr.subsystems.actions.judging.alive import judge_alive

LATE = 26 * HOUR
BACKUP: JsonObject = {"workflows": {"nightly.yml": {"backup": "spare.yml"}}}
AGED: JsonObject = {"workflows": {"nightly.yml": {"max_age": DAY}}}


def _scheduled(ago: float, identity: int = 40, **changes: Any) -> JsonObject:
    return run(identity, ago, event="schedule", **changes)


def _found(
    *recent: JsonObject,
    entry: JsonObject | None = None,
    when: JsonObject | None = None,
    since: float | None = None,
    spare: JsonObject | None = None,
    broken: dict[str, str] | None = None,
    cron_since: float | None = None,
    folder: JsonObject | None = None,
    **rules: Any,
) -> list[Finding]:
    """What is found of `nightly.yml`, which was due 26 hours ago and is read from a folder."""
    whole = folder or files(nightly=file("schedule", "workflow_dispatch"))
    whole["history"]["of"] = {"nightly.yml": {"cron_since": cron_since}}
    told = api(
        {"nightly.yml": entry or known("nightly.yml"), "spare.yml": known("spare.yml")},
        runs={"nightly.yml": runs(*recent), "spare.yml": runs() if spare is None else spare},
        due={"nightly.yml": when or due(LATE)},
        scheduled_since=since,
    )
    return judge_alive(facts(told, whole), settings(**rules), broken or {})[1]


@pytest.mark.parametrize(
    ("recent", "late"),
    [
        ([], True),
        ([_scheduled(LATE + 61)], True),
        ([_scheduled(LATE + 60)], False),
        ([_scheduled(LATE)], False),
        ([_scheduled(HOUR)], False),
        ([run(41, HOUR, event="push"), _scheduled(2 * DAY)], True),
        ([_scheduled(HOUR, conclusion="failure")], False),
    ],
)
def test_overdue_is_what_did_not_begin_since_it_was_due(recent: list[JsonObject], late: bool) -> None:
    found = _found(*recent)
    assert [(one.id, one.state) for one in found] == ([("actions/overdue:nightly.yml", State.WARNING)] if late else [])


def test_what_a_person_reads_at_night() -> None:
    (found,) = _found(_scheduled(3 * DAY, 41), critical=["nightly.yml"])
    assert found.message == "was due Nov 23, 1d ago, and did not run; its last was #41, 3d ago"
    assert (found.state, found.expected, found.actual) == (
        State.CRITICAL,
        "2026-11-23T01:00:00.000Z",
        "2026-11-21T03:00:00.000Z",
    )
    assert found.evidence["due_at"] == NOW - LATE
    assert found.evidence["last"]["url"].endswith("/actions/runs/41")
    assert (found.hint or "").endswith("/actions/workflows/nightly.yml")
    (never,) = _found(when=due(9 * HOUR))
    assert never.message == "was due 18:00Z, 9h00m ago, and did not run; no scheduled run of it is known"


def test_a_broken_file_is_the_cause() -> None:
    (found,) = _found(broken={"nightly.yml": "actions/unreadable:nightly.yml"})
    assert found.caused_by == "actions/unreadable:nightly.yml"


@pytest.mark.parametrize("key", ["created_at", "updated_at"])
@pytest.mark.parametrize(("ago", "late"), [(LATE + 1, True), (LATE, True), (LATE - 1, False)])
def test_no_time_counts_before_it_was_there_and_enabled(key: str, ago: float, late: bool) -> None:
    assert bool(_found(entry={**known("nightly.yml"), key: NOW - ago})) is late


@pytest.mark.parametrize(("ago", "late"), [(LATE, True), (LATE - 1, False)])
def test_no_time_counts_before_its_cron_was_changed(ago: float, late: bool) -> None:
    assert bool(_found(cron_since=NOW - ago)) is late


def test_nothing_was_due_yet() -> None:
    assert _found(when=due(expected=None)) == []


@pytest.mark.parametrize(
    ("substitute", "covered"),
    [
        (run(50, LATE - HOUR, event="schedule"), True),
        (run(50, LATE + 60), True),
        (run(50, LATE + 61), False),
        (run(50, HOUR, conclusion="failure"), False),
        (run(50, HOUR, status="in_progress", conclusion=None), False),
    ],
)
def test_a_backup_that_ran_makes_it_a_warning(substitute: JsonObject, covered: bool) -> None:
    rules: dict[str, Any] = {"critical": ["nightly.yml"], **BACKUP}
    (found,) = _found(spare=runs(substitute), **rules)
    assert found.state is (State.WARNING if covered else State.CRITICAL)
    assert found.evidence.get("covered_by", {}).get("workflow") == ("spare.yml" if covered else None)


def test_a_covered_one_says_who_did_the_work() -> None:
    (found,) = _found(spare=runs(run(50, HOUR)), **BACKUP)
    assert found.message.endswith("no scheduled run of it is known; spare.yml did the work 02:00Z")
    (other,) = _found(spare=runs(run(50, HOUR)))
    assert "covered_by" not in other.evidence


def test_its_own_run_by_dispatch_covers_it_and_a_push_does_not() -> None:
    (found,) = _found(run(44, HOUR, event="workflow_dispatch"), critical=["nightly.yml"])
    assert (found.state, found.evidence["covered_by"]["number"]) == (State.WARNING, 44)
    assert found.message.endswith("; a run by dispatch did the work 02:00Z")
    (other,) = _found(run(44, HOUR), critical=["nightly.yml"])
    assert (other.state, "covered_by" in other.evidence) == (State.CRITICAL, False)
    dispatched = run(44, HOUR, event="workflow_dispatch", status="queued", conclusion=None)
    assert "covered_by" not in _found(dispatched)[0].evidence


@pytest.mark.parametrize(
    ("since", "rule"),
    [
        (None, "overdue"),
        (NOW - 2 * DAY, "overdue"),
        (NOW - LATE - 60, "overdue"),
        (NOW - LATE - 59, "unjudged"),
        (NOW - HOUR, "unjudged"),
    ],
)
def test_what_was_not_seen_is_not_overdue(since: float | None, rule: str) -> None:
    assert [one.rule for one in _found(since=since)] == [f"actions/{rule}"]


def test_a_scheduled_run_that_was_seen_settles_it() -> None:
    assert [one.rule for one in _found(_scheduled(3 * DAY), since=NOW - HOUR)] == ["actions/overdue"]
    assert _found(_scheduled(600.0), since=NOW - HOUR) == []


def test_all_that_was_not_seen_is_one_finding() -> None:
    names = ["a.yml", "b.yml", "c.yml"]
    folder = files(**{name[0]: file("schedule") for name in names})
    told = api(
        {name: known(name) for name in names},
        due={"a.yml": due(LATE), "b.yml": due(7 * DAY), "c.yml": due(HOUR)},
        runs={"c.yml": runs(_scheduled(600.0))},
        scheduled_since=NOW - 2 * HOUR,
    )
    (found,) = judge_alive(facts(told, folder), settings(), {})[1]
    assert (found.rule, found.state, found.target) == ("actions/unjudged", State.UNKNOWN, None)
    assert found.targets == ("a.yml", "b.yml")
    assert found.message == "the runs were read back to 01:00Z, and these may have been due before"
    fewer = judge_alive(facts({**told, "due": {"a.yml": due(LATE)}}, folder), settings(), {})[1][0]
    assert fewer.id == found.id == f"actions/unjudged:group:{found.group}"


@pytest.mark.parametrize(("ago", "late"), [(DAY, False), (DAY + 61, True), (3 * DAY, True)])
def test_the_policys_max_age_stands_in_place_of_the_cron(ago: float, late: bool) -> None:
    found = _found(_scheduled(ago, 41), when=due(expected=None), **AGED)
    assert [one.rule for one in found] == (["actions/overdue"] if late else [])


def test_a_max_age_says_its_limit() -> None:
    assert _found(_scheduled(3 * DAY, 41), **AGED)[0].message == "its last run was #41, 3d ago, limit 1d"
    assert _found(**AGED)[0].message == "it has never run on its own, limit 1d"
    assert _found(_scheduled(LATE - HOUR - 120), **{**AGED, "critical": ["nightly.yml"]})[0].state is State.CRITICAL


def test_a_workflow_younger_than_its_max_age_is_not_late() -> None:
    assert _found(entry=known("nightly.yml", created_at=NOW - DAY + 1), **AGED) == []


def test_without_a_schedule_any_run_counts_for_max_age() -> None:
    def found(*recent: JsonObject, seen_since: float | None = None) -> list[str]:
        told = api(
            {"nightly.yml": known("nightly.yml")},
            runs={"nightly.yml": runs(*recent)},
            seen_since=seen_since,
            scheduled_since=None,
        )
        whole = facts(told, files(nightly=file("repository_dispatch")))
        return [one.rule for one in judge_alive(whole, settings(**AGED), {})[1]]

    assert found(run(41, HOUR, event="repository_dispatch")) == []
    assert found(run(41, 2 * DAY, event="repository_dispatch")) == ["actions/overdue"]
    assert found() == ["actions/overdue"]
    assert found(seen_since=NOW - HOUR) == ["actions/unjudged"]


def test_a_file_that_github_does_not_have_is_not_late() -> None:
    told = api({}, due={"nightly.yml": due(LATE)})
    assert judge_alive(facts(told, files(nightly=file("schedule"))), settings(), {})[1] == []
