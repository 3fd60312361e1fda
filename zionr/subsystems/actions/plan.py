"""Which repair may mend a finding, and why it may not. Pure; whether it runs now is for the engine's gates.

One finding has one candidate: of several the first that nothing speaks against, else the first. For `failing` the order
is rerun, backup, dispatch; for `overdue` backup, dispatch.
"""

from __future__ import annotations

from collections.abc import Sequence

from ...model import Candidate, Finding, Observation
from .judging.file_rules import refused
from .mending.restore import restore_candidates
from .repairs.offers import backup, cancel, dispatch, enable, rerun
from .repairs.preconditions import Ground
from .settings import Settings

REMEDIES = {
    "actions/enable": "enables a workflow that GitHub disabled for inactivity",
    "actions/rerun": "runs the failed jobs of the newest run again, once, on the branch's present commit only",
    "actions/dispatch": "starts a workflow that is overdue, or that failed on an older commit",
    "actions/backup": "starts the workflow that the policy names as the backup of one that is overdue or failing",
    "actions/cancel": "cancels runs that are stuck, by force where they do not end",
    "actions/restore": "offers the newest good version of a damaged or deleted workflow as a pull request or a patch",
}


def candidates(findings: Sequence[Finding], observation: Observation, settings: Settings) -> tuple[Candidate, ...]:
    """One candidate for each finding that a remedy exists for, with the reason where it must not be used."""
    offered: list[Candidate] = []
    api = observation.facts["api"]
    if api is not None and api["status"] == "ok":
        ground = Ground(observation.facts, settings, frozenset(refused(findings)))
        offered = [chosen for finding in findings if (chosen := _best(_offers(finding, ground))) is not None]
    return (*offered, *restore_candidates(findings, observation, settings))


def _offers(finding: Finding, ground: Ground) -> list[Candidate]:
    if finding.target is None:
        return []
    if finding.rule == "actions/disabled-inactivity":
        return [enable(finding, ground)]
    if finding.target == ground.facts.get("own"):
        return []  # it is under way just now
    if finding.rule == "actions/stuck":
        return [cancel(finding, ground)]
    others = [*backup(finding, ground), dispatch(finding, ground)]
    if finding.rule == "actions/failing":
        return [rerun(finding, ground), *others]
    return others if finding.rule == "actions/overdue" else []


def _best(offers: Sequence[Candidate]) -> Candidate | None:
    return next((one for one in offers if one.refusal is None), offers[0] if offers else None)
