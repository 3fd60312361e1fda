"""The rules for files, what each means for a file, and the state that it gives. Pure."""

from collections.abc import Iterable

from ....model import Finding, State

REFUSED = frozenset(
    (
        *("unreadable", "too-large", "markers", "duplicate-key", "merge-key", "type", "unknown-key", "on-missing"),
        *("no-jobs", "needs-unknown", "needs-cycle", "expression", "cron-invalid", "timezone-unknown", "uses-invalid"),
        "local-missing",
    )
)
"""What GitHub refuses: the workflow, or its job, cannot start."""
REFUSED_ALONE = REFUSED - {"local-missing"}
"""Those of them that the file shows by itself, whatever lies beside it."""
UNWANTED = REFUSED_ALONE | {"placeholder"}
"""What no version holds that anybody wants back."""

_OPINIONS = {
    State.WARNING: (
        *("push-without-permission", "shared-concurrency", "placeholder", "gutted", "cadence-name", "schedule-herd"),
        *("cron-too-quick", "cron-never", "shell-syntax"),
    ),
    State.OK: ("no-timeout", "litter", "unpinned"),
}
OPINIONS = frozenset(rule for rules in _OPINIONS.values() for rule in rules)
"""What GitHub accepts and zionr advises against."""
ADVICE = OPINIONS - {"gutted"}
"""Those of them that nothing is done about but to say so."""

STATES = {
    **dict.fromkeys(REFUSED, State.CRITICAL),
    **{rule: state for state, rules in _OPINIONS.items() for rule in rules},
    "missing": State.CRITICAL,
    "files-unseen": State.UNKNOWN,
    "tool-unavailable": State.UNKNOWN,
    "unjudged": State.UNKNOWN,
}

DATED = REFUSED | UNWANTED | {"gutted"}
"""Rules whose fault has a commit that made it, where the history is known: a good version holds none of them."""


def refused(findings: Iterable[Finding]) -> dict[str, str]:
    """The files that GitHub refuses, each with the id of the first finding that says so."""
    found: dict[str, str] = {}
    for finding in findings:
        if finding.rule.removeprefix("actions/") in REFUSED:
            for name in finding.covers:
                found.setdefault(name, finding.id)
    return found
