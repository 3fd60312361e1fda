"""Every value of a policy as a person writes it, and where it came from."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from ..model import JsonObject
from ..strict_yaml.values import Path
from .defaults import write
from .model import Policy
from .overrides import SWITCHES
from .problems import dotted
from .schema import compose


class Row(NamedTuple):
    """One value. `origin` is `file:line:column`, `environment NAME` or `default`."""

    key: str
    value: Any
    origin: str


def as_written(policy: Policy) -> JsonObject:
    """The whole policy, defaults filled in, durations and sizes as texts."""
    written: JsonObject = write(policy.document, compose())
    return written


def explain(policy: Policy, prefix: str | None = None) -> list[Row]:
    """A row for each value, lists as one; only those at or below the dotted key `prefix` where it is given."""
    rows = [*_rows(policy, as_written(policy), ()), *_switches(policy)]
    return [row for row in rows if prefix is None or _is_below(row.key, prefix)]


def _is_below(key: str, prefix: str) -> bool:
    prefix = prefix.rstrip(".")
    return key == prefix or key.startswith(f"{prefix}.")


def _rows(policy: Policy, value: Any, path: Path) -> Iterator[Row]:
    if isinstance(value, dict) and value:
        for key, item in value.items():
            yield from _rows(policy, item, (*path, key))
    else:
        key = dotted(path)
        yield Row(key, value, policy.origins.get(key, "default"))


def _switches(policy: Policy) -> list[Row]:
    values = {
        "automatic": policy.recovery.automatic,
        "metrics": policy.metrics,
        "debug": policy.debug,
    }
    return [Row(name, values[switch], policy.origins.get(name, "default")) for name, switch in SWITCHES.items()]
