"""`zionr check actions` and `zionr recover actions` beside a GitHub that holds state."""

from __future__ import annotations

import json
import os
import re
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from tests.fakes.github import TOKEN, FakeGitHub
from tests.fakes.github_world import Repository

from .actions_site import CLOSED, DAILY, DAY, HOUR, Site, workflow
from .test_formats import valid

APPLY = {"mode": "apply", "fail_streak": 1, "cooldown": "1s"}
SOON = (("completed", "success"),)
"""The looks at a run that was started: it is over at the first one."""


class World(NamedTuple):
    """A site that is well, and its repository on GitHub."""

    site: Site
    home: Repository
    github: FakeGitHub

    def zionr(self, *words: str, **environ: str) -> Any:
        """Run zionr with the token."""
        return self.site.zionr(*words, env=self.github.environ() | environ)

    def look(self, **environ: str) -> Any:
        """`zionr check actions --format json`."""
        return self.zionr("check", "actions", "--format", "json", **environ)

    def mend(self, *words: str) -> Any:
        """`zionr recover actions --format json`."""
        return self.zionr("recover", "actions", "--format", "json", *words)


@pytest.fixture
def github() -> Iterator[FakeGitHub]:
    """A GitHub of this moment. No test leaves its token anywhere."""
    with FakeGitHub(now=time.time()) as fake:
        yield fake


@pytest.fixture
def world(site: Site, github: FakeGitHub) -> Iterator[World]:
    """Three workflows, all of them alive."""
    by_hand = "{push: , workflow_dispatch: }"
    site.workflows(
        ci=workflow("CI", by_hand), nightly=workflow("Nightly", DAILY), spare=workflow("Spare", "workflow_dispatch")
    )
    rules = {"nightly.yml": {"backup": "spare.yml"}}
    site.watch({"critical": ["nightly.yml"], "workflows": rules, "cancel_wait": "1s"}, recovery=APPLY)
    site.commit(ago=20 * DAY)
    home = github.add_repository()
    for name in ("ci.yml", "nightly.yml", "spare.yml"):
        home.add_workflow(name, dispatched=SOON)
    home.add_run("nightly.yml", event="schedule", ago=HOUR)
    home.add_run("ci.yml", ago=HOUR)
    made = World(site, home, github)
    yield made
    assert [name for name, content in site.written().items() if TOKEN.encode() in content] == []


def test_all_is_well_in_one_line_and_few_requests(world: World) -> None:
    done = world.zionr("check", "actions")
    again = world.look()

    assert (done.code, done.err) == (0, ""), done.told
    assert done.out.startswith("ok        actions: 4 targets, score 100.0, ")
    assert done.out.count("\n") == 1
    valid(again.document)
    used = again.document["api"]
    assert used["requests"] == 6
    assert used["rate_remaining"] == world.github.remaining
    assert all(one.status == 304 for one in world.github.requests[-6:]), "what is unchanged costs nothing"
    # With something to tell, what it cost is told as well.
    world.home.workflows[0].state = "disabled_manually"
    told = world.zionr("check", "actions")
    assert told.code == 1
    assert "\napi       6 requests, 4,9" in told.out
    assert TOKEN not in told.out + told.err + done.out + again.out


class Blind(NamedTuple):
    """A way not to see what GitHub has, with what is said of it."""

    change: Callable[[FakeGitHub], dict[str, str]]
    message: str
    hint: str


def _hide(github: FakeGitHub) -> dict[str, str]:
    github.repositories["octo-org/site"].private = True
    github.tokens[TOKEN] = {}
    return {}


def _limit(github: FakeGitHub) -> dict[str, str]:
    github.limit(primary=True)
    return {}


def _garbage(github: FakeGitHub) -> dict[str, str]:
    github.fail("garbage", path="/actions/runs")
    return {}


