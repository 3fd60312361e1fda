"""Checks of a real PM2 of its own, beside PM2's own listing."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import tempfile
from pathlib import Path

from .measure import PASS, ZIONR, Row, pair


def rows(pm2: Path, runs: int) -> list[Row]:
    """Checks of a PM2 with so many processes, beside its own listing of them."""
    measured = []
    for count in (1, 50, 200, 500):
        scratch = tempfile.mkdtemp(prefix="zionr-bench-")
        environment = os.environ | {"PM2_HOME": f"{scratch}/pm2", "PM2_DISABLE_VERSION_CHECK": "1"}
        try:
            populate(scratch, pm2, count, environment)
            measured += measure(scratch, pm2, count, runs, environment)
        finally:
            end_daemon(scratch)
            shutil.rmtree(scratch, ignore_errors=True)
    return measured


def measure(scratch: str, pm2: Path, count: int, runs: int, environment: dict[str, str]) -> list[Row]:
    """One size: wall time beside `pm2 jlist`, and at 50 the processor time beside an empty Python."""
    check = [ZIONR, "check", "pm2"]
    jlist = [str(pm2), "jlist"]
    measured = [
        pair(f"check pm2, {count} processes / pm2 jlist", "wall", check, jlist, 0.5, runs, environment, scratch)
    ]
    if count == 50:
        as_json = [*check, "--format", "json"]
        what = "check pm2 --format json, 50 processes / python -c pass"
        measured.append(pair(what, "cpu", as_json, PASS, 7.0, runs, environment, scratch))
    return measured


def populate(scratch: str, pm2: Path, count: int, environment: dict[str, str]) -> None:
    """A PM2 of its own with `count` sleeping processes, and a policy that watches it."""
    os.makedirs(f"{scratch}/pm2")
    apps = [
        {"name": f"app-{number}", "script": "/bin/sleep", "args": "100000", "interpreter": "none"}
        for number in range(count)
    ]
    Path(f"{scratch}/ecosystem.json").write_text(json.dumps({"apps": apps}))
    Path(f"{scratch}/zionr.yaml").write_text("version: 1\nsubsystems:\n  pm2: {home: pm2}\n")
    subprocess.run(
        [pm2, "start", "ecosystem.json"], env=environment, cwd=scratch, capture_output=True, timeout=300, check=True
    )


def end_daemon(scratch: str) -> None:
    """By process id, daemon first: `pm2 kill` would take minutes for hundreds of processes."""
    pids = [Path(scratch, "pm2", "pm2.pid"), *Path(scratch, "pm2", "pids").glob("*.pid")]
    for file in pids:
        try:
            os.kill(int(file.read_text()), signal.SIGKILL)
        except (OSError, ValueError):
            continue
