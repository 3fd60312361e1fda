"""Flags, colours, progress and files: where output goes, and how it looks there."""

from __future__ import annotations

import json
import os
import pty
import re
import subprocess
from pathlib import Path

import pytest

from .fake_daemon import FakeDaemon, row
from .project import Project, Run

COLOR = re.compile(r"\x1b\[\d+m")


def on_terminal(project: Project, *words: str, stdout: bool = True, stderr: bool = False, **environ: str) -> Run:
    """Run zionr with a terminal as standard output, as standard error, or both; each stream apart."""
    streams = {name: pty.openpty() for name, wanted in (("stdout", stdout), ("stderr", stderr)) if wanted}
    run = subprocess.Popen(
        project.command(*words),
        env=project.environ | {"TERM": "xterm"} | environ,
        cwd=project.top,
        stdin=subprocess.DEVNULL,
        stdout=streams["stdout"][1] if stdout else subprocess.PIPE,
        stderr=streams["stderr"][1] if stderr else subprocess.PIPE,
    )
    for _, slave in streams.values():
        os.close(slave)
    told = {name: _drain(master) for name, (master, _) in streams.items()}
    out, err = run.communicate(timeout=60)
    piped = {"stdout": out, "stderr": err}
    texts = {name: told.get(name, piped[name] or b"").decode() for name in ("stdout", "stderr")}
    return Run(run.returncode, texts["stdout"], texts["stderr"])


def _drain(master: int) -> bytes:
    """All that a terminal was sent; its end shows as an I/O error."""
    told = bytearray()
    while True:
        try:
            chunk = os.read(master, 65536)
        except OSError:
            break
        if not chunk:
            break
        told += chunk
    os.close(master)
    return bytes(told)


def test_color_only_on_a_terminal(down: Project) -> None:
    assert COLOR.search(on_terminal(down, "check", "pm2").out)
    assert not COLOR.search(down.zionr("check", "pm2").out)
    assert not COLOR.search(on_terminal(down, "check", "pm2", "--no-color").out)
    assert not COLOR.search(on_terminal(down, "--no-color", "check", "pm2").out)
    assert not COLOR.search(on_terminal(down, "check", "pm2", NO_COLOR="1").out)
    assert COLOR.search(on_terminal(down, "check", "pm2", NO_COLOR="").out), "an empty NO_COLOR means nothing"
    assert not COLOR.search(on_terminal(down, "check", "pm2", "--format", "json").out)


def test_color_repeats_the_words(down: Project) -> None:
    plain = down.zionr("check", "pm2").out
    colored = COLOR.sub("", on_terminal(down, "check", "pm2").out).replace("\r\n", "\n")

    def words(text: str) -> list[str]:
        return [line[:10].strip() for line in text.splitlines()]

    assert words(colored) == words(plain)


def test_progress_only_on_a_terminal(project: Project) -> None:
    seen = on_terminal(project, "check", "pm2", "--format", "json", stdout=False, stderr=True)
    assert "looking at pm2" in seen.err
    assert seen.document["state"] == "ok"
    assert project.zionr("check", "pm2").err == ""
    assert on_terminal(project, "check", "pm2").err == "", "a terminal for the report alone shows no progress"


def test_json_is_one_line_for_programs_and_indented_for_people(project: Project) -> None:
    assert project.check().out.count("\n") == 1
    told = on_terminal(project, "check", "pm2", "--format", "json").out
    assert told.count("\n") > 20
    assert json.loads(told)["state"] == "ok"


def test_healthy_run_is_one_line(project: Project) -> None:
    done = project.zionr("check", "pm2")
    assert re.fullmatch(r"ok        pm2 on \S+: 2 targets, score 100\.0, [\d.]+ s\n", done.out), done.told


def test_tables_keep_to_eighty_columns(project: Project, daemon: FakeDaemon) -> None:
    daemon.rows = [row("n" * 200, 0, "errored", pm_exec_path="/gone"), row("ü" * 90, 1, "errored"), row("api", 2)]
    done = project.zionr("check", "pm2")
    assert done.code == 2
    wide = [line for line in done.out.splitlines() if len(line) > 80]
    assert wide == []


