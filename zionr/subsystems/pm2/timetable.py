"""When a cron_restart of PM2 last had to fire, in this host's time zone."""

from __future__ import annotations

import os
from collections.abc import Mapping
from datetime import UTC, datetime, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from cronsim import CronSim, CronSimError

LONGEST = 1000
"""Characters of an expression; what is longer is no timetable of a person."""
_NICKNAMES = {
    "@yearly": "0 0 1 1 *",
    "@annually": "0 0 1 1 *",
    "@monthly": "0 0 1 * *",
    "@weekly": "0 0 * * 0",
    "@daily": "0 0 * * *",
    "@midnight": "0 0 * * *",
    "@hourly": "0 * * * *",
}
"""As crontab(5) and PM2's own scheduler expand them."""


def previous_fire(expression: str, now: float, environ: Mapping[str, str]) -> float | None:
    """The last instant at or before `now` that the expression names; None where it cannot be read.

    PM2 also knows a leading field for seconds; it is dropped, so the answer is exact to the minute.
    """
    if len(expression) > LONGEST:
        return None
    fields = _NICKNAMES.get(expression.strip().lower(), expression).split()
    if len(fields) == 6:
        fields = fields[1:]
    # The same to PM2's scheduler, and unknown to this one.
    fields = ["*" if field == "?" else field for field in fields]
    # The search begins before the minute that it is given.
    moment = datetime.fromtimestamp(now + 60, UTC).astimezone(_zone(environ))
    try:
        return float(next(CronSim(" ".join(fields), moment, reverse=True)).timestamp())
    except (CronSimError, StopIteration, ValueError, ArithmeticError):
        return None


def _zone(environ: Mapping[str, str]) -> tzinfo | None:
    name = environ.get("TZ", "").lstrip(":")
    if not name:
        _, mark, name = os.path.realpath("/etc/localtime").rpartition("zoneinfo/")
        name = name if mark else "UTC"
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None
