"""A mass failure: so many targets bad at once that repairing one by one could only make it worse. Pure."""

from __future__ import annotations

import zlib
from collections.abc import Collection, Sequence

from ..model import Finding, JsonObject, State, Target
from ..policy.model import RecoveryRules

_COMMIT = ("commit", "subject", "author", "at")
SMALLEST = 5
"""A fraction says little about a handful: only a subsystem with more targets than this is judged by it."""


def find_mass(
    subsystem: str,
    targets: Sequence[Target],
    findings: Sequence[Finding],
    rules: RecoveryRules,
    no_mass: Collection[str],
) -> Finding | None:
    """The finding `mass-failure`, where `count` targets, or more than `fraction` of them, are bad at once.

    Bad is what recovery would start from, by a rule of the subsystem's own that is not in `no_mass`, and caused by
    nothing else. Where one commit alone broke that many, `evidence.commit` names it.
    """
    own = [finding for finding in findings if finding.rule.startswith(f"{subsystem}/") and finding.rule not in no_mass]
    faults = [finding for finding in own if _is_bad(finding, rules)]
    bad = sorted({name for finding in faults for name in finding.covers})
    if not _is_mass(len(bad), len(targets), rules):
        return None
    rule = f"{subsystem}/mass-failure"
    commit, broken = _commit(faults)
    by_one = _is_mass(len(broken), len(targets), rules)
    return Finding(
        rule=rule,
        state=State.CRITICAL,
        target=None,
        targets=tuple(bad),
        group=f"{zlib.crc32(rule.encode()):08x}",
        message=(
            f"{len(bad)} of {len(targets)} targets are bad at once"
            if not by_one
            else f"one commit, {str(commit['commit'])[:7]}, broke {len(broken)} of {len(targets)} targets"
        ),
        expected=f"fewer than {rules.mass_count}, at most {rules.mass_fraction:.0%}",
        actual=len(bad),
        evidence=commit if by_one else {},
        hint=_hint(commit if by_one else {}),
    )


def _hint(commit: JsonObject) -> str:
    if not commit.get("subject"):
        return "nothing is applied one by one; look for what they have in common"
    who = f", {commit['author']}" if commit.get("author") else ""
    return f'{str(commit["commit"])[:7]} "{commit["subject"]}"{who}; nothing is applied one by one'


def _is_bad(finding: Finding, rules: RecoveryRules) -> bool:
    known = finding.state >= rules.from_state and finding.state is not State.UNKNOWN
    return known and finding.caused_by is None


def _is_mass(bad: int, targets: int, rules: RecoveryRules) -> bool:
    share = bad / targets if targets else 0.0
    return bad >= rules.mass_count or (targets > SMALLEST and share > rules.mass_fraction)


def _commit(faults: Sequence[Finding]) -> tuple[JsonObject, set[str]]:
    """What the findings tell of the commit that broke the most targets, and which those are."""
    told: dict[str, JsonObject] = {}
    broken: dict[str, set[str]] = {}
    for finding in faults:
        for commit, (known, names) in _broken_by(finding).items():
            told[commit] = {"commit": commit, **told.get(commit, {}), **known}
            broken.setdefault(commit, set()).update(names)
    worst = max(broken, key=lambda commit: (len(broken[commit]), commit), default="")
    return told.get(worst, {}), broken.get(worst, set())


def _broken_by(finding: Finding) -> dict[str, tuple[JsonObject, Collection[str]]]:
    """Of each commit what is told of it, and the targets that it broke.

    Evidence has `commit`, with subject, author and at beside it, where one broke them all; else `commits` {commit:
    [target]} and `subjects`.
    """
    evidence = finding.evidence
    commit, commits, subjects = (evidence.get(key) for key in ("commit", "commits", "subjects"))
    if isinstance(commit, str):
        return {commit: ({key: evidence[key] for key in _COMMIT if key in evidence}, finding.covers)}
    if not isinstance(commits, dict):
        return {}
    known = subjects if isinstance(subjects, dict) else {}
    return {sha: ({"subject": known[sha]} if sha in known else {}, names) for sha, names in commits.items()}
