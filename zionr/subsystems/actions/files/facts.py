"""What a file says, for the rules that compare files with one another and with GitHub. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ....model import JsonObject
from ....strict_yaml.values import Path
from .jobs import local_uses
from .schedule import crons
from .source import Source, anchor_of
from .words import plain

_LONGEST_NAME = 120
_LONGEST_GROUP = 200


def read_facts(source: Source) -> JsonObject:
    """The facts of a file that could be read; parts of a wrong type are as if they were not there."""
    value = source.value
    return {
        "readable": True,
        "name": plain(value["name"], _LONGEST_NAME) if isinstance(value.get("name"), str) else None,
        "triggers": _triggers(value.get("on")) if source.kind == "workflow" else [],
        "inputs": _required_inputs(value.get("on")) if source.kind == "workflow" else [],
        "crons": crons(source),
        "groups": _groups(source) if source.kind == "workflow" else [],
        "locals": local_uses(source),
        "environment": any("environment" in job for _, job in _jobs(value)),
    }


def no_facts() -> JsonObject:
    """The same of a file that nobody can read."""
    return {
        "readable": False,
        "name": None,
        "triggers": [],
        "inputs": [],
        "crons": [],
        "groups": [],
        "locals": [],
        "environment": False,
    }


def _triggers(on: Any) -> list[str]:
    names = [on] if isinstance(on, str) else on
    return [plain(name) for name in names if isinstance(name, str)] if isinstance(names, list | dict) else []


def _required_inputs(on: Any) -> list[str]:
    """The inputs that a dispatch must name: required, and without a default."""
    event = on.get("workflow_dispatch") if isinstance(on, dict) else None
    inputs = event.get("inputs") if isinstance(event, dict) else None
    return [
        plain(name)
        for name, given in (inputs.items() if isinstance(inputs, dict) else ())
        if isinstance(given, dict) and given.get("required") is True and given.get("default") is None
    ]


def _groups(source: Source) -> list[JsonObject]:
    places: list[tuple[Path, Any]] = [((), source.value)]
    places += [(("jobs", name), job) for name, job in _jobs(source.value)]
    found = []
    for path, holder in places:
        concurrency = holder.get("concurrency")
        group = concurrency.get("group") if isinstance(concurrency, dict) else concurrency
        if not isinstance(group, str) or not group:
            continue
        where: Path = (*path, "concurrency", "group") if isinstance(concurrency, dict) else (*path, "concurrency")
        line, column = source.at(where)
        found.append(
            {
                "text": plain(group, _LONGEST_GROUP),
                # An expression may come out true: it counts as if it does.
                "cancel": isinstance(concurrency, dict) and concurrency.get("cancel-in-progress") not in (None, False),
                "line": line,
                "column": column,
                "anchor": plain(anchor_of((*path, "concurrency")), 200),
            }
        )
    return found


def _jobs(value: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    jobs = value.get("jobs")
    for name, job in jobs.items() if isinstance(jobs, dict) else ():
        if isinstance(job, dict):
            yield name, job
