from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.fakes.github import FakeGitHub
from tests.fakes.github_world import Repository
from tests.support import NOW
from tests.unit.actions.api_support import api_of
from zionr.instants import iso
from zionr.subsystems.actions.github.api import Api
from zionr.subsystems.actions.github.problem import ApiError


@pytest.fixture
def site(github: FakeGitHub) -> Repository:
    return github.add_repository(files={"README.md": "# A\n", "a/b.txt": "b\n", "a.txt": "a\n"})


@pytest.fixture
def api(github: FakeGitHub, site: Repository) -> Api:
    return api_of(github)


def test_a_repository_and_its_branch(api: Api, site: Repository) -> None:
    assert api.read_repository() == {"default_branch": "main", "full_name": "octo-org/site"}
    assert api.head("main") == site.head
    assert api.head("nowhere") is None


def test_a_branch_with_a_slash(api: Api, site: Repository) -> None:
    site.refs["heads/zionr/actions/x"] = site.head
    assert api.head("zionr/actions/x") == site.head
    assert api.ref("heads/zionr/actions/x") == site.head
    assert api.ref("heads/zionr") is None


def test_listings_are_paged_by_their_links(api: Api, site: Repository, github: FakeGitHub) -> None:
    for number in range(230):
        site.add_workflow(f"w{number:03}.yml")
    pages = list(api.workflows(20))
    assert [len(page.rows) for page in pages] == [100, 100, 30]
    assert len(github.requests) == 3
    assert [len(page.rows) for page in api.workflows(2)] == [100, 100]


def test_runs_are_filtered(api: Api, site: Repository) -> None:
    site.add_workflow("ci.yml")
    site.add_workflow("nightly.yml")
    nightly = site.add_run("nightly.yml", event="schedule", ago=7200)
    site.add_run("ci.yml", "failure")
    (page,) = api.runs({"event": "schedule", "created": "<=2026-11-24T02:00:00Z"}, 1)
    assert [row["id"] for row in page.rows] == [nightly.id]
    (page,) = api.runs_of("ci.yml", {"status": "failure"})
    assert [row["name"] for row in page.rows] == ["ci"]
    assert api.run(nightly.id)["event"] == "schedule"
    assert api.count_jobs(nightly.id) == 1
    assert api.workflow("ci.yml")["state"] == "active"


@pytest.mark.parametrize(
    ("jobs", "since"),
    [
        (
            [{"status": "in_progress", "started_at": iso(NOW)}, {"status": "completed", "started_at": iso(NOW - 9)}],
            NOW - 9,
        ),
        ([{"status": "in_progress", "started_at": iso(NOW)}, {"status": "queued", "started_at": iso(NOW - 9)}], NOW),
        ([{"status": "completed", "conclusion": "skipped", "started_at": iso(NOW)}], None),
        ([{"status": "in_progress", "started_at": None}, {"status": "in_progress"}, 7, None], None),
        ([], None),
        (None, None),
    ],
)
def test_when_the_first_job_of_a_run_began(
    api: Api, github: FakeGitHub, site: Repository, jobs: Any, since: float | None
) -> None:
    github.fail("raw", path="/jobs$", content=json.dumps({"jobs": jobs, "total_count": 2}).encode())
    assert api.working_since(1) == since


def test_a_disabled_workflow_is_enabled(api: Api, site: Repository) -> None:
    ci = site.add_workflow("ci.yml", "disabled_inactivity")
    api.enable("ci.yml")
    assert ci.state == "active"


@pytest.mark.parametrize("knows", [True, False])
def test_a_dispatch_tells_its_run_where_the_server_can(
    api: Api, site: Repository, github: FakeGitHub, knows: bool
) -> None:
    github.knows_run_details = knows
    site.add_workflow("ci.yml")
    told = api.dispatch("ci.yml", "main")
    (run,) = site.runs
    assert told == (run.id if knows else None)
    assert [api.run(run.id)["status"] for _ in range(3)] == ["queued", "in_progress", "completed"]


@pytest.mark.parametrize(
    ("changes", "ref", "says"),
    [
        ({"triggers": ("push",)}, "main", "does not have 'workflow_dispatch' trigger"),
        ({"state": "disabled_manually"}, "main", "disabled workflow"),
        ({}, "nowhere", "No ref found"),
        ({"inputs": ("level",)}, "main", "Required input 'level'"),
    ],
)
def test_a_dispatch_that_is_refused(api: Api, site: Repository, changes: dict[str, Any], ref: str, says: str) -> None:
    site.add_workflow("ci.yml", **changes)
    with pytest.raises(ApiError, match=says) as caught:
        api.dispatch("ci.yml", ref)
    assert (caught.value.kind, caught.value.status, caught.value.sent) == ("refused", 422, False)
    assert site.runs == []


