"""The two effects on PM2: restart by id over the socket, and start from an ecosystem file through the `pm2` program.

Each is done under the lock in the PM2 home, which keeps two checkouts on one host apart, and after one more look.
"""

from __future__ import annotations

import os
from typing import Any

from ...context import Context
from ...errors import StoreError
from ...model import Candidate, JsonObject, Outcome
from ...ports import lock, process, programs, sockets
from . import frames
from .endings import death_of
from .observe import home_of, look, socket_of
from .settings import Settings

LOCK = "zionr.lock"
_NO_LONGER = "the fault was gone at the last look, just before the step"


def perform(candidate: Candidate, settings: Settings, context: Context) -> Outcome:
    """Do it, or say why not. The answer is the daemon's or the program's claim; only a later look proves it."""
    home = home_of(settings, context)
    try:
        held = lock.try_lock(os.path.join(home, LOCK), {"pid": os.getpid(), "since": context.clock.now()})
    except StoreError as error:
        return Outcome("skipped", f"the lock in the PM2 home cannot be taken: {error}")
    if isinstance(held, lock.Busy):
        return Outcome("skipped", "another zionr acts on this PM2 home just now")
    with held:
        facts = look(home, settings.timeout_s, context)
        if facts["daemon"]["status"] != "up":
            return Outcome("skipped", f"the daemon did not answer the last look: {facts['daemon']['reason']}")
        if candidate.remedy == "pm2/restart":
            return _restart(candidate, facts, home, settings)
        return _start(candidate, facts, home, settings, context)


def _restart(candidate: Candidate, facts: JsonObject, home: str, settings: Settings) -> Outcome:
    action = candidate.action
    rows = {row["id"]: row for row in facts["processes"] if row["name"] == action["name"]}
    present = [rows[identity] for identity in action["ids"] if identity in rows]
    due = [row for row in present if _still(action["rule"], row)]
    if not due:
        return Outcome("skipped", _NO_LONGER)
    evidence = {"before": [{"id": row["id"], "pid": row["pid"], "restarts": row["restarts"]} for row in due]}
    for row in due:
        problem = _call(home, "restartProcessId", {"id": row["id"]}, candidate.timeout_s)
        if problem is not None:
            return Outcome("failed", problem, evidence)
    return Outcome("succeeded", None, evidence)


def _still(rule: str, row: JsonObject) -> bool:
    """Whether this row still shows what the restart is for."""
    if rule in ("pm2/unresponsive", "pm2/memory-high"):
        return bool(row["status"] == "online")
    if row["status"] == "stopped":
        end = row["end"]
        return bool(end["reaches"] and not end["stopping"] and death_of(row) is not None)
    return bool(row["status"] == "errored")


def _call(home: str, method: str, argument: Any, timeout_s: float) -> str | None:
    reader = frames.AnswerReader("zionr:2")
    request = frames.call_frame(method, argument, "zionr:2")
    try:
        sockets.exchange(socket_of(home), request, reader, timeout_s=timeout_s)
        reader.result()
    except sockets.SocketError as failure:
        return f"the daemon's socket: {failure.reason}"
    except (frames.CallError, frames.FrameError) as error:
        return f"PM2 said: {error}"
    return None


def _start(candidate: Candidate, facts: JsonObject, home: str, settings: Settings, context: Context) -> Outcome:
    name = candidate.action["name"]
    if any(row["name"] == name for row in facts["processes"]):
        return Outcome("skipped", _NO_LONGER)
    program = settings.program or programs.find("pm2", context.environ)
    if program is None:
        return Outcome("failed", "there is no pm2 on PATH; set subsystems.pm2.program")
    done = process.run(
        [program, "start", candidate.action["path"], "--only", name],
        timeout_s=candidate.timeout_s,
        env=_environment(home, settings, context),
        cwd=context.top,
    )
    if done.succeeded:
        return Outcome("succeeded")
    return Outcome("failed", context.redact(_why(done, candidate.timeout_s))[:300])


def _environment(home: str, settings: Settings, context: Context) -> dict[str, str]:
    env = process.allowed_environment(context.environ) | {"PM2_HOME": home}
    # pm2 is a script that looks for node on PATH; under cron there is often none.
    if settings.node is not None:
        env["PATH"] = os.path.dirname(settings.node) + os.pathsep + env.get("PATH", os.defpath)
    return env


def _why(done: process.Completed, timeout_s: float) -> str:
    if done.problem is not None:
        return done.problem
    if done.ended_by == "timeout":
        return f"pm2 start did not end within {timeout_s:g} s and was killed"
    lines = [line for line in (done.stderr + done.stdout).splitlines() if line.strip()]
    return f"pm2 start ended with code {done.code}: {lines[-1].strip() if lines else 'it said nothing'}"
