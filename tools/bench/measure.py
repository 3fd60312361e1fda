"""Two whole processes in turn, and what they cost."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

from tabulate import tabulate

BIN = Path(sys.executable).parent
ZIONR = str(BIN / "zionr")
PASS = [str(BIN / "python"), "-c", "pass"]


class Cost(NamedTuple):
    """One finished process, in seconds."""

    cpu: float
    wall: float


class Row(NamedTuple):
    """One line of the table; seconds and their ratio. `goal` bounds the ratio, `limit_s` our own seconds, where set."""

    what: str
    measure: str
    ours: float
    peer: float
    ratio: float
    goal: float | None
    limit_s: float | None = None

    @property
    def met(self) -> bool:
        """Whether it is within its goals."""
        return (self.goal is None or self.ratio <= self.goal) and (self.limit_s is None or self.ours <= self.limit_s)

    @property
    def goals(self) -> str:
        """Its goals in words."""
        goals = [] if self.goal is None else [f"{self.goal:g}"]
        return " ".join(goals if self.limit_s is None else [*goals, f"{self.limit_s * 1000:g} ms"])


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
    goal: float | None,
    runs: int,
    environment: dict[str, str] | None = None,
    folder: str = ".",
    *,
    before: Callable[[], None] = lambda: None,
    limit_s: float | None = None,
) -> Row:
    """Both commands in turn, one run of each first that is not counted; the ratio is the median of the pairs.

    `before` is called, uncounted, before each run of ours.
    """
    environment = dict(os.environ) if environment is None else environment
    pick: Callable[[Cost], float] = (lambda cost: cost.cpu) if measure == "cpu" else (lambda cost: cost.wall)
    pairs = []
    for _ in range(1 + runs):
        before()
        pairs.append((pick(cost_of(ours, environment, folder)), pick(cost_of(peer, environment, folder))))
    del pairs[0]
    ratio = statistics.median(mine / theirs for mine, theirs in pairs)
    mine, theirs = (statistics.median(one) for one in zip(*pairs, strict=True))
    return Row(what, measure, mine, theirs, ratio, goal, limit_s)


def print_rows(rows: Sequence[Row]) -> None:
    """The table, medians in milliseconds."""
    cells = [
        [row.what, row.measure, f"{row.ours * 1000:.0f}", f"{row.peer * 1000:.0f}", f"{row.ratio:.2f}", row.goals,
         "met" if row.met else "MISSED"]
        for row in rows
    ]  # fmt: skip
    print(tabulate(cells, headers=["pair", "time", "ours ms", "peer ms", "ratio", "goal", ""], disable_numparse=True))
