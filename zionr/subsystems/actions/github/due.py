"""When a scheduled workflow last had to run, over all its crons and in their time zones (pure).

GitHub starts schedules late at busy hours and drops some: reports tell of two to six and a half hours. So what counts
is the last firing before now less a grace, which without a word of the policy is six hours or two intervals.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, tzinfo
from functools import lru_cache
from itertools import islice, pairwise
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from cronsim import CronSim, CronSimError

from ....model import JsonObject
from ..settings import Settings

LEAST_GRACE_S = 21_600.0
INTERVALS = 2.0
_LOOKED_AT = 6
"""Firings of each cron that its interval is taken from: working days and several times a day show in so many."""


def due_all(files: JsonObject | None, settings: Settings, now: float) -> JsonObject:
    """{name: {expected, previous, interval_s, grace_s}} for each workflow that has to run by the clock.

    Those are the files with a cron that GitHub takes. A `max_age` of the policy stands in place of the cron, for a file
    that has a schedule, and for one that the policy names where the file cannot be read.
    """
    known = files["workflows"] if files is not None else {}
    found = {name: _due_file(name, known.get(name), settings, now) for name in {**known, **settings.workflows}}
    return {name: due for name, due in found.items() if due is not None}


def _due_file(name: str, file: JsonObject | None, settings: Settings, now: float) -> JsonObject | None:
    rules = settings.of(name)
    readable = file is not None and file["readable"]
    if rules.max_age_s is not None and (
        "schedule" in file["triggers"] if file is not None and readable else name in settings.workflows
    ):
        return {"expected": now - rules.max_age_s, "previous": None, "interval_s": rules.max_age_s, "grace_s": 0.0}
    if file is None or not readable:
        return None
    return due(file["crons"], rules.grace_s, now)


def due(crons: Sequence[JsonObject], grace_s: float | None, now: float) -> JsonObject | None:
    """{expected, previous, interval_s, grace_s} over the crons [{cron, timezone, valid}]; None where none can be read.

    `expected` is the last firing at or before now less the grace, `previous` the one before; None where there was none.
    """
    read = [(one["cron"], one["timezone"] or "UTC") for one in crons if one["valid"]]
    interval_s = _interval(read, now)
    if interval_s is None:
        return None
    grace_s = max(LEAST_GRACE_S, INTERVALS * interval_s) if grace_s is None else grace_s
    last = _merged(read, now - grace_s, 2)[-2:]
    return {
        "expected": last[-1] if last else None,
        "previous": last[-2] if len(last) == 2 else None,
        "interval_s": interval_s,
        "grace_s": grace_s,
    }


def _interval(crons: Sequence[tuple[str, str]], now: float) -> float | None:
    """The smallest gap between the last firings of all; None where there are not two."""
    merged = _merged(crons, now, _LOOKED_AT)
    gaps = [later - earlier for earlier, later in pairwise(merged)]
    return min(gaps, default=None)


def _merged(crons: Sequence[tuple[str, str]], until: float, count: int) -> list[float]:
    """The firings up to `until`, `count` of each, in order of time and each instant once."""
    return sorted({fired for cron, zone in crons for fired in firings(cron, zone, until, count)})


@lru_cache(maxsize=4096)
def firings(cron: str, zone: str, until: float, count: int) -> tuple[float, ...]:
    """The last `count` firings at or before `until`, newest first; none for a cron or zone that cannot be read."""
    place = _zone(zone)
    if place is None:
        return ()
    # The search begins before the minute that it is given.
    start = datetime.fromtimestamp(until + 60, UTC).astimezone(place)
    try:
        return tuple(moment.timestamp() for moment in islice(_search(cron, start), count))
    except (CronSimError, ValueError, ArithmeticError):
        return ()


def _search(cron: str, start: datetime) -> Any:
    return CronSim(cron, start, reverse=True)


@lru_cache(maxsize=512)
def _zone(name: str) -> tzinfo | None:
    if name == "UTC":
        # Also where a machine has no list of zones.
        return UTC
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None
