from __future__ import annotations

from typing import Any

import pytest

from tests.support import NOW
from tests.unit.actions.alive import HOUR, api, facts, failed, known, run, runs, under_way
from tests.unit.actions.rules import settings
from zionr.model import Finding, JsonObject, State
from zionr.subsystems.actions.judging.alive import judge_alive

BROKEN = "actions/unreadable:ci.yml"
ROW = (failed(44, HOUR), failed(43, 2 * HOUR), failed(42, 3 * HOUR))


def _found(
    *recent: JsonObject,
    broken: str | None = None,
    still: tuple[JsonObject, ...] = (),
    state: str = "active",
    **more: Any,
) -> list[Finding]:
    told = api({"ci.yml": known(state=state)}, runs={"ci.yml": runs(*recent)}, open=list(still))
    causes = {} if broken is None else {"ci.yml": broken}
    return judge_alive(facts(told), settings(**more), causes)[1]


def _row(conclusions: str) -> list[JsonObject]:
    """`FFs` is two failures after a success: one letter for each run, newest first."""
    words = {"F": "failure", "T": "timed_out", "U": "startup_failure", "L": "stale", "s": "success", "n": "neutral"}
    words |= {"c": "cancelled", "k": "skipped", "a": "action_required", "x": "invented"}
    count = len(conclusions)
    return [
        run(40 + count - place, place * HOUR, conclusion=words[letter], jobs=2)
        for place, letter in enumerate(conclusions)
    ]


@pytest.mark.parametrize(
    ("conclusions", "in_row"),
    [
        ("", 0),
        ("FF", 0),
        ("FFF", 3),
        ("FFFF", 4),
        ("FFsF", 0),
        ("sFFF", 0),
        ("nFFF", 0),
        ("FFFsFF", 3),
        ("FTU", 3),
        ("FLF", 3),
        ("cFckFF", 3),
        ("cFcFk", 0),
        ("aFaFF", 3),
        ("aaa", 0),
        ("xFFxF", 3),
        ("xxx", 0),
    ],
)
def test_failures_in_a_row(conclusions: str, in_row: int) -> None:
    found = _found(*_row(conclusions))
    assert [(one.id, one.state, one.actual) for one in found] == (
        [("actions/failing:ci.yml", State.CRITICAL, in_row)] if in_row else []
    )


def test_what_a_person_reads_at_night() -> None:
    (found,) = _found(failed(4312, 600.0), failed(4311, 1200.0), failed(4310, 1800.0), failed(4309, 3000.0), run(4308))
    assert found.message == "failed 4 times in a row since 02:10Z; newest run #4312"
    assert found.hint == "its log: https://github.example/octo/site/actions/runs/4312"
    assert found.evidence["run"]["url"] == "https://github.example/octo/site/actions/runs/4312"
    assert found.evidence["runs"] == [4312, 4311, 4310, 4309]
    assert found.expected == "fewer than 3 in a row"


def _told_row(count: int, *older: JsonObject, **changes: Any) -> str:
    """What is said of so many failures in a row, by the hour."""
    row = [failed(90 - place, (1 + place) * 60.0) for place in range(count)]
    told = api(runs={"ci.yml": runs(*row, *older)}, **changes)
    found = judge_alive(facts(told), settings(), {})[1][0]
    assert found.actual == count
    return found.message.partition(" in a row")[0]


def test_a_row_that_fills_what_is_kept_may_be_longer() -> None:
    assert _told_row(3) == "failed 3 times"
    assert _told_row(9) == "failed 9 times"
    assert _told_row(10) == "failed at least 10 times"
    assert _told_row(9, run(41)) == "failed 9 times"


def test_a_row_that_fills_what_was_seen_may_be_longer() -> None:
    assert _told_row(3, seen_since=NOW - HOUR) == "failed at least 3 times"
    assert _told_row(3, run(41), seen_since=NOW - HOUR) == "failed 3 times"
    young = {"ci.yml": known(created_at=NOW - 600)}
    assert _told_row(3, workflows=young, seen_since=NOW - HOUR) == "failed 3 times"


def test_the_policy_says_how_many() -> None:
    rules: dict[str, Any] = {"workflows": {"ci.yml": {"failures": 1}}}
    (found,) = _found(failed(44), run(43), **rules)
    assert found.message == "failed 02:00Z; newest run #44"
    assert _found(run(44), **rules) == []
    assert _found(*_row("FFF"), failures=4) == []


def test_failures_of_a_file_that_github_refuses_come_of_the_file() -> None:
    (found,) = _found(*_row("FFF"), broken=BROKEN)
    assert found.caused_by == BROKEN


