"""Show reports in the chosen format, on standard output or in a file, and in the files that GitHub names."""

from __future__ import annotations

import os
import sys
from typing import TypeVar

from ..engine.report import to_json
from ..engine.summary import Summary, summary_to_json
from ..model import Report
from .session import Session

Shown = TypeVar("Shown")


def show_report(session: Session, report: Report, shape: str, output: str | None) -> None:
    """One report."""
    session.emit(_report_text(session, report, shape, output), output)
    if shape == "github":
        _tell_github(session, [report])


def show_summary(session: Session, summary: Summary, shape: str, output: str | None) -> None:
    """All reports of a `check all` or `recover all`."""
    session.emit(_summary_text(session, summary, shape, output), output)
    if shape == "github":
        _tell_github(session, summary.reports)


def _report_text(session: Session, report: Report, shape: str, output: str | None) -> str:
    if shape == "json":
        from ..render import document

        return document.render(to_json(report), indented=_for_people(output))
    report = _clean(session, report)
    if shape == "nagios":
        from ..render import nagios

        return nagios.render(report)
    if shape == "github":
        from ..render import github

        return github.render([report])
    from ..render import table

    return table.render(report, session.view())


def _clean(session: Session, value: Shown) -> Shown:
    """Without secrets, before anything is cut or escaped. JSON is neither, and is redacted as it is emitted."""
    from ..redaction.nested import redacted

    return redacted(value, session.redact)


def _summary_text(session: Session, summary: Summary, shape: str, output: str | None) -> str:
    if shape == "json":
        from ..render import document

        return document.render(summary_to_json(summary), indented=_for_people(output))
    summary = _clean(session, summary)
    if shape == "nagios":
        from ..render import nagios

        return nagios.render_summary(summary)
    if shape == "github":
        from ..render import github

        return github.render(summary.reports)
    from ..render import table

    return table.render_summary(summary, session.view())


def _for_people(output: str | None) -> bool:
    return output is None and sys.stdout.isatty()


def _tell_github(session: Session, reports: tuple[Report, ...] | list[Report]) -> None:
    """Append to the step summary and the outputs where a job names their files."""
    from ..render import github

    reports = _clean(session, reports)
    texts = {"GITHUB_STEP_SUMMARY": github.summary(reports), "GITHUB_OUTPUT": github.outputs(reports)}
    for variable, text in texts.items():
        path = session.environ.get(variable)
        if not path:
            continue
        try:
            descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
            with os.fdopen(descriptor, "a", encoding="utf-8") as file:
                file.write(session.redact(text))
        except OSError as error:
            session.say(f"{variable}: cannot be written: {error.strerror}")
