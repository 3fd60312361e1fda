from __future__ import annotations

from typing import Any

import pytest

from tests.support import NOW, bad, candidate, finding, past_step, policy, recovery
from zionr.engine.planning import Planned, plan
from zionr.model import Candidate, Finding, PastReport, State, Streak


def _due(name: str = "api", state: State = State.CRITICAL, **changes: Any) -> Finding:
    return finding(name, state)._replace(streak=Streak(3, 1), first_seen=NOW, **changes)


def _plan(
    *findings: Finding,
    offers: list[Candidate] | None = None,
    acts: tuple[PastReport, ...] = (),
    mass: Finding | None = None,
    **rules: Any,
) -> tuple[Planned, ...]:
    offered = [candidate(found) for found in findings] if offers is None else offers
    applied = recovery(**{"remedies": {"pm2/restart": "apply"}, **rules})
    return plan(findings, offered, policy(recovery=applied), acts, NOW, mass=mass)


def test_a_step_that_may_run() -> None:
    found = _due()
    (one,) = _plan(found)
    assert one.ready
    assert one.step.outcome == "planned"
    assert one.step.reason is None
    assert (one.step.findings, one.step.targets) == ((found.id,), ("api",))
    assert (one.step.mode, one.step.attempt) == ("apply", 1)
    assert all(gate.passed for gate in one.step.gates)


def test_the_attempt_counts_on() -> None:
    (one,) = _plan(_due(), acts=(bad(600, steps=(past_step(600),)),))
    assert one.step.attempt == 2


def test_every_finding_that_is_not_well_has_a_step_and_a_note_has_none() -> None:
    steps = _plan(_due("a"), _due("b", State.WARNING), _due("c", State.UNKNOWN), _due("d", State.OK), offers=[])
    assert [one.step.targets for one in steps] == [("a",), ("b",), ("c",)]
    assert {one.step.outcome for one in steps} == {"skipped"}
    assert [one.step.reason for one in steps] == [
        "no remedy: none for pm2/process-dead",
        "no remedy: none for pm2/process-dead",
        "state: unknown, needs warning or worse, and known",
    ]


def test_a_note_with_a_refused_remedy_says_why() -> None:
    note = _due("a", State.OK)
    (one,) = _plan(note, offers=[candidate(note, refusal="it finished by itself")])
    assert (one.ready, one.step.reason) == (False, "it finished by itself")


def test_propose_is_shown_as_planned_and_not_ready() -> None:
    (one,) = _plan(_due(), remedies={})
    assert (one.ready, one.step.outcome, one.step.mode) == (False, "planned", "propose")
    assert one.step.reason == "mode propose, default"


def test_propose_with_another_gate_shut_and_off_are_skipped() -> None:
    waiting = _due(caused_by="pm2/daemon-down:daemon")
    assert _plan(waiting, remedies={})[0].step.outcome == "skipped"
    assert _plan(_due(), remedies={"pm2/restart": "off"})[0].step.outcome == "skipped"


def test_no_more_steps_than_one_run_may_do() -> None:
    steps = _plan(*(_due(name) for name in "abcd"), steps_per_run=3)
    assert [one.ready for one in steps] == [True, True, True, False]
    assert steps[3].step.reason == "steps: 3, needs at most 3 in one run"


def test_one_repair_for_each_target() -> None:
    steps = _plan(_due("a"), _due("a", rule="pm2/unresponsive"))
    assert [one.ready for one in steps] == [True, False]
    assert steps[1].step.reason == "steps: another step of this run mends it, needs one repair for each target"


def test_a_mass_failure_stops_all() -> None:
    whole = Finding("pm2/mass-failure", State.CRITICAL, None, "9 of 9 targets are bad at once", group="x")
    steps = _plan(whole, _due("a"), _due("b"), offers=[candidate(_due("a")), candidate(_due("b"))], mass=whole)
    assert not any(one.ready for one in steps)
    assert [one.step.reason for one in steps][1:] == [whole.message] * 2


def test_planning_twice_is_planning_once() -> None:
    assert _plan(_due("a"), _due("b")) == _plan(_due("a"), _due("b"))


def _offer(*findings: Finding, **changes: Any) -> Candidate:
    """One repair for all of them that edits files."""
    covers = tuple(name for found in findings for name in found.covers)
    return candidate(findings[0], findings=tuple(found.id for found in findings), targets=covers)._replace(
        edits_files=True, **changes
    )