def test_failed_jobs_run_again_under_the_same_id(api: Api, site: Repository) -> None:
    site.add_workflow("ci.yml")
    run = site.add_run("ci.yml", "failure")
    api.rerun_failed_jobs(run.id)
    again = api.run(run.id)
    assert (again["attempt"], again["status"], again["created_at"]) == (2, "queued", run.created_at)


def test_a_rerun_that_is_refused_is_no_missing_right(api: Api, site: Repository) -> None:
    site.add_workflow("ci.yml")
    old = site.add_run("ci.yml", "failure", ago=40 * 86_400)
    with pytest.raises(ApiError, match="over a month ago") as caught:
        api.rerun_failed_jobs(old.id)
    assert caught.value.kind == "refused"


def test_a_cancel_that_does_nothing_until_it_is_forced(api: Api, site: Repository) -> None:
    site.add_workflow("ci.yml")
    run = site.add_run("ci.yml", None, status="in_progress", ignores_cancel=True)
    api.cancel(run.id)
    assert [api.run(run.id)["status"] for _ in range(2)] == ["in_progress"] * 2
    api.force_cancel(run.id)
    api.run(run.id)
    assert api.run(run.id)["conclusion"] == "cancelled"


def test_a_run_that_contradicts_itself(api: Api, site: Repository) -> None:
    site.add_workflow("ci.yml")
    run = site.add_run("ci.yml", None, cancel_status=409, force_status=500)
    with pytest.raises(ApiError, match="not been queued") as refused:
        api.cancel(run.id)
    assert (refused.value.kind, refused.value.status) == ("refused", 409)
    with pytest.raises(ApiError) as broken:
        api.force_cancel(run.id)
    assert (broken.value.kind, broken.value.sent) == ("unreachable", True)


def test_a_proposal_from_tree_to_pull_request(api: Api, site: Repository) -> None:
    head = api.ref("heads/main")
    assert head is not None
    base = api.commit(head)
    assert [row["path"] for row in api.tree(base["tree"])["tree"]] == ["README.md", "a", "a.txt"]
    entry = {"path": ".github/workflows/ci.yml", "mode": "100644", "type": "blob", "content": "name: ci\n"}
    tree = api.create_tree(base["tree"], [entry])
    commit = api.create_commit("Mend ci.yml", tree, [head])
    api.create_ref("refs/heads/zionr/actions/ci", commit)
    assert api.pulls("zionr/actions/ci") == []
    made = api.create_pull("Mend ci.yml", "zionr/actions/ci", "main", "why")
    assert [pull["number"] for pull in api.pulls("zionr/actions/ci")] == [made["number"]] == [1]
    assert site.files_at("heads/zionr/actions/ci") == {**site.files_at("heads/main"), entry["path"]: "name: ci\n"}
    with pytest.raises(ApiError, match="Reference already exists"):
        api.create_ref("refs/heads/zionr/actions/ci", commit)


def test_the_fake_names_objects_as_git_does(site: Repository, tmp_path: Path) -> None:
    def git(*words: str, text: str = "") -> str:
        return subprocess.check_output(["git", *words], cwd=tmp_path, input=text, text=True).strip()

    git("init", "-q", ".")
    for path, content in {"README.md": "# A\n", "a/b.txt": "b\n", "a.txt": "a\n"}.items():
        blob = git("hash-object", "-w", "--stdin", text=content)
        git("update-index", "--add", "--cacheinfo", f"100644,{blob},{path}")
    assert git("write-tree") == site.objects[site.head]["tree"]


def test_a_token_that_may_not_write_workflows(api: Api, github: FakeGitHub, site: Repository) -> None:
    github.tokens = {token: {"contents": "write", "actions": "write"} for token in github.tokens}
    entry = {"path": ".github/workflows/ci.yml", "mode": "100644", "type": "blob", "content": "x"}
    with pytest.raises(ApiError, match="without `workflows` permission") as caught:
        api.create_tree(api.commit(site.head)["tree"], [entry])
    assert (caught.value.kind, "workflows=write" in caught.value.remedy) == ("no-right", True)


@pytest.mark.parametrize("name", ["", ".", ".."])
def test_no_name_climbs_out_of_its_place(api: Api, github: FakeGitHub, name: str) -> None:
    with pytest.raises(ApiError, match="no name"):
        api.enable(name)
    assert github.requests == []


def test_an_enterprise_server_has_its_api_below_a_path() -> None:
    with FakeGitHub(prefix="/api/v3") as github:
        site = github.add_repository()
        for number in range(130):
            site.add_workflow(f"w{number}.yml")
        api = api_of(github)
        assert api.head("main") == site.head
        assert sum(len(page.rows) for page in api.workflows(5)) == 130
