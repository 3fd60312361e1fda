"""The part of a policy for GitHub Actions, as tests and recordings start from it."""

from __future__ import annotations

from typing import Any

from zionr.model import JsonObject
from zionr.subsystems.actions.settings import Settings, read_settings

WORKFLOWS = ".github/workflows"
RULES: JsonObject = {
    "files": {"enabled": True, "path": WORKFLOWS, "ignore": [], "tools": [], "herd": 5, "cadence_factor": 2},
    "failures": 3,
    "stuck": {"queued": 3600.0, "in_progress": 21_600.0},
    "cancel_wait": 30.0,
    "step_timeout": 600.0,
    "deadline": 60.0,
    "proposals": "auto",
}
"""The compiled form, with every default and nothing else."""


def settings(files: JsonObject | None = None, **rules: Any) -> Settings:
    """The settings of these rules; what is left out is as by default, each key of `files` too."""
    return read_settings({**RULES, **rules, "files": {**RULES["files"], **(files or {})}})
