"""Reports of runs that could not look: unknown, with the reason as a finding, never a missing row. Pure."""

import re
from collections.abc import Sequence
from typing import NamedTuple

from ..model import Finding, Health, Location, PolicyRef, Report, Runner, State

_PLACE = re.compile(r"^(?P<file>[^:\n]+):(?P<line>\d+):(?P<column>\d+): ")


class Heading(NamedTuple):
    """What stands above the findings of a blank report; it began and ended at `at`, seconds since 1970."""

    id: str
    kind: str
    project: str | None
    subsystem: str | None
    scope: str
    runner: Runner
    policy: PolicyRef
    at: float


def invalid_policy(heading: Heading, problems: Sequence[str]) -> Report:
    """The report of a check under a policy that cannot be read: rule `policy/invalid`, of no subsystem."""
    count = f"{len(problems)} error{'s' if len(problems) != 1 else ''} in the policy"
    finding = Finding(
        rule="policy/invalid",
        state=State.UNKNOWN,
        target=None,
        message=f"{count}, so nothing was looked at",
        evidence={"problems": list(problems)},
        hint="zionr policy validate",
        locations=tuple(place for place in map(_location, problems) if place is not None),
    )
    return _blank(heading, finding)


def not_watched(heading: Heading) -> Report:
    """The report of a subsystem that the policy does not let this runner watch."""
    runner = heading.runner.id
    finding = Finding(
        rule=f"{heading.subsystem}/not-watched",
        state=State.UNKNOWN,
        target=None,
        message=f"runner {runner} does not watch {heading.subsystem}, so nothing was looked at",
        hint=f"see runners.{runner}.watches in the policy",
    )
    return _blank(heading, finding)


def failed_to_look(heading: Heading, why: str) -> Report:
    """The report of a subsystem in which zionr itself failed, so that the others can still be told."""
    finding = Finding(
        rule=f"{heading.subsystem}/failed-to-look",
        state=State.UNKNOWN,
        target=None,
        message=f"zionr failed, so nothing is known: {why}",
    )
    return _blank(heading, finding)


def _blank(heading: Heading, finding: Finding) -> Report:
    return Report(
        id=heading.id,
        project=heading.project,
        kind=heading.kind,
        subsystem=heading.subsystem,
        scope=heading.scope,
        runner=heading.runner,
        policy=heading.policy,
        started_at=heading.at,
        finished_at=heading.at,
        state=State.UNKNOWN,
        health=Health(None, 0.0),
        findings=(finding._replace(first_seen=heading.at),),
    )


def _location(problem: str) -> Location | None:
    found = _PLACE.match(problem)
    return Location(found["file"], int(found["line"]), int(found["column"])) if found else None
