"""SchemaStore's schemas for workflows and actions, compiled to what `files.inspect` judges by."""

from __future__ import annotations

import json
import os
from functools import cache

from ....errors import ZionrError
from ....model import JsonObject
from ....ports import files
from ..files.schema_check import Grammars, compile_grammars
from .schema_files import NAMES, schema_folder

_LARGEST = 4 << 20


@cache
def load_grammars() -> Grammars:
    """Both grammars, ready for `files.inspect`. ZionrError where check-jsonschema is not installed as it should be."""
    folder = schema_folder()
    if folder is None:
        raise ZionrError("the package check-jsonschema is not installed; it carries the schemas of workflow files")
    return read_grammars(folder)


def read_grammars(folder: str) -> Grammars:
    """The grammars from the two schemas in `folder`; ZionrError where they are not there or no JSON."""
    return compile_grammars(*(_read(folder, name) for name in NAMES))


def _read(folder: str, name: str) -> JsonObject:
    path = os.path.join(folder, name)
    try:
        return dict(json.loads(files.read_bytes(path, _LARGEST)))
    except (OSError, ValueError) as error:
        raise ZionrError(f"the schema {path} of check-jsonschema cannot be read: {error}") from None
