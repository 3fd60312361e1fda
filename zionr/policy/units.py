"""Durations, sizes and rates: from the text of a policy to numbers, and back.

A duration is a number with ms, s, m, h or d, and becomes seconds: `30s`, `1.5h`. A size is a number with B,
KB, MB, GB or TB, and becomes bytes; 1 KB is 1024 bytes, as PM2 counts memory. A rate is `5 per 1h`.
"""

from __future__ import annotations

import re
from typing import NamedTuple

SECONDS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3_600.0, "d": 86_400.0}
BYTES = {"B": 1, "KB": 1024, "MB": 1024**2, "GB": 1024**3, "TB": 1024**4}
DURATION_PATTERN = r"^[0-9]{1,12}(\.[0-9]{1,6})? ?(ms|s|m|h|d)$"
SIZE_PATTERN = r"^[0-9]{1,12}(\.[0-9]{1,6})? ?(B|KB|MB|GB|TB)$"
RATE_PATTERN = r"^[0-9]{1,12} per [0-9]{1,12}(\.[0-9]{1,6})? ?(ms|s|m|h|d)$"
LONGEST_S = 36_500 * SECONDS["d"]

_NUMBER = re.compile(r"[0-9]{1,12}(?:\.[0-9]{1,6})?")
_MEASURE = re.compile(r"([0-9]{1,12}(?:\.[0-9]{1,6})?) ?([A-Za-z]+)")
_RATE = re.compile(r"([0-9]{1,12}) per (.+)")


class Rate(NamedTuple):
    """So many within a time."""

    most: int
    within_s: float


def parse_duration(text: str, example: str = "1h") -> float:
    """Seconds. ValueError, with what to write instead, where it is no duration or longer than 36500d.

    `example` is a likely duration; its unit is the one that a number without any is offered.
    """
    number, unit = _measure(text, "a duration", example, "s m h d", SECONDS)
    seconds = round(float(number) * SECONDS[unit], 6)
    if seconds > LONGEST_S:
        raise ValueError(f"{shown(text)} is over 36500d")
    return seconds


def parse_size(text: str, example: str = "300MB") -> int:
    """Bytes. ValueError, with what to write instead (see `parse_duration`), where it is no size."""
    number, unit = _measure(text, "a size", example, "B KB MB GB TB", BYTES)
    return round(float(number) * BYTES[unit])


def parse_rate(text: str) -> Rate:
    """How many within how long. ValueError, with what to write instead, where it is none or counts none."""
    found = _RATE.fullmatch(text)
    if found is None:
        raise ValueError(f"{shown(text)} is not a rate; write 5 per 1h")
    rate = Rate(int(found[1]), parse_duration(found[2]))
    if rate.most < 1 or rate.within_s <= 0:
        raise ValueError(f"{shown(text)} counts nothing; write 5 per 1h")
    return rate


def _measure(
    text: str, what: str, example: str, units: str, known: dict[str, float] | dict[str, int]
) -> tuple[str, str]:
    text = str(text)
    if _NUMBER.fullmatch(text):
        unit = example.lstrip("0123456789. ")
        raise ValueError(f"{shown(text)} has no unit; write {text}{unit} ({units})")
    found = _MEASURE.fullmatch(text)
    if found is None:
        raise ValueError(f"{shown(text)} is not {what}; write {example} ({units})")
    if found[2] not in known:
        raise ValueError(f"{shown(text)}: there is no unit {shown(found[2])}; write {example} ({units})")
    return found[1], found[2]


def shown(value: object) -> str:
    """A value of a policy as messages quote it: one short line.

    A long one is only counted: half of a secret is one that redaction cannot find.
    """
    text = str(value)
    return repr(text) if len(text) <= 60 else f"a text of {len(text)} characters"


def write_duration(seconds: float) -> str:
    """The shortest text that means this duration, to the microsecond: `90m`, `1500ms`, `0s`."""
    microseconds = round(seconds * 1_000_000)
    worth = {unit: round(SECONDS[unit] * 1_000_000) for unit in ("d", "h", "m", "s", "ms")}
    return _write(microseconds, worth, "s") or f"{microseconds / 1000:.3f}ms"


def write_size(size: float) -> str:
    """The shortest text that means this size: `300MB`, `512B`."""
    return _write(round(size), {unit: BYTES[unit] for unit in ("TB", "GB", "MB", "KB", "B")}, "B")


def _write(amount: int, worth: dict[str, int], least: str) -> str:
    if amount == 0:
        return f"0{least}"
    return next((f"{amount // each}{unit}" for unit, each in worth.items() if amount % each == 0), "")
