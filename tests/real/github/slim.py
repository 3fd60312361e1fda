"""Takes from GitHub's description of its API what zionr calls, in a form that Prism can serve.

Usage: slim.py DESCRIPTION OUTPUT [--prefix /api/v3]. The description is OpenAPI 3.0 as `@octokit/openapi` has it. Kept
are the paths below and what they refer to, changed in five ways:
- each JSON answer is offered as `application/vnd.github+json` too, the type that GitHub asks clients to accept;
- examples get the members that their own schema requires and that they lack, else Prism refuses its own answers;
- a workflow may be named by its number: in a path a number is text too, and Prism wants exactly one of the two;
- `created` may be a range of times, as its own words say and its format does not;
- every operation may answer with each of the errors below, so that a test can ask for one.
"""

from __future__ import annotations

import argparse
import copy
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

REPOSITORY = "/repos/{owner}/{repo}"
ACTIONS = REPOSITORY + "/actions"
KEPT = (
    REPOSITORY,
    f"{REPOSITORY}/branches/{{branch}}",
    f"{REPOSITORY}/git/blobs",
    f"{REPOSITORY}/git/commits",
    f"{REPOSITORY}/git/commits/{{commit_sha}}",
    f"{REPOSITORY}/git/ref/{{ref}}",
    f"{REPOSITORY}/git/refs",
    f"{REPOSITORY}/git/trees",
    f"{REPOSITORY}/git/trees/{{tree_sha}}",
    f"{REPOSITORY}/pulls",
    f"{ACTIONS}/runs",
    f"{ACTIONS}/runs/{{run_id}}",
    f"{ACTIONS}/runs/{{run_id}}/cancel",
    f"{ACTIONS}/runs/{{run_id}}/force-cancel",
    f"{ACTIONS}/runs/{{run_id}}/jobs",
    f"{ACTIONS}/runs/{{run_id}}/rerun-failed-jobs",
    f"{ACTIONS}/workflows",
    f"{ACTIONS}/workflows/{{workflow_id}}",
    f"{ACTIONS}/workflows/{{workflow_id}}/dispatches",
    f"{ACTIONS}/workflows/{{workflow_id}}/enable",
    f"{ACTIONS}/workflows/{{workflow_id}}/runs",
)
VERBS = ("get", "put", "post", "patch", "delete")
ERRORS = {
    401: "Bad credentials",
    403: "Forbidden",
    404: "Not Found",
    409: "Conflict",
    # What an older server says of a dispatch, so that the request that zionr then makes is seen as well.
    422: '"return_run_details" is not a permitted key',
    429: "Too Many Requests",
    500: "Server Error",
}
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
            paths[prefix + path] = self.operations(self.whole["paths"][path])
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
                self.components[kind][name] = meant(self.resolve({"$ref": reference}))
                self.collect(self.components[kind][name])

    def resolve(self, part: Any) -> Any:
        """What a reference stands for; anything else as it is."""
        while isinstance(part, dict) and "$ref" in part:
            _, _, kind, name = part["$ref"].split("/")
            part = self.whole["components"][kind][name]
        return part


def meant(component: Any) -> Any:
    """A parameter as its own words mean it; anything else as it is."""
    schema = component.get("schema", {})
    if component.get("name") == "created":
        return component | {"schema": {"type": schema["type"]}}
    if "in" in component and "oneOf" in schema:
        return component | {"schema": {"anyOf": schema["oneOf"]}}
    return component


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
