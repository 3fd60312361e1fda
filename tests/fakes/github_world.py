"""What the fake GitHub holds: repositories, workflows, runs, and git's objects under their true names."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.support import NOW

Json = dict[str, Any]
Step = tuple[str, str | None]
"""One state of a run: its status, and its conclusion where it is completed."""


def stamp(seconds: float) -> str:
    """An instant as GitHub writes it."""
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(seconds))


@dataclass
class Workflow:
    """`state` as GitHub names it; `triggers` decide whether it can be dispatched."""

    id: int
    name: str
    state: str
    triggers: tuple[str, ...]
    created_at: float
    updated_at: float
    title: str
    folder: str = ".github/workflows"
    dispatched: tuple[Step, ...] = (("queued", None), ("in_progress", None), ("completed", "success"))
    inputs: tuple[str, ...] = ()

    @property
    def path(self) -> str:
        """Its file."""
        return f"{self.folder}/{self.name}"


@dataclass
class Run:
    """A run that goes one of its `next` steps on with each time that it is looked at by itself."""

    id: int
    workflow: Workflow
    number: int
    event: str
    status: str
    conclusion: str | None
    created_at: float
    started_at: float
    updated_at: float
    branch: str
    sha: str
    attempt: int = 1
    jobs: int = 1
    jobs_began: dict[int, tuple[str, float]] = field(default_factory=dict)
    title: str | None = None
    fork: bool = False
    next: list[Step] = field(default_factory=list)
    reruns: tuple[Step, ...] = (("queued", None), ("in_progress", None), ("completed", "success"))
    ignores_cancel: bool = False
    cancel_status: int = 202
    force_status: int = 202
    rerun_refusal: tuple[int, str] | None = None

    def then(self, *steps: Step) -> Run:
        """What it will be at the next looks."""
        self.next += steps
        return self

    def go_on(self, now: float) -> None:
        """One look later."""
        if self.next:
            self.status, self.conclusion = self.next.pop(0)
            self.updated_at = now


class Repository:
    """One repository. `files` are the texts at its first commit; `add_…` fill it."""

    def __init__(self, name: str, now: float, *, branch: str, private: bool, files: Mapping[str, str]) -> None:
        self.name = name
        self.now = now
        self.default_branch = branch
        self.private = private
        self.workflows: list[Workflow] = []
        self.runs: list[Run] = []
        self.pulls: list[Json] = []
        self.objects: dict[str, Json] = {}
        self.trees: dict[str, dict[str, tuple[str, str]]] = {}
        first = self.put_commit("first", self.put_files(files), [])
        self.refs = {f"heads/{branch}": first}

    @property
    def head(self) -> str:
        """The commit of the default branch."""
        return self.refs[f"heads/{self.default_branch}"]

    def add_workflow(self, name: str, state: str = "active", **changes: Any) -> Workflow:
        """A workflow a month old, with all triggers, under the title of its file's name."""
        old = self.now - 30 * 86_400
        made = Workflow(
            len(self.workflows) + 7000, name, state, ("push", "workflow_dispatch"), old, old, name.partition(".")[0]
        )
        for key, value in changes.items():
            _known(made, key)
            setattr(made, key, value)
        self.workflows.append(made)
        return made

    def add_run(self, workflow: str | Workflow, conclusion: str | None = "success", **changes: Any) -> Run:
        """A run on the default branch; `ago` seconds old. Without a conclusion it is queued."""
        found = self.find_workflow(workflow) if isinstance(workflow, str) else workflow
        created = self.now - changes.pop("ago", 60.0)
        status = "queued" if conclusion is None else "completed"
        number = len(self.runs) + 1
        made = Run(
            number + 900_000,
            found,
            number,
            "push",
            status,
            conclusion,
            created,
            created,
            created + (0 if conclusion is None else 30),
            self.default_branch,
            self.head,
        )
        for key, value in changes.items():
            _known(made, key)
            setattr(made, key, value)
        self.runs.append(made)
        return made

    def find_workflow(self, name: str) -> Workflow:
        """By file name or id; KeyError where there is none."""
        for workflow in self.workflows:
            if name in (workflow.name, str(workflow.id)):
                return workflow
        raise KeyError(name)

    def find_run(self, identity: int) -> Run:
        """By id; KeyError where there is none."""
        for run in self.runs:
            if run.id == identity:
                return run
        raise KeyError(identity)

    def newest_first(self) -> list[Run]:
        """As GitHub lists them."""
        return sorted(self.runs, key=lambda run: (run.created_at, run.id), reverse=True)

    def put_blob(self, content: bytes) -> str:
        """Its id, the one that git gives it."""
        sha = _digest("blob", content)
        self.objects[sha] = {"type": "blob", "content": content}
        return sha

    def put_files(self, files: Mapping[str, str]) -> str:
        """The tree that holds these texts."""
        return self.put_tree({path: ("100644", self.put_blob(text.encode())) for path, text in files.items()})

    def put_tree(self, flat: dict[str, tuple[str, str]]) -> str:
        """The tree of these files {path: (mode, blob)}, and every folder in it."""
        here: dict[str, tuple[str, str]] = {}
        folders: dict[str, dict[str, tuple[str, str]]] = {}
        for path, entry in flat.items():
            top, slash, rest = path.partition("/")
            if slash:
                folders.setdefault(top, {})[rest] = entry
            else:
                here[path] = entry
        here |= {name: ("40000", self.put_tree(inside)) for name, inside in folders.items()}
        in_order = sorted(here, key=lambda name: name + "/" if name in folders else name)
        sha = _digest("tree", b"".join(b"%s %s\0%s" % _packed(name, here[name]) for name in in_order))
        self.trees[sha] = dict(flat)
        return sha

    def put_commit(self, message: str, tree: str, parents: list[str], author: str = "A <a@example.com>") -> str:
        """A commit, at the present time of the fake."""
        when = f"{author} {int(self.now)} +0000"
        lines = [f"tree {tree}", *(f"parent {one}" for one in parents), f"author {when}", f"committer {when}"]
        sha = _digest("commit", "\n".join([*lines, "", message]).encode())
        self.objects[sha] = {"type": "commit", "tree": tree, "parents": parents, "message": message}
        return sha

    def files_at(self, ref: str) -> dict[str, str]:
        """The texts at a ref (`heads/main`)."""
        flat = self.trees[self.objects[self.refs[ref]]["tree"]]
        return {path: self.objects[blob]["content"].decode() for path, (_, blob) in flat.items()}


