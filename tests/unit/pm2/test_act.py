from __future__ import annotations

import os
import socket
from pathlib import Path
from typing import Any

import pytest

from tests.support import context, settings
from tests.unit.pm2.daemon import FakeDaemon, raw_row
from zionr.model import Candidate, JsonObject, Outcome
from zionr.ports.lock import HeldLock, try_lock
from zionr.redaction import Redactor
from zionr.subsystems.pm2.act import perform

CANARY = "canary-5f3c9a-value"
GONE = "the fault was gone at the last look, just before the step"
KILLED = (
    "2026-11-24T02:43:00: PM2 log: App [api:0] starting in -fork mode-\n"
    "2026-11-24T02:43:09: PM2 log: App [api:0] exited with code [0] via signal [SIGKILL]\n"
)
STOPPED = KILLED + (
    "2026-11-24T02:44:00: PM2 log: App [api:0] starting in -fork mode-\n"
    "2026-11-24T02:45:00: PM2 log: Stopping app:api id:0\n"
)


def _candidate(remedy: str = "pm2/restart", timeout_s: float = 10.0, **action: Any) -> Candidate:
    whole: JsonObject = {"name": "api", "rule": "pm2/process-dead", "ids": [0], **action}
    return Candidate(remedy, (f"{whole['rule']}:api",), ("api",), "", "irreversible", timeout_s, whole)


def _perform(home: Path, due: Candidate, environ: dict[str, str] | None = None, **rules: Any) -> Outcome:
    return perform(due, settings(home=str(home), **rules), context(str(home), environ))


def _restarts(daemon: FakeDaemon) -> list[int]:
    return [argument["id"] for method, argument in daemon.calls if method == "restartProcessId"]


def test_a_dead_process_is_restarted_by_id_after_a_fresh_look(tmp_path: Path) -> None:
    (tmp_path / "pm2.log").write_text(KILLED)
    with FakeDaemon(str(tmp_path), raw_row(status="stopped"), raw_row("b", 1)) as daemon:
        done = _perform(tmp_path, _candidate())
    assert done == Outcome("succeeded", None, {"before": [{"id": 0, "pid": None, "restarts": 0}]})
    assert daemon.calls == [("getMonitorData", {}), ("restartProcessId", {"id": 0})]


def test_several_are_restarted_one_after_the_other(tmp_path: Path) -> None:
    rows = [raw_row(identity=identity, status="errored") for identity in (0, 1, 2)]
    with FakeDaemon(str(tmp_path), *rows) as daemon:
        daemon.rows[1]["pm2_env"]["status"] = "stopped"
        done = _perform(tmp_path, _candidate(rule="pm2/process-errored", ids=[0, 1, 2]))
    assert (done.outcome, _restarts(daemon)) == ("succeeded", [0, 2])


def test_all_restarts_together_have_one_limit(tmp_path: Path) -> None:
    around = context(str(tmp_path))
    rows = [raw_row(identity=identity, status="errored") for identity in (0, 1, 2)]
    with FakeDaemon(str(tmp_path), *rows) as daemon:
        daemon.on_call = lambda: around.clock.sleep(6.0)
        due = _candidate(rule="pm2/process-errored", ids=[0, 1, 2])
        done = perform(due, settings(home=str(tmp_path)), around)
    assert (done.outcome, done.reason) == ("failed", "only 2 of 3 instances were restarted within 10 s")
    assert _restarts(daemon) == [0, 1]