BLIND = {
    "no token": Blind(lambda github: {"GITHUB_TOKEN": ""}, "there is no token in GITHUB_TOKEN", "set GITHUB_TOKEN"),
    "no letters of a token": Blind(
        lambda github: {"GITHUB_TOKEN": os.fsdecode(b"nonsense\xff")}, "letters that no token has", "set GITHUB_TOKEN"
    ),
    "bad token": Blind(lambda github: {"GITHUB_TOKEN": "nonsense"}, "GitHub does not know the token", "renew"),
    "not found": Blind(
        lambda github: {"GITHUB_REPOSITORY": "octo-org/gone"},
        "GitHub knows no such thing, or hides it",
        "check the name",
    ),
    "private": Blind(_hide, "GitHub knows no such thing, or hides it", "give the token the right"),
    "limit": Blind(_limit, "GitHub's primary rate limit is reached, until ", "look less often"),
    "garbage": Blind(_garbage, "GitHub's API: its answer is no JSON", ""),
    "closed": Blind(lambda github: {"GITHUB_API_URL": CLOSED}, "GitHub's API cannot be reached", "network"),
    "no address": Blind(lambda github: {"GITHUB_API_URL": "nonsense"}, "GITHUB_API_URL", "https://"),
    "no name": Blind(lambda github: {"GITHUB_REPOSITORY": "nonsense"}, "GITHUB_REPOSITORY", ""),
}


@pytest.mark.parametrize("blind", BLIND.values(), ids=BLIND)
def test_what_cannot_be_seen_is_unknown_with_its_remedy(world: World, blind: Blind) -> None:
    environ = blind.change(world.github)

    done = world.look(**environ)

    assert (done.code, done.err) == (3, ""), done.told
    valid(done.document)
    (finding,) = done.document["findings"]
    assert (finding["id"], finding["state"]) == ("actions/api-unavailable:api", "unknown")
    assert blind.message in finding["message"]
    assert blind.hint in (finding["hint"] or "")
    assert "nonsense" not in str(done.document) or "TOKEN" not in environ
    states = {name: target["state"] for name, target in done.targets().items()}
    assert states == dict.fromkeys(("api", "ci.yml", "nightly.yml", "spare.yml"), "unknown")


def test_enterprise_has_its_prefix(site: Site) -> None:
    site.workflows(ci=workflow())
    site.watch({})
    site.commit()
    with FakeGitHub("/api/v3", now=time.time()) as github:
        home = github.add_repository()
        home.add_workflow("ci.yml", "disabled_manually")
        done = site.zionr("check", "actions", env=github.environ())

    assert done.code == 1, done.told
    assert "https://git.example/octo-org/site/actions/workflows/ci.yml" in done.out


def step_of(done: Any) -> Any:
    """The one step that was done."""
    (step,) = (step for step in done.document["steps"] if step["outcome"] != "skipped")
    return step


def test_disabled_for_inactivity_is_enabled_and_looked_at(world: World) -> None:
    world.home.workflows[0].state = "disabled_inactivity"

    done = world.mend()

    assert done.code == 0, done.told
    valid(done.document)
    step = step_of(done)
    assert (step["remedy"], step["outcome"], step["verified"]) == ("actions/enable", "succeeded", True)
    assert (done.document["state"], world.home.workflows[0].state) == ("ok", "active")
    assert world.github.changes() == ["PUT /repos/octo-org/site/actions/workflows/7000/enable"]
    assert done.document["api"]["requests"] == len(world.github.requests)


def test_a_plan_sends_nothing_that_changes(world: World) -> None:
    world.home.workflows[0].state = "disabled_inactivity"

    done = world.zionr("recover", "actions", "--plan")

    assert done.code == 0, done.told
    assert "planned   actions/enable  actions/disabled-inactivity:ci.yml  attempt 1\n" in done.out
    assert world.github.changes() == []


def test_a_failure_is_run_again_once(world: World) -> None:
    for ago in (180, 120, 60):
        world.home.add_run("ci.yml", "failure", ago=float(ago), reruns=SOON)

    done = world.mend()

    assert done.code == 0, done.told
    step = step_of(done)
    assert (step["remedy"], step["outcome"], step["verified"]) == ("actions/rerun", "succeeded", True)
    assert len(world.github.changes()) == 1
    assert world.look().code == 0


