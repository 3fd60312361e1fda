from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from tests.fakes.github import TOKEN, FakeGitHub
from tests.fakes.github_world import Repository
from tests.support import NOW, StillClock
from tests.unit.actions.api_support import github_context
from tests.unit.actions.github.test_due import cron
from tests.unit.actions.rules import settings
from zionr.model import JsonObject
from zionr.subsystems.actions.github.observe import REQUESTS, observe_api
from zionr.subsystems.actions.settings import Settings

HOUR, DAY = 3600.0, 86_400.0


@pytest.fixture
def site(github: FakeGitHub) -> Repository:
    return github.add_repository()


def look(
    github: FakeGitHub,
    files: JsonObject | None = None,
    rules: Settings | None = None,
    environ: dict[str, str] | None = None,
) -> tuple[JsonObject, JsonObject]:
    """The facts and what was used; both can be kept as JSON, and neither holds the token."""
    told, usage = observe_api(rules or settings(), github_context(github, environ=environ), files)
    assert told is not None
    assert usage is not None
    assert json.loads(json.dumps([told, usage])) == [told, usage]
    assert TOKEN not in json.dumps(told)
    assert usage["requests"] == len(github.requests) <= REQUESTS
    return told, usage


def files_of(names: Iterable[str], text: str = "0 * * * *", **changes: Any) -> JsonObject:
    """The facts of files that all have one cron."""
    file = {"readable": True, "name": "A name", "triggers": ["schedule"], "crons": [cron(text)], **changes}
    return {"workflows": dict.fromkeys(names, file)}


def test_a_healthy_repository(github: FakeGitHub, site: Repository) -> None:
    site.add_workflow("ci.yml")
    site.add_workflow("nightly.yml", "disabled_inactivity")
    run = site.add_run("ci.yml")
    told, usage = look(github)
    assert (told["status"], told["reason"], told["remedy"], told["unseen"]) == ("ok", None, None, [])
    assert (told["repository"], told["default_branch"], told["head"]) == ("octo-org/site", "main", site.head)
    assert told["workflows"]["nightly.yml"]["state"] == "disabled_inactivity"
    assert told["runs"]["ci.yml"]["newest"]["id"] == run.id
    assert (told["open"], told["seen_since"], told["scheduled_since"], told["due"]) == ([], None, None, {})
    assert usage == {"requests": 6, "rate_remaining": 4994, "rate_reset": github.reset}


def test_no_repository_nothing_sent(github: FakeGitHub) -> None:
    around = github_context(github, environ={"GITHUB_REPOSITORY": ""})
    assert observe_api(settings(), around, None) == (None, None)
    assert github.requests == []


def test_no_token_nothing_sent(github: FakeGitHub, site: Repository) -> None:
    told, usage = look(github, files_of(["a.yml"]), environ={"GITHUB_TOKEN": ""})
    assert (told["status"], told["reason"]) == ("no-token", "there is no token in GITHUB_TOKEN")
    assert "GITHUB_TOKEN" in told["remedy"]
    assert usage == {"requests": 0, "rate_remaining": None, "rate_reset": None}
    assert (told["seen_since"], told["scheduled_since"], told["workflows"]) == (NOW, NOW, {})


@pytest.mark.parametrize(
    ("environ", "status"),
    [
        ({"GITHUB_REPOSITORY": "nonsense"}, "not-found"),
        ({"GITHUB_REPOSITORY": "octo-org/other"}, "not-found"),
        ({"GITHUB_API_URL": "http://git.example"}, "unreachable"),
        ({"GITHUB_TOKEN": "another"}, "no-right"),
    ],
)
def test_what_is_set_wrongly(github: FakeGitHub, site: Repository, environ: dict[str, str], status: str) -> None:
    told, _ = look(github, environ=environ)
    assert told["status"] == status
    assert told["reason"]
    assert told["remedy"]
    assert len(told["unseen"]) == 6


def test_the_policys_branch_is_judged(github: FakeGitHub, site: Repository) -> None:
    site.add_workflow("ci.yml")
    site.refs["heads/live"] = "b" * 40
    on_live = site.add_run("ci.yml", branch="live", ago=600)
    site.add_run("ci.yml", "failure")
    told, _ = look(github, rules=settings(branch="live"))
    assert (told["head"], told["default_branch"]) == ("b" * 40, "main")
    assert [run["id"] for run in told["runs"]["ci.yml"]["recent"]] == [on_live.id]
    told = observe_api(settings(branch="gone"), github_context(github), None)[0] or {}
    assert (told["status"], told["head"]) == ("ok", None)


