"""A schedule beside the cadence that the workflow's name promises, and beside what GitHub keeps."""

from __future__ import annotations

from typing import Any

from .....instants import limit
from .....model import JsonObject
from ..source import Fault, Source
from .parts import mapping, shown, text
from .promises import Mention, mentions, promised

_LEAST_S = 300
"""GitHub runs no schedule more often than each five minutes (its documentation of `on.schedule`)."""
_SLACK = 1.1
"""Months differ by a tenth, and a day in spring has 23 hours."""
_MOST_FAULTS = 20


def promise(source: Source) -> JsonObject | None:
    """What the workflow's `name` promises: {"text": "every 6 hours", "seconds": 21600}."""
    return _promise_of(mapping(source.value).get("name")) if source.kind == "workflow" else None


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


def quick_faults(facts: JsonObject) -> list[Fault]:
    """cron-too-quick for each cron that asks for more than GitHub gives."""
    faults = []
    for position, cron in enumerate(facts.get("crons") or []):
        interval = _interval(cron)
        if interval is None or interval >= _LEAST_S:
            continue
        faults.append(
            Fault(
                rule="cron-too-quick",
                line=cron["line"],
                column=cron["column"],
                message=f"'{shown(cron['cron'])}' asks for a run each {_spoken(interval)}, more than GitHub gives",
                anchor=f"on.schedule.{position}.cron",
                hint="ask for */5 or less, away from the full hour, when GitHub is busiest",
                like="a cron quicker than each 5m",
                expected="5m",
                actual=_spoken(interval),
            )
        )
    return faults[:_MOST_FAULTS]


def _promises(facts: JsonObject) -> list[Mention]:
    """The promise of the workflow's name first; that of its file's name, where the other is not in doubt.

    Facts without `promise` are read by their `name`.
    """
    own = facts["promise"] if "promise" in facts else _promise_of(facts.get("name"))
    if own is None and mentions(text(facts.get("name"))):
        return []
    of_name = None if own is None else Mention(own["text"], own["seconds"])
    of_file = promised(text(facts.get("path")).rpartition("/")[2].rpartition(".")[0])
    return [made for made in (of_name, of_file) if made is not None]


def _promise_of(name: Any) -> JsonObject | None:
    found = promised(text(name))
    return None if found is None else {"text": found.text, "seconds": found.seconds}


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
    return together > max(seconds, _LEAST_S) * factor or min(intervals) * factor < seconds


def _fault(made: Mention, cron: JsonObject, count: int) -> Fault:
    given = _spoken(cron["interval_s"])
    more = f" and {count - 1} more" if count > 1 else ""
    return Fault(
        rule="cadence-name",
        line=cron["line"],
        column=cron["column"],
        message=f"its name says '{made.text}', but '{shown(cron['cron'])}'{more} runs each {given}",
        anchor="name",
        hint="mend whichever is wrong: the cron, or the name that people read",
        like=f"a name that promises another cadence than '{shown(cron['cron'])}'",
        expected=_spoken(made.seconds or 0),
        actual=given,
    )


def _spoken(seconds: float) -> str:
    return limit(round(seconds))
