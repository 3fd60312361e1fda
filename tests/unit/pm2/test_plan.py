from __future__ import annotations

from typing import Any

import pytest

from tests.support import NOW, declared, down, facts, row, settings
from zionr.model import Candidate, Finding, JsonObject, Observation, State
from zionr.subsystems.pm2.judge import judge
from zionr.subsystems.pm2.plan import REMEDIES, candidates

FINISHED = {"signal": None, "code": 0}
STOPPED = {"signal": None, "stopping": True}
PROBE = {"probe": {"url": "http://127.0.0.1:3000/", "within": 2.0}}
SILENT = {"probes": {"api": {"ok": False, "reason": "no answer", "latency_s": 2.0}}}


def _offered(*rows: JsonObject, processes: JsonObject | None = None, **more: Any) -> tuple[Candidate, ...]:
    under = settings(processes={"api": {}} if processes is None else processes)
    seen = Observation("pm2", "host:web-1", NOW, facts(*rows, **more))
    return candidates(judge(seen, under, [], NOW).findings, seen, under)


def _one(*rows: JsonObject, **more: Any) -> Candidate:
    (offered,) = _offered(*rows, **more)
    assert offered.remedy in REMEDIES
    return offered


@pytest.mark.parametrize("dead", [down(), down(status="errored"), down(end=FINISHED, exit_code=1)])
def test_what_died_is_restarted_by_its_id(dead: JsonObject) -> None:
    offered = _one({**dead, "id": 4})
    assert (offered.remedy, offered.refusal, offered.action["ids"]) == ("pm2/restart", None, [4])
    assert (offered.command, offered.undo, offered.timeout_s) == ("restartProcessId 4", "irreversible", 30)
    assert (offered.targets, offered.edits_files) == (("api",), False)


def test_all_that_died_are_restarted_and_none_that_an_operator_stopped() -> None:
    offered = _one(down(), down(identity=1, end=STOPPED), down(identity=2, status="errored"))
    assert (offered.refusal, offered.action["ids"]) == (None, [0, 2])
    short = _one(row(), down(identity=1, end=STOPPED), down(identity=2))
    assert (short.findings, short.action["ids"]) == (("pm2/instances-short:api",), [2])


def test_what_does_not_answer_is_restarted_with_all_its_instances() -> None:
    offered = _one(row(), row(identity=1), processes={"api": PROBE}, **SILENT)
    assert (offered.refusal, offered.action["ids"]) == (None, [0, 1])


def test_who_is_still_coming_up_is_not_restarted() -> None:
    assert _offered(row(started_at=NOW - 4), row(identity=1), processes={"api": PROBE}, **SILENT) == ()


def test_memory_is_a_reason_only_where_it_is_critical() -> None:
    limits = {"memory": {"warning": 1, "critical": 100 << 20}}
    assert _offered(row(), processes={"api": limits}) == ()
    offered = _one(row(), row(identity=1, memory=200 << 20), processes={"api": limits})
    assert (offered.refusal, offered.action["ids"]) == (None, [1])
    young = _one(row(), row(identity=1, memory=200 << 20, started_at=NOW - 29), processes={"api": limits})
    assert young.refusal == "it started less than 30s ago and may still be coming up (launch)"


@pytest.mark.parametrize(
    ("rows", "more", "says"),
    [
        ((down(end=STOPPED),), {}, "an operator stopped it, so it is never repaired"),
        ((down(end={"reaches": False}),), {}, "PM2's log does not reach back to its start"),
        ((down(end=FINISHED),), {}, "it finished by itself"),
        ((down(script_exists=False),), {}, "its script is not there: /srv/app/api.js"),
        (
            (row(script_exists=False),),
            {"processes": {"api": PROBE}, **SILENT},
            "its script is not there: /srv/app/api.js",
        ),
        ((down(status="errored", cron="0 3 * * *"),), {}, None),
        ((row(pid=77),), {"processes": {"api": PROBE}, **SILENT}, "zionr itself runs under it"),
        ((row(),), {"processes": {"api": {"instances": 2}}}, "no instance died"),
        ((row(), down(identity=1, end=STOPPED)), {}, "no instance died"),
    ],
)
def test_what_a_restart_refuses(rows: tuple[JsonObject, ...], more: JsonObject, says: str | None) -> None:
    offered = _offered(*rows, **more)
    assert [(one.refusal or "").startswith(says or "") for one in offered] == ([True] if says else [])


def test_a_cron_process_is_never_restarted_nor_started() -> None:
    seen = Observation("pm2", "host:web-1", NOW, facts(declared={"api": declared(cron="0 3 * * *", autorestart=False)}))
    for rule in ("pm2/process-missing", "pm2/process-dead"):
        (offered,) = candidates([Finding(rule, State.CRITICAL, "api", "x")], seen, settings())
        assert "cron job" in (offered.refusal or "")


@pytest.mark.parametrize(
    "rule",
    ["restart-loop", "waiting-restart", "launching", "cpu-high", "cron-stale", "cron-failed", "state-unknown"],
)
def test_what_no_remedy_mends(rule: str) -> None:
    seen = Observation("pm2", "host:web-1", NOW, facts(row()))
    assert candidates([Finding(f"pm2/{rule}", State.CRITICAL, "api", "x")], seen, settings()) == ()


def test_a_missing_process_is_started_from_its_file() -> None:
    offered = _one(declared={"api": declared()})
    assert (offered.remedy, offered.refusal) == ("pm2/start", None)
    assert offered.command == "pm2 start ecosystem.config.json --only api"
    assert offered.undo == "pm2 delete api"
    assert offered.action["path"] == "/srv/app/ecosystem.config.json"


@pytest.mark.parametrize(
    ("declaration", "says"),
    [
        (None, "no ecosystem file declares it"),
        (declared(trusted=False), "ecosystem.config.json is owned or writable by another user"),
        (declared(file="processes.js"), "pm2 would run processes.js as a program"),
        (declared(file="apps.config.cjs"), None),
        (declared(file="apps.json"), None),
    ],
)
def test_what_a_start_refuses(declaration: JsonObject | None, says: str | None) -> None:
    offered = _one(declared={} if declaration is None else {"api": declaration})
    assert (offered.refusal or "").startswith(says or "")
    assert (offered.refusal is None) is (says is None)


def test_without_a_program_nothing_is_started() -> None:
    missing: JsonObject = {"declared": {"api": declared()}, "pm2_program": False}
    assert _one(**missing).refusal == "there is no pm2 on PATH; set subsystems.pm2.program"
    assert _one(**{**missing, "pm2_program": True}).refusal is None


@pytest.mark.parametrize("name", ["a,b", "a b", "--all", "-f", "all"])
def test_a_name_that_pm2_would_misread(name: str) -> None:
    offered = _one(processes={name: {}}, declared={name: declared()})
    assert offered.refusal == "pm2 would read its name as an option or as several names"


def test_without_a_daemon_nothing_is_started() -> None:
    offered = _one(declared={"api": declared()}, daemon={"status": "missing", "reason": "there is no socket"})
    assert offered.refusal == "no daemon answers; pm2 would start an empty one"


def test_planning_twice_is_planning_once() -> None:
    rows = (row(), down("b", 1), down("c", 2, status="errored"))
    assert _offered(*rows) == _offered(*rows)
