"""A project in a scratch folder, and the installed console script run in it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

BIN = Path(sys.executable).parent
ZIONR = BIN / "zionr"
HOST = os.uname().nodename


class Run(NamedTuple):
    """One finished command."""

    code: int
    out: str
    err: str

    @property
    def document(self) -> Any:
        """Standard output as the JSON document that it must be."""
        return json.loads(self.out)

    def findings(self) -> dict[str, Any]:
        """The findings of the report on standard output, by id."""
        return {finding["id"]: finding for finding in self.document["findings"]}

    def steps(self) -> dict[str, Any]:
        """The steps of the report on standard output, by the finding that each is about."""
        return {finding: step for step in self.document["steps"] for finding in step["findings"]}

    def targets(self) -> dict[str, Any]:
        """The targets of the report on standard output, by name."""
        return {target["name"]: target for target in self.document["targets"]}

    @property
    def told(self) -> str:
        """Everything the command said, for a failing test to show."""
        return f"exit {self.code}\n--- out\n{self.out}\n--- err\n{self.err}"


class Project:
    """A folder with a policy. Its commands see a small environment, nothing of the test's own."""

    def __init__(self, top: Path, **environ: str) -> None:
        self.top = top
        self.state = top / ".zionr"
        self.home = top / "home"
        self.home.mkdir(parents=True, exist_ok=True)
        self.environ = {
            "PATH": "/usr/bin:/bin",
            "HOME": str(self.home),
            "LANG": "C.UTF-8",
            "TMPDIR": str(self.home),
        } | environ

    def write(self, name: str, content: str | bytes) -> Path:
        """Write a file of the project."""
        path = self.top / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    def policy(self, pm2: Mapping[str, Any], **more: Any) -> None:
        """Write `policies/zionr.yaml` (JSON is YAML) with this `subsystems.pm2` and these other parts."""
        whole = {"version": 1, "project": "test", "subsystems": {"pm2": dict(pm2)}} | more
        self.write("policies/zionr.yaml", json.dumps(whole, indent=2))

    def command(self, *arguments: str) -> list[str]:
        """The words that run zionr."""
        return [str(ZIONR), *arguments]

    def zionr(self, *arguments: str, cwd: Path | None = None, env: Mapping[str, str] | None = None) -> Run:
        """Run zionr to its end."""
        return self.run(self.command(*arguments), cwd=cwd, env=env)

    def run(self, words: Sequence[str], cwd: Path | None = None, env: Mapping[str, str] | None = None) -> Run:
        """Run any command in this project's surroundings."""
        done = subprocess.run(
            words,
            env=self.environ | dict(env or {}),
            cwd=cwd or self.top,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=90,
            check=False,
        )
        return Run(done.returncode, done.stdout.decode(), done.stderr.decode())

    def check(self, *arguments: str, env: Mapping[str, str] | None = None) -> Run:
        """`zionr check pm2 --format json`."""
        return self.zionr("check", "pm2", "--format", "json", *arguments, env=env)

    def recover(self, *arguments: str, env: Mapping[str, str] | None = None) -> Run:
        """`zionr recover pm2 --format json`."""
        return self.zionr("recover", "pm2", "--format", "json", *arguments, env=env)

    def report_files(self) -> list[Path]:
        """All files in STATE/reports, by name."""
        return sorted((self.state / "reports").glob("*/*"))

    def reports(self) -> list[Any]:
        """Every report on file, oldest first; each must be whole."""
        return [json.loads(path.read_bytes()) for path in self.report_files() if path.suffix == ".json"]
