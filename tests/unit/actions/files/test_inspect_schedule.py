"""Cron expressions as GitHub reads them, their smallest gap, and time zones."""

from __future__ import annotations

import json
import sys
from datetime import datetime
from itertools import islice, pairwise
from types import FrameType

import pytest
from cronsim import CronSim
from hypothesis import given, settings
from hypothesis import strategies as st

from zionr.subsystems.actions.files.schedule import is_zone, read_cron
from zionr.subsystems.actions.judging.file_rules import REFUSED

from .inspected import JOBS, look, only, refused

BLANKS = "only spaces may stand between the five fields, and nothing before or behind them"
MINUTE, HOUR, DAY = 60.0, 3600.0, 86_400.0


def scheduled(cron: str, more: str = "") -> str:
    return f"on:\n  schedule:\n    - cron: '{cron}'\n{more}{JOBS}"


@pytest.mark.parametrize(
    ("cron", "gap"),
    [
        ("* * * * *", MINUTE),
        ("*/2 * * * *", 2 * MINUTE),
        ("*/7 * * * *", 4 * MINUTE),
        ("5,55 * * * *", 10 * MINUTE),
        ("17 * * * *", HOUR),
        ("0 */6 * * *", 6 * HOUR),
        ("0 1,23 * * *", 2 * HOUR),
        ("0 0 * * *", DAY),
        ("30 4 * * MON-FRI", DAY),
        ("0 0 * * 0", 7 * DAY),
        ("0 0 1,15 * *", 14 * DAY),
        ("0 0 */28 * 3,5,6", DAY),
        ("0 0 31 * *", 31 * DAY),
        ("0 0 1 jan *", 365 * DAY),
        ("0 0 29 2 *", 1461 * DAY),
        ("5/20 3 * * *", 20 * MINUTE),
        ("0 0 13 * 5", DAY),
        ("0  0 * * *", DAY),
    ],
)
def test_the_smallest_gap(cron: str, gap: float) -> None:
    assert read_cron(cron)[:2] == (None, gap)
    assert refused(scheduled(cron)) == []


@pytest.mark.parametrize(
    ("cron", "reason"),
    [
        ("", "0 fields in place of five"),
        ("0 0 * *", "4 fields in place of five"),
        ("0 0 0 * * *", "6 fields in place of five"),
        ("@daily", "GitHub knows no @daily, only five fields"),
        ("61 * * * *", "`61` is no minute (0 to 59)"),
        ("* 24 * * *", "`24` is no hour (0 to 23)"),
        ("* * 0 * *", "`0` is no day of the month (1 to 31)"),
        ("* * * 13 *", "`13` is no month (1 to 12)"),
        ("* * * * 7", "`7` is no day of the week (0 to 6)"),
        ("* * * * monday", "`monday` is no day of the week (0 to 6)"),
        ("*/0 * * * *", "`*/0` is no minute (0 to 59)"),
        ("*/60 * * * *", "`*/60` is no minute (0 to 59)"),
        ("30-10 * * * *", "`30-10` is no minute (0 to 59)"),
        ("1,,2 * * * *", "`1,,2` is no minute (0 to 59)"),
        ("1-2-3 * * * *", "`1-2-3` is no minute (0 to 59)"),
        ("*/5/5 * * * *", "`*/5/5` is no minute (0 to 59)"),
        ("? * * * *", "`?` is no minute (0 to 59)"),
        ("* * L * *", "`L` is no day of the month (1 to 31)"),
        ("* * * * 5#2", "`5#2` is no day of the week (0 to 6)"),
        ("*/15 NaN * * *", "`NaN` is no hour (0 to 23)"),
        ("² * * * *", "`²` is no minute (0 to 59)"),
        ("0 0 * * ", "4 fields in place of five"),
        (" 0 0 * * *", BLANKS),
        ("0 0 * * * ", BLANKS),
        ("0\t0 * * *", BLANKS),
        ("0 0 * * *\t", BLANKS),
        ("0 0 * * *\n", BLANKS),
        ("\t 0 * * *", "4 fields in place of five"),
    ],
)
def test_what_is_no_cron(cron: str, reason: str) -> None:
    assert read_cron(cron) == (reason, None, None)


@pytest.mark.parametrize("cron", ["0 0  * * 1\n", "\t0 0 * * 1", "0 0 * * 1\t"])
def test_around_a_number_a_tab_or_line_break_counts_for_nothing(cron: str) -> None:
    (entry,) = look(f"on: {{schedule: [{{cron: {json.dumps(cron)}}}]}}\n{JOBS}")["crons"]
    assert (entry["cron"], entry["valid"], entry["interval_s"]) == ("0 0 * * 1", True, 7 * DAY)


