"""Where SchemaStore's schemas for workflows and actions are: the package check-jsonschema carries them as data."""

from __future__ import annotations

import os
from importlib.util import find_spec

NAMES = ("github-workflows.json", "github-actions.json")
_FOLDER = ("builtin_schemas", "vendor")


def schema_folder() -> str | None:
    """The folder that holds them; None where the package is not installed."""
    # The package itself is never imported: that takes longer than checking 1,400 files.
    spec = find_spec("check_jsonschema")
    return None if spec is None or spec.origin is None else os.path.join(os.path.dirname(spec.origin), *_FOLDER)


def schema_files() -> list[str]:
    """Those that are there."""
    folder = schema_folder()
    return [path for name in NAMES if folder and os.path.isfile(path := os.path.join(folder, name))]
