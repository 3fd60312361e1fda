"""JSON for programs: keys sorted; one line, or indented where a person looks at a terminal."""

from __future__ import annotations

import json

from ..model import JsonObject
from .text import escaped


def render(document: JsonObject, *, indented: bool = False) -> str:
    """The document. For a person letters stay readable, but not what could steer the terminal."""
    if indented:
        text = json.dumps(document, sort_keys=True, indent=2, ensure_ascii=False)
        return "\n".join(escaped(line, lambda letter: json.dumps(letter)[1:-1]) for line in text.split("\n"))
    return json.dumps(document, sort_keys=True, separators=(",", ":"))
