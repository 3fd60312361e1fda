"""Is a repair proven? One look is enough: `act` has followed the run to its end, and GitHub must show it so. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from ...model import Candidate, JsonObject, Observation, Verdict
from .github.runs import all_in, label, newest_of, stage
from .settings import Settings

LOOKS = 1
SETTLE_S = 2.0
"""GitHub's lists follow its single answers by a moment."""
BETWEEN_S = 8.0
PATIENCE_S = 20.0
"""How long they are waited for."""


def settle_s(candidate: Candidate, settings: Settings) -> float:
    """Seconds to wait at most for a look that proves it."""
    return 0.0 if candidate.remedy == "actions/restore" else PATIENCE_S


def is_settling(candidate: Candidate, sample: Observation, settings: Settings) -> bool:
    """Whether GitHub answers and its lists may only lag behind. What they show to have failed is not waited for."""
    api = sample.facts["api"]
    if candidate.remedy == "actions/restore" or api is None or api["status"] != "ok":
        return False
    return _proof(candidate, api).may_lag


def verdict(candidate: Candidate, samples: Sequence[Observation], settings: Settings) -> Verdict:
    """Whether the last look shows what the repair was for. `samples` are one observation or more, the older first."""
    api = samples[-1].facts["api"]
    if candidate.remedy == "actions/restore":
        return Verdict(False, "it is only proposed: a person merges it")
    if api is None or api["status"] != "ok":
        why = "no repository is known" if api is None else api["reason"]
        return Verdict(False, f"GitHub cannot be asked: {why}")
    proof = _proof(candidate, api)
    return Verdict(proof.verified, proof.reason)


class _Proof(NamedTuple):
    """`may_lag`: it is not proven, and a later look may prove it."""

    verified: bool
    reason: str
    may_lag: bool = False


def _proof(candidate: Candidate, api: JsonObject) -> _Proof:
    action = candidate.action
    if candidate.remedy == "actions/enable":
        return _enabled(action, api)
    if candidate.remedy == "actions/cancel":
        return _cancelled(action, api)
    seen = all_in(api["runs"].get(action["name"], {}))
    if candidate.remedy == "actions/rerun":
        return _ended([run for run in seen if run["id"] == action["run"] and run["attempt"] > 1])
    return _ended([run for run in seen if run["event"] == "workflow_dispatch" and run["id"] > action["before"]])


def _enabled(action: JsonObject, api: JsonObject) -> _Proof:
    state = api["workflows"].get(action["name"], {}).get("state")
    told = f"GitHub says {state} of it"
    return _Proof(state == "active", told, may_lag=state == "disabled_inactivity")


def _cancelled(action: JsonObject, api: JsonObject) -> _Proof:
    asked = {run["id"] for run in action["runs"]}
    left = [label(run) for run in api["open"] if run["id"] in asked]
    if left:
        return _Proof(False, f"still among the open runs: {', '.join(left)}", may_lag=True)
    return _Proof(True, "none of them is among the open runs")


def _ended(runs: Sequence[JsonObject]) -> _Proof:
    """Whether one of the runs that the repair may have started succeeded."""
    good = newest_of(run for run in runs if run["conclusion"] == "success")
    if good is not None:
        return _Proof(True, f"run {label(good)}, attempt {good['attempt']}, ended as success")
    newest = newest_of(runs)
    if newest is None:
        return _Proof(False, "GitHub lists no such run", may_lag=True)
    if newest["status"] != "completed":
        return _Proof(False, f"run {label(newest)} is {stage(newest)}", may_lag=True)
    return _Proof(False, f"run {label(newest)} ended as {newest['conclusion']}")
