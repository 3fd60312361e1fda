from __future__ import annotations

from typing import Any

import pytest

from tests.unit.actions.alive import api, facts, failed, known, observation, run, runs, under_way
from tests.unit.actions.rules import settings
from zionr.model import Candidate, JsonObject, Verdict
from zionr.subsystems.actions.verify import BETWEEN_S, LOOKS, SETTLE_S, is_settling, settle_s, verdict

ENABLE: JsonObject = {"name": "ci.yml", "workflow": 7}
RERUN: JsonObject = {"name": "ci.yml", "workflow": 7, "run": 44}
DISPATCH: JsonObject = {"name": "ci.yml", "workflow": 7, "before": 44}
CANCEL: JsonObject = {"name": "ci.yml", "runs": [{"id": 43}, {"id": 44}]}


def _candidate(remedy: str, action: JsonObject) -> Candidate:
    return Candidate(f"actions/{remedy}", ("x",), ("ci.yml",), "", "irreversible", 30.0, action)


def _judged(remedy: str, action: JsonObject, told: JsonObject | None) -> tuple[bool, str, bool]:
    """Verified, the reason, and whether a later look may tell more."""
    due, sample = _candidate(remedy, action), observation(facts(api=told))
    found = verdict(due, [sample], settings())
    return found.verified, found.reason, is_settling(due, sample, settings())


def _dispatched(*recent: JsonObject, **more: Any) -> JsonObject:
    return api(runs={"ci.yml": runs(*recent, **more)})


BY_HAND: dict[str, Any] = {"event": "workflow_dispatch"}


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        (api(), (True, "GitHub says active of it", False)),
        (api({"ci.yml": known(state="disabled_inactivity")}), (False, "GitHub says disabled_inactivity of it", True)),
        (api({"ci.yml": known(state="disabled_manually")}), (False, "GitHub says disabled_manually of it", False)),
        (api({}), (False, "GitHub says None of it", False)),
    ],
)
def test_what_was_enabled_is_active(told: JsonObject, expected: tuple[bool, str, bool]) -> None:
    assert _judged("enable", ENABLE, told) == expected


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        (_dispatched(run(44, attempt=2)), (True, "run #44, attempt 2, ended as success", False)),
        (_dispatched(run(45), run(44, attempt=2)), (True, "run #44, attempt 2, ended as success", False)),
        (_dispatched(run(44)), (False, "GitHub lists no such run", True)),
        (_dispatched(failed(44)), (False, "GitHub lists no such run", True)),
        (_dispatched(failed(44, attempt=2)), (False, "run #44 ended as failure", False)),
        (_dispatched(newest=under_way(44, attempt=2)), (False, "run #44 is in progress", True)),
        (_dispatched(run(45, attempt=2)), (False, "GitHub lists no such run", True)),
    ],
)
def test_what_ran_again_ended_well(told: JsonObject, expected: tuple[bool, str, bool]) -> None:
    assert _judged("rerun", RERUN, told) == expected


@pytest.mark.parametrize("remedy", ["dispatch", "backup"])
@pytest.mark.parametrize(
    ("told", "expected"),
    [
        (_dispatched(run(45, **BY_HAND)), (True, "run #45, attempt 1, ended as success", False)),
        (_dispatched(dispatched=run(45, **BY_HAND)), (True, "run #45, attempt 1, ended as success", False)),
        (_dispatched(run(46), run(45, **BY_HAND)), (True, "run #45, attempt 1, ended as success", False)),
        (_dispatched(run(44, **BY_HAND)), (False, "GitHub lists no such run", True)),
        (_dispatched(run(45)), (False, "GitHub lists no such run", True)),
        (_dispatched(failed(45, **BY_HAND)), (False, "run #45 ended as failure", False)),
        (_dispatched(dispatched=under_way(45, status="queued", **BY_HAND)), (False, "run #45 is queued", True)),
        (api(runs={"other.yml": runs(run(45, **BY_HAND))}), (False, "GitHub lists no such run", True)),
    ],
)
def test_what_was_dispatched_ended_well(remedy: str, told: JsonObject, expected: tuple[bool, str, bool]) -> None:
    assert _judged(remedy, DISPATCH, told) == expected


@pytest.mark.parametrize(
    ("still", "expected"),
    [
        ([], (True, "none of them is among the open runs", False)),
        ([under_way(45)], (True, "none of them is among the open runs", False)),
        ([under_way(44), under_way(45)], (False, "still among the open runs: #44", True)),
    ],
)
def test_what_was_cancelled_is_open_no_more(still: list[JsonObject], expected: tuple[bool, str, bool]) -> None:
    assert _judged("cancel", CANCEL, api(open=still)) == expected


@pytest.mark.parametrize(
    ("remedy", "action"), [("enable", ENABLE), ("rerun", RERUN), ("dispatch", DISPATCH), ("cancel", CANCEL)]
)
def test_an_api_that_tells_nothing_proves_nothing(remedy: str, action: JsonObject) -> None:
    away = api(status="limited", reason="the rate limit is reached, until 03:40Z")
    assert _judged(remedy, action, away) == (
        False,
        "GitHub cannot be asked: the rate limit is reached, until 03:40Z",
        False,
    )
    assert _judged(remedy, action, None) == (False, "GitHub cannot be asked: no repository is known", False)


def test_a_proposal_proves_nothing_and_is_not_waited_for() -> None:
    due = _candidate("restore", {})
    assert verdict(due, [observation(facts())], settings()) == Verdict(False, "it is only proposed: a person merges it")
    assert not is_settling(due, observation(facts()), settings())
    assert settle_s(due, settings()) == 0


def test_the_last_look_counts() -> None:
    before, after = observation(facts(api({"ci.yml": known(state="disabled_inactivity")}))), observation(facts())
    assert verdict(_candidate("enable", ENABLE), [before, after], settings()).verified
    assert not verdict(_candidate("enable", ENABLE), [after, before], settings()).verified


def test_how_long_lists_are_waited_for() -> None:
    assert settle_s(_candidate("rerun", RERUN), settings()) > SETTLE_S + BETWEEN_S
    assert LOOKS == 1
