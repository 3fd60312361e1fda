from __future__ import annotations

import pytest

from tests.support import NOW
from zionr.subsystems.actions.github.limits import Limit, Rate, limit_of, read_rate, reserve_wait, whole

SPENT = {"x-ratelimit-remaining": "0", "x-ratelimit-reset": str(int(NOW) + 600)}


@pytest.mark.parametrize(
    ("status", "headers", "message", "nth", "limit"),
    [
        (429, {"retry-after": "7"}, "", 0, Limit("secondary", 7.0)),
        (403, {"retry-after": "7", **SPENT}, "", 0, Limit("secondary", 7.0)),
        (403, SPENT, "", 0, Limit("primary", 601.0)),
        (429, SPENT, "", 2, Limit("primary", 601.0)),
        (403, {}, "You have exceeded a secondary rate limit.", 0, Limit("secondary", 60.0)),
        (403, {}, "You have exceeded a secondary Rate Limit.", 1, Limit("secondary", 120.0)),
        (429, {}, "", 2, Limit("secondary", 240.0)),
        (429, {"retry-after": "9" * 15}, "", 1, Limit("secondary", 120.0)),
        (429, {"x-ratelimit-remaining": "12"}, "", 0, Limit("secondary", 60.0)),
        (403, {"x-ratelimit-remaining": "12"}, "Resource not accessible by integration", 0, None),
        (403, {}, "", 0, None),
        (200, SPENT, "", 0, None),
        (500, {"retry-after": "7"}, "", 0, None),
    ],
)
def test_what_a_reply_says_of_limits(
    status: int, headers: dict[str, str], message: str, nth: int, limit: Limit | None
) -> None:
    assert limit_of(status, headers, message, NOW, nth) == limit


@pytest.mark.parametrize("text", ["-5", "1e3", "", "soon", "٣", "9" * 16, " 3"])
def test_a_header_that_is_no_number(text: str) -> None:
    assert whole(text) is None
    assert limit_of(429, {"retry-after": text}, "", NOW, 0) == Limit("secondary", 60.0)


@pytest.mark.parametrize(
    ("reset", "wait_s"), [("0", 1.0), (str(int(NOW) - 5), 1.0), (str(int(NOW) + 86_400), 86_401.0), ("9" * 15, 60.0)]
)
def test_a_wait_is_within_reason(reset: str, wait_s: float) -> None:
    told = limit_of(403, {"x-ratelimit-remaining": "0", "x-ratelimit-reset": reset}, "", NOW, 0)
    assert told == Limit("primary", wait_s)


def test_the_rate_is_kept_where_a_reply_says_nothing() -> None:
    rate = read_rate(SPENT, Rate(), NOW)
    assert rate == Rate(0, NOW + 600)
    assert read_rate({}, rate, NOW) == rate
    assert read_rate({"x-ratelimit-remaining": "x"}, rate, NOW) == rate


def test_a_reset_is_believed_for_a_day() -> None:
    ahead = {**SPENT, "x-ratelimit-reset": str(int(NOW) + 86_401)}
    assert read_rate(ahead, Rate(), NOW) == Rate(0, None)
    assert read_rate(ahead, Rate(), NOW + 1) == Rate(0, NOW + 86_401)


@pytest.mark.parametrize(
    ("rate", "wait_s"),
    [
        (Rate(), 0.0),
        (Rate(51, NOW + 60), 0.0),
        (Rate(50, NOW + 60), 61.0),
        (Rate(0, NOW - 1), 0.0),
        (Rate(3, None), 0.0),
    ],
)
def test_a_reserve_is_left(rate: Rate, wait_s: float) -> None:
    assert reserve_wait(rate, 50, NOW) == wait_s
