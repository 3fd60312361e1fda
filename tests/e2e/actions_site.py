"""A repository with workflows in a scratch folder, a policy that watches them, and what they look like when broken."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tests.unit.actions.repositories import FOLDER, git

from .project import Project, Run

HOUR, DAY = 3600.0, 86_400.0
CLOSED = "http://127.0.0.1:9"
"""Where nobody listens: a request there would fail, and be told."""


def workflow(name: str = "CI", on: str = "push", head: str = "permissions: {contents: read}", run: str = "make") -> str:
    """A workflow that nobody has anything to say of."""
    return (
        f"name: {name}\non: {on}\n{head}\njobs:\n  test:\n    runs-on: ubuntu-latest\n    timeout-minutes: 10\n"
        f"    steps:\n      - run: {run}\n"
    )


DAILY = "{schedule: [{cron: '17 4 * * *'}], workflow_dispatch: }"
UNREADABLE = "name: Agent: sync\non: push\n"
LOST_PERMISSIONS = workflow(head="concurrency:\n  group: one\n  contents: write")


class Site(Project):
    """A git repository whose workflows are watched. Its commits are made with the time of `commit(ago=…)`."""

    def begin(self) -> None:
        """Make it a repository."""
        git(self.top, "init", "-q", "-b", "main")
        self.write(".git/info/exclude", "home/\n.zionr/\n")

    def watch(self, actions: Mapping[str, Any] | None = None, **more: Any) -> None:
        """Write a policy with this `subsystems.actions`, and these other parts."""
        whole = {"version": 1, "project": "test", "subsystems": {"actions": dict(actions or {})}} | more
        self.write("policies/zionr.yaml", json.dumps(whole, indent=2))

    def workflows(self, **files: str | bytes) -> None:
        """Write workflows, by their names without the suffix."""
        for name, content in files.items():
            self.write(f"{FOLDER}/{name}.yml", content)

    def commit(self, subject: str = "a commit", ago: float = DAY) -> str:
        """Commit all that is there; the commit's id."""
        git(self.top, "add", "-A")
        git(self.top, "commit", "-q", "--allow-empty", "-m", subject, at=time.time() - ago)
        return git(self.top, "rev-parse", "HEAD").strip()

    def look(self, *words: str, env: Mapping[str, str] | None = None) -> Run:
        """`zionr check actions --format json`."""
        return self.zionr("check", "actions", "--format", "json", *words, env=env)

    def mend(self, *words: str, env: Mapping[str, str] | None = None) -> Run:
        """`zionr recover actions --format json`."""
        return self.zionr("recover", "actions", "--format", "json", *words, env=env)

    def written(self) -> dict[str, bytes]:
        """Every file below the folder, git's own too, with its content."""
        return {str(path.relative_to(self.top)): path.read_bytes() for path in self._files(self.top)}

    @staticmethod
    def _files(top: Path) -> list[Path]:
        return sorted(path for path in top.rglob("*") if path.is_file() and not path.is_symlink())


NORMALIZED = "fix: normalize all workflows"
"""The subject of the commit that breaks workflows in `damage`."""


def damage(site: Site, whole: int, broken: int) -> str:
    """A repository of so many workflows, of which one later commit breaks some, in three ways; that commit's id."""
    names = [f"w{number:02}" for number in range(whole)]
    site.workflows(**{name: workflow(f"Agent {name}", on=ON) for name in names})
    site.commit("add workflows", ago=5 * DAY)
    for number, name in enumerate(names[:broken]):
        site.workflows(**{name: BREAKS[number % len(BREAKS)](name)})
    return site.commit(NORMALIZED, ago=DAY / 2)


ON = "\n  push:"
BREAKS = (
    lambda name: workflow(f"Agent {name}", on=ON, head="concurrency:\n  group: one\n  contents: write"),
    lambda name: workflow(f"Agent: {name}", on=ON),
    lambda name: workflow(f"Agent {name}", on="\n  contents: read\n  push:"),
)
