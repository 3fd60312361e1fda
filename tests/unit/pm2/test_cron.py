from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support import NOW, down, facts, row, settings
from zionr.model import Finding, JsonObject, Observation, State
from zionr.subsystems.pm2.judge import judge
from zionr.subsystems.pm2.timetable import previous_fire

BERLIN = {"TZ": "Europe/Berlin"}
LONG = "9" * 5000 + " * * * *"
CLEAN = {"signal": None, "code": 0}


def _at(text: str, zone: str = "UTC") -> float:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).timestamp()


def _job(**changes: Any) -> JsonObject:
    """A nightly job between two runs: it ended well an hour ago, when it was due."""
    return down(
        "nightly", end=CLEAN, **{"cron": "0 2 * * *", "started_at": NOW - 3600, "due_at": NOW - 3600, **changes}
    )


def _found(*rows: JsonObject, **process: Any) -> list[Finding]:
    under = settings(processes={"nightly": process})
    return list(judge(Observation("pm2", "host:web-1", NOW, facts(*rows)), under, [], NOW).findings)


@pytest.mark.parametrize(
    ("expression", "now", "environ", "expected"),
    [
        ("0 3 * * *", "2026-11-24T03:30", {"TZ": "UTC"}, _at("2026-11-24T03:00")),
        ("0 3 * * *", "2026-11-24T02:59", {"TZ": "UTC"}, _at("2026-11-23T03:00")),
        ("0 3 * * *", "2026-11-24T03:00", {"TZ": "UTC"}, _at("2026-11-24T03:00")),
        ("30 0 3 * * *", "2026-11-24T03:30", {"TZ": "UTC"}, _at("2026-11-24T03:00")),
        ("0 3 ? * *", "2026-11-24T03:30", {"TZ": "UTC"}, _at("2026-11-24T03:00")),
        ("0 0 ? * MON", "2026-11-24T03:30", {"TZ": "UTC"}, _at("2026-11-23T00:00")),
        ("0 0 L * ?", "2026-11-24T03:30", {"TZ": "UTC"}, _at("2026-10-31T00:00")),
        ("*/5 * * * *", "2026-11-24T03:33", {"TZ": "UTC"}, _at("2026-11-24T03:30")),
        ("0 0 * * MON", "2026-11-24T03:30", {"TZ": "UTC"}, _at("2026-11-23T00:00")),
        ("0 3 * * *", "2026-11-24T02:30", BERLIN, _at("2026-11-24T03:00", "Europe/Berlin")),
        ("0 3 * * *", "2026-07-01T02:30", {"TZ": ":Europe/Berlin"}, _at("2026-07-01T03:00", "Europe/Berlin")),
        ("0 12 * * *", "2026-03-29T11:00", BERLIN, _at("2026-03-29T12:00", "Europe/Berlin")),
        ("0 12 * * *", "2026-10-25T11:30", BERLIN, _at("2026-10-25T12:00", "Europe/Berlin")),
    ],
)
def test_when_a_cron_last_had_to_fire(expression: str, now: str, environ: dict[str, str], expected: float) -> None:
    assert previous_fire(expression, _at(now), environ) == expected


def test_an_hour_that_is_skipped_or_comes_twice_gives_some_fire_of_that_day() -> None:
    spring = previous_fire("30 2 * * *", _at("2026-03-29T10:00", "Europe/Berlin"), BERLIN)
    autumn = previous_fire("30 2 * * *", _at("2026-10-25T10:00", "Europe/Berlin"), BERLIN)
    assert spring is not None
    assert autumn is not None
    assert _at("2026-03-28T02:30", "Europe/Berlin") <= spring <= _at("2026-03-29T04:00", "Europe/Berlin")
    assert _at("2026-10-25T02:00", "Europe/Berlin") <= autumn <= _at("2026-10-25T03:00", "Europe/Berlin")


@pytest.mark.parametrize("expression", ["", "never", "61 * * * *", "0 0 31 2 *", "* * * *", "\x00", "9" * 5000, LONG])
def test_what_names_no_instant(expression: str) -> None:
    assert previous_fire(expression, NOW, {"TZ": "UTC"}) is None


_PART = st.sampled_from(("*", "?", "L", "LW", "1L", "15W", "5#2", "*/0", "5-1", "MON-FRI", "0", "60", "1/", "#3", "²"))


