"""The other commands where the policy watches GitHub Actions: doctor, all, health, incidents, policy, report."""

from __future__ import annotations

import os
import re
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.fakes.github import FakeGitHub

from .actions_site import CLOSED, LOST_PERMISSIONS, UNREADABLE, Site, damage, workflow
from .test_formats import valid


@pytest.fixture
def watched(site: Site) -> Site:
    """One good workflow."""
    site.workflows(ci=workflow())
    site.watch({})
    site.commit()
    return site


@pytest.fixture
def github() -> Iterator[FakeGitHub]:
    """A GitHub that has the workflow."""
    with FakeGitHub(now=time.time()) as fake:
        fake.add_repository().add_workflow("ci.yml")
        yield fake


def said(text: str) -> dict[str, str]:
    """What `doctor` said of each need: its first word."""
    return {name: word for word, name in re.findall(r"^(\w+) +actions: ([^:]+):", text, re.MULTILINE)}


def test_doctor_with_all_that_is_needed(watched: Site, github: FakeGitHub) -> None:
    done = watched.zionr("doctor", env=github.environ())

    assert done.code == 0, done.told
    assert set(said(done.out).values()) == {"ok"}, done.out
    assert set(said(done.out)) == {
        *("workflow files", "time zones", "git", "bash", "repository on GitHub", "token", "GitHub's API"),
    }
    assert len(github.requests) == 1


@pytest.mark.parametrize(
    ("environ", "code", "need", "remedy"),
    [
        ({"GITHUB_TOKEN": ""}, 1, "token", "set GITHUB_TOKEN"),
        ({"GITHUB_TOKEN": "nonsense"}, 1, "GitHub's API", "renew GITHUB_TOKEN"),
        ({"GITHUB_TOKEN": os.fsdecode(b"nonsense\xff")}, 1, "GitHub's API", "set GITHUB_TOKEN"),
        ({"GITHUB_API_URL": CLOSED}, 1, "GitHub's API", "look at the network"),
        ({"GITHUB_REPOSITORY": ""}, 0, "repository on GitHub", "set subsystems.actions.repository"),
        ({"PATH": "/nonexistent"}, 0, "bash", "put it on PATH"),
    ],
)
def test_doctor_says_what_is_missing(
    watched: Site, github: FakeGitHub, environ: dict[str, str], code: int, need: str, remedy: str
) -> None:
    done = watched.zionr("doctor", env=github.environ() | environ)

    assert done.code == code, done.told
    assert said(done.out)[need] == ("MISSING" if code else "note"), done.out
    assert remedy in done.out
    assert "nonsense" not in done.out


def test_doctor_of_a_folder_that_is_not_there(site: Site) -> None:
    site.watch({"files": {"path": "gone", "tools": ["actionlint"]}})

    done = site.zionr("doctor")

    assert done.code == 1
    assert said(done.out)["workflow files"] == said(done.out)["actionlint"] == "MISSING"


def test_all_has_a_part_for_each(watched: Site, pm2_home: Path) -> None:
    pm2 = {"home": str(pm2_home), "processes": {"api": {}}}
    watched.write(
        "policies/zionr.yaml",
        f'{{"version": 1, "subsystems": {{"actions": {{}}, "pm2": {str(pm2).replace(chr(39), chr(34))}}}}}',
    )
    watched.workflows(ci=LOST_PERMISSIONS)

    done = watched.zionr("check", "all", "--format", "json")
    shown = watched.zionr("check", "all")

    assert done.code == shown.code == 2, done.told
    by_name = {report["subsystem"]: report for report in done.document["reports"]}
    assert list(by_name) == ["pm2", "actions"], "causes first"
    for report in by_name.values():
        valid(report)
    assert by_name["actions"]["targets"][0]["state"] == "critical"
    assert shown.out.startswith("CRITICAL  2 subsystems: score ")
    assert "\nCRITICAL  actions: ci.yml: `contents` under `concurrency`" in shown.out
    nagios = watched.zionr("check", "all", "--format", "nagios")
    assert nagios.out.startswith("ZIONR CRITICAL - pm2 critical, actions critical | score=")
    assert watched.zionr("recover", "all").code == 1


