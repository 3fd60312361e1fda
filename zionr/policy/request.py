"""Which policy is wanted, and the bytes of its files."""

import errno
import os
from collections.abc import Mapping
from typing import NamedTuple

from ..errors import PolicyError
from ..ports import files
from .environment import set_values

LARGEST = 512 * 1024

_REASONS = {
    errno.ENOENT: "not found",
    errno.ENOTDIR: "not found",
    errno.EISDIR: "a folder, not a file",
    errno.EINVAL: "not a regular file",
    errno.ENXIO: "not a regular file",
    errno.EACCES: "cannot be read: permission denied",
    errno.ELOOP: "cannot be read: too many symbolic links",
    errno.EFBIG: f"larger than {LARGEST // 1024} KB",
}


class Source(NamedTuple):
    """One file: its name as people see it, and what is in it."""

    name: str
    content: bytes


class Request(NamedTuple):
    """What a policy is made from. `path` is absolute, `name` the same from `top` where it lies there."""

    path: str
    name: str
    folder: str
    environment: str | None
    values: dict[str, str]
    runner: str
    sources: tuple[Source, ...]


def read_request(path: str, *, environment: str | None, environ: Mapping[str, str], runner: str, top: str) -> Request:
    """Read the policy and its overlay. PolicyError where a file cannot be read or the overlay's name is none."""
    path = os.path.abspath(path)
    top = os.path.abspath(top)
    wanted = [(path, "")]
    if environment is not None:
        wanted.append((_overlay(path, environment), f"; --env {environment} needs it"))
    sources, problems = [], []
    for place, why in wanted:
        name = _from_top(place, top)
        try:
            sources.append(Source(name, files.read_bytes(place, LARGEST)))
        except OSError as error:
            reason = _REASONS.get(error.errno or 0) or f"cannot be read: {error.strerror}"
            problems.append(f"{name}: {reason}{why}")
    if problems:
        raise PolicyError(problems)
    folder, name = os.path.dirname(path), _from_top(path, top)
    return Request(path, name, folder, environment, set_values(environ), runner, tuple(sources))


def _overlay(path: str, environment: str) -> str:
    if not environment.isascii() or not environment.replace("_", "").replace("-", "").isalnum():
        raise PolicyError([f"--env {environment!r}: a name has letters, digits, '_' and '-' only"])
    stem, extension = os.path.splitext(path)
    return f"{stem}.{environment}{extension}"


def _from_top(path: str, top: str) -> str:
    inside = path.startswith(top.rstrip("/") + "/")
    return os.path.relpath(path, top) if inside else path
