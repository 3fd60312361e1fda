"""Write the published schemas: `make schema`. A test holds them equal to what this makes."""

from __future__ import annotations

import json
import os

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
    }


def write() -> None:
    """Write them all, and say so."""
    for path, text in published().items():
        with open(os.path.join(TOP, path), "w", encoding="utf-8") as file:
            file.write(text)
        print(path)


if __name__ == "__main__":
    write()