def test_workflows_of_githubs_own_are_left_out(github: FakeGitHub, site: Repository) -> None:
    site.add_workflow("codeql", folder="dynamic/github-code-scanning")
    site.add_workflow("ci.yml", "deleted")
    site.add_workflow("ci.yml")
    told, _ = look(github)
    assert [(name, one["state"]) for name, one in told["workflows"].items()] == [("ci.yml", "active")]


# Cost


def test_1400_workflows_take_at_most_thirty_requests(github: FakeGitHub, site: Repository) -> None:
    names = [f"w{number:04}.yml" for number in range(1400)]
    for number, name in enumerate(names):
        site.add_workflow(name)
        site.add_run(name, event="schedule", ago=HOUR + 60.0 * number)
        site.add_run(name, "failure", jobs=0, ago=HOUR + 60.0 * number, started_at=NOW, updated_at=NOW)
    told, usage = look(github, files_of(names, "0 3 * * *"))
    assert usage["requests"] == 30
    assert len(told["workflows"]) == 1400
    assert not [path for path in github.paths() if "/workflows/" in path], "never one call for each workflow"
    assert told["status"] == "ok"
    assert "scheduled" in told["unseen"]
    decided = [name for name in names if told["runs"].get(name, {}).get("scheduled")]
    assert len(decided) >= 300
    assert told["scheduled_since"] < told["seen_since"]


def test_tries_count_among_the_thirty(github: FakeGitHub, site: Repository) -> None:
    names = [f"w{number:04}.yml" for number in range(1200)]
    for number, name in enumerate(names):
        site.add_workflow(name)
        site.add_run(name, event="schedule", ago=HOUR + 60.0 * number)
    github.fail("status", status=502, path="/workflows$", times=2)
    github.fail("status", status=502, path="/runs$", times=2)
    told, usage = look(github, files_of(names, "0 3 * * *"))
    assert (usage["requests"], told["status"]) == (30, "ok")


def test_scheduled_runs_are_paged_until_all_is_decided(github: FakeGitHub, site: Repository) -> None:
    _busy(site, 400)
    site.add_workflow("nightly.yml")
    site.add_run("nightly.yml", event="schedule", ago=30 * HOUR)
    for hour in range(250):
        site.add_run("ci.yml", event="schedule", ago=HOUR + hour * 300.0)
    told, _ = look(github, files_of(["nightly.yml"], "0 3 * * *"))
    assert "scheduled" not in told["unseen"]
    assert told["runs"]["nightly.yml"]["scheduled"]["created_at"] == NOW - 30 * HOUR
    asked = [one.query for one in github.requests if one.query.get("event") == "schedule"]
    # The expected firing is that of two days ago, and the run of yesterday tells that all is well.
    assert len(asked) == 3
    assert asked[0]["created"].startswith("<=2026-11-24T0")


def _busy(site: Repository, count: int) -> None:
    site.add_workflow("ci.yml")
    for number in range(count):
        site.add_run("ci.yml", ago=60.0 + number)


def test_a_schedule_that_never_ran_is_known_to_the_end(github: FakeGitHub, site: Repository) -> None:
    _busy(site, 400)
    site.add_workflow("nightly.yml")
    told, _ = look(github, files_of(["nightly.yml"], "0 3 * * *"))
    assert (told["scheduled_since"], told["seen_since"], told["unseen"]) == (None, NOW - 60 - 299, [])
    assert told["due"]["nightly.yml"]["expected"] == NOW - 2 * DAY
    assert "nightly.yml" not in told["runs"]


def test_where_githubs_search_ends_no_more_is_known(github: FakeGitHub, site: Repository) -> None:
    _busy(site, 300)
    site.add_workflow("rare.yml")
    for number in range(1300):
        site.add_run("ci.yml", event="schedule", ago=HOUR + 60.0 * number)
    told, _ = look(github, files_of(["rare.yml"], "0 0 * * 0"))
    asked = [one.query.get("event") for one in github.requests if one.query.keys() & {"event", "page"}]
    assert asked == [None] * 2 + ["schedule"] * 10 + [None] * 12
    assert told["scheduled_since"] == told["seen_since"] == NOW - HOUR - 60.0 * 1199
    assert told["unseen"] == ["scheduled"]


# Failures far back


