"""Look at GitHub, once: the workflows, and the runs of the whole repository, paged and grouped, never one by one.

Facts: `status`, `reason` and `remedy` of the first thing that went wrong (`ok` where nothing did), and what was seen
until then: `repository`, `default_branch`, `head`; `workflows` {name: {id, state, path, created_at, updated_at, url}};
`runs` {name: {newest, recent, scheduled, dispatched}}; `open`, the runs queued or in progress, oldest first; `due`; how
far back runs are known, `seen_since` and for scheduled ones `scheduled_since` (None: to the first). `unseen` names the
parts that were not read as far as was meant: head, workflows, open, runs, scheduled, jobs.

What was seen may be judged whatever the status. What was not seen is unknown, never absent: where no run could be read
both instants are that of the look itself, so that nothing counts as not having run.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ....context import Context
from ....instants import iso
from ....model import JsonObject
from ..settings import Settings
from . import runs as reading
from .address import repository_of
from .api import Api, Page, open_api
from .due import due_all
from .jobs import MOST as MOST_JOBS
from .jobs import doubtful, tell_jobs
from .problem import ApiError
from .wire import Bounds, unreadable

REQUESTS = 30
"""At most, for one look; 1,400 workflows take 14 pages of it."""
RESERVE = 50
"""Requests of the hour that are left to others: GitHub's own token has a thousand for all jobs of a repository."""
WORKFLOW_PAGES = 18
RUN_PAGES = 3
MOST_OPEN = 200
FILTERED_MOST = 1000
"""Runs that GitHub lists of a filtered search."""
EARLY_S = 60.0
"""A run that was made so long before its firing is the run of that firing."""


def observe_api(
    settings: Settings, context: Context, files: JsonObject | None
) -> tuple[JsonObject | None, JsonObject | None]:
    """(facts of the API, what was used of it); nothing is sent, and both are None, where no repository is known.

    `files` are the facts of the files: their crons say what had to run. Never raises for what GitHub does.
    """
    repository = repository_of(settings, context)
    if repository is None:
        return None, None
    look = Look(repository, settings, context, files)
    try:
        api = open_api(settings, context, Bounds(settings.deadline_s, RESERVE, REQUESTS))
    except ApiError as error:
        return look.facts(error), {"requests": 0, "rate_remaining": None, "rate_reset": None}
    assert api is not None
    try:
        problem = look.all(api)
    finally:
        api.client.close()
    return look.facts(problem), api.client.usage


