"""Points in time and spans as text. Inside zionr an instant is seconds since 1970 UTC, a span is seconds."""

from __future__ import annotations

import time
from datetime import UTC, datetime

CLOCKS_APART_S = 300.0
"""How far into the future a report may have ended before its clock is taken to be wrong."""


def iso(instant: float) -> str:
    """RFC 3339 in UTC with milliseconds: `2026-11-23T19:00:00.123Z`."""
    milliseconds = round(instant * 1000)
    seconds, rest = divmod(milliseconds, 1000)
    return time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(seconds)) + f".{rest:03d}Z"


def from_iso(text: str) -> float:
    """The inverse of `iso`; an instant without a zone counts as UTC. ValueError where it is none."""
    moment = datetime.fromisoformat(text)
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()


def clock(instant: float, now: float) -> str:
    """As people read it at night: `02:41Z` within a day, else `Nov 22`."""
    shape = "%H:%MZ" if abs(now - instant) < 86_400 else "%b %d"
    return time.strftime(shape, time.gmtime(instant))


def span(seconds: float) -> str:
    """A length of time, short: `0.09 s`, `14.8 s`, `9m`, `6h31m`, `2d`."""
    if seconds < 10:
        return f"{seconds:.2f} s"
    if seconds < 120:
        return f"{seconds:.1f} s"
    minutes = int(seconds // 60)
    if minutes < 60:
        return f"{minutes}m"
    hours, minutes = divmod(minutes, 60)
    if hours < 24:
        return f"{hours}h{minutes:02d}m"
    return f"{hours // 24}d"


def limit(seconds: float) -> str:
    """A duration as a policy writes it, in the largest unit that divides it: `90s`, `5m`, `1h`, `2d`."""
    for size, unit in ((86_400, "d"), (3_600, "h"), (60, "m")):
        if seconds >= size and seconds % size == 0:
            return f"{int(seconds // size)}{unit}"
    return f"{seconds:g}s"
