"""Files that hold an expression in one place, for the tests of the expressions' rule."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from typing import Any

from zionr.model import JsonObject
from zionr.strict_yaml import Document, load
from zionr.strict_yaml.values import Marks, Path
from zionr.subsystems.actions.files.expressions import check_expressions
from zionr.subsystems.actions.files.source import Fault, Source

_STEPS: list[JsonObject] = [
    {
        "name": "One",
        "id": "one",
        "if": "true",
        "run": "make",
        "shell": "bash",
        "working-directory": "src",
        "timeout-minutes": 5,
        "continue-on-error": False,
        "env": {"E": "x"},
    },
    {"name": "Two", "uses": "actions/checkout@v4", "with": {"ref": "x"}, "env": {"E": "x"}},
]
_CONTAINER = {
    "image": "node",
    "options": "--cpus 1",
    "env": {"E": "x"},
    "ports": ["80"],
    "volumes": ["/a:/b"],
    "credentials": {"username": "u", "password": "p"},
}
WORKFLOW: JsonObject = {
    "name": "All",
    "run-name": "All of it",
    "on": {
        "push": {"branches": ["main"], "paths": ["src/**"]},
        "workflow_call": {
            "inputs": {"given": {"type": "string", "default": "x", "description": "What it is"}},
            "outputs": {"made": {"value": "x", "description": "What it made"}},
            "secrets": {"token": {"description": "To log in", "required": False}},
        },
        "workflow_dispatch": {"inputs": {"given": {"default": "x", "description": "What it is"}}},
    },
    "env": {"E": "x"},
    "defaults": {"run": {"shell": "bash", "working-directory": "src"}},
    "permissions": {"contents": "read"},
    "concurrency": {"group": "all", "cancel-in-progress": False},
    "jobs": {
        "first": {"runs-on": "ubuntu-latest", "steps": [{"run": "make"}], "concurrency": "one"},
        "build": {
            "name": "Build",
            "needs": ["first"],
            "if": "true",
            "permissions": {"contents": "read"},
            "strategy": {
                "fail-fast": True,
                "max-parallel": 2,
                "matrix": {"os": ["a", "b"], "include": [{"os": "c"}], "exclude": [{"os": "a"}]},
            },
            "runs-on": ["ubuntu-latest"],
            "timeout-minutes": 5,
            "cancel-timeout-minutes": 5,
            "continue-on-error": False,
            "container": _CONTAINER,
            "services": {"db": {**_CONTAINER, "entrypoint": "e", "command": "c"}, "cache": "redis"},
            "env": {"E": "x"},
            "environment": {"name": "live", "url": "https://example.org", "deployment": True},
            "concurrency": {"group": "build", "cancel-in-progress": False},
            "outputs": {"made": "x"},
            "defaults": {"run": {"shell": "bash", "working-directory": "src"}},
            "snapshot": {"image-name": "i", "if": "true"},
            "steps": _STEPS,
        },
        "group": {"runs-on": {"group": "g", "labels": ["l"]}, "environment": "live", "steps": [{"run": "make"}]},
        "call": {
            "uses": "./.github/workflows/other.yml",
            "needs": "first",
            "with": {"given": "x"},
            "secrets": {"token": "x"},
        },
    },
}
"""A valid workflow that has every key in which GitHub reads something."""

COMPOSITE: JsonObject = {
    "name": "All",
    "author": "Me",
    "description": "All of it",
    "inputs": {"given": {"description": "What it is", "required": False, "default": "x", "deprecationMessage": "No"}},
    "outputs": {"made": {"description": "What it made", "value": "x"}},
    "branding": {"icon": "award", "color": "blue"},
    "runs": {
        "using": "composite",
        "steps": [{key: value for key, value in step.items() if key != "timeout-minutes"} for step in _STEPS],
    },
}
CONTAINER: JsonObject = {
    "name": "All",
    "description": "All of it",
    "runs": {
        "using": "docker",
        "image": "Dockerfile",
        "entrypoint": "e",
        "args": ["a"],
        "env": {"E": "x"},
        "pre-entrypoint": "p",
        "pre-if": "true",
        "post-entrypoint": "p",
        "post-if": "true",
    },
}
NODE: JsonObject = {
    "name": "All",
    "description": "All of it",
    "runs": {"using": "node20", "main": "m.js", "pre": "p.js", "pre-if": "true", "post": "p.js", "post-if": "true"},
}
BASES: dict[str, tuple[str, JsonObject]] = {
    "workflow": ("workflow", WORKFLOW),
    "composite": ("action", COMPOSITE),
    "container": ("action", CONTAINER),
    "node": ("action", NODE),
}
"""A kind and a valid file for each name."""


def scalars(value: Any, path: Path = ()) -> Iterator[Path]:
    """Where a file's scalars are."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from scalars(inner, (*path, key))
    elif isinstance(value, list):
        for at, inner in enumerate(value):
            yield from scalars(inner, (*path, at))
    else:
        yield path


def wholes(value: Any, path: Path = ()) -> Iterator[Path]:
    """Where a file's mappings and lists are, the top apart."""
    if not isinstance(value, (dict, list)):
        return
    if path:
        yield path
    for key, inner in value.items() if isinstance(value, dict) else enumerate(value):
        yield from wholes(inner, (*path, key))


def changed(base: JsonObject, path: Path, value: Any) -> JsonObject:
    """The file with another value at one place."""
    result = copy.deepcopy(base)
    at(result, path[:-1])[path[-1]] = value
    return result


def keyed(base: JsonObject, path: Path, key: str) -> JsonObject:
    """The file with one more key in the mapping at `path`; its value is that of the mapping's first key."""
    result = copy.deepcopy(base)
    mapping = at(result, path)
    mapping[key] = next(iter(mapping.values()))
    return result


def at(value: Any, path: Path) -> Any:
    """What stands at a path."""
    for step in path:
        value = value[step]
    return value


def spelled(value: JsonObject) -> str:
    """A document as JSON, which is YAML on one line."""
    return json.dumps(value, ensure_ascii=False)


def in_step(text: Any, key: str = "run") -> JsonObject:
    """A workflow with this at a key of its only step."""
    return {"on": "push", "jobs": {"a": {"runs-on": "x", "steps": [{"run": "make", key: text}]}}}


def in_job(condition: str) -> JsonObject:
    """A workflow whose only job has this condition."""
    return {"on": "push", "jobs": {"a": {"runs-on": "x", "if": condition, "steps": [{"run": "make"}]}}}


def faults(text: str, kind: str = "workflow") -> list[Fault]:
    """What the rule says about a file."""
    return check_expressions(Source(kind, text, load(text)))


def faults_of(value: JsonObject, kind: str = "workflow") -> list[Fault]:
    """The same about a document that was never written: every fault stands at its beginning."""
    return check_expressions(Source(kind, "", Document(value, Marks(None))))


def messages(text: Any, key: str = "run") -> list[str]:
    """What the rule says about this at a key of a step."""
    return [fault.message for fault in faults_of(in_step(text, key))]
