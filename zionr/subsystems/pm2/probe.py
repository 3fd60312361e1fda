"""Ask the processes themselves whether they serve: PM2 only knows that they run."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor

from ...context import Context
from ...model import JsonObject
from ...ports import process, sockets
from .settings import Probe

AT_ONCE = 16
"""Probes under way at the same time."""


def ask_all(probes: dict[str, Probe], context: Context) -> JsonObject:
    """{name: {ok, reason, latency_s}} for each process that has a probe, all asked side by side."""
    with ThreadPoolExecutor(min(AT_ONCE, len(probes))) as pool:
        answers = pool.map(lambda probe: _ask(probe, context), probes.values())
        return dict(zip(probes, answers, strict=True))


def _ask(probe: Probe, context: Context) -> JsonObject:
    if probe.url is not None:
        return _ask_url(probe.url, probe)
    if probe.tcp is not None:
        return _ask_tcp(probe.tcp, probe.within_s)
    return _ask_command(probe, context)


def _ask_url(url: str, probe: Probe) -> JsonObject:
    from ...ports import http

    reply = http.get(url, within_s=probe.within_s)
    reason = reply.problem
    if reason is None and reply.status not in probe.status:
        wanted = ", ".join(str(status) for status in probe.status)
        reason = f"answered {reply.status}, wanted {wanted}"
    return {"ok": reason is None, "reason": reason, "latency_s": round(reply.latency_s, 4)}


def _ask_tcp(address: str, within_s: float) -> JsonObject:
    started = time.monotonic()
    reason = sockets.connect_tcp(address, within_s)
    return {"ok": reason is None, "reason": reason, "latency_s": round(time.monotonic() - started, 4)}


def _ask_command(probe: Probe, context: Context) -> JsonObject:
    done = process.run(
        probe.command,
        timeout_s=probe.within_s,
        env=process.allowed_environment(context.environ),
        cwd=context.top,
        most=64 << 10,
    )
    reason = None if done.succeeded else _why(done, probe.within_s)
    return {"ok": reason is None, "reason": reason, "latency_s": round(done.duration_s, 4)}


def _why(done: process.Completed, within_s: float) -> str:
    if done.problem is not None:
        return done.problem
    if done.ended_by == "timeout":
        return f"did not end within {within_s:g} s"
    if done.ended_by == "flood":
        return "said more than 64 KB and was ended"
    return f"ended with code {done.code}"