@pytest.mark.parametrize(
    ("row", "rule", "log"),
    [
        (raw_row(), "pm2/process-dead", KILLED),
        (raw_row(status="launching"), "pm2/process-errored", KILLED),
        (raw_row(status="stopped"), "pm2/process-dead", STOPPED),
        (raw_row(status="stopped"), "pm2/process-dead", ""),
        (raw_row(status="stopped"), "pm2/process-dead", KILLED.replace("SIGKILL", "SIGINT")),
        (raw_row(), "pm2/unresponsive", KILLED),
        (raw_row("another", status="errored"), "pm2/process-errored", KILLED),
    ],
)
def test_a_fault_that_is_gone_is_left_alone(tmp_path: Path, row: JsonObject, rule: str, log: str) -> None:
    (tmp_path / "pm2.log").write_text(log)
    with FakeDaemon(str(tmp_path), row) as daemon:
        assert _perform(tmp_path, _candidate(rule=rule)) == Outcome("skipped", GONE)
    assert _restarts(daemon) == []


def test_what_does_not_answer_is_restarted_though_it_is_online(tmp_path: Path) -> None:
    mute: dict[str, Any] = {"processes": {"api": {"probe": {"command": ["/bin/false"], "within": 5.0}}}}
    with FakeDaemon(str(tmp_path), {**raw_row(), "pid": 1}) as daemon:
        assert _perform(tmp_path, _candidate(rule="pm2/unresponsive"), **mute).outcome == "succeeded"
    assert _restarts(daemon) == [0]


def test_what_lives_is_not_ended_where_its_script_is_gone(tmp_path: Path) -> None:
    mute: dict[str, Any] = {"processes": {"api": {"probe": {"command": ["/bin/false"], "within": 5.0}}}}
    gone = {**raw_row(pm_exec_path=str(tmp_path / "gone.js")), "pid": 1}
    with FakeDaemon(str(tmp_path), gone) as daemon:
        done = _perform(tmp_path, _candidate(rule="pm2/unresponsive"), **mute)
    assert (done.reason, done.gate) == (f"its script is not there: {tmp_path}/gone.js", "precondition")
    assert _restarts(daemon) == []


def test_what_pm2_refuses_has_failed(tmp_path: Path) -> None:
    with FakeDaemon(str(tmp_path), raw_row(status="errored")) as daemon:
        daemon.refusal = "Process with pid 7 already exists"
        done = _perform(tmp_path, _candidate(rule="pm2/process-errored"))
    assert (done.outcome, done.reason) == ("failed", "PM2 said: Process with pid 7 already exists")
    assert done.evidence["before"][0]["id"] == 0


def test_secrets_are_taken_out_of_what_pm2_refuses_before_it_is_cut(tmp_path: Path) -> None:
    around = context(str(tmp_path))._replace(redact=Redactor([CANARY]))
    with FakeDaemon(str(tmp_path), raw_row(status="errored")) as daemon:
        daemon.refusal = "x" * 290 + CANARY
        done = perform(_candidate(rule="pm2/process-errored"), settings(home=str(tmp_path)), around)
    assert done.outcome == "failed"
    assert CANARY[:4] not in str(done.reason)


def test_no_daemon_nothing_done(tmp_path: Path) -> None:
    done = _perform(tmp_path, _candidate())
    assert done == Outcome("skipped", "the daemon did not answer the last look: there is no socket", gate="daemon")


def test_the_lock_of_the_home_keeps_others_out(tmp_path: Path) -> None:
    held = try_lock(str(tmp_path / "zionr.lock"), {})
    assert isinstance(held, HeldLock)
    with FakeDaemon(str(tmp_path), raw_row(status="errored")) as daemon, held:
        assert _perform(tmp_path, _candidate()).reason == "another zionr acts on this PM2 home just now"
    assert daemon.calls == []


def test_it_acts_under_the_lock(tmp_path: Path) -> None:
    seen: list[bool] = []
    with FakeDaemon(str(tmp_path), raw_row(status="errored")) as daemon:
        daemon.on_call = lambda: seen.append(not isinstance(try_lock(str(tmp_path / "zionr.lock"), {}), HeldLock))
        _perform(tmp_path, _candidate(rule="pm2/process-errored"))
    assert seen == [True, True]
    assert isinstance(try_lock(str(tmp_path / "zionr.lock"), {}), HeldLock)


