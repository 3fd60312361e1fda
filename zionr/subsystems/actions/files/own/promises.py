"""How often a name says that something runs. Where a name is not plain about it, it promises nothing."""

from __future__ import annotations

import re
from typing import NamedTuple

from ..parts import vocabulary

_MINUTE, _HOUR, _DAY, _WEEK, _MONTH = 60, 3600, 86_400, 604_800, 30 * 86_400
_LETTERS = {"m": _MINUTE, "h": _HOUR, "d": _DAY}
_UNITS = {
    **dict.fromkeys(("min", "mins", "minute", "minutes"), _MINUTE),
    **dict.fromkeys(("hr", "hrs", "hour", "hours"), _HOUR),
    **dict.fromkeys(("day", "days", "night", "nights", "weekday", "weekdays", "morning", "evening"), _DAY),
    **dict.fromkeys(("week", "weeks"), _WEEK),
    **dict.fromkeys(("month", "months"), _MONTH),
}
_ADVERBS = {
    "hourly": _HOUR,
    **dict.fromkeys(("daily", "nightly"), _DAY),
    "weekly": _WEEK,
    "monthly": _MONTH,
    "quarterly": 91 * _DAY,
    **dict.fromkeys(("yearly", "annual", "annually"), 365 * _DAY),
}
_VAGUE = vocabulary(
    "bi semi biweekly bimonthly biannual biannually bihourly semiweekly semimonthly twice thrice times fortnightly few"
)
_WORKS_ON = vocabulary(
    "delete clean cleanup prune purge remove archive expire promote retry rerun"
    " check test update aggregate collect refresh compute merge close validate verify monitor watch backfill label"
)
_OF_ANOTHER = vocabulary(
    "of for from against with on in to the no non not except and or old stale latest last per since"
)
"""Before `nightly` and the like these may make it the thing that is worked on: `delete old nightly builds`."""
_CHANNEL = vocabulary("rust toolchain cargo clippy miri rustfmt pytorch torch numpy scipy wheels channel")
"""With these `nightly` is a version, not a time."""
_LENGTH = vocabulary(
    "timeout limit window delay wait sleep within after before older than ago last past next previous max under"
    " over history retention stale sla budget runs test tests soak stress load fuzz fuzzing in for"
)
"""With these a number of minutes or hours is how long, not how often."""
_NOT_A_CADENCE = (
    frozenset({"last", "per", "first", "a", "one", "the", "of", "by", "meeting", "meetings", "up"}),
    frozenset({"of", "by", "book", "taker", "notes", "man", "read"}),
)
"""Before and behind `minute`, which else means each minute."""
_TOKEN = re.compile(r"[a-z0-9*/]+|[()\[\]]")
_SIZE = re.compile(r"\d[MGTKB]B?\b")
_STEP = re.compile(r"\*/(\d{1,2})")
_NUMBER = re.compile(r"(\d{1,3})([a-z]*)")
_OF_CRON = re.compile(r"[\d*][\d*/]*")


class Mention(NamedTuple):
    """Words of a name that speak of a cadence; `seconds` is None where they do not say which."""

    text: str
    seconds: int | None


def promised(name: str) -> Mention | None:
    """The one cadence that a name promises; None where it names none, several, or one that can be read two ways."""
    found = mentions(name)
    return found[0] if found and len({mention.seconds for mention in found}) == 1 and found[0].seconds else None


def mentions(name: str) -> list[Mention]:
    """All that a name says of cadences, in order."""
    tokens = _TOKEN.findall(_SIZE.sub(" ", name[:200]).lower())
    found: list[Mention] = []
    position = 0
    while position < len(tokens):
        mention, length = _mention(tokens, position)
        if mention is not None:
            found.append(mention)
        position += length
    return found


def _mention(tokens: list[str], at: int) -> tuple[Mention | None, int]:
    """What the tokens from `at` on say, and how many of them say it (at least one)."""
    word = tokens[at]
    if word in ("every", "each"):
        return _every(tokens, at)
    if word in _VAGUE:
        return Mention(word, None), 1
    if _STEP.fullmatch(word):
        return _step(tokens, at)
    if word in _ADVERBS:
        return _adverb(tokens, at), 1
    if word == "minute":
        is_cadence = _before(tokens, at) not in _NOT_A_CADENCE[0] and _behind(tokens, at) not in _NOT_A_CADENCE[1]
        return (Mention(word, _MINUTE) if is_cadence else None), 1
    return _number(tokens, at)


def _before(tokens: list[str], at: int) -> str:
    return tokens[at - 1] if at else ""


def _behind(tokens: list[str], at: int) -> str:
    return tokens[at + 1] if at + 1 < len(tokens) else ""


def _every(tokens: list[str], at: int) -> tuple[Mention | None, int]:
    """`every hour`, `every 6 hours`, `every 15m`, `every other day`."""
    first = _behind(tokens, at)
    if first in _UNITS:
        return Mention(f"{tokens[at]} {first}", _UNITS[first]), 2
    if first in ("other", "second") and _behind(tokens, at + 1) in _UNITS:
        unit = tokens[at + 2]
        return Mention(f"{tokens[at]} {first} {unit}", 2 * _UNITS[unit]), 3
    seconds, length = _amount(tokens, at + 1)
    if seconds:
        return Mention(" ".join(tokens[at : at + 1 + length]), seconds), 1 + length
    return None, 1


def _amount(tokens: list[str], at: int) -> tuple[int, int]:
    """(seconds, tokens) of `15m`, `15min` or `15 minutes` at this place; zero seconds where there is no such."""
    found = _NUMBER.fullmatch(tokens[at]) if at < len(tokens) else None
    if found is None:
        return 0, 1
    count, unit = int(found[1]), found[2]
    if unit:
        return count * (_UNITS.get(unit) or _LETTERS.get(unit) or 0), 1
    return count * _UNITS.get(_behind(tokens, at), 0), 2


def _step(tokens: list[str], at: int) -> tuple[Mention | None, int]:
    """`*/10` alone means minutes; within a whole cron line it says nothing by itself."""
    behind = _behind(tokens, at)
    if _OF_CRON.fullmatch(_before(tokens, at)) or _OF_CRON.fullmatch(behind):
        return Mention(tokens[at], None), 1
    seconds = int(tokens[at][2:]) * _UNITS.get(behind, _MINUTE)
    return Mention(tokens[at], seconds or None), 2 if behind in _UNITS else 1


def _adverb(tokens: list[str], at: int) -> Mention:
    word, before, is_last = tokens[at], _before(tokens, at), at + 1 == len(tokens)
    is_object = before in _OF_ANOTHER or (before in _WORKS_ON and (word == "nightly" or not is_last))
    is_version = word == "nightly" and not _CHANNEL.isdisjoint(tokens)
    return Mention(word, None if is_object or is_version else _ADVERBS[word])


def _number(tokens: list[str], at: int) -> tuple[Mention | None, int]:
    """`(15m)`, or `5min` at an end of the name, unless the name speaks of a length of time."""
    seconds, length = _amount(tokens, at)
    if not seconds:
        return None, 1
    before, behind = _before(tokens, at), _behind(tokens, at + length - 1)
    in_brackets = before in ("(", "[") and behind in (")", "]")
    at_an_end = (not before or not behind) and seconds != _DAY
    if (in_brackets or at_an_end) and _LENGTH.isdisjoint(tokens):
        return Mention(" ".join(tokens[at : at + length]), seconds), length
    return None, length
