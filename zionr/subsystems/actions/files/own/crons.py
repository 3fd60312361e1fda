"""Crons that GitHub takes and does not keep: too quick for it, or for a day that never comes."""

from __future__ import annotations

from .....strict_yaml.values import Path
from ..parts import text
from ..schedule import entries, read_cron
from ..source import Fault, Source, anchor_of
from ..words import plain
from .cadence import LEAST_S, spoken

_MOST_FAULTS = 20


def cron_faults(source: Source) -> list[Fault]:
    """cron-too-quick and cron-never, for each cron that GitHub takes."""
    found = (_fault(source, (*path, "cron"), text(entry.get("cron"))) for path, entry in entries(source))
    return [fault for fault in found if fault is not None][:_MOST_FAULTS]


def _fault(source: Source, path: Path, cron: str) -> Fault | None:
    known = read_cron(cron)
    if known.reason is not None:
        return None
    if known.asked_s is None:
        return _never(source, path, cron)
    return _too_quick(source, path, cron, known.asked_s) if known.asked_s < LEAST_S else None


def _too_quick(source: Source, path: Path, cron: str, asked_s: float) -> Fault:
    line, column = source.at(path)
    return Fault(
        rule="cron-too-quick",
        line=line,
        column=column,
        message=f"'{plain(cron)}' asks for a run each {spoken(asked_s)}, more than GitHub gives",
        anchor=anchor_of(path),
        hint="ask for */5 or less, away from the full hour, when GitHub is busiest",
        like="a cron quicker than each 5m",
        expected="5m",
        actual=spoken(asked_s),
    )


def _never(source: Source, path: Path, cron: str) -> Fault:
    line, column = source.at(path)
    return Fault(
        rule="cron-never",
        line=line,
        column=column,
        message=f"'{plain(cron)}' never fires: there is no such day in any year",
        anchor=anchor_of(path),
        hint="the third field is the day of the month, the fourth the month",
        like="a cron for a day that never comes",
        actual=plain(cron),
    )
