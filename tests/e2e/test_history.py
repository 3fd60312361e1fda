"""The reports on file, and what is derived from them."""

from __future__ import annotations

import json
import time
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from .fake_daemon import FakeDaemon, row
from .project import Project


def listed(project: Project, *flags: str) -> list[Any]:
    """`report list` as JSON."""
    found = project.zionr("report", "list", "--format", "json", *flags)
    assert found.code == 0, found.told
    return list(found.document["reports"])


def test_list_show_and_diff(project: Project, daemon: FakeDaemon) -> None:
    good = project.check().document
    daemon.rows = [row("api", 0, "errored")]
    bad = project.check().document

    assert [entry["id"] for entry in listed(project)] == [bad["id"], good["id"]]
    assert [entry["id"] for entry in listed(project, "--limit", "1")] == [bad["id"]]
    assert [entry["id"] for entry in listed(project, "--state", "ok")] == [good["id"]]
    assert listed(project, "--subsystem", "git") == []
    table = project.zionr("report", "list")
    assert good["id"] in table.out

    assert project.zionr("report", "show", "--format", "json").document == bad
    assert project.zionr("report", "show", good["id"], "--format", "json").document == good
    ambiguous = project.zionr("report", "show", good["id"][:8])
    assert (ambiguous.code, "may be" in ambiguous.err) == (64, True)
    assert project.zionr("report", "show", good["id"][:-1], "--format", "json").document == good
    assert "pm2/process-errored:api" in project.zionr("report", "show").out

    changes = project.zionr("report", "diff", good["id"], "--format", "json").document["changes"]
    assert {(one["kind"], one["name"]) for one in changes} >= {("target", "api")}
    assert project.zionr("report", "diff", bad["id"], bad["id"]).out.startswith("same")


def test_index_is_made_again(project: Project) -> None:
    for _ in range(3):
        assert project.check().code == 0
    before = listed(project)
    for damage in (b"", b"junk" * 2000, None):
        for path in project.state.glob("index.sqlite3*"):
            path.unlink() if damage is None else path.write_bytes(damage)
        assert listed(project) == before
    assert project.check().code == 0
    assert len(listed(project)) == 4


def test_newer_and_broken_reports(project: Project) -> None:
    report = project.check().document
    (path,) = project.report_files()
    newer = report | {"schema_version": 2, "id": report["id"][:-1] + "x", "state": "critical"}
    (path.parent / f"{newer['id']}.json").write_text(json.dumps(newer))
    (path.parent / "20260101T000000000-torn00.json").write_text(path.read_text()[:200])
    (path.parent / "README").write_text("not a report")

    done = project.check()

    assert done.code == 0, done.told
    assert (path.parent / f"{newer['id']}.json").exists(), "a newer report is kept"
    shown = project.zionr("report", "show", newer["id"], "--format", "json")
    assert shown.code == 0
    assert project.zionr("health").code == 0
    assert project.zionr("health", "--format", "json").document["state"] == "ok", "and is not trusted"


ODD = [
    {"schema_version": 2, "findings": [{"id": "x"}], "targets": {"api": "ok"}, "health": [], "steps": 7, "notes": None},
    {"findings": [{"id": "a", "rule": "b", "state": "ok"}], "notes": 5, "targets": None, "health": {"score": "5"}},
    {"findings": [{"id": ["a"], "rule": {}, "state": "ok"}]},
    {"steps": [{"outcome": "failed"}], "notes": [None, {}]},
    {"steps": [{"outcome": ["failed"], "findings": "x"}], "event": [1]},
    {"targets": [{"name": "api", "state": "ok", "metrics": {"restarts_by_id": 5}}], "health": {"score": 50}},
    {"targets": [{"name": "api", "state": "ok", "score": "high", "weight": None}], "health": {"score": 50}},
]


