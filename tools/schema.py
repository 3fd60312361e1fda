"""Write the published schemas and the policy reference: `make schema`. A test holds them equal to what this makes."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from typing import Any

from zionr.policy import schema, schema_files
from zionr.render.policy import schema_text

TOP = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
REPORT = os.path.join(TOP, "zionr", "engine", "report.schema.json")


def published() -> dict[str, str]:
    """The text of each published schema by its path from the top; of this package only, whatever is installed."""
    policy = schema.publish(schema.compose(schema_files.built_in()))
    with open(REPORT, encoding="utf-8") as file:
        report = json.load(file)
    return {
        os.path.join("schema", "policy.schema.json"): schema_text(policy) + "\n",
        os.path.join("schema", "report.schema.json"): schema_text(report) + "\n",
        os.path.join("docs", "policy.md"): reference(policy),
    }


def reference(policy: dict[str, Any]) -> str:
    """Every key of the policy with its default, what it may be, and what it means, as Markdown."""
    lines = [
        "# The policy, key by key",
        "",
        "Written by `make schema` from the schema. Durations are `30s`, `5m`, `1h`, `2d`; sizes `300MB` (1 MB is",
        "1,048,576 bytes, as PM2 counts); rates `5 per 1h`. Only `version` is required.",
        "",
        "| key | is | default | what it means |",
        "|---|---|---|---|",
    ]
    lines += [f"| `{path}` | {kind(of)} | {default(of)} | {of['description']} |" for path, of in keys(policy)]
    return "\n".join(lines) + "\n"


def keys(rules: dict[str, Any], path: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """Each key below `rules` with its dotted path; NAME stands for a name of one's own."""
    for name, inner in rules.get("properties", {}).items():
        yield f"{path}{name}", inner
        # Forty rule ids with the same four words each tell nobody anything.
        if name != "rules":
            yield from keys(inner, f"{path}{name}.")
    for inner in rules.get("patternProperties", {}).values():
        yield f"{path}NAME", inner
        yield from keys(inner, f"{path}NAME.")


def kind(rules: dict[str, Any]) -> str:
    """What a value may be, in a word or two."""
    if "format" in rules:
        return str(rules["format"])
    if "enum" in rules:
        return ", ".join(f"`{value}`" for value in rules["enum"])
    if "const" in rules:
        return f"`{rules['const']}`"
    types = rules.get("type", "any")
    return types if isinstance(types, str) else " or ".join(types)


def default(rules: dict[str, Any]) -> str:
    """The default as it would stand in the file; empty where there is none."""
    value = rules.get("default")
    return "" if value in (None, {}) else f"`{json.dumps(value)}`"


def write() -> None:
    """Write them all, and say so."""
    for path, text in published().items():
        with open(os.path.join(TOP, path), "w", encoding="utf-8") as file:
            file.write(text)
        print(path)


if __name__ == "__main__":
    write()
