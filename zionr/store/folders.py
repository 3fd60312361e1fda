"""Brings the index up to the report files: cheap when nothing changed, right after a kill, a copy or a deletion."""

import errno
import os
from collections.abc import Callable, Iterator
from typing import NamedTuple

from ..ports.files import read_bytes
from .index import Index
from .records import LARGEST, Record, broken, parse

_SETTLED_NS = 2_000_000_000
"""A folder's mtime is believed only once it is this old: a file system's clock moves in steps."""


class Change(NamedTuple):
    """What differs between one day's folder and the index; `mtime_ns` is None while it may still move."""

    day: str
    mtime_ns: int | None
    missing: list[tuple[str, int]]
    vanished: list[str]


def is_day(name: str) -> bool:
    """Whether a folder's name is that of a day."""
    year, month, day = name[:4], name[5:7], name[8:]
    if len(name) != 10 or name[4] + name[7] != "--" or not (name.isascii() and (year + month + day).isdigit()):
        return False
    return "01" <= month <= "12" and "01" <= day <= "31"


def catch_up(index: Index, reports: str, now: Callable[[], float]) -> None:
    """Enter what is on file and not in the index, drop what is gone. DamagedError, UnwritableError of the index."""
    changes = list(_changes(index, reports, now))
    if not changes:
        return
    # Read before the transaction: others must not wait for ten thousand files.
    records = [_read_missing(reports, change) for change in changes]
    with index.transaction():
        for change, found in zip(changes, records, strict=True):
            _apply(index, change, found)


def _changes(index: Index, reports: str, now: Callable[[], float]) -> Iterator[Change]:
    known = dict(index.rows("SELECT day, mtime_ns FROM days"))
    on_file = day_folders(reports)
    for day in on_file:
        # Before the listing: what changes during it is seen the next time.
        mtime_ns = _mtime_ns(os.path.join(reports, day))
        if mtime_ns is not None and known.get(day) != mtime_ns:
            yield _compare(index, reports, day, _settled(mtime_ns, now()))
    indexed = {day for (day,) in index.rows("SELECT DISTINCT day FROM reports")} | set(known)
    for day in sorted(indexed - set(on_file), key=str):
        files = [file for (file,) in index.rows("SELECT file FROM reports WHERE day = ?", (day,))]
        yield Change(day, None, [], files)


def day_folders(reports: str) -> list[str]:
    """The names of the days on file, oldest first; none if the folder cannot be read."""
    try:
        with os.scandir(reports) as entries:
            return sorted(entry.name for entry in entries if is_day(entry.name) and _is_folder(entry))
    except OSError:
        return []


def _is_folder(entry: os.DirEntry[str]) -> bool:
    return entry.is_dir(follow_symlinks=False)


def _mtime_ns(folder: str) -> int | None:
    try:
        return os.lstat(folder).st_mtime_ns
    except OSError:
        return None


def _settled(mtime_ns: int, now: float) -> int | None:
    return mtime_ns if mtime_ns < now * 1e9 - _SETTLED_NS else None


def _compare(index: Index, reports: str, day: str, mtime_ns: int | None) -> Change:
    """The inode tells a file that was replaced: a rename brings a new one, and listing names it for nothing."""
    # In this order: what another run adds in between is then read twice, and not taken for vanished.
    known = dict(index.rows("SELECT file, inode FROM reports WHERE day = ?", (day,)))
    on_file = report_files(os.path.join(reports, day))
    missing = [(file, inode) for file, inode in on_file.items() if known.get(file) != inode]
    return Change(day, mtime_ns, missing, [file for file in known if file not in on_file])


def report_files(folder: str) -> dict[str, int]:
    """Names and inodes of the report files of a day: regular ones, no symlink, no unfinished one."""
    try:
        with os.scandir(folder) as entries:
            return {entry.name: entry.inode() for entry in entries if _is_report(entry)}
    except OSError:
        return {}


def _is_report(entry: os.DirEntry[str]) -> bool:
    name = entry.name
    return name.endswith(".json") and not name.startswith(".") and entry.is_file(follow_symlinks=False)


def _read_missing(reports: str, change: Change) -> list[Record]:
    read = (read_record(reports, change.day, file, inode) for file, inode in change.missing)
    return [record for record in read if record is not None]


def _apply(index: Index, change: Change, found: list[Record]) -> None:
    index.drop(change.day, change.vanished)
    index.put(found)
    if change.mtime_ns is None:
        index.rows("DELETE FROM days WHERE day = ?", (change.day,))
    else:
        index.rows("INSERT OR REPLACE INTO days VALUES (?, ?)", (change.day, change.mtime_ns))


def read_record(reports: str, day: str, file: str, inode: int) -> Record | None:
    """The record of one file; None when it is gone by now. What cannot be read is a broken record."""
    path = os.path.join(reports, day, file)
    try:
        return parse(day, file, inode, read_bytes(path, LARGEST, follow=False))
    except FileNotFoundError:
        return None
    except OSError as error:
        reason = "over 32 MiB" if error.errno == errno.EFBIG else os.strerror(error.errno or errno.EIO)
        return broken(day, file, inode, file.removesuffix(".json"), reason)
