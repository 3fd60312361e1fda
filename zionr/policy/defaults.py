"""From a policy as it is written to one that is complete: defaults filled in, texts with units made numbers."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

from ..model import JsonObject
from . import units
from .schema import part_of


def complete(value: Any, schema: JsonObject) -> Any:
    """A new value: keys in the order of the schema. What does not fit the schema is left as it is, or left out.

    A number where a text with a unit belongs becomes None, so that nobody takes it for bytes or seconds.
    """
    if isinstance(value, dict):
        return _complete_mapping(value, schema)
    if isinstance(value, list):
        return [complete(item, schema.get("items", {})) for item in value]
    if isinstance(value, str) and "format" in schema:
        return _convert(value, schema["format"])
    if "format" in schema:
        return None
    if isinstance(value, float) and schema.get("type") == "integer" and value.is_integer():
        return int(value)
    return value


def _complete_mapping(value: JsonObject, schema: JsonObject) -> JsonObject:
    known = schema.get("properties", {})
    whole = {}
    for key, part in known.items():
        if key in value:
            whole[key] = complete(value[key], part)
        elif "default" in part:
            whole[key] = complete(deepcopy(part["default"]), part)
    for key in value:
        part = None if key in known else part_of(schema, key)
        if part is not None:
            whole[key] = complete(value[key], part)
    return whole


def _convert(text: str, form: str) -> Any:
    try:
        if form == "duration":
            return units.parse_duration(text)
        if form == "size":
            return units.parse_size(text)
        rate = units.parse_rate(text)
    except ValueError:
        return text
    return {"max": rate.most, "within": rate.within_s}


def write(value: Any, schema: JsonObject) -> Any:
    """The inverse for people: the same JSON with durations and sizes as texts."""
    if isinstance(value, dict):
        return {key: write(item, part_of(schema, key) or {}) for key, item in value.items()}
    if isinstance(value, list):
        return [write(item, schema.get("items", {})) for item in value]
    if isinstance(value, int | float) and schema.get("format") == "duration":
        return units.write_duration(value)
    if isinstance(value, int | float) and schema.get("format") == "size":
        return units.write_size(value)
    return value
