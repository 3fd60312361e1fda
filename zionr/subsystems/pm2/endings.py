"""How a process came to be down: gave up, died, finished, or was stopped by an operator."""

from __future__ import annotations

from collections.abc import Callable

from ...instants import iso
from ...model import Finding, JsonObject, State

Make = Callable[..., Finding]


def judge_end(make: Make, row: JsonObject, now: float) -> Finding:
    """The finding for a row that PM2 calls errored or stopped. `make` builds one for its process."""
    if row["status"] == "errored":
        return _errored(make, row)
    end = row["end"]
    if not end["reaches"]:
        return _stopped(make, row, "PM2's log does not reach back to its start, so an operator may have stopped it")
    if end["stopping"]:
        return _stopped(make, row, "an operator stopped it, so it is never repaired")
    death = death_of(row)
    if death is not None:
        return _dead(make, row, death, now)
    return _finished(make, row)


def death_of(row: JsonObject) -> str | None:
    """`SIGKILL` or `exit code 1` where the last life ended badly; None where it ended well or nobody knows."""
    end = row["end"]
    if end["signal"] is not None:
        return str(end["signal"])
    code = row["exit_code"] if row["exit_code"] is not None else end["code"]
    if code in (None, 0) or code in row["stop_exit_codes"]:
        return None
    return f"exit code {code}"


def _instant(seconds: float | None) -> str | None:
    return None if seconds is None else iso(seconds)


def _evidence(row: JsonObject) -> JsonObject:
    return {"pm_id": row["id"], "exit_code": row["exit_code"], "last_error": row["last_error"]}


def _errored(make: Make, row: JsonObject) -> Finding:
    restarts = row["restarts"] or 0
    code = "" if row["exit_code"] is None else f"; last exit code {row['exit_code']}"
    return make(
        "process-errored",
        State.CRITICAL,
        f"PM2 gave up on it, {restarts} restarts on its count{code}",
        evidence=_evidence(row) | {"began_at": _instant(row["started_at"])},
        hint="its error log says why it ends",
    )


def _dead(make: Make, row: JsonObject, death: str, now: float) -> Finding:
    at = row["end"]["at"]
    # The log names no time zone: an instant outside the process's life is another zone's.
    known = at is not None and (row["started_at"] or 0) - 1 <= at <= now + 1
    return make(
        "process-dead",
        State.CRITICAL,
        f"stopped, and no operator did it: ended by {death}",
        expected="running",
        actual="stopped",
        evidence=_evidence(row) | {"ended_by": death, "began_at": _instant(at if known else None)},
    )


def _finished(make: Make, row: JsonObject) -> Finding:
    return make(
        "process-finished",
        State.OK,
        "ended by itself, exit code 0, and PM2 does not start it again",
        evidence=_evidence(row),
        hint="meant to run once? set its desired: any",
    )


def _stopped(make: Make, row: JsonObject, message: str) -> Finding:
    return make(
        "process-stopped",
        State.WARNING,
        message,
        expected="running",
        actual="stopped",
        evidence=_evidence(row),
        hint="meant to stay? set its desired: stopped",
    )
