"""The compiled policy on disk: taken only where nobody else can have written it and nothing it was made from changed.

The file holds a checksum and one JSON object; `compiler` says what is in it. It may be deleted at any time.
"""

from __future__ import annotations

import json
import os
import stat
import zlib
from contextlib import suppress

from .. import __version__
from ..model import JsonObject
from ..ports import files
from . import schema_files
from .request import Request

FORMAT = 1
_LARGEST = 8 * 1024 * 1024
_OTHERS_WRITE = stat.S_IWGRP | stat.S_IWOTH


def place_of(cache_dir: str, request: Request) -> str:
    """The file for this policy under this environment; a clash of names only makes it compiled again."""
    key = zlib.crc32(f"{request.path}\0{request.environment or ''}".encode(errors="surrogateescape"))
    return os.path.join(cache_dir, f"policy-{key:08x}.json")


def read(path: str) -> JsonObject | None:
    """What `write` put there; None where there is nothing, or nothing that can be trusted."""
    folder = os.path.dirname(path)
    try:
        if not all(_is_ours(place) for place in (os.path.dirname(folder), folder, path)):
            return None
        checksum, _, body = files.read_bytes(path, _LARGEST, follow=False).partition(b"\n")
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


def is_current(content: JsonObject, request: Request) -> bool:
    """Whether it was made by this zionr, with this schema, out of this request."""
    return key_of(request) == content.get("key") and content.get("schema") == schema_files.stamp_all(
        content.get("elsewhere", ())
    )


def key_of(request: Request) -> JsonObject | None:
    """Everything but the schema that a compiled policy depends on; None where a file is no text."""
    try:
        sources = [[source.name, source.content.decode()] for source in request.sources]
    except UnicodeDecodeError:
        return None
    return {
        "format": FORMAT,
        "version": __version__,
        "path": request.path,
        "name": request.name,
        "environment": request.environment,
        "runner": request.runner,
        "overrides": request.values,
        "sources": sources,
    }
