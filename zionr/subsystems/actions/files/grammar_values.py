"""The forms that a value in a workflow may have, as JSON Schema. Pure.

`title` says in words what is expected there; the messages of faults use it.
"""

from __future__ import annotations

from typing import Any

from ....model import JsonObject

EXPRESSION: JsonObject = {"type": "string", "pattern": r"\$\{\{"}
"""Any text with an expression in it may take the place of another value; what it gives is known only at run time."""

TEXT: JsonObject = {"title": "a text", "type": ["string", "number", "boolean", "null"]}
"""GitHub turns every scalar into a text, an empty value too."""

FILLED: JsonObject = {"title": "a text that is not empty", "type": ["string", "number", "boolean"], "minLength": 1}
BOOLEAN: JsonObject = {"title": "true or false, without quotes", "type": "boolean"}
LOGICAL: JsonObject = {
    "title": "true or false, without quotes, or an expression",
    "anyOf": [{"type": "boolean"}, EXPRESSION],
}
NUMERIC: JsonObject = {
    "title": "a number, without quotes, or an expression",
    "anyOf": [{"type": "number"}, EXPRESSION],
}


def mapping_of(values: JsonObject) -> JsonObject:
    """A mapping whose keys people choose."""
    return {"title": "a mapping", "type": "object", "additionalProperties": values}


def list_of(values: JsonObject) -> JsonObject:
    """A list; it may be empty."""
    return {"title": "a list", "type": "array", "items": values}


def closed(properties: JsonObject, required: list[str] | None = None) -> JsonObject:
    """A mapping with these keys and no others."""
    return {
        "title": "a mapping",
        "type": "object",
        "properties": properties,
        "additionalProperties": False,
        "required": required or [],
    }


def either(title: str, *forms: JsonObject) -> JsonObject:
    """One of several forms."""
    return {"title": title, "anyOf": list(forms)}


def or_expression(title: str, *forms: JsonObject) -> JsonObject:
    """One of several forms, or an expression in its place."""
    return either(title, *forms, EXPRESSION)


LIST_OF_TEXTS: JsonObject = list_of(FILLED)
ONE_OR_MORE: JsonObject = either("a text or a list of texts", FILLED, LIST_OF_TEXTS)
TEXTS: JsonObject = {**mapping_of(TEXT), "title": "a mapping of names to texts"}
ENVIRONMENT: JsonObject = or_expression("a mapping of names to texts", TEXTS)


def properties_of(definitions: JsonObject, name: str) -> JsonObject:
    """The keys that a definition of the schema knows, each with what it allows."""
    return dict(definitions.get(name, {}).get("properties", {}))


def relaxed(node: Any) -> Any:
    """A part of the schema that is taken as it is, less what GitHub does not ask: no least length of lists and
    mappings, any scalar for a text; and less the descriptions, which nobody reads here."""
    if isinstance(node, list):
        return [relaxed(item) for item in node]
    if not isinstance(node, dict):
        return node
    kept = {key: relaxed(value) for key, value in node.items() if key not in _LEFT_OUT or isinstance(value, dict)}
    if kept.get("type") == "string" and "enum" not in kept and "pattern" not in kept:
        kept["type"] = TEXT["type"]
    return kept


_LEFT_OUT = {"$comment", "description", "default", "minItems", "minProperties", "title"}
