"""Real git repositories with workflows in them, as the real judge of workflows sees them."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping
from pathlib import Path

from tests.support import NOW
from zionr.model import JsonObject
from zionr.subsystems.actions.checkout.observe import inspect_content as inspect
from zionr.subsystems.actions.files.blob import blob_id
from zionr.subsystems.actions.judging.soundness import refusing

FOLDER = ".github/workflows"
_QUIET = {
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_SYSTEM": os.devnull,
    **dict.fromkeys(("GIT_AUTHOR_NAME", "GIT_COMMITTER_NAME"), "A Person"),
    **dict.fromkeys(("GIT_AUTHOR_EMAIL", "GIT_COMMITTER_EMAIL"), "person@example.com"),
}


def git(top: Path, *arguments: str, check: bool = True, at: float = NOW, given: str | None = None) -> str:
    """Run git as a person would, with a clock of one's own."""
    dates = dict.fromkeys(("GIT_AUTHOR_DATE", "GIT_COMMITTER_DATE"), f"{at:.0f} +0000")
    done = subprocess.run(
        ["git", "-C", str(top), *arguments],
        env={"PATH": os.environ["PATH"], "HOME": str(top), **_QUIET, **dates},
        input=given,
        capture_output=True,
        text=True,
        check=False,
    )
    assert not check or done.returncode == 0, done.stderr
    return done.stdout


class Project:
    """A repository whose clock ticks a minute for each commit."""

    def __init__(self, top: Path) -> None:
        self.top = top
        self.now = NOW - 86_400.0
        top.mkdir()
        git(top, "init", "-q", "-b", "main")

    def commit(self, message: str, files: Mapping[str, str | bytes | None]) -> str:
        """Write, delete (None) and commit; the commit's id."""
        self.now += 60.0
        for name, content in files.items():
            self.write(name, content)
        git(self.top, "add", "-A")
        git(self.top, "commit", "-q", "--allow-empty", "-m", message, at=self.now)
        return git(self.top, "rev-parse", "HEAD").strip()

    def write(self, name: str, content: str | bytes | None) -> None:
        """Put a file into the work tree, or take it away."""
        path = self.top / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if content is None:
            path.unlink()
        else:
            path.write_bytes(content.encode() if isinstance(content, str) else content)

    def workflows(self, message: str, files: Mapping[str, str | bytes | None]) -> str:
        """Commit workflows, by their names."""
        return self.commit(message, {f"{FOLDER}/{name}": content for name, content in files.items()})

    def files(self) -> JsonObject:
        """FILES of the work tree, as far as history asks for it."""
        folder = self.top / FOLDER
        paths = sorted(folder.iterdir()) if folder.is_dir() else []
        found = {path.name: seen_file(f"{FOLDER}/{path.name}", path.read_bytes()) for path in paths}
        workflows = {name: file for name, file in found.items() if name.endswith((".yml", ".yaml"))}
        top = self.top / "action.yml"
        actions = {top.name: seen_file(top.name, top.read_bytes(), "action")} if top.exists() else {}
        return {"folder": FOLDER, "workflows": workflows, "actions": actions, "history": {"reach": "none", "of": {}}}


def seen_file(path: str, content: bytes, kind: str = "workflow") -> JsonObject:
    """FILE of a workflow or action."""
    return {**inspect(content, kind), "path": path, "digest": blob_id(content), "size": len(content)}


def workflow(name: str = "Tests", *steps: str, on: str = "push", head: str = "") -> str:
    """A workflow whose steps are the lines given, else a real-looking one."""
    steps = steps or ("uses: actions/checkout@v4", "run: npm ci", "run: npm test", "run: npm run deploy")
    lines = "\n".join(f"      - {step}" for step in steps)
    return f"name: {name}\non: {on}\n{head}jobs:\n  test:\n    runs-on: ubuntu-latest\n    steps:\n{lines}\n"


def refused(content: bytes) -> list[JsonObject]:
    """What GitHub would refuse in a workflow."""
    return refusing(inspect(content, "workflow"))


GUTTED = ("uses: actions/checkout@v4", "run: npm ci", "run: echo Workflow completed successfully")


class Remembering:
    """A cache as `inspection_cache.Inspections` is, that counts."""

    def __init__(self) -> None:
        self.kept: dict[tuple[str, str], JsonObject] = {}
        self.hits = 0

    def get(self, kind: str, digest: str) -> JsonObject | None:
        found = self.kept.get((kind, digest))
        self.hits += found is not None
        return found

    def put(self, kind: str, digest: str, result: JsonObject) -> None:
        assert (kind, digest) not in self.kept, "judged twice"
        self.kept[kind, digest] = result


__all__ = ["FOLDER", "GUTTED", "Project", "Remembering", "git", "inspect", "refused", "seen_file", "workflow"]
