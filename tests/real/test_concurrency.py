"""Two runs at once, and a run that is killed in the middle of a repair."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import time

import pytest

from tests.e2e.project import Project

from .world import World, applying, is_alive, wait_for

pytestmark = [pytest.mark.real, pytest.mark.xdist_group("concurrency")]

RESTART = applying("pm2/restart", attempts=50, backoff={"first": "1s", "factor": 1, "max": "1s"})


def begin(project: Project, *words: str) -> subprocess.Popen[bytes]:
    """Start zionr without waiting for it."""
    return subprocess.Popen(
        project.command(*words),
        env=project.environ,
        cwd=project.top,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )


def starts(world: World, name: str) -> int:
    """How often PM2 started it, by its own log."""
    return world.log().count(f"App [{name}:{world.row(name)['pm_id']}] starting in")


def kill_one_shot(world: World) -> None:
    """Let `api` die once more, with nobody but zionr to start it again."""
    world.kill("api")
    world.wait_status("api", "stopped")


@pytest.mark.parametrize("checkouts", [1, 2])
def test_two_recoveries_at_once_act_once(world: World, checkouts: int) -> None:
    world.start({"name": "api", "script": str(world.top / "alive.js"), "autorestart": False})
    kill_one_shot(world)
    before = starts(world, "api")
    projects = [world.project(recovery=RESTART) for _ in range(checkouts)] * (3 - checkouts)

    runs = [begin(project, "recover", "pm2", "--format", "json") for project in projects]
    ended = [(run.communicate(timeout=60), run.returncode) for run in runs]

    assert starts(world, "api") - before == 1, ended
    assert world.restarts("api") <= 1
    assert [code for _, code in ended] == [0, 0], ended
    reports = [json.loads(out) for (out, _), _ in ended]
    outcomes = sorted(step["outcome"] for report in reports for step in report["steps"])
    # The later one may also have come when nothing was left to do.
    assert outcomes in (["skipped", "succeeded"], ["succeeded"]), ended


def test_two_recoveries_of_one_that_is_online(world: World) -> None:
    """PM2 counts this restart: its count grows by exactly one."""
    world.start({"name": "api", "script": str(world.top / "alive.js")})
    first = world.pid("api")
    probe = {"command": ["/bin/sh", "-c", f"! kill -0 {first} 2>/dev/null"]}
    world.wait_age("api")
    project = world.project({"processes": {"api": {"probe": probe, "launch": "1s"}}}, recovery=RESTART)

    runs = [begin(project, "recover", "pm2", "--format", "json") for _ in range(2)]
    ended = [(run.communicate(timeout=60), run.returncode) for run in runs]

    assert world.restarts("api") == 1, ended
    reports = [json.loads(out) for (out, _), _ in ended]
    acted = [step for report in reports for step in report["steps"] if step["outcome"] == "succeeded"]
    assert [step["verified"] for step in acted] == [True], ended
    # Whoever looks while the other one restarts it may not know its state, and is never sure that it is well.
    for report, (_, code) in zip(reports, ended, strict=True):
        assert code == (1 if report["state"] == "unknown" else 0), ended


def test_held_lease_is_75_where_it_is_asked_for(world: World) -> None:
    world.start({"name": "api", "script": str(world.top / "alive.js"), "autorestart": False})
    kill_one_shot(world)
    project = world.project(recovery=RESTART)
    first = begin(project, "recover", "pm2")
    wait_for(lambda: world.status("api") == "online", "the first run's restart")
    # The fault is gone in PM2's eyes; the next death gives the second run something to ask the lease for.
    kill_one_shot(world)

    second = project.zionr("recover", "pm2", "--now", "--fail-if-held")
    first.communicate(timeout=60)

    assert second.code == 75, second.told
    assert len(second.err.splitlines()) == 1


@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 143), (signal.SIGINT, 130)])
def test_ended_while_it_verifies(world: World, number: signal.Signals, code: int) -> None:
    world.start({"name": "api", "script": str(world.top / "alive.js"), "autorestart": False})
    kill_one_shot(world)
    project = world.project(recovery=RESTART)
    run = begin(project, "recover", "pm2")
    wait_for(lambda: world.status("api") == "online", "the restart")

    run.send_signal(number)
    _, said = run.communicate(timeout=30)

    assert run.returncode == code, said
    assert b"Traceback" not in said
    assert project.reports()[-1]["steps"][0]["outcome"] == "failed"
    # The lock and the lease are free again.
    kill_one_shot(world)
    assert project.recover("--now").code == 0


def test_killed_in_the_middle_of_a_repair(world: World) -> None:
    world.start({"name": "api", "script": str(world.top / "alive.js"), "autorestart": False})
    project = world.project(recovery=RESTART)
    kill_one_shot(world)
    run = begin(project, "recover", "pm2")
    wait_for(lambda: world.status("api") == "online", "the restart")

    run.kill()
    run.communicate(timeout=30)

    (report,) = project.reports()
    (step,) = report["steps"]
    assert (step["outcome"], step["attempt"]) == ("failed", 1)
    assert step["reason"].startswith("interrupted")
    assert project.check().code == 0
    kill_one_shot(world)
    again = project.recover("--now")
    assert again.code == 0, again.told
    assert again.steps()["pm2/process-dead:api"]["attempt"] == 2, "the killed run's attempt counts"


def test_killed_at_any_moment(world: World) -> None:
    """No torn report, no lost one, and the next run always works."""
    world.start({"name": "api", "script": str(world.top / "alive.js"), "autorestart": False})
    project = world.project(recovery=RESTART)
    dice = random.Random(2)
    known: set[str] = set()
    for _ in range(12):
        if world.status("api") == "online":
            kill_one_shot(world)
        run = begin(project, "recover", "pm2", "--now")
        time.sleep(dice.uniform(0.02, 0.6))
        run.kill()
        run.communicate(timeout=30)
        ids = {report["id"] for report in project.reports()}
        assert known <= ids, "an earlier report was lost"
        known = ids
    if world.status("api") == "online":
        kill_one_shot(world)

    done = project.recover("--now")

    assert done.code == 0, done.told
    assert is_alive(world.pid("api"))
    tried = [report for report in project.reports() if any(step["outcome"] == "failed" for step in report["steps"])]
    assert done.steps()["pm2/process-dead:api"]["attempt"] == len(tried) + 1
    assert not [path for path in os.listdir(world.home) if "tmp" in path]