def test_one_candidate_for_several_findings_is_one_step() -> None:
    first, second, third = (_due(name) for name in "abc")
    (one,) = _plan(first, second, third, offers=[_offer(first, second, third)], steps_per_run=1)
    assert one.ready
    assert (one.step.findings, one.step.targets) == ((first.id, second.id, third.id), ("a", "b", "c"))


def test_a_finding_that_may_not_be_mended_yet_stays_out_of_the_step() -> None:
    first, caused = _due("a"), _due("b", caused_by="pm2/daemon-down:daemon")
    joined, left = _plan(first, caused, offers=[_offer(first, caused)])
    assert (joined.step.findings, joined.ready) == ((first.id,), True)
    assert (left.step.findings, left.ready) == ((caused.id,), False)
    assert left.step.reason == "caused by pm2/daemon-down:daemon"


@pytest.mark.parametrize("mode", ["propose", "apply"])
def test_what_edits_files_is_ready_to_be_proposed(mode: str) -> None:
    found = _due()
    (one,) = _plan(found, offers=[_offer(found)], remedies={"pm2/restart": mode})
    assert (one.ready, one.step.outcome, one.step.mode) == (True, "planned", mode)


def test_what_edits_files_and_is_off_is_skipped() -> None:
    found = _due()
    (one,) = _plan(found, offers=[_offer(found)], remedies={"pm2/restart": "off"})
    assert (one.ready, one.step.outcome) == (False, "skipped")


def test_a_mass_failure_leaves_room_for_one_proposal() -> None:
    whole = Finding("pm2/mass-failure", State.CRITICAL, None, "9 of 9 targets are bad at once", group="x")
    first, second = _due("a"), _due("b")
    _, one = _plan(whole, first, second, offers=[_offer(first, second)], mass=whole)
    assert one.ready
    (gate,) = [gate for gate in one.step.gates if gate.gate == "mass"]
    assert (gate.passed, gate.had) == (True, "9 of 9 targets are bad at once; one proposal for all")


def test_a_proposal_tells_of_all_that_it_mends_and_of_nothing_else() -> None:
    """One finding is not due yet, and nothing can be done of one target of the other."""
    ready, early = _due("a", targets=("a", "b")), _due("c")._replace(streak=Streak(1, 3))
    offer = _offer(ready, early)._replace(targets=("a", "c"))
    made, left = _plan(ready, early, offers=[offer])
    assert (made.ready, made.step.findings, made.step.targets) == (True, (ready.id,), ("a", "c"))
    assert (left.ready, left.step.findings, left.step.targets) == (False, (early.id,), ("c",))
    assert left.step.reason == "streak: 1, needs 3 bad checks in a row"


def test_what_would_come_of_it_is_told() -> None:
    found = _due()
    (one,) = _plan(found, offers=[_offer(found, summary=("27 files as before 092a399",))])
    assert one.step.evidence == {"summary": ["27 files as before 092a399"]}


def test_the_proposal_that_mends_the_most_has_the_first_turn() -> None:
    small, large = _due("a"), [_due(name) for name in "xyz"]
    steps = _plan(small, *large, offers=[_offer(small), _offer(*large)], steps_per_run=1)
    assert [(one.step.targets, one.ready) for one in steps] == [(("a",), False), (("x", "y", "z"), True)]


def test_what_was_proposed_before_has_the_last_turn() -> None:
    small, large = _due("a"), [_due(name) for name in "xyz"]
    made = past_step(600, outcome="proposed", findings=tuple(found.id for found in large), targets=("x", "y", "z"))
    offers = [_offer(small), _offer(*large)]
    steps = _plan(small, *large, offers=offers, acts=(bad(600, steps=(made,)),), steps_per_run=1)
    assert [(one.step.targets, one.ready) for one in steps][:2] == [(("a",), True), (("x",), False)]


def test_what_is_worse_has_its_turn_before_a_larger_proposal() -> None:
    worse, large = _due("a"), [_due(name, State.WARNING) for name in "xyz"]
    steps = _plan(worse, *large, offers=[_offer(worse), _offer(*large)], steps_per_run=1)
    assert [one.ready for one in steps][:2] == [True, False]
