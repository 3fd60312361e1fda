"""The two effects on PM2: restart by id over the socket, and start from an ecosystem file through the `pm2` program.

Each is done under the lock in the PM2 home, which keeps two checkouts on one host apart, and after one more look.
"""

from __future__ import annotations

import os
from typing import Any

from ...context import Context
from ...errors import StoreError
from ...model import Candidate, JsonObject, Observation, Outcome
from ...policy.rules import apply_rules
from ...ports import lock, process, sockets
from . import frames
from .judge import judge
from .observe import REASON_LENGTH, observe
from .places import home_of, node_program, pm2_program, socket_of
from .plan import candidates
from .settings import Settings

LOCK = "zionr.lock"


def perform(candidate: Candidate, settings: Settings, context: Context) -> Outcome:
    """Do it, or say why not. The answer is the daemon's or the program's claim; only a later look proves it."""
    home = home_of(settings, context)
    try:
        held = lock.try_lock(os.path.join(home, LOCK), {"pid": os.getpid(), "since": context.clock.now()})
    except StoreError as error:
        return Outcome("skipped", f"the lock in the PM2 home cannot be taken: {error}", gate="lock")
    if isinstance(held, lock.Busy):
        return Outcome("skipped", "another zionr acts on this PM2 home just now", gate="lease")
    with held:
        observation = observe(settings, context)
        fresh = _offered_again(candidate, observation, settings)
        if isinstance(fresh, Outcome):
            return fresh
        if candidate.remedy == "pm2/restart":
            return _restart(fresh, observation.facts, home, context)
        return _start(fresh, home, settings, context)


def _offered_again(candidate: Candidate, observation: Observation, settings: Settings) -> Candidate | Outcome:
    """The same repair as the present state asks for it; an Outcome where it asks for it no more."""
    daemon = observation.facts["daemon"]
    if daemon["status"] != "up":
        return Outcome("skipped", f"the daemon did not answer the last look: {daemon['reason']}", gate="daemon")
    # Rules that need a past, such as rates, have no remedy: nothing is lost by judging without one.
    findings = apply_rules(judge(observation, settings, (), observation.taken_at).findings, settings.rules)
    for offered in candidates(findings, observation, settings):
        if (offered.remedy, offered.findings) == (candidate.remedy, candidate.findings):
            if offered.refusal is not None:
                return Outcome("skipped", offered.refusal, gate="precondition")
            return offered._replace(timeout_s=candidate.timeout_s)
    return Outcome("skipped", "the fault was gone at the last look, just before the step")


def _restart(candidate: Candidate, facts: JsonObject, home: str, context: Context) -> Outcome:
    ids = candidate.action["ids"]
    rows = [row for row in facts["processes"] if row["id"] in ids]
    evidence = {"before": [{"id": row["id"], "pid": row["pid"], "restarts": row["restarts"]} for row in rows]}
    deadline = context.clock.monotonic() + candidate.timeout_s
    for done, identity in enumerate(ids):
        left = deadline - context.clock.monotonic()
        if left <= 0:
            late = f"only {done} of {len(ids)} instances were restarted within {candidate.timeout_s:g} s"
            return Outcome("failed", late, evidence)
        problem = _call(home, "restartProcessId", {"id": identity}, left, context)
        if problem is not None:
            return Outcome("failed", problem, evidence)
    return Outcome("succeeded", None, evidence)


def _call(home: str, method: str, argument: Any, timeout_s: float, context: Context) -> str | None:
    reader = frames.AnswerReader("zionr:2")
    request = frames.call_frame(method, argument, "zionr:2")
    try:
        sockets.exchange(socket_of(home), request, reader, timeout_s=timeout_s)
        reader.result()
    except sockets.SocketError as failure:
        return f"the daemon's socket: {failure.reason}"
    except (frames.CallError, frames.FrameError) as error:
        return f"PM2 said: {context.redact(str(error))[:REASON_LENGTH]}"
    return None


def _start(candidate: Candidate, home: str, settings: Settings, context: Context) -> Outcome:
    program = pm2_program(settings, context)
    if program is None:
        return Outcome("failed", "there is no pm2 on PATH; set subsystems.pm2.program")
    path = candidate.action["path"]
    done = process.run(
        [program, "start", path, "--only", candidate.action["name"]],
        timeout_s=candidate.timeout_s,
        env=_environment(home, settings, context),
        # PM2 looks for a relative `script` and `cwd` from here; people stand beside the file.
        cwd=os.path.dirname(path),
    )
    if done.succeeded:
        return Outcome("succeeded")
    return Outcome("failed", context.redact(_why(done, candidate.timeout_s))[:REASON_LENGTH])


def _environment(home: str, settings: Settings, context: Context) -> dict[str, str]:
    env = process.allowed_environment(context.environ) | {"PM2_HOME": home}
    # pm2 is a script that looks for node on PATH; under cron there is often none.
    node = node_program(settings, context) if settings.node is not None else None
    if node is not None:
        env["PATH"] = os.path.dirname(node) + os.pathsep + env.get("PATH", os.defpath)
    return env


def _why(done: process.Completed, timeout_s: float) -> str:
    if done.problem is not None:
        return done.problem
    if done.ended_by == "timeout":
        return f"pm2 start did not end within {timeout_s:g} s and was killed"
    lines = [line for line in (done.stderr + done.stdout).splitlines() if line.strip()]
    return f"pm2 start ended with code {done.code}: {lines[-1].strip() if lines else 'it said nothing'}"
