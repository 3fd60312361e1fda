"""zionr's own opinions about one file, which GitHub itself may well accept. Pure; no file can make them raise."""

from __future__ import annotations

from ..source import Fault, Source
from .gutted import step_counts
from .hygiene import timeout_faults, unpinned_faults
from .placeholders import placeholder_faults
from .pushes import push_faults

__all__ = ["own_faults", "step_counts"]


def own_faults(source: Source) -> list[Fault]:
    """Every opinion that one file alone supports.

    No threshold of a policy is in them, so they may be kept with the file's content: cadence-name has one, and is
    made by `cadence.cadence_fault`. For an action only placeholder and unpinned apply.
    """
    from .crons import cron_faults  # and cronsim with it: not where nothing changed, for `cadence` alone

    faults = [*placeholder_faults(source), *unpinned_faults(source)]
    if source.kind == "workflow":
        faults += [*push_faults(source), *timeout_faults(source), *cron_faults(source)]
    return sorted(faults, key=lambda fault: (fault.line, fault.column, fault.rule))
