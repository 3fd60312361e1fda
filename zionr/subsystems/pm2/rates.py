"""How often PM2 restarted a process of late, from the counts that earlier reports hold."""

from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import Any, NamedTuple

from ...model import JsonObject, PastReport, PastStep

_RESTARTED = ("succeeded", "failed")
_GAVE_UP = "pm2/process-errored"
_OF_ONLINE = ("pm2/unresponsive:", "pm2/memory-high:")


class Recent(NamedTuple):
    """What earlier reports within one window say, oldest first: restart counts by process and instance, and steps.

    `gave_up` holds for each report the findings of processes that PM2 had given up on.
    """

    counts: tuple[dict[str, Any], ...]
    steps: tuple[PastStep, ...]
    gave_up: tuple[frozenset[str], ...]


def recall(history: Sequence[PastReport], now: float, within_s: float) -> Recent:
    """The part of the history, which is newest first, that lies within `within_s` seconds before `now`."""
    past = [report for report in reversed(history) if now - report.finished_at <= within_s]
    # From one report to the next with the same counts nothing grew: the first of them tells it all.
    told = past[:1] + [after for before, after in pairwise(past) if before.metrics != after.metrics]
    counts = [{name: one.get("restarts_by_id") for name, one in report.metrics.items()} for report in told]
    gave_up = [frozenset(one.id for one in report.findings if one.rule == _GAVE_UP) for report in told]
    return Recent(tuple(counts), tuple(step for report in past for step in report.steps), tuple(gave_up))


def restarts_in(recent: Recent, name: str, rows: Iterable[JsonObject]) -> int | None:
    """Restarts of all instances of a process, zionr's own left out; None without a past to compare.

    A count that fell was reset, so all it holds now came after that. An id without a past starts at its present
    count: it is a new row. What led to PM2 giving up is that finding's, however often zionr let it try again.
    """
    past = zip((counts.get(name) for counts in recent.counts), recent.gave_up, strict=True)
    known = [(sample, f"{_GAVE_UP}:{name}" in ids) for sample, ids in past if isinstance(sample, dict)]
    if not known:
        return None
    samples: list[dict[str, int]] = [sample for sample, _ in known]
    current = {str(row["id"]): row["restarts"] for row in rows if row["restarts"] is not None}
    if all(sample == current for sample in samples):
        return 0
    own = _own(name, recent.steps)
    ended = [*(ended for _, ended in known[1:]), False]
    pairs = zip(samples, [*samples[1:], current], ended, strict=True)
    growths = [_growth(before, after) for before, after, gave_up in pairs if not gave_up]
    ids = {identity for growth in growths for identity in growth}
    return sum(max(0, sum(growth.get(identity, 0) for growth in growths) - own) for identity in ids)


def _growth(before: dict[str, int], after: dict[str, int]) -> dict[str, int]:
    pairs = {key: (before[key], count) for key, count in after.items() if key in before}
    return {key: count - old if count >= old else count for key, (old, count) in pairs.items()}


def _own(name: str, steps: Iterable[PastStep]) -> int:
    """How often zionr restarted each instance that was online: PM2 counts only these, not the start of a dead one."""
    return sum(1 for step in steps if name in step.targets and step.outcome in _RESTARTED and _was_online(step))


def _was_online(step: PastStep) -> bool:
    return step.remedy == "pm2/restart" and any(finding.startswith(_OF_ONLINE) for finding in step.findings)