class Look:
    """What one look has seen so far."""

    def __init__(self, repository: str, settings: Settings, context: Context, files: JsonObject | None) -> None:
        self._repository = repository
        self._settings = settings
        self._progress = context.progress
        self._now = context.clock.now()
        self._files = files["workflows"] if files is not None else {}
        self._default: str | None = None
        self._head: str | None = None
        self._workflows: dict[str, JsonObject] = {}
        self._open: dict[int, JsonObject] = {}
        self._runs = reading.Runs(None, {})
        self._due = due_all(files, settings, self._now)
        self._since: float | None = self._now
        self._scheduled_since: float | None = self._now
        self._unseen = ["head", "workflows", "open", "runs", "scheduled", "jobs"]
        self._unreadable = 0

    @property
    def branch(self) -> str | None:
        """The branch that is judged."""
        return self._settings.branch or self._default

    def all(self, api: Api) -> ApiError | None:
        """See everything, in the order of what matters; the first thing that went wrong ends it."""
        parts: list[tuple[str, Callable[[Api], bool]]] = [
            ("head", self._see_branch),
            ("workflows", self._see_workflows),
            ("open", self._see_open),
            ("runs", self._see_runs),
            ("scheduled", self._see_scheduled),
            ("jobs", self._see_jobs),
        ]
        try:
            for name, see in parts:
                self._progress(f"GitHub: {name}")
                if see(api):
                    self._unseen.remove(name)
        except ApiError as error:
            return error
        if self._unreadable:
            return ApiError("unreadable", f"{self._unreadable} rows of GitHub's lists cannot be read", "look again")
        return None

    def facts(self, problem: ApiError | None) -> JsonObject:
        """The facts, as the top of this module tells them."""
        kind = problem.kind if problem else "ok"
        return {
            "status": "unreadable" if kind == "refused" else kind,
            "reason": problem.reason if problem else None,
            "remedy": problem.remedy if problem else None,
            "repository": self._repository[: reading.LONGEST],
            "default_branch": self._default,
            "head": self._head,
            "workflows": self._workflows,
            "runs": self._runs.grouped(),
            "open": list(self._open.values()),
            # Rows that cannot be read may be the very runs that seem not to be there.
            "seen_since": self._now if self._unreadable else self._since,
            "scheduled_since": self._now if self._unreadable else self._scheduled_since,
            "due": self._due,
            "unseen": self._unseen,
        }

    def _see_branch(self, api: Api) -> bool:
        self._default = api.read_repository()["default_branch"]
        if self.branch is None:
            raise unreadable("the repository has no default branch")
        self._head = api.head(self.branch)
        return True

    def _see_workflows(self, api: Api) -> bool:
        more = False
        for page in api.workflows(WORKFLOW_PAGES):
            more = page.more
            for raw in page.rows:
                self._take_workflow(raw)
        names = {workflow["id"]: name for name, workflow in self._workflows.items()}
        keep = max([self._settings.others.failures, *(own.failures for own in self._settings.workflows.values())])
        self._runs = reading.Runs(self.branch, names, keep)
        return not more

    def _take_workflow(self, raw: Any) -> None:
        workflow = reading.read_workflow(raw)
        if workflow is None:
            self._unreadable += 1
            return
        name = reading.workflow_name(workflow["path"])
        if name is None:
            return
        before = self._workflows.get(name)
        if before is None or before["state"] == "deleted":
            self._workflows[name] = workflow

    def _see_open(self, api: Api) -> bool:
        whole = True
        for status, limit_s in (("queued", self._settings.queued_s), ("in_progress", self._settings.in_progress_s)):
            (page,) = api.runs({"status": status}, 1)
            rows = list(page.rows)
            if page.more:
                # Stuck are the oldest, and the first page has the newest.
                (old,) = api.runs({"status": status, "created": f"<={_instant(self._now - limit_s)}"}, 1)
                rows += old.rows
                whole = whole and not old.more
            self._take_open(rows)
        oldest = sorted(self._open.values(), key=lambda run: (run["created_at"], run["id"]))
        self._open = {run["id"]: run for run in oldest[:MOST_OPEN]}
        return whole

    def _take_open(self, rows: list[Any]) -> None:
        for raw in rows:
            run = self._take_run(raw)
            name = self._runs.name_of(raw, run) if run is not None else None
            if run is not None and name is not None and run["status"] in reading.OPEN:
                self._open[run["id"]] = {**run, "workflow": name}

    def _take_run(self, raw: Any) -> JsonObject | None:
        run = self._runs.add(raw)
        self._unreadable += run is None
        return run

    def _see_runs(self, api: Api) -> bool:
        """Runs of every event, which hold the scheduled ones too."""
        for page in api.runs({}, RUN_PAGES):
            self._since = self._reach(page, self._since)
            self._scheduled_since = self._since
        return True

    def _see_scheduled(self, api: Api) -> bool:
        """On from where the runs of every event end, until each scheduled workflow is decided."""
        most = REQUESTS - len(doubtful(self._runs)[:MOST_JOBS])
        query = {"event": "schedule", "created": f"<={_instant(self._scheduled_since or self._now)}"}
        seen = 0
        if self._is_decided() or api.client.requests >= most:
            return self._is_decided()
        for page in api.runs(query, REQUESTS):
            seen += len(page.rows)
            is_cut = not page.more and seen >= FILTERED_MOST
            self._scheduled_since = self._reach(page._replace(more=page.more or is_cut), self._scheduled_since)
            if self._is_decided() or api.client.requests >= most:
                break
        return self._is_decided()

    def _reach(self, page: Page, since: float | None) -> float | None:
        """Take in a page, newest first; how far back all runs are known with it."""
        read: list[float] = [run["created_at"] for run in map(self._take_run, page.rows) if run is not None]
        if not page.more:
            return None
        if not read or since is None:
            return since
        # A page that is out of order proves only that nothing is newer than its newest.
        return min(since, read[-1] if read == sorted(read, reverse=True) else max(read))

    def _is_decided(self) -> bool:
        """Whether it is known of every workflow with a schedule if it ran when it last had to."""
        since = self._scheduled_since
        return since is None or all(since <= due for due in self._undecided())

    def _undecided(self) -> list[float]:
        """When the runs had to be made that were not seen yet; of workflows that GitHub would start."""
        wanted = []
        for name, due in self._due.items():
            workflow, ran = self._workflows.get(name), self._runs.scheduled(name)
            if workflow is None or workflow["state"] != "active" or due["expected"] is None:
                continue
            least = due["expected"] - EARLY_S
            is_new = least < max(workflow["created_at"], workflow["updated_at"])
            if not is_new and (ran is None or ran["created_at"] < least):
                wanted.append(least)
        return wanted

    def _see_jobs(self, api: Api) -> bool:
        """The last part: where it fails, nothing else is missing."""
        return tell_jobs(api, self._runs, self._files, REQUESTS - api.client.requests)


def _instant(seconds: float) -> str:
    """As GitHub's searches take it: `2026-11-24T03:00:00Z`."""
    return iso(int(seconds))[:19] + "Z"