def test_the_workflow_that_runs_zionr_does_not_keep_itself_red(world: World) -> None:
    for ago in (180, 120, 60):
        world.home.add_run("ci.yml", "failure", ago=float(ago))

    own = world.look(GITHUB_WORKFLOW_REF="octo-org/site/.github/workflows/ci.yml@refs/heads/main")
    other = world.look()

    assert (own.code, own.document["findings"]) == (0, []), own.told
    assert (other.code, list(other.findings())) == (2, ["actions/failing:ci.yml"]), other.told


def test_what_fails_again_is_left_to_a_person(world: World) -> None:
    for ago in (180, 120, 60):
        world.home.add_run("ci.yml", "failure", ago=float(ago), reruns=(("completed", "failure"),))

    done = world.zionr("recover", "actions")
    again = world.zionr("recover", "actions", "--now")

    assert (done.code, again.code) == (1, 1), done.told + again.told
    assert "failed    actions/rerun  actions/failing:ci.yml  attempt 1" in done.out
    assert "was run again already, and failed again" in " ".join(again.out.split())
    assert len(world.github.changes()) == 1


def test_overdue_is_made_up_for_by_the_backup(world: World) -> None:
    world.home.runs[0].created_at -= 3 * DAY

    done = world.mend()
    after = world.zionr("check", "actions")

    step = step_of(done)
    assert done.code == 0, done.told
    assert (step["remedy"], step["outcome"], step["verified"]) == ("actions/backup", "succeeded", True)
    assert [run.workflow.name for run in world.home.runs] == ["nightly.yml", "ci.yml", "spare.yml"]
    # The schedule itself is still dead: that is said, and the work is not done twice.
    assert after.code == 1, after.told
    assert after.out.startswith("WARNING   actions: nightly.yml: was due ")
    assert "spare.yml did the work" in " ".join(after.out.split())
    assert world.mend("--now").code == 0
    assert len(world.home.runs) == 3


def test_backup_triggers_off(world: World) -> None:
    world.home.runs[0].created_at -= 3 * DAY

    done = world.zionr("recover", "actions", BACKUP_TRIGGERS="false")

    assert "skipped   actions/backup nightly.yml\n          mode off, " in done.out, done.told
    assert world.github.changes() == []


def test_stuck_is_cancelled(world: World) -> None:
    run = world.home.add_run("ci.yml", None, ago=9 * HOUR)

    done = world.mend()

    step = step_of(done)
    assert (step["remedy"], step["outcome"], step["verified"]) == ("actions/cancel", "succeeded", True), done.told
    assert (run.status, run.conclusion) == ("completed", "cancelled")
    assert world.github.changes()[0] == f"POST /repos/octo-org/site/actions/runs/{run.id}/cancel"


def test_disabled_by_hand_is_never_touched(world: World) -> None:
    world.home.workflows[0].state = "disabled_manually"

    done = world.zionr("recover", "actions", "--now")

    assert done.code == 0, done.told
    assert done.out.startswith("WARNING   actions: ci.yml: somebody disabled it ")
    assert world.github.changes() == []


