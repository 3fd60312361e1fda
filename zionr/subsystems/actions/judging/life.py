"""All that is known of one workflow's life on GitHub, gathered for the rules that judge it and the remedies. Pure."""

from __future__ import annotations

from typing import Any, NamedTuple

from ....model import Finding, JsonObject, State
from ..github.decided import is_by_clock, is_counted, is_decided, is_seen_whole
from ..github.runs import ENDS_A_ROW, FAILED, all_in, is_of_pull_request, newest_of
from ..settings import Settings, WorkflowSettings
from .soundness import is_unseen


class Life(NamedTuple):
    """One workflow. `known` is GitHub's entry of it and `file` the folder's, None where it has none or
    there was no time to look into it.

    `runs` is its part of `facts.api.runs`, `open` its runs that have not ended, newest or not. `branch` is the branch
    that is judged, `seen_since` how far back those runs are known that its timetable is judged by (None: all there
    are), `counted_since` those that tell whether it fails, `cause` the id of the finding that says GitHub refuses its
    file. `own` is whether it runs this very zionr.
    """

    name: str
    settings: WorkflowSettings
    known: JsonObject | None
    file: JsonObject | None
    runs: JsonObject
    open: tuple[JsonObject, ...]
    due: JsonObject | None
    cron_since: float | None
    seen_since: float | None
    counted_since: float | None
    branch: str | None
    critical: bool
    cause: str | None
    own: bool
    now: float

    @property
    def state(self) -> str | None:
        """GitHub's state of it, None where GitHub does not have it (any more)."""
        return None if self.known is None or self.known["state"] == "deleted" else str(self.known["state"])

    @property
    def is_disabled(self) -> bool:
        """Whether no event starts it."""
        return (self.state or "").startswith("disabled")

    @property
    def is_scheduled(self) -> bool:
        """Whether a cron starts it, as far as anybody knows."""
        return bool(self.file and self.file["crons"]) or self.due is not None or self.runs["scheduled"] is not None

    @property
    def recent(self) -> list[JsonObject]:
        """Its runs on the branch that ended and count, newest first."""
        found: list[JsonObject] = self.runs["recent"]
        return found

    @property
    def is_seen_whole(self) -> bool:
        """Whether all its runs on the branch were seen, as far as GitHub has them."""
        return is_seen_whole(self.counted_since, None if self.known is None else self.known["created_at"])

    @property
    def is_counted(self) -> bool:
        """Whether it can have runs that count on the branch."""
        return is_counted(self.file)

    @property
    def is_decided(self) -> bool:
        """Whether enough of them was seen to tell whether it fails."""
        return is_decided(self.recent, self.settings.failures, whole=self.is_seen_whole)

    @property
    def newest(self) -> JsonObject | None:
        """Its newest run on the branch, ended or not, as far as it was seen."""
        seen = [run for run in (self.runs["newest"], self.runs["scheduled"], self.runs["dispatched"]) if run]
        return newest_of([*self.recent, *(run for run in [*seen, *self.open] if self.is_on_branch(run))])

    def is_on_branch(self, run: JsonObject) -> bool:
        """Whether this run is of the branch that is judged, and not of a pull request."""
        return not is_of_pull_request(run) and self.branch in (None, run["branch"])

    def finding(self, rule: str, state: State, message: str, **more: Any) -> Finding:
        """A finding of this workflow."""
        return Finding(f"actions/{rule}", state, self.name, message, **more)


def failed_row(life: Life) -> list[JsonObject]:
    """The failures in a row up to now, newest first."""
    row = []
    for run in life.recent:
        if run["conclusion"] in ENDS_A_ROW:
            break
        if run["conclusion"] in FAILED:
            row.append(run)
    return row


def life_of(name: str, facts: JsonObject, settings: Settings, cause: str | None = None) -> Life:
    """All that `facts` hold of this workflow; there must be an API part."""
    api, files = facts["api"], facts["files"] or {}
    history = files.get("history", {}).get("of", {}).get(name) or {}
    file = files.get("workflows", {}).get(name)
    by_clock = is_by_clock(file, facts["branch"], api["default_branch"])
    life = Life(
        name=name,
        settings=settings.of(name),
        known=api["workflows"].get(name),
        file=None if file is None or is_unseen(file) else file,
        runs={"newest": None, "recent": [], "scheduled": None, "dispatched": None, **api["runs"].get(name, {})},
        open=tuple(run for run in api["open"] if run["workflow"] == name),
        due=api["due"].get(name),
        cron_since=history.get("cron_since"),
        seen_since=api["seen_since"],
        counted_since=api["scheduled_since" if by_clock else "seen_since"],
        branch=facts["branch"],
        critical=name in settings.critical,
        cause=cause,
        own=name == facts.get("own"),
        now=facts["now"],
    )
    return life._replace(seen_since=api["scheduled_since"]) if life.is_scheduled else life


def substitutes_of(life: Life, facts: JsonObject) -> dict[str, list[JsonObject]]:
    """Runs that may have done a missing run's work: those of its backup, and its own by dispatch."""
    own = facts["api"]["runs"].get(life.name, {})
    found = {life.name: [run for run in all_in(own) if run["event"] == "workflow_dispatch"]}
    if life.settings.backup is not None:
        found[life.settings.backup] = all_in(facts["api"]["runs"].get(life.settings.backup, {}))
    return found
