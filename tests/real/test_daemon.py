"""No answer, in its several ways, and that zionr never starts a daemon to get one."""

from __future__ import annotations

import os
import signal

import pytest

from .world import World, applying, gods_of, processes_of, wait_for

pytestmark = [pytest.mark.real, pytest.mark.xdist_group("daemon")]


def test_daemon_never_started(fresh: World) -> None:
    project = fresh.project({"processes": {"api": {}}})

    done = project.check()

    assert done.code == 2, done.told
    found = done.findings()
    assert found["pm2/daemon-down:daemon"]["evidence"]["reason"] == "missing"
    assert found["pm2/process-missing:api"]["caused_by"] == "pm2/daemon-down:daemon"
    assert os.listdir(fresh.home) == [], "a look leaves no trace in the PM2 home"


def test_no_daemon_nothing_is_started(fresh: World) -> None:
    eco = fresh.ecosystem({"name": "api", "script": str(fresh.top / "alive.js")})
    project = fresh.project({"ecosystems": [eco]}, recovery=applying("pm2/start", "pm2/restart"))

    done = project.recover("--now")

    assert done.code == 1, done.told
    step = done.steps()["pm2/process-missing:api"]
    assert step["outcome"] == "skipped"
    assert processes_of(fresh.home) == []
    assert not (fresh.home / "rpc.sock").exists()


def test_daemon_killed_and_its_socket_left(fresh: World) -> None:
    fresh.start({"name": "api", "script": str(fresh.top / "alive.js")})
    god = fresh.god()
    os.kill(god, signal.SIGKILL)
    wait_for(lambda: not gods_of(fresh.home), "the end of the daemon")
    assert (fresh.home / "rpc.sock").exists()
    project = fresh.project({"processes": {"api": {}}}, recovery=applying("pm2/start", "pm2/restart"))

    done = project.check("--recover")

    assert done.code == 2, done.told
    found = done.findings()["pm2/daemon-down:daemon"]
    assert (found["state"], found["evidence"]["reason"]) == ("critical", "refused")
    assert {step["outcome"] for step in done.document["steps"]} == {"skipped"}
    assert gods_of(fresh.home) == []


def test_daemon_hangs_and_comes_back(world: World) -> None:
    world.start({"name": "api", "script": str(world.top / "alive.js")})
    project = world.project({"processes": {"api": {}}, "timeout": "500ms"}, recovery=applying("pm2/restart"))
    god = world.god()

    os.kill(god, signal.SIGSTOP)
    try:
        hung = project.check("--recover")
    finally:
        os.kill(god, signal.SIGCONT)

    assert hung.code == 2, hung.told
    assert list(hung.findings()) == ["pm2/daemon-hung:daemon"]
    assert hung.targets()["api"]["state"] == "unknown"
    assert hung.document["health"]["coverage"] < 1
    wait_for(lambda: project.check().code == 0, "a good check after SIGCONT")
    assert world.restarts("api") == 0


def test_socket_of_another_user(world: World) -> None:
    project = world.project()
    path = world.home / "rpc.sock"
    is_root = os.geteuid() == 0

    # Root alone can give a socket away; for others a folder that they may not enter says the same.
    if is_root:
        os.chown(path, 65534, 65534)
    else:
        world.home.chmod(0)
    try:
        done = project.check()
    finally:
        if is_root:
            os.chown(path, os.geteuid(), os.getegid())
        else:
            world.home.chmod(0o755)

    assert done.code == 3, done.told
    assert done.findings()["pm2/daemon-foreign:daemon"]["state"] == "unknown"
