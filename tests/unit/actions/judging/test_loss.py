"""A look that GitHub did not answer, between others: through the judge, the policy's rules, and the streaks."""

from __future__ import annotations

import pytest

from tests.support import NOW, policy, report
from tests.unit.actions import file_facts
from tests.unit.actions.alive import HOUR, api, facts, failed, observation, run, runs
from tests.unit.actions.rules import RULES, settings
from zionr.engine.assess import assess
from zionr.engine.past import as_past
from zionr.model import Finding, JsonObject, PastReport, State
from zionr.subsystems.actions.judge import judge

ROW = (failed(44, HOUR), failed(43, 2 * HOUR), failed(42, 3 * HOUR))
NOTHING = ["head", "workflows", "open", "runs", "scheduled", "jobs"]
AWAY: JsonObject = {"workflows": {}, "seen_since": NOW, "scheduled_since": NOW, "head": None, "default_branch": None}
BAD = api(runs={"ci.yml": runs(*ROW)})
GOOD = api(runs={"ci.yml": runs(run(45))})
LOST = api(**{**AWAY, "status": "limited", "reason": "enough", "unseen": NOTHING})
HALF = api(status="unreachable", reason="broken", seen_since=NOW, scheduled_since=NOW, unseen=NOTHING[3:])


def _checks(*looks: JsonObject) -> list[Finding]:
    """What is found at the last of these looks, five minutes apart, of a workflow that a push starts."""
    under = policy(subsystems={"actions": RULES})
    history: list[PastReport] = []
    for place, told in enumerate(looks):
        now = NOW - 300.0 * (len(looks) - place)
        seen = observation(facts(told, file_facts.facts()))
        judged = assess("actions", judge(seen, settings(), history, now), under, history, now)
        made = report(*judged.findings, subsystem="actions", started_at=now, finished_at=now, state=judged.state)
        history.insert(0, as_past(made._replace(targets=judged.targets), ()))
    return [one for one in judged.findings if one.rule == "actions/failing"]


@pytest.mark.parametrize("lost", [LOST, HALF], ids=["nothing told", "half told"])
def test_a_loss_between_two_bad_checks_neither_counts_nor_breaks_the_row(lost: JsonObject) -> None:
    (found,) = _checks(BAD, lost, BAD)
    assert (found.state, found.streak) == (State.CRITICAL, (2, 1))
    assert found.first_seen == NOW - 900
    assert _checks(BAD, lost) == []
    (after,) = _checks(BAD, GOOD, BAD)
    assert after.streak == (1, 1)
