"""Real git repositories with workflows in them, and a small judge of workflows that stands in for the real one."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Mapping
from pathlib import Path

import yaml

from tests.support import NOW
from zionr.model import JsonObject
from zionr.subsystems.actions.diffs import blob_id

FOLDER = ".github/workflows"
_KEYS = {"name", "on", "permissions", "concurrency", "env", "defaults", "jobs"}
_SETTING_UP = re.compile(r"uses: actions/(checkout|setup-node)|run: (npm ci|echo )")
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
        return {"folder": FOLDER, "workflows": workflows, "actions": {}, "history": {"reach": "none", "of": {}}}


def seen_file(path: str, content: bytes) -> JsonObject:
    """FILE of a workflow."""
    return {**inspect(content, "workflow"), "path": path, "digest": blob_id(content), "size": len(content)}


def inspect(content: bytes, kind: str) -> JsonObject:
    """The few faults that these tests make, and a count of steps: what `files.inspect` says, in its shape."""
    assert kind in ("workflow", "action")
    text = content.decode("utf-8", "replace")
    faults = [_fault("markers", at) for at, line in enumerate(text.split("\n"), 1) if line.startswith("<<<<<<<")]
    try:
        document = yaml.load(text, yaml.BaseLoader)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        return _seen([*faults, _fault("unreadable", line)], {}, 0, 0)
    if not isinstance(document, dict):
        return _seen([*faults, _fault("unreadable", 1)], {}, 0, 0)
    faults += [_fault("unknown-key", 1) for key in document if key not in _KEYS]
    faults += [_fault("on-missing", 1)] if "on" not in document else []
    concurrency = document.get("concurrency")
    if isinstance(concurrency, dict) and concurrency.keys() - {"group", "cancel-in-progress"}:
        faults.append(_fault("unknown-key", 1))
    faults += [_fault("placeholder", 1)] if "PLACEHOLDER" in text else []
    steps = [step for step in re.findall(r"^      - (.*)$", text, re.M) if step]
    return _seen(faults, document, len(steps), sum(not _SETTING_UP.match(step) for step in steps))


def _fault(rule: str, line: int) -> JsonObject:
    return {"rule": rule, "line": line, "column": 1, "message": rule, "anchor": None, "hint": None, "like": rule}


def _seen(faults: list[JsonObject], document: JsonObject, steps: int, real_steps: int) -> JsonObject:
    on = document.get("on")
    schedule = on.get("schedule", []) if isinstance(on, dict) else []
    crons = [{"cron": one["cron"], "timezone": one.get("timezone")} for one in schedule]
    return {
        "faults": faults,
        "readable": bool(document),
        "crons": crons,
        "steps": steps,
        "real_steps": real_steps,
        "blocks": [{"text": "x"}],
    }


def workflow(name: str = "Tests", *steps: str, on: str = "push", head: str = "") -> str:
    """A workflow whose steps are the lines given, else a real-looking one."""
    steps = steps or ("uses: actions/checkout@v4", "run: npm ci", "run: npm test", "run: npm run deploy")
    lines = "\n".join(f"      - {step}" for step in steps)
    return f"name: {name}\non: {on}\n{head}jobs:\n  test:\n    runs-on: ubuntu-latest\n    steps:\n{lines}\n"


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
