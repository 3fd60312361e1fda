"""From a judged report to a repaired and verified one: plan, lease, intent on file, act, look again."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING

from ..errors import StoreError
from ..model import (
    Candidate,
    Finding,
    Gate,
    Observation,
    Outcome,
    PastReport,
    Report,
    State,
    Step,
    Verdict,
)
from .assess import with_findings
from .past import as_past
from .planning import Planned, plan

if TYPE_CHECKING:
    from .pipeline import Walk

INTERRUPTED = "interrupted: the run ended before this step's outcome was known"


def recover(walk: Walk, report: Report, *, may_act: bool) -> Report:
    """The report with its steps, on file: planned, skipped with the reason, or done and looked at again.

    It goes on file before the lease is given back, so that whoever acts next knows what was tried.
    """
    planned = _plan(walk, report, walk.history)
    if not may_act:
        planned = _shut(planned, Gate("store", "reports can be stored", "they cannot", False))
    if walk.request.plan_only or not any(one.ready for one in planned):
        return walk.keep(report._replace(steps=_with_lease_unasked(planned)))
    return _under_lease(walk, report, planned)


def explain(walk: Walk, report: Report) -> Report:
    """The report of a check with what a repair would need: a step for each finding, none of them done."""
    shut = Gate("recover", "a run that may repair", "a check, which only looks", False)
    planned = _shut(_plan(walk, report, walk.history), shut)
    return walk.keep(report._replace(steps=_with_lease_unasked(planned)))


def _under_lease(walk: Walk, report: Report, planned: Sequence[Planned]) -> Report:
    try:
        grant = walk.take_lease()
    except StoreError as error:
        broken = Gate("lock", "one that can be taken", str(error), False)
        return walk.keep(report._replace(steps=tuple(one.step for one in _shut(planned, broken))))
    with grant:
        report = report._replace(lease=grant.lease)
        if not grant.lease.acquired:
            held = Gate("lease", "free or ours", f"held by {grant.lease.holder or 'somebody else'}", False)
            return walk.keep(report._replace(steps=tuple(one.step for one in _shut(planned, held))))
        # Whoever held the lease before us may have tried the same: what is on file now decides, not what was.
        planned = _plan(walk, report, None)
        opened = Gate("lease", "free or ours", "ours", True)
        return walk.keep(_act(walk, report, [_opened(one, opened) for one in planned]))


def _plan(walk: Walk, report: Report, known: Sequence[PastReport] | None) -> list[Planned]:
    """The steps, by the reports that are `known`, or by those on file now."""
    assert walk.observation is not None, "a report comes from an observation"
    candidates = walk.subsystem.candidates(report.findings, walk.observation, walk.settings)
    now = walk.observation.taken_at
    acts = _acts(walk, _since(walk, report, candidates, now), known)
    policy, hurry = walk.around.policy, walk.request.hurry
    return list(plan(report.findings, candidates, policy, acts, now, mass=walk.mass, hurry=hurry))


def _since(walk: Walk, report: Report, candidates: Sequence[Candidate], now: float) -> float:
    """Back to the start of the oldest incident that may be repaired: a used-up budget holds as long as its incident."""
    due = {finding for one in candidates if one.refusal is None for finding in one.findings}
    first = min((finding.first_seen or now for finding in report.findings if finding.id in due), default=now)
    return first - walk.around.policy.recovery.window_s


def _acts(walk: Walk, since: float, known: Sequence[PastReport] | None) -> Sequence[PastReport]:
    if known is not None and since >= walk.known_since:
        return known
    return walk.store.history(walk.subsystem.name, walk.scope, since=since)


def _shut(planned: Sequence[Planned], gate: Gate) -> list[Planned]:
    """The ready ones skipped, with the gate that stops them."""
    return [
        one._replace(
            step=one.step._replace(gates=(*one.step.gates, gate), outcome="skipped", reason=f"{gate.gate}: {gate.had}"),
            ready=False,
        )
        if one.ready
        else one
        for one in planned
    ]


def _opened(one: Planned, gate: Gate) -> Planned:
    return one._replace(step=one.step._replace(gates=(*one.step.gates, gate))) if one.ready else one


def _with_lease_unasked(planned: Sequence[Planned]) -> tuple[Step, ...]:
    unasked = Gate("lease", "free or ours", "not asked", None)
    return tuple(one.step._replace(gates=(*one.step.gates, unasked)) for one in planned)


def _act(walk: Walk, report: Report, planned: Sequence[Planned]) -> Report:
    intent = report._replace(steps=tuple(_intended(one, walk) for one in planned))
    try:
        walk.write(intent)
    except StoreError as error:
        shut = Gate("store", "the intent is on file before the act", str(error), False)
        return report._replace(steps=tuple(one.step for one in _shut(planned, shut)))
    done = [_perform(one, walk) if one.ready else one.step for one in planned]
    if all(step.outcome == "proposed" for step, one in zip(done, planned, strict=True) if one.ready):
        return report._replace(steps=tuple(done))  # nothing was changed, so there is nothing to look at again
    if not any(_acted(step) for step in done):
        return _concluded(walk, report, done, walk.look())
    samples = _look_again(walk, [_candidate(one) for one, step in zip(planned, done, strict=True) if _acted(step)])
    verdicts = [_verdict(step, one, samples, walk) for step, one in zip(done, planned, strict=True)]
    steps = tuple(_verified(step, seen) for step, seen in zip(done, verdicts, strict=True))
    unproven = {name for step, seen in zip(steps, verdicts, strict=True) if not seen.verified for name in step.findings}
    return _concluded(walk, report, steps, samples[-1], unproven)


def _intended(one: Planned, walk: Walk) -> Step:
    """On file before the act: a run that is killed in the middle has used up an attempt."""
    if not one.ready:
        return one.step
    now = walk.around.context.clock.now()
    return one.step._replace(outcome="failed", reason=INTERRUPTED, started_at=now, finished_at=now)


def _perform(one: Planned, walk: Walk) -> Step:
    candidate, clock = _candidate(one), walk.around.context.clock
    walk.around.context.progress(f"{candidate.remedy} {', '.join(candidate.targets)}")
    started, began = clock.now(), clock.monotonic()
    outcome: Outcome = walk.subsystem.perform(candidate, walk.settings, walk.around.context)
    walk.spend(outcome.api)
    fresh = Gate("fresh look", "the fault still there", "still there", True)
    if outcome.outcome == "skipped":
        fresh = Gate(outcome.gate, "all as planned, just before the step", outcome.reason or "", False)
    return one.step._replace(
        gates=(*one.step.gates, fresh),
        outcome=outcome.outcome,
        reason=outcome.reason,
        evidence={**one.step.evidence, **outcome.evidence},
        proposal=outcome.proposal,
        started_at=started,
        finished_at=clock.now(),
        duration_s=clock.monotonic() - began,
    )


def _candidate(one: Planned) -> Candidate:
    assert one.candidate is not None, "only a step with a candidate is ever ready"
    return one.candidate


def _acted(step: Step) -> bool:
    return step.outcome in ("succeeded", "failed")


def _look_again(walk: Walk, acted: Sequence[Candidate]) -> list[Observation]:
    """As many observations as prove it, the first far enough from the act, and each from the last.

    What is up and only starts slowly is waited for; how long it may take is the subsystem's to say.
    """
    clock, (settle_s, between_s) = walk.around.context.clock, walk.subsystem.settle_s
    walk.around.context.progress("waiting to see whether it holds")
    deadline = clock.monotonic() + max(walk.subsystem.patience_s(one, walk.settings) for one in acted)
    clock.sleep(settle_s)
    samples, looks = [walk.look()], walk.subsystem.proving_looks
    while len(samples) < looks or (clock.monotonic() < deadline and _is_settling(walk, acted, samples[-1])):
        clock.sleep(between_s)
        samples = [*samples, walk.look()][-looks:]
    return samples


def _is_settling(walk: Walk, acted: Sequence[Candidate], sample: Observation) -> bool:
    return any(walk.subsystem.is_settling(candidate, sample, walk.settings) for candidate in acted)


def _verdict(step: Step, one: Planned, samples: Sequence[Observation], walk: Walk) -> Verdict:
    """What the samples prove of a step; of one that did nothing there is nothing to prove."""
    if not _acted(step):
        return Verdict(True, "nothing was done")
    return walk.subsystem.verdict(_candidate(one), samples, walk.settings)


def _verified(step: Step, seen: Verdict) -> Step:
    """A claim of success that is not proven is a failure; a claim of failure stays one, whatever is seen."""
    if not _acted(step):
        return step
    if step.outcome == "failed":
        return step._replace(verified=False)
    if not seen.verified:
        return step._replace(outcome="failed", verified=False, reason=f"said to be done; then: {seen.reason}")
    return step._replace(verified=True, reason=seen.reason)


def _concluded(
    walk: Walk, report: Report, steps: Sequence[Step], last: Observation, unproven: Collection[str] = ()
) -> Report:
    """State, health and targets as they are now; the findings as they were, each resolved or not, and new ones.

    What a repair is not proven to have ended still stands: one look at a quick crasher can show it well.
    """
    after = walk.judge(last, (as_past(report, steps), *walk.history))
    shown = {finding.id for finding in after.findings}
    hidden = [finding for finding in report.findings if finding.id in unproven and finding.id not in shown]
    after = with_findings(after, hidden, walk.around.policy)
    still = {finding.id: finding for finding in after.findings}
    found = [_settled(finding, still.pop(finding.id, None)) for finding in report.findings]
    return report._replace(
        state=after.state,
        health=after.health,
        targets=after.targets,
        findings=(*found, *still.values()),
        steps=tuple(steps),
    )


def _settled(before: Finding, after: Finding | None) -> Finding:
    """The finding as found, marked resolved where the last look does not show it any more."""
    if after is None:
        return before._replace(resolved=True)
    return after._replace(first_seen=before.first_seen, streak=before.streak)


def unfinished(report: Report) -> list[Finding]:
    """Critical or unknown findings that are neither resolved, proposed, planned nor waiting: a person is needed."""
    from .gates import WAITING

    open_findings = [
        finding
        for finding in report.findings
        if finding.state >= State.UNKNOWN and not finding.resolved and finding.caused_by is None
    ]
    steps = [step for step in report.steps if _is_waiting(step, WAITING)]
    waiting = {finding_id for step in steps for finding_id in step.findings}
    cared_for = {name for step in steps for name in step.targets}
    return [finding for finding in open_findings if finding.id not in waiting and not _is_sum(finding, cared_for)]


def _is_sum(finding: Finding, cared_for: Collection[str]) -> bool:
    """A mass failure of which every single target is proposed or planned: nothing is left of it for a person."""
    return finding.rule.endswith("/mass-failure") and set(finding.covers) <= set(cared_for)


def _is_waiting(step: Step, waiting: frozenset[str]) -> bool:
    if step.outcome in ("planned", "proposed"):
        return True
    shut = [gate.gate for gate in step.gates if gate.passed is False]
    return step.outcome == "skipped" and bool(shut) and set(shut) <= {*waiting, "fresh look", "proposal"}
