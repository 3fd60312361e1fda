"""The versions of one file that led to the present one, from what git says of its changes. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from ....model import JsonObject
from ..judging.soundness import is_clean, is_empty

if TYPE_CHECKING:
    from ....ports.git import Change

_FILE_MODES = ("100644", "100755")


class Trail(NamedTuple):
    """The changes of one path, newest first, each of which made the version that the next newer one changed.

    `whole` is whether the oldest is truly the first there was.
    """

    path: str
    changes: tuple[Change, ...]
    whole: bool


class Standing(NamedTuple):
    """What the versions looked at so far tell. `good` and `stands` are places in the trail, None where not known.

    `stands` is the change since which the crons are as they are now; `more` whether older versions could tell more.
    """

    good: int | None
    most_real_steps: int
    stands: int | None
    more: bool


def follow(path: str, present: str | None, changes: Sequence[Change], *, whole: bool) -> Trail:
    """The trail that ends at the blob `present` (None: no such file). `changes` are those of this path.

    Clocks of committers differ, so order in time is not trusted where content tells more: each step goes to the change
    that made what the last one found. At a merge the first parent's version comes before.
    """
    left = list(changes)
    found: list[Change] = []
    wanted, at = present, 0
    while (index := _place_of(wanted, left, at)) is not None:
        change = left.pop(index)
        found.append(change)
        at = index
        wanted = next((blob for blob in change.before if blob is not None), None)
    # Nothing made what is wanted: it was never there, or git did not say.
    return Trail(path, tuple(found), whole and wanted is None)


def _place_of(wanted: str | None, changes: Sequence[Change], at: int) -> int | None:
    """The first change at or below `at` that made this blob, else the first of all."""
    places = [*range(at, len(changes)), *range(at)]
    return next((place for place in places if changes[place].after == wanted), None)


def is_file(change: Change) -> bool:
    """Whether it made a regular file: neither taken away, nor a link."""
    return change.after is not None and change.mode in _FILE_MODES


def standing(trail: Trail, seen: Sequence[JsonObject | None]) -> Standing:
    """What the newest `len(seen)` versions tell; None stands for one that is no file or cannot be read."""
    most = max((file["real_steps"] for file in seen if file is not None and is_clean(file)), default=0)
    exhausted = len(seen) == len(trail.changes)
    good, sure = _newest_good(seen)
    stands, differs = _crons_since(seen)
    if not differs:
        stands = len(seen) - 1 if exhausted and trail.whole and stands is not None else None
    more = not exhausted and not (sure and (differs or not _crons(seen[0] if seen else None)))
    return Standing(good, most, stands, more)


def _newest_good(seen: Sequence[JsonObject | None]) -> tuple[int | None, bool]:
    """Its place, and whether nothing older could take it away: an empty one is gutted if an older one did more."""
    tentative = None
    for place, file in enumerate(seen):
        if file is None or not is_clean(file):
            continue
        if not is_empty(file):
            return place, True
        tentative = place if tentative is None else tentative
    return tentative, False


def _crons_since(seen: Sequence[JsonObject | None]) -> tuple[int | None, bool]:
    """The oldest place with the crons of the newest, and whether an older version with others was seen."""
    now = _crons(seen[0] if seen else None)
    if not now:
        return None, True
    other = next((place for place, file in enumerate(seen) if _crons(file) != now), None)
    return (len(seen) - 1, False) if other is None else (other - 1, True)


def _crons(file: JsonObject | None) -> list[tuple[str, str]]:
    crons = () if file is None else file["crons"]
    return sorted((cron["cron"], cron["timezone"] or "") for cron in crons)
