"""A mass failure: so many targets bad at once that repairing one by one could only make it worse. Pure."""

from __future__ import annotations

import zlib
from collections.abc import Collection, Sequence

from ..model import Finding, State, Target
from ..policy.model import RecoveryRules

SMALLEST = 5
"""A fraction says little about a handful: only a subsystem with more targets than this is judged by it."""


def find_mass(
    subsystem: str,
    targets: Sequence[Target],
    findings: Sequence[Finding],
    rules: RecoveryRules,
    deliberate: Collection[str],
) -> Finding | None:
    """The finding `mass-failure`, where `count` targets, or more than `fraction` of them, are bad at once.

    Bad is what recovery would start from, caused by nothing else, and not an operator's own doing. Where one commit
    alone broke that many, `evidence.commit` names it.
    """
    faults = [finding for finding in findings if _is_bad(finding, rules, deliberate)]
    bad = sorted({name for finding in faults for name in finding.covers})
    if not _is_mass(len(bad), len(targets), rules):
        return None
    rule = f"{subsystem}/mass-failure"
    commit, broken = _commit(faults)
    if not _is_mass(broken, len(targets), rules):
        commit = None
    return Finding(
        rule=rule,
        state=State.CRITICAL,
        target=None,
        targets=tuple(bad),
        group=f"{zlib.crc32(rule.encode()):08x}",
        message=(
            f"{len(bad)} of {len(targets)} targets are bad at once"
            if commit is None
            else f"one commit, {commit[:7]}, broke {broken} of {len(targets)} targets"
        ),
        expected=f"fewer than {rules.mass_count}, at most {rules.mass_fraction:.0%}",
        actual=len(bad),
        evidence={} if commit is None else {"commit": commit},
        hint="nothing is repaired one by one; look for what they have in common",
    )


def _is_bad(finding: Finding, rules: RecoveryRules, deliberate: Collection[str]) -> bool:
    if finding.state < rules.from_state or finding.state is State.UNKNOWN:
        return False
    return finding.caused_by is None and finding.rule not in deliberate


def _is_mass(bad: int, targets: int, rules: RecoveryRules) -> bool:
    share = bad / targets if targets else 0.0
    return bad >= rules.mass_count or (targets > SMALLEST and share > rules.mass_fraction)


def _commit(faults: Sequence[Finding]) -> tuple[str | None, int]:
    """The commit that broke the most targets by its findings' evidence, and how many."""
    broken: dict[str, set[str]] = {}
    for finding in faults:
        if isinstance(finding.evidence.get("commit"), str):
            broken.setdefault(finding.evidence["commit"], set()).update(finding.covers)
    worst = max(broken, key=lambda commit: (len(broken[commit]), commit), default=None)
    return worst, len(broken[worst]) if worst is not None else 0
