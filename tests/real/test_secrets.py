"""Canaries in every environment there is, and where they must never turn up again."""

from __future__ import annotations

import base64
import json
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from tests.e2e.project import Project, Run

from .world import World, applying, environ_of, wait_for

pytestmark = [pytest.mark.real, pytest.mark.xdist_group("secrets")]

OF_ZIONR = {
    "GITHUB_TOKEN": "ghp_canaryOfZionr0123456789abcdefABCDEF0",
    "NETLIFY_AUTH_TOKEN": "canary-netlify-Xy7&q=1/+%",
    "ZIONR_DATABASE_URL": "postgres://u:canary-database-pw@db/x",
    "PM2_SECRET_KEY": "canary-pm2-secret-key",
    "PM2_SOME_TOKEN": "canary-pm2-some-token",
    "SOMETHING_OF_MINE": "canary-arbitrary-value",
    "OTHER_PASSWORD": 'canary"with\\quotes',
}
OF_PROCESS = {
    "DB_PASSWORD": "canary-of-process-password",
    "ORDINARY": "canary-of-process-ordinary",
    "API_KEY": "canary-of-process-key",
}


def forms(secret: str) -> list[bytes]:
    """How a value may look in a file: plain, as JSON, in a URL, in base64."""
    plain = secret.encode()
    return [plain, json.dumps(secret)[1:-1].encode(), quote(secret, safe="").encode(), base64.b64encode(plain)]


def written(project: Project, runs: list[Run]) -> dict[str, bytes]:
    """Every byte that zionr printed or wrote: its state, its temporary files, whatever else is in the project."""
    files = {str(path): path.read_bytes() for path in project.top.rglob("*") if path.is_file()}
    streams = {f"run {number}": (run.out + run.err).encode() for number, run in enumerate(runs)}
    return files | streams


def require_absent(secrets: dict[str, str], places: dict[str, bytes]) -> None:
    """No form of any secret in any place."""
    for name, secret in secrets.items():
        for place, content in places.items():
            assert not [form for form in forms(secret) if form in content], f"{name} in {place}"


def test_canaries(world: World) -> None:
    leaky = "console.error('cannot log in with ' + process.env.DB_PASSWORD); process.exit(1);\n"
    env = {"env": OF_PROCESS}
    apps: list[dict[str, Any]] = [
        {"name": "dead", "script": str(world.top / "alive.js"), "autorestart": False} | env,
        {"name": "leaky", "script": world.script("leaky.js", leaky)} | env,
    ]
    world.start(*apps)
    world.kill("dead")
    world.wait_status("dead", "stopped")
    world.wait_status("leaky", "errored")
    missing = {"name": "missing", "script": str(world.top / "alive.js")}
    eco = world.ecosystem(*apps, missing)
    project = world.project({"ecosystems": [eco]}, recovery=applying("pm2/restart", "pm2/start"))

    runs = [
        project.zionr("check", "pm2", *flags, env=OF_ZIONR)
        for flags in (
            ["--format", "json", "--record", "observed.json"],
            ["--format", "table", "-v"],
            ["--format", "nagios"],
            ["--format", "github"],
        )
    ]
    assert "cannot log in with" in runs[1].out, runs[1].told
    recovered = project.recover("--now", env=OF_ZIONR | {"GITHUB_STEP_SUMMARY": "summary", "GITHUB_OUTPUT": "output"})
    outcomes = {finding: step["outcome"] for finding, step in recovered.steps().items()}
    assert outcomes == {
        "pm2/process-dead:dead": "succeeded",
        "pm2/process-errored:leaky": "failed",
        "pm2/process-missing:missing": "succeeded",
    }
    runs += [
        recovered,
        *(
            project.zionr(*words, env=OF_ZIONR)
            for words in (
                ["report", "list"],
                ["report", "show", "--format", "json"],
                ["incidents"],
                ["health"],
                ["doctor"],
                ["policy", "explain"],
                ["check", "pm2", "--replay", "observed.json"],
            )
        ),
    ]

    require_absent(OF_ZIONR | OF_PROCESS, written(project, runs))
    require_absent(OF_ZIONR | OF_PROCESS, {"lock": (world.home / "zionr.lock").read_bytes()})

    assert world.pm2("save").code == 0
    dump = (world.home / "dump.pm2").read_bytes()
    assert OF_PROCESS["ORDINARY"].encode() in dump, "PM2 writes what a process was given"
    pids = {name: world.pid(name) for name in ("dead", "missing")}
    for pid in pids.values():
        wait_for(partial(environ_of, pid), "the process's own environment")
    places = {"dump": dump} | {name: environ_of(pid) for name, pid in pids.items()}
    assert OF_PROCESS["ORDINARY"].encode() in places["dead"], "its own environment is as it was"
    require_absent(OF_ZIONR, places)
    require_absent(OF_ZIONR, logs_of(world.home))


def logs_of(home: Path) -> dict[str, bytes]:
    """PM2's own files."""
    return {str(path): path.read_bytes() for path in home.rglob("*") if path.is_file()}


def test_javascript_ecosystem_sees_no_environment(world: World) -> None:
    """The file that zionr evaluates cannot copy a secret into a name that zionr then reports."""
    leak = """
    const found = JSON.stringify(process.env);
    require("fs").writeFileSync(__dirname + "/seen.json", found);
    module.exports = { apps: [{ name: "env:" + found.slice(0, 200), script: "alive.js" }] };
    """
    project = world.project({"ecosystems": ["eco.config.js"]}, recovery=applying("pm2/start"))
    project.write("eco.config.js", leak)

    done = project.check(env=OF_ZIONR)

    assert done.code == 2, done.told
    require_absent(OF_ZIONR, written(project, [done]))


@pytest.mark.parametrize("shape", ["cut by the end that is read", "over several lines"])
def test_last_error_never_holds_a_piece_of_a_secret(world: World, shape: str) -> None:
    key = "\n".join(["-----BEGIN KEY-----", *[f"canaryLine{number:02}{'k' * 40}" for number in range(20)]])
    secret = key if "lines" in shape else "canary-" + "0123456789" * 4
    behind = "" if "lines" in shape else "y" * (4096 - len(secret))
    script = f"process.stderr.write(process.env.PW + '{behind}\\n', () => process.exit(1));\n"
    world.start({"name": "leaky", "script": world.script("leaky.js", script), "env": {"PW": secret}})
    world.wait_status("leaky", "errored")

    done = world.project().check()

    assert done.code == 2, done.told
    assert "pm2/process-errored:leaky" in done.findings()
    pieces = {f"piece {start}": secret[start : start + 10] for start in range(0, len(secret) - 10, 5)}
    for name, piece in pieces.items():
        assert piece not in done.out or piece in "k" * 10, name
