"""A report as a person reads it at night: the verdict first, then the worst, then what zionr did and did not do."""

from __future__ import annotations

from collections.abc import Sequence

from ..engine.gates import USED_UP
from ..engine.summary import Summary
from ..instants import clock, span
from ..model import Finding, Report, State, Step
from . import steps
from .text import (
    LEAD,
    MOST,
    View,
    cut,
    fitting,
    lead,
    listed,
    listed_places,
    place_of,
    printable,
    right,
    shortened,
    told,
    under,
    word,
    wrapped,
)

LONGEST = 90
"""Characters of a message that the verdict repeats."""
LONGEST_NAME = 60
"""Characters of the name before it, which is not wrapped."""


def render(report: Report, view: View) -> str:
    """The whole screen. A healthy check is one line only."""
    if report.subsystem is None:
        return "\n".join([*_verdict(report, view), *_notes(report, view)])
    lines = [*_verdict(report, view), *_numbers(report)]
    body = [
        *_findings(report, view),
        *_fine(report, view),
        *_remarks(report, view),
        *_repairs(report, view),
        *_notes(report, view),
    ]
    if not body:
        return "\n".join(lines)
    foot = [*_cost(report, view), *([lead("report", report.id, view)] if report.kept else []), *_next(report, view)]
    return "\n".join([*lines, "", *body, *(["", *foot] if foot else [])])


def _repairs(report: Report, view: View) -> list[str]:
    """Of what is on no file nothing follows: its streak never grows, and nobody repairs it."""
    if report.kind == "check" and not view.verbose:
        return steps.outlook(report, view) if report.kept else []
    return steps.render(report, view)


def _verdict(report: Report, view: View) -> list[str]:
    place = _place(report)
    if report.state is State.OK and not _open(report) and not report.steps:
        score = "-" if report.health.score is None else f"{report.health.score:.1f}"
        count = len(report.targets)
        fine = f"{place}: {count} target{'s' if count != 1 else ''}, score {score}, {span(report.duration_s)}"
        return told("ok", fine, view)
    return told(word(report.state), f"{place}: {_headline(report)}", view)


def _place(report: Report) -> str:
    name = printable(report.subsystem or "policy")
    return f"{name} on {printable(report.scope[5:])}" if report.scope.startswith("host:") else name


def _headline(report: Report) -> str:
    open_findings = _open(report)
    troubled = {name for finding in open_findings for name in finding.covers}
    mended = [name for step in report.steps if step.verified for name in step.targets if name not in troubled]
    repaired = f"{listed(mended)} repaired" if mended else ""
    worst = [finding for finding in open_findings if finding.state is report.state] or open_findings
    if not worst:
        return repaired or ("nothing was looked at" if report.state is State.UNKNOWN else "nothing is wrong")
    causes = [finding for finding in worst if finding.caused_by is None] or worst
    whole = [finding for finding in causes if finding.rule.endswith("/mass-failure")]
    causes = whole or causes
    names = list(dict.fromkeys(name for finding in causes for name in finding.covers))
    if len(causes) == 1:
        subject = f"{cut(names[0], LONGEST_NAME)}: " if len(names) == 1 else ""
        said = f"{subject}{shortened(causes[0].message, LONGEST)}"
    else:
        verb = {State.CRITICAL: "down or failing", State.UNKNOWN: "not known"}.get(report.state, "not well")
        said = f"{listed(names)}: {verb}"
    return f"{repaired}; {said}" if repaired else said


def _numbers(report: Report) -> list[str]:
    if report.state is State.OK and not _open(report) and not report.steps:
        return []
    score = "none" if report.health.score is None else f"{report.health.score:.1f}"
    parts = [f"score {score}", f"{report.health.coverage:.0%} seen"]
    done = [step for step in report.steps if step.outcome in ("succeeded", "failed")]
    if done:
        verified = sum(1 for step in done if step.verified)
        parts.append(f"{len(done)} repair{'s' if len(done) != 1 else ''}, {verified} verified")
    if report.lease is not None and report.lease.acquired:
        token = f", token {report.lease.token}" if report.lease.token is not None else ""
        parts.append(f"lease {printable(report.lease.name)}{token}")
    return [under("  ".join([*parts, span(report.duration_s)]))]


def _open(report: Report) -> list[Finding]:
    return [finding for finding in report.findings if finding.state is not State.OK and not finding.resolved]


