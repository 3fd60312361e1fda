"""Small builders that tests share: a policy, past reports, rows and facts of PM2, and a world that stands still."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from zionr.context import Context
from zionr.model import (
    Candidate,
    Finding,
    Health,
    JsonObject,
    Observation,
    PastFinding,
    PastReport,
    PastStep,
    PolicyRef,
    Report,
    Runner,
    State,
    Step,
    Target,
)
from zionr.policy.model import HealthRules, Policy, RecoveryRules, RunnerRules, StoreRules
from zionr.subsystems.pm2.settings import Settings, read_settings

NOW = 1_795_489_200.0  # 2026-11-24T03:00:00Z
HEALTH = HealthRules(80.0, 50.0, 0.5, {})
RECOVERY = RecoveryRules(
    mode="propose",
    mode_named=False,
    remedies={},
    from_state=State.WARNING,
    fail_streak={State.WARNING: 3, State.CRITICAL: 1},
    attempts=3,
    window_s=3600.0,
    backoff_first_s=30.0,
    backoff_factor=2.0,
    backoff_max_s=900.0,
    cooldown_s=0.0,
    steps_per_run=3,
    mass_count=10,
    mass_fraction=0.2,
    automatic=None,
)
RUNNER = Runner("web-1", "cron", "web-1", "0.1.0")


class StillClock:
    """A clock that moves only when somebody sleeps; it remembers how long."""

    def __init__(self, now: float = NOW) -> None:
        self.time = now
        self.slept: list[float] = []

    def now(self) -> float:
        return self.time

    def monotonic(self) -> float:
        return self.time

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.time += seconds


def context(top: str = "/srv/app", environ: Mapping[str, str] | None = None, now: float = NOW) -> Context:
    return Context(
        top=top,
        state_dir=f"{top}/.zionr",
        host="web-1",
        environ=environ or {},
        clock=StillClock(now),
        progress=lambda text: None,
        redact=lambda text: text,
    )


def recovery(**changes: Any) -> RecoveryRules:
    return RECOVERY._replace(**changes)


def policy(**changes: Any) -> Policy:
    whole = Policy(
        path="policies/zionr.yaml",
        folder="policies",
        digest="sha256:" + "0" * 64,
        environment=None,
        project="example",
        health=HEALTH,
        runners={},
        store=StoreRules(2_592_000.0, "none", "origin", 120.0, "observe"),
        recovery=RECOVERY,
        subsystems={"pm2": {}},
        metrics=True,
        debug=False,
        origins={},
        notes=(),
    )
    return whole._replace(**changes)


def runner_rules(every_s: float | None = 300.0, grace_s: float = 600.0) -> RunnerRules:
    return RunnerRules("cron", every_s, grace_s, None, None)


def target(name: str = "api", state: State = State.OK, **changes: Any) -> Target:
    return Target(name, "process", state)._replace(**changes)


def finding(target: str | None = "api", state: State = State.CRITICAL, rule: str = "pm2/process-dead") -> Finding:
    return Finding(rule, state, target, f"something about {target}")


def candidate(of: Finding, **changes: Any) -> Candidate:
    made = Candidate("pm2/restart", (of.id,), of.covers, "restartProcessId 0", "irreversible", 30.0)
    return made._replace(**changes)


def past_finding(target: str = "api", state: State = State.CRITICAL, **changes: Any) -> PastFinding:
    seen = PastFinding(f"pm2/process-dead:{target}", "pm2/process-dead", state, (target,), None, False, None)
    return seen._replace(**changes)


def past_step(ago: float = 600.0, target: str = "api", outcome: str = "failed", **changes: Any) -> PastStep:
    finding_id = f"pm2/process-dead:{target}"
    step = PastStep("pm2/restart", (finding_id,), (target,), outcome, outcome == "succeeded", None, 1, NOW - ago)
    return step._replace(**changes)


def past(ago: float = 300.0, **changes: Any) -> PastReport:
    """A report that ended `ago` seconds before NOW and found `api` as its `targets` say, ok without a word."""
    report = PastReport(
        id=f"report-{ago:g}",
        kind="check",
        subsystem="pm2",
        scope="host:web-1",
        runner="web-1",
        state=State.OK,
        score=100.0,
        coverage=1.0,
        started_at=NOW - ago - 1,
        finished_at=NOW - ago,
        policy_digest=None,
        targets={"api": State.OK},
        metrics={},
        findings=(),
        steps=(),
    )
    return report._replace(**changes)


def bad(ago: float = 300.0, **changes: Any) -> PastReport:
    """A report that found `api` dead."""
    dead = {"state": State.CRITICAL, "targets": {"api": State.CRITICAL}, "findings": (past_finding(),)}
    return past(ago, **{**dead, **changes})


def step(of: Finding, outcome: str = "skipped", **changes: Any) -> Step:
    return Step("1", "pm2/restart", (of.id,), of.covers, (), "apply", outcome)._replace(**changes)


def report(*findings: Finding, **changes: Any) -> Report:
    state = max((found.state for found in findings if not found.resolved), default=State.OK)
    names = dict.fromkeys([*(name for found in findings for name in found.covers), "front"])
    made = Report(
        id="20261124T030000123-0000aa",
        project="example",
        kind="check",
        subsystem="pm2",
        scope="host:web-1",
        runner=RUNNER,
        policy=PolicyRef("policies/zionr.yaml", None),
        started_at=NOW - 0.09,
        finished_at=NOW,
        state=state,
        health=Health(100.0, 1.0),
        targets=tuple(target(name) for name in names),
        findings=findings,
    )
    return made._replace(**changes)


def settings(**rules: Any) -> Settings:
    """PM2's part of a policy, from its compiled form without the defaults that every one has."""
    defaults = {"restarts": {"max": 5, "within": 3600.0}, "launch": 30.0, **rules.pop("defaults", {})}
    return read_settings({"timeout": 5.0, "defaults": defaults, **rules})


