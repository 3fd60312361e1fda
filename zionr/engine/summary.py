"""Several reports as one verdict: `check all`, and the overall score. Pure."""

from collections.abc import Sequence
from typing import NamedTuple

from ..model import Health, JsonObject, Report, State
from ..policy.model import HealthRules
from . import score
from .report import SCHEMA_VERSION, health_to_json, to_json


class Summary(NamedTuple):
    """The worst state of all reports, and the weighted mean of their scores."""

    state: State
    health: Health
    reports: tuple[Report, ...]


def summarise(reports: Sequence[Report], rules: HealthRules) -> Summary:
    """Nothing observed is UNKNOWN. A subsystem without a score lowers the coverage."""
    parts = [(rules.weights.get(report.subsystem or "", 1.0), report.health.score) for report in reports]
    health = score.weigh(parts, rules)
    state = max((report.state for report in reports), default=State.UNKNOWN)
    return Summary(state, health, tuple(reports))


def summary_to_json(summary: Summary) -> JsonObject:
    """The document of `check all --format json`."""
    return {
        "schema_version": SCHEMA_VERSION,
        "kind": "summary",
        "state": summary.state.word,
        "health": health_to_json(summary.health),
        "reports": [to_json(report) for report in summary.reports],
    }
