"""What zionr repairs, what it proves, and what it leaves alone."""

from __future__ import annotations

import json
import os
import signal
from typing import Any

import pytest

from .world import World, applying, crash_loop, is_alive, wait_for

pytestmark = [pytest.mark.real, pytest.mark.xdist_group("repairs")]

ONE_SHOT = {"autorestart": False}
BOTH = applying("pm2/restart", "pm2/start")


def pm2_list(world: World) -> list[dict[str, Any]]:
    """What tells whether anything was done to a process."""
    keys = ("status", "restart_time", "pm_uptime", "created_at", "unique_id")
    return [{"pid": row["pid"], **{key: row["pm2_env"].get(key) for key in keys}} for row in world.rows()]


def test_restart_and_start_are_proven_together(world: World) -> None:
    """One run: a dead one and an errored one restarted, a missing one started, a crasher told from a repair."""
    world.script("mended.js", "if (!require('fs').existsSync('mended')) process.exit(1); setInterval(() => {}, 1e3);\n")
    (world.top / "mended").unlink(missing_ok=True)
    apps: list[dict[str, Any]] = [
        {"name": "dead", "script": str(world.top / "alive.js")} | ONE_SHOT,
        {"name": "mended", "script": str(world.top / "mended.js"), "cwd": str(world.top)},
        {"name": "crasher", "script": crash_loop(world, "crasher")},
    ]
    world.start(*apps)
    world.kill("dead")
    world.wait_status("dead", "stopped")
    for name in ("mended", "crasher"):
        world.wait_status(name, "errored")
    (world.top / "mended").touch()
    whole = world.ecosystem(*apps, {"name": "missing", "script": str(world.top / "alive.js")})
    project = world.project({"ecosystems": [whole]}, recovery=BOTH | {"steps_per_run": 4})

    done = project.recover()

    assert done.code == 1, done.told
    steps = {finding.partition(":")[2]: step for finding, step in done.steps().items()}
    assert {name: (one["remedy"], one["outcome"], one["verified"]) for name, one in steps.items()} == {
        "dead": ("pm2/restart", "succeeded", True),
        "mended": ("pm2/restart", "succeeded", True),
        "missing": ("pm2/start", "succeeded", True),
        "crasher": ("pm2/restart", "failed", False),
    }
    assert "said to be done; then: " in steps["crasher"]["reason"]
    found = done.findings()
    assert found["pm2/process-missing:missing"]["resolved"] is True
    assert found["pm2/process-errored:crasher"]["resolved"] is False
    assert done.document["state"] == "critical"
    for name in ("dead", "mended", "missing"):
        assert is_alive(world.pid(name))
    assert world.row("missing")["pm2_env"]["PM2_HOME"] == str(world.home)
    # The verified state decides the exit code of a check, too.
    assert project.check().code == 2


def test_crasher_that_is_reported_online_is_failed(world: World) -> None:
    """A process that lives for 1.3 s is online in PM2's eyes again and again, and never repaired."""
    # The first life lasts: it must have outlived its `launch` to count as unresponsive.
    (world.top / "again").unlink(missing_ok=True)
    lives = "if (fs.existsSync('again')) setTimeout(() => process.exit(1), 1300); else fs.writeFileSync('again', '');"
    script = world.script("brief.js", f"const fs = require('fs');\n{lives}\nsetInterval(() => {{}}, 1000);\n")
    world.start({"name": "brief", "script": script, "cwd": str(world.top)})
    world.wait_age("brief")
    probed = {"probe": {"command": ["false"]}, "launch": "1s"}
    project = world.project({"processes": {"brief": probed}}, recovery=applying("pm2/restart"))

    done = project.check("--recover")

    assert done.code == 2, done.told
    step = done.steps()["pm2/unresponsive:brief"]
    assert (step["outcome"], step["verified"]) == ("failed", False)
    assert "does not stay up: pid " in step["reason"], step["reason"]
    assert ", restarts " in step["reason"]


def test_unresponsive_is_restarted_and_asked_again(world: World) -> None:
    world.start({"name": "stuck", "script": str(world.top / "alive.js")})
    before = world.pid("stuck")
    # The probe holds as soon as another process than the first one runs.
    probe = {"command": ["/bin/sh", "-c", f"! kill -0 {before} 2>/dev/null"]}
    world.wait_age("stuck")
    probed = {"probe": probe, "launch": "1s"}
    project = world.project({"processes": {"stuck": probed}}, recovery=applying("pm2/restart"))

    done = project.recover()

    assert done.code == 0, done.told
    assert done.steps()["pm2/unresponsive:stuck"]["verified"] is True
    assert world.restarts("stuck") == 1


