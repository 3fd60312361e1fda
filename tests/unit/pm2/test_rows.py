from __future__ import annotations

import json
import os
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zionr.model import JsonObject
from zionr.subsystems.pm2.rows import read_row, secrets_of

RECORDED = os.path.join(os.path.dirname(__file__), "recorded", "pm2-7.0.4.json")
KEYS = {
    *("id", "name", "pid", "namespace", "status", "started_at", "created_at", "restarts", "exit_code"),
    *("stop_exit_codes", "autorestart", "cron", "script", "error_log", "module", "memory", "cpu"),
}
CANARY = "canary-5f3c9a-value"


def _raw(pm2_env: JsonObject | None = None, **changes: Any) -> JsonObject:
    env = {"status": "online", "pm_uptime": 1_795_489_200_000, "restart_time": 2, **(pm2_env or {})}
    return {"name": "api", "pm_id": 0, "pid": 4100, "monit": {"memory": 1 << 20, "cpu": 1.5}, "pm2_env": env, **changes}


def _row(pm2_env: JsonObject | None = None, **changes: Any) -> JsonObject:
    row = read_row(_raw(pm2_env, **changes))
    assert row is not None
    return row


def _recorded() -> list[JsonObject]:
    with open(RECORDED, encoding="utf-8") as file:
        rows: list[JsonObject] = json.load(file)
    return rows


def test_the_rows_of_a_recorded_daemon() -> None:
    rows = {row["id"]: row for row in map(read_row, _recorded()) if row is not None}
    assert {(row["name"], row["status"], row["restarts"]) for row in rows.values()} == {
        ("web", "online", 0),
        ("web", "stopped", 0),
        ("worker", "stopped", 0),
        ("crasher", "errored", 15),
        ("nightly", "stopped", 0),
    }
    nightly = next(row for row in rows.values() if row["name"] == "nightly")
    assert (nightly["cron"], nightly["autorestart"], nightly["pid"]) == ("0 3 * * *", False, None)
    assert all(set(row) == KEYS for row in rows.values())


def test_no_value_of_an_environment_is_taken_over() -> None:
    env = {"API_TOKEN": CANARY, "ANOTHER": CANARY, "env": {"API_TOKEN": CANARY, "x": {"y": CANARY}}}
    assert CANARY not in json.dumps(_row(env))
    for raw in _recorded():
        assert "secret-of" not in json.dumps(read_row(raw))


def test_what_a_process_wrote_can_be_cleaned_of_its_environment() -> None:
    raw = _raw({"API_TOKEN": CANARY, "env": {"DATABASE_URL": "postgres://db", "NODE_ENV": "production", "N": 7}})
    secrets = secrets_of(raw)
    assert CANARY in secrets
    assert "postgres://db" in secrets
    assert "online" not in secrets
    twice = _raw({"API_TOKEN": "flat-value-of-token", "env": {"API_TOKEN": "inner-value-of-token"}})
    assert {"flat-value-of-token", "inner-value-of-token"} <= set(secrets_of(twice))
    assert secrets_of({}) == secrets_of({"pm2_env": {"env": 7}}) == []


@pytest.mark.parametrize(
    "raw",
    [
        None,
        7,
        "api",
        [],
        {},
        {"name": "api"},
        {"name": 7, "pm_id": 0},
        {"name": "api", "pm_id": "0"},
        {"name": "api", "pm_id": -1},
        {"name": "api", "pm_id": True},
        {"name": "api", "pm_id": 10**400},
    ],
)
def test_what_is_no_row(raw: Any) -> None:
    assert read_row(raw) is None


@pytest.mark.parametrize("wrong", ["7", "true", -1, True, [], {}, 10**400, float("nan"), float("inf"), 1e300, 0.5])
def test_a_field_of_a_type_that_pm2_never_gives_is_not_known(wrong: Any) -> None:
    row = _row({"restart_time": wrong}, pid=wrong, monit={"memory": wrong, "cpu": wrong})
    assert (row["restarts"], row["pid"], row["memory"], row["cpu"]) == (None, None, None, None)


@pytest.mark.parametrize("wrong", ["x", [], {}, 10**400, float("nan"), float("inf"), -5, 0, True, None])
def test_an_instant_that_is_none(wrong: Any) -> None:
    row = _row({"pm_uptime": wrong, "created_at": wrong})
    assert (row["started_at"], row["created_at"]) == (None, None)


@pytest.mark.parametrize(
    ("env", "field", "value"),
    [
        ({"exit_code": -1}, "exit_code", -1),
        ({"exit_code": "1"}, "exit_code", None),
        ({"stop_exit_codes": [0, "3", 7, None]}, "stop_exit_codes", [0, 7]),
        ({"stop_exit_codes": 0}, "stop_exit_codes", []),
        ({"autorestart": "false"}, "autorestart", None),
        ({"autorestart": False}, "autorestart", False),
        ({"cron_restart": ""}, "cron", None),
        ({"cron_restart": 0}, "cron", None),
        ({"status": 5}, "status", None),
        ({"pmx_module": True}, "module", True),
        ({"pmx_module": "true"}, "module", False),
        ({"pm_uptime": 1500}, "started_at", 1.5),
    ],
)
def test_each_field(env: JsonObject, field: str, value: Any) -> None:
    assert _row(env)[field] == value


def test_a_variable_called_like_a_field_changes_no_identity() -> None:
    row = _row({"name": "other", "pm_id": 99, "pid": 1, "instances": "x", "exec_mode": "x_mode"})
    assert (row["name"], row["id"], row["pid"]) == ("api", 0, 4100)


@pytest.mark.parametrize("monit", [None, [], {}, {"memory": 0, "cpu": 0}, {"memory": 5, "cpu": None}])
def test_what_could_not_be_measured_is_not_zero(monit: Any) -> None:
    assert _row(monit=monit)["cpu"] is None
    assert _row(monit={"memory": 5, "cpu": 1}, pid=0)["memory"] is None


_VALUE = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=9) | st.lists(st.integers())


@given(_VALUE, st.dictionaries(st.sampled_from(sorted(KEYS)) | st.text(max_size=9), _VALUE))
def test_any_row_is_read_or_refused(value: Any, env: JsonObject) -> None:
    row = read_row({"name": "api", "pm_id": 1, "pid": value, "monit": value, "pm2_env": env})
    assert row is not None
    assert set(row) == KEYS
    json.dumps(row, allow_nan=False)
