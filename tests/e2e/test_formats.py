"""Reports for programs: JSON by its schema, one line for Nagios, commands for GitHub; whatever things are called."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from .fake_daemon import FakeDaemon, row
from .project import Project

SCHEMA = json.loads((Path(__file__).parents[2] / "schema" / "report.schema.json").read_text())

HOSTILE = [
    "line\nbreak",
    "\x1b[2J\x1b]0;title\x07",
    "::error::pwned",
    "::stop-commands::x",
    "\n::set-output name=state::ok",
    "a|b=1;2;3",
    "<script>alert(1)</script> @everyone [x](http://x)",
    "\u202egnp.exe\u2066",
    "'; DROP TABLE reports; --",
    "\ud800 lone".encode("utf-8", "replace").decode(),
    "%0A::warning::x",
    "e\u0301\u200b",
]


def valid(document: Any) -> None:
    """Raises where a report is not as the schema says."""
    jsonschema.Draft202012Validator(SCHEMA).validate(document)


@pytest.fixture
def hostile(project: Project, daemon: FakeDaemon) -> Project:
    """A project whose PM2 has processes with hostile names, each errored."""
    daemon.rows = [row(name, number, "errored") for number, name in enumerate(HOSTILE)]
    return project


def test_reports_are_as_the_schema_says(project: Project, daemon: FakeDaemon, down: Project) -> None:
    for rows in ([row("api", 0)], [row("api", 0, "errored")], [row("other", 3, "odd")], ["junk", None, {"name": 1}]):
        daemon.rows = rows
        for words in (["check", "pm2"], ["recover", "pm2"], ["recover", "pm2", "--plan"]):
            valid(project.zionr(*words, "--format", "json").document)
    for report in project.reports():
        valid(report)
    assert len(project.reports()) == 12
    summary = project.zionr("check", "all", "--format", "json").document
    assert (summary["kind"], summary["schema_version"]) == ("summary", 1)
    for report in summary["reports"]:
        valid(report)
    project.write("policies/zionr.yaml", "versoin: 1\n")
    valid(project.zionr("check", "pm2", "--format", "json").document)


def test_keys_are_sorted_and_it_is_one_line(project: Project) -> None:
    out = project.check().out

    assert out == json.dumps(json.loads(out), sort_keys=True, separators=(",", ":")) + "\n"


def test_hostile_names_in_every_format(hostile: Project) -> None:
    recorded = hostile.zionr("check", "pm2", "--format", "json", "--record", "seen.json")
    assert recorded.code == 2, recorded.told
    valid(recorded.document)
    assert {name for name in HOSTILE if "\ud800" not in name} <= set(recorded.targets())
    files = {"GITHUB_STEP_SUMMARY": str(hostile.top / "summary.md"), "GITHUB_OUTPUT": str(hostile.top / "output")}

    for shape in ("table", "json", "nagios", "github"):
        for verbose in ([], ["-v"]):
            done = hostile.zionr("check", "pm2", "--replay", "seen.json", "--format", shape, *verbose, env=files)
            assert done.code == 2, done.told
            assert done.err == ""
            assert all(line.isprintable() for line in done.out.splitlines()), f"{shape}: something steers the terminal"
            assert "\u202e" not in done.out
            assert "\x1b" not in done.out
    for words in (["report", "show"], ["report", "show", "-v"], ["report", "list"], ["incidents"], ["health"],
                  ["recover", "pm2", "--plan", "-v"], ["report", "diff", recorded.document["id"]]):  # fmt: skip
        done = hostile.zionr(*words)
        assert all(line.isprintable() for line in done.out.splitlines()), done.told


def test_hostile_names_give_github_no_commands(hostile: Project) -> None:
    summary, output = hostile.top / "summary.md", hostile.top / "output"
    files = {"GITHUB_STEP_SUMMARY": str(summary), "GITHUB_OUTPUT": str(output)}

    done = hostile.zionr("check", "pm2", "--format", "github", env=files)

    assert done.code == 2
    lines = done.out.splitlines()
    stop = next(number for number, line in enumerate(lines) if line.startswith("::stop-commands::"))
    word = lines[stop].removeprefix("::stop-commands::")
    assert len(word) >= 16
    assert lines[-1] == f"::{word}::"
    annotations = lines[:stop]
    assert all(line.startswith(("::error title=", "::warning title=", "::notice title=")) for line in annotations)
    assert len(annotations) <= 10
    assert "more findings" in annotations[-1]
    told = dict(line.split("=", 1) for line in output.read_text().splitlines())
    assert (set(told), told["state"]) == ({"state", "score", "report"}, "critical")
    text = summary.read_text()
    assert "<script>" not in text
    assert "@everyone" not in text
    # A second run adds to both files, as a job's steps do.
    hostile.zionr("check", "pm2", "--format", "github", env=files)
    assert output.read_text().count("state=critical\n") == 2


def test_nagios_line(hostile: Project, daemon: FakeDaemon) -> None:
    done = hostile.zionr("check", "pm2", "--format", "nagios")
    text, bar, figures = done.out.rstrip("\n").partition(" | ")
    assert text.startswith("PM2 CRITICAL - ")
    assert (bar, done.out.count("\n"), done.out.count("|")) == (" | ", 1, 1)
    assert figures.startswith("score=")

    daemon.rows = [row("api", 0)]
    fine = hostile.zionr("check", "pm2", "--format", "nagios").out
    assert fine.startswith("PM2 OK - 2 targets | score=100.00;80:;50:;0;100 ")
    assert "'api_memory_bytes'=52428800B" in fine
    assert hostile.zionr("check", "all", "--format", "nagios").out.startswith("ZIONR OK - pm2 ok | ")


def test_record_and_replay(project: Project, daemon: FakeDaemon) -> None:
    daemon.rows = [row("api", 0, "errored", GITHUB_TOKEN="canary-in-a-row", env={"PW": "canary-in-its-env"})]
    seen = project.check("--record", "seen.json")
    recorded = (project.top / "seen.json").read_text()
    assert "canary" not in recorded
    daemon.rows = [row("api", 0)]
    before = project.report_files()

    again = project.check("--replay", "seen.json")

    assert (seen.code, again.code) == (2, 2)
    assert list(again.findings()) == list(seen.findings()) == ["pm2/process-errored:api"]
    assert again.document["health"] == seen.document["health"]
    assert project.report_files() == before, "a replay is no report on file"
    assert daemon.calls == ["getMonitorData"], "a replay looks at nothing"
    recovered = project.check("--replay", "seen.json", "--recover")
    assert {step["outcome"] for step in recovered.document["steps"]} <= {"planned", "skipped"}
    assert daemon.calls == ["getMonitorData"]


@pytest.mark.parametrize(
    "content",
    [b"", b"{}", b"[]", b"\xff\xfe", b'{"subsystem":"git","scope":"x","taken_at":1,"facts":{}}', b"[" * 100_000,
     b'{"subsystem":"pm2","scope":"x","taken_at":"soon","facts":{}}',
     b'{"subsystem":"pm2","scope":"x","taken_at":1,"facts":{}}',
     b'{"subsystem":"pm2","scope":"x","taken_at":1,"facts":{"daemon":{"status":"odd"}}}'],
)  # fmt: skip
def test_records_that_are_none(project: Project, content: bytes) -> None:
    project.write("seen.json", content)

    done = project.check("--replay", "seen.json")

    assert done.code == 3, done.told
    assert "a bug" not in done.err, done.told
    assert len(done.err.splitlines()) == 1


@pytest.mark.parametrize(
    "rows",
    [
        None,
        {},
        "text",
        [None, 1, [], {}],
        [{"name": "api"}],
        [{"name": "api", "pm_id": -1}],
        [{"name": "api", "pm_id": 0, "pid": "x", "monit": [], "pm2_env": "no"}],
        [{"name": "api", "pm_id": 0, "pm2_env": {"status": ["online"], "restart_time": 1e400}}],
        [{"name": "api", "pm_id": 2**80, "pm2_env": {}}],
        [row("api", 0, "errored", pm_err_log_path="/proc/self/mem", pm_exec_path="\0")],
        [row("api", 0, "stopped", pm_err_log_path="/dev/zero", cron_restart="99 99 99 99 99")],
        [row("api", 0, "online", pm_uptime=9e15, exit_code="7", cron_restart="* * * * *", autorestart=False)],
    ],
)
def test_daemon_that_answers_nonsense(project: Project, daemon: FakeDaemon, rows: Any) -> None:
    daemon.rows = rows

    done = project.check()

    assert "a bug" not in done.err, done.told
    valid(done.document)
    assert done.document["state"] in ("unknown", "critical", "warning", "ok")
    assert (done.code == 0) == (done.document["state"] == "ok")
