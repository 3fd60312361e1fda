"""GitHub's own parser as a process that is asked again and again: one line in, one line out."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from types import TracebackType

BUNDLE = Path(__file__).parents[3] / ".cache" / "github" / "oracle.cjs"
MAKE = "make .cache/github/oracle.cjs"


class Oracle:
    """A running parser, as a context manager. `ask` gives its errors about one file: none means that it accepts it."""

    def __init__(self) -> None:
        assert BUNDLE.exists(), f"GitHub's parser is not bundled: run `{MAKE}`"
        command = ["node", str(BUNDLE)]
        self._child = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, encoding="utf-8")

    def __enter__(self) -> Oracle:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._child.stdin is not None
        self._child.stdin.close()
        try:
            self._child.wait(timeout=10)
        except subprocess.TimeoutExpired:
            self._child.kill()
            self._child.wait()
        assert self._child.stdout is not None
        self._child.stdout.close()

    def ask(self, content: str, kind: str = "workflow") -> list[str]:
        """What the parser says against this file. A parser that is gone fails the test."""
        assert self._child.stdin is not None
        assert self._child.stdout is not None
        self._child.stdin.write(json.dumps({"kind": kind, "name": "it.yml", "content": content}) + "\n")
        self._child.stdin.flush()
        line = self._child.stdout.readline()
        assert line, "GitHub's parser ended"
        errors: list[str] = json.loads(line)["errors"]
        return errors
