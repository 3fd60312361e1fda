"""One status line with performance data, as the Monitoring Plugins guidelines describe it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from math import isfinite

from ..engine.summary import Summary
from ..model import Health, Report, State, Target
from .text import printable

_UNITS = {"bytes": "B", "percent": "%", "s": "s"}
_MOST_FINDINGS = 5


def render(report: Report) -> str:
    """`PM2 CRITICAL - worker: ended by SIGKILL | score=75;80:;50:;0;100 …`, always one line."""
    name = (report.subsystem or "zionr").upper()
    said = "; ".join(_told(report)) or f"{len(report.targets)} targets"
    figures = [*_score("score", report.health), *_metrics(report.targets)]
    return _line(name, report.state, said, figures)


def unknown(reason: str) -> str:
    """The line of a command that could not begin."""
    return _line("ZIONR", State.UNKNOWN, reason, [])


def render_summary(summary: Summary) -> str:
    """The same for several reports: each subsystem's state in the text, its score in the figures."""
    said = ", ".join(f"{report.subsystem} {report.state.word}" for report in summary.reports)
    figures = [*_score("score", summary.health)]
    for report in summary.reports:
        figures += _score(f"{report.subsystem}_score", report.health)
    return _line("ZIONR", summary.state, said, figures)


def _line(name: str, state: State, said: str, figures: Iterable[str]) -> str:
    # A bar would end the text and begin the figures.
    text = printable(f"{name} {state.name} - {said}").replace("|", "/")
    data = " ".join(figures)
    return f"{text} | {data}" if data else text


def _told(report: Report) -> list[str]:
    worse = [finding for finding in report.findings if finding.state is not State.OK and not finding.resolved]
    told = [f"{', '.join(finding.covers[:3]) or finding.rule}: {finding.message}" for finding in worse]
    rest = len(told) - _MOST_FINDINGS
    return [*told[:_MOST_FINDINGS], f"{rest} more"] if rest > 0 else told


def _score(label: str, health: Health) -> list[str]:
    """Thresholds are ranges: a score below them alerts."""
    if health.score is None:
        return []
    return [f"{label}={health.score:.2f};{health.warning:g}:;{health.critical:g}:;0;100"]


def _metrics(targets: Iterable[Target]) -> Iterator[str]:
    for target in targets:
        for name, value in sorted(target.metrics.items()):
            if isinstance(value, int | float) and not isinstance(value, bool) and isfinite(value):
                yield f"'{_label(target.name)}_{name}'={_figure(value)}{_UNITS.get(name.rpartition('_')[2], '')}"


def _figure(value: float) -> str:
    """Without an exponent, which the guidelines do not allow."""
    return f"{value:.4f}".rstrip("0").rstrip(".") if isinstance(value, float) else str(value)


def _label(name: str) -> str:
    """Quotes and equals signs end a label, and the bar begins the figures."""
    return printable(name).replace("'", "_").replace("=", "_").replace("|", "_")
