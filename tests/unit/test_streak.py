from __future__ import annotations

import pytest

from tests.support import NOW, bad, finding, past, past_finding, policy, runner_rules
from zionr.engine import streak
from zionr.model import Finding, PastReport, State, Streak

UNSEEN = {"state": State.UNKNOWN, "targets": {"api": State.UNKNOWN}}


def _traced(*history: PastReport, of: Finding | None = None, every_s: float | None = None) -> Finding:
    rules = policy(runners={} if every_s is None else {"web-1": runner_rules(every_s)})
    return streak.trace([of or finding()], history, rules, NOW)[0]


@pytest.mark.parametrize(
    ("history", "checks"),
    [
        ((), 1),
        ((past(300),), 1),
        ((bad(300),), 2),
        ((bad(300), bad(600)), 3),
        ((bad(300), past(600), bad(900)), 2),
        ((bad(300), past(600, **UNSEEN), bad(900)), 3),
        ((past(300, targets={"front": State.OK}), bad(600)), 2),
        ((past(300, kind="event", targets={}), bad(600)), 2),
        ((bad(300, findings=(past_finding(resolved=True),)), bad(600)), 1),
        ((bad(300, findings=(past_finding(state=State.OK),)), bad(600)), 2),
        ((bad(300, findings=(past_finding(state=State.UNKNOWN),)), bad(600)), 2),
        ((bad(300, runner="other"), bad(301)), 3),
    ],
)
def test_bad_checks_in_a_row(history: tuple[PastReport, ...], checks: int) -> None:
    assert _traced(*history).streak == Streak(checks, 1)


def test_checks_closer_than_half_of_every_count_once() -> None:
    assert _traced(bad(10), bad(20), bad(160), every_s=300).streak == Streak(2, 1)
    assert _traced(bad(150), bad(300), every_s=300).streak == Streak(3, 1)


def test_a_warning_needs_more_checks_and_a_note_none() -> None:
    assert _traced(of=finding(state=State.WARNING)).streak == Streak(1, 3)
    assert _traced(of=finding(state=State.OK)).streak is None
    assert _traced(of=finding(state=State.UNKNOWN)).streak is None


def test_it_was_first_seen_when_the_oldest_report_of_the_run_says() -> None:
    assert _traced().first_seen == NOW
    assert _traced(bad(300), bad(600)).first_seen == NOW - 600
    assert _traced(bad(300), bad(600, findings=(past_finding(first_seen=5.0),))).first_seen == 5.0


def test_a_finding_of_no_target_ends_with_a_report_that_knew() -> None:
    refused = Finding("pm2/ecosystem-refused", State.CRITICAL, None, "x", anchor="a.json")
    seen = past_finding(id=refused.id, targets=())
    assert _traced(bad(300, findings=(seen,)), past(600), of=refused).streak == Streak(2, 1)
    assert _traced(past(300, **UNSEEN), bad(600, findings=(seen,)), of=refused).streak == Streak(2, 1)