@pytest.mark.parametrize("before", [True, False])
def test_flags_before_and_after(bare: Project, daemon: FakeDaemon, before: bool) -> None:
    pm2 = {"home": str(daemon.home)}
    bare.policy(pm2)
    (bare.top / "policies" / "zionr.yaml").rename(bare.top / "mine.yaml")
    bare.write("zionr.lab.yaml", "version: 1\nproject: lab\n")
    bare.write("mine.lab.yaml", "version: 1\nproject: lab\n")
    bare.write("policies/zionr.lab.yaml", "version: 1\nproject: lab\n")
    common = ["--policy", "mine.yaml", "--state-dir", "elsewhere", "--runner", "r-1", "-v", "--no-color"]
    command = ["check", "pm2", "--format", "json"]

    done = bare.zionr(*(common + command if before else command + common))

    assert done.code == 0, done.told
    assert (done.document["runner"]["id"], done.document["policy"]["path"]) == ("r-1", "mine.yaml")
    assert len(list((bare.top / "elsewhere" / "reports").glob("*/*.json"))) == 1
    assert not bare.state.exists()


def test_later_flag_wins_and_environment_comes_last(project: Project) -> None:
    def runner(*words: str, **environ: str) -> str:
        return str(project.zionr(*words, "--format", "json", env=environ).document["runner"]["id"])

    assert runner("--runner", "a", "check", "pm2", "--runner", "b") == "b"
    assert runner("check", "pm2", ZIONR_RUNNER="c") == "c"
    assert runner("check", "pm2", "--runner", "d", ZIONR_RUNNER="c") == "d"
    assert runner("check", "pm2", REDUNDANCY_TYPE="e") == "e"
    job = {"GITHUB_ACTIONS": "true", "GITHUB_WORKFLOW": "Nightly check", "GITHUB_JOB": "look", "GITHUB_RUN_ID": "1"}
    assert runner("check", "pm2", **job) == runner("check", "pm2", **job | {"GITHUB_RUN_ID": "2"})


def test_overlay(project: Project) -> None:
    project.write("policies/zionr.lab.yaml", "project: lab\n")

    done = project.zionr("check", "pm2", "--format", "json", "--env", "lab")

    assert done.code == 0, done.told
    assert (done.document["project"], done.document["policy"]["environment"]) == ("lab", "lab")
    assert project.check().document["project"] == "test"
    assert project.zionr("check", "pm2", "--env", "nowhere").code == 3


def test_output_file(project: Project) -> None:
    done = project.zionr("check", "pm2", "--format", "json", "--output", "report.json")
    assert (done.code, done.out, done.err) == (0, "", "")
    assert json.loads((project.top / "report.json").read_text())["state"] == "ok"

    refused = project.zionr("check", "pm2", "--output", "no/such/folder/x")
    assert refused.code == 3
    assert "no/such/folder/x: cannot be written" in refused.err
    assert project.zionr("recover", "pm2", "--output", "no/such/folder/x").code == 1


def test_folders_below_and_outside_git(bare: Project, daemon: FakeDaemon) -> None:
    """The repository's top is found from below; without git the folder of a policy that is named counts."""
    bare.policy({"home": str(daemon.home)})
    below = bare.top / "a" / "b"
    below.mkdir(parents=True)
    path = str(bare.top / "policies" / "zionr.yaml")

    outside = bare.zionr("check", "pm2", cwd=below)
    assert (outside.code, "there is no policy" in outside.err) == (3, True)
    named = bare.zionr("check", "pm2", "--policy", path, cwd=below)
    assert named.code == 0, named.told
    assert len(list((bare.top / "policies" / ".zionr" / "reports").glob("*/*"))) == 1
    (bare.top / ".git").mkdir()
    (bare.top / ".git" / "HEAD").write_text("ref: refs/heads/main\n")
    found = bare.zionr("check", "pm2", "--format", "json", cwd=below)
    assert found.code == 0, found.told
    assert found.document["policy"]["path"] == "policies/zionr.yaml"
    assert os.listdir(below) == []


def test_relative_home_counts_from_the_folder_of_a_named_policy(
    bare: Project, daemon: FakeDaemon, tmp_path: Path
) -> None:
    bare.policy({"home": os.path.relpath(daemon.home, bare.top / "policies")})

    done = bare.zionr("check", "pm2", "--policy", "project/policies/zionr.yaml", cwd=tmp_path)

    assert done.code == 0, done.told


def test_help_of_everything(project: Project) -> None:
    for words in ("", "check", "recover", "report", "report list", "report show", "report diff", "report prune",
                  "incidents", "incidents rearm", "health", "doctor", "policy", "policy show"):  # fmt: skip
        for flag in ("-h", "--help"):
            done = project.zionr(*words.split(), flag)
            assert (done.code, done.err) == (0, ""), words
            assert done.out.startswith("Usage: zionr")
    assert not project.state.exists(), "help leaves no trace"
