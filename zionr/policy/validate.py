"""A policy against its schema: every error, each in words that say what to write instead."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterator
from typing import Any

import jsonschema

from ..model import JsonObject
from ..strict_yaml.values import Path
from . import units
from .draft import Draft
from .problems import Problem
from .schema import exact, part_of

_TYPES = {
    "object": "a mapping",
    "array": "a list",
    "string": "a text",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false",
    "null": "nothing",
}
_PARSERS: dict[str, tuple[Callable[..., Any], str]] = {
    "duration": (units.parse_duration, "1h"),
    "size": (units.parse_size, "300MB"),
    "rate": (units.parse_rate, ""),
}


def find_problems(draft: Draft, schema: JsonObject) -> list[Problem]:
    """Everything in the draft that the schema refuses."""
    validator = jsonschema.Draft202012Validator(_for_python(schema), format_checker=_FORMATS)
    problems = _removals(draft, schema)
    for error in validator.iter_errors(draft.value):
        path = tuple(error.absolute_path)
        if error.validator in _OF_KEYS:
            found = _OF_KEYS[str(error.validator)](error)
            problems += [draft.problem_with_key((*path, key), reason) for key, reason in found]
        else:
            problems.append(draft.problem_with_value(path, _explain(error)))
    return problems


def _removals(draft: Draft, schema: JsonObject) -> list[Problem]:
    """An overlay may remove what the policy does not set, but not what no policy can set: that is a typing error."""
    problems = []
    for path in draft.removed:
        parent = _schema_at(schema, path[:-1])
        if parent is not None and part_of(parent, str(path[-1])) is None:
            problems.append(draft.problem_with_key(path, _unknown(str(path[-1]), parent)))
    return problems


def _schema_at(schema: JsonObject, path: Path) -> JsonObject | None:
    part: JsonObject | None = schema
    for step in path:
        part = part_of(part, str(step)) if part is not None else None
    return part


def _for_python(part: Any) -> Any:
    if isinstance(part, list):
        return [_for_python(item) for item in part]
    if not isinstance(part, dict):
        return part
    fitted = {key: _for_python(value) for key, value in part.items()}
    if isinstance(fitted.get("pattern"), str):
        fitted["pattern"] = exact(fitted["pattern"])
    if "patternProperties" in fitted:
        fitted["patternProperties"] = {exact(key): value for key, value in fitted["patternProperties"].items()}
    return fitted


def _formats() -> jsonschema.FormatChecker:
    checker = jsonschema.FormatChecker(formats=())
    for name, (parse, _) in _PARSERS.items():
        checker.checks(name, raises=ValueError)(_check_with(parse))
    return checker


def _check_with(parse: Callable[..., Any]) -> Callable[[object], bool]:
    def check(value: object) -> bool:
        if isinstance(value, str):
            parse(value)
        return True

    return check


_FORMATS = _formats()


def _unknown_keys(error: Any) -> Iterator[tuple[str, str]]:
    schema = error.schema
    for key in error.instance:
        if part_of(schema, key) is None:
            yield key, _unknown(key, schema)


def _unknown(key: str, schema: JsonObject) -> str:
    known = list(schema.get("properties", {}))
    if not known and schema.get("patternProperties"):
        like = _example(schema)
        return "not a name that can stand here" + (f"; write one like {next(iter(like))}" if like else "")
    return "unknown key" + _did_you_mean(key, known)


def _did_you_mean(word: str, known: list[str]) -> str:
    near = difflib.get_close_matches(word[:100], known, n=1)
    return f", did you mean {near[0]!r}?" if near else ""


def _missing_keys(error: Any) -> Iterator[tuple[str, str]]:
    for key in error.validator_value:
        if key not in error.instance:
            example = _example(part_of(error.schema, key) or {})
            yield key, "missing" if example is None else f"missing; write {key}: {example}"


def _example(schema: JsonObject) -> Any:
    """Its first example; None where the schema of another package gives none."""
    return next(iter(schema.get("examples") or ()), None)


_OF_KEYS = {"additionalProperties": _unknown_keys, "required": _missing_keys}


def _explain(error: Any) -> str:
    explain = _REASONS.get(str(error.validator))
    if explain is None:
        return f"{_shown(error.instance)} is not allowed here ({error.validator})"
    return explain(error)


def _wrong_type(error: Any) -> str:
    value, schema = error.instance, error.schema
    if isinstance(value, int | float) and not isinstance(value, bool) and schema.get("format") in _PARSERS:
        return _without_unit(str(value), schema)
    wanted = error.validator_value if isinstance(error.validator_value, list) else [error.validator_value]
    kinds = " or ".join(_TYPES[kind] for kind in wanted)
    hint = ""
    if wanted == ["string"] and isinstance(value, bool | int | float):
        hint = "; put it in quotes"
    elif wanted == ["array"] and isinstance(value, str):
        hint = f"; write [{value}]" if re.fullmatch(r"[\w./ -]{1,60}", value) else ""
    return f"{_shown(value)} is not {kinds}{hint}"


def _without_unit(value: str, schema: JsonObject) -> str:
    parse, likely = _PARSERS[schema["format"]]
    example = schema.get("default") or _example(schema) or likely
    arguments = (example if isinstance(example, str) else likely,) if likely else ()
    try:
        parse(value, *arguments)
    except ValueError as error:
        return str(error)
    return f"{value} is not a text; put it in quotes"


def _not_listed(error: Any) -> str:
    listed = [str(value) for value in error.validator_value]
    hint = _did_you_mean(error.instance, listed) if isinstance(error.instance, str) else ""
    return f"{_shown(error.instance)} is not one of {', '.join(listed)}{hint}"


def _wrong_pattern(error: Any) -> str:
    return f"{_shown(error.instance)} has not the form of {_example(error.schema) or error.validator_value}"


_REASONS: dict[str, Callable[[Any], str]] = {
    "type": _wrong_type,
    "enum": _not_listed,
    "const": lambda error: f"{_shown(error.instance)} is not known here; write {error.validator_value}",
    "minimum": lambda error: f"{_shown(error.instance)} is under {error.validator_value}",
    "maximum": lambda error: f"{_shown(error.instance)} is over {error.validator_value}",
    "exclusiveMinimum": lambda error: f"{_shown(error.instance)} is not over {error.validator_value}",
    "pattern": _wrong_pattern,
    "format": lambda error: _without_unit(error.instance, error.schema),
    "minLength": lambda _: "an empty text",
    "maxLength": lambda error: f"longer than {error.validator_value} characters",
    "minItems": lambda error: f"too short a list; {error.validator_value} is the least",
    "uniqueItems": lambda _: "the same entry twice",
}


def _shown(value: Any) -> str:
    if isinstance(value, dict | list):
        return "a mapping" if isinstance(value, dict) else "a list"
    if value is None:
        return "an empty value"
    if isinstance(value, bool):
        return "true" if value else "false"
    return units.shown(value) if isinstance(value, str) else str(value)
