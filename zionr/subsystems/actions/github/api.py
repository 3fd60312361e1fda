"""Every request to GitHub's REST API that zionr can make, one method each. All raise `ApiError`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from ....context import Context
from ....model import JsonObject
from ..settings import Settings
from .address import base_of, is_repository, part, repository_of
from .cache import ReplyCache
from .client import Client, Reply
from .problem import ApiError
from .runs import read_run
from .values import moment, number, text
from .wire import Bounds, Wire, unreadable

PER_PAGE = 100
FILTERED_MOST = 1000
"""Runs that GitHub lists of a filtered search."""
_BEGAN = ("in_progress", "completed")
Query = Mapping[str, str | int]


class Page(NamedTuple):
    """One page of a listing: its raw rows, and whether more pages come."""

    rows: list[Any]
    more: bool


def open_api(settings: Settings, context: Context, bounds: Bounds) -> Api | None:
    """GitHub's API for the repository of this run; None where no repository is known. Nothing is sent yet.

    ApiError where the name of the repository, the token or the address of the API cannot be one.
    """
    repository = repository_of(settings, context)
    if repository is None:
        return None
    if not is_repository(repository):
        raise ApiError("not-found", "GITHUB_REPOSITORY is no owner/name", "set subsystems.actions.repository")
    token = context.environ.get("GITHUB_TOKEN", "").strip()
    wire = Wire(token, context.clock, bounds, context.redact)
    cache = ReplyCache(context.state_dir, token) if token else None
    return Api(repository, Client(base_of(context.environ), wire, cache))


class Api:
    """One repository on GitHub. `client.usage` tells what was used."""

    def __init__(self, repository: str, client: Client) -> None:
        self.repository = repository
        self.client = client
        owner, _, name = repository.partition("/")
        self._home = f"/repos/{part(owner)}/{part(name)}"
        self._actions = f"{self._home}/actions"

    def read_repository(self) -> JsonObject:
        """{default_branch, full_name}, each None where GitHub did not say."""
        raw = _object(self.client.read(self._home))
        return {"default_branch": text(raw.get("default_branch")), "full_name": text(raw.get("full_name"))}

    def head(self, branch: str) -> str | None:
        """The commit that the branch is at; None where there is no such branch."""
        raw = self._find(f"{self._home}/branches/{part(branch)}")
        return None if raw is None else _sha(_inner(raw, "commit"))

    def workflows(self, most: int) -> Iterator[Page]:
        """Its workflows, a hundred a page, `most` pages."""
        return self._pages(f"{self._actions}/workflows", "workflows", {}, most)

    def workflow(self, name: str) -> JsonObject:
        """One raw workflow, by its file name or id."""
        return _object(self.client.read(f"{self._actions}/workflows/{part(name)}"))

    def runs(self, query: Query, most: int) -> Iterator[Page]:
        """Raw runs of all workflows, newest first; `query` may hold event, status, branch, created, head_sha."""
        return self._pages(f"{self._actions}/runs", "workflow_runs", query, most)

    def runs_of(self, name: str, query: Query, most: int = 1) -> Iterator[Page]:
        """Raw runs of one workflow, newest first: for a last look before a repair, never for all."""
        return self._pages(f"{self._actions}/workflows/{part(name)}/runs", "workflow_runs", query, most)

    def run(self, identity: int) -> JsonObject:
        """One run as `runs.read_run` gives it."""
        run = read_run(self.client.read(f"{self._actions}/runs/{identity}").content)
        if run is None:
            raise unreadable("a run has no id, time, status or conclusion")
        return run

    def count_jobs(self, identity: int) -> int | None:
        """How many jobs the latest attempt of a run has; None where GitHub did not say."""
        query: Query = {"filter": "latest", "per_page": 1}
        return number(_object(self.client.read(f"{self._actions}/runs/{identity}/jobs", query)).get("total_count"))

    def working_since(self, identity: int) -> float | None:
        """When the first job of the latest attempt of a run began, of the first hundred; None where none did.

        A job that waits carries the time at which it was made, and one that was skipped never began.
        """
        query: Query = {"filter": "latest", "per_page": PER_PAGE}
        rows = _object(self.client.read(f"{self._actions}/runs/{identity}/jobs", query)).get("jobs")
        jobs = [one for one in rows if isinstance(one, dict)] if isinstance(rows, list) else []
        began = [one for one in jobs if one.get("status") in _BEGAN and one.get("conclusion") != "skipped"]
        return min((at for one in began if (at := moment(one.get("started_at"))) is not None), default=None)

    def enable(self, name: str) -> None:
        """Let a disabled workflow run again."""
        self.client.change("PUT", f"{self._actions}/workflows/{part(name)}/enable")

    def dispatch(self, name: str, ref: str) -> int | None:
        """Start a workflow on a branch; the id of its run, None where the server is too old to tell it."""
        path = f"{self._actions}/workflows/{part(name)}/dispatches"
        body: JsonObject = {"ref": ref}
        try:
            reply = self.client.change("POST", path, {**body, "return_run_details": True})
        except ApiError as error:
            # An older server does not know the key, and says so before it does anything.
            if error.status != 422 or "return_run_details" not in error.message:
                raise
            reply = self.client.change("POST", path, body)
        return number(reply.content.get("workflow_run_id")) if isinstance(reply.content, dict) else None

    def rerun_failed_jobs(self, identity: int) -> None:
        """Run the failed jobs of a run again, at its old commit."""
        self.client.change("POST", f"{self._actions}/runs/{identity}/rerun-failed-jobs")

    def cancel(self, identity: int) -> None:
        """Ask a run to end. GitHub may accept that and do nothing."""
        self.client.change("POST", f"{self._actions}/runs/{identity}/cancel")

    def force_cancel(self, identity: int) -> None:
        """End a run that did not answer to `cancel`."""
        self.client.change("POST", f"{self._actions}/runs/{identity}/force-cancel")

    def ref(self, name: str) -> str | None:
        """The object that a ref without `refs/` (`heads/main`) is at; None where there is no such ref."""
        raw = self._find(f"{self._home}/git/ref/{part(name)}")
        return None if raw is None else _sha(_inner(raw, "object"))

    def commit(self, sha: str) -> JsonObject:
        """{sha, tree, parents} of a commit."""
        raw = _object(self.client.read(f"{self._home}/git/commits/{part(sha)}"))
        parents = raw.get("parents")
        found = [text(one.get("sha")) for one in parents if isinstance(one, dict)] if isinstance(parents, list) else []
        return {"sha": _sha(raw), "tree": _sha(_inner(raw, "tree")), "parents": found}

    def tree(self, sha: str) -> JsonObject:
        """The raw tree of one folder, without what its folders hold: {sha, tree: [{path, mode, type, sha}], truncated}.

        All of a large repository at once would be cut off.
        """
        return _object(self.client.read(f"{self._home}/git/trees/{part(sha)}"))

    def create_tree(self, base: str, entries: list[JsonObject]) -> str:
        """Put a tree there: `base` with these entries [{path, mode, type, content}] in place of its own; its id."""
        return self._created("/git/trees", {"base_tree": base, "tree": entries})

    def create_commit(self, message: str, tree: str, parents: list[str]) -> str:
        """Put a commit there; its id."""
        return self._created("/git/commits", {"message": message, "tree": tree, "parents": parents})

    def create_ref(self, name: str, sha: str) -> None:
        """Make a ref (`refs/heads/…`) that is not there yet."""
        self.client.change("POST", f"{self._home}/git/refs", {"ref": name, "sha": sha})

    def pulls(self, head: str, state: str = "open") -> list[JsonObject]:
        """The first hundred raw pull requests of the branch `head` of this repository, in one state or `all`."""
        query: Query = {"head": f"{self.repository.partition('/')[0]}:{head}", "state": state, "per_page": PER_PAGE}
        content = self.client.read(f"{self._home}/pulls", query).content
        if not isinstance(content, list):
            raise unreadable("its list of pull requests is none")
        return [one for one in content if isinstance(one, dict)]

    def create_pull(self, title: str, head: str, base: str, body: str) -> JsonObject:
        """Ask for a branch to be merged: the raw pull request, with `number` and `html_url`."""
        asked = {"title": title, "head": head, "base": base, "body": body}
        return _object(self.client.change("POST", f"{self._home}/pulls", asked), sent=True)

    def _find(self, path: str) -> JsonObject | None:
        """One raw object; None where there is none."""
        try:
            return _object(self.client.read(path))
        except ApiError as error:
            if error.kind == "not-found":
                return None
            raise

    def _created(self, path: str, body: JsonObject) -> str:
        return _sha(_object(self.client.change("POST", self._home + path, body), sent=True))

    def _pages(self, path: str, key: str, query: Query, most: int) -> Iterator[Page]:
        # A search that ends at an instant is another one each time.
        keep, read = "created" not in query, 0
        for reply, more in self.client.pages(path, {**query, "per_page": PER_PAGE}, most, keep=keep):
            raw = _object(reply)
            rows = raw.get(key)
            if not isinstance(rows, list):
                raise unreadable(f"its answer has no list of {key}")
            read += len(rows)
            total = number(raw.get("total_count")) or 0
            if not rows and (more or read < (min(total, FILTERED_MOST) if query else total)):
                raise unreadable(f"a page of its list of {key} is empty, and it tells of more")
            yield Page(rows[:PER_PAGE], more)


def _object(reply: Reply, *, sent: bool = False) -> JsonObject:
    if not isinstance(reply.content, dict):
        raise unreadable("its answer is no object", sent=sent)
    return reply.content


def _inner(raw: JsonObject, key: str) -> JsonObject:
    found = raw.get(key)
    return found if isinstance(found, dict) else {}


def _sha(raw: JsonObject) -> str:
    found = text(raw.get("sha"))
    if found is None:
        raise unreadable("an object has no sha")
    return found
