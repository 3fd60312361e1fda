"""Everything about one workflow or action file: what it says, and what is wrong with it. Pure.

A file is hostile input: whatever its bytes are, nothing here raises, and every text that comes back is short.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from ....model import JsonObject
from .expressions import check_expressions
from .facts import no_facts, read_facts
from .jobs import check_jobs
from .own import own_faults, step_counts
from .reading import read
from .schedule import check_schedule
from .schema_check import Grammars, check_schema
from .shell_blocks import blocks
from .source import Fault, Source

MOST_FAULTS = 50
"""More faults of one file are not kept; the first by their places are."""


def inspect(content: bytes, kind: str, schema: Grammars) -> JsonObject:
    """A file in the shape of `files.workflows.NAME`, less its path and digest. `kind` is workflow or action."""
    source, faults = read(content, kind)
    if source is None:
        return _file(content, no_facts(), faults)
    facts = read_facts(source)
    facts["jobs"], facts["steps"], facts["real_steps"] = step_counts(source)
    facts["blocks"] = blocks(source)
    if not any(fault.rule == "markers" for fault in faults):
        faults = [*_refused(source, schema, faults), *own_faults(source, facts)]
    return _file(content, facts, faults)


def _refused(source: Source, schema: Grammars, faults: list[Fault]) -> list[Fault]:
    """What GitHub refuses in a file that can be read. Where two rules see one fault, the first of them tells it."""
    found = {(fault.line, fault.column, fault.anchor): fault for fault in faults}
    places = {(fault.line, fault.column) for fault in faults}
    for rule in _RULES:
        new = [fault for fault in rule(source, schema) if (fault.line, fault.column) not in places]
        found |= {(fault.line, fault.column, fault.anchor): fault for fault in new}
        places |= {(fault.line, fault.column) for fault in new}
    return list(found.values())


_RULES: tuple[Callable[[Source, Grammars], list[Fault]], ...] = (
    check_schema,
    lambda source, _: check_schedule(source),
    lambda source, _: check_jobs(source),
    lambda source, _: check_expressions(source),
)


def _file(content: bytes, facts: JsonObject, faults: Iterable[Fault]) -> JsonObject:
    kept = sorted(faults, key=lambda fault: (fault.line, fault.column))[:MOST_FAULTS]
    counts = {"jobs": 0, "steps": 0, "real_steps": 0, "blocks": []}
    return {"size": len(content), "faults": [fault._asdict() for fault in kept], **counts, **facts}
