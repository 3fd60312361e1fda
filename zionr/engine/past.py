"""A report of this very run as the rules for rates and streaks see the past. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from ..model import Finding, PastFinding, PastReport, PastStep, Report, Step


def as_past(report: Report, steps: Sequence[Step]) -> PastReport:
    """This run's own first half, as the rules for rates and streaks see the past."""
    return PastReport(
        id=report.id,
        kind=report.kind,
        subsystem=report.subsystem,
        scope=report.scope,
        runner=report.runner.id,
        state=report.state,
        score=report.health.score,
        coverage=report.health.coverage,
        started_at=report.started_at,
        finished_at=report.started_at,
        policy_digest=report.policy.digest,
        targets={target.name: target.state for target in report.targets},
        metrics={target.name: target.metrics for target in report.targets},
        findings=tuple(_as_finding(finding) for finding in report.findings),
        steps=tuple(_as_step(step, report) for step in steps),
    )


def _as_finding(finding: Finding) -> PastFinding:
    return PastFinding(
        id=finding.id,
        rule=finding.rule,
        state=finding.state,
        targets=finding.covers,
        caused_by=finding.caused_by,
        resolved=finding.resolved,
        first_seen=finding.first_seen,
    )


def _as_step(step: Step, report: Report) -> PastStep:
    return PastStep(
        remedy=step.remedy,
        findings=step.findings,
        targets=step.targets,
        outcome=step.outcome,
        verified=step.verified,
        reason=step.reason,
        attempt=step.attempt,
        finished_at=step.finished_at or report.started_at,
    )
