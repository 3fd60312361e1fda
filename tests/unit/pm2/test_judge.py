"""Every rule of PM2 beside its healthy twin: the same world, with the one thing that is wrong put right."""

from __future__ import annotations

import copy
from typing import Any, NamedTuple

import pytest

from tests.support import NOW, declared, down, facts, past, row, settings
from zionr.model import Finding, JsonObject, Judgement, Location, Observation, PastReport, State
from zionr.subsystems.pm2.judge import judge

OK, WARNING, UNKNOWN, CRITICAL = State.OK, State.WARNING, State.UNKNOWN, State.CRITICAL
LIMITS = {"memory": {"warning": 300 << 20, "critical": 500 << 20}, "cpu": {"warning": 80, "critical": 95}}
STOPPED = {"stopping": True, "signal": None}
FINISHED = {"signal": None, "code": 0}
UNREACHED = {"reaches": False, "signal": None, "code": None}


def _looped(count: int, ago: float = 1800) -> PastReport:
    return past(ago, metrics={"api": {"restarts_by_id": {"0": count}}})


class Case(NamedTuple):
    """A world: rows, the policy's processes, other facts, and the past."""

    rows: tuple[JsonObject, ...] = (row(),)
    processes: JsonObject = {"api": {}}
    facts: JsonObject = {}
    history: tuple[PastReport, ...] = ()
    defaults: JsonObject = {}


def _judge(case: Case) -> Judgement:
    under = settings(processes=case.processes, defaults=case.defaults)
    world = Observation("pm2", "host:web-1", NOW, facts(*case.rows, **case.facts))
    return judge(world, under, case.history, NOW)


def _one(case: Case) -> Finding:
    findings = _judge(case).findings
    assert len(findings) == 1, [found.id for found in findings]
    return findings[0]


def _daemon(status: str) -> Case:
    return Case((), {}, {"daemon": {"status": status, "reason": "because"}})