def test_a_lock_that_cannot_be_taken_is_no_crash(tmp_path: Path) -> None:
    os.symlink("/dev/null", tmp_path / "zionr.lock")
    done = _perform(tmp_path, _candidate())
    assert done.outcome == "skipped"
    assert "is a symlink" in (done.reason or "")


def _program(home: Path, text: str) -> str:
    """A pm2 that only this test knows: it writes down what it is given."""
    path = home / "bin" / "pm2"
    path.parent.mkdir()
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)
    return str(path)


def _declared(home: Path) -> list[str]:
    (home / "api.js").write_text("")
    (home / "ecosystem.config.json").write_text('{"apps": [{"name": "api", "script": "api.js"}]}')
    return ["ecosystem.config.json"]


def _due_start(timeout_s: float = 10.0) -> Candidate:
    return _candidate("pm2/start", timeout_s, rule="pm2/process-missing")


def _start(home: Path, text: str, environ: dict[str, str] | None = None, **rules: Any) -> Outcome:
    asked = {"program": _program(home, text), "ecosystems": _declared(home), **rules}
    with FakeDaemon(str(home), raw_row("other", 5)):
        return _perform(home, _due_start(), environ or {}, **asked)


def test_a_missing_process_is_started_by_the_program(tmp_path: Path) -> None:
    done = _start(tmp_path, f'printf "%s\\n" "$@" > {tmp_path}/arguments; pwd > {tmp_path}/folder')
    assert done == Outcome("succeeded")
    assert (tmp_path / "arguments").read_text().split() == [
        "start",
        str(tmp_path / "ecosystem.config.json"),
        "--only",
        "api",
    ]
    assert (tmp_path / "folder").read_text().strip() == str(tmp_path)


def test_it_starts_in_the_folder_of_the_file_with_a_program_from_the_top(tmp_path: Path) -> None:
    apps = tmp_path / "deploy" / "apps"
    apps.mkdir(parents=True)
    _declared(apps)
    (tmp_path / "api.js").write_text("another program of the same name")
    program = os.path.relpath(_program(tmp_path, f"pwd > {tmp_path}/folder; echo $PATH > {tmp_path}/path"), tmp_path)
    with FakeDaemon(str(tmp_path)):
        under = {"program": program, "node": "~/node/bin/node", "ecosystems": ["deploy/apps/ecosystem.config.json"]}
        done = _perform(tmp_path, _due_start(), {"HOME": "/home/deploy", "PATH": "/usr/bin:/bin"}, **under)
    assert done == Outcome("succeeded")
    assert (tmp_path / "folder").read_text().strip() == str(apps)
    assert (tmp_path / "path").read_text().strip() == "/home/deploy/node/bin:/usr/bin:/bin"


def test_the_program_is_given_an_allow_listed_environment(tmp_path: Path) -> None:
    environ = {
        "PATH": "/usr/bin:/bin",
        "HOME": "/home/deploy",
        "LANG": "C.UTF-8",
        "PM2_SILENT": "true",
        "PM2_HOME": "/elsewhere",
        "PM2_SECRET_KEY": CANARY,
        "GITHUB_TOKEN": CANARY,
        "LD_PRELOAD": "",
        "ZIONR_DATABASE_URL": f"postgres://u:{CANARY}@db",
    }
    _start(tmp_path, f"env > {tmp_path}/environment", environ, node="/opt/node/bin/node")
    given = dict(line.split("=", 1) for line in (tmp_path / "environment").read_text().splitlines())
    shells_own = {"PWD", "OLDPWD", "SHLVL", "_"}
    assert set(given) - shells_own == {"PATH", "HOME", "LANG", "PM2_SILENT", "PM2_HOME"}
    assert given["PM2_HOME"] == str(tmp_path)
    assert given["PATH"] == "/opt/node/bin:/usr/bin:/bin"
    assert CANARY not in str(given)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("echo Script not found >&2; exit 1", "pm2 start ended with code 1: Script not found"),
        ("exit 7", "pm2 start ended with code 7: it said nothing"),
        ("kill -9 $$", "pm2 start ended with code -9: it said nothing"),
    ],
)
def test_a_start_that_fails_says_why(tmp_path: Path, text: str, reason: str) -> None:
    assert _start(tmp_path, text) == Outcome("failed", reason)


