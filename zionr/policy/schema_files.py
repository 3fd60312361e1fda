"""Where the parts of the schema lie, and whether they are still those that a policy was compiled with.

This is on the path of every run: nothing here opens a file or imports a subsystem.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable

_PACKAGE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
_SUBSYSTEMS = os.path.join(_PACKAGE, "subsystems")
CORE = os.path.join(_PACKAGE, "policy", "schema.json")

Stamp = list[str | int]
"""A path, its size and its time of change in nanoseconds; a size of -1 where there is none."""


def built_in() -> dict[str, str]:
    """The schema of each subsystem of this package, by the subsystem's name."""
    places = {name: os.path.join(_SUBSYSTEMS, name, "schema.json") for name in sorted(os.listdir(_SUBSYSTEMS))}
    return {name: path for name, path in places.items() if os.path.isfile(path)}


def stamp_all(elsewhere: Iterable[str]) -> list[Stamp]:
    """The stamps of all parts: this package's, those of other packages, and the folders where packages appear."""
    stamps = [_stamp(path) for path in (CORE, *built_in().values(), *elsewhere)]
    # A package that joins or leaves is seen by its folder; asking importlib.metadata would cost 20 ms at every run.
    return stamps + [_stamp(folder, sized=False) for folder in sys.path if folder.endswith("-packages")]


def _stamp(path: str, *, sized: bool = True) -> Stamp:
    try:
        found = os.stat(path)
    except OSError:
        return [path, -1, 0]
    return [path, found.st_size if sized else 0, found.st_mtime_ns]
