"""Incidents, derived from the reports on file: from the first bad check to the first that knows better. Pure."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from ..model import JsonObject, PastFinding, PastReport, PastStep, State
from ..policy.model import RecoveryRules
from .gates import TRIED
from .streak import knew


class Incident(NamedTuple):
    """One trouble of one finding. Instants are seconds since 1970; `resolved_at` is None while it is open.

    `last_good_at` is the last check before it that was well: the trouble began after it.
    """

    id: str
    subsystem: str
    scope: str
    state: State
    targets: tuple[str, ...]
    first_seen: float
    last_seen: float
    last_good_at: float | None
    resolved_at: float | None
    checks: int
    attempts: tuple[PastStep, ...]
    acted_by: tuple[str, ...]

    @property
    def detect_s(self) -> float | None:
        """Seconds it can have stood before it was seen, at most; None without a good check before."""
        return None if self.last_good_at is None else self.first_seen - self.last_good_at

    @property
    def act_s(self) -> float | None:
        """Seconds from first sight to the end of the first attempt."""
        return self.attempts[0].finished_at - self.first_seen if self.attempts else None

    @property
    def repair_s(self) -> float | None:
        """Seconds from first sight to the check that saw it gone."""
        return None if self.resolved_at is None else self.resolved_at - self.first_seen


def derive(history: Sequence[PastReport], rules: RecoveryRules) -> list[Incident]:
    """The incidents of one subsystem and scope, newest first. `history` is newest first.

    A trouble that ended before its fail streak was full is no incident, unless zionr acted on it.
    """
    open_ones: dict[str, Incident] = {}
    ended: list[Incident] = []
    good: dict[str, float] = {}
    for report in reversed(history):
        if report.kind == "event":
            continue
        seen = {finding.id: finding for finding in report.findings if finding.state is not State.OK}
        for finding in seen.values():
            _note(open_ones, finding, report, good)
        for finding_id, incident in list(open_ones.items()):
            if _is_over(finding_id, seen, incident, report):
                ended.append(open_ones.pop(finding_id)._replace(resolved_at=report.finished_at))
        good |= {name: report.finished_at for name, state in report.targets.items() if state is State.OK}
    every = [*open_ones.values(), *ended]
    told = [one for one in every if one.attempts or one.checks >= rules.fail_streak.get(one.state, 1)]
    return sorted(told, key=lambda one: (one.resolved_at is not None, -one.first_seen))


def _note(open_ones: dict[str, Incident], finding: PastFinding, report: PastReport, good: dict[str, float]) -> None:
    steps = tuple(step for step in report.steps if finding.id in step.findings and step.outcome in TRIED)
    actor = (report.runner,) if steps else ()
    before = open_ones.get(finding.id)
    if before is None:
        open_ones[finding.id] = Incident(
            id=finding.id,
            subsystem=report.subsystem or "",
            scope=report.scope,
            state=finding.state,
            targets=finding.targets,
            first_seen=finding.first_seen or report.finished_at,
            last_seen=report.finished_at,
            last_good_at=max((good[name] for name in finding.targets if name in good), default=None),
            resolved_at=None,
            checks=1,
            attempts=steps,
            acted_by=actor,
        )
        return
    open_ones[finding.id] = before._replace(
        state=max(before.state, finding.state),
        last_seen=report.finished_at,
        checks=before.checks + 1,
        attempts=(*before.attempts, *steps),
        acted_by=tuple(dict.fromkeys((*before.acted_by, *actor))),
    )


def _is_over(finding_id: str, seen: dict[str, PastFinding], incident: Incident, report: PastReport) -> bool:
    if finding_id in seen:
        return seen[finding_id].resolved
    return knew(report, incident.targets)


def rearm_event(finding_id: str) -> JsonObject:
    """The fact that a person lets zionr try again."""
    return {"kind": "rearmed", "finding": finding_id}


def find(incidents: Iterable[Incident], finding_id: str) -> Incident | None:
    """The open incident of that id."""
    return next((one for one in incidents if one.id == finding_id and one.resolved_at is None), None)