def test_a_run_without_jobs() -> None:
    (found,) = _found(failed(44, 600.0, jobs=0), run(43))
    assert (found.id, found.state) == ("actions/run-without-jobs:ci.yml", State.CRITICAL)
    assert found.message == "run #44 failed at 02:50Z without a single job: GitHub does not take the file"
    assert found.hint == "what GitHub says of the file: https://github.example/octo/site/actions/runs/44"
    assert found.caused_by is None
    assert _found(failed(44, jobs=0), broken=BROKEN)[0].caused_by == BROKEN


@pytest.mark.parametrize(
    "newest",
    [
        failed(44, jobs=1),
        failed(44, jobs=None),
        run(44, jobs=0, conclusion="cancelled"),
        run(44, jobs=0, conclusion="skipped"),
        run(44, jobs=0, status="queued", conclusion=None),
        failed(44, jobs=0, branch="topic"),
        failed(44, jobs=0, event="pull_request"),
    ],
)
def test_what_is_no_run_without_jobs(newest: JsonObject) -> None:
    told = api(runs={"ci.yml": runs(run(43), newest=newest)})
    assert judge_alive(facts(told), settings(), {})[1] == []


def test_an_older_run_without_jobs_is_over() -> None:
    assert _found(run(44), failed(43, jobs=0)) == []


def test_failures_without_jobs_have_one_cause() -> None:
    empty, failing = _found(*(failed(identity, jobs=0) for identity in (44, 43, 42)), broken=BROKEN)
    assert (empty.rule, empty.caused_by) == ("actions/run-without-jobs", BROKEN)
    assert (failing.rule, failing.caused_by) == ("actions/failing", empty.id)


@pytest.mark.parametrize(
    ("status", "ago", "stuck"),
    [
        ("queued", HOUR, False),
        ("queued", HOUR + 1, True),
        ("in_progress", 6 * HOUR, False),
        ("in_progress", 6 * HOUR + 1, True),
        ("waiting", 700 * HOUR, False),
        ("pending", 700 * HOUR, False),
        ("requested", 700 * HOUR, False),
    ],
)
def test_how_long_a_run_may_be_on_its_way(status: str, ago: float, stuck: bool) -> None:
    found = _found(still=(under_way(44, ago, status=status),))
    assert [(one.id, one.state) for one in found] == ([("actions/stuck:ci.yml", State.WARNING)] if stuck else [])


def test_a_rerun_is_as_old_as_its_attempt() -> None:
    again = under_way(44, 48 * HOUR, status="queued", attempt=2)
    assert _found(still=({**again, "started_at": NOW - 600},)) == []
    assert _found(still=({**again, "started_at": None},)) != []


def test_stuck_runs_of_one_workflow_are_one_finding_the_oldest_first() -> None:
    still = (under_way(44, 2 * HOUR, status="queued"), under_way(45, 60.0), under_way(43, 3 * HOUR, status="queued"))
    (found,) = _found(still=(*still, under_way(9, 90 * HOUR, "other.yml")))
    assert found.message == "run #43 is queued for 3h00m, limit 1h, and 1 more"
    assert found.evidence["runs"] == [43, 44]
    assert found.hint == "what it waits for: https://github.example/octo/site/actions/runs/43"


def test_limits_come_from_the_policy() -> None:
    still = (under_way(44, 600.0),)
    (found,) = _found(still=still, stuck={"queued": HOUR, "in_progress": 300.0})
    assert found.message == "run #44 is in progress for 10m, limit 5m"


def test_a_stuck_run_is_no_fruit_of_the_file_and_stays_when_the_workflow_is_disabled() -> None:
    still = (under_way(44, 9 * HOUR),)
    assert [(one.rule, one.caused_by) for one in _found(still=still, broken=BROKEN)] == [("actions/stuck", None)]
    assert [one.rule for one in _found(still=still, state="disabled_manually")] == [
        "actions/disabled-manually",
        "actions/stuck",
    ]


def test_the_workflow_that_runs_zionr_is_not_failing_for_what_zionr_finds() -> None:
    def found(own: str | None, *recent: JsonObject, **entry: Any) -> list[str]:
        told = api({"ci.yml": known(**entry)}, runs={"ci.yml": runs(*recent)})
        return [one.rule for one in judge_alive(facts(told, own=own), settings(), {})[1]]

    assert found("ci.yml", *ROW) == []
    assert found("other.yml", *ROW) == found(None, *ROW) == ["actions/failing"]
    assert found("ci.yml", failed(45, jobs=0), *ROW) == ["actions/run-without-jobs"]
    assert found("ci.yml", *ROW, state="disabled_inactivity") == ["actions/disabled-inactivity"]
