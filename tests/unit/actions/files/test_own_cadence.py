from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.actions.files.own_sources import faults, workflow
from zionr.model import JsonObject
from zionr.subsystems.actions.files.own.cadence import cadence_fault
from zionr.subsystems.actions.files.own.promises import mentions, promised
from zionr.subsystems.actions.files.source import Source

WORDS = "every 6 hours 15m ( ) */5 daily minute bi of *"
MINUTE, HOUR, DAY, WEEK = 60, 3600, 86_400, 604_800


def _cron(interval_s: float | None, cron: str = "0 0 * * *", valid: bool = True, line: int = 4) -> JsonObject:
    return {"cron": cron, "timezone": None, "line": line, "column": 13, "valid": valid, "interval_s": interval_s}


def _facts(
    name: str | None, *intervals: float, path: str = ".github/workflows/sync.yml", **changes: object
) -> JsonObject:
    crons = [_cron(interval) for interval in intervals]
    return {"name": name, "path": path, "crons": crons, **changes}


@pytest.mark.parametrize(
    ("name", "seconds"),
    [
        ("Link Scan Hourly", HOUR),
        ("hourly-link-scan", HOUR),
        ("Daily Report", DAY),
        ("Nightly build", DAY),
        ("ai-lab-smoke-weekly", WEEK),
        ("Weekly newsletter", WEEK),
        ("Send weekly newsletter", WEEK),
        ("MONTHLY audit", 30 * DAY),
        ("Quarterly review", 91 * DAY),
        ("Cleanup weekly", WEEK),
        ("Autonomous Minute Orchestrator", MINUTE),
        ("Rapid Git Sync (15m)", 15 * MINUTE),
        ("Sync [30 min]", 30 * MINUTE),
        ("Front 5min", 5 * MINUTE),
        ("front_sync_10m", 10 * MINUTE),
        ("15 min sync", 15 * MINUTE),
        ("Backup (6h)", 6 * HOUR),
        ("Sync every 6 hours", 6 * HOUR),
        ("Sync every 15m", 15 * MINUTE),
        ("Sync every 30 minutes (main)", 30 * MINUTE),
        ("Ping each hour", HOUR),
        ("Every minute", MINUTE),
        ("every other day", 2 * DAY),
        ("Run every weekday", DAY),
        ("Guardian (*/10)", 10 * MINUTE),
        ("Health */5", 5 * MINUTE),
        ("Hourly (60m)", HOUR),
        ("Full check (24h)", DAY),
    ],
)
def test_a_name_that_promises_a_cadence(name: str, seconds: int) -> None:
    found = promised(name)
    assert found is not None
    assert found.seconds == seconds


@pytest.mark.parametrize(
    "name",
    [
        "CI",
        "Minutes of meeting",
        "Meeting minute taker",
        "Last-minute checks",
        "Requests per minute",
        "Daily report of weekly stats",
        "Hourly check of nightly builds",
        "Daily and weekly reports",
        "Delete old nightly builds",
        "Update daily stats",
        "Test against nightly",
        "Rust nightly",
        "Clippy (nightly)",
        "Biweekly sync",
        "bi-weekly sync",
        "Twice daily",
        "Three times daily",
        "Sync 0 */6 * * *",
        "Cron */5 * * * *",
        "Tests (10 minute timeout)",
        "Close issues older than 30 days",
        "Stats of the last 24h",
        "Health 24h",
        "Soak test 2h",
        "Cache (7M)",
        "Upload 100 MB",
        "v2 5 targets",
        "Node 18 m1 build",
        "Every push",
        "Every Monday",
        "Wait 5m for the mirror",
        "Deploy in 5 minutes",
        "Non-daily jobs",
        "Office hours",
        "Happy hour",
        "Birthday",
        "*/0",
        "0m",
        "",
    ],
)
def test_a_name_that_promises_nothing_for_sure(name: str) -> None:
    assert promised(name) is None


@pytest.mark.parametrize(
    ("name", "intervals"),
    [
        ("Link Scan Hourly", (DAY,)),
        ("Daily report", (HOUR,)),
        ("Daily report", (WEEK,)),
        ("Weekly report", (DAY,)),
        ("Rapid Git Sync (15m)", (HOUR,)),
        ("Autonomous Minute Orchestrator", (DAY,)),
        ("Monthly audit", (DAY,)),
        ("Every 6 hours", (DAY, WEEK)),
        ("Daily report", (DAY, 600)),
    ],
)
def test_a_broken_promise(name: str, intervals: tuple[float, ...]) -> None:
    fault = cadence_fault(_facts(name, *intervals), 2.0)
    assert fault is not None
    assert (fault.rule, fault.line, fault.column, fault.anchor) == ("cadence-name", 4, 13, "name")


