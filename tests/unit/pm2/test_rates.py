from __future__ import annotations

import pytest

from tests.support import NOW, past, past_finding, past_step, row
from zionr.model import PastReport, PastStep
from zionr.subsystems.pm2.rates import recall, restarts_in

ONLINE_STEP = past_step(100, findings=("pm2/unresponsive:api",))


def _counted(ago: float, *steps: PastStep, **counts: int) -> PastReport:
    by_id = {key.removeprefix("id"): count for key, count in counts.items()}
    return past(ago, metrics={"api": {"restarts_by_id": by_id}}, steps=steps)


def _within(*history: PastReport, now: dict[int, int | None] | None = None) -> int | None:
    counts = {0: 9} if now is None else now
    rows = [row(identity=identity, restarts=count) for identity, count in counts.items()]
    return restarts_in(recall(history, NOW, 3600.0), "api", rows)


def test_without_a_past_nobody_knows() -> None:
    assert _within() is None
    assert _within(past(300)) is None
    assert _within(past(300, metrics={"api": {"restarts_by_id": None}})) is None


@pytest.mark.parametrize(
    ("history", "restarts"),
    [
        ((_counted(300, id0=9),), 0),
        ((_counted(300, id0=4),), 5),
        ((_counted(300, id0=7), _counted(600, id0=4)), 5),
        ((_counted(300, id0=4), _counted(3601, id0=0)), 5),
        ((_counted(300, id0=2), _counted(600, id0=50)), 9),
        ((_counted(300, id0=30),), 9),
        ((_counted(300, id5=3),), 0),
        ((_counted(300, id0=8), _counted(600, id5=3)), 1),
        ((_counted(300, id0=8), past(400), _counted(600, id0=6)), 3),
    ],
)
def test_growth_within_the_window(history: tuple[PastReport, ...], restarts: int) -> None:
    assert _within(*history) == restarts


def test_what_led_to_giving_up_is_no_loop() -> None:
    """Each attempt of zionr lets PM2 restart a crasher fifteen times; each of these reports found it errored."""
    gave_up = past_finding(id="pm2/process-errored:api", rule="pm2/process-errored")
    tries = [_counted(ago, id0=count)._replace(findings=(gave_up,)) for ago, count in ((100, 45), (200, 30), (300, 15))]
    well = _counted(900, id0=0)
    assert _within(*tries, well, now={0: 45}) == 0
    assert _within(*tries, well, now={0: 47}) == 2
    assert _within(tries[0]._replace(findings=(gave_up._replace(resolved=True),)), well, now={0: 45}) == 0
    other = gave_up._replace(id="pm2/process-errored:other")
    assert _within(tries[0]._replace(findings=(other,)), well, now={0: 45}) == 45


def test_all_instances_count_together() -> None:
    assert _within(_counted(300, id0=1, id1=1), now={0: 3, 1: 4}) == 5


def test_a_count_that_is_not_known_is_left_out() -> None:
    assert _within(_counted(300, id0=1, id1=1), now={0: 3, 1: None}) == 2


def test_own_restarts_are_left_out_for_each_instance() -> None:
    before = _counted(300, id0=1, id1=1, id2=1, id3=1, id4=1, id5=1)
    after = dict.fromkeys(range(6), 2)
    assert _within(past(100, steps=(ONLINE_STEP,)), before, now=dict(after)) == 0
    assert _within(before, now=dict(after)) == 6
    assert _within(past(100, steps=(ONLINE_STEP,)), before, now={**after, 0: 5}) == 3


def test_the_start_of_a_dead_one_is_not_counted_by_pm2_and_not_left_out() -> None:
    started = past_step(100, findings=("pm2/process-dead:api",), outcome="succeeded")
    assert _within(_counted(100, started, id0=4), _counted(300, id0=4)) == 5


@pytest.mark.parametrize(
    "step",
    [
        ONLINE_STEP._replace(outcome="skipped"),
        ONLINE_STEP._replace(targets=("other",)),
        ONLINE_STEP._replace(remedy="pm2/start"),
    ],
)
def test_steps_that_restarted_nothing_here(step: PastStep) -> None:
    assert _within(_counted(100, step, id0=4), _counted(300, id0=4)) == 5