def test_a_start_that_hangs_is_killed(tmp_path: Path) -> None:
    hanging = {"program": _program(tmp_path, "exec sleep 60"), "ecosystems": _declared(tmp_path)}
    with FakeDaemon(str(tmp_path)):
        done = _perform(tmp_path, _due_start(0.1), {}, **hanging)
    assert done == Outcome("failed", "pm2 start did not end within 0.1 s and was killed")


def test_a_process_that_is_there_by_now_is_not_started(tmp_path: Path) -> None:
    with FakeDaemon(str(tmp_path), raw_row()):
        done = _perform(tmp_path, _due_start(), {}, program="/nowhere/pm2", ecosystems=_declared(tmp_path))
    assert done == Outcome("skipped", GONE)


def test_a_script_that_went_away_meanwhile_is_not_started(tmp_path: Path) -> None:
    declared = _declared(tmp_path)
    (tmp_path / "api.js").unlink()
    with FakeDaemon(str(tmp_path)):
        done = _perform(tmp_path, _due_start(), {}, program="/nowhere/pm2", ecosystems=declared)
    assert done == Outcome("skipped", "its script is not there: api.js", gate="precondition")


def test_no_program_no_start(tmp_path: Path) -> None:
    declared = _declared(tmp_path)
    with FakeDaemon(str(tmp_path)):
        none = _perform(tmp_path, _due_start(), {"PATH": str(tmp_path)}, ecosystems=declared)
        wrong = _perform(tmp_path, _due_start(), {}, program=str(tmp_path), ecosystems=declared)
    assert none == Outcome("skipped", "there is no pm2 on PATH; set subsystems.pm2.program", gate="precondition")
    assert (wrong.outcome, wrong.gate) == ("skipped", "precondition")
    assert (wrong.reason or "").endswith("is no program that can be run; mend subsystems.pm2.program")


def test_a_hung_daemon_is_not_given_to_the_program(tmp_path: Path) -> None:
    due = _due_start()
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as silent:
        silent.bind(str(tmp_path / "rpc.sock"))
        silent.listen(1)
        done = _perform(tmp_path, due, {}, program="/nowhere/pm2", timeout=0.05)
    assert done.outcome == "skipped"
    assert "gave no answer" in (done.reason or "")


def test_zionr_does_not_restart_what_it_runs_under(tmp_path: Path) -> None:
    mute: dict[str, Any] = {"processes": {"api": {"probe": {"command": ["/bin/false"], "within": 5.0}}}}
    with FakeDaemon(str(tmp_path), raw_row()) as daemon:
        done = _perform(tmp_path, _candidate(rule="pm2/unresponsive"), **mute)
    assert done == Outcome("skipped", "zionr itself runs under it", gate="precondition")
    assert _restarts(daemon) == []


def test_the_last_look_judges_by_the_policy_too(tmp_path: Path) -> None:
    greedy: dict[str, Any] = {"processes": {"api": {"memory": {"warning": 1.0}}}}
    hog = {**raw_row(), "pid": 1}
    with FakeDaemon(str(tmp_path), hog) as daemon:
        mild = _perform(tmp_path, _candidate(rule="pm2/memory-high"), **greedy)
        grave = _perform(tmp_path, _candidate(rule="pm2/memory-high"), **greedy, rules={"pm2/memory-high": "critical"})
    assert (mild.outcome, grave.outcome) == ("skipped", "succeeded")
    assert _restarts(daemon) == [0]
