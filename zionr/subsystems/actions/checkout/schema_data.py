"""SchemaStore's schemas for workflows and actions, which the package check-jsonschema carries as data."""

from __future__ import annotations

import json
import os
from functools import cache
from importlib.util import find_spec

from ....errors import ZionrError
from ....model import JsonObject
from ....ports import files
from ..files.schema_check import Grammars, compile_grammars

_FOLDER = ("builtin_schemas", "vendor")
_LARGEST = 4 << 20


@cache
def load_grammars() -> Grammars:
    """Both grammars, ready for `files.inspect`. ZionrError where check-jsonschema is not installed as it should be."""
    # The package itself is never imported: that takes longer than checking 1,400 files.
    spec = find_spec("check_jsonschema")
    if spec is None or spec.origin is None:
        raise ZionrError("the package check-jsonschema is not installed; it carries the schemas of workflow files")
    return read_grammars(os.path.join(os.path.dirname(spec.origin), *_FOLDER))


def read_grammars(folder: str) -> Grammars:
    """The grammars from the two schemas in `folder`; ZionrError where they are not there or no JSON."""
    return compile_grammars(_read(folder, "github-workflows.json"), _read(folder, "github-actions.json"))


def _read(folder: str, name: str) -> JsonObject:
    path = os.path.join(folder, name)
    try:
        return dict(json.loads(files.read_bytes(path, _LARGEST)))
    except (OSError, ValueError) as error:
        raise ZionrError(f"the schema {path} of check-jsonschema cannot be read: {error}") from None
