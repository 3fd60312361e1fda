"""What became of an effect, in words. Pure."""

from __future__ import annotations

from ....model import JsonObject, Outcome
from ..github.problem import ApiError

_TITLES = {
    409: "GitHub cannot do that to it now",
    422: "GitHub does not start it",
}
"""What the two statuses mean of workflows and runs; GitHub's own words follow."""


def told(error: ApiError) -> str:
    """Why GitHub could not be asked, or refused."""
    if error.status in _TITLES:
        return f"{_TITLES[error.status]}: {error.message or f'status {error.status}'}"
    if error.kind == "refused":
        return error.reason
    return error.advice


def skipped(reason: str, gate: str = "fresh look") -> Outcome:
    """Nothing was done: the last look speaks against it."""
    return Outcome("skipped", reason, gate=gate)


def refused(error: ApiError, evidence: JsonObject | None = None) -> Outcome:
    """GitHub did not do it. What was not even heard, for a limit or a missing connection, was no try."""
    if error.kind in ("limited", "no-token", "unreachable") and not error.sent:
        return skipped(told(error), "api")
    return Outcome("failed", told(error), evidence or {})