def test_a_trouble_from_its_first_sight_to_its_end(watched: Site) -> None:
    watched.workflows(ci=UNREADABLE)
    watched.zionr("check", "actions")
    first = watched.zionr("incidents")
    health = watched.zionr("health")
    listed = watched.zionr("report", "list", "--subsystem", "actions")
    watched.workflows(ci=workflow())
    watched.zionr("check", "actions")

    assert "\nCRITICAL  actions/unreadable:ci.yml  " in first.out, first.out
    assert health.out.startswith("CRITICAL  test 0.00 of 100, 100.0% of the weight seen"), health.out
    assert "CRITICAL  " in listed.out
    changed = watched.zionr("report", "diff", watched.reports()[0]["id"])
    assert "actions/unreadable:ci.yml" in changed.out
    last = watched.zionr("incidents")
    assert re.search(r"resolved  actions/unreadable:ci\.yml", last.out), last.out
    assert watched.zionr("health").out.startswith("ok        test 100.00 of 100")


def test_a_report_on_file_tells_where(site: Site) -> None:
    site.watch({})
    damage(site, 12, 3)
    site.mend()

    shown = site.zionr("report", "show")

    assert shown.code == 0
    assert "          .github/workflows/w01.yml:1:7\n" in shown.out
    assert "          apply it with: zionr report show " in shown.out
    assert site.zionr("report", "show", "--patch").out.startswith("diff --git a/.github/workflows/w00.yml ")


def test_the_policy_is_explained(watched: Site) -> None:
    watched.watch({"branch": "main", "workflows": {"ci.yml": {"max_age": "26h"}}})

    assert watched.zionr("policy", "validate").out == "ok        policies/zionr.yaml: watches actions\n"
    shown = watched.zionr("policy", "show", "--format", "json").document["document"]
    assert shown["subsystems"]["actions"]["workflows"]["ci.yml"]["max_age"] == "26h"
    explained = watched.zionr("policy", "explain", "subsystems.actions")
    assert re.search(r"subsystems\.actions\.branch +main +policies/zionr\.yaml:\d+", explained.out), explained.out
    assert re.search(r"subsystems\.actions\.stuck\.queued +1h +default", explained.out)


@pytest.mark.parametrize(
    ("rules", "said"),
    [
        ({"repositry": "o/r"}, "subsystems.actions.repositry: unknown key, did you mean 'repository'?"),
        ({"repository": "nonsense"}, "subsystems.actions.repository: "),
        ({"workflows": {"ci": {}}}, "subsystems.actions.workflows.ci: "),
        ({"stuck": {"queued": "60"}}, "subsystems.actions.stuck.queued: '60' has no unit"),
        ({"rules": {"actions/no-timeot": "off"}}, "actions/no-timeot"),
        ({"files": {"tools": ["yamllint"]}}, "subsystems.actions.files.tools"),
        ({"proposals": "push"}, "subsystems.actions.proposals: "),
    ],
)
def test_a_wrong_policy_is_one_line_with_its_place(watched: Site, rules: dict[str, object], said: str) -> None:
    watched.watch(rules)

    done = watched.zionr("policy", "validate")

    assert done.code == 78, done.told
    (line,) = done.err.splitlines()
    assert re.match(r"policies/zionr\.yaml:\d+:\d+: ", line)
    assert said in line


def test_rules_of_other_tools_can_be_set(watched: Site) -> None:
    watched.watch({"rules": {"zizmor/unpinned-uses": "off", "actions/no-timeout": "warning"}})
    watched.workflows(ci=workflow().replace("    timeout-minutes: 10\n", ""))

    done = watched.look()

    assert done.code == 1, done.told
    assert done.findings()["actions/no-timeout:ci.yml"]["state"] == "warning"


def test_a_tool_that_is_not_there_is_not_known(watched: Site) -> None:
    watched.watch({"files": {"tools": ["actionlint"]}})

    done = watched.zionr("check", "actions")

    assert done.code == 3, done.told
    assert done.out.startswith("UNKNOWN   actions: actionlint: ")
    assert done.out.endswith("next      zionr doctor\n")


def test_overlay_and_runner(watched: Site) -> None:
    watched.write("policies/zionr.night.yaml", '{"subsystems": {"actions": {"critical": ["gone.yml"]}}}')

    done = watched.look("--env", "night", "--runner", "night-watch")

    assert done.code == 2, done.told
    assert done.document["policy"]["environment"] == "night"
    assert done.document["runner"]["id"] == "night-watch"
    assert "actions/missing:gone.yml" in done.findings()
