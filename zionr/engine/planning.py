"""From findings and candidates to steps: one for every finding that is not well, each with its gates. Pure."""

from collections.abc import Collection, Iterable, Mapping, Sequence
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
    numbers = {finding_id: number for number, one in enumerate(candidates) for finding_id in one.findings}
    tries = [gates.only_tries(report) for report in acts]
    drafts = []
    for finding in findings:
        number = numbers.get(finding.id)
        if finding.state is not State.OK or number is not None:
            candidate = None if number is None else candidates[number]
            situation = gates.Situation(finding, candidate, policy, tries, mass, now, hurry)
            drafts.append(_Draft(number, situation, gates.judge_gates(situation)))
    return _joined(drafts, _turns(drafts, _offered_before(acts), policy.recovery.steps_per_run))


class _Draft(NamedTuple):
    """One finding with the number of its candidate and the gates that come before those of this very run."""

    number: int | None
    situation: gates.Situation
    passed: tuple[Gate, ...]

    @property
    def is_open(self) -> bool:
        return self.number is not None and gates.first_shut(self.passed) is None


def _offered_before(acts: Sequence[PastReport]) -> set[str]:
    """The findings that a proposal was made for already."""
    steps = [step for report in acts for step in report.steps if step.outcome == "proposed"]
    return {finding_id for step in steps for finding_id in step.findings}


def _turns(drafts: Sequence[_Draft], offered: Collection[str], most: int) -> dict[int, Gate]:
    """The gate `steps` of each candidate that may run: one repair for each target, and so many in one run."""
    queue: dict[int, list[_Draft]] = {}
    for draft in drafts:
        if draft.is_open and draft.number is not None:
            queue.setdefault(draft.number, []).append(draft)
    turns: dict[int, Gate] = {}
    busy: set[str] = set()
    ready = 0
    for number in sorted(queue, key=lambda number: _rank(queue[number], offered)):
        covered = _covered(queue[number])
        turns[number] = Gate("steps", f"at most {most} in one run", str(ready), ready < most)
        if busy & covered:
            turns[number] = Gate("steps", "one repair for each target", "another step of this run mends it", False)
        elif ready < most:
            busy |= covered
            ready += 1
    return turns


def _rank(drafts: Sequence[_Draft], offered: Collection[str]) -> tuple[bool, int, int]:
    """Worst first; of proposals the one that mends the most, and last what was proposed before and may still stand."""
    first = drafts[0].situation
    again = any(draft.situation.finding.id in offered for draft in drafts)
    size = len(_covered(drafts)) if first.candidate is not None and first.candidate.edits_files else 0
    return again, -first.finding.state, -size


def _covered(drafts: Iterable[_Draft]) -> set[str]:
    return {name for draft in drafts for name in draft.situation.finding.covers}


def _joined(drafts: Sequence[_Draft], turns: Mapping[int, Gate]) -> tuple[Planned, ...]:
    """A step for each draft; those that one candidate mends now are one step, in the place of the first."""
    planned: list[Planned] = []
    places: dict[int, int] = {}
    for draft in drafts:
        one = _planned(draft, turns)
        if one.ready and draft.number in places:
            place = places[draft.number]
            planned[place] = _widened(planned[place], one.step.findings)
            continue
        if one.ready and draft.number is not None:
            places[draft.number] = len(planned)
        planned.append(one)
    return tuple(planned)


def _widened(first: Planned, findings: tuple[str, ...]) -> Planned:
    return first._replace(step=first.step._replace(findings=first.step.findings + findings))


def _planned(draft: _Draft, turns: Mapping[int, Gate]) -> Planned:
    situation, passed = draft.situation, draft.passed
    finding, candidate = situation.finding, situation.candidate
    if draft.number is not None and draft.is_open:
        passed += (turns[draft.number],)
    shut = gates.first_shut(passed)
    mode = "off" if candidate is None else gates.mode_of(candidate, situation.policy)
    outcome = "planned" if _waits_for_a_person(shut, passed, mode) or shut is None else "skipped"
    step = Step(
        id=f"{candidate.remedy if candidate else 'none'}:{finding.id}",
        remedy=None if candidate is None else candidate.remedy,
        findings=(finding.id,),
        # What is done is done to all that the candidate names, whichever of its findings is due.
        targets=candidate.targets if candidate is not None and shut is None else finding.covers,
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