@pytest.mark.parametrize("odd", ODD)
def test_reports_of_others_are_never_a_bug(project: Project, odd: dict[str, Any]) -> None:
    good = project.check().document
    (path,) = project.report_files()
    name = good["id"][:-2] + "zz"
    later = good["finished_at"].replace("Z", "9Z")
    (path.parent / f"{name}.json").write_text(json.dumps(good | {"id": name, "finished_at": later} | odd))

    for words in ("report show", "report show -v", "report diff latest", "report diff", "report show --format json"):
        done = project.zionr(*words.split()[:2], name, *words.split()[2:])
        assert done.code in (0, 1, 64), done.told
        assert len(done.err.splitlines()) <= 1
        if odd.get("schema_version") == 2:
            assert "newer zionr" in done.out + done.err or words.endswith("json")
    for words in ("health", "incidents", "report list", "check pm2", "recover pm2"):
        done = project.zionr(*words.split())
        assert (done.code, done.err) == (0, ""), done.told


def test_a_report_of_the_future_does_not_hide_the_present(project: Project) -> None:
    good = project.check().document
    (path,) = project.report_files()
    name, ahead = f"9{good['id'][1:]}", f"{datetime.now(UTC) + timedelta(days=3):%Y-%m-%dT%H:%M:%S}.000Z"
    bad = good | {"id": name, "started_at": ahead, "finished_at": ahead, "state": "critical"}
    (path.parent / f"{name}.json").write_text(json.dumps(bad))

    seen = project.zionr("health", "--format", "json").document

    assert (seen["state"], seen["score"], seen["rows"][0]["report"]) == ("ok", 100, good["id"])
    assert "is of the future and does not count" in project.zionr("health").out


def test_weights_that_sum_to_nothing(project: Project, daemon: FakeDaemon) -> None:
    project.policy({"home": str(daemon.home), "processes": {"api": {}}}, health={"weights": {"pm2": 0}})
    assert project.check().code == 0
    assert project.zionr("health").code == 0, project.zionr("health").told


def test_prune_and_retention(project: Project) -> None:
    old, young = project.check().document, project.check().document
    when = datetime.now(UTC) - timedelta(days=40)
    day = project.state / "reports" / f"{when:%Y-%m-%d}"
    day.mkdir()
    stamp = f"{when:%Y-%m-%dT%H:%M:%S}.000Z"
    aged = old | {"id": f"{when:%Y%m%dT%H%M%S}000-aaaaaa", "started_at": stamp, "finished_at": stamp}
    (day / f"{aged['id']}.json").write_text(json.dumps(aged))
    assert len(listed(project)) == 3

    assert project.zionr("report", "prune").code == 0
    assert {entry["id"] for entry in listed(project)} == {old["id"], young["id"]}
    day.mkdir(exist_ok=True)
    (day / f"{aged['id']}.json").write_text(json.dumps(aged))
    assert project.check().code == 0
    assert not day.exists(), "the next check prunes what is older than the retention"
    for age in ("0s", "1ms", "59m"):
        refused = project.zionr("report", "prune", "--older-than", age)
        assert (refused.code, "is under recovery.window, 1h" in refused.err) == (64, True), refused.told
    assert len(listed(project)) == 3, "what was tried is known from the reports alone"
    project.policy({"home": str(project.top)}, recovery={"window": "1s"})
    deadline = time.monotonic() + 30
    while listed(project) and time.monotonic() < deadline:
        assert project.zionr("report", "prune", "--older-than", "1s").code == 0
    assert listed(project) == [], "all are older than a second by now"