HEALTHY = Case()
LOOPING = row(restarts=9, started_at=NOW - 3)
SILENT = {"api": {"ok": False, "reason": "answered 500, wanted 200", "latency_s": 0.1}}
PROBE = {"url": "http://127.0.0.1:3000/health", "within": 2.0}
RULES = [
    ("pm2/daemon-down", CRITICAL, _daemon("missing"), HEALTHY),
    ("pm2/daemon-down", CRITICAL, _daemon("refused"), HEALTHY),
    ("pm2/daemon-hung", CRITICAL, _daemon("silent"), HEALTHY),
    ("pm2/daemon-foreign", UNKNOWN, _daemon("foreign"), HEALTHY),
    ("pm2/daemon-unreadable", UNKNOWN, _daemon("unreadable"), HEALTHY),
    ("pm2/daemon-unreadable", UNKNOWN, _daemon("closed"), HEALTHY),
    ("pm2/daemon-unreadable", UNKNOWN, _daemon("broken"), HEALTHY),
    ("pm2/daemon-unreadable", UNKNOWN, Case(facts={"unreadable_rows": 2}), HEALTHY),
    ("pm2/process-missing", CRITICAL, Case(()), HEALTHY),
    ("pm2/process-missing", CRITICAL, Case((), {}, {"declared": {"api": declared()}}), Case(())._replace(processes={})),
    ("pm2/process-unexpected", OK, Case((row(), row("x", 1))), Case((row(), row("x", 1)), {"api": {}, "x": {}})),
    (
        "pm2/process-unexpected",
        OK,
        Case(processes={"api": {"desired": "stopped"}}),
        Case((down(),), {"api": {"desired": "stopped"}}),
    ),
    ("pm2/process-errored", CRITICAL, Case((down(status="errored"),)), HEALTHY),
    ("pm2/process-dead", CRITICAL, Case((down(),)), Case((down(),), {"api": {"desired": "stopped"}})),
    (
        "pm2/process-dead",
        CRITICAL,
        Case((down(end=FINISHED, exit_code=3),)),
        Case((down(),), {"api": {"desired": "any"}}),
    ),
    ("pm2/process-dead", CRITICAL, Case((down(end={"signal": None, "code": 7}, exit_code=None),)), HEALTHY),
    ("pm2/process-finished", OK, Case((down(end=FINISHED),)), HEALTHY),
    ("pm2/process-finished", OK, Case((down(end=FINISHED, exit_code=3, stop_exit_codes=[3]),)), HEALTHY),
    (
        "pm2/process-stopped",
        WARNING,
        Case((down(end=STOPPED),)),
        Case((down(end=STOPPED),), {"api": {"desired": "any"}}),
    ),
    ("pm2/process-stopped", WARNING, Case((down(end=UNREACHED),)), HEALTHY),
    (
        "pm2/instances-short",
        WARNING,
        Case(processes={"api": {"instances": 2}}),
        Case((row(), row(identity=1)), {"api": {"instances": 2}}),
    ),
    (
        "pm2/instances-short",
        WARNING,
        Case((row(), down(identity=1))),
        Case((row(), down(identity=1)), {"api": {"instances": 1}}),
    ),
    (
        "pm2/instances-short",
        WARNING,
        Case((row(),), {}, {"declared": {"api": declared(instances=2)}}),
        Case((row(),), {}, {"declared": {"api": declared(instances=1)}}),
    ),
    (
        "pm2/restart-loop",
        CRITICAL,
        Case((LOOPING,), history=(_looped(3),)),
        Case(({**LOOPING, "restarts": 8},), history=(_looped(3),)),
    ),
    (
        "pm2/restart-loop",
        CRITICAL,
        Case((LOOPING,), history=(_looped(3),)),
        Case((LOOPING,), history=(_looped(3, 3700),)),
    ),
    (
        "pm2/restart-loop",
        CRITICAL,
        Case((row(restarts=9, started_at=NOW - 720),), history=(_looped(3),)),
        Case((row(restarts=9, started_at=NOW - 721),), history=(_looped(3),)),
    ),
    ("pm2/waiting-restart", WARNING, Case((row(status="waiting restart", alive=False),)), HEALTHY),
    (
        "pm2/launching",
        WARNING,
        Case((row(status="launching", started_at=NOW - 31),)),
        Case((row(status="launching", started_at=NOW - 30),)),
    ),
    (
        "pm2/launching",
        WARNING,
        Case((row(started_at=NOW - 4),), {"api": {"probe": PROBE}}, {"probes": SILENT}),
        Case((row(started_at=NOW - 4),), {"api": {"probe": PROBE}}),
    ),
    (
        "pm2/unresponsive",
        CRITICAL,
        Case((row(started_at=NOW - 30),), {"api": {"probe": PROBE}}, {"probes": SILENT}),
        Case((row(started_at=NOW - 30),), {"api": {"probe": PROBE}}),
    ),
    (
        "pm2/memory-high",
        WARNING,
        Case((row(memory=300 << 20),), defaults=LIMITS),
        Case((row(memory=(300 << 20) - 1),), defaults=LIMITS),
    ),
    ("pm2/memory-high", CRITICAL, Case((row(memory=500 << 20),), defaults=LIMITS), Case((row(memory=9 << 30),))),
    ("pm2/cpu-high", WARNING, Case((row(cpu=80),), defaults=LIMITS), Case((row(cpu=79.9),), defaults=LIMITS)),
    ("pm2/cpu-high", CRITICAL, Case((row(cpu=250.0),), defaults=LIMITS), Case((row(cpu=250.0),))),
    (
        "pm2/unresponsive",
        CRITICAL,
        Case(
            processes={"api": {"probe": PROBE}},
            facts={"probes": SILENT},
        ),
        Case(
            processes={"api": {"probe": PROBE}},
            facts={"probes": {"api": {"ok": True, "reason": None, "latency_s": 0.1}}},
        ),
    ),
    (
        "pm2/unmeasured",
        UNKNOWN,
        Case((row(memory=None),), defaults={"memory": LIMITS["memory"]}),
        Case((row(memory=None),)),
    ),
    ("pm2/state-unknown", UNKNOWN, Case((row(status="one-launch-status"),)), HEALTHY),
    ("pm2/state-unknown", UNKNOWN, Case((row(status=None),)), HEALTHY),
    ("pm2/state-unknown", UNKNOWN, Case((row(alive=False),)), HEALTHY),
    (
        "pm2/ecosystem-refused",
        UNKNOWN,
        Case(facts={"refused": [{"file": "a.json", "reason": "is not there"}]}),
        HEALTHY,
    ),
]


