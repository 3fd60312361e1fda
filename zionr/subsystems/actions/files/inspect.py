"""Everything about one workflow or action file: what it says, and what is wrong with it. Pure.

A file is hostile input: whatever its bytes are, nothing here raises, and every text that comes back is short.
"""

from __future__ import annotations

from collections.abc import Callable

from ....model import JsonObject
from .expressions import check_expressions
from .facts import no_facts, read_facts
from .jobs import check_jobs
from .own import own_faults, step_counts
from .reading import read
from .schedule import check_schedule
from .schema_check import Grammars, check_schema
from .shell_blocks import block_facts
from .source import Fault, Source

MOST_FAULTS = 50
"""More that GitHub refuses in one file is not kept, nor more of our own: the first by their places are."""


def inspect(content: bytes, kind: str, schema: Grammars) -> JsonObject:
    """A file in the shape of `files.workflows.NAME`, less its path and digest. `kind` is workflow or action."""
    source, faults = read(content, kind)
    if source is None:
        return _file(content, no_facts(), faults, [])
    facts = read_facts(source)
    facts["jobs"], facts["steps"], facts["real_steps"] = step_counts(source)
    facts |= block_facts(source)
    # What stands between conflict markers is there twice: nothing more can be said of such a file.
    if any(fault.rule == "markers" for fault in faults):
        return _file(content, facts, faults, [])
    refused = _refused(source, schema, faults)
    return _file(content, facts, refused, _not_told(own_faults(source), refused))


def _not_told(own: list[Fault], refused: list[Fault]) -> list[Fault]:
    """Opinions, less each placeholder that GitHub refuses a value for: that is told once, by its cause."""
    places = {(fault.line, fault.column) for fault in refused}
    values = {fault.anchor for fault in refused} - {None}
    return [
        fault
        for fault in own
        if fault.rule != "placeholder" or ((fault.line, fault.column) not in places and fault.anchor not in values)
    ]


def _refused(source: Source, schema: Grammars, faults: list[Fault]) -> list[Fault]:
    """What GitHub refuses in a file that can be read. Where two rules see one fault, the first of them tells it."""
    found = list(faults)
    for rule in _RULES:
        places = {(fault.line, fault.column) for fault in found}
        # A part that an alias repeats is wrong once, where it is written.
        new = {_identity(fault): fault for fault in rule(source, schema)}
        found += [fault for fault in new.values() if (fault.line, fault.column) not in places]
    return found


def _identity(fault: Fault) -> tuple[str, int, int, str]:
    return fault.rule, fault.line, fault.column, (fault.anchor or "").rpartition(".")[2]


_RULES: tuple[Callable[[Source, Grammars], list[Fault]], ...] = (
    check_schema,
    lambda source, _: check_schedule(source),
    lambda source, _: check_jobs(source),
    lambda source, _: check_expressions(source),
)


def _file(content: bytes, facts: JsonObject, refused: list[Fault], own: list[Fault]) -> JsonObject:
    kept = [*sorted(refused, key=_place)[:MOST_FAULTS], *sorted(own, key=_place)[:MOST_FAULTS]]
    faults = [fault._asdict() for fault in sorted(kept, key=_place)]
    counts = dict.fromkeys(("jobs", "steps", "real_steps", "large_blocks"), 0)
    return {"size": len(content), "faults": faults, **counts, "blocks": [], **facts}


def _place(fault: Fault) -> tuple[int, int]:
    return fault.line, fault.column
