"""What inspecting a file gave, by its content: an unchanged file is parsed once.

STATE/cache/actions-files.json holds `key`, what the results depend on beside the content, and `found`, each result
under its kind and digest. It may be deleted at any time; one that is damaged or not ours is as none.
"""

from __future__ import annotations

import os
from collections.abc import Iterable

from .... import __version__
from ....model import JsonObject
from ....ports import kept
from .schema_files import schema_files

NAME = "actions-files.json"
LARGEST = 32 << 20
"""Bytes. Results of 1,400 ordinary files are about 1.5 MB."""
FORMAT = 1
_ROOM = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
_RULES = (os.path.join(_ROOM, "files"), os.path.join(_ROOM, "..", "..", "strict_yaml"))


class Inspections:
    """The results that this run uses: those of the last run, and what is put in beside them."""

    def __init__(self, state_dir: str) -> None:
        self._path = os.path.join(state_dir, "cache", NAME)
        self._key = _key()
        kept_before = kept.read(self._path, LARGEST) or {}
        found = kept_before.get("found") if kept_before.get("key") == self._key else None
        self._before: JsonObject = found if isinstance(found, dict) else {}
        self._used: JsonObject = {}

    def get(self, kind: str, digest: str) -> JsonObject | None:
        """The result for this content (its git blob SHA-1), which nobody may change; None where there is none yet."""
        name = f"{kind}:{digest}"
        found = self._used.get(name) or self._before.get(name)
        if found is not None:
            self._used[name] = found
        return found

    def put(self, kind: str, digest: str, result: JsonObject) -> None:
        """Keep a result, in place of another for the same content. It is plain JSON, so it is read back as it is."""
        self._used[f"{kind}:{digest}"] = result

    def unfinished(self) -> list[tuple[str, str, JsonObject]]:
        """Kind, digest and result of every file in use whose shell blocks are still to be checked."""
        waiting = [(name.partition(":"), result) for name, result in self._used.items() if result["blocks"]]
        return [(kind, digest, result) for (kind, _, digest), result in waiting]

    def save(self) -> None:
        """Write what this run used, where that is not what the last one left; no error where that is not possible."""
        if self._used != self._before:
            kept.write(self._path, {"key": self._key, "found": self._used})


def _key() -> JsonObject:
    return {"format": FORMAT, "version": __version__, "rules": stamp(rule_files()), "schemas": stamp(schema_files())}


def stamp(paths: Iterable[str]) -> list[int]:
    """How many files, their size together, and the newest time of change in nanoseconds."""
    facts = [os.stat(path) for path in paths]
    return [len(facts), sum(one.st_size for one in facts), max((one.st_mtime_ns for one in facts), default=0)]


def rule_files() -> list[str]:
    """The modules that inspect: results of other rules than these are of no use."""
    return [
        os.path.join(folder, name)
        for root in _RULES
        for folder, _, names in os.walk(root)
        for name in names
        if name.endswith(".py")
    ]