def test_a_step_asks_for_no_short_gap_at_the_end_of_an_hour() -> None:
    told = {cron: read_cron(cron).asked_s for cron in ("*/7 * * * *", "*/3 * * * *", "0,2 * * * *", "58,1 * * * *")}
    assert list(told.values()) == [7 * MINUTE, 3 * MINUTE, 2 * MINUTE, 3 * MINUTE]


@pytest.mark.parametrize("cron", ["0 0 31 2 *", "0 0 30 2 *", "0 0 31 4,6,9,11 *"])
def test_a_day_that_never_comes_is_a_cron_all_the_same(cron: str) -> None:
    assert read_cron(cron) == (None, None, None)
    file = look(scheduled(cron))
    assert [fault["rule"] for fault in file["faults"] if fault["rule"] in REFUSED] == []
    assert [(each["valid"], each["interval_s"]) for each in file["crons"]] == [(True, None)]


def test_a_bad_cron_is_told_at_its_place() -> None:
    fault = only(scheduled("CRON_SCHEDULE_PLACEHOLDER"))
    assert (fault["rule"], fault["line"], fault["column"]) == ("cron-invalid", 3, 13)
    assert (fault["anchor"], fault["actual"]) == ("on.schedule.0.cron", "CRON_SCHEDULE_PLACEHOLDER")


def test_a_comment_within_the_quotes_is_known() -> None:
    fault = only(scheduled("0 0 * * *  # Daily validation"))
    assert fault["hint"] == "the comment stands inside the quotes; move it behind them"


def test_bad_entries_are_in_the_list_too() -> None:
    crons = look(scheduled("0 0 * *", "    - cron: 5 4 * * *\n    - {}\n"))["crons"]
    assert [(each["cron"], each["valid"], each["interval_s"]) for each in crons] == [
        ("0 0 * *", False, None),
        ("5 4 * * *", True, DAY),
    ]


@pytest.mark.parametrize("zone", ["UTC", "Europe/Berlin", "America/Argentina/Buenos_Aires", "Etc/GMT+5"])
def test_zones_that_there_are(zone: str) -> None:
    assert is_zone(zone)
    assert refused(scheduled("0 0 * * *", f"      timezone: {zone}\n")) == []


@pytest.mark.parametrize(
    "zone", ["Mars/Base", "Europe", "../etc/passwd", "/etc/localtime", "localtime", "Europe/Berlin\0", "x" * 5000, "."]
)
def test_zones_that_there_are_not(zone: str) -> None:
    assert not is_zone(zone)


def test_an_unknown_zone_is_told_at_its_place() -> None:
    fault = only(scheduled("0 0 * * *", "      timezone: Mars/Base\n"))
    assert (fault["rule"], fault["line"], fault["anchor"]) == ("timezone-unknown", 4, "on.schedule.0.timezone")


NUMBERS = st.integers(0, 59)
FIELDS = st.one_of(
    st.just("*"),
    st.lists(NUMBERS, min_size=1, max_size=3).map(lambda found: ",".join(map(str, found))),
    st.tuples(NUMBERS, NUMBERS).map(lambda ends: f"{min(ends)}-{max(ends)}"),
    st.integers(1, 59).map(lambda step: f"*/{step}"),
)


@given(FIELDS, FIELDS)
@settings(max_examples=40, deadline=None)
def test_the_gap_is_that_of_a_hundred_firings(minute: str, hour: str) -> None:
    cron = f"{minute} {hour} * * *"
    known = read_cron(cron)
    if known.reason is not None:
        return
    firings = list(islice(CronSim(cron, datetime(2024, 1, 1)), 1500))  # noqa: DTZ001 - no zone, as in the module
    assert known.interval_s == min((later - before).total_seconds() for before, later in pairwise(firings))


@given(st.text(alphabet="0123456789*/,-? @#LWabcmonsuj\t", max_size=20))
@settings(max_examples=300, deadline=None)
def test_any_text_can_be_read(cron: str) -> None:
    known = read_cron(cron)
    assert known.reason is None or known.interval_s is None
    assert (known.interval_s is None) == (known.asked_s is None)


def test_a_cron_costs_little_whatever_its_days_are() -> None:
    """Counted in calls: to step through a hundred firings takes thousands for each cron."""
    calls = 0

    def count(frame: FrameType, event: str, given: object) -> None:
        nonlocal calls
        calls += 1

    read_cron("1 1 1 1 1")  # the calendar is made once
    some = [f"0 0 {day}-31/2 {month} {week}-6" for day in range(1, 28) for month in range(1, 13) for week in range(6)]
    before = sys.getprofile()
    sys.setprofile(count)
    try:
        for cron in some:
            read_cron(cron)
    finally:
        sys.setprofile(before)
    assert calls < 500 * len(some)
