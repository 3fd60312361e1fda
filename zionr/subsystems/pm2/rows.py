"""One row of the daemon's answer, cut down to an allow-list of fields of a known type.

PM2 puts every environment variable of a process into its row twice, also straight among its own fields, so an unknown
field may be a secret and a known one may be overwritten by a variable of the same name. Nothing is taken over that is
not named here, and nothing of another type than PM2 itself gives.
"""

from __future__ import annotations

from typing import Any

from ...model import JsonObject

_LARGEST = 1 << 53
"""JavaScript counts exactly up to here; what is larger, infinite or no number did not come from PM2."""
_HARMLESS = frozenset(
    (  # noqa: SIM905 - thirty names read better as words
        "PATH PWD OLDPWD HOME SHELL LANG TERM USER LOGNAME HOSTNAME SHLVL _ PM2_HOME PM2_USAGE name namespace status "
        "exec_mode exec_interpreter pm_cwd pm_exec_path pm_out_log_path pm_err_log_path pm_log_path pm_pid_path "
        "username version node_version unique_id PM2_INTERACTOR_PROCESSING"
    ).split()
)


def read_row(raw: Any) -> JsonObject | None:
    """The row's facts; None where it is not even a row (no object, no name, no id).

    Keys: id, name, namespace, pid, status, started_at and created_at (seconds since 1970), restarts, exit_code,
    stop_exit_codes, autorestart, cron, script, error_log, module, memory (bytes), cpu (percent of one core).
    Everything but id and name may be None.
    """
    if not isinstance(raw, dict):
        return None
    name, identity = raw.get("name"), raw.get("pm_id")
    if not isinstance(name, str) or not _is_count(identity):
        return None
    env = raw.get("pm2_env")
    env = env if isinstance(env, dict) else {}
    row: JsonObject = {"id": identity, "name": name, "pid": _count(raw.get("pid")) or None}
    return row | _life(env) | _load(raw.get("monit"), row["pid"])


def _life(env: JsonObject) -> JsonObject:
    return {
        "namespace": _text(env.get("namespace")),
        "status": _text(env.get("status")),
        "started_at": _seconds(env.get("pm_uptime")),
        "created_at": _seconds(env.get("created_at")),
        "restarts": _count(env.get("restart_time")),
        "exit_code": _whole(env.get("exit_code")),
        "stop_exit_codes": _codes(env.get("stop_exit_codes")),
        "autorestart": _flag(env.get("autorestart")),
        "cron": _text(env.get("cron_restart")),
        "script": _text(env.get("pm_exec_path")),
        "error_log": _text(env.get("pm_err_log_path")),
        "module": env.get("pmx_module") is True,
    }


def _load(monit: Any, pid: int | None) -> JsonObject:
    """PM2 answers 0 and 0 where it could not measure, and no live process has no memory."""
    monit = monit if isinstance(monit, dict) else {}
    memory, cpu = _count(monit.get("memory")), monit.get("cpu")
    if not memory or pid is None:
        return {"memory": None, "cpu": None}
    return {"memory": memory, "cpu": cpu if _is_number(cpu) else None}


def secrets_of(raw: JsonObject) -> list[str]:
    """The environment values of a row that may be secret: needed to clean what the process itself wrote, never kept."""
    env = raw.get("pm2_env")
    env = env if isinstance(env, dict) else {}
    inner = env.get("env")
    # Not merged: a variable may have one value in each, and both are secrets.
    both = (*env.items(), *(inner.items() if isinstance(inner, dict) else ()))
    return [value for key, value in both if isinstance(value, str) and key not in _HARMLESS]


def _is_count(value: Any) -> bool:
    return _is_whole(value) and value >= 0


def _is_whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and abs(value) <= _LARGEST


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= _LARGEST


def _count(value: Any) -> int | None:
    return value if _is_count(value) else None


def _whole(value: Any) -> int | None:
    return value if _is_whole(value) else None


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) and value else None


def _flag(value: Any) -> bool | None:
    return value if isinstance(value, bool) else None


def _seconds(milliseconds: Any) -> float | None:
    return milliseconds / 1000 if _is_number(milliseconds) and milliseconds > 0 else None


def _codes(value: Any) -> list[int]:
    return [code for code in value if _is_count(code)] if isinstance(value, list) else []