def _behind(site: Repository, count: int, *conclusions: str) -> None:
    """`slow.yml` ran with these conclusions, the newest first, before so many runs of `ci.yml`."""
    _busy(site, count)
    site.add_workflow("slow.yml")
    for place, conclusion in enumerate(conclusions):
        site.add_run("slow.yml", conclusion, ago=HOUR * (1 + place), updated_at=NOW)


@pytest.mark.parametrize(
    ("count", "conclusions", "requests", "seen"),
    [
        (150, ("failure", "failure", "failure"), 7, 153),
        (650, ("failure", "failure", "failure"), 12, 653),
        (650, ("failure", "failure", "success"), 12, 653),
        (698, ("failure", "success"), 12, 700),
        (698, ("failure", "failure", "success"), 13, 701),
        (699, ("success", "failure", "failure"), 12, 700),
        (450, (), 10, 450),
        (2500, ("failure", "failure", "failure"), 30, 2500),
    ],
)
def test_all_runs_are_paged_until_it_is_known_of_each_whether_it_fails(
    github: FakeGitHub, site: Repository, count: int, conclusions: tuple[str, ...], requests: int, seen: int
) -> None:
    _behind(site, count, *conclusions)
    told, usage = look(github)
    assert (usage["requests"], told["seen_runs"], told["status"], told["unseen"]) == (requests, seen, "ok", [])
    found = [run["conclusion"] for run in told["runs"].get("slow.yml", {"recent": []})["recent"]]
    assert found == (list(conclusions)[: seen - count])


def test_as_many_failures_are_looked_for_as_the_policy_says(github: FakeGitHub, site: Repository) -> None:
    _behind(site, 698, "failure", "failure", "failure")
    assert look(github, rules=settings(workflows={"slow.yml": {"failures": 2}}))[1]["requests"] == 12


@pytest.mark.parametrize(
    ("triggers", "environ"),
    [
        (["pull_request", "workflow_call"], {}),
        (["push"], {"GITHUB_WORKFLOW_REF": "octo-org/site/.github/workflows/slow.yml@refs/heads/main"}),
    ],
)
def test_nothing_is_paged_for_what_is_not_judged(
    github: FakeGitHub, site: Repository, triggers: list[str], environ: dict[str, str]
) -> None:
    _behind(site, 650, "failure", "failure", "failure")
    told, usage = look(github, files_of(["slow.yml"], triggers=triggers, crons=[]), environ=environ)
    assert (usage["requests"], told["seen_runs"]) == (8, 300)


def test_scheduled_runs_and_all_runs_share_the_requests(github: FakeGitHub, site: Repository) -> None:
    _behind(site, 2500, "failure")
    site.add_workflow("mixed.yml")
    for number in range(2500):
        site.add_run("ci.yml", event="schedule", ago=300.0 + number)
    told, usage = look(github, files_of(["mixed.yml"], "0 3 * * *", triggers=["push", "schedule"]))
    asked = [one.query.get("event") for one in github.requests if one.query.get("page") or one.query.get("event")]
    assert asked[:8] == [None, None, "schedule", None, "schedule", None, "schedule", None]
    assert (usage["requests"], asked.count("schedule"), told["status"]) == (30, 10, "ok")
    assert (told["unseen"], told["seen_runs"]) == (["scheduled"], 1500)


def test_what_the_clock_alone_starts_is_known_by_its_scheduled_runs(github: FakeGitHub, site: Repository) -> None:
    _behind(site, 2500)
    site.workflows.pop()
    site.add_workflow("nightly.yml")
    for day in range(3):
        site.add_run("nightly.yml", "failure", event="schedule", ago=HOUR + DAY * day, updated_at=NOW)
    told, usage = look(github, files_of(["nightly.yml"], "0 1 * * *", triggers=["schedule", "workflow_dispatch"]))
    assert (usage["requests"], told["unseen"], told["scheduled_since"]) == (9, [], None)
    assert len(told["runs"]["nightly.yml"]["recent"]) == 3


def test_scheduled_runs_count_only_where_no_others_may_lie_between(github: FakeGitHub, site: Repository) -> None:
    _behind(site, 2500)
    site.workflows.pop()
    site.add_workflow("mixed.yml")
    for day in range(3):
        site.add_run("mixed.yml", "failure", event="schedule", ago=HOUR + DAY * day)
        site.add_run("mixed.yml", "success", ago=2 * HOUR + DAY * day)
    told, _ = look(github, files_of(["mixed.yml"], "0 1 * * *", triggers=["schedule", "push"]))
    assert told["runs"]["mixed.yml"]["recent"] == []
    assert told["runs"]["mixed.yml"]["scheduled"]["created_at"] == NOW - HOUR


