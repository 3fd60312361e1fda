"""Is a repair proven? Two looks apart must show the same living process, the same count, and enough of them. Pure.

PM2 answers success for a process that crashes at once, and shows a quick crasher as online in one look after another.
"""

from __future__ import annotations

from collections.abc import Sequence

from ...model import Candidate, JsonObject, Observation, Verdict
from .life import is_starting
from .settings import Settings

LOOKS = 2
SETTLE_S = 3.0
"""Before the first look: PM2's `min_uptime` is 1 s and its `listen_timeout` 3 s."""
BETWEEN_S = 2.0


def settle_s(candidate: Candidate, settings: Settings) -> float:
    """Seconds to wait at most before the first look: as long as `launch` for a process that a probe asks."""
    process = settings.of(candidate.action["name"])
    return SETTLE_S if process.probe is None else max(SETTLE_S, process.launch_s)


def is_settling(candidate: Candidate, sample: Observation, settings: Settings) -> bool:
    """Whether all is well but the probe, and the newest start younger than `launch`: worth another look later.

    One that restarts again and again is always young: whoever waits also ends the wait, after `settle_s`.
    """
    name = candidate.action["name"]
    if sample.facts["daemon"]["status"] != "up" or _silence(name, sample) is None:
        return False
    rows = _rows(sample, name)
    if _instability(rows, rows) or _shortage(name, rows, sample, settings):
        return False
    return is_starting(rows.values(), settings.of(name).launch_s, sample.taken_at)


def verdict(candidate: Candidate, samples: Sequence[Observation], settings: Settings) -> Verdict:
    """Whether the process of this candidate is up to stay. `samples` are two observations, the older first."""
    name = candidate.action["name"]
    silent = [sample for sample in samples if sample.facts["daemon"]["status"] != "up"]
    if silent:
        return Verdict(False, f"the daemon did not answer: {silent[0].facts['daemon']['reason']}")
    before, after = (_rows(sample, name) for sample in samples)
    problem = (
        _instability(before, after) or _shortage(name, after, samples[-1], settings) or _silence(name, samples[-1])
    )
    return Verdict(problem is None, problem or _proof(after, samples))


def _rows(sample: Observation, name: str) -> dict[int, JsonObject]:
    return {row["id"]: row for row in sample.facts["processes"] if row["name"] == name}


def _instability(before: dict[int, JsonObject], after: dict[int, JsonObject]) -> str | None:
    if not after:
        return "PM2 does not know it"
    for identity, row in after.items():
        if row["status"] in ("online", "launching"):
            first = before.get(identity)
            if first is None or (first["pid"], first["restarts"]) != (row["pid"], row["restarts"]):
                return f"does not stay up: {_change(first, row)}"
            if not row["alive"]:
                return f"PM2 says {row['status']}, but process {row['pid']} is not there"
    return None


def _change(first: JsonObject | None, row: JsonObject) -> str:
    if first is None:
        return f"id {row['id']} is new"
    return f"pid {first['pid']} -> {row['pid']}, restarts {first['restarts']} -> {row['restarts']}"


def _shortage(name: str, after: dict[int, JsonObject], sample: Observation, settings: Settings) -> str | None:
    online = [row for row in after.values() if row["status"] == "online"]
    declared = sample.facts["declared"].get(name) or {}
    wanted = settings.of(name).instances or declared.get("instances") or len(after)
    if len(online) >= wanted:
        return None
    states = ", ".join(sorted({str(row["status"]) for row in after.values()}))
    return f"{len(online)} of {wanted} online ({states})"


def _silence(name: str, sample: Observation) -> str | None:
    probe = sample.facts["probes"].get(name)
    return None if probe is None or probe["ok"] else f"its probe fails: {probe['reason']}"


def _proof(after: dict[int, JsonObject], samples: Sequence[Observation]) -> str:
    pids = ", ".join(str(row["pid"]) for row in after.values())
    apart = samples[-1].taken_at - samples[0].taken_at
    return f"pid {pids} twice, {apart:.0f} s apart, no restart between"
