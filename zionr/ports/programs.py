"""Where a program is, as a shell would find it, but with the PATH that is handed in."""

from __future__ import annotations

import os
from collections.abc import Mapping


def find(name: str, environ: Mapping[str, str]) -> str | None:
    """The absolute path of an executable file; None where PATH has none."""
    for folder in environ.get("PATH", os.defpath).split(os.pathsep):
        path = os.path.join(folder or ".", name)
        if os.path.isfile(path) and os.access(path, os.X_OK):
            return os.path.abspath(path)
    return None
