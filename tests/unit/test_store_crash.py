"""A run may be killed between any two of its side effects, and at any moment at all."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from zionr.store.local import LocalStore

from .reports import START, report

POINTS = [
    *("make folder", "sync reports", "create", "write", "sync file", "rename", "sync folder", "written"),
    *("index", "indexed"),
]
AFTER_RENAME = POINTS[POINTS.index("sync folder") :]

CHILD = """
import os, signal, sys
from zionr.store.local import LocalStore
from tests.unit.reports import START, report

def die(name):
    print(name, flush=True)
    if name == sys.argv[2]:
        os.kill(os.getpid(), signal.SIGKILL)

with LocalStore(sys.argv[1], version="1", redact=lambda text: text, notes=[], trace=die) as store:
    store.prepare()
    store.entries(limit=1)
    store.write(report(9, at=START + float(sys.argv[3]), state="critical", notes=["x" * 50_000]))
"""
ENDLESS = """
import sys
from zionr.store.local import LocalStore
from tests.unit.reports import report
number = int(sys.argv[2])
while True:
    with LocalStore(sys.argv[1], version="1", redact=lambda text: text, notes=[]) as store:
        store.prepare()
        store.entries(limit=1)
        store.write(report(number, notes=["x" * 5_000]))
        print(report(number)["id"], flush=True)
        number += 1
"""


def _opened(state: Path) -> LocalStore:
    return LocalStore(str(state), version="1", redact=lambda text: text, notes=[], now=lambda: time.time() + 60)


def _start(script: str, *arguments: object) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", script, *map(str, arguments)],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": os.getcwd()},
    )


def _whole(state: Path) -> set[str]:
    """The ids of all report files, each of which must parse; the index must agree."""
    ids = {json.loads(path.read_text())["id"] for path in (state / "reports").glob("*/*.json")}
    with _opened(state) as store:
        assert {entry.id for entry in store.entries(limit=100_000)} == ids
        assert {past.id for past in store.history("pm2", "host:web-1", since=0)} == ids
    return ids


@pytest.fixture
def state(tmp_path: Path) -> Path:
    state = tmp_path / "state"
    with _opened(state) as store:
        store.prepare()
        store.write(report(1))
        store.entries(limit=1)
    return state


def test_these_are_all_the_points(state: Path) -> None:
    child = _start(CHILD, state, "none", 86_400)
    out, _ = child.communicate()
    assert out.split("\n")[:-1] == POINTS


@pytest.mark.parametrize("point", POINTS)
def test_killed_at_each_point_of_a_new_report(state: Path, point: str) -> None:
    child = _start(CHILD, state, point, 86_400)
    child.communicate()
    assert child.returncode == -signal.SIGKILL
    new = {report(9, at=START + 86_400)["id"]} if point in AFTER_RENAME else set()
    assert _whole(state) == {report(1)["id"], *new}
    _assert_works(state)


@pytest.mark.parametrize("point", POINTS[2:])
def test_killed_at_each_point_of_an_outcome(state: Path, point: str) -> None:
    """The outcome replaces the intent: one of the two is there, and the index knows which."""
    with _opened(state) as store:
        store.write(report(9, at=START, state="ok"))
    child = _start(CHILD, state, point, 0)
    child.communicate()
    assert child.returncode == -signal.SIGKILL
    assert len(_whole(state)) == 2
    expected = "critical" if point in AFTER_RENAME else "ok"
    with _opened(state) as store:
        assert store.read(report(9, at=START)["id"])["state"] == expected
        (entry,) = [entry for entry in store.entries(limit=9) if entry.started_at == START]
        assert entry.state is not None
        assert entry.state.word == expected
    _assert_works(state)


def _assert_works(state: Path) -> None:
    with _opened(state) as store:
        store.prepare()
        store.write(report(20))
        store.prune(0)
    assert report(20)["id"] in _whole(state)


def test_killed_at_any_moment_while_others_write(state: Path) -> None:
    chance = random.Random(20261124)
    told: set[str] = {report(1)["id"]}
    for turn in range(6):
        writers = [_start(ENDLESS, state, 10_000 * (2 * turn + number) + 10) for number in range(2)]
        for writer in writers:
            assert writer.stdout is not None
            told.update(writer.stdout.readline().strip() for _ in range(chance.randrange(1, 12)))
        for writer in writers:
            writer.send_signal(signal.SIGKILL)
            told.update(line.strip() for line in writer.communicate()[0].splitlines(keepends=True) if line[-1:] == "\n")
        assert told <= _whole(state)
    _assert_works(state)
