from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support import NOW
from zionr.instants import clock, from_iso, iso, limit, span


@given(st.integers(0, 253_402_300_799_000))
def test_an_instant_survives_its_text_to_the_millisecond(milliseconds: int) -> None:
    assert from_iso(iso(milliseconds / 1000)) == pytest.approx(milliseconds / 1000, abs=1e-4)


def test_instants_as_text() -> None:
    assert iso(NOW + 0.1234) == "2026-11-24T03:00:00.123Z"
    assert iso(0.9996) == "1970-01-01T00:00:01.000Z"
    assert from_iso("2026-11-24T03:00:00") == NOW
    assert from_iso("2026-11-24T04:00:00+01:00") == NOW
    with pytest.raises(ValueError, match="yesterday"):
        from_iso("yesterday")


def test_a_clock_for_the_night_and_a_day_for_later() -> None:
    assert clock(NOW - 1140, NOW) == "02:41Z"
    assert clock(NOW + 600, NOW) == "03:10Z"
    assert clock(NOW - 2 * 86_400, NOW) == "Nov 22"


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0.09, "0.09 s"),
        (14.8, "14.8 s"),
        (119, "119.0 s"),
        (120, "2m"),
        (3599, "59m"),
        (23_460, "6h31m"),
        (3600, "1h00m"),
        (172_900, "2d"),
    ],
)
def test_spans(seconds: float, text: str) -> None:
    assert span(seconds) == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(90, "90s"), (300, "5m"), (5400, "90m"), (3600, "1h"), (172_800, "2d"), (0.8, "0.8s"), (0, "0s"), (61, "61s")],
)
def test_limits(seconds: float, text: str) -> None:
    assert limit(seconds) == text