def _findings(report: Report, view: View) -> list[str]:
    # A failed step tells of its findings; what a verified one left open stands for itself.
    acted = {finding_id for step in report.steps if step.outcome == "failed" for finding_id in step.findings}
    ordered = sorted(_open(report), key=lambda finding: (-finding.state, finding.caused_by is not None))
    left = [finding for finding in ordered if finding.id not in acted]
    most = len(left) if view.verbose else MOST
    lines = [line for finding in left[:most] for line in _finding(finding, view)]
    return [*lines, *_more(left[most:], view)]


def _more(findings: Sequence[Finding], view: View) -> list[str]:
    """What a screen has no room for, as a count of each state."""
    if not findings:
        return []
    counts: dict[State, int] = {}
    for finding in findings:
        counts[finding.state] = counts.get(finding.state, 0) + 1
    said = ", ".join(f"{count} {state.word}" for state, count in counts.items())
    return [lead("more", f"{len(findings)} findings ({said}): -v shows them all", view)]


def _finding(finding: Finding, view: View) -> list[str]:
    since = _since(finding, view)
    head = right(cut(finding.id, view.width - LEAD - len(since) - 2), since, view.width - LEAD)
    lines = [lead(word(finding.state), head, view), *wrapped(finding.message, view)]
    if finding.caused_by is not None:
        return [lines[0], under(f"caused by {cut(finding.caused_by, view.width - LEAD - 10)}")]
    last_error = finding.evidence.get("last_error")
    if last_error:
        lines += wrapped(f"last error: {last_error}", view)
    if finding.hint:
        lines += wrapped(finding.hint, view)
    return [*lines, *listed_places([place_of(*location) for location in finding.locations], view)]


def _since(finding: Finding, view: View) -> str:
    if finding.first_seen is None or view.now - finding.first_seen < 1:
        return "new"
    return f"since {clock(finding.first_seen, view.now)}, {span(view.now - finding.first_seen)}"


def _fine(report: Report, view: View) -> list[str]:
    fine = [target.name for target in report.targets if target.state is State.OK]
    if not fine or (report.state is State.OK and not _open(report) and not report.steps):
        return []
    return [lead("ok", fitting(f"{len(fine)}:", fine, view.width - LEAD), view)]


def _remarks(report: Report, view: View) -> list[str]:
    """Findings that are only notes: told where somebody asks for more."""
    if not view.verbose:
        return []
    remarks = [finding for finding in report.findings if finding.state is State.OK and not finding.resolved]
    return [line for finding in remarks for line in _finding(finding, view)]


def _cost(report: Report, view: View) -> list[str]:
    if report.api is None:
        return []
    requests, left = report.api["requests"], report.api.get("rate_remaining")
    said = f"{requests} request{'s' if requests != 1 else ''}"
    if left is not None:
        reset = report.api.get("rate_reset")
        said += f", {left:,} left" + (f" until {clock(reset, view.now)}" if reset is not None else "")
    return [lead("api", said, view)]


def _next(report: Report, view: View) -> list[str]:
    """What a person can do next, as a command; absent where nothing is needed."""
    if not _open(report) or report.subsystem is None or not report.kept:
        return []
    if report.kind == "check":
        return [lead("next", command, view) for command in _after_check(report)]
    stuck = [step for step in report.steps if USED_UP in (step.reason or "")]
    return [lead("next", f"zionr incidents rearm {printable(one)}", view) for step in stuck for one in step.findings]


def _after_check(report: Report) -> list[str]:
    """Where no remedy may be used there is nothing to plan; what could not be seen is often for want of something."""
    if any(step.remedy is not None and not _is_refused(step) for step in report.steps):
        return [f"zionr recover {report.subsystem} --plan"]
    return ["zionr doctor"] if report.state is State.UNKNOWN else []


def _is_refused(step: Step) -> bool:
    return any(gate.gate == "precondition" and gate.passed is False for gate in step.gates)


def _notes(report: Report, view: View) -> list[str]:
    return [line for note in report.notes for line in told("note", note, view)]


def render_summary(summary: Summary, view: View) -> str:
    """One line for each report, worst first, and each that is not well in full below."""
    score = "none" if summary.health.score is None else f"{summary.health.score:.1f}"
    count = len(summary.reports)
    head = f"{count} subsystem{'s' if count != 1 else ''}: score {score}, {summary.health.coverage:.0%} seen"
    lines = [lead(word(summary.state), head, view)]
    for report in sorted(summary.reports, key=lambda one: -one.state):
        lines += ["", render(report, view)]
    return "\n".join(lines)
