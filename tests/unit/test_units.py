from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zionr.policy import units


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("30s", 30),
        ("5m", 300),
        ("1h", 3600),
        ("2d", 172_800),
        ("1.5h", 5400),
        ("800ms", 0.8),
        ("0s", 0),
        ("5 m", 300),
    ],
)
def test_durations(text: str, seconds: float) -> None:
    assert units.parse_duration(text) == seconds
    assert re.search(units.DURATION_PATTERN, text)


@pytest.mark.parametrize(
    ("text", "size"),
    [
        ("300MB", 300 * 1024 * 1024),
        ("1KB", 1024),
        ("1.5GB", 3 * 1024**3 // 2),
        ("7B", 7),
        ("2TB", 2 * 1024**4),
    ],
)
def test_sizes(text: str, size: int) -> None:
    assert units.parse_size(text) == size
    assert re.search(units.SIZE_PATTERN, text)


def test_the_unit_offered_is_a_likely_one() -> None:
    with pytest.raises(ValueError, match="write 30s"):
        units.parse_duration("30", "5s")


def test_rates() -> None:
    assert units.parse_rate("5 per 1h") == units.Rate(5, 3600.0)
    assert re.search(units.RATE_PATTERN, "5 per 1h")


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("1", "'1' has no unit; write 1h (s m h d)"),
        ("30", "'30' has no unit; write 30h (s m h d)"),
        ("soon", "'soon' is not a duration; write 1h (s m h d)"),
        ("", "'' is not a duration; write 1h (s m h d)"),
        ("-5m", "'-5m' is not a duration; write 1h (s m h d)"),
        ("5w", "'5w': there is no unit 'w'; write 1h (s m h d)"),
        ("5M", "'5M': there is no unit 'M'; write 1h (s m h d)"),
        ("1h30m", "'1h30m' is not a duration; write 1h (s m h d)"),
        ("5m\n", "'5m\\n' is not a duration; write 1h (s m h d)"),
        ("٣s", "'٣s' is not a duration; write 1h (s m h d)"),
        ("99999d", "'99999d' is over 36500d"),
    ],
)
def test_no_durations(text: str, reason: str) -> None:
    with pytest.raises(ValueError, match=f"^{re.escape(reason)}$"):
        units.parse_duration(text)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("300", "'300' has no unit; write 300MB (B KB MB GB TB)"),
        ("300M", "'300M': there is no unit 'M'; write 300MB (B KB MB GB TB)"),
        ("big", "'big' is not a size; write 300MB (B KB MB GB TB)"),
    ],
)
def test_no_sizes(text: str, reason: str) -> None:
    with pytest.raises(ValueError, match=f"^{re.escape(reason)}$"):
        units.parse_size(text)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("5", "'5' is not a rate; write 5 per 1h"),
        ("5/h", "'5/h' is not a rate; write 5 per 1h"),
        ("5 per 1", "'1' has no unit; write 1h (s m h d)"),
        ("0 per 1h", "'0 per 1h' counts nothing; write 5 per 1h"),
        ("5 per 0s", "'5 per 0s' counts nothing; write 5 per 1h"),
    ],
)
def test_no_rates(text: str, reason: str) -> None:
    with pytest.raises(ValueError, match=f"^{re.escape(reason)}$"):
        units.parse_rate(text)


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(5400, "90m"), (0.8, "800ms"), (1.5, "1500ms"), (172_800, "2d"), (0, "0s"), (3600, "1h"), (90, "90s")],
)
def test_durations_are_written_short(seconds: float, text: str) -> None:
    assert units.write_duration(seconds) == text


def test_sizes_are_written_short() -> None:
    assert units.write_size(300 * 1024 * 1024) == "300MB"
    assert units.write_size(1025) == "1025B"


@given(st.integers(0, 10**12))
def test_what_is_written_is_read_back(milliseconds: int) -> None:
    seconds = milliseconds / 1000
    assert units.parse_duration(units.write_duration(seconds)) == pytest.approx(seconds)
    assert units.parse_size(units.write_size(milliseconds)) == milliseconds


@given(st.text(max_size=12))
def test_any_text_is_read_or_refused(text: str) -> None:
    for parse in (units.parse_duration, units.parse_size, units.parse_rate):
        with_reason = ""
        try:
            parse(text)
        except ValueError as error:
            with_reason = str(error)
        assert with_reason.isprintable() or not text.isprintable()
