"""A report's JSON form, as `schema/report.schema.json` describes it. Pure."""

from __future__ import annotations

from typing import Any

from ..instants import iso
from ..model import Finding, Gate, Health, JsonObject, Lease, Location, Report, Step, Target

SCHEMA_VERSION = 1


def to_json(report: Report) -> JsonObject:
    """The whole document; the store and every format work from this."""
    document: JsonObject = {
        "schema_version": SCHEMA_VERSION,
        "id": report.id,
        "project": report.project,
        "kind": report.kind,
        "subsystem": report.subsystem,
        "scope": report.scope,
        "runner": report.runner._asdict(),
        "policy": report.policy._asdict(),
        "started_at": iso(report.started_at),
        "finished_at": iso(report.finished_at),
        "duration_s": round(report.duration_s, 3),
        "state": report.state.word,
        "health": health_to_json(report.health),
        "targets": [target_to_json(target) for target in report.targets],
        "findings": [finding_to_json(finding) for finding in report.findings],
        "steps": [step_to_json(step) for step in report.steps],
        "lease": None if report.lease is None else lease_to_json(report.lease),
        "api": None if report.api is None else _api_to_json(report.api),
        "notes": list(report.notes),
        "only": list(report.only) or None,
    }
    if report.event is not None:
        document["event"] = report.event
    return document


def _api_to_json(usage: JsonObject) -> JsonObject:
    reset = usage.get("rate_reset")
    return {**usage, "rate_reset": None if reset is None else iso(reset)}


def health_to_json(health: Health) -> JsonObject:
    """Rounded for reading; states were decided before."""
    return {
        "score": None if health.score is None else round(health.score, 2),
        "coverage": round(health.coverage, 4),
        "warning": health.warning,
        "critical": health.critical,
    }


def target_to_json(target: Target) -> JsonObject:
    """A target with what it scores: 100, 50, 0, or null where its state is unknown."""
    from .score import POINTS

    return {
        "name": target.name,
        "kind": target.kind,
        "state": target.state.word,
        "score": POINTS.get(target.state),
        "weight": target.weight,
        "required": target.required,
        "metrics": target.metrics,
    }


def finding_to_json(finding: Finding) -> JsonObject:
    """A finding with its id, and its streak as {count, needed}."""
    streak = finding.streak
    return {
        "id": finding.id,
        "rule": finding.rule,
        "state": finding.state.word,
        "target": finding.target,
        "targets": list(finding.covers),
        "message": finding.message,
        "expected": finding.expected,
        "actual": finding.actual,
        "evidence": finding.evidence,
        "hint": finding.hint,
        "caused_by": finding.caused_by,
        "resolved": finding.resolved,
        "first_seen": None if finding.first_seen is None else iso(finding.first_seen),
        "streak": None if streak is None else {"count": streak.checks, "needed": streak.needed},
        "locations": [_location_to_json(location) for location in finding.locations],
    }


def _location_to_json(location: Location) -> JsonObject:
    return location._asdict()


def step_to_json(step: Step) -> JsonObject:
    """A step; `target` and `finding` are null where it mends several."""
    return {
        "id": step.id,
        "remedy": step.remedy,
        "target": _only(step.targets),
        "finding": _only(step.findings),
        "targets": list(step.targets),
        "findings": list(step.findings),
        "gates": [_gate_to_json(gate) for gate in step.gates],
        "mode": step.mode,
        "command": step.command,
        "undo": step.undo,
        "outcome": step.outcome,
        "verified": step.verified,
        "reason": step.reason,
        "attempt": step.attempt,
        "started_at": None if step.started_at is None else iso(step.started_at),
        "finished_at": None if step.finished_at is None else iso(step.finished_at),
        "duration_s": None if step.duration_s is None else round(step.duration_s, 3),
        "evidence": step.evidence,
        "proposal": step.proposal,
    }


def _only(names: tuple[str, ...]) -> str | None:
    return names[0] if len(names) == 1 else None


def _gate_to_json(gate: Gate) -> dict[str, Any]:
    return gate._asdict()


def lease_to_json(lease: Lease) -> JsonObject:
    """Who holds the right to act; `token` is null where only this host's lock stands in."""
    return lease._asdict()
