"""The main job, end to end: a killed process is found, repaired and proven by one command."""

from __future__ import annotations

import json

import pytest

from .world import World, is_alive

pytestmark = [pytest.mark.real, pytest.mark.xdist_group("done-when")]


def test_killed_process_is_repaired_by_one_check(world: World) -> None:
    world.start({"name": "api", "script": world.script("api.js", "setInterval(() => {}, 1e3)"), "autorestart": False})
    killed = world.kill("api")
    world.wait_status("api", "stopped")
    project = world.project(recovery={"remedies": {"pm2/restart": "apply"}, "fail_streak": 1})

    done = project.check("--recover")

    assert done.code == 0, done.told
    report = done.document
    assert (report["kind"], report["state"], report["health"]["score"]) == ("recover", "ok", 100.0)
    found = done.findings()["pm2/process-dead:api"]
    assert (found["state"], found["resolved"]) == ("critical", True)
    assert "SIGKILL" in found["message"]
    (step,) = report["steps"]
    assert (step["remedy"], step["outcome"], step["verified"]) == ("pm2/restart", "succeeded", True)
    assert step["attempt"] == 1
    assert all(gate["passed"] for gate in step["gates"])
    assert world.status("api") == "online"
    assert world.pid("api") != killed
    assert is_alive(world.pid("api"))
    (path,) = project.report_files()
    assert json.loads(path.read_bytes()) == report

    again = project.check()
    assert (again.code, again.document["findings"]) == (0, [])
