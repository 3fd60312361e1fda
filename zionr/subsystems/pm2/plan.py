"""Which repair may mend a finding, and why it may not. Pure; whether it runs now is for the engine's gates."""

from __future__ import annotations

from collections.abc import Sequence

from ...instants import limit
from ...model import Candidate, Finding, JsonObject, Observation, State
from .judge import is_cron_target
from .life import is_starting
from .names import name_of
from .settings import Settings

RESTART_TIMEOUT_S = 30.0
START_TIMEOUT_S = 60.0
"""PM2's own client waits up to `listen_timeout` for an app that says when it is ready."""

RESTARTABLE = (
    "pm2/process-errored",
    "pm2/process-dead",
    "pm2/unresponsive",
    "pm2/instances-short",
    "pm2/memory-high",
    "pm2/process-stopped",
    "pm2/process-finished",
)
MENDABLE = ("pm2/process-errored", "pm2/process-dead")
"""What may have befallen an instance that is restarted."""
CONFIG_NAMES = (".json", ".config.js", ".config.cjs", ".config.mjs")
"""File names that `pm2 start` takes for configuration (its Common.isConfigFile); it runs every other as a program."""
REMEDIES = {
    "pm2/restart": "restarts by id what has died, over the daemon's socket",
    "pm2/start": "starts a missing process from its ecosystem file",
}


def candidates(findings: Sequence[Finding], observation: Observation, settings: Settings) -> tuple[Candidate, ...]:
    """One candidate for each finding that a remedy exists for, with the reason where it must not be used."""
    offered = []
    for finding in findings:
        if finding.rule in RESTARTABLE:
            offered.append(_restart(finding, observation, settings))
        elif finding.rule == "pm2/process-missing":
            offered.append(_start(finding, observation.facts, settings))
    return tuple(candidate for candidate in offered if candidate is not None)


def _restart(finding: Finding, observation: Observation, settings: Settings) -> Candidate | None:
    if finding.rule == "pm2/memory-high" and finding.state < State.CRITICAL:
        return None
    name = name_of(str(finding.target))
    rows = [row for row in observation.facts["processes"] if row["name"] == name and not row["module"]]
    chosen = _rows_to_restart(finding, rows)
    ids = [row["id"] for row in chosen]
    return Candidate(
        remedy="pm2/restart",
        findings=(finding.id,),
        targets=finding.covers,
        command="; ".join(f"restartProcessId {identity}" for identity in ids) or "restartProcessId",
        undo="irreversible",
        timeout_s=RESTART_TIMEOUT_S,
        action={"name": name, "rule": finding.rule, "ids": ids},
        needs="a process that died by itself, with a script, outside of zionr's own",
        refusal=_restart_refusal(finding, chosen, observation, settings),
    )


def _rows_to_restart(finding: Finding, rows: Sequence[JsonObject]) -> list[JsonObject]:
    """The instances that the finding is about."""
    if "down" in finding.evidence:
        down = finding.evidence["down"]
        return [row for row in rows if down.get(str(row["id"])) in MENDABLE]
    if finding.rule == "pm2/unresponsive":
        return [row for row in rows if row["status"] == "online"]
    return [row for row in rows if row["id"] == finding.evidence.get("pm_id")]


def _restart_refusal(
    finding: Finding, rows: Sequence[JsonObject], observation: Observation, settings: Settings
) -> str | None:
    if finding.rule == "pm2/process-stopped":
        return finding.message
    if finding.rule == "pm2/process-finished":
        return "it finished by itself; a restart would run it again"
    if is_cron_target(name_of(str(finding.target)), observation.facts, settings):
        return "a restart would run the cron job now"
    if not rows:
        return "no instance died: the missing ones were never started or were stopped by an operator"
    return _row_refusal(rows, observation.facts) or _youth(finding, rows, observation, settings)


def _youth(finding: Finding, rows: Sequence[JsonObject], observation: Observation, settings: Settings) -> str | None:
    """A start takes memory of its own; who restarts it then may do so for ever. The probe's findings allow for it."""
    launch_s = settings.of(name_of(str(finding.target))).launch_s
    if finding.rule == "pm2/memory-high" and is_starting(rows, launch_s, observation.taken_at):
        return f"it started less than {limit(launch_s)} ago and may still be coming up (launch)"
    return None


def _row_refusal(rows: Sequence[JsonObject], facts: JsonObject) -> str | None:
    for row in rows:
        if row.get("script_exists") is False:
            return f"its script is not there: {row['script']}"
        if row["pid"] is not None and row["pid"] in facts["own_pids"]:
            return "zionr itself runs under it"
    return None


def _start(finding: Finding, facts: JsonObject, settings: Settings) -> Candidate:
    name = name_of(str(finding.target))
    declared = facts["declared"].get(name) or {}
    file = declared.get("file")
    return Candidate(
        remedy="pm2/start",
        findings=(finding.id,),
        targets=finding.covers,
        command=f"pm2 start {file or 'ECOSYSTEM'} --only {name}",
        undo=f"pm2 delete {name}",
        timeout_s=START_TIMEOUT_S,
        action={"name": name, "rule": finding.rule, "path": declared.get("path")},
        needs="an ecosystem file of ours that declares it, a daemon that answers, and a pm2 program",
        refusal=_start_refusal(finding, facts, declared, settings),
    )


def _start_refusal(finding: Finding, facts: JsonObject, declared: JsonObject, settings: Settings) -> str | None:
    name = name_of(str(finding.target))
    if facts["daemon"]["status"] != "up":
        return "no daemon answers; pm2 would start an empty one"
    if not declared:
        return "no ecosystem file declares it, so nobody knows how to start it"
    if not declared["trusted"]:
        return f"{declared['file']} is owned or writable by another user, and PM2 would run it as code"
    if not declared["file"].endswith(CONFIG_NAMES):
        return f"pm2 would run {declared['file']} as a program: it wants a name that ends in .config.js or .json"
    if not declared["script_exists"]:
        return f"its script is not there: {declared['script']}"
    if is_cron_target(name, facts, settings):
        return "it is a cron job; to start it would run it now"
    if "," in name or " " in name or name.startswith("-") or name == "all":
        return "pm2 would read its name as an option or as several names"
    return _program_refusal(facts, settings)


def _program_refusal(facts: JsonObject, settings: Settings) -> str | None:
    if facts.get("pm2_program", True):
        return None
    if settings.program is not None:
        return f"{settings.program} is no program that can be run; mend subsystems.pm2.program"
    return "there is no pm2 on PATH; set subsystems.pm2.program"
