"""Runs as GitHub lists them, read with distrust and grouped by workflow as they stream past (pure).

However many runs are paged, each workflow keeps a bounded number of them. A page that shifts while it is read gives a
run twice: it counts once. A re-run keeps its id and its `created_at`; the later attempt takes the place of the earlier.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from typing import Any

from ....model import JsonObject
from .values import moment, number, text

FOLDER = ".github/workflows/"
MOST_WORKFLOWS = 5000
"""Workflows that are told apart; a repository with more has other worries."""
LONGEST_NAME = 255
FAILED = frozenset({"failure", "timed_out", "startup_failure", "stale"})
"""Conclusions that count as failures; a `stale` run is one that never came to its end."""
ENDS_A_ROW = frozenset({"success", "neutral"})
"""Conclusions that end a row of failures. All others count for nothing: in `action_required` nothing ran yet."""
OPEN = ("queued", "in_progress")
_STATUSES = frozenset({"requested", "waiting", "pending", "queued", "in_progress", "completed"})
"""Of a run, as GitHub's schemas of its webhooks list them."""


def read_run(raw: Any) -> JsonObject | None:
    """One run with the keys that are needed, times as seconds since 1970; None where it has no id, time or status.

    One that is completed has a conclusion, for nobody knows of what is neither under way nor ended.
    """
    if not isinstance(raw, dict) or not _is_told(raw):
        return None
    identity, created = number(raw.get("id")), moment(raw.get("created_at"))
    if identity is None or created is None:
        return None
    started, updated = moment(raw.get("run_started_at")), moment(raw.get("updated_at"))
    return {
        "id": identity,
        "number": number(raw.get("run_number")),
        "event": text(raw.get("event")),
        "status": text(raw.get("status")),
        "conclusion": text(raw.get("conclusion")),
        "attempt": number(raw.get("run_attempt")) or 1,
        "created_at": created,
        "started_at": created if started is None else started,
        "updated_at": created if updated is None else updated,
        "branch": text(raw.get("head_branch")),
        "sha": text(raw.get("head_sha")),
        "url": text(raw.get("html_url")),
        "name": text(raw.get("name")),
        "path": text(raw.get("path")),
        "jobs": None,
    }


def _is_told(raw: JsonObject) -> bool:
    status, conclusion = text(raw.get("status")), text(raw.get("conclusion"))
    return status in _STATUSES and (status != "completed" or bool(conclusion))


def read_workflow(raw: Any) -> JsonObject | None:
    """One workflow with the keys that are needed; None where it has no id, path, state or time."""
    if not isinstance(raw, dict):
        return None
    read = {
        "id": number(raw.get("id")),
        "state": text(raw.get("state")),
        "path": text(raw.get("path")),
        "created_at": moment(raw.get("created_at")),
        "updated_at": moment(raw.get("updated_at")),
    }
    return None if None in read.values() else {**read, "url": page_of(text(raw.get("html_url")))}


def page_of(url: str | None) -> str | None:
    """The page with a workflow's runs, where it can also be enabled; GitHub's `html_url` leads to its file."""
    home, found, file = (url or "").partition("/blob/")
    return f"{home}/actions/workflows/{file.rpartition('/')[2]}" if found else url


def workflow_name(path: str | None) -> str | None:
    """The file name of a workflow directly in the folder; None for GitHub's own ones (`dynamic/…`) and for no path."""
    if path is None:
        return None
    _, mark, name = path.partition(FOLDER)
    name = name.partition("@")[0]
    return name if mark and name and "/" not in name and len(name) <= LONGEST_NAME else None


def is_of_pull_request(run: JsonObject) -> bool:
    """Whether a pull request started it: then its branch may be one of a fork."""
    return str(run["event"]).startswith("pull_request")


def newest_of(runs: Iterable[JsonObject]) -> JsonObject | None:
    """The run with the highest id: GitHub counts them up, and a re-run keeps its own."""
    return max(runs, key=lambda run: int(run["id"]), default=None)


def all_in(group: JsonObject) -> list[JsonObject]:
    """Every run that is kept of a workflow; one that is kept twice comes twice."""
    single = (group.get("newest"), group.get("scheduled"), group.get("dispatched"))
    return [*(run for run in single if run is not None), *group.get("recent", [])]


def label(run: JsonObject) -> str:
    """What people call it: `#41`, as GitHub's pages show it."""
    return f"#{run['number'] or run['id']}"


def stage(run: JsonObject) -> str:
    """Its status as people say it: `in progress`."""
    return str(run["status"]).replace("_", " ")


