"""What the commands on the history do: `report`, `incidents` and `health`."""

from __future__ import annotations

import sys

from ..engine import incidents
from ..engine.difference import difference
from ..engine.overview import overview
from ..engine.report import SCHEMA_VERSION, to_json
from ..errors import UsageError
from ..instants import limit
from ..model import Health, JsonObject, PolicyRef, Report, State
from ..policy.units import parse_duration
from ..redaction.nested import redacted
from ..render import document, listing
from ..render.text import printable
from .session import Session


def _show(session: Session, shape: str, as_json: JsonObject, as_table: str) -> None:
    if shape == "json":
        session.emit(document.render({"schema_version": SCHEMA_VERSION, **as_json}, indented=sys.stdout.isatty()))
    else:
        session.emit(as_table)


def list_reports(session: Session, shape: str, limit: int, subsystem: str | None, state: str | None) -> None:
    """The newest reports on file, a line each."""
    wanted = None if state is None else State.parse(state)
    entries = session.store.entries(limit=limit, subsystem=subsystem, state=wanted)
    as_json = {"kind": "reports", "reports": [listing.entry_to_json(entry) for entry in entries]}
    _show(session, shape, as_json, listing.reports(redacted(entries, session.redact), session.view()))


def show_report(session: Session, shape: str, name: str) -> None:
    """One report, whole."""
    found = session.store.read(name)
    if shape == "json":
        session.emit(document.render(found, indented=sys.stdout.isatty()))
    else:
        session.emit(listing.whole_report(redacted(found, session.redact), session.view()))


def show_patch(session: Session, name: str) -> None:
    """The patches that a report's steps propose, one after the other. UsageError where it has none."""
    steps = session.store.read(name).get("steps") or ()
    patches = [proposal["patch"] for step in steps if (proposal := step.get("proposal")) and proposal.get("patch")]
    if not patches:
        raise UsageError(f"report {name} proposes no patch")
    text = "".join(patch if patch.endswith("\n") else f"{patch}\n" for patch in patches)
    # A patch is bytes that others wrote: git takes them as they are, a terminal does not get to obey them.
    session.emit("\n".join(map(printable, text.split("\n"))) if sys.stdout.isatty() else text)


def diff_reports(session: Session, shape: str, before: str, after: str) -> None:
    """What changed between two reports."""
    older, newer = session.store.read(before), session.store.read(after)
    if any(report.get("schema_version") != SCHEMA_VERSION for report in (older, newer)):
        raise UsageError("a report made by a newer zionr cannot be compared: use report show --format json")
    changes = difference(older, newer)
    as_json = {"kind": "difference", "changes": [change._asdict() for change in changes]}
    _show(session, shape, as_json, listing.changes(redacted(changes, session.redact), session.view()))


def prune_reports(session: Session, shape: str, older_than: str | None) -> None:
    """Delete what is older than the retention. UsageError where that would give attempts back that were used up."""
    age = session.policy.store.retention_s if older_than is None else _age(older_than, session.policy.recovery.window_s)
    pruned = session.store.prune(session.clock.now() - age)
    as_json = {"kind": "pruned", "reports": pruned.files, "bytes": pruned.bytes}
    _show(session, shape, as_json, f"{'pruned':<10}{pruned.files} files, {pruned.bytes:,} bytes")


def _age(text: str, window_s: float) -> float:
    """The age in seconds. The reports of the last `window_s` are the only memory of what was tried."""
    try:
        age = parse_duration(text)
    except ValueError as error:
        raise UsageError(f"--older-than: {error}") from None
    if age < window_s:
        raise UsageError(
            f"--older-than: {text} is under recovery.window, {limit(window_s)}: attempts would be forgotten"
        )
    return age


def _incidents(session: Session) -> list[incidents.Incident]:
    policy = session.policy
    since = session.clock.now() - policy.store.retention_s
    places = {(report.subsystem, report.scope) for report in session.store.latest() if report.subsystem}
    found = []
    for subsystem, scope in sorted(places, key=str):
        history = session.store.history(str(subsystem), scope, since=since)
        found += incidents.derive(history, policy.recovery)
    return sorted(found, key=lambda one: (one.resolved_at is not None, -one.first_seen))


def list_incidents(session: Session, shape: str) -> None:
    """All incidents that the reports on file tell of, open ones first."""
    found = _incidents(session)
    as_json = {"kind": "incidents", "incidents": [listing.incident_to_json(one) for one in found]}
    _show(session, shape, as_json, listing.incidents(redacted(found, session.redact), session.view()))


def rearm_incident(session: Session, finding: str) -> None:
    """Put on file that a person lets zionr try again. UsageError where no such incident is open."""
    incident = incidents.find(_incidents(session), finding)
    if incident is None:
        raise UsageError(f"no incident {finding!r} is open; see: zionr incidents")
    policy, now = session.policy, session.clock.now()
    event = Report(
        id=session.store.new_id(now),
        project=policy.project,
        kind="event",
        subsystem=incident.subsystem,
        scope=incident.scope,
        runner=session.runner(policy),
        policy=PolicyRef(policy.path, policy.digest, policy.environment),
        started_at=now,
        finished_at=now,
        state=State.OK,
        health=Health(None, 0.0),
        event=incidents.rearm_event(finding),
    )
    session.store.prepare()
    session.store.write(to_json(event))
    session.emit(f"{'rearmed':<10}{printable(finding)}: its attempts count from now on")


def show_health(session: Session, shape: str) -> None:
    """The overall score, as a sum."""
    seen = overview(session.store.latest(), session.policy, session.clock.now(), session.store.read)
    as_table = listing.health(redacted(seen, session.redact), session.policy, session.view())
    _show(session, shape, listing.overview_to_json(seen), as_table)
