"""The rules for files and the state that each gives. Pure."""

from ....model import State

REFUSED = frozenset(
    (
        *("unreadable", "too-large", "markers", "duplicate-key", "merge-key", "type", "unknown-key", "on-missing"),
        *("no-jobs", "needs-unknown", "needs-cycle", "expression", "cron-invalid", "timezone-unknown", "uses-invalid"),
        "local-missing",
    )
)
"""What GitHub refuses: the workflow, or its job, cannot start."""

_OPINIONS = {
    State.WARNING: (
        *("push-without-permission", "shared-concurrency", "placeholder", "gutted", "cadence-name", "schedule-herd"),
        *("cron-too-quick", "shell-syntax"),
    ),
    State.OK: ("no-timeout", "litter", "unpinned"),
}
OPINIONS = frozenset(rule for rules in _OPINIONS.values() for rule in rules)
"""What GitHub accepts and zionr advises against."""

STATES = {
    **dict.fromkeys(REFUSED, State.CRITICAL),
    **{rule: state for state, rules in _OPINIONS.items() for rule in rules},
    "missing": State.CRITICAL,
    "files-unseen": State.UNKNOWN,
    "tool-unavailable": State.UNKNOWN,
    "unjudged": State.UNKNOWN,
}

DATED = REFUSED | {"gutted", "placeholder"}
"""Rules whose fault has a commit that made it, where the history is known: a good version holds none of them."""
