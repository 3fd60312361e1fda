"""The variables that override a policy: their names, and those of them that are set.

Each is known by its own name, which other software may use for something else, and with `ZIONR_` before it, which
wins. An empty one counts as not set. What they mean is in `overrides`, which a warm start does not need.
"""

from __future__ import annotations

from collections.abc import Mapping

PREFIX = "ZIONR_"
NAMES = (
    "MONITORING_INTERVAL",
    "HEALTH_CHECK_INTERVAL",
    "AUTO_HEALING",
    "HEALTH_SCORE_THRESHOLD",
    "MAX_FAILURE_THRESHOLD",
    "WORKFLOW_VALIDATION",
    "BACKUP_TRIGGERS",
    "METRICS_COLLECTION",
    "DEBUG",
)


def set_values(environ: Mapping[str, str]) -> dict[str, str]:
    """The text of each variable that is set, by the name that counts: `{"ZIONR_DEBUG": "true"}`."""
    values = {}
    for name in NAMES:
        for full in (PREFIX + name, name):
            if environ.get(full):
                values[full] = environ[full]
                break
    return values