@pytest.mark.parametrize(("rule", "state", "case", "twin"), RULES, ids=[rule for rule, *_ in RULES])
def test_every_rule_and_its_healthy_twin(rule: str, state: State, case: Case, twin: Case) -> None:
    found = _one(case)
    assert (found.rule, found.state) == (rule, state)
    assert found.message
    assert _judge(twin).findings == ()


@pytest.mark.parametrize("case", [case for _, _, case, _ in RULES])
def test_judging_is_pure(case: Case) -> None:
    before = copy.deepcopy(case)
    assert _judge(case) == _judge(case)
    assert case == before


def test_what_somebody_looks_at_is_in_the_evidence() -> None:
    dead = _one(Case((down(last_error="connect ECONNREFUSED"),)))
    assert dead.evidence == {
        "pm_id": 0,
        "exit_code": 0,
        "last_error": "connect ECONNREFUSED",
        "ended_by": "SIGKILL",
        "began_at": "2026-11-24T02:59:00.000Z",
    }
    assert dead.message == "stopped, and no operator did it: ended by SIGKILL"
    short = _one(Case((row(), down(identity=1))))
    assert (short.expected, short.actual, short.evidence) == (2, 1, {"down": {"1": "pm2/process-dead"}})


def test_a_refused_file_is_told_with_its_place() -> None:
    place = {"file": "a.json", "line": 2, "column": 17}
    refused = {"file": "a.json", "reason": "is not strict JSON", "location": place}
    assert _one(Case(facts={"refused": [refused]})).locations == (Location("a.json", 2, 17),)


def test_an_instant_of_another_time_zone_is_not_told() -> None:
    later = _one(Case((down(end={"at": NOW + 3600}),)))
    assert later.evidence["began_at"] is None


def test_of_several_that_are_down_the_worst_is_told_and_what_befell_each() -> None:
    rows = (down(end=STOPPED), down(identity=1), down(identity=2, status="errored"))
    found = _one(Case(rows))
    assert found.state is CRITICAL
    assert found.evidence["down"] == {
        "0": "pm2/process-stopped",
        "1": "pm2/process-dead",
        "2": "pm2/process-errored",
    }


def test_a_loop_is_told_beside_what_it_does() -> None:
    waiting = Case((row(status="waiting restart", restarts=50, alive=False, started_at=NOW),), history=(_looped(0),))
    assert [found.rule for found in _judge(waiting).findings] == ["pm2/waiting-restart", "pm2/restart-loop"]


def test_a_loop_is_the_cause_of_what_comes_and_goes_with_it() -> None:
    rows = (row(memory=600 << 20, cpu=99, started_at=NOW - 31, restarts=9), down(identity=1))
    process = {"api": {"probe": PROBE, "instances": 2}}
    looped = Case(rows, process, {"probes": SILENT}, (_looped(0),), LIMITS)
    loop = "pm2/restart-loop:api"
    assert {found.rule: found.caused_by for found in _judge(looped).findings} == {
        "pm2/instances-short": loop,
        "pm2/restart-loop": None,
        "pm2/memory-high": loop,
        "pm2/cpu-high": loop,
        "pm2/unresponsive": loop,
    }
    assert {found.caused_by for found in _judge(looped._replace(history=())).findings} == {None}


def test_who_is_still_coming_up_is_told_so() -> None:
    found = _one(Case((row(started_at=NOW - 4), row(identity=1)), {"api": {"probe": PROBE}}, {"probes": SILENT}))
    assert found.message == "online for 4 s, its probe does not answer yet: answered 500, wanted 200"
    assert (found.expected, found.actual, found.hint) == (30.0, 4.0, "it has 30s to come up (launch)")


