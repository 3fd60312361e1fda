"""Every row of the table of exit codes, twice: without and with a compiled policy."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from .fake_daemon import FakeDaemon, row
from .project import BIN, HOST, Project, Run


def twice(project: Project, *words: str) -> Run:
    """Run it twice and require the same answer: the second run finds a compiled policy, and a report on file."""
    cold, warm = project.zionr(*words), project.zionr(*words)
    assert (cold.code, cold.err) == (warm.code, warm.err), cold.told + warm.told
    assert "Traceback" not in cold.err
    return warm


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        ("check pm2", 0, ""),
        ("check all", 0, ""),
        ("check pm2 --target api", 0, ""),
        ("check pm2 --target daemon --target api", 0, ""),
        ("check pm2 --recover", 0, ""),
        ("check pm2 --format nagios", 0, ""),
        ("check pm2 --bogus", 3, "No such option '--bogus'"),
        ("check pm2 --format xml", 3, "'xml' is not one of"),
        ("check", 3, "Missing argument 'SUBSYSTEM'"),
        ("check nosuch", 3, "nosuch"),
        ("check pm2 --target nobody", 3, "there is no target 'nobody'"),
        ("check pm2 --policy gone.yaml", 3, "gone.yaml"),
        ("check pm2 --replay gone.json", 3, "gone.json: cannot be read"),
        ("check pm2 --replay policies/zionr.yaml", 3, "is no recorded observation"),
        ("check all --target api", 3, "need one subsystem"),
        ("check pm2 --runner a/b", 3, "cannot be a runner's id"),
        ("recover pm2", 0, ""),
        ("recover all", 0, ""),
        ("recover pm2 --plan --now", 0, ""),
        ("recover pm2 --bogus", 64, "No such option '--bogus'"),
        ("recover", 64, "Missing argument 'SUBSYSTEM'"),
        ("recover nosuch", 64, "nosuch"),
        ("recover pm2 --target nobody", 64, "there is no target 'nobody'"),
        ("recover pm2 --policy gone.yaml", 78, "gone.yaml"),
        ("nosuch", 64, "No such command 'nosuch'"),
        ("report", 64, None),
        ("report list", 0, ""),
        ("report list --limit 0", 64, "--limit"),
        ("report list --limit 9223372036854775808", 64, "--limit"),
        ("report list --subsystem \udcff", 0, ""),
        ("report show \udcff", 64, "no report"),
        ("report show nobody", 64, "no report 'nobody'"),
        ("report diff nobody", 64, "no report 'nobody'"),
        ("report prune", 0, ""),
        ("report prune --older-than soon", 64, "--older-than"),
        ("incidents", 0, ""),
        ("incidents rearm pm2/process-dead:api", 64, "no incident 'pm2/process-dead:api' is open"),
        ("incidents --policy gone.yaml", 78, "gone.yaml"),
        ("health", 0, ""),
        ("health --policy gone.yaml", 78, "gone.yaml"),
        ("policy", 64, None),
        ("policy validate", 0, ""),
        ("policy show", 0, ""),
        ("policy explain", 0, ""),
        ("policy explain recovery.mode", 0, ""),
        ("policy explain no.such.key", 64, "no key 'no.such.key'"),
        ("policy schema", 0, ""),
        ("policy validate --policy gone.yaml", 78, "gone.yaml"),
        ("--version", 0, ""),
        ("--help", 0, ""),
    ],
)
def test_table(project: Project, words: str, code: int, said: str | None) -> None:
    done = twice(project, *words.split())

    assert done.code == code, done.told
    if said is not None:
        assert said in done.err
        assert len(done.err.splitlines()) == (1 if said else 0), "one line, or none"


def test_states(project: Project, daemon: FakeDaemon) -> None:
    codes = {}
    for state, status in {
        "ok": "online",
        "warning": "waiting restart",
        "critical": "errored",
        "unknown": "odd",
    }.items():
        daemon.rows = [row("api", 0, status)]
        flags = ("", "--fail-on critical", "--fail-on never", "--format nagios --fail-on never")
        codes[state] = [twice(project, "check", "pm2", *flag.split()).code for flag in flags]
    assert codes == {"ok": [0, 0, 0, 0], "warning": [1, 0, 0, 0], "critical": [2, 2, 0, 0], "unknown": [3, 3, 0, 0]}


def test_recover_needs_a_person(down: Project) -> None:
    done = twice(down, "recover", "pm2")

    assert done.code == 1, done.told
    assert twice(down, "recover", "pm2", "--format", "nagios").code == 2


def test_nagios_is_always_0_to_3(bare: Project, down: Project) -> None:
    for words in ("check pm2", "check all", "recover pm2"):
        done = down.zionr(*words.split(), "--format", "nagios")
        assert done.code == 2, done.told
        assert len(done.out.splitlines()) == 1
    bare.write("policies/zionr.yaml", "version: [\n")
    for words in ("check pm2", "check nosuch", "recover pm2"):
        done = bare.zionr(*words.split(), "--format", "nagios")
        assert done.code == 3, done.told
        assert done.out.count("\n") == 1
        assert " UNKNOWN - " in done.out
    for words in ("recover nosuch", "recover pm2 --bogus", "check pm2 --target a|b", "recover pm2 --policy gone.yaml"):
        for flag in (["--format", "nagios"], ["--format=nagios"]):
            done = down.zionr(*words.split(), *flag)
            assert done.code == 3, done.told
            assert done.out.startswith("ZIONR UNKNOWN - "), done.told
            assert (done.out.count("\n"), done.out.count("|")) == (1, 0)
            assert len(done.err.splitlines()) == 1


def test_missing_policy(bare: Project) -> None:
    for words, code in {"check pm2": 3, "check all": 3, "recover pm2": 78, "health": 78, "policy show": 78}.items():
        done = twice(bare, *words.split())
        assert done.code == code, done.told
        assert "there is no policy" in done.err
        assert len(done.err.splitlines()) == 1
    assert bare.zionr("doctor").code == 1


@pytest.mark.parametrize("kind", ["folder", "junk", "unreadable", "empty", "utf-16", "huge"])
def test_policy_that_is_none(bare: Project, kind: str) -> None:
    path = bare.top / "policies" / "zionr.yaml"
    contents = {
        "junk": bytes(range(256)) * 9,
        "empty": b"",
        "utf-16": "version: 1\n".encode("utf-16"),
        "huge": b"# " + b"x" * (2 << 20),
    }
    if kind == "folder":
        path.mkdir(parents=True)
    elif kind == "unreadable":
        bare.write("policies/zionr.yaml", "version: 1\n")
        path.unlink()
        path.symlink_to("/proc/self/mem")
    else:
        bare.write("policies/zionr.yaml", contents[kind])

    for words, code in {"check pm2": 3, "recover pm2": 78, "policy validate": 78}.items():
        done = twice(bare, *words.split())
        assert done.code == code, done.told
        assert "policies/zionr.yaml" in done.err
        assert done.err.isprintable() or all(line.isprintable() for line in done.err.splitlines())


FOUR_WRONG = """\
version: 1
runners:
  web-1:
    evry: 5m
