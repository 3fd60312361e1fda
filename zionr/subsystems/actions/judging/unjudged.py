"""What GitHub did not tell enough of to judge it. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from ....instants import clock
from ....model import Finding, JsonObject
from ..github.decided import failed_quickly
from .faults import group_of
from .file_rules import STATES
from .life import Life
from .schedules import due_of


def is_untold(life: Life, api: JsonObject) -> bool:
    """Whether its state is not known, or one of: what is under way, whether it fails, was due, or its run had jobs.

    What GitHub does not have, though its list is whole, does not live. Where GitHub answered all that it was asked, a
    finding of its own says what was not asked far enough.
    """
    if life.state is None:
        return "workflows" in api["unseen"]
    if api["status"] == "ok":
        return False
    due, unseen = due_of(life), api["unseen"]
    may_fail = (life.is_counted or "runs" in unseen) and not life.is_decided
    return "open" in unseen or may_fail or (due is not None and due.unseen) or _may_lack_jobs(life, unseen)


def _may_lack_jobs(life: Life, unseen: Sequence[str]) -> bool:
    newest = life.newest
    return "jobs" in unseen and newest is not None and newest["jobs"] is None and failed_quickly(newest)


def judge_unseen(lives: Sequence[Life]) -> list[Finding]:
    """Of these nobody knows whether they ran when they had to."""
    if not lives:
        return []
    back = max(life.seen_since or 0.0 for life in lives)
    message = f"the runs were read back to {clock(back, lives[0].now)}, and these may have been due before"
    return [_unjudged("reach", message, "each look reads a limited number of runs; look at these by hand", lives)]


def judge_open(lives: Sequence[Life], api: JsonObject) -> list[Finding]:
    """Those of these of which nobody knows whether they fail; where all runs were seen, it is known of each."""
    judged = [life for life in lives if life.state == "active" and life.is_counted and not life.own]
    lives = [life for life in judged if not life.is_decided]
    if not lives:
        return []
    who = "1 active workflow has" if len(lives) == 1 else f"{len(lives)} active workflows have"
    few = f"{who} no run, or fewer than `failures`, among the newest {api['seen_runs']:,}"
    message = f"{few}: whether {'it fails' if len(lives) == 1 else 'they fail'} is not known"
    hint = "look at these by hand; the policy's `rules: {actions/unjudged: ok}` makes it a note"
    return [_unjudged("failures", message, hint, lives)]


def judge_unlisted(lives: Sequence[Life], api: JsonObject) -> list[Finding]:
    """Those that GitHub did not list."""
    gone = [life for life in lives if life.state is None]
    return _unlisted(gone) if "workflows" in api["unseen"] else _absent(gone)


def _unlisted(lives: Sequence[Life]) -> list[Finding]:
    if not lives:
        return []
    message = "GitHub's list of workflows was not read to its end, and these were not in it"
    return [_unjudged("list", message, "each look reads a limited number of workflows; look at these by hand", lives)]


def _absent(lives: Sequence[Life]) -> list[Finding]:
    """Their file is in the folder; whether it only is not pushed yet, nobody knows."""
    lives = [life for life in lives if life.critical and life.file is not None]
    if not lives:
        return []
    message = "the policy calls it critical, the folder has it, and GitHub does not"
    return [_unjudged("absent", message, "schedules run once the file is on the default branch", lives)]


def _unjudged(why: str, message: str, hint: str, lives: Sequence[Life]) -> Finding:
    return Finding(
        rule="actions/unjudged",
        state=STATES["unjudged"],
        target=None,
        targets=tuple(sorted(life.name for life in lives)),
        group=group_of("unjudged", why),
        message=message,
        hint=hint,
    )