def brief(run: JsonObject) -> JsonObject:
    """What reports keep of a run."""
    keys = ("id", "number", "event", "status", "conclusion", "attempt", "sha", "url")
    return {key: run[key] for key in keys}


def is_on(branch: str | None, raw: JsonObject, run: JsonObject) -> bool:
    """Whether it is a run of this branch of the repository itself, and of no pull request."""
    if branch is None or run["branch"] != branch or is_of_pull_request(run):
        return False
    home, head = _full_name(raw.get("repository")), _full_name(raw.get("head_repository"))
    return home is None or head is None or home == head


class Runs:
    """What is kept of all runs seen: per workflow the newest of each sort and the `keep` newest that count.

    `by_clock` are the workflows of which scheduled runs count though others may lie between, unseen.
    """

    def __init__(
        self, branch: str | None, names: dict[int, str], keep: int = 5, by_clock: Collection[str] = ()
    ) -> None:
        self._branch = branch
        self._names = names
        self._keep = keep
        self._by_clock = by_clock
        self._of: dict[str, JsonObject] = {}

    def add(self, raw: Any, *, alone: bool = False) -> JsonObject | None:
        """Take in one run of a listing; returns it as read, None where it cannot be read.

        `alone` is for a listing of scheduled runs alone.
        """
        run = read_run(raw)
        if run is None:
            return None
        name = self.name_of(raw, run)
        if name is not None and (name in self._of or len(self._of) < MOST_WORKFLOWS):
            counts = not alone or name in self._by_clock
            self._place(self._of.setdefault(name, _nothing()), raw, run, counts=counts)
        return run

    def name_of(self, raw: JsonObject, run: JsonObject) -> str | None:
        """The file name of its workflow: by the id of the workflow, else by the path that it ran."""
        known = self._names.get(number(raw.get("workflow_id")) or 0)
        return known or workflow_name(run["path"])

    def scheduled(self, name: str) -> JsonObject | None:
        """The newest scheduled run of a workflow that was seen."""
        found = self._of.get(name)
        return found["scheduled"] if found else None

    def recent(self, name: str) -> list[JsonObject]:
        """The newest runs of a workflow that count, newest first."""
        found = self._of.get(name)
        return found["recent"] if found else []

    def grouped(self) -> JsonObject:
        """{name: {newest, recent, scheduled, dispatched}}."""
        return self._of

    def kept(self) -> Iterator[JsonObject]:
        """Every run that is kept; one that is kept twice comes twice."""
        for group in self._of.values():
            yield from all_in(group)

    def set_jobs(self, identity: int, jobs: int | None) -> None:
        """Say how many jobs a run has, wherever it is kept."""
        for run in self.kept():
            if run["id"] == identity:
                run["jobs"] = jobs

    def _place(self, kept: JsonObject, raw: JsonObject, run: JsonObject, *, counts: bool) -> None:
        on_branch = is_on(self._branch, raw, run)
        if run["event"] == "schedule":
            kept["scheduled"] = _newer(kept["scheduled"], run)
        if on_branch and run["event"] == "workflow_dispatch":
            kept["dispatched"] = _newer(kept["dispatched"], run)
        if on_branch:
            kept["newest"] = _newer(kept["newest"], run)
        if on_branch and counts:
            kept["recent"] = self._recent(kept["recent"], run)

    def _recent(self, recent: list[JsonObject], run: JsonObject) -> list[JsonObject]:
        """The newest completed runs, newest first; a later attempt that is under way takes the old one's place."""
        others = [one for one in recent if one["id"] != run["id"]]
        same = [one for one in recent if one["id"] == run["id"]]
        latest = _later([*same, run])
        if latest["status"] == "completed" and latest["conclusion"] in FAILED | ENDS_A_ROW:
            others.append(latest)
        return sorted(others, key=_age, reverse=True)[: self._keep]


def _nothing() -> JsonObject:
    return {"newest": None, "recent": [], "scheduled": None, "dispatched": None}


def _newer(one: JsonObject | None, other: JsonObject) -> JsonObject:
    if one is None:
        return other
    if one["id"] == other["id"]:
        return _later([one, other])
    return max(one, other, key=_age)


def _age(run: JsonObject) -> tuple[float, int]:
    return run["created_at"], run["id"]


def _later(same: list[JsonObject]) -> JsonObject:
    """Of several sights of one run the latest; of two alike the one that was seen last."""
    return max(reversed(same), key=lambda run: (run["attempt"], run["updated_at"]))


def _full_name(repository: Any) -> str | None:
    return text(repository.get("full_name")) if isinstance(repository, dict) else None
