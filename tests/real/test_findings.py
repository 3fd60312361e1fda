"""Each rule about a process, against the real thing."""

from __future__ import annotations

import json
import os
import signal
import sys
import time
from functools import partial
from typing import Any

import pytest

from tests.e2e.project import Run

from .world import World, crash_loop, wait_for

pytestmark = [pytest.mark.real, pytest.mark.xdist_group("findings")]

ONE_SHOT = {"autorestart": False}


def check(world: World, **processes: Any) -> Run:
    """One check of a policy with these processes."""
    return world.project({"processes": processes}).check()


def restarted(world: World, name: str, times: int) -> bool:
    """Whether PM2 has it online again after so many restarts."""
    return world.restarts(name) == times and world.status(name) == "online"


def test_healthy_in_node_python_and_sh(world: World) -> None:
    world.start(
        {"name": "js", "script": str(world.top / "alive.js")},
        {"name": "py", "script": str(world.top / "alive.py"), "interpreter": sys.executable},
        {"name": "sh", "script": str(world.top / "alive.sh"), "interpreter": "/bin/sh"},
    )

    done = check(world, js={}, py={}, sh={})

    assert (done.code, done.document["findings"]) == (0, []), done.told
    targets = done.targets()
    assert {name: one["state"] for name, one in targets.items()} == dict.fromkeys(["daemon", "js", "py", "sh"], "ok")
    assert targets["py"]["metrics"]["memory_bytes"] > 1 << 20
    assert targets["sh"]["metrics"]["instances_online"] == 1


def test_missing_and_unexpected(world: World) -> None:
    world.start({"name": "stray", "script": str(world.top / "alive.js")})

    done = check(world, api={})

    assert done.code == 2, done.told
    found = done.findings()
    assert found["pm2/process-missing:api"]["state"] == "critical"
    assert found["pm2/process-unexpected:stray"]["state"] == "ok"
    assert done.targets()["stray"]["state"] == "ok"


def test_errored(world: World) -> None:
    script = world.script("broken.js", "console.error('no database'); process.exit(3);\n")
    world.start({"name": "broken", "script": script})
    world.wait_status("broken", "errored")

    done = check(world, broken={})

    assert done.code == 2, done.told
    found = done.findings()["pm2/process-errored:broken"]
    assert found["evidence"]["last_error"] == "no database"
    assert found["evidence"]["exit_code"] == 3


def test_ways_to_be_down(world: World) -> None:
    scripts = {"killed": "js", "termed": "py", "finished": "0", "failed": "3", "halted": "js"}
    for code in ("0", "3"):
        world.script(f"exit-{code}.sh", f"sleep 0.2; exit {code}\n")
    apps = []
    for name, kind in scripts.items():
        script, interpreter = {"js": ("alive.js", "node"), "py": ("alive.py", sys.executable)}.get(
            kind, (f"exit-{kind}.sh", "/bin/sh")
        )
        apps.append({"name": name, "script": str(world.top / script), "interpreter": interpreter} | ONE_SHOT)
    world.start(*apps)
    world.kill("killed", signal.SIGKILL)
    world.kill("termed", signal.SIGTERM)
    assert world.pm2("stop", "halted").code == 0
    for name in scripts:
        world.wait_status(name, "stopped")

    done = check(world, **{name: {} for name in scripts})

    assert done.code == 2, done.told
    states = {key: one["state"] for key, one in done.findings().items() if "mass" not in key}
    assert states == {
        "pm2/process-dead:killed": "critical",
        "pm2/process-dead:termed": "critical",
        "pm2/process-dead:failed": "critical",
        "pm2/process-stopped:halted": "warning",
        "pm2/process-finished:finished": "ok",
    }
    ends = {name: done.findings()[f"pm2/process-dead:{name}"]["evidence"]["ended_by"] for name in ("killed", "termed")}
    assert ends == {"killed": "SIGKILL", "termed": "SIGTERM"}
    assert done.findings()["pm2/process-dead:failed"]["evidence"]["ended_by"] == "exit code 3"


