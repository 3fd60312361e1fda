"""The compiled policy on disk: taken only where nobody else can have written it and nothing it was made from changed.

`compiler` says what the JSON object in it is. It may be deleted at any time.
"""

from __future__ import annotations

import os
import zlib

from .. import __version__
from ..model import JsonObject
from ..ports import kept
from . import schema_files
from .request import Request

FORMAT = 1
_LARGEST = 8 * 1024 * 1024


def place_of(cache_dir: str, request: Request) -> str:
    """The file for this policy under this environment; a clash of names only makes it compiled again."""
    key = zlib.crc32(f"{request.path}\0{request.environment or ''}".encode(errors="surrogateescape"))
    return os.path.join(cache_dir, f"policy-{key:08x}.json")


def read(path: str) -> JsonObject | None:
    """What `write` put there; None where there is nothing, or nothing that can be trusted."""
    return kept.read(path, _LARGEST)


def write(path: str, content: JsonObject) -> None:
    """Put it there whole, for this user alone; where that cannot be done, nothing happens."""
    kept.write(path, content)


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