recovery:
  window: "1"
subsystems:
  pm2:
    processes:
      api: {instances: 0}
"""


def test_every_error_at_once(bare: Project) -> None:
    bare.write("policies/zionr.yaml", FOUR_WRONG)
    bare.environ["ZIONR_MONITORING_INTERVAL"] = "30s"

    checked = twice(bare, "check", "pm2")
    lines = checked.err.splitlines()

    assert checked.code == 3, checked.told
    assert len(lines) == 4
    assert lines[0] == "policies/zionr.yaml:4:5: runners.web-1.evry: unknown key, did you mean 'every'?"
    assert lines[1].startswith("policies/zionr.yaml:6:11: recovery.window: ")
    assert lines[2].startswith("policies/zionr.yaml:10:24: subsystems.pm2.processes.api.instances: ")
    assert "ZIONR_MONITORING_INTERVAL" in lines[3]
    for words in ("recover pm2", "health", "incidents", "policy validate", "policy show", "policy explain"):
        other = twice(bare, *words.split())
        assert (other.code, other.err) == (78, checked.err), other.told
    # It is a report as well: unknown, on file, with the places.
    report = bare.reports()[-1]
    (finding,) = report["findings"]
    assert (report["state"], report["subsystem"], finding["rule"]) == ("unknown", None, "policy/invalid")
    assert finding["locations"][0] == {"file": "policies/zionr.yaml", "line": 4, "column": 5}


def test_wrong_policy_after_a_good_one_names_the_last_good(project: Project) -> None:
    assert project.zionr("check", "pm2").code == 0
    project.write("policies/zionr.yaml", FOUR_WRONG)

    done = project.zionr("check", "pm2")

    assert done.code == 3
    assert "last good policy: " in done.out


def test_not_watched_and_not_enabled(project: Project) -> None:
    runners = {HOST: {"watches": ["git"]}, "other": {"watches": ["pm2"]}}
    pm2 = {"home": "/nonexistent"}
    project.policy(pm2, runners=runners)
    named = twice(project, "check", "pm2", "--format", "json")
    if named.code == 3 and not named.out:
        # Only subsystems that are built can be named: then leave one that is, disabled for this runner.
        runners[HOST] = {"watches": []}
        project.policy(pm2, runners=runners)
        named = twice(project, "check", "pm2", "--format", "json")

    assert named.code == 3, named.told
    assert [finding["rule"] for finding in named.document["findings"]] == ["pm2/not-watched"]
    assert twice(project, "recover", "pm2", "--now").code == 1
    assert twice(project, "check", "all").code == 3
    assert twice(project, "recover", "all").code == 64
    assert twice(project, "check", "pm2", "--runner", "other").code == 2

    project.write("policies/zionr.yaml", "version: 1\nsubsystems:\n  pm2: {enabled: false}\n")
    assert twice(project, "check", "pm2").code == 3
    assert twice(project, "recover", "pm2").code == 64


BUG = """
import sys
from zionr.cli import history, main, runs

