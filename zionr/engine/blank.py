"""Reports of runs that could not look: unknown, with the reason as a finding, never a missing row. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence

from ..model import Finding, Health, Location, PolicyRef, Report, Runner, State

_PLACE = re.compile(r"^(?P<file>[^:\n]+):(?P<line>\d+):(?P<column>\d+): ")


def invalid_policy(
    report_id: str, problems: Sequence[str], policy: PolicyRef, runner: Runner, started: float, kind: str
) -> Report:
    """The report of a check under a policy that cannot be read: rule `policy/invalid`, of no subsystem."""
    count = f"{len(problems)} error{'s' if len(problems) != 1 else ''} in the policy"
    finding = Finding(
        rule="policy/invalid",
        state=State.UNKNOWN,
        target=None,
        message=f"{count}, so nothing was looked at",
        evidence={"problems": list(problems)},
        hint="zionr policy validate",
        first_seen=started,
        locations=tuple(place for place in map(_location, problems) if place is not None),
    )
    return _blank(report_id, None, None, "repository", kind, runner, policy, started, finding)


def not_watched(
    report_id: str,
    project: str | None,
    subsystem: str,
    scope: str,
    runner: Runner,
    policy: PolicyRef,
    started: float,
    kind: str,
) -> Report:
    """The report of a subsystem that the policy does not let this runner watch."""
    finding = Finding(
        rule=f"{subsystem}/not-watched",
        state=State.UNKNOWN,
        target=None,
        message=f"runner {runner.id} does not watch {subsystem}, so nothing was looked at",
        hint=f"see runners.{runner.id}.watches in the policy",
        first_seen=started,
    )
    return _blank(report_id, project, subsystem, scope, kind, runner, policy, started, finding)


def failed_to_look(
    report_id: str,
    project: str | None,
    subsystem: str,
    scope: str,
    runner: Runner,
    policy: PolicyRef,
    started: float,
    kind: str,
    why: str,
) -> Report:
    """The report of a subsystem in which zionr itself failed, so that the others can still be told."""
    finding = Finding(
        rule=f"{subsystem}/failed-to-look",
        state=State.UNKNOWN,
        target=None,
        message=f"zionr failed, so nothing is known: {why}",
        first_seen=started,
    )
    return _blank(report_id, project, subsystem, scope, kind, runner, policy, started, finding)


def _blank(
    report_id: str,
    project: str | None,
    subsystem: str | None,
    scope: str,
    kind: str,
    runner: Runner,
    policy: PolicyRef,
    started: float,
    finding: Finding,
) -> Report:
    return Report(
        id=report_id,
        project=project,
        kind=kind,
        subsystem=subsystem,
        scope=scope,
        runner=runner,
        policy=policy,
        started_at=started,
        finished_at=started,
        state=State.UNKNOWN,
        health=Health(None, 0.0),
        findings=(finding,),
    )


def _location(problem: str) -> Location | None:
    found = _PLACE.match(problem)
    return Location(found["file"], int(found["line"]), int(found["column"])) if found else None
