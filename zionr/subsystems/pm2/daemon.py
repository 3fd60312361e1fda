"""Findings about PM2's daemon itself: five ways to have no answer, told apart."""

from typing import NamedTuple

from ...model import Finding, JsonObject, State
from . import DAEMON
from .settings import Settings


class _Silence(NamedTuple):
    rule: str
    state: State
    says: str
    hint: str


_START = "start it as the user that owns the processes: pm2 resurrect, or the start-up unit"
_BROKEN = _Silence(
    "pm2/daemon-unreadable",
    State.UNKNOWN,
    "PM2's daemon gave an answer that cannot be read",
    "see which program listens on the socket, and which version of PM2 it is",
)
_SILENCES = {
    "missing": _Silence("pm2/daemon-down", State.CRITICAL, "PM2's daemon is not running", _START),
    "refused": _Silence("pm2/daemon-down", State.CRITICAL, "PM2's daemon has died", _START),
    "silent": _Silence(
        "pm2/daemon-hung",
        State.CRITICAL,
        "PM2's daemon hangs",
        "pm2's own commands would hang with it; look at its process before you kill it",
    ),
    "foreign": _Silence(
        "pm2/daemon-foreign",
        State.UNKNOWN,
        "PM2's daemon belongs to somebody else",
        "run zionr as the user who runs PM2, or set subsystems.pm2.home",
    ),
    "unreadable": _BROKEN,
    "closed": _BROKEN,
    "broken": _BROKEN,
}


def judge_daemon(facts: JsonObject, settings: Settings) -> list[Finding]:
    """Nothing where the daemon answered well; else the one finding that says how it did not."""
    status, reason = facts["daemon"]["status"], facts["daemon"]["reason"]
    if status != "up":
        silence = _SILENCES[status]
        return [_finding(silence, f"{silence.says}: {reason}", status, facts["home"])]
    if facts["unreadable_rows"]:
        count = facts["unreadable_rows"]
        return [_finding(_BROKEN, f"{count} rows of its list are no processes", "rows", facts["home"])]
    return []


def _finding(silence: _Silence, message: str, reason: str, home: str) -> Finding:
    return Finding(
        rule=silence.rule,
        state=silence.state,
        target=DAEMON,
        message=message,
        evidence={"reason": reason, "home": home},
        hint=silence.hint,
    )
