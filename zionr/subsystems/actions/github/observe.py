"""Look at GitHub, once: the workflows, and the runs of the whole repository, paged and grouped, never one by one.

Facts: `status`, `reason` and `remedy` of the first thing that went wrong (`ok` where nothing did), and what was seen
until then: `repository`, `default_branch`, `head`; `workflows` {name: {id, state, path, created_at, updated_at, url}};
`runs` {name: {newest, recent, scheduled, dispatched}}; `open`, the runs queued or in progress, oldest first; `due`; how
far back runs are known, `seen_since` and for scheduled ones `scheduled_since` (None: to the first), and `seen_runs`,
how many of all were read. `unseen` names the parts that were not read as far as was meant: head, workflows, open, runs,
scheduled, jobs. Of runs that is the newest few pages: `decided` tells which workflows need more.

What was seen may be judged whatever the status. What was not seen is unknown, never absent: where no run could be read
both instants are that of the look itself, so that nothing counts as not having run.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ....context import Context
from ....model import JsonObject
from ..settings import Settings
from . import runs as reading
from .address import own_workflow, repository_of
from .api import Api, open_api
from .decided import EARLY_S, is_by_clock, is_counted, kept_runs
from .due import due_all
from .jobs import MOST as MOST_JOBS
from .jobs import doubtful, tell_jobs
from .problem import ApiError
from .reach import Asked, Reach, instant
from .values import LONGEST
from .wire import Bounds, unreadable

REQUESTS = 30
"""At most, for one look; 1,400 workflows take 14 pages of it."""
RESERVE = 50
"""Requests of the hour that are left to others: GitHub's own token has a thousand for all jobs of a repository."""
WORKFLOW_PAGES = 18
MOST_OPEN = 200


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
        self._reach = Reach(self._now)
        self._own = own_workflow(settings, context)
        self._due = due_all(files, settings, self._now)
        self._unseen = ["head", "workflows", "open", "runs", "scheduled", "jobs"]

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
            ("scheduled", self._see_further),
            ("jobs", self._see_jobs),
        ]
        try:
            for name, see in parts:
                self._progress(f"GitHub: {name}")
                if see(api):
                    self._unseen.remove(name)
        except ApiError as error:
            return error
        count = self._reach.unreadable
        if count:
            return ApiError("unreadable", f"{count} rows of GitHub's lists cannot be read", "look again")
        return None

    def facts(self, problem: ApiError | None) -> JsonObject:
        """The facts, as the top of this module tells them."""
        kind = problem.kind if problem else "ok"
        return {
            "status": "unreadable" if kind == "refused" else kind,
            "reason": problem.reason if problem else None,
            "remedy": problem.remedy if problem else None,
            "repository": self._repository[:LONGEST],
            "default_branch": self._default,
            "head": self._head,
            "workflows": self._workflows,
            "runs": self._reach.runs.grouped(),
            "open": list(self._open.values()),
            # Rows that cannot be read may be the very runs that seem not to be there.
            "seen_since": self._now if self._reach.unreadable else self._reach.since,
            "scheduled_since": self._now if self._reach.unreadable else self._reach.scheduled_since,
            "seen_runs": self._reach.seen,
            "due": self._due,
            "unseen": self._unseen,
        }

    def _see_branch(self, api: Api) -> bool:
        self._default = api.read_repository()["default_branch"]
        if self.branch is None:
            raise unreadable("the repository has no default branch")
        self._head = api.head(self.branch)
        if self._head is None and self._settings.branch is None:
            raise unreadable(f"the default branch {self._default} is not there")
        return True

    def _see_workflows(self, api: Api) -> bool:
        more = False
        for page in api.workflows(WORKFLOW_PAGES):
            more = page.more
            for raw in page.rows:
                self._take_workflow(raw)
        self._ask()
        return not more and not self._reach.unreadable

    def _ask(self) -> None:
        """Say whose runs are looked for. Nothing is asked of what GitHub would not start."""
        names = {workflow["id"]: name for name, workflow in self._workflows.items()}
        files = self._files.items()
        clock = frozenset(name for name, file in files if is_by_clock(file, self.branch, self._default))
        runs = reading.Runs(self.branch, names, kept_runs(self._settings), clock)
        active = {name: workflow for name, workflow in self._workflows.items() if workflow["state"] == "active"}
        self._reach.ask(runs, {name: self._asked(name, known, name in clock) for name, known in active.items()})

    def _asked(self, name: str, known: JsonObject, by_clock: bool) -> Asked:
        due = self._due.get(name)
        least = None if due is None or due["expected"] is None else due["expected"] - EARLY_S
        if least is not None and least < max(known["created_at"], known["updated_at"]):
            least = None
        is_judged = name != self._own and is_counted(self._files.get(name))
        failures = self._settings.of(name).failures if is_judged else 0
        return Asked(failures, least, known["created_at"], by_clock)

    def _take_workflow(self, raw: Any) -> None:
        workflow = reading.read_workflow(raw)
        if workflow is None:
            self._reach.unreadable += 1
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
                (old,) = api.runs({"status": status, "created": f"<={instant(self._now - limit_s)}"}, 1)
                rows += old.rows
                whole = whole and not old.more
            self._take_open(rows)
        oldest = sorted(self._open.values(), key=lambda run: (run["created_at"], run["id"]))
        self._open = {run["id"]: run for run in oldest[:MOST_OPEN]}
        return whole

    def _take_open(self, rows: list[Any]) -> None:
        for raw in rows:
            run = self._reach.take(raw)
            name = self._reach.runs.name_of(raw, run) if run is not None else None
            if run is not None and name is not None and run["status"] in reading.OPEN:
                self._open[run["id"]] = {**run, "workflow": name}

    def _see_runs(self, api: Api) -> bool:
        self._reach.see_newest(api)
        return True

    def _see_further(self, api: Api) -> bool:
        return self._reach.see_further(api, lambda: self._has_room(api))

    def _has_room(self, api: Api) -> bool:
        """Leave requests to ask for jobs, and a quarter of the time: what is open by then is no failure of GitHub."""
        most = REQUESTS - len(doubtful(self._reach.runs)[:MOST_JOBS])
        return api.client.requests < most and api.client.left_s > self._settings.deadline_s / 4

    def _see_jobs(self, api: Api) -> bool:
        """The last part: where it fails, nothing else is missing."""
        return tell_jobs(api, self._reach.runs, self._files, REQUESTS - api.client.requests)
