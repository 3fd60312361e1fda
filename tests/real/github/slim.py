"""Takes from GitHub's description of its API what zionr calls, in a form that Prism can serve.

Usage: slim.py DESCRIPTION OUTPUT [--prefix /api/v3]. The description is OpenAPI 3.0 as `@octokit/openapi` has it. Kept
are the paths below and what they refer to, changed in five ways, none of which loosens what a request must be:
- each JSON answer is offered as `application/vnd.github+json` too, the type that GitHub asks clients to accept;
- examples get the members that their own schema requires and that they lack, else Prism refuses its own answers;
- a parameter that may hold slashes (`x-multi-segment`) gets a path for each number of segments;
- a workflow may be named by its number: as text a number is both of the kinds of which Prism wants exactly one;
- every operation may answer with each of the errors below, so that a test can ask for one.
"""

from __future__ import annotations

import argparse
import copy
import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

REPOSITORY = "/repos/{owner}/{repo}"
ACTIONS = REPOSITORY + "/actions"
KEPT = (
    REPOSITORY,
    f"{REPOSITORY}/branches/{{branch}}",
    f"{REPOSITORY}/commits",
    f"{REPOSITORY}/commits/{{ref}}",
    f"{REPOSITORY}/contents/{{path}}",
    f"{REPOSITORY}/git/blobs",
    f"{REPOSITORY}/git/commits",
    f"{REPOSITORY}/git/matching-refs/{{ref}}",
    f"{REPOSITORY}/git/ref/{{ref}}",
    f"{REPOSITORY}/git/refs",
    f"{REPOSITORY}/git/refs/{{ref}}",
    f"{REPOSITORY}/git/trees",
    f"{REPOSITORY}/pulls",
    f"{ACTIONS}/workflows",
    f"{ACTIONS}/workflows/{{workflow_id}}",
    f"{ACTIONS}/workflows/{{workflow_id}}/enable",
    f"{ACTIONS}/workflows/{{workflow_id}}/dispatches",
    f"{ACTIONS}/workflows/{{workflow_id}}/runs",
    f"{ACTIONS}/runs",
    f"{ACTIONS}/runs/{{run_id}}",
    f"{ACTIONS}/runs/{{run_id}}/jobs",
    f"{ACTIONS}/runs/{{run_id}}/rerun",
    f"{ACTIONS}/runs/{{run_id}}/rerun-failed-jobs",
    f"{ACTIONS}/runs/{{run_id}}/cancel",
    f"{ACTIONS}/runs/{{run_id}}/force-cancel",
    f"{ACTIONS}/runs/{{run_id}}/concurrency_groups",
    "/rate_limit",
)
VERBS = ("get", "put", "post", "patch", "delete")
ERRORS = {401: "Bad credentials", 403: "Forbidden", 404: "Not Found", 409: "Conflict"} | {
    422: "Validation Failed",
    429: "Too Many Requests",
    500: "Server Error",
}
SEGMENTS = 5
PLAIN, OFFERED = "application/json", "application/vnd.github+json"
EMPTY = {"object": {}, "array": [], "integer": 1, "number": 1, "boolean": False}
BY_FORMAT = {"date-time": "2026-01-02T03:04:05Z", "uri": "https://example.org", "email": "octocat@example.org"}


