"""Where reports cannot be stored, and where several runs store at once."""

from __future__ import annotations

import json
import os
import random
import stat
import subprocess
import time

import pytest

from .fake_daemon import FakeDaemon, row
from .project import Project

APPLY = {"mode": "apply", "fail_streak": 1}


def dead(project: Project, daemon: FakeDaemon) -> None:
    """A policy under which `api` would be restarted at once."""
    daemon.rows = [row("api", 0, "errored")]
    project.policy({"home": str(daemon.home), "processes": {"api": {}}}, recovery=APPLY)


@pytest.mark.parametrize("place", ["/proc/zionr", "/dev/null", "policies/zionr.yaml", "/dev/null/x"])
def test_state_that_cannot_be_made(project: Project, daemon: FakeDaemon, place: str) -> None:
    """No folder can be made there, not even by root: the check is shown all the same, and nothing is repaired."""
    dead(project, daemon)

    checked = project.check("--state-dir", place)
    assert checked.code == 2, checked.told
    assert any("reports cannot be stored" in note for note in checked.document["notes"])
    tabled = project.zionr("check", "pm2", "--state-dir", place)
    assert "reports cannot be stored" in " ".join(tabled.out.split())
    recovered = project.recover("--state-dir", place)
    assert recovered.code == 1, recovered.told
    assert {step["outcome"] for step in recovered.document["steps"]} == {"skipped"}
    assert set(daemon.calls) == {"getMonitorData"}
    assert project.zionr("doctor", "--state-dir", place).code == 1
    assert (project.top / "policies" / "zionr.yaml").is_file()
    for words in ("report list", "incidents", "health", "policy show"):
        done = project.zionr(*words.split(), "--state-dir", place)
        assert "Traceback" not in done.err
        assert "a bug" not in done.err, done.told
        assert len(done.err.splitlines()) <= 1


def test_read_only_state(project: Project, daemon: FakeDaemon) -> None:
    """For root a read-only folder is as good as any: then it must simply work."""
    assert project.check().code == 0
    dead(project, daemon)
    before = project.report_files()
    folders = [project.state, *[path for path in project.state.rglob("*") if path.is_dir()]]
    for folder in folders:
        folder.chmod(0o500)
    try:
        done = project.check()
    finally:
        for folder in folders:
            folder.chmod(0o700)

    assert done.code == 2, done.told
    assert set(before) <= set(project.report_files())
    if os.geteuid() != 0:
        assert any("cannot be stored" in note for note in done.document["notes"])


def test_full_disk(project: Project, daemon: FakeDaemon) -> None:
    """No file may grow: what a full disk says, to root as well."""
    assert project.check().code == 0
    dead(project, daemon)
    before = {path: path.read_bytes() for path in project.report_files()}

    limited = ["/bin/sh", "-c", 'ulimit -f 0; exec "$@"', "sh"]
    checked = project.run([*limited, *project.command("check", "pm2", "--format", "json")])
    recovered = project.run([*limited, *project.command("recover", "pm2", "--format", "json")])

    assert checked.code == 2, checked.told
    assert any("not on file" in note or "cannot be stored" in note for note in checked.document["notes"])
    assert recovered.code == 1, recovered.told
    assert {step["outcome"] for step in recovered.document["steps"]} == {"skipped"}
    assert set(daemon.calls) == {"getMonitorData"}, "nothing is repaired whose intent is not on file"
    assert {path: path.read_bytes() for path in project.report_files()} == before
    after = project.check()
    assert after.document["notes"] == [], after.told
    assert len(project.reports()) == 2


def test_state_is_private(project: Project) -> None:
    os.umask(os.umask(0))
    assert project.check().code == 0
    assert project.zionr("report", "list").code == 0
    assert (project.state / ".gitignore").read_text() == "*\n"
    modes = {path: stat.S_IMODE(path.stat().st_mode) for path in [project.state, *project.state.rglob("*")]}
    assert {mode for path, mode in modes.items() if path.is_dir()} == {0o700}
    assert {mode for path, mode in modes.items() if path.is_file()} == {0o600}


def test_compiled_policy_is_a_cache(project: Project) -> None:
    """Used where it is whole, ours and of this very policy; else made again."""
    cold, warm = project.check(), project.check()
    cold = project.check()
    (cache,) = (project.state / "cache").iterdir()
    kept = cache.read_bytes()
    for damage in (b"", b"{}", kept[:-20], kept.replace(b"critical", b"warning!"), b"\0" * 5000):
        cache.write_bytes(damage)
        done = project.check()
        assert (done.code, done.document["policy"]) == (warm.code, warm.document["policy"]), done.told
    cache.chmod(0o666)
    assert project.check().code == 0
    cache.unlink()
    assert project.check().document["policy"] == cold.document["policy"]
    # Another policy, another environment: never the old answer.
    assert project.check(env={"ZIONR_HEALTH_SCORE_THRESHOLD": "90"}).document["health"]["warning"] == 90
    assert project.check().document["health"]["warning"] == 80
    project.write("policies/zionr.yaml", "version: 1\nproject: changed\nsubsystems: {pm2: {home: /nonexistent}}\n")
    assert project.check().document["project"] == "changed"


def test_two_checks_at_once(project: Project) -> None:
    runs = [
        subprocess.Popen(
            project.command("check", "pm2", "--format", "json"),
            env=project.environ,
            cwd=project.top,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        for _ in range(6)
    ]
    ended = [(run.communicate(timeout=60), run.returncode) for run in runs]

    assert [code for _, code in ended] == [0] * 6, ended
    ids = {json.loads(out)["id"] for (out, _), _ in ended}
    assert {report["id"] for report in project.reports()} == ids
    assert len(ids) == 6
    found = project.zionr("report", "list", "--format", "json").document["reports"]
    assert {entry["id"] for entry in found} == ids


def test_killed_again_and_again(project: Project) -> None:
    """kill -9 at any moment: every report on file is whole, none is lost, and the next check works."""
    dice = random.Random(9)
    known: set[str] = set()
    for _ in range(25):
        run = subprocess.Popen(
            project.command("check", "pm2"),
            env=project.environ,
            cwd=project.top,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        time.sleep(dice.uniform(0.03, 0.22))
        run.kill()
        run.wait()
        ids = {report["id"] for report in project.reports()}
        assert known <= ids
        known = ids

    done = project.check()

    assert (done.code, done.err) == (0, ""), done.told
    assert done.document["notes"] == []
    entries = project.zionr("report", "list", "--limit", "100", "--format", "json").document["reports"]
    assert {entry["id"] for entry in entries} == known | {done.document["id"]}