def test_incidents(project: Project, daemon: FakeDaemon) -> None:
    recovery = {"fail_streak": 2}
    project.policy({"home": str(daemon.home), "processes": {"api": {}}}, recovery=recovery)

    def incidents() -> list[Any]:
        return list(project.zionr("incidents", "--format", "json").document["incidents"])

    assert project.check().code == 0
    daemon.rows = [row("api", 0, "errored")]
    assert project.check().code == 2
    assert incidents() == [], "one bad check is no incident yet"
    assert project.check().code == 2
    (open_one,) = incidents()
    assert (open_one["id"], open_one["open"], open_one["checks"]) == ("pm2/process-errored:api", True, 2)
    assert open_one["detect_s"] is not None
    assert "pm2/process-errored:api" in project.zionr("incidents").out
    daemon.rows = [row("api", 0)]
    assert project.check().code == 0
    (closed,) = incidents()
    assert (closed["open"], closed["resolved_at"] is None) == (False, False)
    assert project.zionr("incidents", "rearm", "pm2/process-errored:api").code == 64
    daemon.rows = [row("\x1b[31mred", 0, "errored")]
    assert project.check().code == project.check().code == 2
    rearmed = project.zionr("incidents", "rearm", "pm2/process-errored:\x1b[31mred")
    assert (rearmed.code, rearmed.out.startswith("rearmed   pm2/process-errored:\\x1b[31mred:")) == (0, True), (
        rearmed.told
    )


def test_health_is_a_sum(project: Project, daemon: FakeDaemon) -> None:
    nothing = project.zionr("health", "--format", "json").document
    assert (nothing["state"], nothing["score"]) == ("unknown", None)
    daemon.rows = [row("api", 0), row("web", 1, "waiting restart")]
    project.policy({"home": str(daemon.home), "processes": {"api": {"weight": 2}, "web": {"required": False}}})
    assert project.check().code == 0, "one that is not required, and a score above the band"

    health = project.zionr("health", "--format", "json").document

    # daemon 1 x 100, api 2 x 100, web 1 x 50
    assert health["score"] == pytest.approx(350 / 4)
    (only,) = health["rows"]
    assert only["lost"] == {"web": pytest.approx(12.5)}
    assert "87.50" in project.zionr("health").out


def test_doctor(down: Project) -> None:
    down.write(".zionr/reports/2026-01-01/torn.json", "{")
    assert "torn.json: torn, or not JSON" in down.zionr("doctor").out
    needs = {(group, need["name"]): need for group, found in _needs(down).items() for need in found}
    assert needs["pm2", "PM2 daemon"]["met"] is False
    assert needs["zionr", "policy"]["met"] is True
    assert down.zionr("doctor").code == 1
    for need in needs.values():
        assert need["met"] is not False or need["remedy"], "what is missing comes with its remedy"


def test_doctor_leaves_no_trace(bare: Project) -> None:
    done = bare.zionr("doctor")

    assert done.code == 1
    assert "zionr: policy: there is no policy" in done.out
    assert not bare.state.exists()
    bare.write("state", "a file")
    assert "reports cannot be stored: Not a directory" in bare.zionr("doctor", "--state-dir", "state").out


def _needs(project: Project) -> dict[str, list[Any]]:
    return dict(project.zionr("doctor", "--format", "json").document["needs"])


def test_policy_commands(project: Project) -> None:
    assert project.zionr("policy", "validate").out.startswith("ok")
    shown = project.zionr("policy", "show").out
    project.write("shown.yaml", shown)
    assert project.zionr("policy", "validate", "--policy", "shown.yaml").code == 0, shown
    explained = project.zionr("policy", "explain", "recovery", "--format", "json", env={"AUTO_HEALING": "false"})
    assert explained.code == 0
    assert "default" in explained.out
    schema = json.loads(project.zionr("policy", "schema").out)
    assert schema["additionalProperties"] is False
    overridden = project.zionr("policy", "explain", env={"HEALTH_SCORE_THRESHOLD": "90"}).out
    assert "HEALTH_SCORE_THRESHOLD" in overridden
    for shape in ("table", "json"):
        for words in ("validate", "show", "explain"):
            assert project.zionr("policy", words, "--format", shape).code == 0


def test_looking_into_the_past_needs_no_daemon_and_writes_nothing(project: Project, daemon: FakeDaemon) -> None:
    report = project.check().document["id"]
    calls, files = list(daemon.calls), project.report_files()
    for words in ("report list", f"report show {report}", "incidents", "health", "policy show", "report prune"):
        assert project.zionr(*words.split()).code == 0
    assert daemon.calls == calls
    assert project.report_files() == files
