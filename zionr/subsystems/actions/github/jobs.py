"""Which failed runs had no job at all: GitHub could not read the workflow's file at their commit."""

from __future__ import annotations

from ....model import JsonObject
from .api import Api
from .decided import failed_quickly
from .problem import ApiError
from .runs import Runs, workflow_name

MOST = 5
"""Runs that are asked for their jobs in one look."""


def tell_jobs(api: Api, runs: Runs, files: JsonObject, room: int) -> bool:
    """Set `jobs` of the runs that had none; whether no doubt is left. `room` is how many requests may be sent.

    A start that failed had none. The other quick failures are asked, the quickest first; where GitHub does not answer,
    the doubt stays.
    """
    for run in runs.kept():
        if run["conclusion"] == "startup_failure" or _names_its_file(run, files):
            run["jobs"] = 0
    asked = doubtful(runs)
    try:
        for run in asked[: min(MOST, room)]:
            runs.set_jobs(run["id"], api.count_jobs(run["id"]))
    except ApiError:
        return False
    return len(asked) <= min(MOST, room)


def doubtful(runs: Runs) -> list[JsonObject]:
    """The newest runs of their workflows that failed as quickly as a file does that GitHub cannot read."""
    newest = [group["newest"] for group in runs.grouped().values() if group["newest"] is not None]
    quick = [run for run in newest if run["jobs"] is None and failed_quickly(run)]
    return sorted(quick, key=lambda run: (run["updated_at"] - run["started_at"], -run["id"]))


def _names_its_file(run: JsonObject, files: JsonObject) -> bool:
    """Whether GitHub calls it by its path although the file has a name: it could not read the file.

    The path alone is no sign: it is also the name of a workflow without a `name:`.
    """
    file = files.get(workflow_name(run["path"]) or "")
    has_name = file is not None and file["readable"] and file["name"] not in (None, run["path"])
    return has_name and run["name"] == run["path"] and failed_quickly(run)
