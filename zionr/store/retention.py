"""Deletes what is older than the policy keeps."""

from __future__ import annotations

import os
from contextlib import suppress
from typing import NamedTuple

from ..instants import iso
from ..ports.files import TEMPORARY
from .folders import day_folders, is_day
from .index import Index
from .records import NEWER

_STALE_S = 3_600


class Pruned(NamedTuple):
    """How many files were deleted, and how many bytes that freed."""

    files: int
    bytes: int


def prune_all(index: Index, reports: str, older_than: float, now: float) -> Pruned:
    """Delete reports that started before the instant, and what killed runs left. OSError where it is refused."""
    unfinished = prune_unfinished(reports, now)
    old = prune_reports(index, reports, older_than)
    return Pruned(unfinished.files + old.files, unfinished.bytes + old.bytes)


def prune_reports(index: Index, reports: str, older_than: float) -> Pruned:
    """Delete reports that started before the instant; those of a newer zionr stay. OSError where it is refused."""
    rows = index.rows(
        "SELECT day, file FROM reports WHERE started < ? AND trust <> ? ORDER BY day, file", (older_than, NEWER)
    )
    # What a damaged index says is no name of ours is deleted from the index alone.
    sizes = [_delete(os.path.join(reports, day, file)) for day, file in rows if _is_name(day, file)]
    with index.transaction():
        for day in {day for day, _ in rows}:
            index.drop(day, [file for of_day, file in rows if of_day == day])
    _remove_empty_folders(reports, older_than)
    return _sum(sizes)


def _is_name(day: object, file: object) -> bool:
    if not isinstance(day, str) or not isinstance(file, str):
        return False
    return is_day(day) and file.endswith(".json") and not {"/", "\0"} & set(file)


def prune_unfinished(reports: str, now: float) -> Pruned:
    """Delete what killed runs left half-written more than an hour ago."""
    sizes = []
    for day in day_folders(reports):
        folder = os.path.join(reports, day)
        with os.scandir(folder) as entries:
            paths = [entry.path for entry in entries if _is_stale(entry, now)]
        sizes += [_delete(path) for path in paths]
    return _sum(sizes)


def _is_stale(entry: os.DirEntry[str], now: float) -> bool:
    if not (entry.name.startswith(".") and entry.name.endswith(TEMPORARY)):
        return False
    with suppress(FileNotFoundError):
        facts = entry.stat(follow_symlinks=False)
        return entry.is_file(follow_symlinks=False) and facts.st_mtime < now - _STALE_S
    return False


def _delete(path: str) -> int | None:
    """The size of the file that was deleted; None when another run was faster."""
    try:
        size = os.lstat(path).st_size
        os.unlink(path)
    except FileNotFoundError:
        return None
    return size


def _remove_empty_folders(reports: str, older_than: float) -> None:
    oldest_kept = iso(older_than)[:10]
    for day in day_folders(reports):
        if day <= oldest_kept:
            with suppress(OSError):
                os.rmdir(os.path.join(reports, day))


def _sum(sizes: list[int | None]) -> Pruned:
    deleted = [size for size in sizes if size is not None]
    return Pruned(len(deleted), sum(deleted))
