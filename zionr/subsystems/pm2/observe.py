"""Look at PM2, once: the daemon's answer, and for what is down the logs, the declarations and the probes.

Facts: `home`; `daemon` {status, reason}; `processes`, a list of rows (see `rows.read_row`) with `alive` and
`script_exists`, and where they matter `end`, `last_error` and `due_at` (the last time its cron had to fire, a grace
ago); `unreadable_rows`, how many rows were none or had the id of another; `declared` {name: {file, path, trusted,
instances, cron, autorestart, script, script_exists}}; `refused` [{file, reason, location {file, line, column} or
null}]; `probes` {name: {ok, reason, latency_s}}; `own_pids`, this process and its ancestors; `pm2_program`, whether
there is one, only where a process that a file declares is missing.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Any

from ...context import Context
from ...model import JsonObject, Observation
from ...ports import files, procfs, sockets
from ...redaction import Redactor
from . import frames
from .cron import GRACE_S
from .places import has_pm2, home_of, socket_of
from .rows import read_row, secrets_of
from .settings import Settings

LOG_TAIL = 1 << 20
"""Bytes of pm2.log that are read at most: some ten thousand events."""
ERROR_TAIL = 4096
ERROR_LENGTH = 200
REASON_LENGTH = 300


def observe(settings: Settings, context: Context) -> Observation:
    """One look. Never raises for what PM2 does: every way to get no answer is a value in `facts.daemon`."""
    home = home_of(settings, context)
    facts = look(home, settings.timeout_s, context)
    facts["own_pids"] = procfs.ancestors(os.getpid())
    facts |= _declarations(settings, context)
    if not facts["declared"].keys() <= {row["name"] for row in facts["processes"]}:
        facts["pm2_program"] = has_pm2(settings, context)
    facts["probes"] = _answers(facts["processes"], settings, context)
    return Observation("pm2", f"host:{context.host}", context.clock.now(), facts)


def look(home: str, timeout_s: float, context: Context) -> JsonObject:
    """The daemon and its processes only: `home`, `daemon`, `processes`, `unreadable_rows`."""
    daemon, raw_rows = _ask(home, timeout_s, context)
    rows = read_rows(raw_rows, home, context)
    return {
        "home": home,
        "daemon": daemon,
        "processes": rows,
        "unreadable_rows": len(raw_rows) - len(rows),
    }


def read_rows(raw_rows: Sequence[Any], home: str, context: Context) -> list[JsonObject]:
    """The rows that can be read, each looked at more closely. Of several with one id the first counts."""
    known: dict[int, tuple[JsonObject, JsonObject]] = {}
    for raw in raw_rows:
        row = read_row(raw)
        if row is not None:
            known.setdefault(row["id"], (raw, row))
    rows = [row for _, row in known.values()]
    for row in rows:
        row["alive"] = _is_alive(row)
    _tell_ends(rows, home)
    for raw, row in known.values():
        # Of every row: a restart also ends what still lives, and nothing could take its place.
        row["script_exists"] = row["script"] is None or os.path.exists(row["script"])
        if row["status"] in ("errored", "stopped"):
            row["last_error"] = _last_error(row, raw, context)
    _tell_due(rows, context)
    return rows


def _ask(home: str, timeout_s: float, context: Context) -> tuple[JsonObject, list[Any]]:
    reader = frames.AnswerReader("zionr:1")
    request = frames.call_frame("getMonitorData", {}, "zionr:1")
    try:
        sockets.exchange(socket_of(home), request, reader, timeout_s=timeout_s)
        rows = reader.result()
    except sockets.SocketError as failure:
        return {"status": failure.kind, "reason": failure.reason}, []
    except frames.CallError as error:
        why = context.redact(str(error))[:REASON_LENGTH]
        return {"status": "unreadable", "reason": f"refused to list its processes: {why}"}, []
    except frames.FrameError as error:
        return {"status": "unreadable", "reason": f"its answer {error}"}, []
    if not isinstance(rows, list):
        return {"status": "unreadable", "reason": "its answer is no list of processes"}, []
    return {"status": "up", "reason": None}, rows


def _is_alive(row: JsonObject) -> bool | None:
    """None where PM2 names no process. A zombie has no memory, so only what has none is worth a second look."""
    pid = row["pid"]
    if pid is None:
        return None
    return procfs.exists(pid) and (row["memory"] is not None or not procfs.is_zombie(pid))


def _tell_ends(rows: list[JsonObject], home: str) -> None:
    down = {row["id"]: row for row in rows if row["status"] in ("stopped", "errored")}
    if not down:
        return
    from . import log

    text = _tail(os.path.join(home, "pm2.log"), LOG_TAIL)
    names = {identity: row["name"] for identity, row in down.items()}
    for identity, end in log.read_ends(text, names).items():
        down[identity]["end"] = end._asdict()


def _tail(path: str, limit: int) -> str:
    """The end of a log; empty where there is none to read. Its path is the daemon's word, so it may be anything."""
    try:
        return files.tail_bytes(path, limit, follow=True).decode("utf-8", "replace")
    except (OSError, ValueError):
        return ""


def _last_error(row: JsonObject, raw: JsonObject, context: Context) -> str | None:
    """The last line that the process wrote to its error log, without any value of its environment."""
    if row["error_log"] is None:
        return None
    told = [line for line in _last_lines(row["error_log"], raw, context) if _tells_something(line)]
    return told[-1][:ERROR_LENGTH] if told else None


def _last_lines(path: str, raw: JsonObject, context: Context) -> list[str]:
    """Whole lines from the end of a log, without secrets.

    They are taken out before anything is cut: the half of a secret, or one line of several, is not known as one.
    """
    secrets = secrets_of(raw)
    reach = ERROR_TAIL + 4 * max(map(len, secrets), default=0)
    text = _tail(path, reach)
    clean = context.redact(Redactor(secrets)(text))
    lines = [line.strip() for line in clean[-ERROR_TAIL:].splitlines()]
    whole = len(text.encode()) < reach and len(clean) <= ERROR_TAIL
    return lines if whole else lines[1:]


def _tells_something(line: str) -> bool:
    """Stack frames and node's closing line say nothing that a person at night wants to read."""
    return bool(line) and not line.startswith(("at ", "Node.js v", "}", "{", "^"))


def _tell_due(rows: list[JsonObject], context: Context) -> None:
    timed = [row for row in rows if row["cron"] is not None]
    if timed:
        from . import timetable

        now = context.clock.now()
        for row in timed:
            row["due_at"] = timetable.previous_fire(row["cron"], now - GRACE_S, context.environ)


def _declarations(settings: Settings, context: Context) -> JsonObject:
    if not settings.ecosystems:
        return {"declared": {}, "refused": []}
    from . import ecosystem

    return ecosystem.read_all(settings, context)


def _answers(rows: list[JsonObject], settings: Settings, context: Context) -> JsonObject:
    online = {row["name"] for row in rows if row["status"] == "online"}
    asked = {
        name: process.probe
        for name, process in settings.processes.items()
        if process.probe is not None and name in online
    }
    if not asked:
        return {}
    from . import probe

    return probe.ask_all(asked, context)
