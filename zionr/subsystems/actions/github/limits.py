"""GitHub's limits as it documents them: what a reply says of them, and how long to wait (pure).

https://docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api and "best practices": a reply 403 or 429
that carries `retry-after` is waited for that long; else, with nothing remaining, until `x-ratelimit-reset`; else at
least a minute, and longer each time.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

LEAST_S = 60.0
LONGEST_S = 86_400.0
"""A wait that a reply is believed; no documented limit lasts longer than an hour."""


class Rate(NamedTuple):
    """What is left of the primary limit, and when it is whole again (seconds since 1970). None where nobody said."""

    remaining: int | None = None
    reset: float | None = None


class Limit(NamedTuple):
    """A limit that was reached: `kind` is `primary` or `secondary`, `wait_s` how long nothing may be sent."""

    kind: str
    wait_s: float


def read_rate(headers: Mapping[str, str], before: Rate, now: float) -> Rate:
    """What the headers of a reply tell, else what was known before."""
    remaining, reset = whole(headers.get("x-ratelimit-remaining")), whole(headers.get("x-ratelimit-reset"))
    if remaining is None:
        return before
    return Rate(remaining, before.reset if reset is None else _believed(float(reset), now + LONGEST_S))


def limit_of(status: int, headers: Mapping[str, str], message: str, now: float, nth: int) -> Limit | None:
    """The limit that this reply tells of, the `nth` (from 0) in a row; None where it is a plain refusal or no limit."""
    if status not in (403, 429):
        return None
    longer_s = LEAST_S * 2.0**nth
    retry_after = whole(headers.get("retry-after"))
    if retry_after is not None:
        return Limit("secondary", _within_reason(retry_after, longer_s))
    reset = whole(headers.get("x-ratelimit-reset"))
    if whole(headers.get("x-ratelimit-remaining")) == 0 and reset is not None:
        return Limit("primary", _within_reason(reset - now + 1, longer_s))
    if status == 429 or "rate limit" in message.lower():
        return Limit("secondary", longer_s)
    return None


def reserve_wait(rate: Rate, reserve: int, now: float) -> float:
    """Seconds until a request may be sent that must leave `reserve` of the primary limit: 0 where it may at once."""
    if rate.remaining is None or rate.remaining > reserve or rate.reset is None or rate.reset <= now:
        return 0.0
    return _within_reason(rate.reset - now + 1, LEAST_S)


def whole(text: str | None) -> int | None:
    """A header that is a whole number of at most 15 digits, else None."""
    if text is None or not (text.isascii() and text.isdigit() and len(text) <= 15):
        return None
    return int(text)


def _within_reason(seconds: float, otherwise_s: float) -> float:
    """A wait of a second and more; another one in the place of one that is not believed."""
    believed = _believed(seconds, LONGEST_S + 1)
    return otherwise_s if believed is None else max(believed, 1.0)


def _believed(seconds: float, most: float) -> float | None:
    return seconds if seconds <= most else None
