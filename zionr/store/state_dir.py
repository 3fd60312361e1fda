"""The folder STATE: private, ignored by git, and only ever ours."""

from __future__ import annotations

import errno
import os
import stat

from ..errors import StoreError
from ..ports.files import ensure_private_dir, write_atomic

REPORTS, CACHE, LOCKS, INDEX = "reports", "cache", "locks", "index.sqlite3"
_OURS = frozenset(
    (REPORTS, CACHE, LOCKS, INDEX, f"{INDEX}-wal", f"{INDEX}-shm", ".gitignore", "backups", "logs", "zionr.log")
)


def prepare_state(path: str) -> None:
    """Make STATE and its folders. StoreError, one line, when reports cannot be stored there.

    A folder that was there and holds other things keeps its mode and gets no `.gitignore`: it may be a home,
    or the repository itself.
    """
    try:
        ensure_private_dir(path)
        _require_ours(path)
        if _holds_only_ours(path):
            _make_private(path)
        for name in (REPORTS, CACHE, LOCKS):
            _make_folder(os.path.join(path, name))
        _require_room(os.path.join(path, REPORTS))
    except OSError as error:
        raise cannot_store(path, error) from error


def require_storable(path: str) -> None:
    """StoreError, one line, where `prepare_state` would refuse; nothing is made."""
    try:
        if os.path.isdir(path):
            _require_ours(path)
        for name in (REPORTS, CACHE, LOCKS):
            _require_no_symlink(os.path.join(path, name))
        nearest = os.path.abspath(os.path.join(path, REPORTS))
        while not os.path.lexists(nearest):
            nearest = os.path.dirname(nearest)
        if not os.path.isdir(nearest):
            raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR), nearest)
        _require_room(nearest)
    except OSError as error:
        raise cannot_store(path, error) from error


def cannot_store(path: str, error: OSError) -> StoreError:
    """The one line for a path that cannot be written."""
    return StoreError(f"{path}: reports cannot be stored: {error.strerror or error}")


def _require_ours(path: str) -> None:
    if os.stat(path).st_uid != os.geteuid():
        raise StoreError(f"{path}: reports cannot be stored: the folder belongs to another user")


def _holds_only_ours(path: str) -> bool:
    return _OURS.issuperset(os.listdir(path))


def _make_private(path: str) -> None:
    if stat.S_IMODE(os.stat(path).st_mode) != 0o700:
        os.chmod(path, 0o700)
    ignore = os.path.join(path, ".gitignore")
    if not os.path.lexists(ignore):
        write_atomic(ignore, "*\n")


def _require_no_symlink(path: str) -> None:
    if os.path.islink(path):
        raise StoreError(f"{path}: reports cannot be stored: it is a symlink")


def _make_folder(path: str) -> None:
    _require_no_symlink(path)
    ensure_private_dir(path)
    _require_ours(path)


def _require_room(path: str) -> None:
    """What a first write would say, said before anything is repaired."""
    facts = os.statvfs(path)
    if facts.f_flag & os.ST_RDONLY or not os.access(path, os.W_OK | os.X_OK, effective_ids=True):
        raise StoreError(f"{path}: reports cannot be stored: the folder is read-only")
    # A file system without a count of its files (btrfs) says 0 of 0.
    if facts.f_bfree == 0 or (facts.f_files and facts.f_ffree == 0):
        raise StoreError(f"{path}: reports cannot be stored: no space left")
