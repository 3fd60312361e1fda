"""Findings about what a process uses: memory and processor time, each of its instances against the limits."""

from __future__ import annotations

from collections.abc import Callable

from ...model import Finding, JsonObject, State
from .life import Life
from .settings import Limits

MEGABYTE = 1 << 20
"""As PM2 counts: `max_memory_restart: 300M` is 300 times 1,048,576 bytes."""


def judge_load(life: Life) -> list[Finding]:
    """memory-high and cpu-high by the worst instance, and unmeasured where a limit is set and PM2 has no figure."""
    online = [row for row in life.rows if row["status"] == "online" and row["alive"]]
    memory, cpu = life.settings.memory, life.settings.cpu
    return [
        *_over(life, online, "memory", memory, "memory-high", lambda size: f"{size / MEGABYTE:.0f} MB"),
        *_over(life, online, "cpu", cpu, "cpu-high", lambda share: f"{share:.0f} % of one core"),
    ]


def _over(
    life: Life,
    online: list[JsonObject],
    metric: str,
    limits: Limits,
    rule: str,
    words: Callable[[float], str],
) -> list[Finding]:
    if limits == Limits() or not online:
        return []
    known = [row for row in online if row[metric] is not None]
    if len(known) < len(online):
        message = f"a limit on its {metric} is set, and PM2 could not measure it"
        return [life.finding("unmeasured", State.UNKNOWN, message, anchor=metric)]
    worst = max(known, key=lambda row: float(row[metric]))
    state, threshold = _band(worst[metric], limits)
    if threshold is None:
        return []
    return [
        life.finding(
            rule,
            state,
            f"{metric} {words(worst[metric])}, {state.word} from {words(threshold)}",
            expected=threshold,
            actual=worst[metric],
            evidence={"pm_id": worst["id"]},
        )
    ]


def _band(value: float, limits: Limits) -> tuple[State, float | None]:
    if limits.critical is not None and value >= limits.critical:
        return State.CRITICAL, limits.critical
    if limits.warning is not None and value >= limits.warning:
        return State.WARNING, limits.warning
    return State.OK, None