def test_a_quarter_of_the_time_is_left(github: FakeGitHub, site: Repository) -> None:
    _behind(site, 2500, "failure")
    around = github_context(github)
    clock = around.clock
    assert isinstance(clock, StillClock)
    github.on_page = lambda page: clock.sleep(4)
    told, usage = observe_api(settings(), around, None)
    assert told is not None
    assert usage is not None
    # Twelve pages take 48 of 60 seconds.
    assert (told["status"], told["unseen"], usage["requests"]) == ("ok", [], 14)


def test_enough_runs_are_kept_to_tell_how_long_a_row_is(github: FakeGitHub, site: Repository) -> None:
    site.add_workflow("ci.yml")
    for number in range(30):
        site.add_run("ci.yml", "failure", ago=60.0 + number)
    assert len(look(github)[0]["runs"]["ci.yml"]["recent"]) == 10
    assert (
        len((observe_api(settings(failures=20), github_context(github), None)[0] or {})["runs"]["ci.yml"]["recent"])
        == 20
    )


def test_nothing_is_paged_for_what_github_would_not_start(github: FakeGitHub, site: Repository) -> None:
    _busy(site, 400)
    site.add_workflow("off.yml", "disabled_manually")
    site.add_workflow("new.yml", created_at=NOW - 200, updated_at=NOW - 200)
    told, usage = look(github, files_of(["off.yml", "new.yml", "nowhere.yml"], "0 3 * * *"))
    assert (usage["requests"], told["unseen"]) == (8, [])


# Runs on their way


def test_open_runs_oldest_first(github: FakeGitHub, site: Repository) -> None:
    site.add_workflow("ci.yml")
    young = site.add_run("ci.yml", None, ago=60)
    old = site.add_run("ci.yml", None, status="in_progress", ago=7 * HOUR)
    site.add_run("ci.yml", None, status="waiting", ago=7 * HOUR)
    told, _ = look(github)
    assert [(run["id"], run["workflow"], run["status"]) for run in told["open"]] == [
        (old.id, "ci.yml", "in_progress"),
        (young.id, "ci.yml", "queued"),
    ]


def test_the_oldest_are_found_behind_many_young_ones(github: FakeGitHub, site: Repository) -> None:
    site.add_workflow("ci.yml")
    for number in range(250):
        site.add_run("ci.yml", None, ago=60.0 + number)
    stuck = site.add_run("ci.yml", None, ago=2 * HOUR)
    told, _ = look(github)
    assert told["open"][0]["id"] == stuck.id
    assert len(told["open"]) == 101
    assert told["unseen"] == []


# Runs without jobs


def test_a_failure_without_jobs_is_found_within_the_budget(github: FakeGitHub, site: Repository) -> None:
    for number in range(8):
        site.add_workflow(f"w{number}.yml")
        run = site.add_run(f"w{number}.yml", "failure", jobs=number % 2, ago=600)
        run.updated_at = run.started_at + number
    told, _ = look(github)
    assert [told["runs"][f"w{number}.yml"]["newest"]["jobs"] for number in range(8)] == [
        0,
        1,
        0,
        1,
        0,
        None,
        None,
        None,
    ]
    assert told["runs"]["w0.yml"]["recent"][0]["jobs"] == 0
    assert told["unseen"] == ["jobs"]


@pytest.mark.parametrize(
    ("title", "lasted", "file", "jobs", "asked"),
    [
        # GitHub calls a run by its path where it cannot read the file, but also where the file has no name.
        (".github/workflows/a.yml", 1.0, {"name": "A"}, 0, 0),
        (".github/workflows/a.yml", 1.0, {"name": None}, 1, 1),
        (".github/workflows/a.yml", 1.0, {"name": None, "readable": False}, 1, 1),
        (".github/workflows/a.yml", 300.0, {"name": "A"}, None, 0),
        ("A", 1.0, {"name": "A"}, 1, 1),
        ("A", 300.0, {"name": "A"}, None, 0),
    ],
)
def test_a_run_named_by_its_path(
    github: FakeGitHub,
    site: Repository,
    title: str,
    lasted: float,
    file: JsonObject,
    jobs: int | None,
    asked: int,
) -> None:
    site.add_workflow("a.yml")
    run = site.add_run("a.yml", "failure", ago=600, title=title)
    run.updated_at = run.started_at + lasted
    told, _ = look(github, files_of(["a.yml"], crons=[], **file))
    assert told["runs"]["a.yml"]["newest"]["jobs"] == jobs
    assert len([path for path in github.paths() if path.endswith("/jobs")]) == asked


