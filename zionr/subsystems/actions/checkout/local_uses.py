"""What workflows and actions use of their own repository, and whether it is there."""

from __future__ import annotations

import os
import re
from functools import cached_property

from ....model import JsonObject
from ....ports import files
from ..files.source import Fault
from .listing import ACTION_NAMES, Entry, action_in, from_top, is_within

_OF_AN_ACTION = (*ACTION_NAMES, "Dockerfile")
_SUBMODULE = re.compile(r"^[ \t]*path[ \t]*=[ \t]*(.+?)[ \t\r]*$", re.MULTILINE)
_LARGEST = 1 << 20


class Locals:
    """One checkout; each place in it is looked at once. `top` without `.git` and `.github` is none: nothing is said."""

    def __init__(self, top: str) -> None:
        self._top = top
        self._known = any(os.path.lexists(os.path.join(top, name)) for name in (".git", ".github"))
        self._reasons: dict[tuple[str, str], str | None] = {}

    def faults(self, inspected: JsonObject) -> list[JsonObject]:
        """A `local-missing` for each use of what is not there, and what no step nor submodule can bring."""
        reasons = [(use, self._reason(use["kind"], use["uses"])) for use in inspected["locals"] if self._known]
        missing = [(use, reason) for use, reason in reasons if reason is not None]
        return [_fault(use, reason) for use, reason in missing if not self._comes_later(use)]

    def actions(self, inspected: JsonObject) -> list[Entry]:
        """The actions of this checkout that a file uses."""
        folders = {from_top("", _place(use["uses"])) for use in inspected["locals"] if use["kind"] == "action"}
        found = [action_in(self._top, "" if folder == "." else folder) for folder in sorted(folders)]
        return [entry for entry in found if entry is not None]

    def _reason(self, kind: str, uses: str) -> str | None:
        key = (kind, uses)
        if key not in self._reasons:
            self._reasons[key] = self._look(kind, uses)
        return self._reasons[key]

    def _look(self, kind: str, uses: str) -> str | None:
        place = os.path.normpath(os.path.join(self._top, _place(uses)))
        if not is_within(place, self._top):
            return "leads out of the repository"
        if kind == "workflow":
            return None if os.path.isfile(place) else "is not there"
        if not os.path.isdir(place):
            return "is not there" if not os.path.lexists(place) else "is no folder; an action is one"
        if any(os.path.isfile(os.path.join(place, name)) for name in _OF_AN_ACTION):
            return None
        return f"holds no {', '.join(_OF_AN_ACTION[:-1])} or {_OF_AN_ACTION[-1]}"

    def _comes_later(self, use: JsonObject) -> bool:
        """Whether the runner may find it all the same; GitHub reads workflows without any step."""
        if use["kind"] == "workflow":
            return False
        folder = f"{from_top('', _place(use['uses']))}/"
        return bool(use["brought"]) or any(folder.startswith(f"{path}/") for path in self._submodules)

    @cached_property
    def _submodules(self) -> list[str]:
        """The folders that `.gitmodules` names; none where it cannot be read."""
        try:
            content = files.read_bytes(os.path.join(self._top, ".gitmodules"), _LARGEST, follow=False)
        except OSError:
            return []
        return [from_top("", found.strip('"')) for found in _SUBMODULE.findall(content.decode(errors="replace"))]


def _place(uses: str) -> str:
    """The path from the top: `$/` is the top of the workflow's repository, as `./` is that of what was checked out."""
    return f"./{uses[2:]}"


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
