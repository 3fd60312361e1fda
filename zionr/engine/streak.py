"""How long a finding has stood, by the reports on file: first seen, and bad checks in a row. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from ..model import Finding, PastFinding, PastReport, State, Streak
from ..policy.model import Policy


def trace(
    findings: Iterable[Finding], history: Sequence[PastReport], policy: Policy, now: float
) -> tuple[Finding, ...]:
    """Each finding with its `first_seen` and, where it is not a note, its streak. `history` is newest first."""
    spacing = {runner: (rules.every_s or 0.0) / 2 for runner, rules in policy.runners.items()}
    # By their ids: thousands of findings are looked up in every report.
    past = [(report, {seen.id: seen for seen in reversed(report.findings)}) for report in history]
    return tuple(_traced(finding, past, policy, spacing, now) for finding in findings)


Past = Sequence[tuple[PastReport, Mapping[str, PastFinding]]]
"""Earlier reports, newest first, each with its findings by their ids."""


def _traced(
    finding: Finding,
    past: Past,
    policy: Policy,
    spacing: Mapping[str, float],
    now: float,
) -> Finding:
    run = list(_sightings(finding.id, finding.covers, past))
    first = run[-1][1].first_seen or run[-1][0].finished_at if run else now
    needed = policy.recovery.fail_streak.get(finding.state)
    streak = None if needed is None else Streak(1 + _apart(run, spacing, now), needed)
    return finding._replace(first_seen=first, streak=streak)


def _sightings(finding_id: str, targets: Sequence[str], past: Past) -> Iterator[tuple[PastReport, PastFinding]]:
    """The earlier reports, newest first, that saw the same finding without a good check in between.

    A report in which the target was unknown, or not looked at, neither counts nor breaks the run.
    """
    for report, findings in past:
        if report.kind == "event":
            continue
        seen = findings.get(finding_id)
        if seen is not None and not seen.resolved:
            yield report, seen
        elif seen is not None or knew(report, targets):
            return


def knew(report: PastReport, targets: Sequence[str]) -> bool:
    """Whether that report could tell that the finding was gone."""
    if not targets:
        return report.state is not State.UNKNOWN
    states = [report.targets.get(name, State.UNKNOWN) for name in targets]
    return all(state is not State.UNKNOWN for state in states)


def _apart(run: Iterable[tuple[PastReport, PastFinding]], spacing: Mapping[str, float], now: float) -> int:
    """How many of the sightings lie at least half of their runner's `every` before the next one counted."""
    count, last = 0, now
    for report, seen in run:
        if seen.state in (State.OK, State.UNKNOWN):  # a note, or not known then: neither counts
            continue
        if last - report.finished_at >= spacing.get(report.runner, 0.0):
            count += 1
            last = report.finished_at
    return count