def _known(made: object, key: str) -> None:
    if not hasattr(made, key):
        raise AttributeError(f"{type(made).__name__} has no {key}")


def _digest(kind: str, content: bytes) -> str:
    return hashlib.sha1(b"%s %d\0%s" % (kind.encode(), len(content), content)).hexdigest()


def _packed(name: str, entry: tuple[str, str]) -> tuple[bytes, bytes, bytes]:
    return entry[0].encode(), name.encode(), bytes.fromhex(entry[1])


def workflow_json(repository: Repository, workflow: Workflow) -> Json:
    """As GitHub's API shows it."""
    return {
        "id": workflow.id,
        "node_id": f"W_{workflow.id}",
        "name": workflow.title,
        "path": workflow.path,
        "state": workflow.state,
        "created_at": stamp(workflow.created_at),
        "updated_at": stamp(workflow.updated_at),
        "url": f"https://api.example/repos/{repository.name}/actions/workflows/{workflow.id}",
        "html_url": f"https://git.example/{repository.name}/blob/main/{workflow.path}",
        "badge_url": f"https://git.example/{repository.name}/workflows/{workflow.id}/badge.svg",
    }


def run_json(repository: Repository, run: Run) -> Json:
    """As GitHub's API shows it, less what nobody reads."""
    home = {"id": 1, "full_name": repository.name}
    return {
        "id": run.id,
        "node_id": f"R_{run.id}",
        "name": run.title if run.title is not None else run.workflow.title,
        "display_title": "a commit",
        "head_branch": run.branch,
        "head_sha": run.sha,
        "path": run.workflow.path,
        "run_number": run.number,
        "run_attempt": run.attempt,
        "event": run.event,
        "status": run.status,
        "conclusion": run.conclusion,
        "workflow_id": run.workflow.id,
        "created_at": stamp(run.created_at),
        "run_started_at": stamp(run.started_at),
        "updated_at": stamp(run.updated_at),
        "url": f"https://api.example/repos/{repository.name}/actions/runs/{run.id}",
        "html_url": f"https://git.example/{repository.name}/actions/runs/{run.id}",
        "pull_requests": [],
        "repository": home,
        "head_repository": {"id": 2, "full_name": "fork/site"} if run.fork else home,
    }


def job_json(run: Run, place: int) -> Json:
    """One of its jobs: each began when the attempt did, or as `jobs_began` says, {place: (status, instant)}."""
    status, began = run.jobs_began.get(place, (run.status, run.started_at))
    return {"id": run.id * 10 + place, "status": status, "conclusion": None, "started_at": stamp(began), "steps": []}


def canonical(content: Any) -> bytes:
    """JSON as the fake sends it."""
    return json.dumps(content, sort_keys=True).encode()


__all__ = ["NOW", "Json", "Repository", "Run", "Step", "Workflow", "canonical", "run_json", "stamp", "workflow_json"]
