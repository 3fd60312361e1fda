"""Cancel stuck runs: ask them to end, look, end them by force, look again; then it is a person's."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from ....context import Context
from ....instants import limit, span
from ....model import JsonObject, Outcome
from ..github.api import Api
from ..github.problem import ApiError
from ..github.runs import brief, label, stage
from ..settings import Settings
from .follow import Pauses, look_again
from .words import skipped, told

_DENIED = ("no-right", "no-token", "limited")
"""After these nothing more is sent: the next request would be refused as well."""


def cancel(api: Api, action: JsonObject, settings: Settings, context: Context) -> Outcome:
    """Succeeded once all of them have ended, however they did. ApiError only before the first was asked to end."""
    there = _still_there(api, action, own=context.environ.get("GITHUB_RUN_ID", ""))
    young = {run["id"]: why for run in there if (why := _against(api, run, settings, context)) is not None}
    stuck = [run for run in there if run["id"] not in young]
    if not stuck:
        return skipped("; ".join(young.values()) or "none of these runs is where it was any more")
    wait_s = settings.cancel_wait_s
    said: list[str] = []
    forced: list[int] = []
    try:
        left = _end(api, stuck, api.cancel, wait_s, said, context)
        forced = [run["id"] for run in left]
        left = _end(api, left, api.force_cancel, wait_s, said, context) if left else []
    except ApiError as error:
        return Outcome("failed", told(error), _evidence(stuck, forced))
    return Outcome("failed" if left else "succeeded", _why(left, said) if left else None, _evidence(stuck, forced))


def _still_there(api: Api, action: JsonObject, own: str) -> list[JsonObject]:
    """Those that are where they were; never the run that this very process is part of."""
    found = []
    for was in action["runs"]:
        run = None if str(was["id"]) == own else _fresh(api, was["id"])
        if run is not None and (run["status"], run["attempt"]) == (was["status"], was["attempt"]):
            found.append(run)
    return found


def _against(api: Api, run: JsonObject, settings: Settings, context: Context) -> str | None:
    """It works for less than it may: its attempt counts from when it was queued, its work from its first job."""
    since = api.working_since(run["id"]) if run["status"] == "in_progress" else None
    worked_s = None if since is None else context.clock.now() - since
    if worked_s is None or worked_s > settings.in_progress_s:
        return None
    return f"run {label(run)} is at work for {span(worked_s)} only, limit {limit(settings.in_progress_s)}"


def _fresh(api: Api, identity: int) -> JsonObject | None:
    """None where somebody deleted it."""
    try:
        return api.run(identity)
    except ApiError as error:
        if error.kind == "not-found":
            return None
        raise


def _end(
    api: Api,
    runs: Sequence[JsonObject],
    effect: Callable[[int], None],
    wait_s: float,
    said: list[str],
    context: Context,
) -> list[JsonObject]:
    """Those that are still open after the effect and the wait; what GitHub says against it is added to `said`."""
    for run in runs:
        try:
            effect(run["id"])
        except ApiError as error:
            if error.kind in _DENIED:
                raise
            # Refused or unanswered: the look tells. 409 is also what a run answers that ended a moment ago.
            said.append(f"{label(run)}: {told(error)}")
    pauses = Pauses(context, context.clock.monotonic() + wait_s)
    left = list(runs)
    while left and pauses.wait():
        context.progress(f"{len(left)} of {len(runs)} runs have not ended")
        left = [run for run in (look_again(api, run) for run in left) if run["status"] != "completed"]
    return left


def _evidence(runs: Sequence[JsonObject], forced: Sequence[int]) -> JsonObject:
    return {"runs": [brief(run) for run in runs], "forced": list(forced)}


def _why(left: Sequence[JsonObject], said: Sequence[str]) -> str:
    runs = ", ".join(f"{label(run)} ({stage(run)})" for run in left)
    words = f"; GitHub said of {', of '.join(dict.fromkeys(said))}" if said else ""
    return f"still open after cancel and force-cancel: {runs}; it needs a person, or GitHub's support{words}"
