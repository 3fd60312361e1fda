"""The days on which a cron fires, and how near two of them come. Pure: no clock is asked."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from functools import cache, lru_cache, reduce
from operator import or_
from typing import NamedTuple

_YEARS = 28
"""After so many the days of the week fall on the same dates again, for as long as each fourth year is a leap year."""
_FIRST = date(2024, 1, 1)
_DAYS = (date(_FIRST.year + _YEARS, 1, 1) - _FIRST).days


class Days(NamedTuple):
    """Three fields of a cron, as numbers. A day has to fit both of its fields where `both`, else one of them."""

    days: frozenset[int]
    months: frozenset[int]
    weekdays: frozenset[int]
    both: bool


@lru_cache(maxsize=1024)
def smallest_gap(fields: Days) -> int | None:
    """In days, between two days in a row on which it fires; None where it never does.

    All 28 years are compared at once, a bit for each day, so that a file of a thousand crons costs little.
    """
    calendar = _calendar()
    dates, weekdays = _any(calendar[0], fields.days), _any(calendar[2], fields.weekdays)
    firing = _any(calendar[1], fields.months) & (dates & weekdays if fields.both else dates | weekdays)
    if not firing:
        return None
    twice = firing | firing << _DAYS
    return next(gap for gap in range(1, _DAYS + 1) if twice & twice >> gap)


def _any(masks: dict[int, int], numbers: Iterable[int]) -> int:
    return reduce(or_, (masks[number] for number in numbers), 0)


@cache
def _calendar() -> tuple[dict[int, int], dict[int, int], dict[int, int]]:
    """By day of the month, month, and day of the week (Sunday is 0): on which days it is that, the first day lowest."""
    found: tuple[dict[int, bytearray], ...] = ({}, {}, {})
    for number in range(_DAYS):
        day = _FIRST + timedelta(number)
        for masks, key in zip(found, (day.day, day.month, day.isoweekday() % 7), strict=True):
            masks.setdefault(key, bytearray(b"0" * _DAYS))[-1 - number] = ord("1")
    days, months, weekdays = ({key: int(digits, 2) for key, digits in masks.items()} for masks in found)
    return days, months, weekdays
