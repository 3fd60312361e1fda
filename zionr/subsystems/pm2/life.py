"""All that is known of one process name, gathered for the rules that judge it."""

from collections.abc import Iterable
from typing import Any, NamedTuple

from ...model import Finding, JsonObject, State
from .names import target_of
from .settings import ProcessSettings


def age_of(rows: Iterable[JsonObject], now: float) -> float | None:
    """Seconds since the newest start of these rows; None where PM2 names none, or one that is yet to come."""
    age = now - max((row["started_at"] or 0.0 for row in rows), default=0.0)
    # A second of tolerance, for clocks that are set; what is further ahead says nothing about an age.
    return max(0.0, age) if -1 <= age < now else None


def is_starting(rows: Iterable[JsonObject], launch_s: float, now: float) -> bool:
    """Whether the newest start is younger than the policy's `launch`."""
    age = age_of(rows, now)
    return age is not None and age < launch_s


class Life(NamedTuple):
    """All that is known of one process name. `wanted` is the declared number of instances, None where nobody says.

    `restarts` counts within the policy's window, zionr's own left out; None where the history does not reach.
    """

    name: str
    rows: tuple[JsonObject, ...]
    settings: ProcessSettings
    wanted: int | None
    expected: bool
    unexpected: bool
    is_cron: bool
    restarts: int | None
    probe: JsonObject | None
    now: float

    def finding(self, rule: str, state: State, message: str, **more: Any) -> Finding:
        """A finding of this process."""
        return Finding(f"pm2/{rule}", state, target_of(self.name), message, **more)
