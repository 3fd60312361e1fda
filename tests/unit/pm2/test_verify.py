from __future__ import annotations

from typing import Any

import pytest

from tests.support import NOW, declared, down, finding, observation, row, settings
from zionr.model import Candidate, JsonObject, Verdict
from zionr.subsystems.pm2.verify import BETWEEN_S, SETTLE_S, is_settling, settle_s, verdict

RESTART = Candidate("pm2/restart", (finding().id,), ("api",), "", "irreversible", 30.0, {"name": "api"})
OTHER = row("other", 9, status="errored")


def _verdict(
    before: list[JsonObject], after: list[JsonObject], process: JsonObject | None = None, **facts: Any
) -> Verdict:
    samples = [observation(*before, OTHER, taken_at=NOW), observation(*after, OTHER, taken_at=NOW + 2, **facts)]
    return verdict(RESTART, samples, settings(processes={"api": process or {}}))


def test_the_same_living_process_twice_is_proof() -> None:
    assert _verdict([row()], [row()]) == Verdict(True, "pid 4100 twice, 2 s apart, no restart between")
    both = [row(), row(identity=1)]
    assert _verdict(both, both, {"instances": 2}).reason.startswith("pid 4100, 4101 twice")


@pytest.mark.parametrize(
    ("before", "after", "says"),
    [
        ([row()], [row(pid=5000)], "does not stay up: pid 4100 -> 5000, restarts 0 -> 0"),
        ([row()], [row(restarts=1)], "does not stay up: pid 4100 -> 4100, restarts 0 -> 1"),
        ([], [row()], "does not stay up: id 0 is new"),
        ([row()], [], "PM2 does not know it"),
        ([row()], [row(alive=False)], "PM2 says online, but process 4100 is not there"),
        ([row()], [down()], "0 of 1 online (stopped)"),
        ([row()], [row(status="waiting restart")], "0 of 1 online (waiting restart)"),
        ([row(status="launching")], [row(status="launching")], "0 of 1 online (launching)"),
        ([row(), down(identity=1)], [row(), down(identity=1)], "1 of 2 online (online, stopped)"),
    ],
)
def test_what_is_no_proof(before: list[JsonObject], after: list[JsonObject], says: str) -> None:
    assert _verdict(before, after) == Verdict(False, says)


def test_the_policys_count_comes_before_the_files_and_that_before_the_rows() -> None:
    rows = [row(), down(identity=1)]
    assert _verdict(rows, rows, {"instances": 1}).verified
    assert _verdict(rows, rows, declared={"api": declared(instances=1)}).verified
    assert _verdict(rows[:1], rows[:1], {"instances": 2}, declared={"api": declared(instances=1)}).reason == (
        "1 of 2 online (online)"
    )


def test_a_probe_must_answer() -> None:
    silent = {"api": {"ok": False, "reason": "answered 500, wanted 200", "latency_s": 0.1}}
    assert _verdict([row()], [row()], probes=silent).reason == "its probe fails: answered 500, wanted 200"
    assert _verdict([row()], [row()], probes={"api": {"ok": True, "reason": None, "latency_s": 0.1}}).verified


PROBED = {"probe": {"tcp": "127.0.0.1:3000", "within": 2.0}}
MUTE = {"api": {"ok": False, "reason": "takes no connection", "latency_s": 0.1}}


def _settling(*rows: JsonObject, process: JsonObject = PROBED, **facts: Any) -> bool:
    under = settings(processes={"api": process}, defaults={"launch": 30.0})
    return is_settling(RESTART, observation(*rows, OTHER, **{"probes": MUTE, **facts}), under)


def test_a_slow_starter_is_given_its_launch() -> None:
    assert _settling(row(started_at=NOW - 29))
    assert _settling(row(started_at=NOW - 1), row(identity=1))
    assert not _settling(row(started_at=NOW - 31))
    assert _settling(row(started_at=NOW - 31), process={**PROBED, "launch": 60.0})


@pytest.mark.parametrize(
    ("rows", "facts"),
    [
        ([row(started_at=NOW - 5)], {"probes": {"api": {"ok": True, "reason": None, "latency_s": 0.1}}}),
        ([row(started_at=NOW - 5)], {"probes": {}}),
        ([row(started_at=NOW - 5, alive=False)], {}),
        ([row(started_at=NOW - 5), down(identity=1)], {}),
        ([row(started_at=NOW - 5, status="waiting restart")], {}),
        ([row(started_at=None)], {}),
        ([row(started_at=NOW + 900)], {}),
        ([], {}),
        ([], {"daemon": {"status": "silent", "reason": "x"}, "probes": {}}),
    ],
)
def test_what_waiting_does_not_help(rows: list[JsonObject], facts: JsonObject) -> None:
    assert not _settling(*rows, **facts)


def test_how_long_to_wait_at_most() -> None:
    assert settle_s(RESTART, settings()) == SETTLE_S
    assert settle_s(RESTART, settings(processes={"api": PROBED})) == 30.0
    assert settle_s(RESTART, settings(processes={"api": {**PROBED, "launch": 1.0}})) == SETTLE_S > BETWEEN_S


def test_a_daemon_that_is_gone_proves_nothing() -> None:
    gone = {"status": "silent", "reason": "gave no answer in 5 s"}
    assert _verdict([row()], [row()], daemon=gone) == Verdict(False, "the daemon did not answer: gave no answer in 5 s")
