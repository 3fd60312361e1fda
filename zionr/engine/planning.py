"""From findings and candidates to steps: one for every finding that is not well, each with its gates. Pure."""

from collections.abc import Sequence
from typing import NamedTuple

from ..model import Candidate, Finding, Gate, PastReport, State, Step
from ..policy.model import Policy
from . import gates


class Planned(NamedTuple):
    """A step and the candidate that `act` needs for it; `ready` where every gate but the lease is open."""

    step: Step
    candidate: Candidate | None
    ready: bool


def plan(
    findings: Sequence[Finding],
    candidates: Sequence[Candidate],
    policy: Policy,
    acts: Sequence[PastReport],
    now: float,
    *,
    mass: Finding | None = None,
    hurry: bool = False,
) -> tuple[Planned, ...]:
    """Steps in the order of the findings, worst first; at most `steps_per_run` of them are ready.

    A candidate that mends several findings is one step for all of them that may be mended now.
    """
    offers = {finding_id: candidate for candidate in candidates for finding_id in candidate.findings}
    acts = [gates.only_tries(report) for report in acts]
    planned: list[Planned] = []
    ready: list[int] = []
    busy: set[str] = set()
    for finding in findings:
        candidate = offers.get(finding.id)
        if finding.state is State.OK and candidate is None:
            continue
        situation = gates.Situation(finding, candidate, policy, acts, mass, now, hurry)
        mate = next((place for place in ready if planned[place].candidate is candidate), None)
        one = _planned(situation, _Turn(len(ready), busy) if mate is None else None)
        if one.ready:
            busy.update(finding.covers)
        if one.ready and mate is not None:
            planned[mate] = _joined(planned[mate], one)
            continue
        if one.ready:
            ready.append(len(planned))
        planned.append(one)
    return tuple(planned)


class _Turn(NamedTuple):
    """What of this run is ready already: how many steps, and for which targets."""

    ready: int
    busy: set[str]


def _joined(first: Planned, other: Planned) -> Planned:
    targets = tuple(dict.fromkeys((*first.step.targets, *other.step.targets)))
    return first._replace(step=first.step._replace(findings=first.step.findings + other.step.findings, targets=targets))


def _planned(situation: gates.Situation, turn: _Turn | None) -> Planned:
    """`turn` is None where the candidate has its place in this run already."""
    finding, candidate = situation.finding, situation.candidate
    passed = gates.judge_gates(situation)
    if turn is not None and gates.first_shut(passed) is None:
        passed += (_has_turn(finding, turn, situation.policy),)
    shut = gates.first_shut(passed)
    mode = "off" if candidate is None else gates.mode_of(candidate, situation.policy)
    outcome = "planned" if _waits_for_a_person(shut, passed, mode) or shut is None else "skipped"
    step = Step(
        id=f"{candidate.remedy if candidate else 'none'}:{finding.id}",
        remedy=None if candidate is None else candidate.remedy,
        findings=(finding.id,),
        targets=finding.covers,
        gates=passed,
        mode=mode,
        outcome=outcome,
        command=None if candidate is None else candidate.command,
        undo=None if candidate is None else candidate.undo,
        reason=None if shut is None else reason_of(_telling(passed, shut)),
        attempt=None if candidate is None else len(gates.attempts(situation)) + 1,
        evidence={"summary": list(candidate.summary)} if candidate is not None and candidate.summary else {},
    )
    return Planned(step, candidate, shut is None)


def _has_turn(finding: Finding, turn: _Turn, policy: Policy) -> Gate:
    """One repair for each target, and so many in one run."""
    most = policy.recovery.steps_per_run
    if turn.busy & set(finding.covers):
        return Gate("steps", "one repair for each target", "another step of this run mends it", False)
    return Gate("steps", f"at most {most} in one run", str(turn.ready), turn.ready < most)


def _waits_for_a_person(shut: Gate | None, passed: Sequence[Gate], mode: str) -> bool:
    """Mode `propose` with every other gate open: shown as planned, so that a person can do it."""
    others = [gate for gate in passed if gate.passed is False and gate.gate != "mode"]
    return shut is not None and shut.gate == "mode" and mode == "propose" and not others


def _telling(passed: Sequence[Gate], shut: Gate) -> Gate:
    """That there is no remedy, or that its precondition does not hold, says more than a streak that is still short."""
    telling = ("remedy", "precondition") if shut.gate == "streak" else ("precondition",)
    refused = [gate for gate in passed if gate.gate in telling and gate.passed is False]
    return refused[0] if refused else shut


def reason_of(gate: Gate) -> str:
    """Why a step was skipped, for people: what the gate had, and what it needs."""
    if gate.gate in ("precondition", "mass"):
        return gate.had
    if gate.gate == "cause":
        return f"caused by {gate.had}"
    if gate.gate == "remedy":
        return f"no remedy: {gate.had}"
    if gate.gate == "mode":
        return f"mode {gate.had}"
    return f"{gate.gate}: {gate.had}, needs {gate.needs}"
