from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from tests.unit.actions.rules import settings
from zionr.model import JsonObject
from zionr.subsystems.actions.github.due import due, due_all, firings

HOUR, DAY = 3600.0, 86_400.0


def at(text: str) -> float:
    return datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()


def cron(text: str, timezone: str | None = None, valid: bool = True) -> JsonObject:
    return {"cron": text, "timezone": timezone, "line": 3, "column": 5, "valid": valid, "interval_s": None}


NOW = at("2026-11-24T03:00:00")  # a Tuesday


@pytest.mark.parametrize(
    ("crons", "expected", "previous", "interval_s", "grace_s"),
    [
        # Six hours at least: what was to fire after 21:00 may still come.
        (["*/5 * * * *"], "2026-11-23T21:00:00", "2026-11-23T20:55:00", 300.0, 6 * HOUR),
        (["0 * * * *"], "2026-11-23T21:00:00", "2026-11-23T20:00:00", HOUR, 6 * HOUR),
        (["30 2 * * *"], "2026-11-22T02:30:00", "2026-11-21T02:30:00", DAY, 2 * DAY),
        (["0 0 * * 1-5"], "2026-11-20T00:00:00", "2026-11-19T00:00:00", DAY, 2 * DAY),
        (["0 0 * * 0"], "2026-11-08T00:00:00", "2026-11-01T00:00:00", 7 * DAY, 14 * DAY),
        (["0 0 * * *", "0 12 * * *"], "2026-11-23T00:00:00", "2026-11-22T12:00:00", 12 * HOUR, DAY),
        (["0 0 * * *", "0 0 * * *"], "2026-11-22T00:00:00", "2026-11-21T00:00:00", DAY, 2 * DAY),
        (["0 0 29 2 *"], "2016-02-29T00:00:00", "2012-02-29T00:00:00", 1461 * DAY, 2922 * DAY),
    ],
)
def test_when_a_workflow_had_to_run(
    crons: list[str], expected: str, previous: str, interval_s: float, grace_s: float
) -> None:
    told = due([cron(text) for text in crons], None, NOW)
    assert told == {
        "expected": at(expected),
        "previous": at(previous),
        "interval_s": interval_s,
        "grace_s": grace_s,
    }


def test_the_policy_sets_the_grace() -> None:
    told = due([cron("0 * * * *")], 600.0, NOW)
    assert told is not None
    assert (told["expected"], told["grace_s"]) == (at("2026-11-24T02:00:00"), 600.0)
    told = due([cron("0 3 * * *")], 0.0, NOW)
    assert told is not None
    assert told["expected"] == NOW


@pytest.mark.parametrize(
    ("zone", "expected"),
    [
        (None, "2026-11-23T02:30:00"),
        ("UTC", "2026-11-23T02:30:00"),
        ("America/New_York", "2026-11-23T07:30:00"),
        ("Asia/Kolkata", "2026-11-22T21:00:00"),
        ("Pacific/Kiritimati", "2026-11-23T12:30:00"),
    ],
)
def test_a_cron_fires_in_its_own_zone(zone: str | None, expected: str) -> None:
    told = due([cron("30 2 * * *", zone)], 12 * HOUR, NOW)
    assert told is not None
    assert told["expected"] == at(expected)


def test_several_zones_are_one_timetable() -> None:
    told = due([cron("0 9 * * *", "Europe/Berlin"), cron("0 9 * * *", "Asia/Tokyo")], 0.0, NOW)
    assert told is not None
    assert (told["expected"], told["previous"]) == (at("2026-11-24T00:00:00"), at("2026-11-23T08:00:00"))


@pytest.mark.parametrize(
    ("now", "fired"),
    [
        # 02:30 is not there on 29 March: the job runs when the clock has jumped; on 25 October it is there twice.
        ("2026-03-30T12:00:00", ["2026-03-30T00:30:00", "2026-03-29T01:00:00", "2026-03-28T01:30:00"]),
        ("2026-10-26T12:00:00", ["2026-10-26T01:30:00", "2026-10-25T00:30:00", "2026-10-24T00:30:00"]),
    ],
)
def test_the_days_on_which_clocks_change(now: str, fired: list[str]) -> None:
    assert firings("30 2 * * *", "Europe/Berlin", at(now), 3) == tuple(map(at, fired))


@pytest.mark.parametrize(
    "crons",
    [
        [],
        [cron("0 0 * * *", valid=False)],
        [cron("0 0 31 2 *")],
        [cron("nonsense")],
        [cron("0 0 * * *", "Mars/Olympus")],
        [cron("0 0 * * *", "../../etc/passwd")],
        [cron("0 0 * * *", "x" * 5000)],
        [cron("0 0 * * *", "Europe")],
    ],
)
def test_crons_that_name_no_time(crons: list[JsonObject]) -> None:
    assert due(crons, None, NOW) is None


def test_a_cron_that_cannot_be_read_does_not_hide_the_others() -> None:
    told = due([cron("nonsense"), cron("0 * * * *")], None, NOW)
    assert told is not None
    assert told["interval_s"] == HOUR


def file(*crons: str, readable: bool = True, **changes: Any) -> JsonObject:
    triggers = ["push", "schedule"] if crons else ["push"]
    return {"readable": readable, "triggers": triggers, "crons": [cron(text) for text in crons], **changes}


def test_every_file_with_a_schedule_is_due() -> None:
    files = {"workflows": {"a.yml": file("0 * * * *"), "b.yml": file(), "c.yml": file(readable=False)}}
    assert due_all(files, settings(), NOW).keys() == {"a.yml"}
    assert due_all(None, settings(), NOW) == {}


def test_a_workflow_has_rules_of_its_own() -> None:
    files = {"workflows": {"a.yml": file("0 * * * *"), "b.yml": file("0 * * * *")}}
    told = due_all(files, settings(grace=7200.0, workflows={"b.yml": {"grace": 60.0}}), NOW)
    assert [told[name]["grace_s"] for name in ("a.yml", "b.yml")] == [7200.0, 60.0]


def test_the_greatest_age_stands_in_place_of_the_cron() -> None:
    by_age = {"expected": NOW - DAY, "previous": None, "interval_s": DAY, "grace_s": 0.0}
    rules = {name: {"max_age": DAY} for name in ("a.yml", "push.yml", "broken.yml", "gone.yml")}
    files = {"workflows": {"a.yml": file("0 * * * *"), "push.yml": file(), "broken.yml": file(readable=False)}}
    told = due_all(files, settings(workflows=rules), NOW)
    assert told == {"a.yml": by_age, "broken.yml": by_age, "gone.yml": by_age}
    assert due_all(None, settings(workflows=rules), NOW).keys() == rules.keys()
    assert due_all(files, settings(max_age=DAY), NOW) == {"a.yml": by_age}
