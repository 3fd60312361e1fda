"""JSON for programs: keys sorted; one line, or indented where a person looks at a terminal."""

from __future__ import annotations

import json

from ..model import JsonObject


def render(document: JsonObject, *, indented: bool = False) -> str:
    """The document. Characters that JSON may carry raw are kept, so that names stay readable."""
    if indented:
        return json.dumps(document, sort_keys=True, indent=2, ensure_ascii=False)
    return json.dumps(document, sort_keys=True, separators=(",", ":"))
