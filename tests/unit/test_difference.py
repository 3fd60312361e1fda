from __future__ import annotations

from tests.unit.reports import report
from zionr.engine.difference import Change, difference


def _target(name: str, state: str) -> dict[str, str]:
    return {"name": name, "state": state}


def _finding(name: str, state: str = "critical", *, resolved: bool = False) -> dict[str, object]:
    return {"id": name, "state": state, "resolved": resolved}


def test_the_same_report_differs_in_nothing() -> None:
    assert difference(report(), report()) == []


def test_state_and_score() -> None:
    after = report(state="ok", health={"score": None})
    assert difference(report(), after) == [
        Change("state", "state", "warning", "ok"),
        Change("score", "score", "50.0", None),
    ]


def test_targets_and_findings_that_came_went_and_changed() -> None:
    before = report(targets=[_target("a", "ok"), _target("b", "ok")], findings=[_finding("x"), _finding("y")])
    after = report(targets=[_target("b", "critical"), _target("c", "ok")], findings=[_finding("y", "warning")])
    assert difference(before, after) == [
        Change("target", "a", "ok", None),
        Change("target", "b", "ok", "critical"),
        Change("target", "c", None, "ok"),
        Change("finding", "x", "critical", None),
        Change("finding", "y", "critical", "warning"),
    ]


def test_what_a_repair_resolved_was_not_open_at_its_end() -> None:
    before = report(findings=[_finding("x")])
    after = report(findings=[_finding("x", resolved=True)])
    assert difference(before, after) == [Change("finding", "x", "critical", None)]


def test_documents_of_other_kinds_compare_by_what_they_have() -> None:
    assert difference({}, {"targets": None, "findings": None, "health": None}) == []
    assert difference({}, {"state": "ok"}) == [Change("state", "state", None, "ok")]
