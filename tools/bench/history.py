"""The history with many reports on file, beside a command that does nothing."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import tempfile
import time
from pathlib import Path

from .measure import BIN, ZIONR, Row, pair

REPORTS = 10_000
BUDGET_QUERY = """
import sys, time
from zionr.redaction import Redactor
from zionr.store.local import LocalStore
store = LocalStore(sys.argv[1], version=sys.argv[2], redact=Redactor(), notes=[])
found = store.history("pm2", "host:bench", since=time.time() - 3600)
assert len(found) > 10, len(found)
"""


def rows(runs: int) -> list[Row]:
    """The history with 10,000 reports on file, beside a command that does nothing."""
    scratch = tempfile.mkdtemp(prefix="zionr-bench-")
    try:
        state = f"{scratch}/.zionr"
        Path(f"{scratch}/zionr.yaml").write_text("version: 1\nsubsystems:\n  pm2: {home: pm2}\n")
        write_reports(state)
        version = subprocess.run([ZIONR, "--version"], capture_output=True, text=True, check=True).stdout.split()[-1]
        nothing = [ZIONR, "--version"]
        listing = [ZIONR, "report", "list"]
        budget = [str(BIN / "python"), "-c", BUDGET_QUERY, state, version]
        return [
            pair("report list, 10,000 reports / zionr --version", "cpu", listing, nothing, 5.0, runs, None, scratch),
            pair("budget query, 10,000 reports / zionr --version", "cpu", budget, nothing, 5.0, runs, None, scratch),
        ]
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def write_reports(state: str) -> None:
    """Reports of a check every four minutes back from now, each with 20 targets, put on file as zionr lays them."""
    now = time.time()
    targets = [
        {"name": f"app-{n}", "kind": "process", "state": "ok", "score": 100, "weight": 1, "required": True,
         "metrics": {"memory_bytes": 50 << 20, "restarts_by_id": {str(n): 3}}}
        for n in range(20)
    ]  # fmt: skip
    for number in range(REPORTS):
        at = now - number * 240
        stamp = time.strftime("%Y-%m-%dT%H:%M:%S.000Z", time.gmtime(at))
        report = {
            "schema_version": 1, "id": time.strftime("%Y%m%dT%H%M%S000-", time.gmtime(at)) + f"{number:06x}",
            "project": None, "kind": "check", "subsystem": "pm2", "scope": "host:bench",
            "runner": {"id": "bench", "kind": "cron", "host": "bench", "url": None, "via": None, "version": "0"},
            "policy": {"path": "zionr.yaml", "digest": "sha256:0", "environment": None},
            "started_at": stamp, "finished_at": stamp, "duration_s": 0.1, "state": "ok",
            "health": {"score": 100.0, "coverage": 1.0, "warning": 80, "critical": 50},
            "targets": targets, "findings": [], "steps": [], "lease": None, "api": None, "notes": [],
        }  # fmt: skip
        folder = f"{state}/reports/{stamp[:10]}"
        os.makedirs(folder, mode=0o700, exist_ok=True)
        Path(folder, f"{report['id']}.json").write_text(json.dumps(report, sort_keys=True))
