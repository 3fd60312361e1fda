"""From what was seen of PM2 to targets and findings. Pure: the same facts, settings, history and `now` judge alike."""

from __future__ import annotations

from collections.abc import Sequence

from ...model import Finding, JsonObject, Judgement, Location, Observation, PastReport, State, Target
from . import DAEMON
from .cron import judge_job
from .daemon import judge_daemon
from .life import Life
from .names import target_of
from .process import judge_process
from .rates import Recent, recall, restarts_in
from .settings import ProcessSettings, Settings


def judge(observation: Observation, settings: Settings, history: Sequence[PastReport], now: float) -> Judgement:
    """The daemon and every process as targets, and one finding for each thing that is not as it should be."""
    facts = observation.facts
    up = facts["daemon"]["status"] == "up"
    daemon_findings = judge_daemon(facts, settings)
    targets = [Target(DAEMON, "daemon")]
    findings = [*daemon_findings, *_refusals(facts)]
    rows = _rows_by_name(facts)
    recent: dict[float, Recent] = {}
    for name in dict.fromkeys([*settings.processes, *facts["declared"], *rows]):
        within_s = settings.of(name).restarts.within_s
        if within_s not in recent:
            recent[within_s] = recall(history, now, within_s)
        life = _life(name, tuple(rows.get(name, ())), facts, settings, recent[within_s], now)
        found = judge_one(life) if up else _without_daemon(life, daemon_findings)
        targets.append(_target(life, found, up))
        findings.extend(found)
    return Judgement(tuple(targets), tuple(findings))


def judge_one(life: Life) -> list[Finding]:
    """The findings for one process, as a job or as a service."""
    return judge_job(life) if life.is_cron else judge_process(life)


def _rows_by_name(facts: JsonObject) -> dict[str, list[JsonObject]]:
    """The instances of each process; PM2's own modules are nobody's process."""
    rows: dict[str, list[JsonObject]] = {}
    for row in facts["processes"]:
        if not row["module"]:
            rows.setdefault(row["name"], []).append(row)
    return rows


def _life(
    name: str,
    rows: tuple[JsonObject, ...],
    facts: JsonObject,
    settings: Settings,
    recent: Recent,
    now: float,
) -> Life:
    process = settings.of(name)
    declared = facts["declared"].get(name)
    expected = name in settings.processes or declared is not None
    return Life(
        name=name,
        rows=rows,
        settings=process,
        wanted=process.instances or (declared or {}).get("instances"),
        expected=expected,
        unexpected=bool(settings.processes or facts["declared"]) and not expected,
        is_cron=_is_cron(process, rows, declared),
        restarts=restarts_in(recent, target_of(name), rows),
        probe=facts["probes"].get(name),
        now=now,
    )


def is_cron_target(name: str, facts: JsonObject, settings: Settings) -> bool:
    """Whether PM2 runs this name by the clock, so that any start would run the job."""
    rows = _rows_by_name(facts).get(name, [])
    return _is_cron(settings.of(name), rows, facts["declared"].get(name))


def _is_cron(process: ProcessSettings, rows: Sequence[JsonObject], declared: JsonObject | None) -> bool:
    if process.kind is not None:
        return process.kind == "cron"
    if rows:
        return all(row["cron"] is not None and row["autorestart"] is False for row in rows)
    return declared is not None and declared["cron"] is not None and not declared["autorestart"]


def _without_daemon(life: Life, daemon_findings: Sequence[Finding]) -> list[Finding]:
    """No daemon at all means no process either, with one cause; a daemon that does not answer means we do not know."""
    down = next((finding for finding in daemon_findings if finding.rule == "pm2/daemon-down"), None)
    if down is None or not life.expected or life.settings.desired != "running" or life.is_cron:
        return []
    return [finding._replace(caused_by=down.id) for finding in judge_process(life)]


def _target(life: Life, findings: Sequence[Finding], up: bool) -> Target:
    seen = up or bool(findings)
    return Target(
        name=target_of(life.name),
        kind="cron" if life.is_cron else "process",
        state=State.OK if seen else State.UNKNOWN,
        weight=life.settings.weight,
        required=life.settings.required,
        metrics=_metrics(life),
    )


def _metrics(life: Life) -> JsonObject:
    """Sums over the instances; null where one of them could not be measured."""
    if not life.rows:
        return {}
    online = [row for row in life.rows if row["status"] == "online"]
    started = [row["started_at"] for row in online if row["started_at"] is not None]
    metrics: JsonObject = {
        "instances_online": len(online),
        "memory_bytes": _sum([row["memory"] for row in online]),
        "cpu_percent": _sum([row["cpu"] for row in online]),
        "uptime_s": round(max(0.0, life.now - max(started)), 1) if started else None,
        "restarts_by_id": {str(row["id"]): row["restarts"] for row in life.rows if row["restarts"] is not None},
    }
    if life.probe is not None:
        metrics["probe_s"] = life.probe["latency_s"]
    return metrics


def _sum(values: Sequence[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return sum(known) if known and len(known) == len(values) else None


def _refusals(facts: JsonObject) -> list[Finding]:
    return [
        Finding(
            rule="pm2/ecosystem-refused",
            state=State.UNKNOWN,
            target=None,
            anchor=refusal["file"],
            message=f"{refusal['file']} {refusal['reason']}",
            hint="what it declares is not known, so nothing it names is missed or started",
            locations=(Location(**refusal["location"]),) if refusal.get("location") else (),
        )
        for refusal in facts["refused"]
    ]
