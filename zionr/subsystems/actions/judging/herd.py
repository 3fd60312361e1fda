"""Schedules that start together. Pure.

Only crons that name their minutes as plain numbers are counted (`0 0 * * *`, `5,35 */6 * * 1-5`): who writes `*/5`
wants every slot, and has none of their own to move. Two crons meet where weekday, hour and minute are the same in
the same time zone. One that is bound to days of a month or to months is left out, it meets the others too seldom.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

_DAYS = {name: number for number, name in enumerate(("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"))}
_UTC = ("UTC", "Etc/UTC", "Etc/UCT", "Zulu")
_DAY = 24 * 60


class Start(NamedTuple):
    """A minute of the day in a time zone."""

    minute: int
    zone: str

    def __str__(self) -> str:
        return f"{self.minute // 60:02}:{self.minute % 60:02} {self.zone}"


class Herd(NamedTuple):
    """`starts` are the minutes at which more than the limit start, with how many; `members` all that take part."""

    starts: dict[Start, int]
    members: frozenset[str]


def find_herd(crons: Iterable[tuple[str, str, str | None]], limit: int) -> Herd | None:
    """`crons` are triples of workflow, valid cron and time zone; None where no minute has more than `limit` of them."""
    together: dict[tuple[str, str], set[str]] = {}
    for workflow, cron, zone in crons:
        minutes, hours, days, months, weekdays = cron.upper().split()
        if (days, months) == ("*", "*") and minutes.replace(",", "").isdigit():
            place = "UTC" if zone is None or zone in _UTC else zone
            together.setdefault((f"{minutes} {hours} {weekdays}", place), set()).add(workflow)
    slots: dict[tuple[str, int], set[str]] = {}
    for (fields, place), workflows in together.items():
        for slot in week_of(fields):
            slots.setdefault((place, slot), set()).update(workflows)
    crowded = {key: workflows for key, workflows in slots.items() if len(workflows) > limit}
    return Herd(_starts(crowded), frozenset().union(*crowded.values())) if crowded else None


def week_of(fields: str) -> list[int]:
    """The minutes of a week, from Sunday 00:00, at which minute, hour and weekday (`0 */6 1-5`) agree."""
    minutes, hours, weekdays = fields.split()
    try:
        return [
            weekday * _DAY + hour * 60 + minute
            for weekday in sorted({number % 7 for number in _numbers(weekdays, 0, 6)})
            for hour in _numbers(hours, 0, 23)
            for minute in _numbers(minutes, 0, 59)
        ]
    except ValueError:
        return []  # it says more than numbers, such as the last Friday: nothing can be said of it here


def _starts(crowded: dict[tuple[str, int], set[str]]) -> dict[Start, int]:
    """How many start at each minute on its fullest day, the fullest minute first."""
    starts: dict[Start, int] = {}
    for (place, slot), workflows in crowded.items():
        start = Start(slot % _DAY, place)
        starts[start] = max(starts.get(start, 0), len(workflows))
    return dict(sorted(starts.items(), key=lambda item: (-item[1], item[0])))


def _numbers(field: str, lowest: int, highest: int) -> list[int]:
    """What a field of a valid cron names: `*`, numbers, names of days, ranges, steps and lists of them."""
    found: set[int] = set()
    for part in field.split(","):
        span, _, step = part.partition("/")
        first, dash, last = span.partition("-")
        begin = lowest if first == "*" else _number(first)
        open_ended = not dash and (step or first == "*")
        end = highest if open_ended else _number(last or first)
        found.update(range(begin, end + 1, int(step or 1)))
    return sorted(found)


def _number(text: str) -> int:
    return _DAYS[text] if text in _DAYS else int(text)
