from __future__ import annotations

import pytest

from zionr.subsystems.actions.judging.herd import Start, find_herd, week_of

MIDNIGHT = Start(0, "UTC")


def _starts(*crons: str | tuple[str, str | None], limit: int = 2) -> dict[str, int]:
    """How many start at each crowded minute, of one workflow for each cron."""
    each = [
        (f"{number}.yml", *(cron if isinstance(cron, tuple) else (cron, None))) for number, cron in enumerate(crons)
    ]
    found = find_herd(each, limit)
    return {} if found is None else {str(start): count for start, count in found.starts.items()}


@pytest.mark.parametrize(
    ("crons", "starts"),
    [
        (["0 0 * * *"] * 3, {"00:00 UTC": 3}),
        (["0 0 * * *"] * 2, {}),
        (["0 0 * * *", "0 0 * * *", "1 0 * * *"], {}),
        (["0 0 * * *", "0,30 0 * * *", "0 */6 * * *"], {"00:00 UTC": 3}),
        (["0 0 * * *", "0 0 * * 0-6", "0 0 * * SUN"], {"00:00 UTC": 3}),
        (["0 0 * * *", "0 0 * * 7", "0 0 * * 0"], {"00:00 UTC": 3}),
        (["0 0 * * 1", "0 0 * * 2", "0 0 * * 3"], {}),
        (["0 0 * * 1-5", "0 0 * * MON-WED", "0 0 * * 3,6"], {"00:00 UTC": 3}),
        (["17 6-8 * * *"] * 3, {"06:17 UTC": 3, "07:17 UTC": 3, "08:17 UTC": 3}),
        (["0 */8 * * *"] * 3, {"00:00 UTC": 3, "08:00 UTC": 3, "16:00 UTC": 3}),
        (["0 20/2 * * *"] * 3, {"20:00 UTC": 3, "22:00 UTC": 3}),
        (["*/5 * * * *"] * 9, {}),
        (["0-10 0 * * *"] * 9, {}),
        (["0 0 1 * *"] * 9, {}),
        (["0 0 * 6 *"] * 9, {}),
        (["0 0 * * 5#2"] * 9, {}),
    ],
)
def test_which_crons_meet(crons: list[str], starts: dict[str, int]) -> None:
    assert _starts(*crons) == starts


def test_the_same_time_in_another_zone_is_another_minute() -> None:
    assert _starts("0 0 * * *", ("0 0 * * *", "UTC"), ("0 0 * * *", "Etc/UTC")) == {"00:00 UTC": 3}
    assert _starts("0 0 * * *", ("0 0 * * *", "Europe/Rome"), ("0 0 * * *", "UTC")) == {}
    assert _starts(*[("0 0 * * *", "Europe/Rome")] * 3) == {"00:00 Europe/Rome": 3}


def test_one_workflow_is_no_herd_however_many_crons_it_has() -> None:
    assert find_herd([("a.yml", "0 0 * * *", None)] * 9, 2) is None


def test_the_fullest_minute_comes_first() -> None:
    assert list(_starts(*["0 3 * * *"] * 3, *["0 9 * * *"] * 4)) == ["09:00 UTC", "03:00 UTC"]


def test_all_who_take_part_are_named() -> None:
    found = find_herd([("a", "0 0 * * *", None), ("b", "0 0 * * 1", None), ("c", "5 0 * * *", None)], 1)
    assert found is not None
    assert (found.starts, found.members) == ({MIDNIGHT: 2}, frozenset("ab"))


def test_the_minutes_of_a_week() -> None:
    assert week_of("30 1 0,6") == [90, 6 * 1440 + 90]
    assert len(week_of("0 * *")) == 7 * 24
