"""What workflows and actions use of their own repository, and whether it is there."""

from __future__ import annotations

import os

from ....model import JsonObject
from ..files.source import Fault
from .listing import ACTION_NAMES, Entry, action_in, from_top, is_within

_OF_AN_ACTION = (*ACTION_NAMES, "Dockerfile")


class Locals:
    """One checkout; each place in it is looked at once. `top` without `.git` and `.github` is none: nothing is said."""

    def __init__(self, top: str) -> None:
        self._top = top
        self._known = any(os.path.lexists(os.path.join(top, name)) for name in (".git", ".github"))
        self._reasons: dict[tuple[str, str], str | None] = {}

    def faults(self, inspected: JsonObject) -> list[JsonObject]:
        """A `local-missing` for each use of what is not there."""
        reasons = [(use, self._reason(use["kind"], use["uses"])) for use in inspected["locals"] if self._known]
        return [_fault(use, reason) for use, reason in reasons if reason is not None]

    def actions(self, inspected: JsonObject) -> list[Entry]:
        """The actions of this checkout that a file uses."""
        folders = {from_top("", use["uses"]) for use in inspected["locals"] if use["kind"] == "action"}
        found = [action_in(self._top, "" if folder == "." else folder) for folder in sorted(folders)]
        return [entry for entry in found if entry is not None]

    def _reason(self, kind: str, uses: str) -> str | None:
        key = (kind, uses)
        if key not in self._reasons:
            self._reasons[key] = self._look(kind, uses)
        return self._reasons[key]

    def _look(self, kind: str, uses: str) -> str | None:
        place = os.path.normpath(os.path.join(self._top, uses))
        if not is_within(place, self._top):
            return "leads out of the repository"
        if kind == "workflow":
            return None if os.path.isfile(place) else "is not there"
        if not os.path.isdir(place):
            return "is not there" if not os.path.lexists(place) else "is no folder; an action is one"
        if any(os.path.isfile(os.path.join(place, name)) for name in _OF_AN_ACTION):
            return None
        return f"holds no {', '.join(_OF_AN_ACTION[:-1])} or {_OF_AN_ACTION[-1]}"


def _fault(use: JsonObject, reason: str) -> JsonObject:
    made = Fault(
        rule="local-missing",
        line=use["line"],
        column=use["column"],
        message=f"{use['uses']} {reason}",
        anchor=use["anchor"],
        hint=f"bring the {use['kind']} back, or take out what uses it",
        like=f"{use['uses']} {reason}",
    )
    return made._asdict()
