from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support import HEALTH, finding, target
from zionr.engine import score
from zionr.model import Finding, Health, State

OK, WARNING, UNKNOWN, CRITICAL = State.OK, State.WARNING, State.UNKNOWN, State.CRITICAL


def test_the_order_of_badness_is_not_that_of_the_exit_codes() -> None:
    assert sorted([CRITICAL, UNKNOWN, OK, WARNING]) == [OK, WARNING, UNKNOWN, CRITICAL]
    assert [state.exit_code for state in (OK, WARNING, CRITICAL, UNKNOWN)] == [0, 1, 2, 3]


@pytest.mark.parametrize(
    ("states", "expected", "coverage"),
    [
        ([OK], 100, 1),
        ([OK, WARNING], 75, 1),
        ([OK, CRITICAL], 50, 1),
        ([OK, UNKNOWN], 100, 0.5),
        ([OK, UNKNOWN, UNKNOWN], None, 1 / 3),
        ([UNKNOWN], None, 0),
        ([], None, 0),
    ],
)
def test_the_score_of_targets(states: list[State], expected: float | None, coverage: float) -> None:
    health = score.measure([target(str(number), state) for number, state in enumerate(states)], HEALTH)
    assert health.score == expected
    assert health.coverage == pytest.approx(coverage)


def test_weights_shift_the_mean() -> None:
    health = score.measure([target("a", CRITICAL, weight=1), target("b", OK, weight=3)], HEALTH)
    assert health.score == 75


@pytest.mark.parametrize(
    ("value", "expected"),
    [(100.0, OK), (80.1, OK), (80.0, WARNING), (50.0, WARNING), (49.9, CRITICAL), (0.0, CRITICAL), (None, UNKNOWN)],
)
def test_the_bands_own_both_of_their_ends(value: float | None, expected: State) -> None:
    assert score.band(Health(value, 1.0)) is expected


def test_no_average_hides_an_outage() -> None:
    targets = [target(str(number)) for number in range(99)]
    health = Health(99.0, 1.0)
    assert score.overall(health, [*targets, target("api", CRITICAL)], []) is CRITICAL
    assert score.overall(health, [*targets, target("api", CRITICAL, required=False)], []) is OK


def test_a_finding_of_no_target_counts_for_the_report() -> None:
    assert score.overall(Health(100.0, 1.0), [target()], [finding(None, UNKNOWN)]) is UNKNOWN
    assert score.overall(Health(100.0, 1.0), [target()], [finding("api", UNKNOWN)]) is OK


def test_each_target_takes_the_worst_of_its_findings() -> None:
    grouped = Finding("pm2/mass-failure", CRITICAL, None, "many", targets=("b", "c"), group="x")
    judged = score.judge_targets([target("a", UNKNOWN), target("b"), target("c")], [finding("a", WARNING), grouped])
    assert [one.state for one in judged] == [UNKNOWN, CRITICAL, CRITICAL]


@given(st.lists(st.tuples(st.floats(0.01, 100), st.sampled_from(list(State))), max_size=30))
def test_a_score_lies_between_0_and_100(parts: list[tuple[float, State]]) -> None:
    health = score.measure([target("t", state, weight=weight) for weight, state in parts], HEALTH)
    assert health.score is None or 0 <= health.score <= 100
    assert 0 <= health.coverage <= 1


@given(st.floats(0.01, 100), st.integers(1, 20))
def test_equal_weights_reach_a_threshold_exactly(weight: float, times: int) -> None:
    states = [OK, OK, OK, OK, CRITICAL] * times
    health = score.measure([target("t", state, weight=weight) for state in states], HEALTH)
    assert score.band(health) is WARNING