@given(st.lists(_PART | st.text("0123456789*/-,LW#?MONJA ²٣", max_size=6), min_size=1, max_size=7))
def test_any_expression_is_read_or_refused(parts: list[str]) -> None:
    found = previous_fire(" ".join(parts), NOW, BERLIN)
    assert found is None or found <= NOW


@pytest.mark.parametrize("zone", ["Nowhere/Land", "../etc/passwd", "/etc/passwd", "", "\x00"])
def test_a_zone_that_is_none_falls_back(zone: str) -> None:
    assert previous_fire("0 3 * * *", NOW, {"TZ": zone}) is not None


def test_between_two_runs_it_is_stopped_and_well() -> None:
    assert _found(_job()) == []
    assert _found(_job(status="online", pid=7, alive=True)) == []


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"exit_code": 3}, "exit code 3"),
        ({"end": {"signal": "SIGKILL"}}, "SIGKILL"),
        ({"status": "errored"}, "PM2 gave up on it"),
    ],
)
def test_a_run_that_ended_badly(changes: JsonObject, says: str) -> None:
    end = {**CLEAN, "reaches": True, "stopping": False, **changes.pop("end", {})}
    job = {**_job(**changes), "end": end}
    (found,) = _found(job)
    assert (found.id, found.state) == ("pm2/cron-failed:nightly", State.CRITICAL)
    assert says in found.message
    assert _found({**job, "end": {**end, "stopping": True}, "status": "stopped"}) == []


@pytest.mark.parametrize(
    ("changes", "process", "stale"),
    [
        ({"due_at": NOW - 300, "started_at": NOW - 86_700}, {}, True),
        ({"due_at": NOW - 300, "started_at": NOW - 330}, {}, False),
        ({"due_at": NOW - 300, "started_at": NOW - 10}, {}, False),
        ({"started_at": NOW - 93_700}, {"max_age": 93_600.0}, True),
        ({"started_at": NOW - 93_500, "due_at": NOW - 300}, {"max_age": 93_600.0}, False),
        ({"started_at": None, "created_at": None}, {}, True),
        ({"started_at": None, "created_at": NOW - 9000}, {}, True),
        ({"started_at": None, "created_at": NOW - 60}, {}, False),
    ],
)
def test_a_run_that_is_overdue(changes: JsonObject, process: JsonObject, stale: bool) -> None:
    found = _found(_job(**changes), **process)
    assert [one.id for one in found] == (["pm2/cron-stale:nightly"] if stale else [])


@pytest.mark.parametrize(
    ("changes", "process", "says"),
    [
        ({"due_at": None, "cron": "0 3 X * *"}, {}, "its cron '0 3 X * *' names no time that can be told"),
        ({"due_at": None, "cron": None}, {"kind": "cron"}, "PM2 has no cron for it"),
        ({"due_at": None, "cron": "9" * 5000}, {}, "its cron '" + "9" * 60 + "' names"),
    ],
)
def test_a_job_that_nobody_can_judge(changes: JsonObject, process: JsonObject, says: str) -> None:
    (found,) = _found(_job(**changes), **process)
    assert (found.id, found.state) == ("pm2/cron-unjudged:nightly", State.UNKNOWN)
    assert says in found.message
    assert _found(_job(**changes), **process, max_age=93_600.0) == []
    assert [one.rule for one in _found(_job(**changes, started_at=None, created_at=None), **process)] == [
        "pm2/cron-stale"
    ]


def test_a_bad_end_is_enough_to_judge_by() -> None:
    assert [one.rule for one in _found(_job(due_at=None, exit_code=3))] == ["pm2/cron-failed"]


def test_instants_are_told_in_utc() -> None:
    (late,) = _found(_job(due_at=NOW - 300, started_at=NOW - 86_700))
    assert (late.expected, late.actual) == ("2026-11-24T02:55:00.000Z", "2026-11-23T02:55:00.000Z")
    (old,) = _found(_job(started_at=NOW - 93_700), max_age=93_600.0)
    assert (old.expected, old.actual) == ("2026-11-23T01:00:00.000Z", "2026-11-23T00:58:20.000Z")


def test_a_job_that_pm2_does_not_know() -> None:
    assert [one.rule for one in _found(kind="cron")] == ["pm2/process-missing"]
    assert _found(kind="cron", desired="stopped") == []


def test_a_job_is_told_by_pm2_unless_the_policy_says() -> None:
    assert _found(_job(), kind="process")[0].rule == "pm2/process-finished"
    service = row("nightly", cron="0 3 * * *", autorestart=True, started_at=NOW - 9e6, due_at=NOW - 300)
    assert _found(service) == []
