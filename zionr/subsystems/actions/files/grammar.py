"""SchemaStore's schema of workflow files, made to agree with what GitHub's own parser accepts and refuses. Pure.

The schema gives the words: which keys, events, activities and permissions there are. How a value may be written is
told here, because there the two differ: the schema takes only texts for texts where GitHub turns every scalar into
one, wants lists and mappings that are not empty, and leaves the keys of most events open. Compared with
`@actions/workflow-parser` 0.3.61 (MIT), which tests/real/test_oracle.py asks about every fault class.
"""

from __future__ import annotations

from typing import Any

from ....model import JsonObject
from .grammar_events import events
from .grammar_values import (
    BOOLEAN,
    ENVIRONMENT,
    FILLED,
    LIST_OF_TEXTS,
    LOGICAL,
    NUMERIC,
    ONE_OR_MORE,
    TEXT,
    TEXTS,
    closed,
    either,
    list_of,
    mapping_of,
    or_expression,
    properties_of,
    relaxed,
)

# What a key's value may be, wherever the key stands in a job or step. The schema wants texts to be quoted numbers, and
# knows no `env:` whose value is empty.
_OF_JOB: JsonObject = {
    "name": TEXT,
    "needs": ONE_OR_MORE,
    "if": TEXT,
    "runs-on": or_expression(
        "a text, a list of texts, or `group` and `labels`",
        FILLED,
        list_of(FILLED),
        closed({"group": FILLED, "labels": ONE_OR_MORE}),
    ),
    "timeout-minutes": NUMERIC,
    "cancel-timeout-minutes": NUMERIC,
    "continue-on-error": LOGICAL,
    "env": TEXTS,
    "outputs": TEXTS,
    "uses": FILLED,
    "with": TEXTS,
    "secrets": either("`inherit` or a mapping of names to texts", {"enum": ["inherit"]}, TEXTS),
}
_OF_STEP: JsonObject = {
    "id": FILLED,
    "name": TEXT,
    "if": TEXT,
    "uses": FILLED,
    "run": TEXT,
    "shell": FILLED,
    "working-directory": TEXT,
    "with": ENVIRONMENT,
    "env": TEXTS,
    "continue-on-error": LOGICAL,
    "timeout-minutes": NUMERIC,
}
_CONTAINER: JsonObject = {
    "image": FILLED,
    "options": TEXT,
    "env": ENVIRONMENT,
    "ports": or_expression("a list of ports", LIST_OF_TEXTS),
    "volumes": or_expression("a list of texts", LIST_OF_TEXTS),
    "credentials": closed({"username": FILLED, "password": FILLED}),
}


def workflow_grammar(schema: JsonObject) -> JsonObject:
    """The schema for workflow files, from SchemaStore's as it is read."""
    definitions = schema.get("definitions", {})
    step = _step(definitions)
    shared = {
        "permissions": _permissions(definitions),
        "strategy": _strategy(),
        "defaults": _defaults(),
        "concurrency": _concurrency(definitions, FILLED),
    }
    normal = {**_OF_JOB, **shared, **_job_parts(definitions), "steps": list_of({"$ref": "#/definitions/step"})}
    called = {**_OF_JOB, **shared}
    jobs = {
        "if": {"required": ["uses"]},
        "then": _known(properties_of(definitions, "reusableWorkflowCallJob"), called, ["uses"]),
        "else": _known(
            {**properties_of(definitions, "normalJob"), "cancel-timeout-minutes": NUMERIC}, normal, ["runs-on"]
        ),
    }
    # The parser has `description` at the top, too, which the schema has not.
    given = {**schema.get("properties", {}), "description": TEXT}
    top = {"name": TEXT, "run-name": TEXT, "env": ENVIRONMENT, "on": events(schema), "jobs": mapping_of(jobs)}
    # An empty `concurrency:` is as none, but not in a job.
    known = _known(given, {**shared, "concurrency": _concurrency(definitions, TEXT), **top}, ["on", "jobs"])
    # What a newer schema knows and nothing here does stays as it is there, with all that it refers to.
    return {**known, "definitions": {**relaxed(definitions), "step": step}}


def action_grammar(schema: JsonObject) -> JsonObject:
    """The schema for `action.yml`, from SchemaStore's as it is read."""
    definitions = schema.get("definitions", {})
    # The schema wants a description of every input and output; the parser does not, and leaves inputs open.
    given = {"description": TEXT, "required": BOOLEAN, "default": TEXT, "deprecationMessage": TEXT}
    inputs = {"title": "a mapping", "type": "object", "properties": given}
    runs = {
        "type": "object",
        "title": "a mapping",
        "required": ["using"],
        "properties": {"using": {"enum": [*_nodes(definitions), "docker", "composite"]}},
        "allOf": [
            _run_by(["composite"], properties_of(definitions, "runs-composite"), _COMPOSITE, ["steps"]),
            _run_by(["docker"], properties_of(definitions, "runs-docker"), _DOCKER, ["image"]),
            _run_by(_nodes(definitions), properties_of(definitions, "runs-javascript"), _RUNS, ["main"]),
        ],
    }
    values = {
        "name": FILLED,
        "author": TEXT,
        "description": TEXT,
        "inputs": mapping_of(inputs),
        "outputs": mapping_of(closed({"description": TEXT, "value": TEXT})),
        "runs": runs,
    }
    return _known(schema.get("properties", {}), values, ["name", "description", "runs"])