def broken(*arguments):
    raise RuntimeError("a bug with hunter2-hunter2")

history.list_incidents = runs.check = broken
main()
"""


@pytest.mark.parametrize(("words", "code"), [("check pm2", 3), ("incidents", 70)])
def test_a_bug_is_one_line_and_a_log(project: Project, words: str, code: int) -> None:
    script = project.write("bug.py", BUG)

    done = project.run([sys.executable, str(script), *words.split()], env={"MY_PASSWORD": "hunter2-hunter2"})

    assert done.code == code, done.told
    (line,) = done.err.splitlines()
    assert line.startswith("zionr: a bug: RuntimeError")
    (log,) = project.home.glob("zionr-*.log")
    assert str(log) in line
    assert "Traceback" in log.read_text()
    assert (log.stat().st_mode & 0o777) == 0o600
    assert "hunter2-hunter2" not in line + log.read_text()


ONE_BROKEN = """
from zionr.cli import main, runs
from zionr.subsystems import Subsystem, load

class Broken(Subsystem):
    def observe(self, settings, context):
        raise RuntimeError("a bug with hunter2-hunter2")

def names(session, order, policy):
    policy.subsystems["acme"] = policy.subsystems["pm2"]
    return ["acme", "pm2"]

runs._names = names
runs.load = lambda name: Broken(name, load("pm2").package) if name == "acme" else load(name)
main()
"""


@pytest.mark.parametrize(("words", "code"), [("check all", 3), ("recover all", 1)])
def test_a_bug_in_one_hides_no_other(project: Project, words: str, code: int) -> None:
    script = project.write("bug.py", ONE_BROKEN)
    argv = [sys.executable, str(script), *words.split(), "--format", "json"]

    done = project.run(argv, env={"MY_PASSWORD": "hunter2-hunter2"})

    assert done.code == code, done.told
    broken, fine = done.document["reports"]
    assert (broken["state"], fine["state"], fine["subsystem"]) == ("unknown", "ok", "pm2")
    (log,) = project.home.glob("zionr-*.log")
    assert broken["findings"][0]["id"] == "acme/failed-to-look"
    assert str(log) in broken["findings"][0]["message"]
    assert "hunter2-hunter2" not in done.out + done.err + log.read_text()
    assert [report["state"] for report in project.reports()].count("unknown") == 1


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
@pytest.mark.parametrize("words", ["check pm2", "recover pm2"])
def test_signals(bare: Project, pm2_home: Path, number: signal.Signals, code: int, words: str) -> None:
    bare.policy({"home": str(pm2_home), "timeout": "30s"})
    silent = FakeDaemon(pm2_home, [], silent=True)
    try:
        run = subprocess.Popen(
            bare.command(*words.split()),
            env=bare.environ,
            cwd=bare.top,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        assert silent.asked.wait(20)
        run.send_signal(number)
        out, err = run.communicate(timeout=20)
    finally:
        silent.close()

    assert (run.returncode, out, err) == (code, b"", b"")
    assert bare.report_files() == []


EARLY = """
import os, signal, sys

