"""What PM2's own log says of how a process ended: the only place that tells an operator's stop from a death."""

import re
import time
from typing import NamedTuple

_STARTING = re.compile(r"App \[(?P<name>.*):(?P<id>\d+)\] starting in ")
_EXITED = re.compile(
    r"App \[(?P<name>.*):(?P<id>\d+)\] exited with code \[(?P<code>-?\d*)\] via signal \[(?P<signal>\w*)\]"
)
_STOPPING = re.compile(r"Stopping app:(?P<name>.*) id:(?P<id>\d+)\s*$")
_STAMP = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)")
NO_SIGNAL = frozenset({"", "SIGINT"})
"""PM2 writes SIGINT where a process ended by itself, so SIGINT proves nothing."""


class End(NamedTuple):
    """How the last life of a process ended. `reaches`: the log goes back to that life's start."""

    reaches: bool = False
    stopping: bool = False
    code: int | None = None
    signal: str | None = None
    at: float | None = None


def read_ends(text: str, ids: frozenset[int]) -> dict[int, End]:
    """The end of the last life of each process id, from the tail of `pm2.log` (oldest line first).

    `signal` is None where the log names none or SIGINT. `at` is read in this host's time zone: the log names none.
    """
    ends = dict.fromkeys(ids, End())
    for line in text.splitlines():
        if found := _STARTING.search(line):
            _put(ends, found, End(reaches=True))
        elif found := _STOPPING.search(line):
            _put(ends, found, _last(ends, found)._replace(stopping=True, at=_instant(line)))
        elif found := _EXITED.search(line):
            _put(ends, found, _exited(_last(ends, found), found, line))
    return ends


def _exited(end: End, found: re.Match[str], line: str) -> End:
    signal = found["signal"]
    return end._replace(
        code=int(found["code"]) if found["code"] not in ("", "-") else None,
        signal=None if signal in NO_SIGNAL else signal,
        at=_instant(line),
    )


def _last(ends: dict[int, End], found: re.Match[str]) -> End:
    return ends.get(int(found["id"]), End())


def _put(ends: dict[int, End], found: re.Match[str], end: End) -> None:
    if int(found["id"]) in ends:
        ends[int(found["id"])] = end


def _instant(line: str) -> float | None:
    stamp = _STAMP.match(line)
    if stamp is None:
        return None
    try:
        return time.mktime(time.strptime(stamp[1], "%Y-%m-%dT%H:%M:%S"))
    except (ValueError, OverflowError):
        return None
