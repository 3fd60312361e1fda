"""Files of this machine: nobody ever sees half of one written here, and no reading waits."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Callable
from contextlib import suppress

_READ = os.O_RDONLY | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC
_CREATE = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
_APPEND = os.O_WRONLY | os.O_APPEND | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC
_OPEN_FILES = ("/dev/fd/", "/dev/std", "/proc/")
_OTHERS_WRITE = stat.S_IWGRP | stat.S_IWOTH
TEMPORARY = ".tmp"
"""How the name of an unfinished file ends; it begins with a dot, so that no pattern for reports finds it."""


def no_trace(_name: str) -> None:
    """The callback that is told of each side effect to come, where nobody wants to know."""


def write_atomic(
    path: str, content: str | bytes, mode: int = 0o600, *, trace: Callable[[str], None] = no_trace
) -> os.stat_result:
    """Put `content` (text as UTF-8) in the place of `path`: readers see the old file or the new, whole.

    The folder must exist. `trace` is called with the name of each side effect before it happens. Returns
    the new file's stat, once it is on disk. OSError when it cannot be: the old file is as it was then, and
    nothing new lies beside it.
    """
    content = content.encode(errors="backslashreplace") if isinstance(content, str) else content
    folder, name = os.path.split(path)
    temporary = os.path.join(folder, f".{name}.{os.getpid()}-{os.urandom(4).hex()}{TEMPORARY}")
    trace("create")
    descriptor = os.open(temporary, _CREATE, mode)
    try:
        written = _fill(descriptor, content, trace)
        trace("rename")
        os.rename(temporary, path)
    except BaseException:
        with suppress(OSError):
            os.unlink(temporary)
        raise
    trace("sync folder")
    sync_folder(folder or ".")
    trace("written")
    return written


def write_output(path: str, content: str, mode: int = 0o644) -> None:
    """Put `content` where a user wants it: a file as `write_atomic` does, a device, FIFO or socket's end straight.

    A symlink stays, and what it leads to is written. A FIFO that nobody reads is refused (ENXIO), not waited for.
    """
    if _takes_bytes_only(path):
        descriptor = os.open(path, _APPEND)
        os.set_blocking(descriptor, True)
        with open(descriptor, "w", encoding="utf-8", errors="backslashreplace") as file:
            file.write(content)
    else:
        write_atomic(os.path.realpath(path), content, mode)


def _takes_bytes_only(path: str) -> bool:
    """Whether it is there and is no file that another could take the place of."""
    try:
        found = os.stat(path)
    except OSError:
        return False
    return not stat.S_ISREG(found.st_mode) or os.path.abspath(path).startswith(_OPEN_FILES)


def _fill(descriptor: int, content: bytes, trace: Callable[[str], None]) -> os.stat_result:
    with open(descriptor, "wb", buffering=0) as file:
        trace("write")
        rest = memoryview(content)
        while rest:
            rest = rest[file.write(rest) or 0 :]
        trace("sync file")
        os.fsync(descriptor)
        return os.fstat(descriptor)


def sync_folder(path: str) -> None:
    """Make the names in a folder last. A file system without such a call (EINVAL) is left be."""
    descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    except OSError as error:
        if error.errno not in (errno.EINVAL, errno.ENOTSUP):
            raise
    finally:
        os.close(descriptor)


def ensure_private_dir(path: str) -> None:
    """Make the folder and its parents; what is made here is 0700, what was there keeps its mode.

    OSError when it cannot be made; NotADirectoryError where something else bears the name.
    """
    if os.path.isdir(path):
        return
    parent = os.path.dirname(path)
    if parent and parent != path:
        ensure_private_dir(parent)
    try:
        os.mkdir(path, 0o700)
    except FileExistsError:
        if not os.path.isdir(path):
            raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR), path) from None


def read_bytes(path: str, limit: int, *, follow: bool = True) -> bytes:
    """The whole regular file: OSError EFBIG when it is over `limit` bytes, EINVAL for a FIFO or device.

    `follow=False` refuses a symlink (ELOOP). Never waits for a writer.
    """
    descriptor = _open_regular(path, follow)
    with open(descriptor, "rb", buffering=0) as file:
        content = _read_up_to(file.fileno(), limit + 1)
    if len(content) > limit:
        raise OSError(errno.EFBIG, f"longer than {limit} bytes", path)
    return content


def tail_bytes(path: str, limit: int, *, follow: bool = False) -> bytes:
    """The last `limit` bytes of a regular file; errors as `read_bytes` has, and no symlink."""
    descriptor = _open_regular(path, follow)
    with open(descriptor, "rb", buffering=0) as file:
        size = os.fstat(file.fileno()).st_size
        os.lseek(file.fileno(), max(0, size - limit), os.SEEK_SET)
        return _read_up_to(file.fileno(), limit)


def _open_regular(path: str, follow: bool) -> int:
    descriptor = os.open(path, _READ if follow else _READ | os.O_NOFOLLOW)
    kind = os.fstat(descriptor).st_mode
    if stat.S_ISREG(kind):
        return descriptor
    os.close(descriptor)
    if stat.S_ISDIR(kind):
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), path)
    raise OSError(errno.EINVAL, "not a regular file", path)


def _read_up_to(descriptor: int, limit: int) -> bytes:
    parts: list[bytes] = []
    while limit > 0:
        part = os.read(descriptor, min(limit, 1 << 20))
        if not part:
            break
        parts.append(part)
        limit -= len(part)
    return b"".join(parts)


def find_repository_top(start: str) -> str | None:
    """The nearest folder at or above `start` with a `.git`, folder or (in a worktree) file, else None."""
    folder = os.path.realpath(start)
    while True:
        if os.path.exists(os.path.join(folder, ".git")):
            return folder
        parent = os.path.dirname(folder)
        if parent == folder:
            return None
        folder = parent


def only_writable_by_us(path: str) -> bool:
    """Whether the regular file or folder is ours, and nobody else but root could have written or swapped it.

    Looks at it and at every folder above: each must be ours or root's and closed to group and others, or
    sticky as /tmp is. A symlink counts as the thing it leads to. False also when it cannot be looked at.
    """
    real = os.path.realpath(path)
    try:
        facts = os.lstat(real)
        if facts.st_uid != os.geteuid() or facts.st_mode & _OTHERS_WRITE:
            return False
        if not (stat.S_ISREG(facts.st_mode) or stat.S_ISDIR(facts.st_mode)):
            return False
        return all(_closed(folder) for folder in _folders_above(real))
    except OSError:
        return False


def _folders_above(path: str) -> list[str]:
    folders = []
    while (parent := os.path.dirname(path)) != path:
        folders.append(parent)
        path = parent
    return folders


def _closed(folder: str) -> bool:
    facts = os.lstat(folder)
    if facts.st_uid not in (0, os.geteuid()):
        return False
    return not facts.st_mode & _OTHERS_WRITE or bool(facts.st_mode & stat.S_ISVTX)
