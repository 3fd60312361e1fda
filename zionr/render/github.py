"""What GitHub Actions reads: annotations, a step summary in Markdown, and outputs.

Whatever is printed on a runner may be a workflow command, so what others chose (names, messages) is escaped inside a
command, and printed only between `::stop-commands::` marks with a word that nobody can guess.
"""

from __future__ import annotations

import html
import os
from collections.abc import Sequence

from ..model import Finding, Report, State
from .text import printable

MOST = 9
"""GitHub keeps ten annotations of a kind for a step; the last one is for how many more there are."""

_LEVELS = {State.CRITICAL: "error", State.UNKNOWN: "warning", State.WARNING: "warning", State.OK: "notice"}


def render(reports: Sequence[Report], word: str | None = None) -> str:
    """The annotations, worst first, then one line for each report. `word` ends the stopping of commands."""
    word = word or os.urandom(16).hex()
    findings = sorted((finding for report in reports for finding in _open(report)), key=lambda finding: -finding.state)
    lines = [_annotation(finding) for finding in findings[:MOST]]
    if len(findings) > MOST:
        lines.append(f"::notice title=zionr::{len(findings) - MOST} more findings: see the step summary")
    told = [printable(_verdict(report)) for report in reports]
    return "\n".join([*lines, f"::stop-commands::{word}", *told, f"::{word}::"])


def summary(reports: Sequence[Report]) -> str:
    """Markdown for the step summary: a table of what is not well for each report."""
    return "".join(_section(report) for report in reports)


def outputs(reports: Sequence[Report]) -> str:
    """`state`, `score` and `report` for later steps; of several reports the worst state and all ids."""
    state = max((report.state for report in reports), default=State.UNKNOWN)
    scores = [report.health.score for report in reports if report.health.score is not None]
    lowest = f"{min(scores):.1f}" if scores else ""
    ids = " ".join(report.id for report in reports)
    return f"state={state.word}\nscore={lowest}\nreport={ids}\n"


def _open(report: Report) -> list[Finding]:
    return [finding for finding in report.findings if finding.state is not State.OK and not finding.resolved]


def _annotation(finding: Finding) -> str:
    properties = [f"title={_property(finding.id)}"]
    if finding.locations:
        place = finding.locations[0]
        named = (("file", place.file), ("line", place.line), ("col", place.column))
        properties += [f"{name}={_property(str(value))}" for name, value in named if value is not None]
    said = finding.message if finding.hint is None else f"{finding.message} ({finding.hint})"
    return f"::{_LEVELS[finding.state]} {','.join(properties)}::{_message(said)}"


def _message(text: str) -> str:
    return printable(text).replace("%", "%25")


def _property(text: str) -> str:
    return _message(text).replace(":", "%3A").replace(",", "%2C")


def _verdict(report: Report) -> str:
    score = "none" if report.health.score is None else f"{report.health.score:.1f}"
    return f"{report.state.word:<10}{report.subsystem or 'policy'}: score {score}, {len(_open(report))} findings"


def _section(report: Report) -> str:
    lines = [f"### {_cell(_verdict(report))}", ""]
    found = _open(report)
    if found:
        lines += ["| state | finding | what |", "|---|---|---|"]
        lines += [f"| {finding.state.word} | {_cell(finding.id)} | {_cell(finding.message)} |" for finding in found]
    done = [step for step in report.steps if step.outcome != "skipped"]
    if done:
        lines += ["", "| step | target | outcome | |", "|---|---|---|---|"]
        lines += [
            f"| {step.remedy} | {_cell(', '.join(step.targets))} | {step.outcome} | {_cell(step.reason or '')} |"
            for step in done
        ]
    return "\n".join([*lines, "", ""])


def _cell(text: str) -> str:
    """Plain text in a table: no markup, no mention, no link of others."""
    escaped = html.escape(printable(text), quote=False)
    return "".join(f"&#{ord(letter)};" if letter in "|`*_[]()!@#~\\" else letter for letter in escaped)
