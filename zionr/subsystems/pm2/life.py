"""All that is known of one process name, gathered for the rules that judge it."""

from typing import Any, NamedTuple

from ...model import Finding, JsonObject, State
from .settings import ProcessSettings


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
        return Finding(f"pm2/{rule}", state, self.name, message, **more)
