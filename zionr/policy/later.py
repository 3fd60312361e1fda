"""Keys that a policy may hold and that this version does nothing with: said, so that nobody relies on them."""

from __future__ import annotations

from ..model import JsonObject
from ..strict_yaml.values import Path
from .problems import dotted

SHARED = "store.shared: not used by this version; a lock of this host stands in for the lease"
_UNUSED: tuple[Path, ...] = (
    ("store", "shared", "remote"),
    ("store", "lease"),
    ("store", "when_alone"),
    ("runners", "*", "ssh"),
    ("subsystems", "pm2", "log_max"),
    ("subsystems", "pm2", "processes", "*", "scale"),
    ("subsystems", "pm2", "processes", "*", "max_instances"),
)
"""Keys, from the top; `*` is any."""


def of_reports(whole: JsonObject) -> list[str]:
    """What every report says of a completed policy: it asks for more safety than it gets."""
    return [SHARED] if whole["store"]["shared"]["kind"] != "none" else []


def unused(document: JsonObject, origins: dict[str, str]) -> list[str]:
    """A line for each such key that somebody set, for those who ask whether the policy is good."""
    found = [key for path in _UNUSED for key in _keys(document, path, ()) if key in origins]
    return [f"{key}: not used by this version" for key in found]


def _keys(value: object, path: Path, above: Path) -> list[str]:
    if not path:
        return [dotted(above)]
    if not isinstance(value, dict):
        return []
    steps = list(value) if path[0] == "*" else [path[0]] if path[0] in value else []
    return [key for step in steps for key in _keys(value[step], path[1:], (*above, step))]
