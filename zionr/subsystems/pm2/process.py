"""Findings about one process that is meant to run all the time."""

from __future__ import annotations

from collections.abc import Sequence

from ...instants import limit
from ...model import Finding, JsonObject, State
from .endings import judge_end
from .life import Life, age_of, is_starting
from .load import judge_load

_UP = ("online", "launching")
_OF_A_LOOP = ("pm2/unresponsive", "pm2/memory-high", "pm2/cpu-high", "pm2/instances-short")
"""What comes and goes with the restarts of a loop; a restart more would not help."""


def judge_process(life: Life) -> list[Finding]:
    """What is wrong with it; an empty list where it is as the policy wants it."""
    if life.settings.desired == "any":
        return _unexpected(life)
    if life.settings.desired == "stopped":
        return _running_though_unwanted(life)
    if not life.rows:
        return [_missing(life)]
    loop = judge_restarts(life)
    others = [*judge_load(life), *_probe(life)]
    return [*_unexpected(life), *_caused(loop, _availability(life)), *loop, *_caused(loop, others)]


def _caused(loop: Sequence[Finding], found: Sequence[Finding]) -> list[Finding]:
    """The findings, and of what a restart loop brings with it, the loop as the cause."""
    if not loop:
        return list(found)
    return [one._replace(caused_by=loop[0].id) if one.rule in _OF_A_LOOP else one for one in found]


def _missing(life: Life) -> Finding:
    return life.finding(
        "process-missing",
        State.CRITICAL,
        "PM2 does not know it",
        expected=life.wanted or 1,
        actual=0,
        hint="it is declared; start it from its ecosystem file",
    )


def _unexpected(life: Life) -> list[Finding]:
    if not (life.unexpected and life.rows):
        return []
    return [
        life.finding(
            "process-unexpected",
            State.OK,
            "runs under PM2, and nothing declares it",
            hint="declare it in the policy or an ecosystem file, or delete it from PM2",
        )
    ]


def _running_though_unwanted(life: Life) -> list[Finding]:
    up = [row for row in life.rows if row["status"] in _UP]
    if not up:
        return []
    message = "runs, though the policy says `desired: stopped`"
    return [life.finding("process-unexpected", State.OK, message, expected="stopped", actual="running")]


def _availability(life: Life) -> list[Finding]:
    """One finding for all rows: short while some serve, else the worst thing that befell one of them."""
    up = [row for row in life.rows if row["status"] in _UP]
    wanted = life.wanted or len(life.rows)
    if up and len(up) < wanted:
        return [_short(life, len(up), wanted), *_launching(life, up)]
    if up:
        return [*_gone(life, up), *_launching(life, up)]
    return [_all_down(life)]


def _all_down(life: Life) -> Finding:
    """The worst thing that befell an instance; of several, `down` says what befell each."""
    ends = [_down(life, row) for row in life.rows]
    worst = max(ends, key=lambda finding: finding.state)
    return worst if len(ends) == 1 else worst._replace(evidence=worst.evidence | _befallen(life.rows, ends))


def _befallen(rows: Sequence[JsonObject], ends: Sequence[Finding]) -> JsonObject:
    return {"down": {str(row["id"]): end.rule for row, end in zip(rows, ends, strict=True)}}


def _short(life: Life, up: int, wanted: int) -> Finding:
    down = [row for row in life.rows if row["status"] not in _UP]
    ends = [_down(life, row) for row in down]
    return life.finding(
        "instances-short",
        State.WARNING,
        f"{up} of {wanted} instances online",
        expected=wanted,
        actual=up,
        evidence=_befallen(down, ends),
        hint="; ".join(dict.fromkeys(end.message for end in ends)) or "the others were never started",
    )


def _down(life: Life, row: JsonObject) -> Finding:
    """The finding for one row that does not serve."""
    if row["status"] == "waiting restart":
        return life.finding(
            "waiting-restart",
            State.WARNING,
            "crashed; PM2 waits before it starts it again",
            evidence={"pm_id": row["id"]},
            hint="its restart_delay holds it back; its error log says why it crashed",
        )
    if row["status"] in ("errored", "stopped"):
        return judge_end(life.finding, row, life.now)
    return _unknown_state(life, row, f"PM2 says {row['status']!r}, which tells nothing about its health")


def _unknown_state(life: Life, row: JsonObject, message: str) -> Finding:
    return life.finding("state-unknown", State.UNKNOWN, message, evidence={"pm_id": row["id"]})


def _gone(life: Life, up: Sequence[JsonObject]) -> list[Finding]:
    gone = [row for row in up if row["status"] == "online" and row["alive"] is not True]
    if not gone:
        return []
    message = f"PM2 says online, but process {gone[0]['pid']} is not there"
    return [_unknown_state(life, gone[0], message)]


def _launching(life: Life, up: Sequence[JsonObject]) -> list[Finding]:
    """Launching is part of life; only one that outlasts the policy's patience is worth a word."""
    slow = [row for row in up if row["status"] == "launching" and _age(row, life.now) > life.settings.launch_s]
    if not slow:
        return _not_answering_yet(life)
    age = _age(slow[0], life.now)
    return [
        life.finding(
            "launching",
            State.WARNING,
            f"launching for {age:.0f} s, limit {limit(life.settings.launch_s)}",
            expected=life.settings.launch_s,
            actual=round(age, 1),
            hint="it has not said that it is ready (wait_ready)",
        )
    ]


def _not_answering_yet(life: Life) -> list[Finding]:
    """Who restarts a slow starter whose probe fails will never see it come up."""
    if life.probe is None or life.probe["ok"] or not _is_starting(life):
        return []
    age = age_of(life.rows, life.now) or 0.0
    return [
        life.finding(
            "launching",
            State.WARNING,
            f"online for {age:.0f} s, its probe does not answer yet: {life.probe['reason']}",
            expected=life.settings.launch_s,
            actual=round(age, 1),
            hint=f"it has {limit(life.settings.launch_s)} to come up (launch)",
        )
    ]


def _is_starting(life: Life) -> bool:
    return is_starting((row for row in life.rows if row["status"] in _UP), life.settings.launch_s, life.now)


def _age(row: JsonObject, now: float) -> float:
    return now - row["started_at"] if row["started_at"] is not None else 0.0


def judge_restarts(life: Life) -> list[Finding]:
    """A loop is a rate: so many restarts within the window, never the lifetime's count.

    It is over once no restart came for as long as the limit's own rate allows between two.
    """
    alive = any(row["status"] in (*_UP, "waiting restart") for row in life.rows)
    most, within_s = life.settings.restarts
    if not alive or life.restarts is None or life.restarts <= most:
        return []
    if (age_of(life.rows, life.now) or 0.0) > within_s / most:
        return []
    window = limit(within_s)
    return [
        life.finding(
            "restart-loop",
            State.CRITICAL,
            f"restarted {life.restarts} times in {window}, limit {most}",
            expected=most,
            actual=life.restarts,
            hint="another restart would not help; its error log says why it ends",
        )
    ]


def _probe(life: Life) -> list[Finding]:
    if life.probe is None or life.probe["ok"] or _is_starting(life):
        return []
    return [
        life.finding(
            "unresponsive",
            State.CRITICAL,
            f"is online, but its probe failed: {life.probe['reason']}",
            evidence={"latency_s": life.probe["latency_s"]},
        )
    ]
