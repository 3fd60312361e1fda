"""What a file says against the grammar: one fault for each thing that is wrong, in words. Pure.

jsonschema-rs finds the errors (0.03 s for 1,400 files); where several forms are allowed it tells what is wrong with
each of them, and only the form that was meant is kept.
"""

from __future__ import annotations

from itertools import islice
from typing import Any, NamedTuple

import jsonschema_rs

from ....model import JsonObject
from ....strict_yaml.values import Path
from .grammar import action_grammar, workflow_grammar
from .source import Fault, Source, anchor_of
from .unknown_keys import closest, opposite, unknown_keys
from .words import kind_of, listing, pattern, place, plain, quoted

_SHOWN_OPTIONS = 8
_MOST_NAMES = 50
MOST_ERRORS = 200
"""So many errors of one file are looked at: words are looked for each, and a hostile file may hold 50,000."""


class Grammar(NamedTuple):
    """A compiled schema, and the same as JSON, where the words of the messages are."""

    validator: Any
    schema: JsonObject


class Grammars(NamedTuple):
    """The grammars of the two kinds of files."""

    workflow: Grammar
    action: Grammar


def compile_grammars(workflow: JsonObject, action: JsonObject) -> Grammars:
    """Both grammars, from SchemaStore's two schemas as they are read. Takes about 10 ms: once for all files."""
    return Grammars(_compile(workflow_grammar(workflow)), _compile(action_grammar(action)))


def _compile(schema: JsonObject) -> Grammar:
    return Grammar(jsonschema_rs.Draft7Validator(schema), schema)


def check_schema(source: Source, grammars: Grammars) -> list[Fault]:
    """All that the grammar refuses, by place; a fault that another one implies is left out."""
    grammar = grammars.action if source.kind == "action" else grammars.workflow
    try:
        if grammar.validator.is_valid(source.value):
            return []
        first = islice(grammar.validator.iter_errors(source.value), MOST_ERRORS)
        errors = [leaf for error in first for leaf in _telling(error)][:MOST_ERRORS]
    except ValueError:
        # A text that is no UTF-8 inside (a lone surrogate by an escape) cannot be handed over.
        return [Fault("type", 1, 1, "a text holds a character that does not exist in Unicode", like="surrogate")]
    return _faults(errors, source, grammar)


def _telling(error: Any) -> list[Any]:
    """The errors of the form that was meant; the error itself where no form fits the value at all."""
    if error.kind.name not in ("anyOf", "oneOf"):
        return [error]
    depth = len(error.instance_path)
    meant = [branch for branch in error.kind.context if not any(_is_other_form(each, depth) for each in branch)]
    if not meant:
        return [error]
    # The form that fits best is the one that fails deepest inside.
    best = max(meant, key=lambda branch: max(len(each.instance_path) for each in branch))
    return [leaf for each in best for leaf in _telling(each)]


def _is_other_form(error: Any, depth: int) -> bool:
    """Whether the value itself, nothing inside it, is of another type or another word than a form allows."""
    return len(error.instance_path) == depth and error.kind.name in ("type", "enum", "pattern", "minLength")


def _faults(errors: list[Any], source: Source, grammar: Grammar) -> list[Fault]:
    unknown = [fault for error in errors for fault in _unknown(error, source, grammar)]
    missing_by_typo = {fault.expected for fault in unknown if fault.expected}
    found = list(unknown)
    for error in errors:
        fault = _fault(error, source, grammar, missing_by_typo)
        if fault is not None:
            found.append(fault)
    distinct = {(fault.rule, fault.anchor, fault.line, fault.column): fault for fault in reversed(found)}
    return sorted(distinct.values(), key=lambda fault: (fault.line, fault.column))


def _unknown(error: Any, source: Source, grammar: Grammar) -> list[Fault]:
    if error.kind.name == "additionalProperties":
        # `true` at the top is told as the lost `on`; the others were told when the file was read.
        told = {"", "<<"} if error.instance_path else {"", "<<", "true"}
        names = [name for name in error.kind.unexpected if name not in told][:_MOST_NAMES]
        known = list(_parent(grammar.schema, error.schema_path).get("properties", {}))
        return unknown_keys(source, tuple(error.instance_path), names, known, grammar.schema)
    if error.kind.name == "falseSchema":
        return [opposite(source, tuple(error.instance_path))]
    return []


def _fault(error: Any, source: Source, grammar: Grammar, typos: set[Any]) -> Fault | None:
    kind, path = error.kind.name, tuple(error.instance_path)
    if kind in ("additionalProperties", "falseSchema") or "<<" in path:
        return None
    if kind == "required":
        missing = {"run", "uses"} if error.kind.property == "run" else {error.kind.property}
        return None if missing & typos else _missing(source, path, error.kind.property)
    if kind == "not":
        return _both(source, path, error.kind.schema["required"])
    if path == ("on",) and source.value["on"] is None:
        return _on_missing(source, "`on` has no value")
    if path == ("jobs",) and not isinstance(source.value["jobs"], dict):
        return _no_jobs(source)
    return _wrong_type(error, source, path, grammar)