class Description:
    """A whole description, and the slim one that grows out of it."""

    def __init__(self, whole: Any) -> None:
        self.whole = whole
        self.components: dict[str, dict[str, Any]] = {}

    def slim(self, prefix: str) -> Any:
        """The slim description, with `prefix` in front of every path."""
        paths: dict[str, Any] = {}
        for path in KEPT:
            if path in self.whole["paths"]:
                kept = self.operations(self.whole["paths"][path])
                paths |= {prefix + name: item for name, item in spread(path, kept)}
        self.collect(paths)
        head = {key: self.whole[key] for key in ("openapi", "info")}
        return head | {"paths": paths, "components": self.components}

    def operations(self, item: Any) -> Any:
        """The verbs of a path, each able to answer in every way."""
        return {key: self.operation(value) if key in VERBS else value for key, value in item.items()}

    def operation(self, operation: Any) -> Any:
        kept = {key: operation[key] for key in ("operationId", "parameters", "requestBody") if key in operation}
        kept["responses"] = {code: self.response(answer) for code, answer in operation["responses"].items()}
        for code, message in ERRORS.items():
            kept["responses"][str(code)] = error(message)
        return copy.deepcopy(kept)

    def response(self, answer: Any) -> Any:
        """An answer in both media types, its examples made whole."""
        answer = copy.deepcopy(self.resolve(answer))
        for media in answer.get("content", {}).values():
            self.mend(media)
        if PLAIN in answer.get("content", {}):
            answer["content"][OFFERED] = answer["content"][PLAIN]
        return answer

    def mend(self, media: Any) -> None:
        if "schema" not in media:
            return
        for example in media.get("examples", {}).values():
            whole = copy.deepcopy(self.resolve(example))
            example.clear()
            example["value"] = self.completed(whole.get("value"), media["schema"])

    def completed(self, value: Any, schema: Any) -> Any:
        """The value with what its schema requires and it lacks."""
        schema = self.resolve(schema)
        for part in schema.get("allOf", ()):
            value = self.completed(value, part)
        if value is None:
            return None if schema.get("nullable") else self.least(schema)
        if isinstance(value, list) and "items" in schema:
            return [self.completed(item, schema["items"]) for item in value]
        if isinstance(value, dict) and "properties" in schema:
            return value | {name: self.member(value, name, schema) for name in self.members(value, schema)}
        return value

    def members(self, value: Any, schema: Any) -> list[str]:
        return [name for name in schema["properties"] if name in value or name in schema.get("required", ())]

    def member(self, value: Any, name: str, schema: Any) -> Any:
        return self.completed(value.get(name), schema["properties"][name])

    def least(self, schema: Any) -> Any:
        """The plainest value that a schema permits."""
        schema = self.resolve(schema)
        if schema.get("nullable"):
            return None
        if "enum" in schema:
            return schema["enum"][0]
        for kind in ("allOf", "anyOf", "oneOf"):
            if kind in schema:
                return self.least(schema[kind][0])
        if schema.get("type") == "object":
            return self.completed({}, schema)
        return EMPTY.get(schema.get("type"), BY_FORMAT.get(schema.get("format"), "text"))

    def collect(self, part: Any) -> None:
        """Take over every component that a part refers to, and what that refers to."""
        for reference in references(part):
            _, _, kind, name = reference.split("/")
            if name not in self.components.setdefault(kind, {}):
                self.components[kind][name] = either(self.resolve({"$ref": reference}))
                self.collect(self.components[kind][name])

    def resolve(self, part: Any) -> Any:
        """What a reference stands for; anything else as it is."""
        while isinstance(part, dict) and "$ref" in part:
            _, _, kind, name = part["$ref"].split("/")
            part = self.whole["components"][kind][name]
        return part


def spread(path: str, item: Any) -> Iterator[tuple[str, Any]]:
    """The path, and again with two to five segments where its last parameter may hold slashes."""
    yield path, item
    if "x-multi-segment" not in json.dumps(item) and not re.search(r"/git/[a-z-]+/\{ref\}$", path):
        return
    for more in range(1, SEGMENTS):
        names = [f"segment{number}" for number in range(more)]
        added = [{"name": name, "in": "path", "required": True, "schema": {"type": "string"}} for name in names]
        longer = copy.deepcopy(item)
        for verb in VERBS:
            if verb in longer:
                longer[verb]["parameters"] += added
                longer[verb]["operationId"] += f"-{more}"
        yield "/".join([path, *(f"{{{name}}}" for name in names)]), longer


def either(component: Any) -> Any:
    """A parameter that is one of several kinds, as one that is any of them."""
    schema = component.get("schema", {})
    if "in" not in component or "oneOf" not in schema:
        return component
    others = {key: value for key, value in schema.items() if key != "oneOf"}
    return component | {"schema": others | {"anyOf": schema["oneOf"]}}


def references(part: Any) -> Iterator[str]:
    """Every `$ref` in a part."""
    if isinstance(part, dict):
        if isinstance(part.get("$ref"), str):
            yield part["$ref"]
        for value in part.values():
            yield from references(value)
    elif isinstance(part, list):
        for value in part:
            yield from references(value)


def error(message: str) -> Any:
    """An answer that refuses."""
    schema = {"type": "object", "properties": {"message": {"type": "string"}, "documentation_url": {"type": "string"}}}
    value = {"message": message, "documentation_url": "https://docs.github.com/rest"}
    media = {"schema": schema, "examples": {"default": {"value": value}}}
    return {"description": message, "content": {PLAIN: media, OFFERED: media}}


def main() -> int:
    """Write the slim description."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("description", type=Path)
    parser.add_argument("output", type=Path)
    parser.add_argument("--prefix", default="", help="goes in front of every path")
    arguments = parser.parse_args()
    whole = json.loads(arguments.description.read_text())
    arguments.output.write_text(json.dumps(Description(whole).slim(arguments.prefix)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