def test_a_start_that_failed_had_no_jobs(github: FakeGitHub, site: Repository) -> None:
    site.add_workflow("a.yml")
    site.add_run("a.yml", "startup_failure")
    told, _ = look(github)
    assert told["runs"]["a.yml"]["recent"][0]["jobs"] == 0


def test_jobs_that_cannot_be_asked_for_spoil_nothing(github: FakeGitHub, site: Repository) -> None:
    site.add_workflow("a.yml")
    site.add_run("a.yml", "failure")
    github.fail("status", path="/jobs$", status=403, message="Resource not accessible by integration")
    told, _ = look(github)
    assert (told["status"], told["unseen"]) == ("ok", ["jobs"])
    assert told["runs"]["a.yml"]["newest"]["jobs"] is None


# Failures in the middle


def test_what_was_seen_before_a_limit_is_kept(github: FakeGitHub, site: Repository) -> None:
    for number in range(1000):
        site.add_workflow(f"w{number}.yml")
    site.add_run("w1.yml", "failure")
    fault = github.limit(primary=True, path="/workflows$", times=0)

    def on_page(page: int) -> None:
        fault.times = 1 if page == 8 else fault.times

    github.on_page = on_page
    told, _ = look(github, files_of(["w1.yml"]))
    assert (told["status"], len(told["workflows"])) == ("limited", 800)
    assert "until 03:30Z" in told["reason"]
    assert told["unseen"] == ["workflows", "open", "runs", "scheduled", "jobs"]
    assert (told["seen_since"], told["scheduled_since"]) == (NOW, NOW)
    assert told["head"] == site.head


def test_a_limit_while_runs_are_paged_leaves_what_is_known_so_far(github: FakeGitHub, site: Repository) -> None:
    _busy(site, 400)
    github.fail("status", path="/runs$", status=500, times=0)
    fault = github.limit(primary=True, path="/runs$", times=0)

    def on_page(page: int) -> None:
        fault.times = 1 if page == 2 else fault.times

    github.on_page = on_page
    told, _ = look(github)
    assert told["status"] == "limited"
    assert told["seen_since"] == told["scheduled_since"] == NOW - 60 - 199
    assert told["runs"]["ci.yml"]["newest"] is not None
    assert told["unseen"] == ["runs", "scheduled", "jobs"]


def test_pages_that_shift_while_they_are_read(github: FakeGitHub, site: Repository) -> None:
    _busy(site, 150)

    def on_page(page: int) -> None:
        for _ in range(7):
            site.add_run("ci.yml", "failure", ago=0.0)

    github.on_page = on_page
    told, _ = look(github, rules=settings(failures=20))
    recent = [run["id"] for run in told["runs"]["ci.yml"]["recent"]]
    assert len(recent) == len(set(recent)) == 20
    assert (told["status"], told["seen_since"]) == ("ok", None)


def test_an_enterprise_server() -> None:
    with FakeGitHub(prefix="/api/v3") as github:
        github.add_repository().add_workflow("ci.yml")
        assert look(github)[0]["workflows"].keys() == {"ci.yml"}


# Hostile replies


@pytest.mark.parametrize("path", ["/site$", "/branches/", "/workflows$", "/runs$"])
@pytest.mark.parametrize(
    "content",
    [
        b"<html>",
        b"[]",
        b'{"workflows": [7, null, {}], "workflow_runs": [[], "x", {"id": 1}], "total_count": -1}',
        b'{"default_branch": 7, "commit": [], "workflows": {}, "workflow_runs": null}',
        b'{"default_branch": "\\ud800\\u0000", "commit": {"sha": {}}, "workflows": [], "workflow_runs": []}',
    ],
)
def test_replies_of_wrong_shape_never_raise(github: FakeGitHub, site: Repository, path: str, content: bytes) -> None:
    _busy(site, 3)
    github.fail("raw", path=path, content=content)
    told, _ = look(github, files_of(["ci.yml"]))
    if b"sha" not in content:
        assert told["status"] in ("unreadable", "not-found")
    if told["status"] == "unreadable" and path == "/runs$":
        assert told["seen_since"] == told["scheduled_since"] == NOW