def test_left_alone(world: World) -> None:
    """Stopped by an operator, finished, a cron job that failed, one whose script is gone: each with its reason."""
    gone = world.script("gone.js", "setInterval(() => {}, 1000);\n")
    world.start(
        {"name": "halted", "script": str(world.top / "alive.js")},
        {"name": "finished", "script": world.script("finished.sh", "exit 0\n"), "interpreter": "/bin/sh"} | ONE_SHOT,
        {
            "name": "job",
            "script": world.script("job.sh", "exit 4\n"),
            "interpreter": "/bin/sh",
            "cron_restart": "0 4 1 1 *",
        }
        | ONE_SHOT,
        {"name": "gone", "script": gone} | ONE_SHOT,
    )
    assert world.pm2("stop", "halted").code == 0
    os.unlink(gone)
    world.kill("gone")
    for name in ("halted", "finished", "job", "gone"):
        world.wait_status(name, "stopped")
    nightly = {"name": "nightly", "script": str(world.top / "job.sh"), "cron_restart": "0 4 1 1 *"} | ONE_SHOT
    eco = world.ecosystem(nightly)
    before = pm2_list(world)
    rules = {"pm2/process-finished": "critical"}
    project = world.project(
        {
            "processes": {name: {} for name in ("halted", "finished", "job", "gone")},
            "ecosystems": [eco],
            "rules": rules,
        },
        recovery=BOTH | {"steps_per_run": 9, "mass_change": {"count": 99, "fraction": 1}},
    )

    for words in (["recover", "pm2", "--now"], ["check", "pm2", "--recover"]):
        done = project.zionr(*words, "--format", "json")
        assert done.code == (1 if words[0] == "recover" else 2), done.told
        reasons = {finding: step["reason"] for finding, step in done.steps().items()}
        assert {step["outcome"] for step in done.document["steps"]} == {"skipped"}, done.told
        assert "operator stopped it" in reasons["pm2/process-stopped:halted"]
        assert "finished by itself" in reasons["pm2/process-finished:finished"]
        assert "no remedy" in reasons["pm2/cron-failed:job"]
        assert f"its script is not there: {gone}" in reasons["pm2/process-dead:gone"]
        assert "cron job" in reasons["pm2/process-missing:nightly"]
    assert pm2_list(world) == before


def test_errored_cron_process_is_never_started(world: World) -> None:
    """`kind: cron` in the policy is enough, whatever PM2 thinks of it."""
    world.start({"name": "job", "script": crash_loop(world, "job")})
    world.wait_status("job", "errored")
    before = pm2_list(world)
    project = world.project({"processes": {"job": {"kind": "cron"}}}, recovery=BOTH)

    done = project.recover("--now")

    assert done.code == 1, done.told
    assert list(done.findings()) == ["pm2/cron-failed:job"]
    assert pm2_list(world) == before


def test_mass_failure_refuses_all(world: World) -> None:
    names = [f"app-{number}" for number in range(3)]
    world.start(*({"name": name, "script": str(world.top / "alive.js")} | ONE_SHOT for name in names))
    for name in names:
        world.kill(name)
        world.wait_status(name, "stopped")
    before = pm2_list(world)
    project = world.project(recovery=BOTH | {"mass_change": {"count": 3}})

    done = project.check("--recover")

    assert done.code == 2, done.told
    mass = next(one for one in done.document["findings"] if one["rule"] == "pm2/mass-failure")
    assert (mass["state"], sorted(mass["targets"])) == ("critical", names)
    assert {step["outcome"] for step in done.document["steps"]} == {"skipped"}
    assert pm2_list(world) == before


def test_modes_and_plan_touch_nothing(world: World) -> None:
    world.start({"name": "api", "script": str(world.top / "alive.js")} | ONE_SHOT)
    world.kill("api")
    world.wait_status("api", "stopped")
    eco = world.ecosystem({"name": "missing", "script": str(world.top / "alive.js")})
    before = pm2_list(world)
    pm2 = {"ecosystems": [eco], "processes": {"api": {}}}

    def outcomes(recovery: Any, *flags: str, **environ: str) -> set[str]:
        done = world.project(pm2, recovery=recovery).recover(*flags, env=environ)
        assert done.code == 0, done.told
        return {step["outcome"] for step in done.document["steps"]}

    assert outcomes(BOTH, "--plan") == {"planned"}
    assert outcomes(BOTH, "--plan", "--now") == {"planned"}
    assert outcomes({"fail_streak": 1}) == {"planned"}
    assert outcomes({"fail_streak": 1, "mode": "off"}) == {"skipped"}
    assert outcomes(BOTH | {"fail_streak": 3}) == {"skipped"}
    assert outcomes(BOTH, AUTO_HEALING="false") == {"skipped"}
    assert pm2_list(world) == before


