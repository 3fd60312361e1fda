"""A policy as text: whether it is good, what it says, and where each value came from."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from ..model import JsonObject
from ..policy.explain import Row
from ..policy.later import unused
from ..policy.model import Policy
from .text import LEAD, cut, printable

_VALUE_WIDTH = 32


def validate_text(policy: Policy, shape: str = "table") -> str:
    """The verdict on a policy that loaded, with its notes, and with what it sets to no effect."""
    notes = [*policy.notes, *unused(policy.document, policy.origins)]
    if shape == "json":
        return _json({**_head(policy), "kind": "policy", "valid": True, "notes": notes})
    under = f" with --env {policy.environment}" if policy.environment else ""
    watched = ", ".join(policy.subsystems) or "nothing"
    lines = [f"{'ok':<{LEAD}}{policy.path}{under}: watches {watched}"]
    lines += [f"{'note':<{LEAD}}{printable(note)}" for note in notes]
    return "\n".join(lines)


def show_text(policy: Policy, written: JsonObject, shape: str = "table") -> str:
    """The whole policy as YAML that is itself a policy, or as JSON."""
    if shape == "json":
        return _json({**_head(policy), "kind": "policy", "document": written})
    import yaml

    return yaml.safe_dump(written, sort_keys=False, allow_unicode=True, width=100).rstrip("\n")


def explain_text(policy: Policy, rows: Sequence[Row], shape: str = "table") -> str:
    """A line for each value: its key, the value and where it came from."""
    if shape == "json":
        values = [{"key": row.key, "value": row.value, "origin": row.origin} for row in rows]
        return _json({**_head(policy), "kind": "policy", "values": values})
    from tabulate import tabulate

    table = [(row.key, cut(_plain(row.value), _VALUE_WIDTH), row.origin) for row in rows]
    return tabulate(table, headers=("key", "value", "from"), tablefmt="plain", disable_numparse=True)


def schema_text(schema: JsonObject) -> str:
    """The schema as it is published: what editors read."""
    return json.dumps(schema, indent=2, ensure_ascii=False)


def _head(policy: Policy) -> JsonObject:
    return {
        "schema_version": 1,
        "path": policy.path,
        "digest": policy.digest,
        "environment": policy.environment,
    }


def _json(document: JsonObject) -> str:
    return json.dumps(document, indent=2, sort_keys=True, ensure_ascii=False)


def _plain(value: Any) -> str:
    if isinstance(value, list):
        return f"[{', '.join(_plain(item) for item in value)}]"
    if value is None:
        return "not set"
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)
