"""Where the traceback of a bug goes: a file of its own that only this user can read."""

from __future__ import annotations

import os
import tempfile
import time


def keep(text: str) -> str | None:
    """Write the text into a new file in the folder for temporary files; its path, or None where that fails."""
    try:
        descriptor, path = tempfile.mkstemp(prefix=f"zionr-{int(time.time())}-", suffix=".log")
        with os.fdopen(descriptor, "w", encoding="utf-8") as log:
            log.write(text)
    except OSError:
        return None
    return path