def test_stopped_where_the_log_was_flushed(world: World) -> None:
    world.start({"name": "api", "script": str(world.top / "alive.js")} | ONE_SHOT)
    world.kill("api")
    world.wait_status("api", "stopped")
    (world.home / "pm2.log").write_text("")

    done = check(world, api={})

    assert done.code == 1, done.told
    assert list(done.findings()) == ["pm2/process-stopped:api"]


def test_desired_stopped_and_any(world: World) -> None:
    world.start(*({"name": name, "script": str(world.top / "alive.js")} for name in ("off", "free", "on")))
    assert world.pm2("stop", "off", "free").code == 0

    done = check(world, off={"desired": "stopped"}, free={"desired": "any"}, on={"desired": "stopped"})

    assert done.code == 0, done.told
    assert {key: one["state"] for key, one in done.findings().items()} == {"pm2/process-unexpected:on": "ok"}


def test_cluster_with_a_dead_worker(world: World) -> None:
    script = world.script("web.js", "require('http').createServer((_, r) => r.end('ok')).listen(0);\n")
    world.start({"name": "web", "script": script, "exec_mode": "cluster", "instances": 2} | ONE_SHOT)
    world.wait_status("web", "online")
    victim = world.rows("web")[0]
    os.kill(int(victim["pid"]), signal.SIGKILL)
    wait_for(lambda: sorted(r["pm2_env"]["status"] for r in world.rows("web")) == ["online", "stopped"], "one left")

    done = check(world, web={"instances": 2})

    assert done.code == 1, done.told
    (found,) = done.findings().values()
    assert (found["id"], found["state"]) == ("pm2/instances-short:web", "warning")
    assert (found["expected"], found["actual"]) == (2, 1)
    assert done.targets()["web"]["score"] == 50


def test_restart_loop_from_several_checks(world: World) -> None:
    world.start(
        {"name": "loop", "script": str(world.top / "alive.js")}, {"name": "calm", "script": str(world.top / "alive.js")}
    )
    limit = {"restarts": {"max": 2, "within": "1h"}}
    project = world.project({"processes": {"loop": limit, "calm": limit}})
    assert project.check().code == 0
    for count in (1, 2, 3):
        world.kill("loop")
        wait_for(partial(restarted, world, "loop", count), "a restart")
        done = project.check()
        assert done.code == (0 if count < 3 else 2), done.told

    (found,) = done.findings().values()
    assert (found["id"], found["expected"], found["actual"]) == ("pm2/restart-loop:loop", 2, 3)
    # A lifetime's count alone is no loop: a new project has no past to compare.
    assert check(world, loop=limit).code == 0
    # A count that fell was reset: what it holds now came after.
    world.call("resetMetaProcessId", world.row("loop")["pm_id"])
    assert project.check().findings()["pm2/restart-loop:loop"]["actual"] == 3


def test_waiting_restart(world: World) -> None:
    world.start({"name": "late", "script": crash_loop(world, "late"), "restart_delay": 60_000})
    world.wait_status("late", "waiting restart")

    done = check(world, late={})

    assert done.code == 1, done.told
    assert list(done.findings()) == ["pm2/waiting-restart:late"]


def test_launching(world: World) -> None:
    app = {"name": "slow", "script": str(world.top / "alive.js"), "wait_ready": True, "listen_timeout": 60_000}
    world.begin("start", world.ecosystem(app))
    wait_for(lambda: bool(world.rows("slow")), "slow in the list")
    world.wait_status("slow", "launching")

    patient = check(world, slow={"launch": "30s"})
    assert (patient.code, patient.document["findings"]) == (0, []), patient.told
    started = world.row("slow")["pm2_env"]["pm_uptime"] / 1000
    wait_for(lambda: time.time() - started > 1.2, "a launch of more than a second")
    impatient = check(world, slow={"launch": "1s"})
    assert impatient.code == 1, impatient.told
    assert impatient.findings()["pm2/launching:slow"]["state"] == "warning"


