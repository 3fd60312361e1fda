"""What the folder and the environment of a command mean."""

from __future__ import annotations

import json
from pathlib import Path

from .fake_daemon import FakeDaemon
from .project import HOST, Project


def test_a_bare_name_that_cannot_be_an_id_is_ignored_with_a_note(project: Project) -> None:
    told = project.check(env={"REDUNDANCY_TYPE": "active/active"})

    assert told.code == 0, told.told
    assert told.document["runner"]["id"] == HOST
    note = "environment: REDUNDANCY_TYPE: 'active/active' cannot be a runner's id; it is ignored"
    assert note in told.document["notes"]
    assert note in project.zionr("policy", "validate", env={"REDUNDANCY_TYPE": "active/active"}).out
    assert project.check(env={"REDUNDANCY_TYPE": "web-2"}).document["runner"]["id"] == "web-2"
    assert project.check(env={"ZIONR_REDUNDANCY_TYPE": "active/active"}).code == 3


def test_where_paths_count_from_without_git(bare: Project, daemon: FakeDaemon) -> None:
    pm2 = {"home": str(daemon.home), "ecosystems": ["ecosystem.json"]}
    bare.policy(pm2)
    bare.write("ecosystem.json", json.dumps({"apps": [{"name": "api", "script": "x.js"}]}))
    assert bare.check().code == 0, "found by default: the current folder"
    assert bare.state.is_dir()
    named = bare.check("--policy", "policies/zionr.yaml")
    assert (bare.top / "policies" / ".zionr").is_dir()
    assert named.code != 0, "named: the folder of the policy, which has no ecosystem file"
    bare.write("policies/ecosystem.json", (bare.top / "ecosystem.json").read_text())
    assert bare.check(env={"ZIONR_POLICY": "policies/zionr.yaml"}).code == 0


def test_with_git_paths_count_from_its_top(bare: Project, daemon: FakeDaemon) -> None:
    (bare.top / ".git").mkdir()
    bare.policy({"home": str(daemon.home)})
    deep: Path = bare.top / "deep" / "er"
    deep.mkdir(parents=True)
    assert bare.zionr("check", "pm2", cwd=deep).code == 0
    assert bare.zionr("check", "pm2", "--policy", "../../policies/zionr.yaml", cwd=deep).code == 0
    assert len(bare.reports()) == 2
