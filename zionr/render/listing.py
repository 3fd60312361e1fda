"""The tables of the history: reports, changes, incidents, health, needs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from tabulate import tabulate

from ..engine.difference import Change
from ..engine.incidents import Incident
from ..engine.overview import Overview, Row
from ..engine.report import SCHEMA_VERSION
from ..instants import clock, iso, span
from ..model import JsonObject
from ..policy.model import Policy
from . import document
from .steps import proposed
from .text import View, cut, lead, listed_places, place_of, printable, word, wrapped

if TYPE_CHECKING:
    from ..store.past import Entry
    from ..subsystems import Need


def _columns(rows: Sequence[Sequence[object]], headers: Sequence[str]) -> str:
    """Plain columns, two blanks apart, every cell printable; figures stay as they were written."""
    cells = [[printable(cell) for cell in row] for row in rows]
    table = tabulate(cells, headers=list(headers), tablefmt="plain", disable_numparse=True)
    return "\n".join(line.rstrip() for line in table.splitlines())


def reports(entries: Sequence[Entry], view: View) -> str:
    """Reports, a line each, newest first."""
    if not entries:
        return lead("none", "no report on file", view)
    rows = [
        [
            "UNKNOWN?" if entry.state is None else word(entry.state),
            cut(entry.id, 30),
            cut(entry.subsystem or "-", 10),
            entry.kind,
            "-" if entry.score is None else f"{entry.score:.1f}",
            "-" if entry.finished_at is None else clock(entry.finished_at, view.now),
            cut(entry.runner or "-", 16),
        ]
        for entry in entries
    ]
    return _columns(rows, ["state", "report", "subsystem", "kind", "score", "ended", "runner"])


def entry_to_json(entry: Entry) -> JsonObject:
    """One line of the list, for programs."""
    return {
        "id": entry.id,
        "subsystem": entry.subsystem,
        "scope": entry.scope,
        "runner": entry.runner,
        "kind": entry.kind,
        "state": None if entry.state is None else entry.state.word,
        "score": entry.score,
        "finished_at": None if entry.finished_at is None else iso(entry.finished_at),
    }


def whole_report(report: JsonObject, view: View) -> str:
    """One report for a person: its head as columns, then findings and steps, each on lines of its own.

    Whatever the file holds is shown, for somebody may have edited it; of a newer zionr's only the head is known.
    """
    head = [[key, report.get(key) or "-"] for key in ("id", "kind", "subsystem", "scope", "state", "started_at")]
    lines = [_columns(head, [])]
    if report.get("schema_version") != SCHEMA_VERSION:
        return "\n".join([*lines, "", lead("note", "made by a newer zionr: use --format json", view)])
    for finding in _mappings(report, "findings"):
        lines += _finding(finding, view)
    for step in _mappings(report, "steps"):
        lines += _step(step, report, view)
    lines += [f"\nnote      {printable(note)}" for note in _list(report, "notes")]
    if view.verbose:
        lines.append("\n" + document.render(report, indented=True))
    return "\n".join(line for line in lines if line.strip())


def _finding(finding: JsonObject, view: View) -> list[str]:
    settled = "resolved" if finding.get("resolved") else finding.get("state")
    places = [place_of(one.get("file"), one.get("line"), one.get("column")) for one in _mappings(finding, "locations")]
    return [
        f"\n{printable(settled):<10}{printable(finding.get('id'))}",
        *(line for key in ("message", "hint") for line in wrapped(str(finding.get(key) or ""), view)),
        *listed_places(places, view),
    ]


def _step(step: JsonObject, report: JsonObject, view: View) -> list[str]:
    about = ", ".join(map(str, _list(step, "findings")))
    what = printable(step.get("remedy") or "no remedy")
    proposal = step.get("proposal")
    return [
        f"\n{printable(step.get('outcome')):<10}{what}  {printable(about)}",
        *wrapped(str(step.get("reason") or ""), view),
        *(proposed(proposal, str(report.get("id")), view) if isinstance(proposal, dict) else []),
    ]


def _list(report: JsonObject, part: str) -> list[Any]:
    found = report.get(part)
    return found if isinstance(found, list) else []


def _mappings(report: JsonObject, part: str) -> list[JsonObject]:
    return [one for one in _list(report, part) if isinstance(one, dict)]


def changes(found: Sequence[Change], view: View) -> str:
    """Changes, a line each."""
    if not found:
        return lead("same", "nothing changed", view)
    rows = [[one.kind, cut(one.name, 48), one.before or "-", one.after or "-"] for one in found]
    return _columns(rows, ["what", "name", "before", "after"])


def incidents(found: Sequence[Incident], view: View) -> str:
    """Incidents, open ones first; times to detect are at most, from the last good check."""
    if not found:
        return lead("none", "no incident on file", view)
    rows = [
        [
            word(one.state) if one.resolved_at is None else "resolved",
            cut(one.id, 44),
            f"{clock(one.first_seen, view.now)}",
            _length(one.detect_s),
            _length(one.repair_s if one.resolved_at is not None else view.now - one.first_seen),
            len(one.attempts),
        ]
        for one in found
    ]
    return _columns(rows, ["state", "incident", "began", "detect", "lasted", "tries"])


def _length(seconds: float | None) -> str:
    return "-" if seconds is None else span(seconds)


def incident_to_json(one: Incident) -> JsonObject:
    """One incident, for programs; spans in seconds."""
    return {
        "id": one.id,
        "subsystem": one.subsystem,
        "scope": one.scope,
        "state": one.state.word,
        "open": one.resolved_at is None,
        "targets": list(one.targets),
        "first_seen": iso(one.first_seen),
        "last_seen": iso(one.last_seen),
        "resolved_at": None if one.resolved_at is None else iso(one.resolved_at),
        "checks": one.checks,
        "attempts": len(one.attempts),
        "acted_by": list(one.acted_by),
        "detect_s": one.detect_s,
        "act_s": one.act_s,
        "repair_s": one.repair_s,
    }


def health(seen: Overview, policy: Policy, view: View) -> str:
    """The score as a sum with two decimals, so that it can be done by hand."""
    score = "no score" if seen.health.score is None else f"{seen.health.score:.2f} of 100"
    name = printable(policy.project or "overall")
    head = f"{name} {score}, {seen.health.coverage:.1%} of the weight seen, at {clock(view.now, view.now)}"
    total = sum(row.weight for row in seen.rows if row.score is not None)
    rows = [_sum_row(row, total) for row in seen.rows]
    rows.append(["", f"{total:g}", "", "" if seen.health.score is None else f"= {seen.health.score:.2f}", ""])
    table = _columns(rows, ["", "weight", "score", "adds", "lost, in points of the whole"])
    return f"{lead(word(seen.state), head, view)}\n\n{table}"


def _sum_row(row: Row, total: float) -> list[str]:
    name = f"{row.subsystem} {row.scope.removeprefix('host:')}" if row.scope.startswith("host:") else row.subsystem
    note = f" ({row.note})" if row.note else ""
    if row.score is None:
        return [cut(name, 24), f"{row.weight:g}", "unknown", "", row.note or "too little of it was seen"]
    lost = ", ".join(f"{cut(target, 20)} {points:.2f}" for target, points in row.lost[:4])
    rest = f" and {len(row.lost) - 4} more" if len(row.lost) > 4 else ""
    return [
        cut(name, 24),
        f"{row.weight:g}",
        f"x {row.score:.2f}",
        f"+ {row.score * row.weight / total:.2f}" if total else "",
        lost + rest + note,
    ]


def overview_to_json(seen: Overview) -> JsonObject:
    """The same sum, for programs."""
    return {
        "kind": "health",
        "state": seen.state.word,
        "score": seen.health.score,
        "coverage": seen.health.coverage,
        "rows": [
            {
                "subsystem": row.subsystem,
                "scope": row.scope or None,
                "weight": row.weight,
                "score": row.score,
                "state": row.state.word,
                "lost": dict(row.lost),
                "report": None if row.report is None else row.report.id,
                "note": row.note,
            }
            for row in seen.rows
        ],
    }


def needs(groups: Mapping[str, Iterable[Need]], view: View) -> str:
    """What is there and what is missing, by subsystem; each missing thing with its remedy."""
    words = {True: "ok", False: "MISSING", None: "note"}
    lines = []
    for name, found in groups.items():
        for need in found:
            lines.append(lead(words[need.met], f"{name}: {need.name}: {printable(need.had)}", view))
            if need.remedy is not None:
                lines.append(f"{'':<10}{printable(need.remedy)}")
    return "\n".join(lines)
