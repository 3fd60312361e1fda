"""Cron expressions and time zones of `on.schedule`, as GitHub reads them. Pure: no clock is asked."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import pairwise
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from ....model import JsonObject
from ....strict_yaml.values import Path
from .firing_days import Days, smallest_gap
from .parts import mapping
from .source import Fault, Source, anchor_of
from .words import plain, quoted

_YEAR = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_WEEK = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")
_MONTHS = {name: number for number, name in enumerate(_YEAR, 1)}
_WEEKDAYS = {name: number for number, name in enumerate(_WEEK)}


class _Field(NamedTuple):
    """One of the five: its name, its range, and the names that stand for numbers."""

    name: str
    least: int
    most: int
    words: dict[str, int]


_FIELDS = (
    _Field("minute", 0, 59, {}),
    _Field("hour", 0, 23, {}),
    _Field("day of the month", 1, 31, {}),
    _Field("month", 1, 12, _MONTHS),
    # GitHub takes 0 to 6 only: 7 is no Sunday there.
    _Field("day of the week", 0, 6, _WEEKDAYS),
)


class Cron(NamedTuple):
    """What is known of one expression: `reason` tells why it is none, and is None where it is valid.

    `interval_s` is the smallest gap between two firings in a row, in seconds; None where nothing fires. `asked_s` is
    the gap that it asks for: the same, less the short one that a step leaves at the end of an hour (`*/7`).
    """

    reason: str | None
    interval_s: float | None = None
    asked_s: float | None = None


@lru_cache(maxsize=4096)
def read_cron(text: str) -> Cron:
    """A cron expression of five fields. Names, lists, ranges and steps are allowed; @daily, L, ? and # are not."""
    fields = _split(text)
    if text.startswith("@"):
        return Cron(f"GitHub knows no {plain(text)}, only five fields")
    if len(fields) != len(_FIELDS) or "" in fields:
        return Cron(_not_five(text))
    values = []
    for field, part in zip(_FIELDS, fields, strict=True):
        read = _read_field(field, part.lower())
        if read is None:
            shown = f"{quoted(part)} is no {field.name} ({field.least} to {field.most})"
            return Cron(shown if part.isprintable() else _not_five(text))
        values.append(sorted(read))
    days = _gap_of_days(fields, values)
    if days is None:
        return Cron(None)
    return Cron(None, _smallest_gap_s(values[0], values[1], days), _asked_gap_s(fields[0], values, days))


def _not_five(text: str) -> str:
    found = len(text.split())
    if found == len(_FIELDS):
        return "only spaces may stand between the five fields, and nothing before or behind them"
    return f"{found} field{'s' * (found != 1)} in place of five"


def _split(text: str) -> list[str]:
    """GitHub's parser parts at spaces only, and takes one before or behind them all for an empty field."""
    return re.split(" +", text)


def tidy(text: str) -> str:
    """A valid expression with one space between its fields, and none of the tabs that stand at numbers."""
    return " ".join("".join(field.split()) for field in _split(text))


def _read_field(field: _Field, text: str) -> set[int] | None:
    """The numbers that a field stands for; None where it cannot be read."""
    found: set[int] = set()
    for part in text.split(","):
        span, slash, step = part.partition("/")
        step = step.strip()
        if slash and not (step.isascii() and step.isdigit() and field.least <= int(step[:4]) <= field.most):
            return None
        ends = _ends(field, span, bool(slash))
        if ends is None or (slash and int(step) == 0):
            return None
        found |= set(range(ends[0], ends[1] + 1, int(step) if slash else 1))
    return found


def _ends(field: _Field, span: str, stepped: bool) -> tuple[int, int] | None:
    if span == "*":
        return field.least, field.most
    first, dash, last = span.partition("-")
    begin, end = _number(field, first), _number(field, last if dash else first)
    if begin is None or end is None or end < begin:
        return None
    return begin, field.most if stepped and not dash else end


def _number(field: _Field, text: str) -> int | None:
    number = field.words.get(text)
    text = text.strip()  # JavaScript takes a tab or a line break around a number
    if number is None and text.isascii() and text.isdigit() and len(text) <= 4:
        number = int(text)
    return number if number is not None and field.least <= number <= field.most else None