def test_one_word_on_launching_where_two_instances_are_slow() -> None:
    rows = (row(status="launching", started_at=NOW - 60), row(identity=1, started_at=NOW - 4))
    assert _one(Case(rows, {"api": {"probe": PROBE}}, {"probes": SILENT})).message == "launching for 60 s, limit 30s"


@pytest.mark.parametrize("history", [(), (_looped(9_999_000),), (past(60),)])
def test_the_lifetime_count_is_no_loop(history: tuple[PastReport, ...]) -> None:
    assert _judge(Case((row(restarts=9_999_001),), history=history)).findings == ()


def test_the_worst_instance_speaks_for_memory() -> None:
    found = _one(Case((row(memory=1 << 20), row(identity=1, memory=600 << 20)), defaults=LIMITS))
    assert found.message == "memory 600 MB, critical from 500 MB"
    assert found.evidence == {"pm_id": 1}


def test_a_dead_daemon_is_the_cause_of_what_is_missing() -> None:
    case = Case((), {"api": {}, "job": {"kind": "cron"}, "off": {"desired": "stopped"}}, _daemon("refused").facts)
    judged = _judge(case)
    assert [(found.id, found.caused_by) for found in judged.findings] == [
        ("pm2/daemon-down:daemon", None),
        ("pm2/process-missing:api", "pm2/daemon-down:daemon"),
    ]
    states = {target.name: target.state for target in judged.targets}
    assert states == {"daemon": OK, "api": OK, "job": UNKNOWN, "off": UNKNOWN}


@pytest.mark.parametrize("status", ["silent", "foreign", "unreadable", "closed", "broken"])
def test_a_daemon_that_does_not_answer_leaves_its_processes_unknown(status: str) -> None:
    judged = _judge(Case((), {"api": {}}, _daemon(status).facts))
    assert [found.target for found in judged.findings] == ["daemon"]
    assert {target.name: target.state for target in judged.targets}["api"] is UNKNOWN


def test_without_declarations_every_process_is_a_target_and_none_unexpected() -> None:
    judged = _judge(Case((row(), row("b", 1), row("pm2-logrotate", 2, module=True)), {}))
    assert [target.name for target in judged.targets] == ["daemon", "api", "b"]
    assert judged.findings == ()


def test_targets_carry_the_policys_weight_and_sums_over_the_instances() -> None:
    rows = (row(), row(identity=1, started_at=NOW - 60, restarts=4))
    target = _judge(Case(rows, {"api": {"weight": 0.5, "required": False}})).targets[1]
    assert (target.name, target.kind, target.weight, target.required) == ("api", "process", 0.5, False)
    assert target.metrics == {
        "instances_online": 2,
        "memory_bytes": 100 << 20,
        "cpu_percent": 3.0,
        "uptime_s": 60.0,
        "restarts_by_id": {"0": 0, "1": 4},
    }
    unmeasured = _judge(Case((row(), row(identity=1, memory=None)))).targets[1]
    assert unmeasured.metrics["memory_bytes"] is None


@pytest.mark.parametrize(
    ("rows", "declared_as", "process", "kind"),
    [
        ((row(cron="0 3 * * *", autorestart=False),), None, {}, "cron"),
        ((row(cron="0 3 * * *", autorestart=True),), None, {}, "process"),
        ((row(cron="0 3 * * *", autorestart=False),), None, {"kind": "process"}, "process"),
        ((), declared(cron="0 3 * * *", autorestart=False), {}, "cron"),
        ((), declared(cron="0 3 * * *"), {}, "process"),
        ((row(),), declared(cron="0 3 * * *", autorestart=False), {}, "process"),
    ],
)
def test_what_runs_by_the_clock(
    rows: tuple[JsonObject, ...], declared_as: JsonObject | None, process: JsonObject, kind: str
) -> None:
    known: dict[str, Any] = {} if declared_as is None else {"declared": {"api": declared_as}}
    assert _judge(Case(rows, {"api": process}, known)).targets[1].kind == kind