def test_one_run_that_cannot_be_read_lets_none_count_as_absent(github: FakeGitHub, site: Repository) -> None:
    _busy(site, 3)
    site.runs[1].id = "x"  # type: ignore[assignment]  # that is the point
    told, _ = look(github)
    assert (told["status"], told["reason"]) == ("unreadable", "1 rows of GitHub's lists cannot be read")
    assert (told["seen_since"], told["scheduled_since"]) == (NOW, NOW)
    assert told["runs"]["ci.yml"]["newest"]["id"] == site.runs[0].id


@pytest.mark.parametrize(
    "odd", [{"conclusion": None}, {"conclusion": 7}, {"conclusion": []}, {"status": None}, {"status": "new"}]
)
def test_a_run_that_neither_goes_on_nor_ended_lets_nothing_be_well(
    github: FakeGitHub, site: Repository, odd: dict[str, Any]
) -> None:
    _busy(site, 3)
    for name, value in odd.items():
        setattr(site.runs[-1], name, value)
    told, _ = look(github)
    assert (told["status"], told["reason"]) == ("unreadable", "1 rows of GitHub's lists cannot be read")
    assert (told["seen_since"], told["scheduled_since"]) == (NOW, NOW)


def test_a_default_branch_that_is_not_there(github: FakeGitHub, site: Repository) -> None:
    del site.refs["heads/main"]
    told, _ = look(github)
    assert (told["status"], told["reason"]) == ("unreadable", "GitHub's API: the default branch main is not there")
    assert "head" in told["unseen"]


@pytest.mark.parametrize("path", ["/workflows$", "/runs$"])
@pytest.mark.parametrize("total", [3, 0])
def test_an_empty_page_that_tells_of_more_was_not_seen(
    github: FakeGitHub, site: Repository, path: str, total: int
) -> None:
    _busy(site, 3)
    empty = json.dumps({"total_count": total, "workflows": [], "workflow_runs": []}).encode()
    link = {} if total else {"Link": f'<{github.url}/repos/octo-org/site/actions/runs?page=2>; rel="next"'}
    github.fail("raw", path=path, content=empty, headers=link)
    told, _ = look(github)
    assert told["status"] == "unreadable"
    assert told["reason"].endswith("is empty, and it tells of more")
    assert told["seen_since"] == NOW
    assert "runs" in told["unseen"]


def test_a_page_out_of_order_proves_little(github: FakeGitHub, site: Repository) -> None:
    _busy(site, 400)
    rows = [
        {"id": number, "created_at": f"20{26 - number}-01-01T00:00:00Z", "status": "queued"} for number in (1, 0, 2)
    ]
    link = {"Link": f'<{github.url}/repos/octo-org/site/actions/runs?page=4>; rel="next"'}
    content = json.dumps({"workflow_runs": rows}).encode()
    github.fail("raw", path="/runs$", content=b'{"workflow_runs": []}', times=2)
    github.fail("raw", path="/runs$", content=content, headers=link)
    github.fail("raw", path="/runs$", content=b"{}")
    told, _ = look(github)
    assert told["seen_since"] == 1_767_225_600.0


def test_the_look_ends_at_its_deadline(github: FakeGitHub, site: Repository) -> None:
    _busy(site, 3)
    around = github_context(github)
    clock = around.clock
    assert isinstance(clock, StillClock)
    github.on_page = lambda page: clock.sleep(25)
    told, usage = observe_api(settings(), around, None)
    assert told is not None
    assert (told["status"], told["reason"]) == (
        "unreachable",
        "the time for all work with the API (1m) is used up",
    )
    assert "runs" in told["unseen"]
    assert usage is not None
    assert usage["requests"] == 5


def test_the_token_is_in_no_file(github: FakeGitHub, site: Repository, tmp_path: Path) -> None:
    _busy(site, 150)
    (tmp_path / ".zionr").mkdir(mode=0o700)
    for _ in range(2):
        told, _ = observe_api(settings(), github_context(github, str(tmp_path)), None)
    assert told is not None
    assert told["runs"]["ci.yml"]["newest"]["id"] == site.runs[0].id
    kept = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert len(kept) == 7
    assert not [path for path in kept if TOKEN.encode() in path.read_bytes()]
    assert [one.status for one in github.requests] == [200] * 7 + [304] * 7
