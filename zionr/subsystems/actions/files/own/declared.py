"""What a workflow declares about itself: what starts it, what it asks for, what it shares."""

from __future__ import annotations

from typing import Any

from .....model import JsonObject
from .....strict_yaml.values import Path
from ..source import Source, anchor_of
from .parts import jobs_of, mapping


def triggers(source: Source) -> list[str]:
    """The events of `on`, in the file's order, each once."""
    declared = mapping(source.value).get("on") if source.kind == "workflow" else None
    events = [declared] if isinstance(declared, str) else declared if isinstance(declared, dict | list) else []
    return list(dict.fromkeys(event for event in events if isinstance(event, str)))


def inputs(source: Source) -> list[str]:
    """The inputs of `workflow_dispatch` that must be given and have no default: without them nobody can dispatch it."""
    declared = mapping(mapping(source.value).get("on")) if source.kind == "workflow" else {}
    asked = mapping(mapping(declared.get("workflow_dispatch")).get("inputs"))
    return [
        str(name)
        for name, one in asked.items()
        if isinstance(one, dict) and one.get("required") is True and one.get("default") is None
    ]


def environment(source: Source) -> bool:
    """Whether a job names an `environment`: it deploys, or waits for somebody's leave."""
    return any(job.value.get("environment") not in (None, "", {}) for job in jobs_of(source))


def groups(source: Source) -> list[JsonObject]:
    """The concurrency groups of the workflow and its jobs: {text, cancel, line, column, anchor}.

    `cancel` is true only where it is written so; an expression may be anything.
    """
    if source.kind != "workflow":
        return []
    parts: list[tuple[Path, Any]] = [(("concurrency",), mapping(source.value).get("concurrency"))]
    parts += [((*job.path, "concurrency"), job.value.get("concurrency")) for job in jobs_of(source)]
    return [group for path, value in parts if (group := _group(source, path, value)) is not None]


def _group(source: Source, path: Path, value: Any) -> JsonObject | None:
    named = value.get("group") if isinstance(value, dict) else value
    if named in (None, "") or isinstance(named, dict | list):
        return None
    line, column = source.at((*path, "group") if isinstance(value, dict) else path)
    written = str(named).lower() if isinstance(named, bool) else str(named)
    cancel = mapping(value).get("cancel-in-progress") is True
    return {"text": written, "cancel": cancel, "line": line, "column": column, "anchor": anchor_of(path)}