def _gap_of_days(fields: list[str], values: list[list[int]]) -> int | None:
    """The smallest gap in days between two days on which it fires; None where there is none."""
    days, months, weekdays = (frozenset(numbers) for numbers in values[2:])
    # Debian's cron, and GitHub's: a field that begins with a star narrows the other one, else either of them will do.
    both = fields[2].strip().startswith("*") or fields[4].strip().startswith("*")
    return smallest_gap(Days(days, months, weekdays, both))


def _asked_gap_s(field: str, values: list[list[int]], days: int) -> float:
    minutes, hours = values[:2]
    if "/" not in field or len(minutes) == 1:
        return _smallest_gap_s(minutes, hours, days)
    return min(later - before for before, later in pairwise(minutes)) * 60.0


def _smallest_gap_s(minutes: list[int], hours: list[int], days: int) -> float:
    within = [hour * 60 + minute for hour in hours for minute in minutes]
    gaps = [later - before for before, later in pairwise(within)]
    gaps.append(days * 24 * 60 - within[-1] + within[0])
    return min(gaps) * 60.0


@lru_cache(maxsize=1024)
def is_zone(name: str) -> bool:
    """Whether IANA's database, of this host or of the package tzdata, has a zone of that name."""
    if not name or len(name) > 80 or name in ("localtime", "posixrules", "Factory"):
        return False
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True


def check_schedule(source: Source) -> list[Fault]:
    """cron-invalid and timezone-unknown, for each entry of `on.schedule`."""
    faults = []
    for path, entry in entries(source):
        cron, zone = entry.get("cron"), entry.get("timezone")
        if isinstance(cron, str) and cron:
            reason = read_cron(cron).reason
            faults += [_cron_invalid(source, (*path, "cron"), cron, reason)] if reason else []
        elif isinstance(cron, int | float):
            faults.append(_cron_invalid(source, (*path, "cron"), str(cron), "1 field in place of five"))
        if isinstance(zone, str) and zone and "${{" not in zone and not is_zone(zone):
            faults.append(_zone_unknown(source, (*path, "timezone"), zone))
    return faults


def crons(source: Source) -> list[JsonObject]:
    """The entries of `on.schedule`, in the shape of a file's `crons`; those without a text for a cron left out."""
    found = []
    for path, entry in entries(source):
        cron, zone = entry.get("cron"), entry.get("timezone")
        if not isinstance(cron, str) or not cron:
            continue
        line, column = source.at((*path, "cron"))
        known = read_cron(cron)
        found.append(
            {
                "cron": plain(tidy(cron) if known.reason is None else cron, 100),
                "timezone": plain(zone, 80) if isinstance(zone, str) and zone else None,
                "line": line,
                "column": column,
                "valid": known.reason is None,
                "interval_s": known.interval_s,
            }
        )
    return found


def entries(source: Source) -> Iterator[tuple[Path, dict[str, Any]]]:
    """Path and mapping of each entry of `on.schedule` that is one."""
    schedule = mapping(mapping(source.value).get("on")).get("schedule") if source.kind == "workflow" else None
    for number, entry in enumerate(schedule if isinstance(schedule, list) else ()):
        if isinstance(entry, dict):
            yield ("on", "schedule", number), entry


def _cron_invalid(source: Source, path: Path, cron: str, reason: str) -> Fault:
    line, column = source.at(path)
    comment = "#" in cron
    hint = "the comment stands inside the quotes; move it behind them" if comment else _CRON_HINT
    return Fault(
        rule="cron-invalid",
        line=line,
        column=column,
        message=f"the cron {quoted(cron)} cannot be read: {reason}",
        anchor=anchor_of(path),
        hint=hint,
        like="a comment within a cron" if comment else f"cron {plain(cron)}",
        expected="minute hour day month weekday",
        actual=plain(cron),
    )


_CRON_HINT = "five fields: minute, hour, day of the month, month, day of the week, such as '17 4 * * 1-5'"


def _zone_unknown(source: Source, path: Path, zone: str) -> Fault:
    line, column = source.at(path)
    return Fault(
        rule="timezone-unknown",
        line=line,
        column=column,
        message=f"there is no time zone {quoted(zone)}",
        anchor=anchor_of(path),
        hint="a name of IANA's database, such as Europe/Berlin",
        like=f"time zone {plain(zone)}",
        actual=plain(zone),
    )