def test_memory_and_processor_time(world: World) -> None:
    hog = "const held = Buffer.alloc(90 << 20, 1); setInterval(() => held.length, 1000);\n"
    world.start(
        {"name": "hog", "script": world.script("hog.js", hog)},
        {"name": "busy", "script": world.script("busy.sh", "while :; do :; done\n"), "interpreter": "/bin/sh"},
    )
    wait_for(lambda: world.row("hog")["monit"]["memory"] > 90 << 20, "the memory of hog")
    wait_for(lambda: world.row("busy")["monit"]["cpu"] > 30, "the load of busy")

    low = {"warning": "50MB", "critical": "1GB"}
    done = check(world, hog={"memory": low}, busy={"cpu": {"warning": 1, "critical": 10}})

    assert done.code == 2, done.told
    found = done.findings()
    assert found["pm2/memory-high:hog"]["state"] == "warning"
    assert found["pm2/memory-high:hog"]["actual"] > 90 << 20
    assert found["pm2/cpu-high:busy"]["state"] == "critical"
    assert check(world, hog={"memory": {"critical": "60MB"}}).findings()["pm2/memory-high:hog"]["state"] == "critical"


def test_unresponsive(world: World) -> None:
    server = """
    const http = require("http");
    const answers = [(q, r) => r.end("ok"), (q, r) => { r.statusCode = 500; r.end("no"); }, () => {}];
    Promise.all(answers.map((answer) => new Promise((done) => {
      const one = http.createServer(answer).listen(0, "127.0.0.1", () => done(one.address().port));
    }))).then((ports) => require("fs").writeFileSync(process.env.PORTS, JSON.stringify(ports)));
    """
    ports_file = world.top / "ports.json"
    ports_file.unlink(missing_ok=True)
    world.start({"name": "web", "script": world.script("server.js", server), "env": {"PORTS": str(ports_file)}})
    wait_for(lambda: ports_file.exists() and ports_file.read_text().endswith("]"), "the ports")
    world.wait_age("web")
    good, error, silent = json.loads(ports_file.read_text())

    def told(probe: dict[str, Any]) -> str | None:
        done = check(world, web={"probe": probe, "launch": "1s"})
        found = done.findings().get("pm2/unresponsive:web")
        assert done.code == (2 if found else 0), done.told
        return None if found is None else str(found["message"])

    assert told({"url": f"http://127.0.0.1:{good}/"}) is None
    assert "answered 500, wanted 200" in str(told({"url": f"http://127.0.0.1:{error}/"}))
    assert told({"url": f"http://127.0.0.1:{error}/", "status": [500]}) is None
    assert "probe failed" in str(told({"url": f"http://127.0.0.1:{silent}/", "within": "300ms"}))
    assert told({"tcp": f"127.0.0.1:{good}"}) is None
    assert "takes no connection" in str(told({"tcp": "127.0.0.1:1"}))
    assert told({"command": ["true"]}) is None
    assert "ended with code 1" in str(told({"command": ["false"]}))
    assert "did not end within" in str(told({"command": ["sleep", "30"], "within": "200ms"}))
    assert "cannot be run" in str(told({"command": ["no-such-program"]}))

    starting = check(world, web={"probe": {"command": ["false"]}, "launch": "10m"})
    assert starting.code == 1, starting.told
    message = str(starting.findings()["pm2/launching:web"]["message"])
    assert message.endswith("its probe does not answer yet: ended with code 1")


def test_cron_between_runs_and_after_a_bad_one(world: World) -> None:
    job = {"cron_restart": "0 4 1 1 *", "interpreter": "/bin/sh"} | ONE_SHOT
    world.start(
        {"name": "good", "script": world.script("good.sh", "exit 0\n")} | job,
        {"name": "bad", "script": world.script("bad.sh", "exit 4\n")} | job,
    )
    for name in ("good", "bad"):
        world.wait_status(name, "stopped")

    healthy = check(world, good={}, bad={"desired": "any"})
    assert (healthy.code, healthy.document["findings"]) == (0, []), healthy.told
    assert healthy.targets()["good"] | {"metrics": {}} == {
        "kind": "cron", "metrics": {}, "name": "good", "required": True, "score": 100.0, "state": "ok", "weight": 1.0,
    }  # fmt: skip
    done = check(world, good={}, bad={})
    assert done.code == 2, done.told
    assert list(done.findings()) == ["pm2/cron-failed:bad"]
    overdue = {"good": {"max_age": "1s"}, "bad": {"desired": "any"}}
    wait_for(lambda: list(check(world, **overdue).findings()) == ["pm2/cron-stale:good"], "a stale job", 5)
