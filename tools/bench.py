"""`make bench`: what zionr costs, each figure beside its peer in the same run, as medians and ratios.

Whole processes are measured: processor time as the system accounts it for the finished child, wall time from start to
end. The two commands of a pair run in turn, so that a machine that slows down slows both. A table goes to standard
output, the same as JSON to `bench.json`. The limits are goals: nothing fails here, the ratio is what is reported.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

from tabulate import tabulate

BIN = Path(sys.executable).parent
ZIONR = str(BIN / "zionr")
PASS = [str(BIN / "python"), "-c", "pass"]
REPORTS = 10_000
BUDGET_QUERY = """
import sys, time
from zionr.redaction import Redactor
from zionr.store.local import LocalStore
store = LocalStore(sys.argv[1], version=sys.argv[2], redact=Redactor(), notes=[])
found = store.history("pm2", "host:bench", since=time.time() - 3600)
assert len(found) > 10, len(found)
"""


class Cost(NamedTuple):
    """One finished process, in seconds."""

    cpu: float
    wall: float


class Row(NamedTuple):
    """One line of the table; seconds, their ratio, and the goal for the ratio."""

    what: str
    measure: str
    ours: float
    peer: float
    ratio: float
    goal: float

    @property
    def met(self) -> bool:
        """Whether the ratio is within its goal."""
        return self.ratio <= self.goal


def main() -> int:
    """Measure everything and print it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pm2", required=True, type=Path, help="the pm2 program to compare with")
    parser.add_argument("--runs", type=int, default=15, help="pairs for each figure")
    arguments = parser.parse_args()
    rows = [start_up(arguments.runs), *on_pm2(arguments.pm2.absolute(), arguments.runs), *history(arguments.runs)]
    print_rows(rows)
    Path("bench.json").write_text(json.dumps([row._asdict() | {"met": row.met} for row in rows], indent=2) + "\n")
    return 0


def cost_of(command: Sequence[str], environment: dict[str, str], folder: str) -> Cost:
    """Run one command to its end, its output thrown away."""
    started = time.perf_counter()
    child = subprocess.Popen(
        command,
        env=environment,
        cwd=folder,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    _, _, usage = os.wait4(child.pid, 0)
    child.returncode = 0
    return Cost(usage.ru_utime + usage.ru_stime, time.perf_counter() - started)


def pair(
    what: str,
    measure: str,
    ours: Sequence[str],
    peer: Sequence[str],
    goal: float,
    runs: int,
    environment: dict[str, str] | None = None,
    folder: str = ".",
) -> Row:
    """Both commands in turn, one run of each first that is not counted; the ratio is the median of the pairs."""
    environment = dict(os.environ) if environment is None else environment
    pick: Callable[[Cost], float] = (lambda cost: cost.cpu) if measure == "cpu" else (lambda cost: cost.wall)
    cost_of(ours, environment, folder)
    cost_of(peer, environment, folder)
    pairs = [(pick(cost_of(ours, environment, folder)), pick(cost_of(peer, environment, folder))) for _ in range(runs)]
    ratio = statistics.median(mine / theirs for mine, theirs in pairs)
    mine, theirs = (statistics.median(one) for one in zip(*pairs, strict=True))
    return Row(what, measure, mine, theirs, ratio, goal)


def start_up(runs: int) -> Row:
    """What every command pays before it does anything."""
    return pair("zionr --version / python -c pass", "cpu", [ZIONR, "--version"], PASS, 4.5, runs)


def on_pm2(pm2: Path, runs: int) -> list[Row]:
    """Checks of a real PM2 with so many processes, beside its own listing of them."""
    rows = []
    for count in (1, 50, 200, 500):
        scratch = tempfile.mkdtemp(prefix="zionr-bench-")
        environment = os.environ | {"PM2_HOME": f"{scratch}/pm2", "PM2_DISABLE_VERSION_CHECK": "1"}
        try:
            populate(scratch, pm2, count, environment)
            rows += measure_pm2(scratch, pm2, count, runs, environment)
        finally:
            end_daemon(scratch)
            shutil.rmtree(scratch, ignore_errors=True)
    return rows


def measure_pm2(scratch: str, pm2: Path, count: int, runs: int, environment: dict[str, str]) -> list[Row]:
    """One size: wall time beside `pm2 jlist`, and at 50 the processor time beside an empty Python."""
    check = [ZIONR, "check", "pm2"]
    jlist = [str(pm2), "jlist"]
    rows = [pair(f"check pm2, {count} processes / pm2 jlist", "wall", check, jlist, 0.5, runs, environment, scratch)]
    if count == 50:
        as_json = [*check, "--format", "json"]
        what = "check pm2 --format json, 50 processes / python -c pass"
        rows.append(pair(what, "cpu", as_json, PASS, 7.0, runs, environment, scratch))
    return rows


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


def history(runs: int) -> list[Row]:
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


def print_rows(rows: Sequence[Row]) -> None:
    """The table, medians in milliseconds."""
    cells = [
        [row.what, row.measure, f"{row.ours * 1000:.0f}", f"{row.peer * 1000:.0f}", f"{row.ratio:.2f}", f"{row.goal:g}",
         "met" if row.met else "MISSED"]
        for row in rows
    ]  # fmt: skip
    print(tabulate(cells, headers=["pair", "time", "ours ms", "peer ms", "ratio", "goal", ""], disable_numparse=True))


if __name__ == "__main__":
    sys.exit(main())
