"""From a look at GitHub to a repair that the next look proves, against a GitHub that holds state."""

from __future__ import annotations

from typing import Any

import pytest

from tests.fakes.github import FakeGitHub
from tests.fakes.github_world import Repository
from tests.unit.actions.alive import DAY, HOUR, file, files
from tests.unit.actions.api_support import github_context
from tests.unit.actions.rules import settings
from zionr.model import Candidate, Finding, Observation, Outcome, Verdict
from zionr.subsystems.actions.act import perform
from zionr.subsystems.actions.github.observe import observe_api
from zionr.subsystems.actions.judging.alive import judge_alive
from zionr.subsystems.actions.plan import candidates
from zionr.subsystems.actions.verify import is_settling, verdict


@pytest.fixture
def site(github: FakeGitHub) -> Repository:
    made = github.add_repository()
    made.add_workflow("ci.yml")
    made.add_workflow("nightly.yml")
    made.add_workflow("spare.yml")
    return made


class World:
    """One checkout that watches the fake: each look is judged anew."""

    def __init__(self, github: FakeGitHub, folder: str, **rules: Any) -> None:
        self.settings = settings(**rules)
        self.context = github_context(github, folder)

    def look(self) -> Observation:
        daily = file("schedule", "workflow_dispatch", name="nightly")
        folder = files(
            ci=file("push", "workflow_dispatch", name="ci"),
            nightly=daily,
            spare=file("workflow_dispatch", name="spare"),
        )
        api, usage = observe_api(self.settings, self.context, folder)
        assert api is not None
        facts = {"now": self.context.clock.now(), "branch": api["default_branch"], "files": folder, "api": api}
        return Observation("actions", "repository", facts["now"], facts, usage)

    def findings(self, seen: Observation) -> list[Finding]:
        return judge_alive(seen.facts, self.settings, {})[1]

    def offer(self) -> Candidate:
        seen = self.look()
        (offered,) = candidates(self.findings(seen), seen, self.settings)
        assert offered.refusal is None
        return offered

    def act(self, due: Candidate) -> tuple[Outcome, Verdict, list[str]]:
        """What it did, whether the next look proves it, and what is wrong then."""
        done = perform(due, self.settings, self.context)
        after = self.look()
        assert not is_settling(due, after, self.settings)
        left = [finding.id.removeprefix("actions/") for finding in self.findings(after)]
        return done, verdict(due, [after], self.settings), left


@pytest.fixture
def kept(site: Repository) -> None:
    """The nightly run was there an hour ago."""
    site.add_run("nightly.yml", "success", event="schedule", ago=HOUR)


@pytest.mark.usefixtures("kept")
def test_a_quiet_repository_is_well_and_cheap(github: FakeGitHub, site: Repository, tmp_path: Any) -> None:
    site.add_run("ci.yml")
    world = World(github, str(tmp_path))
    seen = world.look()
    assert world.findings(seen) == []
    assert candidates([], seen, world.settings) == ()
    assert seen.api is not None
    assert seen.api["requests"] <= 8


@pytest.mark.usefixtures("kept")
def test_enable(github: FakeGitHub, site: Repository, tmp_path: Any) -> None:
    site.workflows[0].state = "disabled_inactivity"
    world = World(github, str(tmp_path))
    done, proof, left = world.act(world.offer())
    assert (done.outcome, proof.verified, left) == ("succeeded", True, [])


@pytest.mark.usefixtures("kept")
def test_rerun(github: FakeGitHub, site: Repository, tmp_path: Any) -> None:
    for ago in (3 * HOUR, 2 * HOUR, HOUR):
        site.add_run("ci.yml", "failure", ago=ago)
    world = World(github, str(tmp_path))
    due = world.offer()
    assert due.remedy == "actions/rerun"
    done, proof, left = world.act(due)
    assert (done.outcome, proof.verified, left) == ("succeeded", True, [])
    # The same candidate once more: the fault is gone, and nothing is sent.
    sent = len(github.changes())
    assert world.act(due)[0].outcome == "skipped"
    assert len(github.changes()) == sent == 1


@pytest.mark.usefixtures("kept")
def test_a_rerun_that_fails_is_not_repeated(github: FakeGitHub, site: Repository, tmp_path: Any) -> None:
    for ago in (3 * HOUR, 2 * HOUR, HOUR):
        site.add_run("ci.yml", "failure", ago=ago, reruns=(("completed", "failure"),))
    world = World(github, str(tmp_path))
    done, proof, left = world.act(world.offer())
    assert (done.outcome, proof.verified, left) == ("failed", False, ["failing:ci.yml"])
    seen = world.look()
    (again,) = candidates(world.findings(seen), seen, world.settings)
    assert (again.remedy, again.refusal) == ("actions/rerun", "run #4 was run again already, and failed again")


def test_dispatch(github: FakeGitHub, site: Repository, tmp_path: Any) -> None:
    site.add_run("nightly.yml", "success", event="schedule", ago=3 * DAY)
    world = World(github, str(tmp_path))
    due = world.offer()
    assert due.remedy == "actions/dispatch"
    done, proof, left = world.act(due)
    # The schedule itself is still dead, and stays told; a run by dispatch does not hide it.
    assert (done.outcome, proof.verified, left) == ("succeeded", True, ["overdue:nightly.yml"])
    seen = world.look()
    (found,) = world.findings(seen)
    assert found.evidence["covered_by"]["id"] == site.runs[-1].id
    (again,) = candidates([found], seen, world.settings)
    assert again.refusal == "nightly.yml: run #2 did the work 03:00Z"


def test_backup(github: FakeGitHub, site: Repository, tmp_path: Any) -> None:
    site.add_run("nightly.yml", "success", event="schedule", ago=3 * DAY)
    world = World(github, str(tmp_path), critical=["nightly.yml"], workflows={"nightly.yml": {"backup": "spare.yml"}})
    due = world.offer()
    assert due.remedy == "actions/backup"
    done, proof, left = world.act(due)
    assert (done.outcome, proof.verified, left) == ("succeeded", True, ["overdue:nightly.yml"])
    assert [run.workflow.name for run in site.runs] == ["nightly.yml", "spare.yml"]
    (found,) = world.findings(world.look())
    assert (found.state.word, found.evidence["covered_by"]["workflow"]) == ("warning", "spare.yml")


@pytest.mark.usefixtures("kept")
def test_cancel(github: FakeGitHub, site: Repository, tmp_path: Any) -> None:
    site.add_run("ci.yml", None, ago=9 * HOUR, ignores_cancel=True)
    world = World(github, str(tmp_path))
    done, proof, left = world.act(world.offer())
    assert (done.outcome, proof.verified, left) == ("succeeded", True, [])


@pytest.mark.usefixtures("kept")
def test_what_a_person_did_between_plan_and_act_wins(github: FakeGitHub, site: Repository, tmp_path: Any) -> None:
    site.workflows[0].state = "disabled_inactivity"
    world = World(github, str(tmp_path))
    due = world.offer()
    site.workflows[0].state = "disabled_manually"
    done, proof, left = world.act(due)
    assert (done.outcome, proof.verified, left) == ("skipped", False, ["disabled-manually:ci.yml"])
    assert github.changes() == []
