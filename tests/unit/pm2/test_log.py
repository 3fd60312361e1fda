from __future__ import annotations

import os
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zionr.subsystems.pm2.log import End, read_ends

RECORDED = os.path.join(os.path.dirname(__file__), "recorded", "pm2-7.0.4.log")
STAMP = "2026-11-24T02:43:00: PM2 log: "
AT = time.mktime(time.strptime("2026-11-24T02:43:00", "%Y-%m-%dT%H:%M:%S"))
START = "App [api:0] starting in -fork mode-"
STOP = "Stopping app:api id:0"
BY_ITSELF = "App [api:0] exited with code [0] via signal [SIGINT]"
KILLED = "App [api:0] exited with code [0] via signal [SIGKILL]"
FAILED = "App [api:0] exited with code [3] via signal [SIGINT]"
DAEMON = "--- New PM2 Daemon started ----------------------------------------------------"


def _end(*lines: str, name: str = "api") -> End:
    return read_ends("".join(f"{STAMP}{line}\n" for line in lines), {0: name})[0]


def test_the_log_of_a_recorded_daemon() -> None:
    with open(RECORDED, encoding="utf-8") as file:
        ends = read_ends(file.read(), {1: "worker", 2: "crasher", 3: "web", 4: "nightly"})
    assert (ends[1].reaches, ends[1].stopping, ends[1].signal) == (True, False, "SIGKILL")
    assert (ends[2].code, ends[2].signal) == (1, None)
    assert ends[3].stopping
    assert (ends[4].code, ends[4].signal, ends[4].stopping) == (0, None, False)


@pytest.mark.parametrize(
    ("lines", "end"),
    [
        ((), End()),
        ((START,), End(reaches=True)),
        ((START, KILLED), End(True, False, 0, "SIGKILL", AT)),
        ((START, FAILED), End(True, False, 3, None, AT)),
        ((START, STOP, BY_ITSELF), End(True, True, 0, None, AT)),
        ((START, STOP, BY_ITSELF, START, KILLED), End(True, False, 0, "SIGKILL", AT)),
        ((KILLED,), End(False, False, 0, "SIGKILL", AT)),
        ((START, KILLED, DAEMON), End()),
        ((DAEMON, START, KILLED), End(True, False, 0, "SIGKILL", AT)),
        ((START, "App [api:0] exited with code [-] via signal []"), End(True, False, None, None, AT)),
        ((START, "App [api:1] exited with code [1] via signal [SIGKILL]"), End(reaches=True)),
    ],
)
def test_how_the_last_life_ended(lines: tuple[str, ...], end: End) -> None:
    assert _end(*lines) == end


def test_an_id_that_another_process_bore_before() -> None:
    assert _end(START, KILLED, name="other") == End()


@pytest.mark.parametrize("name", ["a b", "a:7] starting in [b", "x id:5", "a.*(", "ünïcode"])
def test_odd_names(name: str) -> None:
    lines = (f"App [{name}:0] starting in -fork mode-", f"Stopping app:{name} id:0")
    assert _end(*lines, name=name).stopping


def test_a_line_without_a_readable_time() -> None:
    text = f"{START}\n9999-99-99T99:99:99: {KILLED}\n"
    assert read_ends(text, {0: "api"})[0] == End(True, False, 0, "SIGKILL", None)


def test_figures_of_absurd_length() -> None:
    assert read_ends(f"App [api:{'9' * 5000}] starting in -fork", {0: "api"}) == {0: End()}
    assert _end(START, f"App [api:0] exited with code [{'9' * 5000}] via signal []") == End(reaches=True)


_LINES = st.sampled_from([START, STOP, KILLED, DAEMON, "", "App [", "] starting in "]) | st.text(max_size=60)


@given(st.lists(_LINES, max_size=12))
def test_any_log_is_read(lines: list[str]) -> None:
    assert set(read_ends("\n".join(lines), {0: "api", 7: "b"})) == {0, 7}
