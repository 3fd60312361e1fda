"""Findings about what GitHub says of a workflow itself: disabled, gone, or a word that nobody knows. Pure."""

from __future__ import annotations

from ....instants import clock
from ....model import Finding, State
from .life import Life

KNOWN_STATES = ("active", "deleted", "disabled_fork", "disabled_inactivity", "disabled_manually")
"""The states that GitHub's own description of its API names (openapi, schema `workflow`)."""


def judge_state(life: Life, *, tells_missing: bool) -> list[Finding]:
    """disabled-*, state-unknown; `missing` only where GitHub's list is whole, and no folder tells it."""
    if life.state is None:
        return [_missing(life)] if life.critical and tells_missing else []
    if life.state == "disabled_inactivity":
        return [_inactive(life)]
    if life.state == "disabled_manually":
        return [_by_hand(life)]
    if life.state == "disabled_fork":
        return [_of_a_fork(life)]
    return [] if life.state in KNOWN_STATES else [_unknown(life)]


def _inactive(life: Life) -> Finding:
    message = f"GitHub disabled it {_since(life)}: 60 days without activity in the repository"
    hint = "no event starts it now, a push neither; actions/enable enables it again"
    return _finding(life, "disabled-inactivity", State.CRITICAL, message, hint)


def _by_hand(life: Life) -> Finding:
    message = f"somebody disabled it {_since(life)}, so it is never touched"
    return _finding(life, "disabled-manually", State.WARNING, message, f"needed? enable it: {_url(life)}")


def _of_a_fork(life: Life) -> Finding:
    message = "disabled since the repository was forked, so it is never touched"
    return _finding(life, "disabled-fork", State.WARNING, message, f"needed in this fork? enable it: {_url(life)}")


def _unknown(life: Life) -> Finding:
    message = f"GitHub says {str(life.state)[:60]!r} of it, which tells nothing about its life"
    return _finding(life, "state-unknown", State.UNKNOWN, message, f"look what GitHub shows: {_url(life)}")


def _finding(life: Life, rule: str, state: State, message: str, hint: str) -> Finding:
    evidence = {"url": _url(life)}
    return life.finding(rule, state, message, expected="active", actual=life.state, evidence=evidence, hint=hint)


def _missing(life: Life) -> Finding:
    return life.finding(
        "missing",
        State.CRITICAL,
        "the policy calls it critical, and GitHub does not have it",
        hint="is its name right, and is it on the default branch?",
    )


def _since(life: Life) -> str:
    """When: GitHub dates the change of the state with the workflow's `updated_at`."""
    when = clock((life.known or {})["updated_at"], life.now)
    return f"at {when}" if when.endswith("Z") else f"on {when}"


def _url(life: Life) -> str:
    return str((life.known or {})["url"])
