"""Whether a version of a workflow is one to go back to. Pure; what it judges is what `files.inspect` tells."""

from __future__ import annotations

from ....model import JsonObject
from ..files.whereabouts import actions_by_name
from ..settings import Settings
from .file_rules import REFUSED_ALONE, UNWANTED


def refusing(file: JsonObject) -> list[JsonObject]:
    """The faults that GitHub refuses this file for."""
    return [fault for fault in file["faults"] if fault["rule"] in REFUSED_ALONE]


def is_unseen(file: JsonObject) -> bool:
    """Whether there was no time to look into it: nothing that it seems to say is known."""
    return any(fault["rule"] == "files-unseen" for fault in file["faults"])


def is_clean(file: JsonObject) -> bool:
    """Valid, without conflict markers, and without a placeholder."""
    return bool(file["readable"]) and not any(fault["rule"] in UNWANTED for fault in file["faults"])


def is_empty(file: JsonObject) -> bool:
    """It has steps, and none of them does more than set up and echo."""
    return bool(file["readable"] and file["steps"] > 0 and file["real_steps"] == 0)


def objection(file: JsonObject, least_real_steps: int, *, did_more: bool) -> str | None:
    """Why this version is not one to offer; None where it is. `did_more`: an earlier version had real steps."""
    faults = [fault for fault in file["faults"] if fault["rule"] in UNWANTED]
    if faults:
        return f"{faults[0]['rule']} in line {faults[0]['line']}"
    if not file["readable"]:
        return "it cannot be read"
    if is_empty(file) and did_more:
        return "it is gutted"
    if file["real_steps"] < least_real_steps:
        return f"it has {file['real_steps']} real steps, the present one {least_real_steps}"
    return None


def _is_damaged(file: JsonObject) -> bool:
    return not is_unseen(file) and (not is_clean(file) or is_empty(file))


def suspects(files: JsonObject, settings: Settings) -> list[str]:
    """Names of files that no good version looks like, of files that do nothing, and of critical ones not there."""
    seen = {**actions_by_name(files), **files["workflows"]}
    damaged = [name for name, file in seen.items() if _is_damaged(file)]
    missing = [name for name in settings.critical if name not in files["workflows"]]
    return sorted({*damaged, *missing})
