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

    Bad is what recovery would start from, caused by nothing else, and not an operator's own doing.
    """
    bad = sorted(
        {
            name
            for finding in findings
            if finding.state >= rules.from_state and finding.state is not State.UNKNOWN
            if finding.caused_by is None and finding.rule not in deliberate
            for name in finding.covers
        }
    )
    share = len(bad) / len(targets) if targets else 0.0
    by_share = len(targets) > SMALLEST and share > rules.mass_fraction
    if len(bad) < rules.mass_count and not by_share:
        return None
    rule = f"{subsystem}/mass-failure"
    return Finding(
        rule=rule,
        state=State.CRITICAL,
        target=None,
        targets=tuple(bad),
        group=f"{zlib.crc32(rule.encode()):08x}",
        message=f"{len(bad)} of {len(targets)} targets are bad at once",
        expected=f"fewer than {rules.mass_count}, at most {rules.mass_fraction:.0%}",
        actual=len(bad),
        hint="nothing is repaired one by one; look for what they have in common",
    )
