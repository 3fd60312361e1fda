"""What a file says, for the rules that compare files with one another and with GitHub. Pure."""

from __future__ import annotations

from typing import Any

from ....model import JsonObject
from ....strict_yaml.values import Path
from .local_uses import local_uses
from .parts import jobs_of, mapping, text
from .schedule import crons
from .source import Source, anchor_of
from .uses import HERE
from .words import as_text, plain

_LONGEST_NAME = 120
_LONGEST_GROUP = 200
_LONGEST_ANCHOR = 200


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
        "environment": any(job.value.get("environment") not in (None, "", {}) for job in jobs_of(source)),
        "calls_elsewhere": any(_is_elsewhere(text(job.value.get("uses"))) for job in jobs_of(source)),
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
        "calls_elsewhere": False,
    }


def _is_elsewhere(uses: str) -> bool:
    """Whether a job calls a workflow of another repository, which may do anything; an expression may name one."""
    return uses != "" and not uses.startswith(HERE)


def _triggers(on: Any) -> list[str]:
    names = [on] if isinstance(on, str) else on
    known = [plain(name) for name in names if isinstance(name, str)] if isinstance(names, list | dict) else []
    return list(dict.fromkeys(known))


def _required_inputs(on: Any) -> list[str]:
    """The inputs that a dispatch must name: required, and without a default."""
    inputs = mapping(mapping(mapping(on).get("workflow_dispatch")).get("inputs"))
    return [
        plain(name)
        for name, given in inputs.items()
        if isinstance(given, dict) and given.get("required") is True and given.get("default") is None
    ]


def _groups(source: Source) -> list[JsonObject]:
    """The concurrency groups of the workflow and its jobs."""
    holders: list[tuple[Path, JsonObject]] = [((), source.value), *((job.path, job.value) for job in jobs_of(source))]
    found = (_group(source, (*path, "concurrency"), holder.get("concurrency")) for path, holder in holders)
    return [group for group in found if group is not None]


def _group(source: Source, path: Path, concurrency: Any) -> JsonObject | None:
    given = mapping(concurrency)
    name = given.get("group") if given else concurrency
    if name in (None, "") or isinstance(name, dict | list):
        return None
    line, column = source.at((*path, "group") if given else path)
    return {
        "text": plain(as_text(name), _LONGEST_GROUP),
        # An expression may come out true: it counts as if it does.
        "cancel": given.get("cancel-in-progress") not in (None, False),
        "line": line,
        "column": column,
        "anchor": plain(anchor_of(path), _LONGEST_ANCHOR),
    }
