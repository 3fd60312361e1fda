"""When enough of a workflow's runs is known to judge it (pure)."""

from __future__ import annotations

from collections.abc import Sequence

from ....model import JsonObject
from ..settings import Settings
from .runs import ENDS_A_ROW

LEAST_KEPT = 10
"""Runs that count, of each workflow: more than the rules ask for, so that the length of a row can be told."""
EARLY_S = 60.0
"""A run that was made so long before its firing is the run of that firing; so near in time are a workflow and its
first run made."""
QUICK_S = 60.0
"""A run without jobs ends at once; one that took longer had some."""
_BY_CLOCK = frozenset({"schedule", "workflow_dispatch"})
_ELSEWHERE = frozenset({"merge_group", "release", "workflow_call"})


def kept_runs(settings: Settings) -> int:
    """How many runs that count are kept of each workflow."""
    return max([LEAST_KEPT, settings.others.failures, *(own.failures for own in settings.workflows.values())])


def is_by_clock(file: JsonObject | None, branch: str | None, default: str | None) -> bool:
    """Whether a workflow starts by its schedule or by hand alone: then its scheduled runs tell whether it fails.

    They are all of the default branch.
    """
    triggers = set(file["triggers"]) if file is not None else set()
    return branch == default and "schedule" in triggers and triggers <= _BY_CLOCK


def is_counted(file: JsonObject | None) -> bool:
    """Whether runs of it can be runs of a branch: those of a pull request, a merge queue or a tag are none.

    A called workflow has none of its own. Of a file that nobody could read nobody knows.
    """
    triggers = file["triggers"] if file is not None else []
    return not triggers or not all(one.startswith("pull_request") or one in _ELSEWHERE for one in triggers)


def is_seen_whole(since: float | None, created_at: float | None) -> bool:
    """Whether all runs are known of a workflow that is there since `created_at`, where runs are known to `since`."""
    return since is None or (created_at is not None and since <= created_at - EARLY_S)


def is_decided(recent: Sequence[JsonObject], failures: int, *, whole: bool) -> bool:
    """Whether the newest runs that count tell if `failures` of them failed in a row; `whole`: there are no more."""
    return whole or len(recent) >= failures or any(run["conclusion"] in ENDS_A_ROW for run in recent)


def failed_quickly(run: JsonObject) -> bool:
    """Whether it failed so soon that it may have had no jobs."""
    return bool(run["conclusion"] == "failure" and 0 <= run["updated_at"] - run["started_at"] <= QUICK_S)
