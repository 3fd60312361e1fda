"""The repairs of a report as a person reads them: what would run, what ran, and what keeps the rest."""

from __future__ import annotations

from collections.abc import Iterable

from ..instants import span
from ..model import JsonObject, Report, Step
from .text import LEAD, MOST, View, cut, lead, listed, printable, told, under, wrapped


def outlook(report: Report, view: View) -> list[str]:
    """After a check: which repair would run, and what keeps it, for all targets with the same answer at once."""
    groups: dict[str, list[str]] = {}
    for step in report.steps:
        if step.remedy is not None:
            shut = [gate.gate for gate in step.gates if gate.passed is False]
            answer = "every gate is open" if shut == ["recover"] else step.reason
            groups.setdefault(f"{step.remedy}: {answer}", []).extend(step.targets)
    told_of = {answer: listed(list(dict.fromkeys(names))) for answer, names in groups.items()}
    lines = [line for answer, names in told_of.items() for line in told("repair", f"{names}: {answer}", view)]
    return ["", *lines] if lines else []


def render(report: Report, view: View) -> list[str]:
    """What was done, proposed or planned, then what was skipped."""
    done = [step for step in report.steps if step.outcome != "skipped"]
    skipped = [step for step in report.steps if step.outcome == "skipped" and _worth_telling(step, view)]
    most = len(skipped) if view.verbose else MOST
    lines = [line for step in [*done, *skipped[:most]] for line in _step(step, report, view)]
    if len(skipped) > most:
        lines.append(lead("more", f"{len(skipped) - most} steps were skipped: -v shows them all", view))
    return ["", *lines] if lines else []


def _worth_telling(step: Step, view: View) -> bool:
    """A finding without any remedy says so once, in its own words; with -v every skipped step is shown."""
    return view.verbose or step.remedy is not None


def _step(step: Step, report: Report, view: View) -> list[str]:
    what = step.remedy or "no remedy"
    if step.outcome == "skipped":
        return [
            lead("skipped", cut(f"{what} {', '.join(step.targets)}", view.width - LEAD), view),
            *wrapped(step.reason or "", view),
        ]
    lines = [lead(step.outcome, cut(f"{what}  {_about(step)}{_effort(step)}", view.width - LEAD), view)]
    if step.reason:
        proven = "verified: " if step.verified else ""
        lines += wrapped(f"{proven}{step.reason}", view)
    if step.outcome == "planned" and step.command:
        lines.append(under(printable(step.command)))
    if len(step.targets) > 1:
        lines += wrapped(f"of {' '.join(step.targets) if view.verbose else listed(step.targets)}", view)
    if step.outcome in ("planned", "proposed"):
        lines += [line for said in step.evidence.get("summary", ()) for line in wrapped(said, view)]
    lines += proposed(step.proposal, report.id if report.kept else None, view) if step.proposal is not None else []
    lines += [under(f"gate {line}") for line in _gates(step)] if view.verbose else []
    return lines


def proposed(proposal: JsonObject, report_id: str | None, view: View) -> list[str]:
    """Where it is to be seen; of a patch the command that applies it, or the patch where no report is on file."""
    lines = [under(f"{what} {printable(proposal[what])}") for what in ("branch", "url") if proposal.get(what)]
    patch = proposal.get("patch")
    if not patch:
        return lines
    if view.verbose or report_id is None:
        return [*lines, *(under(printable(line)) for line in str(patch).split("\n"))]
    return [*lines, under(f"apply it with: zionr report show {printable(report_id)} --patch | git apply")]


def _about(step: Step) -> str:
    """The finding by its id, which other commands take; several as a count."""
    if len(step.findings) == 1:
        return step.findings[0]
    targets = f"{len(step.targets)} target{'s' if len(step.targets) != 1 else ''}"
    return f"{len(step.findings)} findings, {targets}"


def _effort(step: Step) -> str:
    attempt = f"  attempt {step.attempt}" if step.attempt is not None else ""
    return f"{attempt}  {span(step.duration_s)}" if step.duration_s is not None else attempt


def _gates(step: Step) -> Iterable[str]:
    words = {True: "yes", False: "NO", None: "-"}
    for gate in step.gates:
        yield printable(f"{gate.gate}: needs {gate.needs}; had {gate.had}: {words[gate.passed]}")
