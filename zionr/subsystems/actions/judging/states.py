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
    return life.finding(
        "disabled-inactivity",
        State.CRITICAL,
        f"GitHub disabled it {_since(life)}: 60 days without activity in the repository",
        expected="active",
        actual=life.state,
        evidence=_evidence(life),
        hint="no event starts it now, a push neither; actions/enable enables it again",
    )


def _by_hand(life: Life) -> Finding:
    return life.finding(
        "disabled-manually",
        State.WARNING,
        f"somebody disabled it {_since(life)}, so it is never touched",
        expected="active",
        actual=life.state,
        evidence=_evidence(life),
        hint=f"needed? enable it: {_url(life)}",
    )


def _of_a_fork(life: Life) -> Finding:
    return life.finding(
        "disabled-fork",
        State.WARNING,
        "disabled since the repository was forked, so it is never touched",
        expected="active",
        actual=life.state,
        evidence=_evidence(life),
        hint=f"needed in this fork? enable it: {_url(life)}",
    )


def _unknown(life: Life) -> Finding:
    return life.finding(
        "state-unknown",
        State.UNKNOWN,
        f"GitHub says {str(life.state)[:60]!r} of it, which tells nothing about its life",
        expected="active",
        actual=life.state,
        evidence=_evidence(life),
        hint=f"look what GitHub shows: {_url(life)}",
    )


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


def _evidence(life: Life) -> dict[str, str]:
    return {"url": _url(life)}