class Interrupts:
    def find_spec(self, name, *where):
        if name == "zionr.cli.main":
            os.kill(os.getpid(), signal.SIGINT)

sys.meta_path.insert(0, Interrupts())
from zionr.cli import main
main()
"""


def test_an_interrupt_before_anything_stands_leaves_no_traceback(bare: Project) -> None:
    words = [str(BIN / "python"), "-c", EARLY]
    done = subprocess.run(words, env=bare.environ, cwd=bare.top, capture_output=True, timeout=60, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (-signal.SIGINT, b"", b"")


def test_a_signal_ends_what_was_started_too(bare: Project, pm2_home: Path) -> None:
    bare.policy({"home": str(pm2_home), "ecosystems": ["ecosystem.config.js"]})
    bare.write("ecosystem.config.js", "module.exports = {apps: []}")
    pid = bare.top / "pid"
    node = bare.write("bin/node", f"#!/bin/sh\necho $$ > {pid}.part; mv {pid}.part {pid}; sleep 60 & wait\n")
    node.chmod(0o755)
    environ = bare.environ | {"PATH": f"{node.parent}:/usr/bin:/bin"}
    run = subprocess.Popen(bare.command("check", "pm2"), env=environ, cwd=bare.top, stderr=subprocess.PIPE)
    deadline = time.monotonic() + 30
    while not pid.exists() and time.monotonic() < deadline:
        time.sleep(0.01)
    run.send_signal(signal.SIGTERM)
    run.communicate(timeout=20)

    assert run.returncode == 143
    status = Path(f"/proc/{pid.read_text().strip()}/stat")
    while status.exists() and ") Z " not in status.read_text() and time.monotonic() < deadline:
        time.sleep(0.01)
    assert time.monotonic() < deadline


@pytest.mark.parametrize("closed", [">&-", "2>&-", "<&-", "<&- >&- 2>&-"])
def test_closed_streams(project: Project, closed: str) -> None:
    done = project.run(
        ["/bin/sh", "-c", f"exec {project.command()[0]} check pm2 --output out.json --format json {closed}"]
    )
    assert (done.code, done.err) == (0, ""), done.told
    assert project.run(["/bin/sh", "-c", f"exec {project.command()[0]} check pm2 {closed}"]).code == 0
    (first, second) = project.reports()
    assert json.loads((project.top / "out.json").read_text()) == first
    assert second["state"] == "ok", "no file of ours took the place of a stream"


def test_full_standard_output_and_deleted_folder(project: Project) -> None:
    full = project.run(["/bin/sh", "-c", f"exec {project.command()[0]} report list > /dev/full"])
    assert (full.code, full.err) == (1, "zionr: standard output: cannot be written: No space left on device\n")
    gone = project.run(["/bin/sh", "-c", f"mkdir gone; cd gone; rmdir ../gone; exec {project.command()[0]} check pm2"])
    assert (gone.code, gone.err) == (3, "zionr: the current folder was deleted; change into one that is there\n")


@pytest.mark.parametrize("words", ["policy schema", "check pm2", "check pm2 --format json", "report list"])
def test_broken_pipe(project: Project, words: str) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    try:
        done = subprocess.run(
            project.command(*words.split()),
            env=project.environ,
            cwd=project.top,
            stdin=subprocess.DEVNULL,
            stdout=writer,
            stderr=subprocess.PIPE,
            timeout=60,
            check=False,
        )
    finally:
        os.close(writer)

    assert (done.returncode, done.stderr) == (141, b"")