def test_two_at_once_and_one_acts(world: World) -> None:
    world.home.workflows[0].state = "disabled_inactivity"
    words = world.site.command("recover", "actions", "--format", "json")
    environ = world.site.environ | world.github.environ()

    runs = [
        subprocess.Popen(words, env=environ, cwd=world.site.top, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        for _ in range(2)
    ]
    said = [run.communicate(timeout=60) for run in runs]

    assert [(run.returncode, err) for run, (_, err) in zip(runs, said, strict=True)] == [(0, b"")] * 2
    assert len(world.github.changes()) == 1
    outcomes = sorted(step["outcome"] for out, _ in said for step in json.loads(out)["steps"])
    assert outcomes in (["skipped", "succeeded"], ["succeeded"])


def test_a_broken_file_is_the_cause_of_its_runs_and_never_run_again(world: World) -> None:
    world.site.workflows(ci="name: CI: all\non: push\n")
    for ago in (180, 120, 60):
        world.home.add_run("ci.yml", "failure", ago=float(ago), jobs=0)

    done = world.look()

    found = done.findings()
    assert found["actions/failing:ci.yml"]["caused_by"] == "actions/unreadable:ci.yml"
    assert found["actions/run-without-jobs:ci.yml"]["caused_by"] == "actions/unreadable:ci.yml"
    world.mend("--now")
    assert [path for path in world.github.changes() if "rerun" in path] == []


def test_a_big_repository_takes_at_most_thirty_requests(world: World) -> None:
    for number in range(1400):
        name = f"agent-{number:04}.yml"
        world.home.add_workflow(name)
        world.home.add_run(name, "success" if number % 7 else "failure", ago=60.0 + number)
    small = workflow("Agent", DAILY).encode()
    for number in range(0, 1400, 70):
        world.site.write(f".github/workflows/agent-{number:04}.yml", small)

    done = world.look()

    assert done.code in (0, 1, 2, 3)
    assert len(world.github.requests) == done.document["api"]["requests"] <= 30
    assert world.github.unexpected == []


@pytest.mark.parametrize("shape", ["table", "nagios", "github"])
def test_what_github_says_steers_nothing(world: World, shape: str) -> None:
    nasty = "\x1b[2J\n::error::x|y"
    world.home.workflows[0].state = "odd\x1b[31m\n::error::"
    for ago in (180, 120, 60):
        world.home.add_run("spare.yml", "failure", ago=float(ago), title=nasty, branch="main")

    done = world.zionr("check", "actions", "--format", shape, "-v")

    assert done.code == 2, done.told
    assert all(line.isprintable() for line in done.out.splitlines()), done.out
    if shape == "nagios":
        assert (done.out.count("\n"), done.out.count("|")) == (1, 1)
    if shape == "github":
        said, _, _ = done.out.partition("::stop-commands::")
        assert all(
            line.startswith(("::error title=actions", "::warning title=actions", "::notice title=actions"))
            for line in said.splitlines()
        ), said


def test_the_token_of_a_redirect_goes_nowhere_else(world: World) -> None:
    """A repository that was renamed is found, and what is kept says nothing of the token."""
    world.github.aliases["octo-org/old"] = "octo-org/site"

    done = world.look(GITHUB_REPOSITORY="octo-org/old")

    assert done.code in (0, 3), done.told
    kept = [path for path in Path(world.site.state).rglob("*") if path.is_file()]
    assert kept
    assert not [path for path in kept if TOKEN.encode() in path.read_bytes()]


def test_ended_while_it_waits_for_a_run(world: World) -> None:
    """The run goes on at GitHub. What was begun is on file, and is not begun again."""
    world.home.runs[0].created_at -= 3 * DAY
    world.home.workflows[2].dispatched = (("queued", None), *[("in_progress", None)] * 50)
    words = world.site.command("recover", "actions", "--format", "json")
    run = subprocess.Popen(
        words, env=world.site.environ | world.github.environ(), cwd=world.site.top, stdout=subprocess.PIPE
    )
    deadline = time.monotonic() + 60
    while not any(re.search(r"/runs/\d+$", path) for path in world.github.paths()) and time.monotonic() < deadline:
        time.sleep(0.01)
    run.terminate()
    out, _ = run.communicate(timeout=20)

    assert (run.returncode, out) == (143, b"")
    (report,) = world.site.reports()
    (step,) = (step for step in report["steps"] if step["outcome"] != "skipped")
    assert (step["outcome"], step["verified"]) == ("failed", None)
    assert step["reason"].startswith("interrupted: ")
    again = world.mend("--now")
    assert len(world.github.changes()) == 1, again.told
    assert "under way" in str(again.document["steps"]) or "in progress" in str(again.document["steps"]), again.told
