"""A schedule beside the cadence that the workflow's name promises, and beside what GitHub keeps."""

from __future__ import annotations

from typing import Any

from .....instants import limit
from .....model import JsonObject
from ..parts import text
from ..source import Fault
from ..words import plain
from .promises import Mention, mentions, promised

LEAST_S = 300
"""GitHub runs no schedule more often than each five minutes (its documentation of `on.schedule`)."""
_SLACK = 1.1
"""Months differ by a tenth, and a day in spring has 23 hours."""


def cadence_fault(facts: JsonObject, factor: float) -> Fault | None:
    """cadence-name for one workflow (its FILE dict) that runs more than `factor` times rarer or more often than named.

    A name that says nothing of it leaves the word to the file's name; where both promise, one kept promise is enough.
    Nothing is said where a cron cannot be read. GitHub's own least of five minutes keeps any quicker promise.
    """
    intervals = _intervals(facts)
    promises = _promises(facts)
    if not intervals or not promises:
        return None
    if not all(_is_broken(one.seconds or 0, intervals, factor * _SLACK) for one in promises):
        return None
    quickest = min(facts["crons"], key=lambda cron: float(cron["interval_s"]))
    return _fault(promises[0], quickest, len(intervals))


def _promises(facts: JsonObject) -> list[Mention]:
    """The promise of the workflow's name first; that of its file's name, where the other is not in doubt."""
    name = text(facts.get("name"))
    own = promised(name)
    if own is None and mentions(name):
        return []
    of_file = promised(text(facts.get("path")).rpartition("/")[2].rpartition(".")[0])
    return [made for made in (own, of_file) if made is not None]


def _intervals(facts: JsonObject) -> list[float]:
    """The smallest gap of each cron, in seconds; none at all where one of them is not known."""
    found = [_interval(cron) for cron in facts.get("crons") or []]
    return [] if None in found else [gap for gap in found if gap is not None]


def _interval(cron: JsonObject) -> float | None:
    gap: Any = cron.get("interval_s")
    return float(gap) if cron.get("valid") is True and isinstance(gap, int | float) and gap > 0 else None


def _is_broken(seconds: int, intervals: list[float], factor: float) -> bool:
    """All crons together decide what is too rare (six of them may share out a day), the quickest what is too often."""
    together = 1 / sum(1 / gap for gap in intervals)
    return together > max(seconds, LEAST_S) * factor or min(intervals) * factor < seconds


def _fault(made: Mention, cron: JsonObject, count: int) -> Fault:
    given = spoken(cron["interval_s"])
    more = f" and {count - 1} more" if count > 1 else ""
    return Fault(
        rule="cadence-name",
        line=cron["line"],
        column=cron["column"],
        message=f"its name says '{made.text}', but '{plain(cron['cron'])}'{more} runs each {given}",
        anchor="name",
        hint="mend whichever is wrong: the cron, or the name that people read",
        like=f"a name that promises another cadence than '{plain(cron['cron'])}'",
        expected=spoken(made.seconds or 0),
        actual=given,
    )


def spoken(seconds: float) -> str:
    return limit(round(seconds))
