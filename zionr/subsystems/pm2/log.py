"""What PM2's own log says of how a process ended: the only place that tells an operator's stop from a death."""

import re
import time
from collections.abc import Mapping
from typing import NamedTuple

_STARTING = re.compile(r"App \[(?P<name>.*):(?P<id>\d{1,15})\] starting in ")
_EXITED = re.compile(
    r"App \[(?P<name>.*):(?P<id>\d{1,15})\] exited with code \[(?P<code>-?\d{0,15})\] via signal \[(?P<signal>\w*)\]"
)
_STOPPING = re.compile(r"Stopping app:(?P<name>.*) id:(?P<id>\d{1,15})\s*$")
_NEW_DAEMON = "--- New PM2 Daemon started ---"
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


def read_ends(text: str, names: Mapping[int, str]) -> dict[int, End]:
    """The end of the last life of each process, by id, from the tail of `pm2.log` (oldest line first).

    `names` are the processes asked about. A new daemon gives old ids to others, so all that was before it is
    forgotten, and a line counts only where id and name agree. `signal` is None where the log names none or SIGINT.
    `at` is read in this host's time zone: the log names none.
    """
    ends = dict.fromkeys(names, End())
    for line in text.split("\n"):
        if _NEW_DAEMON in line:
            ends = dict.fromkeys(names, End())
        elif found := _mine(_STARTING, line, names):
            ends[int(found["id"])] = End(reaches=True)
        elif found := _mine(_STOPPING, line, names):
            ends[int(found["id"])] = ends[int(found["id"])]._replace(stopping=True, at=_instant(line))
        elif found := _mine(_EXITED, line, names):
            ends[int(found["id"])] = _exited(ends[int(found["id"])], found, line)
    return ends


def _mine(pattern: re.Pattern[str], line: str, names: Mapping[int, str]) -> re.Match[str] | None:
    found = pattern.search(line)
    return found if found and names.get(int(found["id"])) == found["name"] else None


def _exited(end: End, found: re.Match[str], line: str) -> End:
    signal = found["signal"]
    return end._replace(
        code=int(found["code"]) if found["code"] not in ("", "-") else None,
        signal=None if signal in NO_SIGNAL else signal,
        at=_instant(line),
    )


def _instant(line: str) -> float | None:
    stamp = _STAMP.match(line)
    if stamp is None:
        return None
    try:
        return time.mktime(time.strptime(stamp[1], "%Y-%m-%dT%H:%M:%S"))
    except (ValueError, OverflowError):
        return None
