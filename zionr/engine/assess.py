"""From a subsystem's judgement to what a report says: the policy's rules, causes, streaks, mass, score, state. Pure."""

from collections.abc import Collection, Sequence
from typing import NamedTuple

from ..model import Finding, Health, Judgement, PastReport, State, Target
from ..policy.model import Policy
from ..policy.rules import apply_rules
from . import mass, score, streak


class Assessment(NamedTuple):
    """One observation, fully judged. Findings stand worst first.

    `mass` is there also where the policy's `rules` turn its finding off: that silences the report, not the gate.
    """

    targets: tuple[Target, ...]
    findings: tuple[Finding, ...]
    health: Health
    state: State
    notes: tuple[str, ...]
    mass: Finding | None


def assess(
    subsystem: str,
    judgement: Judgement,
    policy: Policy,
    history: Sequence[PastReport],
    now: float,
    *,
    no_mass: Collection[str] = (),
    only: Collection[str] = (),
) -> Assessment:
    """`only` narrows the report to the named targets, and to the findings that are theirs or nobody's."""
    rules = policy.subsystems.get(subsystem, {}).get("rules", {})
    findings = link_causes(apply_rules(judgement.findings, rules))
    whole = mass.find_mass(subsystem, judgement.targets, findings, policy.recovery, no_mass)
    if whole is not None:
        findings = [*findings, *apply_rules([whole], rules)]
    targets = judgement.targets
    if only:
        targets = tuple(target for target in targets if target.name in only)
        findings = [found for found in findings if not found.covers or set(found.covers) & set(only)]
    traced = streak.trace(findings, history, policy, now)
    judged = score.judge_targets(targets, traced)
    health = score.measure(judged, policy.health)
    return Assessment(
        targets=judged,
        findings=tuple(sorted(traced, key=_worst_first)),
        health=health,
        state=score.overall(health, judged, traced),
        notes=judgement.notes,
        mass=whole,
    )


def _worst_first(finding: Finding) -> tuple[int, bool, str]:
    return (-finding.state, finding.caused_by is not None, finding.id)


def with_findings(assessment: Assessment, more: Sequence[Finding], policy: Policy) -> Assessment:
    """The assessment as it is with `more` findings beside its own."""
    if not more:
        return assessment
    findings = tuple(sorted((*assessment.findings, *more), key=_worst_first))
    targets = score.judge_targets(assessment.targets, findings)
    health = score.measure(targets, policy.health)
    state = score.overall(health, targets, findings)
    return assessment._replace(targets=targets, findings=findings, health=health, state=state)


def link_causes(findings: Sequence[Finding]) -> list[Finding]:
    """Each `caused_by` led to its root; dropped where the cause itself is no finding, or no more than a note."""
    causes = {finding.id: finding for finding in findings}
    return [finding._replace(caused_by=_root(finding, causes)) for finding in findings]


def _root(finding: Finding, causes: dict[str, Finding]) -> str | None:
    root, seen = None, {finding.id}
    while finding.caused_by is not None and finding.caused_by not in seen:
        cause = causes.get(finding.caused_by)
        if cause is None or cause.state is State.OK:
            break
        root = cause.id
        seen.add(cause.id)
        finding = cause
    return root
