from __future__ import annotations

import pytest

from tests.support import HEALTH, NOW, past, policy, runner_rules
from zionr.engine.overview import Overview, fresh_s, overview
from zionr.model import JsonObject, PastReport, State


def _read(report_id: str) -> JsonObject:
    targets = [("api", 0, 1), ("front", 100, 2), ("worker", 50, 1), ("odd", None, 9)]
    return {"targets": [{"name": name, "score": score, "weight": weight} for name, score, weight in targets]}


def _overview(*latest: PastReport, subsystems: tuple[str, ...] = ("pm2",)) -> Overview:
    under = policy(
        subsystems={name: {} for name in subsystems},
        health=HEALTH._replace(weights={"pm2": 3.0}),
        runners={"web-1": runner_rules(300, 600)},
    )
    return overview(latest, under, NOW, _read)


def test_the_weighted_mean_of_the_subsystems() -> None:
    seen = _overview(
        past(10, score=50.0, state=State.CRITICAL),
        past(10, subsystem="git", scope="repository"),
        subsystems=("pm2", "git"),
    )
    assert seen.health.score == 62.5
    assert seen.state is State.CRITICAL
    assert [row.weight for row in seen.rows] == [3, 1]


def test_what_each_target_costs_in_points_of_the_whole() -> None:
    seen = _overview(past(10, score=62.5))
    assert seen.rows[0].lost == (("api", 25.0), ("worker", 12.5))
    assert seen.health.score is not None
    assert sum(points for _, points in seen.rows[0].lost) == 100 - seen.health.score


def test_two_scopes_share_a_weight() -> None:
    seen = _overview(past(10, score=100.0), past(10, scope="host:web-2", score=50.0))
    assert [(row.scope, row.weight) for row in seen.rows] == [("host:web-1", 1.5), ("host:web-2", 1.5)]
    assert seen.health.score == 75


def test_no_report_and_stale_reports_are_unknown() -> None:
    for latest, note in (((), "no report on file"), ((past(901),), "its last report is stale")):
        seen = _overview(*latest)
        assert (seen.state, seen.health.score, seen.rows[0].note) == (State.UNKNOWN, None, note)
    assert _overview(past(900)).state is State.OK


def test_the_worse_of_two_fresh_ones_that_disagree() -> None:
    worse = past(200, runner="actions", state=State.WARNING, score=70.0)
    assert _overview(past(10), worse).rows[0].report == worse
    stale = past(4000, runner="actions", state=State.CRITICAL)
    assert _overview(past(10), stale).state is State.OK


def test_events_and_subsystems_that_are_not_enabled_do_not_count() -> None:
    seen = _overview(past(10), past(5, kind="event", state=State.CRITICAL), past(5, subsystem="git", score=0.0))
    assert (seen.health.score, len(seen.rows)) == (100, 1)
    assert _overview(subsystems=()).state is State.UNKNOWN


@pytest.mark.parametrize(("runner", "seconds"), [("web-1", 900), ("somebody", 3600), ("idle", 3600)])
def test_how_long_a_report_counts(runner: str, seconds: float) -> None:
    under = policy(runners={"web-1": runner_rules(300, 600), "idle": runner_rules(None, 600)})
    assert fresh_s(runner, under) == seconds


def test_one_of_the_future_does_not_count() -> None:
    seen = _overview(past(10), past(-301, state=State.CRITICAL, runner="actions"))
    assert (seen.state, seen.rows[0].note) == (State.OK, "a report of actions is of the future and does not count")
    assert _overview(past(10), past(-299, state=State.CRITICAL)).state is State.CRITICAL
    only = _overview(past(-301))
    assert (only.state, only.rows[0].report) == (State.UNKNOWN, None)