def _missing(source: Source, path: Path, name: str) -> Fault:
    if source.kind == "workflow" and not path:
        if name == "on":
            return _on_missing(source, "nothing says when it runs: the key `on` is missing")
        return _no_jobs(source)
    if name == "run":
        return _stepless(source, path)
    line, column = source.key(path)
    message = f"{quoted(name)} is missing in {place(path)}"
    like = f"{plain(name)} missing in {pattern(path) or 'the file'}"
    return Fault("type", line, column, message, anchor=_anchor((*path, name)), like=like, expected=name)


def _on_missing(source: Source, message: str) -> Fault:
    if "true" in source.value and "on" not in source.value:
        line, column = source.key(("true",))
        return Fault(
            "on-missing",
            line,
            column,
            "the key `on` has turned into `true`, so nothing says when it runs",
            hint="write on: in place of true:; a program that reads YAML 1.1 has read and written this file",
            like="on turned into true",
            expected="on",
            actual="true",
        )
    line, column = source.key(("on",))
    return Fault("on-missing", line, column, message, hint="add on: with the events that start it", like="on missing")


def _no_jobs(source: Source) -> Fault:
    line, column = source.key(("jobs",))
    message = "it has no jobs" if "jobs" not in source.value else "`jobs` is no mapping of jobs"
    return Fault("no-jobs", line, column, message, like="no jobs")


def _both(source: Source, path: Path, names: list[str]) -> Fault:
    line, column = source.key((*path, names[-1]))
    message = f"{listing([quoted(name) for name in names], 'and')} of {place(path)} exclude each other"
    hint = f"use one of them; {plain(names[0])} takes patterns that begin with ! too"
    return Fault("type", line, column, message, anchor=_anchor((*path, names[-1])), hint=hint, like=" and ".join(names))


def _stepless(source: Source, path: Path) -> Fault:
    line, column = source.at(path)
    message = f"the step {place(path)} has neither `run` nor `uses`"
    return Fault("type", line, column, message, anchor=_anchor(path), like="a step with neither run nor uses")


def _wrong_type(error: Any, source: Source, path: Path, grammar: Grammar) -> Fault:
    value = error.instance
    line, column = source.at(path)
    expected = _expected(error, grammar.schema)
    if path and path[-2:-1] == ("jobs",) and not isinstance(value, dict):
        return _no_job(source, path, value)
    shown = quoted(value) if isinstance(value, str) and value else kind_of(value)
    message = f"{place(path)} must be {expected}; here is {shown}"
    like = f"{pattern(path)} must be {expected}"
    guess = closest(value, _options(error)) if isinstance(value, str) else None
    hint = f"did you mean {quoted(guess)}?" if guess else None
    return Fault("type", line, column, message, _anchor(path), hint, like, expected, plain(kind_of(value)))


def _options(error: Any) -> list[str]:
    """The words that would do, of all forms that are allowed."""
    if error.kind.name == "enum":
        return [option for option in error.kind.options if isinstance(option, str)]
    if error.kind.name not in ("anyOf", "oneOf"):
        return []
    inner = [each for branch in error.kind.context for each in branch]
    return [option for each in inner for option in _options(each)]


def _no_job(source: Source, path: Path, value: Any) -> Fault:
    """A key that slipped out of its job, mostly: `if:` at the column of the jobs' names."""
    line, column = source.key(path)
    name = plain(path[-1])
    message = f"{quoted(path[-1])} stands where a job's name stands, and {kind_of(value)} is no job"
    hint = "indent it as far as the other keys of its job, or take it out"
    return Fault("type", line, column, message, _anchor(path), hint, f"{name} where a job stands")


def _expected(error: Any, schema: JsonObject) -> str:
    if error.kind.name == "enum":
        options = [quoted(option) for option in error.kind.options]
        if len(options) <= _SHOWN_OPTIONS:
            return listing(options)
    title = _parent(schema, error.schema_path).get("title")
    if title:
        return str(title)
    if error.kind.name == "enum":
        return f"one of {len(error.kind.options)} words"
    if error.kind.name == "type":
        return listing(sorted(f"a {name}" for name in error.kind.types))
    return "something else"


def _parent(schema: JsonObject, steps: list[Any]) -> JsonObject:
    """The part of the schema whose keyword failed; references on the way are followed."""
    node: Any = schema
    for step in steps[:-1]:
        node = schema["definitions"][node["$ref"].rpartition("/")[2]] if step == "$ref" else node[step]
    return node if isinstance(node, dict) else {}


def _anchor(path: Path) -> str | None:
    return plain(anchor_of(path), 200) or None
