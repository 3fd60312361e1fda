"""A report as a person reads it at night: the verdict first, then the worst, then what zionr did and did not do."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ..engine.gates import USED_UP
from ..engine.summary import Summary
from ..instants import clock, span
from ..model import Finding, Report, State, Step
from . import text
from .text import View, cut, lead, printable, right, under

_NAMES = 6
"""How many names a line lists before it only counts."""


def render(report: Report, view: View) -> str:
    """The whole screen. A healthy check is one line only."""
    if report.subsystem is None:
        return "\n".join([*_verdict(report, view), *_notes(report, view)])
    lines = [*_verdict(report, view), *_numbers(report)]
    body = [
        *_findings(report, view),
        *_fine(report, view),
        *_remarks(report, view),
        *(_outlook(report, view) if report.kind == "check" and not view.verbose else _steps(report, view)),
        *_notes(report, view),
    ]
    if not body:
        return "\n".join(lines)
    foot = ["", lead("report", report.id, view), *_next(report, view)]
    return "\n".join([*lines, "", *body, *foot])


def _verdict(report: Report, view: View) -> list[str]:
    place = _place(report)
    if report.state is State.OK and not _open(report) and not report.steps:
        score = "-" if report.health.score is None else f"{report.health.score:.1f}"
        count = len(report.targets)
        fine = f"{place}: {count} target{'s' if count != 1 else ''}, score {score}, {span(report.duration_s)}"
        return _told("ok", fine, view)
    return _told(text.word(report.state), f"{place}: {_headline(report)}", view)


def _place(report: Report) -> str:
    name = printable(report.subsystem or "policy")
    return f"{name} on {printable(report.scope[5:])}" if report.scope.startswith("host:") else name


def _headline(report: Report) -> str:
    open_findings = _open(report)
    mended = [name for step in report.steps if step.verified for name in step.targets]
    repaired = f"{_names(mended)} repaired" if mended else ""
    worst = [finding for finding in open_findings if finding.state is report.state] or open_findings
    if not worst:
        return repaired or "nothing is wrong"
    causes = [finding for finding in worst if finding.caused_by is None] or worst
    names = list(dict.fromkeys(name for finding in causes for name in finding.covers))
    if len(causes) == 1:
        subject = f"{printable(names[0])}: " if len(names) == 1 else ""
        said = cut(f"{subject}{causes[0].message}", 90)
    else:
        verb = {State.CRITICAL: "down or failing", State.UNKNOWN: "not known"}.get(report.state, "not well")
        said = f"{_names(names)}: {verb}"
    return f"{repaired}; {said}" if repaired else said


def _names(names: Sequence[str]) -> str:
    shown = [cut(name, 24) for name in names[:_NAMES]]
    rest = len(names) - len(shown)
    if rest:
        return f"{', '.join(shown)} and {rest} more"
    return " and ".join([", ".join(shown[:-1]), shown[-1]] if len(shown) > 1 else shown)


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
    acted = {
        finding_id for step in report.steps if step.outcome in ("succeeded", "failed") for finding_id in step.findings
    }
    lines: list[str] = []
    ordered = sorted(_open(report), key=lambda finding: (-finding.state, finding.caused_by is not None))
    for finding in ordered:
        if finding.id not in acted:
            lines += _finding(finding, view)
    return lines


def _finding(finding: Finding, view: View) -> list[str]:
    since = _since(finding, view)
    head = right(cut(finding.id, view.width - text.LEAD - len(since) - 2), since, view.width - text.LEAD)
    lines = [lead(text.word(finding.state), head, view), *_wrapped(finding.message, view)]
    if finding.caused_by is not None:
        return [lines[0], under(f"caused by {cut(finding.caused_by, view.width - text.LEAD - 10)}")]
    last_error = finding.evidence.get("last_error")
    if last_error:
        lines += _wrapped(f"last error: {last_error}", view)
    if finding.hint:
        lines += _wrapped(finding.hint, view)
    for location in finding.locations[: None if view.verbose else 1]:
        known = (location.file, location.line, location.column)
        lines.append(under(":".join(printable(part) for part in known if part is not None)))
    return lines


def _since(finding: Finding, view: View) -> str:
    if finding.first_seen is None or view.now - finding.first_seen < 1:
        return "new"
    return f"since {clock(finding.first_seen, view.now)}, {span(view.now - finding.first_seen)}"


def _wrapped(said: str, view: View) -> list[str]:
    """Whole words below one another; nothing is cut, so nothing is lost."""
    lines, line = [], ""
    for piece in printable(said).split(" "):
        if line and len(line) + 1 + len(piece) > view.width - text.LEAD:
            lines.append(under(line))
            line = piece
        else:
            line = f"{line} {piece}" if line else piece
    return [*lines, under(line)]


def _fine(report: Report, view: View) -> list[str]:
    fine = [target.name for target in report.targets if target.state is State.OK]
    if not fine or (report.state is State.OK and not _open(report) and not report.steps):
        return []
    names = " ".join(cut(name, 24) for name in fine)
    return [lead("ok", cut(f"{len(fine)}: {names}", view.width - text.LEAD), view)]


def _remarks(report: Report, view: View) -> list[str]:
    """Findings that are only notes: told where somebody asks for more."""
    if not view.verbose:
        return []
    remarks = [finding for finding in report.findings if finding.state is State.OK and not finding.resolved]
    return [line for finding in remarks for line in _finding(finding, view)]


def _next(report: Report, view: View) -> list[str]:
    """What a person can do next, as a command; absent where nothing is needed."""
    if not _open(report) or report.subsystem is None:
        return []
    if report.kind == "check":
        return [lead("next", f"zionr recover {report.subsystem} --plan", view)]
    stuck = [step for step in report.steps if USED_UP in (step.reason or "")]
    return [lead("next", f"zionr incidents rearm {printable(one)}", view) for step in stuck for one in step.findings]


def _outlook(report: Report, view: View) -> list[str]:
    """After a check: which repair would run, and what keeps it, for all targets with the same answer at once."""
    groups: dict[str, list[str]] = {}
    for step in report.steps:
        if step.remedy is not None:
            shut = [gate.gate for gate in step.gates if gate.passed is False]
            answer = "every gate is open" if shut == ["recover"] else step.reason
            groups.setdefault(f"{step.remedy}: {answer}", []).extend(step.targets)
    lines = [line for answer, names in groups.items() for line in _told("repair", f"{_names(names)}: {answer}", view)]
    return ["", *lines] if lines else []


def _steps(report: Report, view: View) -> list[str]:
    told = [step for step in report.steps if step.outcome != "skipped" or _worth_telling(step, view)]
    lines = [line for step in told for line in _step(step, report, view)]
    return ["", *lines] if lines else []


def _worth_telling(step: Step, view: View) -> bool:
    """A finding without any remedy says so once, in its own words; with -v every skipped step is shown."""
    return view.verbose or step.remedy is not None


def _step(step: Step, report: Report, view: View) -> list[str]:
    what = step.remedy or "no remedy"
    about = ", ".join(step.findings)
    if step.outcome == "skipped":
        return [
            lead("skipped", cut(f"{what} {', '.join(step.targets)}", view.width - text.LEAD), view),
            *_wrapped(step.reason or "", view),
        ]
    lines = [lead(step.outcome, cut(f"{what}  {about}{_effort(step)}", view.width - text.LEAD), view)]
    if step.reason:
        proven = "verified: " if step.verified else ""
        lines += _wrapped(f"{proven}{step.reason}", view)
    if step.outcome == "planned" and step.command:
        lines.append(under(printable(step.command)))
    lines += [under(f"gate {line}") for line in _gates(step)] if view.verbose else []
    return lines


def _effort(step: Step) -> str:
    attempt = f"  attempt {step.attempt}" if step.attempt is not None else ""
    return f"{attempt}  {span(step.duration_s)}" if step.duration_s is not None else attempt


def _gates(step: Step) -> Iterable[str]:
    words = {True: "yes", False: "NO", None: "-"}
    for gate in step.gates:
        yield printable(f"{gate.gate}: needs {gate.needs}; had {gate.had}: {words[gate.passed]}")


def _notes(report: Report, view: View) -> list[str]:
    return [line for note in report.notes for line in _told("note", note, view)]


def _told(word: str, said: str, view: View) -> list[str]:
    """A word in the first column, and what is said beside it, on as many lines as it takes."""
    first, *rest = _wrapped(said, view)
    return [lead(word, first.strip(), view), *rest]


def render_summary(summary: Summary, view: View) -> str:
    """One line for each report, worst first, and each that is not well in full below."""
    score = "none" if summary.health.score is None else f"{summary.health.score:.1f}"
    count = len(summary.reports)
    head = f"{count} subsystem{'s' if count != 1 else ''}: score {score}, {summary.health.coverage:.0%} seen"
    lines = [lead(text.word(summary.state), head, view)]
    for report in sorted(summary.reports, key=lambda one: -one.state):
        lines += ["", render(report, view)]
    return "\n".join(lines)
