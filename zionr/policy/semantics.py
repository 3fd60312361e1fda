"""What no schema of single values can say: one value against another, and limits of values with units."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from ..model import JsonObject
from ..strict_yaml.values import Path
from . import units
from .defaults import write
from .draft import Draft
from .problems import Problem
from .schema import part_of


class _Value(NamedTuple):
    """A number of the policy, with its key and as a person writes it."""

    path: Path
    number: float
    text: str


def find_problems(draft: Draft, whole: JsonObject, schema: JsonObject) -> list[Problem]:
    """Everything in the completed policy `whole` that does not go together; places are those of the draft."""
    problems = list(_walk(draft, whole, schema, ()))
    health, store, recovery = whole.get("health"), whole.get("store"), whole.get("recovery")
    core = schema["properties"]
    low = _number(health, core["health"], ("health", "critical"))
    high = _number(health, core["health"], ("health", "warning"))
    if low and high and low.number >= high.number:
        problems.append(_clash(draft, low, "is not under", high, "is not over"))
    window = _number(recovery, core["recovery"], ("recovery", "window"))
    kept = _number(store, core["store"], ("store", "retention"))
    if window and kept and kept.number < window.number:
        problems.append(_clash(draft, kept, "is under", window, "is over"))
    return problems


def _number(mapping: Any, schema: JsonObject, path: Path) -> _Value | None:
    value = mapping.get(path[-1]) if isinstance(mapping, dict) else None
    if not isinstance(value, int | float) or isinstance(value, bool):
        return None
    written = write(value, part_of(schema, str(path[-1])) or {})
    return _Value(path, value, written if isinstance(written, str) else f"{value:g}")


def _clash(draft: Draft, one: _Value, relation: str, other: _Value, converse: str) -> Problem:
    """Shown at the first of the two that a person set."""
    if not draft.is_set(one.path):
        one, other, relation = other, one, converse
    near = one.path[:-1] == other.path[:-1]
    name = str(other.path[-1]) if near else ".".join(map(str, other.path))
    return draft.problem_with_value(one.path, f"{one.text} {relation} {name}, {other.text}")


def _walk(draft: Draft, value: Any, schema: JsonObject, path: Path) -> Iterator[Problem]:
    if isinstance(value, dict):
        yield from _of_mapping(draft, value, schema, path)
        for key, item in value.items():
            yield from _walk(draft, item, part_of(schema, key) or {}, (*path, key))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _walk(draft, item, schema.get("items", {}), (*path, index))
    elif "x-minimum" in schema and isinstance(value, int | float):
        parse = units.parse_size if schema["format"] == "size" else units.parse_duration
        if value < parse(schema["x-minimum"]):
            yield draft.problem_with_value(path, f"{write(value, schema)} is under {schema['x-minimum']}")


def _of_mapping(draft: Draft, value: JsonObject, schema: JsonObject, path: Path) -> Iterator[Problem]:
    if "x-broken" in schema:
        yield draft.problem_with_key(path, schema["x-broken"])
    if "x-ascending" in schema:
        low, high = (_number(value, schema, (*path, key)) for key in schema["x-ascending"])
        if low and high and low.number > high.number:
            yield _clash(draft, low, "is over", high, "is under")
    if "x-exactly-one" in schema:
        choices = schema["x-exactly-one"]
        there = [key for key in choices if key in value]
        if not there:
            yield draft.problem_with_key(path, f"one of {', '.join(choices)} is missing")
        for key in there[1:]:
            yield draft.problem_with_key((*path, key), f"cannot stand beside {there[0]}")
