"""PM2's older majors: seen, told apart and repaired the same."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from .world import World, applying, is_alive

pytestmark = [pytest.mark.real]


@pytest.fixture(params=[pytest.param(major, marks=pytest.mark.xdist_group(f"major-{major}")) for major in ("5", "6")])
def old(request: pytest.FixtureRequest) -> Iterator[World]:
    """A home for a daemon of that major."""
    world = World(request.param)
    try:
        yield world
        assert world.call("getVersion").startswith(request.param)
    finally:
        world.close()


def test_check_restart_start_and_stopped_told_from_dead(old: World) -> None:
    one_shot = {"script": str(old.top / "alive.js"), "autorestart": False}
    apps = [{"name": name} | one_shot for name in ("well", "halted", "dead")]
    old.start(*apps)
    assert old.pm2("stop", "halted").code == 0
    old.kill("dead")
    for name in ("halted", "dead"):
        old.wait_status(name, "stopped")
    eco = old.ecosystem(*apps, {"name": "missing", "script": str(old.top / "alive.js")})
    project = old.project({"ecosystems": [eco]}, recovery=applying("pm2/restart", "pm2/start"))

    seen = project.check()
    assert seen.code == 2, seen.told
    assert {key: one["state"] for key, one in seen.findings().items()} == {
        "pm2/process-dead:dead": "critical",
        "pm2/process-missing:missing": "critical",
        "pm2/process-stopped:halted": "warning",
    }
    done = project.check("--recover")

    assert done.code == 1, done.told  # an operator stopped one, and that stays a warning
    steps = done.steps()
    for finding in ("pm2/process-dead:dead", "pm2/process-missing:missing"):
        assert (steps[finding]["outcome"], steps[finding]["verified"]) == ("succeeded", True), done.told
    assert steps["pm2/process-stopped:halted"]["outcome"] == "skipped"
    assert (old.status("halted"), old.status("well")) == ("stopped", "online")
    assert all(is_alive(old.pid(name)) for name in ("dead", "missing", "well"))