def test_budget_used_up_then_rearmed(world: World) -> None:
    world.start({"name": "broken", "script": crash_loop(world, "broken")})
    world.wait_status("broken", "errored")
    project = world.project(recovery=applying("pm2/restart", attempts=2))
    finding = "pm2/process-errored:broken"

    for attempt in (1, 2):
        world.wait_status("broken", "errored")
        tried = project.recover("--now")
        assert tried.code == 1, tried.told
        step = tried.steps()[finding]
        assert (step["outcome"], step["attempt"]) == ("failed", attempt)
    world.wait_status("broken", "errored")
    before = pm2_list(world)
    for _ in range(2):
        given_up = project.recover("--now")
        assert given_up.code == 1, given_up.told
        assert given_up.steps()[finding]["outcome"] == "skipped"
        assert "attempts used up" in given_up.steps()[finding]["reason"]
    assert pm2_list(world) == before
    assert f"zionr incidents rearm {finding}" in project.zionr("recover", "pm2", "--now").out

    (incident,) = project.zionr("incidents", "--format", "json").document["incidents"]
    assert incident["id"] == finding
    assert (incident["attempts"], incident["resolved_at"]) == (2, None)
    assert project.zionr("incidents", "rearm", finding).code == 0
    world.script("broken.js", "setInterval(() => {}, 1000);\n")
    mended = project.recover("--now")
    assert mended.code == 0, mended.told
    assert mended.steps()[finding]["verified"] is True


def test_backoff_and_cooldown_are_waited_for(world: World) -> None:
    world.start({"name": "broken", "script": crash_loop(world, "broken")})
    world.wait_status("broken", "errored")
    project = world.project(recovery=applying("pm2/restart") | {"cooldown": "5m"})
    assert project.recover().code == 1
    world.wait_status("broken", "errored")
    before = pm2_list(world)

    waiting = project.recover()

    assert waiting.code == 0, waiting.told
    step = waiting.steps()["pm2/process-errored:broken"]
    assert step["outcome"] == "skipped"
    shut = {gate["gate"] for gate in step["gates"] if gate["passed"] is False}
    assert shut == {"back-off", "cooldown"}
    assert pm2_list(world) == before


def test_dead_worker_of_a_cluster_is_restarted_alone(world: World) -> None:
    script = world.script("web.js", "require('http').createServer((_, r) => r.end('ok')).listen(0);\n")
    world.start({"name": "web", "script": script, "exec_mode": "cluster", "instances": 2} | ONE_SHOT)
    world.wait_status("web", "online")
    victim, survivor = world.rows("web")
    os.kill(int(victim["pid"]), signal.SIGKILL)
    wait_for(lambda: "stopped" in [row["pm2_env"]["status"] for row in world.rows("web")], "a dead worker")
    project = world.project({"processes": {"web": {"instances": 2}}}, recovery=applying("pm2/restart"))

    done = project.recover()

    assert done.code == 0, done.told
    assert done.steps()["pm2/instances-short:web"]["verified"] is True
    pids = {row["pm_id"]: row["pid"] for row in world.rows("web")}
    assert pids[survivor["pm_id"]] == survivor["pid"], "the one that served was left alone"
    assert pids[victim["pm_id"]] != victim["pid"]
    assert done.document["state"] == "ok"


def test_zionr_under_pm2_never_restarts_itself(world: World) -> None:
    """zionr as a PM2 process whose own row is over its limit: refused, and it lives on to say so."""
    project = world.project(
        {"processes": {"watcher": {"memory": {"critical": "1MB"}}}}, recovery=applying("pm2/restart")
    )
    report = project.top / "said.json"
    words = " ".join(project.command("recover", "pm2", "--format", "json", "--output", str(report)))
    script = world.script("watcher.sh", f"cd {project.top}\nsleep 1\n{words}\nsleep 600\n")
    world.start({"name": "watcher", "script": script, "interpreter": "/bin/sh"})
    pid = world.pid("watcher")
    wait_for(report.exists, "its own report")

    told = json.loads(report.read_text())

    (step,) = told["steps"]
    assert (step["outcome"], step["reason"]) == ("skipped", "zionr itself runs under it")
    assert world.pid("watcher") == pid
