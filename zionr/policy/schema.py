"""One closed JSON Schema (draft 2020-12) out of the core and the part of each subsystem.

Beyond the draft: `format` duration, size and rate (see `units`); `x-minimum`, the least duration or size;
`x-ascending`, two keys of which the first may not be over the second; `x-exactly-one`, keys that exclude each other and
of which one is needed; `x-rules`, the rules of a subsystem; `x-rule-patterns`, those that other programs name;
`x-broken`, why the part of another package cannot be used. A part may use `$defs` of its own; they are written out.
"""

from __future__ import annotations

import json
from copy import deepcopy
from typing import Any

from ..model import JsonObject
from . import schema_files, units

GROUP = "zionr.subsystems"
_PATTERNS = {
    "duration": units.DURATION_PATTERN,
    "size": units.SIZE_PATTERN,
    "rate": units.RATE_PATTERN,
}


def find_parts() -> dict[str, str]:
    """Each subsystem's schema file by the subsystem's name, empty where its package is not there; none is imported."""
    return {**_of_packages(), **schema_files.built_in()}


def _of_packages() -> dict[str, str]:
    from importlib.metadata import entry_points

    return {entry.name: _place(entry.value) for entry in entry_points(group=GROUP)}


def _place(module: str) -> str:
    import os
    from importlib.util import find_spec

    first, *rest = module.partition(":")[0].split(".")
    try:
        found = find_spec(first)  # of a top-level package only: it would import every other one's parents
    except (ImportError, ValueError):
        return ""
    if found is None or not found.submodule_search_locations:
        return ""
    return os.path.join(found.submodule_search_locations[0], *rest, "schema.json")


def compose(parts: dict[str, str] | None = None) -> JsonObject:
    """The schema of a whole policy. Of a part that is broken it says so (`x-broken`), for those who name it."""
    schema = _read(schema_files.CORE)
    parts = find_parts() if parts is None else parts
    own = schema_files.built_in()
    schema["properties"]["subsystems"]["properties"] = {
        name: _complete(name, _read(path)) if path == own.get(name) else _of_others(name, path)
        for name, path in sorted(parts.items())
    }
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "A policy of zionr", **schema}


def _of_others(name: str, path: str) -> JsonObject:
    """Another package's part. One that is no schema is open to everything, so that only `x-broken` is complained of."""
    from jsonschema import Draft202012Validator, SchemaError

    if not path:
        return {"type": "object", "x-broken": "the package of its entry point is not there"}
    try:
        part = _complete(name, _read(path))
        Draft202012Validator.check_schema(publish(part))
        return part
    except (OSError, ValueError, LookupError, TypeError, AttributeError, RecursionError, SchemaError) as error:
        reason = str(error).partition("\n")[0] or type(error).__name__
        return {"type": "object", "x-broken": f"its schema {path} cannot be used: {reason}"}


def _read(path: str) -> JsonObject:
    with open(path, encoding="utf-8") as file:
        part = json.load(file)
    definitions = part.pop("$defs", {})
    written: JsonObject = _write_out(part, definitions)
    return written


def _write_out(part: Any, definitions: JsonObject) -> Any:
    """The same schema without `$ref`; what stands beside one wins over what it leads to."""
    if isinstance(part, list):
        return [_write_out(item, definitions) for item in part]
    if not isinstance(part, dict):
        return part
    beside = {key: _write_out(value, definitions) for key, value in part.items() if key != "$ref"}
    if "$ref" not in part:
        return beside
    meant = definitions[part["$ref"].removeprefix("#/$defs/")]
    return {**deepcopy(_write_out(meant, definitions)), **beside}


def _complete(name: str, part: JsonObject) -> JsonObject:
    """What every subsystem accepts: `enabled` and `rules`."""
    rules, patterns = part.pop("x-rules", None), part.pop("x-rule-patterns", [])
    part["properties"] = {
        "enabled": {
            "description": "Whether it is watched at all.",
            "type": "boolean",
            "default": True,
            "examples": [False],
        },
        "rules": _rules(name, rules, patterns),
        **part["properties"],
    }
    return part


def _rules(name: str, known: list[str] | None, patterns: list[str]) -> JsonObject:
    example = {(known or [f"{name}/mass-failure"])[0]: "warning"}
    common: JsonObject = {
        "description": "The state of single rules, in place of their own.",
        "type": "object",
        "additionalProperties": False,
        "default": {},
        "examples": [example],
    }
    state = {
        "description": "The state of its findings; off: there are none.",
        "enum": ["off", "ok", "warning", "critical"],
        "examples": ["warning"],
    }
    if known is None:
        return {**common, "patternProperties": {f"^{name}/[a-z][a-z0-9-]*$": state}}
    named = {**common, "properties": dict.fromkeys([*known, f"{name}/mass-failure"], state)}
    return {**named, "patternProperties": {f"^{pattern}$": state for pattern in patterns}} if patterns else named


def part_of(schema: JsonObject, key: str) -> JsonObject | None:
    """The schema of a mapping's entry; None where the mapping has no such key."""
    import re

    if key in schema.get("properties", {}):
        found: JsonObject = schema["properties"][key]
        return found
    patterns = schema.get("patternProperties", {})
    return next((part for pattern, part in patterns.items() if re.search(exact(pattern), key)), None)


def exact(pattern: str) -> str:
    """The pattern for Python, whose `$` also matches before a last newline, which that of JSON Schema does not."""
    return pattern[:-1] + r"\Z" if pattern.endswith("$") else pattern


def publish(part: Any) -> Any:
    """The schema for editors: a pattern in place of each format of ours, and none of our own words."""
    if isinstance(part, list):
        return [publish(item) for item in part]
    if not isinstance(part, dict):
        return part
    plain = {key: publish(value) for key, value in part.items() if not str(key).startswith("x-")}
    if plain.get("format") in _PATTERNS:
        plain["pattern"] = _PATTERNS[plain.pop("format")]
    return plain
