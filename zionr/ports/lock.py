"""Locks between the processes of one machine: by flock, so that the kernel frees what a killed run held."""

import errno
import fcntl
import json
import os
import stat
from contextlib import suppress
from types import TracebackType
from typing import NamedTuple, Self

from ..errors import StoreError
from ..model import JsonObject

_OPEN = os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC
_HOLDER_LIMIT = 4096
_TRIES = 16


class Busy(NamedTuple):
    """Somebody else holds the lock; `holder` is what they wrote of themselves, None if that is unreadable."""

    holder: JsonObject | None


class HeldLock:
    """The lock is ours until `release`, the end of the `with` block, or the end of this process.

    The file stays: one who deleted it could delete it under a process that has just locked it.
    """

    def __init__(self, path: str, descriptor: int) -> None:
        self.path = path
        self._descriptor: int | None = descriptor

    def release(self) -> None:
        """Give the lock back; a second call does nothing."""
        descriptor, self._descriptor = self._descriptor, None
        if descriptor is None:
            return
        try:
            with suppress(OSError):
                os.ftruncate(descriptor, 0)
            # A forked child shares the lock: closing our copy alone would leave it held.
            fcntl.flock(descriptor, fcntl.LOCK_UN)
        finally:
            os.close(descriptor)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.release()


def try_lock(path: str, holder: JsonObject) -> HeldLock | Busy:
    """Take the lock at once, or say who has it. `holder` (runner id, pid, since) is for others to read.

    The folder must exist; the file is made 0600. StoreError for a symlink, a file that is not regular or not
    ours, and where the file system has no locks.
    """
    for _ in range(_TRIES):
        descriptor = _open(path)
        held = False
        try:
            if not _flock(descriptor, path):
                return Busy(_read_holder(descriptor))
            held = _is_at(path, descriptor)
        finally:
            if not held:
                os.close(descriptor)
        if held:
            _write_holder(descriptor, holder)
            return HeldLock(path, descriptor)
    raise StoreError(f"{path}: the lock file is replaced again and again")


def _open(path: str) -> int:
    try:
        descriptor = os.open(path, _OPEN, 0o600)
    except OSError as error:
        reason = "is a symlink" if error.errno == errno.ELOOP else error.strerror
        raise StoreError(f"{path}: cannot lock: {reason}") from error
    facts = os.fstat(descriptor)
    if stat.S_ISREG(facts.st_mode) and facts.st_uid == os.geteuid():
        return descriptor
    os.close(descriptor)
    reason = "belongs to another user" if stat.S_ISREG(facts.st_mode) else "is not a regular file"
    raise StoreError(f"{path}: cannot lock: {reason}")


def _flock(descriptor: int, path: str) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError as error:
        raise StoreError(f"{path}: cannot lock: {error.strerror}") from error
    return True


def _is_at(path: str, descriptor: int) -> bool:
    """Whether the locked file still bears the name: else the next one to come would lock another file."""
    try:
        return os.path.samestat(os.lstat(path), os.fstat(descriptor))
    except FileNotFoundError:
        return False


def _write_holder(descriptor: int, holder: JsonObject) -> None:
    text = json.dumps(holder, sort_keys=True).encode()[:_HOLDER_LIMIT]
    # The lock holds without its label, on a full disk too.
    with suppress(OSError):
        os.pwrite(descriptor, text, 0)
        os.ftruncate(descriptor, len(text))


def _read_holder(descriptor: int) -> JsonObject | None:
    try:
        holder = json.loads(os.pread(descriptor, _HOLDER_LIMIT, 0))
    except (OSError, ValueError, RecursionError):
        return None
    return holder if isinstance(holder, dict) else None
