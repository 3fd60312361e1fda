"""zionr's own opinions about one file, which GitHub itself may well accept. Pure; no file can make them raise."""

from __future__ import annotations

from .....model import JsonObject
from ..source import Fault, Source
from .cadence import quick_faults
from .gutted import step_counts
from .hygiene import timeout_faults, unpinned_faults
from .placeholders import placeholder_faults
from .pushes import push_faults

__all__ = ["own_faults", "step_counts"]


def own_faults(source: Source, facts: JsonObject) -> list[Fault]:
    """Every opinion that one file alone supports. `facts` is its FILE dict so far, with `crons`.

    No threshold of a policy is in them, so they may be kept with the file's content: cadence-name has one, and is
    made by `cadence.cadence_fault`. For an action only placeholder and unpinned apply.
    """
    faults = [*placeholder_faults(source), *unpinned_faults(source)]
    if source.kind == "workflow":
        faults += [*push_faults(source), *timeout_faults(source), *quick_faults(facts)]
    return sorted(faults, key=lambda fault: (fault.line, fault.column, fault.rule))