@pytest.mark.parametrize(
    ("name", "intervals"),
    [
        ("Link Scan Hourly", (HOUR,)),
        ("Link Scan Hourly", (2 * HOUR,)),
        ("Daily report", (DAY,)),
        ("Daily report", (DAY - HOUR,)),
        ("Daily report", (12 * HOUR,)),
        ("Monthly audit", (28 * DAY,)),
        ("Every minute", (300,)),
        ("Every 6 hours", (DAY, DAY, DAY, DAY)),
        ("Sync", (DAY,)),
        ("Link Scan Hourly", ()),
        (None, (DAY,)),
    ],
)
def test_a_kept_promise(name: str | None, intervals: tuple[float, ...]) -> None:
    assert cadence_fault(_facts(name, *intervals), 2.0) is None


def test_the_factor_is_the_callers() -> None:
    facts = _facts("Hourly", 4 * HOUR)
    assert cadence_fault(facts, 2.0) is not None
    assert cadence_fault(facts, 4.0) is None
    assert cadence_fault(_facts("Monthly", 28 * DAY), 1.0) is None


@pytest.mark.parametrize("bad", [_cron(None), _cron(DAY, valid=False), _cron(0)])
def test_beside_a_cron_that_cannot_be_read_nothing_is_said(bad: JsonObject) -> None:
    assert cadence_fault(_facts("Hourly", crons=[_cron(DAY), bad]), 2.0) is None


def test_the_files_name_promises_where_the_workflows_does_not() -> None:
    hourly = ".github/workflows/link-scan-hourly.yml"
    assert cadence_fault(_facts("Link scan", DAY, path=hourly), 2.0) is not None
    assert cadence_fault(_facts(None, DAY, path=hourly), 2.0) is not None
    assert cadence_fault(_facts("Link scan", HOUR, path=hourly), 2.0) is None
    assert cadence_fault(_facts("Scan of hourly links", DAY, path=hourly), 2.0) is None
    assert cadence_fault(_facts("Link scan", DAY, path="hourly.d/link-scan.yml"), 2.0) is None


def test_one_kept_promise_of_two_is_enough() -> None:
    assert cadence_fault(_facts("Daily scan", HOUR, path="scan-hourly.yml"), 2.0) is None
    assert cadence_fault(_facts("Daily scan", WEEK, path="scan-hourly.yml"), 2.0) is not None


def test_how_a_broken_promise_is_told() -> None:
    fault = cadence_fault(_facts("Rapid Git Sync (15m)", DAY, WEEK), 2.0)
    assert fault is not None
    assert fault.message == "its name says '15m', but '0 0 * * *' and 1 more runs each 1d"
    assert (fault.expected, fault.actual) == ("15m", "1d")
    other = cadence_fault(_facts("Hourly", DAY), 2.0)
    assert other is not None
    assert other.like == fault.like


def _scheduled(*crons: str) -> Source:
    entries = "".join(f"\n    - cron: '{cron}'" for cron in crons)
    return workflow(f"on:\n  schedule:{entries}\njobs: {{}}\n")


def test_a_cron_quicker_than_github_goes() -> None:
    source = _scheduled("*/2 * * * *", "*/5 * * * *", "x", "* * * * *", "0,2 3 * * *", "*/7 * * * *", "0 0 * * *")
    assert [(fault.line, fault.anchor, fault.actual) for fault in faults(source, "cron-too-quick")] == [
        (3, "on.schedule.0.cron", "2m"),
        (6, "on.schedule.3.cron", "1m"),
        (7, "on.schedule.4.cron", "2m"),
    ]
    assert faults(source._replace(kind="action"), "cron-too-quick") == []


def test_a_list_of_all_minutes_is_quick_however_long_it_is() -> None:
    assert faults(_scheduled(",".join(map(str, range(60))) + " * * * *"), "cron-too-quick")[0].actual == "1m"


def test_a_cron_for_a_day_that_never_comes() -> None:
    (fault,) = faults(_scheduled("0 0 29 2 *", "0 0 31 2 *", "0 0 32 2 *"), "cron-never")
    assert (fault.line, fault.column, fault.anchor) == (4, 13, "on.schedule.1.cron")
    assert fault.message == "'0 0 31 2 *' never fires: there is no such day in any year"


@given(st.text(max_size=60) | st.lists(st.sampled_from(WORDS.split(" "))).map(" ".join))
def test_any_name_is_read(name: str) -> None:
    assert all(mention.seconds is None or mention.seconds > 0 for mention in mentions(name))
