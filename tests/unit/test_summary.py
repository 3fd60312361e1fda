from __future__ import annotations

from tests.support import HEALTH, finding, report
from zionr.engine.summary import summarise, summary_to_json
from zionr.model import Health, State

RULES = HEALTH._replace(weights={"pm2": 3.0})


def test_the_worst_state_and_the_weighted_mean() -> None:
    pm2 = report(finding(), health=Health(50.0, 1.0))
    whole = summarise([pm2, report(subsystem="git")], RULES)
    assert whole.state is State.CRITICAL
    assert whole.health.score == 62.5


def test_one_without_a_score_lowers_the_coverage() -> None:
    blind = report(subsystem="git", state=State.UNKNOWN, health=Health(None, 0.0))
    whole = summarise([report(), blind], RULES)
    assert (whole.state, whole.health.score, whole.health.coverage) == (State.UNKNOWN, 100, 0.75)


def test_nothing_observed_is_unknown() -> None:
    assert summarise([], RULES).state is State.UNKNOWN
    assert summarise([report(subsystem=None, state=State.UNKNOWN)], RULES).state is State.UNKNOWN


def test_its_document() -> None:
    document = summary_to_json(summarise([report()], RULES))
    assert (document["schema_version"], document["kind"], document["state"]) == (1, "summary", "ok")
    assert document["health"] == {"score": 100.0, "coverage": 1.0, "warning": 80.0, "critical": 50.0}
    assert [one["subsystem"] for one in document["reports"]] == ["pm2"]