def row(name: str = "api", identity: int = 0, **changes: Any) -> JsonObject:
    """A row as `rows.read_row` and `observe` make it: online for an hour, and well."""
    return {
        "id": identity,
        "name": name,
        "pid": 4100 + identity,
        "namespace": "default",
        "status": "online",
        "started_at": NOW - 3600,
        "created_at": NOW - 3600,
        "restarts": 0,
        "exit_code": None,
        "stop_exit_codes": [],
        "autorestart": True,
        "cron": None,
        "script": f"/srv/app/{name}.js",
        "error_log": f"/srv/app/.pm2/logs/{name}-error.log",
        "module": False,
        "memory": 50 << 20,
        "cpu": 1.5,
        "alive": True,
        **changes,
    }


def down(name: str = "api", identity: int = 0, end: JsonObject | None = None, **changes: Any) -> JsonObject:
    """A stopped row; without an `end` it was killed by SIGKILL, and PM2's log reaches back to its start."""
    killed = {"reaches": True, "stopping": False, "code": 0, "signal": "SIGKILL", "at": NOW - 60}
    gone = {"status": "stopped", "pid": None, "alive": None, "memory": None, "cpu": None, "exit_code": 0}
    more = {"end": {**killed, **(end or {})}, "last_error": None, "script_exists": True, "autorestart": False}
    return row(name, identity, **{**gone, **more, **changes})


def facts(*rows: JsonObject, **changes: Any) -> JsonObject:
    return {
        "home": "/srv/app/.pm2",
        "daemon": {"status": "up", "reason": None},
        "processes": list(rows),
        "unreadable_rows": 0,
        "declared": {},
        "refused": [],
        "probes": {},
        "own_pids": [77],
        **changes,
    }


def declared(**changes: Any) -> JsonObject:
    """What an ecosystem file says of one process."""
    return {
        "file": "ecosystem.config.json",
        "path": "/srv/app/ecosystem.config.json",
        "trusted": True,
        "instances": None,
        "cron": None,
        "script_exists": True,
        "autorestart": True,
        "script": "api.js",
        **changes,
    }


def observation(*rows: JsonObject, taken_at: float = NOW, **changes: Any) -> Observation:
    return Observation("pm2", "host:web-1", taken_at, facts(*rows, **changes))
