"""The overall health as arithmetic: which reports count, their weights, and what each target costs. Pure."""

from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

from ..instants import CLOCKS_APART_S
from ..model import Health, JsonObject, PastReport, State
from ..policy.model import Policy
from . import score

UNDECLARED_FRESH_S = 3600.0
"""How long a report of a runner counts that the policy does not name, or gives no `every`."""


class Row(NamedTuple):
    """One subsystem in one scope. `lost` are points of the whole, by target, the most costly first."""

    subsystem: str
    scope: str
    weight: float
    score: float | None
    coverage: float
    state: State
    lost: tuple[tuple[str, float], ...]
    report: PastReport | None
    note: str | None


class Overview(NamedTuple):
    """All rows, and what they come to."""

    state: State
    health: Health
    rows: tuple[Row, ...]


def overview(latest: Sequence[PastReport], policy: Policy, now: float, read: Callable[[str], JsonObject]) -> Overview:
    """`latest` is the newest report for each subsystem, scope and runner; `read` gives a whole report by its id."""
    rows = [row for name in policy.subsystems for row in _rows(name, latest, policy, now)]
    health = score.weigh([(row.weight, row.score) for row in rows], policy.health)
    total = sum(row.weight for row in rows if row.score is not None)
    told = tuple(row._replace(lost=_lost(row, total, read)) for row in rows)
    state = max((row.state for row in rows), default=State.UNKNOWN)
    return Overview(max(state, score.band(health)), health, told)


def _rows(name: str, latest: Sequence[PastReport], policy: Policy, now: float) -> list[Row]:
    """One row for each scope, sharing the subsystem's weight; one unknown row where there is no report at all."""
    own = [report for report in latest if report.subsystem == name and report.kind != "event"]
    scopes = sorted({report.scope for report in own})
    weight = policy.health.weights.get(name, 1.0)
    if not scopes:
        return [Row(name, "", weight, None, 0.0, State.UNKNOWN, (), None, "no report on file")]
    share = weight / len(scopes)
    return [
        _row(name, scope, share, [report for report in own if report.scope == scope], policy, now) for scope in scopes
    ]


def _row(name: str, scope: str, weight: float, reports: Iterable[PastReport], policy: Policy, now: float) -> Row:
    reports = list(reports)
    ahead = [report for report in reports if report.finished_at > now + CLOCKS_APART_S]
    by_age = sorted((one for one in reports if one not in ahead), key=lambda report: -report.finished_at)
    note = f"a report of {ahead[0].runner} is of the future and does not count" if ahead else None
    fresh = [report for report in by_age if now - report.finished_at <= fresh_s(report.runner, policy)]
    if not fresh:
        newest = by_age[0] if by_age else None
        return Row(name, scope, weight, None, 0.0, State.UNKNOWN, (), newest, note or "its last report is stale")
    chosen = max(fresh, key=lambda report: (report.state, report.finished_at))
    return Row(name, scope, weight, chosen.score, chosen.coverage, chosen.state, (), chosen, note)


def fresh_s(runner: str, policy: Policy) -> float:
    """Seconds for which a report of this runner counts: every + grace."""
    rules = policy.runners.get(runner)
    return rules.every_s + rules.grace_s if rules and rules.every_s else UNDECLARED_FRESH_S


def _lost(row: Row, total: float, read: Callable[[str], JsonObject]) -> tuple[tuple[str, float], ...]:
    """What each target takes away, in points of the whole: its weight in its subsystem, and that one's in the whole."""
    if row.report is None or row.score is None or not total:
        return ()
    targets = [_figures(target) for target in read(row.report.id).get("targets") or ()]
    known = [(name, score, weight) for name, score, weight in targets if score is not None]
    whole = sum(weight for _, _, weight in known)
    if not whole:
        return ()
    points = [(name, (100 - score) * weight / whole * row.weight / total) for name, score, weight in known]
    return tuple(sorted((one for one in points if one[1] > 0), key=lambda one: -one[1]))


def _figures(target: JsonObject) -> tuple[str, float | None, float]:
    """Name, score and weight; somebody may have edited the file."""
    score, weight = (
        float(value) if isinstance(value := target.get(key), int | float) else None for key in ("score", "weight")
    )
    return str(target.get("name")), score, weight or 0.0
