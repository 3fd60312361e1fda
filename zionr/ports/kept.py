"""One JSON object on disk that may be deleted at any time: taken only where nobody else can have written it.

It lies in a folder of the state folder. Before the JSON stands a line with its checksum.
"""

from __future__ import annotations

import json
import os
import stat
import zlib
from contextlib import suppress

from ..model import JsonObject
from . import files

_OTHERS_WRITE = stat.S_IWGRP | stat.S_IWOTH


def read(path: str, largest: int) -> JsonObject | None:
    """What `write` put there; None where there is nothing, more than `largest` bytes, or nothing to be trusted."""
    folder = os.path.dirname(path)
    try:
        if not all(_is_ours(place) for place in (os.path.dirname(folder), folder, path)):
            return None
        checksum, _, body = files.read_bytes(path, largest, follow=False).partition(b"\n")
        if checksum != b"%08x" % zlib.crc32(body):
            return None
        found = json.loads(body)
    except (OSError, ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def write(path: str, content: JsonObject) -> None:
    """Put it there whole, for this user alone; where that cannot be done, nothing happens.

    The state folder itself is the store's: where there is none yet, nothing is kept.
    """
    folder = os.path.dirname(path)
    body = json.dumps(content, separators=(",", ":")).encode()
    with suppress(OSError):
        if not _is_ours(os.path.dirname(folder)):
            return
        with suppress(FileExistsError):
            os.mkdir(folder, 0o700)
        if _is_ours(folder):
            files.write_atomic(path, b"%08x\n%b" % (zlib.crc32(body), body))


def _is_ours(path: str) -> bool:
    found = os.lstat(path)
    real = stat.S_ISDIR(found.st_mode) or stat.S_ISREG(found.st_mode)
    return real and found.st_uid == os.geteuid() and not found.st_mode & _OTHERS_WRITE
