"""The key `on:` as JSON Schema: events and their activities from SchemaStore, their other keys closed. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ....model import JsonObject
from .grammar_values import (
    BOOLEAN,
    FILLED,
    LIST_OF_TEXTS,
    LOGICAL,
    ONE_OR_MORE,
    TEXT,
    closed,
    either,
    list_of,
    mapping_of,
)

_NULL: JsonObject = {"title": "nothing", "type": "null"}
_BRANCHES = ("branches", "branches-ignore")
_PATHS = ("paths", "paths-ignore")
# The keys that an event has beside `types`, where the schema does not close them or has others: a pull request has no
# tags, and a merge group has branches.
_FILTERS: dict[str, tuple[str, ...]] = {
    "push": (*_BRANCHES, "tags", "tags-ignore", *_PATHS),
    "pull_request": (*_BRANCHES, *_PATHS),
    "pull_request_target": (*_BRANCHES, *_PATHS),
    "merge_group": _BRANCHES,
    "workflow_run": ("workflows", *_BRANCHES),
    "image_version": ("names", "versions"),
}
# Activities that the parser knows and the schema does not, and (with a -) the other way round.
_ACTIVITIES: dict[str, tuple[str, ...]] = {
    "check_suite": ("-requested", "-rerequested"),
    "image_version": ("created", "ready", "deleted"),
    "project": ("-updated",),
    "pull_request": ("stacked",),
    "pull_request_target": ("enqueued", "dequeued", "milestoned", "demilestoned", "stacked"),
    "pull_request_comment": ("created", "edited", "deleted"),
    "watch": ("started",),
}


def events(schema: JsonObject) -> JsonObject:
    """What may stand behind `on:`."""
    given: JsonObject = {}
    for form in _with_properties(schema.get("properties", {}).get("on", {})):
        given |= form["properties"]
    known: JsonObject = {name: _event(name, spec) for name, spec in given.items()}
    for name in ("image_version", "pull_request_comment"):
        known.setdefault(name, _event(name, {}))
    names = {"title": "the name of an event", "enum": sorted(known)}
    return either("an event, a list of events or a mapping", names, list_of(names), closed(known))


def _event(name: str, spec: JsonObject) -> JsonObject:
    special: JsonObject | None = _SPECIAL.get(name)
    if special is not None:
        return special
    activities = _activities(name, spec)
    filters: JsonObject = dict.fromkeys(_FILTERS.get(name, ()), ONE_OR_MORE)
    if activities:
        words = {"title": f"an activity of {name}", "enum": activities}
        filters["types"] = either("an activity or a list of activities", words, list_of(words))
    if not filters:
        return _NULL
    return either("nothing or a mapping", {**closed(filters), **_exclusive(filters)}, _NULL)


def _activities(name: str, spec: JsonObject) -> list[str]:
    found: list[str] = []
    for part in _with_properties(spec):
        found += part["properties"].get("types", {}).get("items", {}).get("enum", [])
    for change in _ACTIVITIES.get(name, ()):
        if change.startswith("-"):
            found = [word for word in found if word != change[1:]]
        elif change not in found:
            found.append(change)
    return found


def _exclusive(filters: JsonObject) -> JsonObject:
    """GitHub's server refuses a filter beside its own opposite; its parser lets that pass."""
    pairs = [(key, f"{key}-ignore") for key in filters if f"{key}-ignore" in filters]
    return {"allOf": [{"not": {"required": list(pair)}} for pair in pairs]} if pairs else {}


def _with_properties(node: Any) -> Iterator[JsonObject]:
    """The parts of a schema that describe a mapping's keys, alternatives looked through."""
    if isinstance(node, dict):
        if "properties" in node:
            yield node
        for key in ("oneOf", "anyOf", "allOf"):
            for part in node.get(key, ()):
                yield from _with_properties(part)


_SCALAR: JsonObject = {"title": "a text, a number, true or false", "type": TEXT["type"]}
_INPUT: JsonObject = {"description": TEXT, "required": BOOLEAN, "default": _SCALAR}


def _called() -> JsonObject:
    given = closed({**_INPUT, "type": {"enum": ["string", "boolean", "number"]}}, ["type"])
    secret = either("nothing or a mapping", _NULL, closed({"description": TEXT, "required": BOOLEAN}))
    output = closed({"description": TEXT, "value": TEXT}, ["value"])
    keys = {
        "inputs": mapping_of({**given, "allOf": _of_its_type(LOGICAL)}),
        "secrets": mapping_of(secret),
        "outputs": mapping_of(output),
    }
    return either("nothing or a mapping", closed(keys), _NULL)


def _dispatched() -> JsonObject:
    types = ["string", "choice", "boolean", "number", "environment"]
    given = closed({**_INPUT, "type": {"enum": types}, "options": list_of(TEXT)})
    choice = {
        "if": _is_of("choice"),
        "then": {"required": ["options"], "properties": {"options": {"minItems": 1}}},
        "else": {"properties": {"options": False}},
    }
    inputs = mapping_of({**given, "allOf": [*_of_its_type(BOOLEAN), choice]})
    return either("nothing or a mapping", closed({"inputs": inputs}), _NULL)


def _of_its_type(logical: JsonObject) -> list[JsonObject]:
    """A default must be of its input's type. Without a type that is a text; numbers nobody compares."""
    boolean = {**logical, "title": f"{logical['title']}, for its type is boolean"}
    text = {"title": "a text, in quotes, for its type is string", "type": ["string", "null"]}
    return [
        {"if": _is_of("boolean"), "then": {"properties": {"default": boolean}}},
        {"if": _is_of("boolean", "number"), "else": {"properties": {"default": text}}},
    ]


def _is_of(*types: str) -> JsonObject:
    return {"required": ["type"], "properties": {"type": {"enum": list(types)}}}


_SPECIAL: JsonObject = {
    "schedule": list_of(closed({"cron": FILLED, "timezone": FILLED}, ["cron"])),
    "workflow_call": _called(),
    "workflow_dispatch": _dispatched(),
    "repository_dispatch": either("nothing or a mapping", closed({"types": LIST_OF_TEXTS}), _NULL),
}
