"""Files with a few accidents each: lines deleted, doubled, moved in and out, characters swapped."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from random import Random
from typing import Any

ALPHABET = "abz019 :-#'\"{}[]|>&*!%@`,?/\\\t.$<=~"


def mutate(text: str, random: Random) -> str:
    """`text` after one to three accidents. The same `random` gives the same file."""
    lines = text.splitlines(keepends=True)
    for _ in range(random.randint(1, 3)):
        if lines:
            _accident(lines, random)
    return "".join(lines)


def _accident(lines: list[str], random: Random) -> None:
    at = random.randrange(len(lines))
    line = lines[at]
    kind = random.randrange(9)
    if kind == 0:
        del lines[at]
    elif kind == 1:
        lines.insert(at, line)
    elif kind == 2:
        lines[at] = "  " + line
    elif kind == 3:
        lines[at] = line[2:] if line.startswith("  ") else line
    elif kind == 4:
        lines.insert(random.randrange(len(lines)), lines.pop(at))
    elif kind == 5:
        lines[at] = line.partition(":")[0] + ":\n"
    elif kind == 6:
        del lines[random.randrange(len(lines)) :]
    else:
        column = random.randrange(len(line))
        more = random.choice(ALPHABET)
        lines[at] = line[:column] + more + line[column + (kind == 7) :]


VALUES: tuple[Any, ...] = (
    *(None, "", "x", 0, 1, 2.5, True, False, [], {}, [1], ["x"], [[]], [{}], [None], {"a": "b"}, {"a": 1}, {"a": None}),
    *({"a": []}, {"a": {}}, "${{ github.ref }}", "${{ fromJSON('1') }}", ["${{ github.ref }}"], "true", "main", "./x"),
    *({"group": "x"}, {"image": "x"}, {"name": "x"}, {"run": "x"}, [{"run": "x"}], {"types": "x"}, {"inputs": None}),
)
KEYS = (
    *("name", "on", "if", "env", "with", "run", "uses", "shell", "id", "needs", "steps", "runs-on", "permissions", "x"),
    *("timeout-minutes", "continue-on-error", "working-directory", "strategy", "matrix", "include", "exclude", "image"),
    *("concurrency", "group", "container", "services", "outputs", "environment", "defaults", "secrets", "inputs"),
    *("type", "required", "default", "options", "description", "push", "pull_request", "schedule", "workflow_call"),
    *(
        "branches",
        "branches-ignore",
        "types",
        "paths",
        "contents",
        "issues",
        "cron",
        "timezone",
        "credentials",
        "ports",
    ),
    *("fail-fast", "max-parallel", "cancel-in-progress", "url", "labels", "snapshot", "run-name", "value", "main"),
)


def reshape(document: Any, random: Random) -> str:
    """A document of which one to three parts have another value, another key, or are gone; as JSON, which is YAML."""
    changed = copy.deepcopy(document)
    for _ in range(random.randint(1, 3)):
        holder = random.choice(list(_holders(changed)))
        kind = random.randrange(5)
        if isinstance(holder, list):
            _change_list(holder, kind, random)
        elif kind == 0 or not holder:
            holder[random.choice(KEYS)] = copy.deepcopy(random.choice(VALUES))
        elif kind == 1:
            del holder[random.choice(list(holder))]
        elif kind == 2:
            holder[random.choice(KEYS)] = holder.pop(random.choice(list(holder)))
        else:
            holder[random.choice(list(holder))] = copy.deepcopy(random.choice(VALUES))
    return json.dumps(changed, indent=1)


def _change_list(holder: list[Any], kind: int, random: Random) -> None:
    if kind == 0 or not holder:
        holder.append(copy.deepcopy(random.choice(VALUES)))
    elif kind == 1:
        del holder[random.randrange(len(holder))]
    else:
        holder[random.randrange(len(holder))] = copy.deepcopy(random.choice(VALUES))


def _holders(node: Any) -> Iterator[Any]:
    """Every mapping and list of the document."""
    if isinstance(node, dict | list):
        yield node
        for child in node.values() if isinstance(node, dict) else node:
            yield from _holders(child)
