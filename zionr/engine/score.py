"""From targets and findings to a score and a state. Pure; the rules are the contract's "Score"."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ..model import Finding, Health, State, Target
from ..policy.model import HealthRules

POINTS = {State.OK: 100.0, State.WARNING: 50.0, State.CRITICAL: 0.0}
"""What a target scores; an unknown one is left out and lowers the coverage."""
_DUST = 9
"""Decimals that are kept: a sum of binary fractions misses a threshold that it reaches on paper by less."""


def judge_targets(targets: Iterable[Target], findings: Iterable[Finding]) -> tuple[Target, ...]:
    """Each target with the worst state of its own and of its findings."""
    worst: dict[str, State] = {}
    for finding in findings:
        for name in finding.covers:
            worst[name] = max(finding.state, worst.get(name, State.OK))
    return tuple(
        target._replace(state=max(target.state, worst[target.name])) if target.name in worst else target
        for target in targets
    )


def measure(targets: Sequence[Target], rules: HealthRules) -> Health:
    """The weighted mean of the targets, None where too little of the weight is known."""
    parts = [(target.weight, POINTS.get(target.state)) for target in targets]
    return weigh(parts, rules)


def weigh(parts: Iterable[tuple[float, float | None]], rules: HealthRules) -> Health:
    """The weighted mean of `parts`, pairs of a weight and a score or None, with the coverage it rests on."""
    parts = list(parts)
    total = sum(weight for weight, _ in parts)
    known = [(weight, score) for weight, score in parts if score is not None]
    judged = sum(weight for weight, _ in known)
    coverage = round(judged / total, _DUST) if total else 0.0
    enough = judged > 0 and coverage >= rules.least_coverage
    score = round(sum(weight * score for weight, score in known) / judged, _DUST) if enough else None
    return Health(score, coverage, rules.warning, rules.critical)


def band(health: Health) -> State:
    """Above the warning threshold healthy, from critical to warning (both ends) a warning, under it critical."""
    if health.score is None:
        return State.UNKNOWN
    if health.score > health.warning:
        return State.OK
    return State.WARNING if health.score >= health.critical else State.CRITICAL


def overall(health: Health, targets: Iterable[Target], findings: Iterable[Finding]) -> State:
    """The worst of the band, the required targets and the findings without a target: no average hides an outage."""
    states = [band(health)]
    states += [target.state for target in targets if target.required]
    states += [finding.state for finding in findings if not finding.covers]
    return max(states)