def _run_by(usings: list[Any], names: JsonObject, values: JsonObject, required: list[str]) -> JsonObject:
    """The keys of `runs` for these ways to run an action; nothing is said of another way."""
    known = _known({**names, "using": {}}, {**values, "using": {"enum": usings}}, required)
    return {"if": {"required": ["using"], "properties": {"using": {"enum": usings}}}, "then": known}


def _known(names: JsonObject, values: JsonObject, required: list[str]) -> JsonObject:
    """A mapping with the keys that the schema has in `names` and no others, each as `values` has it, or else it."""
    return closed({name: values.get(name) or relaxed(schema) for name, schema in names.items()}, required)


def _job_parts(definitions: JsonObject) -> JsonObject:
    container = closed(_CONTAINER, ["image"])
    service = closed({**_CONTAINER, "entrypoint": TEXT, "command": TEXT}, ["image"])
    environment = closed({"name": TEXT, "url": TEXT, "deployment": LOGICAL}, ["name"])
    snapshot = closed({"image-name": FILLED, "version": FILLED, "if": TEXT}, ["image-name"])
    return {
        "container": either("a text, or a mapping with `image`", TEXT, container),
        "services": mapping_of(either("a text, or a mapping with `image`", FILLED, service)),
        "environment": either("a text, or a mapping with `name`", TEXT, environment),
        "snapshot": either("a text, or a mapping with `image-name`", FILLED, snapshot),
    }


def _step(definitions: JsonObject) -> JsonObject:
    """A step runs a command or uses an action, and each has keys that the other has not."""
    names = properties_of(definitions, "step")
    whole = _known(names, _OF_STEP, [])
    newer = [name for name in ("wait", "wait-all", "cancel", "parallel") if name in names]
    others = [{"required": [name]} for name in ("run", *newer)]
    return {
        **whole,
        "if": {"required": ["uses"]},
        "then": {"properties": dict.fromkeys(("run", "shell", "working-directory"), False)},
        "else": {"properties": {"with": False}, "if": {"anyOf": others}, "else": {"required": ["run"]}},
    }


def _composite_step() -> JsonObject:
    shared = {name: _OF_STEP[name] for name in ("name", "id", "if", "env", "continue-on-error")}
    uses = closed({**shared, "env": ENVIRONMENT, "uses": FILLED, "with": ENVIRONMENT}, ["uses"])
    run = closed(
        {**shared, "env": ENVIRONMENT, "run": TEXT, "shell": TEXT, "working-directory": TEXT}, ["run", "shell"]
    )
    neither = {"if": {"required": ["run"]}, "then": run, "else": {"required": ["run"]}}
    return {"title": "a mapping", "type": "object", "if": {"required": ["uses"]}, "then": uses, "else": neither}


def _permissions(definitions: JsonObject) -> JsonObject:
    names = definitions.get("permissions-event", {}).get("properties", {})
    levels = {name: relaxed(_level(schema, definitions)) for name, schema in names.items()}
    # The parser takes `none` for every permission, and has one that the schema has not.
    levels = {name: {"enum": [*dict.fromkeys([*level.get("enum", []), "none"])]} for name, level in levels.items()}
    levels.setdefault("drives", {"enum": ["read", "write", "none"]})
    return either("`read-all`, `write-all` or a mapping", {"enum": ["read-all", "write-all"]}, closed(levels))


def _level(schema: JsonObject, definitions: JsonObject) -> JsonObject:
    target = str(schema.get("$ref", "")).removeprefix("#/definitions/")
    found: JsonObject = definitions.get(target, schema)
    return found


def _nodes(definitions: JsonObject) -> list[Any]:
    return list(properties_of(definitions, "runs-javascript").get("using", {}).get("enum", []))


def _strategy() -> JsonObject:
    # The schema demands a matrix, and refuses what a person leaves empty while trying.
    any_items = {"title": "a list", "type": "array"}
    matrix = {
        "title": "a mapping of names to lists",
        "type": "object",
        "properties": dict.fromkeys(("include", "exclude"), or_expression("a list of mappings", list_of(_COMBINATION))),
        "additionalProperties": or_expression("a list", any_items),
    }
    given = {
        "fail-fast": LOGICAL,
        "max-parallel": NUMERIC,
        "matrix": or_expression("a mapping of names to lists", matrix),
    }
    return or_expression("a mapping with `matrix`", closed(given))


_COMBINATION: JsonObject = or_expression("a mapping", {"type": "object"})


def _defaults() -> JsonObject:
    return closed({"run": or_expression("a mapping", closed({"shell": FILLED, "working-directory": FILLED}))})


def _concurrency(definitions: JsonObject, name: JsonObject) -> JsonObject:
    names = properties_of(definitions, "concurrency")
    queue = or_expression("`single`, `max` or an expression", relaxed(names.get("queue", {})))
    mapping = _known(names, {"group": FILLED, "cancel-in-progress": LOGICAL, "queue": queue}, ["group"])
    return either("a text, or a mapping with `group`", name, mapping)


_PROGRAMS = ("main", "pre", "post", "image", "entrypoint", "pre-entrypoint", "post-entrypoint")
_RUNS: JsonObject = {"pre-if": TEXT, "post-if": TEXT, **dict.fromkeys(_PROGRAMS, FILLED)}
_DOCKER: JsonObject = {**_RUNS, "args": list_of(TEXT), "env": ENVIRONMENT}
_COMPOSITE: JsonObject = {"steps": list_of(_composite_step())}
