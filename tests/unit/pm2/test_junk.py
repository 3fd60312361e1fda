"""Whatever a daemon's list holds, looking, judging and planning end well, and what they say can be written down."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from tests.support import NOW, context, facts, settings
from zionr.model import JsonObject, Observation
from zionr.subsystems.pm2.judge import judge
from zionr.subsystems.pm2.observe import read_rows
from zionr.subsystems.pm2.plan import candidates

_NUMBER = st.integers() | st.floats() | st.sampled_from([NOW * 1000, 1 << 53, 10**400, -1, 0])
_JUNK = st.none() | st.booleans() | _NUMBER | st.text(max_size=9) | st.lists(st.integers(), max_size=3)
_STATUS = st.sampled_from(["online", "stopped", "errored", "launching", "waiting restart", "stopping"])
_CRON = st.sampled_from(["0 3 * * *", "0 3 ? * *", "9" * 5000 + " * * * *", "* * * *", "L"])
_PATH = st.sampled_from(["/", "/nowhere", "relative", "\ud800", "a\x00b"])
_ENV = st.fixed_dictionaries(
    {},
    optional={
        "status": _STATUS | _JUNK,
        "pm_uptime": _JUNK,
        "created_at": _JUNK,
        "restart_time": _JUNK,
        "exit_code": _JUNK,
        "stop_exit_codes": _JUNK,
        "autorestart": st.booleans() | _JUNK,
        "cron_restart": _CRON | _JUNK,
        "pm_exec_path": _PATH | _JUNK,
        "pm_err_log_path": _PATH | _JUNK,
        "pmx_module": _JUNK,
        "env": _JUNK,
    },
)
_ROW = st.fixed_dictionaries(
    {"name": st.sampled_from(["api", "job", "daemon", "daemon (process)"]) | _JUNK, "pm_id": st.integers(0, 2) | _JUNK},
    optional={
        "pid": _JUNK,
        "monit": st.fixed_dictionaries({}, optional={"memory": _JUNK, "cpu": _JUNK}) | _JUNK,
        "pm2_env": _ENV | _JUNK,
    },
)
LIMITS: JsonObject = {"memory": {"warning": 1, "critical": 2}, "cpu": {"warning": 1}}
MUTE = {"ok": False, "reason": "no answer", "latency_s": 2.0}


@given(st.lists(_ROW | _JUNK, max_size=6))
def test_any_list_is_judged_and_planned(raw: list[Any]) -> None:
    around = context("/nowhere", {"TZ": "UTC"})
    rows = read_rows(raw, "/nowhere", around)
    assert len({row["id"] for row in rows}) == len(rows) <= len(raw)
    seen = Observation("pm2", "host:web-1", NOW, facts(*rows, unreadable_rows=1, probes={"api": MUTE}))
    under = settings(processes={"api": {"instances": 2}, "job": {"kind": "cron"}}, defaults=LIMITS)
    judged = judge(seen, under, [], NOW)
    names = [target.name for target in judged.targets]
    assert len(set(names)) == len(names)
    assert len({found.id for found in judged.findings}) == len(judged.findings)
    offered = candidates(judged.findings, seen, under)
    json.dumps([seen.facts, judged, offered], allow_nan=False)
