"""How git names a content. Pure."""

from __future__ import annotations

import hashlib


def blob_id(content: bytes) -> str:
    """Its name in a repository of SHA-1 objects. It tells contents apart and guards nothing."""
    return hashlib.sha1(b"blob %d\0%b" % (len(content), content), usedforsecurity=False).hexdigest()
