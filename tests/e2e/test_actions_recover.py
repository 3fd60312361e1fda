"""`zionr recover actions` on damaged workflows: what it offers, how, and that it touches nothing else."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.fakes.github import TOKEN, FakeGitHub
from tests.fakes.github_world import Repository
from tests.unit.actions.repositories import FOLDER, git

from .actions_site import DAY, NORMALIZED, Site, damage, workflow
from .test_formats import valid

BROKEN = 31


class Damaged(NamedTuple):
    """A site of which one commit broke 31 of 40 workflows."""

    site: Site
    commit: str


@pytest.fixture
def damaged(site: Site) -> Damaged:
    """As it is found in the morning."""
    site.watch({})
    return Damaged(site, damage(site, 40, BROKEN))


def untouched(top: Path) -> dict[str, bytes]:
    """Every file of the work tree and of git, but not what zionr may keep."""
    found: dict[str, bytes] = {}
    for folder, folders, names in os.walk(top):
        folders[:] = [name for name in folders if name not in (".zionr", "home")]
        found |= {os.path.join(folder, name): Path(folder, name).read_bytes() for name in names}
    return found


def test_a_plan_touches_nothing(damaged: Damaged) -> None:
    site = damaged.site
    before = untouched(site.top)

    planned = site.zionr("recover", "actions", "--plan")

    assert planned.code == 0, planned.told
    assert untouched(site.top) == before
    lines = planned.out.splitlines()
    assert lines[0] == f"CRITICAL  actions: one commit, {damaged.commit[:7]}, broke {BROKEN} of 40 targets"
    assert f'          {damaged.commit[:7]} "{NORMALIZED}", A Person; nothing is applied' in lines
    step = lines.index(next(line for line in lines if line.startswith("planned   actions/restore")))
    assert lines[step + 1].startswith("          pull request from zionr/actions/restore-")
    assert lines[step + 1].endswith(": 31 files")
    assert any(f"as before {damaged.commit[:7]}, byte for byte" in line for line in lines[step:])
    assert "          every result was judged again: 31 valid, 0 gutted, 0 with markers" in lines
    assert max(map(len, lines)) <= 80


def test_a_patch_mends_it(damaged: Damaged) -> None:
    site = damaged.site
    before = untouched(site.top)

    done = site.mend()

    assert done.code == 0, done.told
    valid(done.document)
    assert untouched(site.top) == before
    (step,) = (step for step in done.document["steps"] if step["outcome"] == "proposed")
    assert (len(step["targets"]), step["proposal"]["branch"]) == (BROKEN, None)
    assert step["reason"] == "a patch, no pull request: there is no token in GITHUB_TOKEN"
    assert all(finding["state"] == "critical" and not finding["resolved"] for finding in done.document["findings"])
    shown = site.zionr("report", "show")
    command = f"zionr report show {done.document['id']} --patch | git apply"
    assert f"          apply it with: {command}\n" in shown.out

    applied = site.run(["/bin/sh", "-c", f"PATH={Path(site.command()[0]).parent}:$PATH; {command}"])
    assert (applied.code, applied.err) == (0, ""), applied.told
    checked = site.zionr("check", "actions")
    assert checked.code == 0, checked.told
    assert checked.out.startswith("ok        actions: 40 targets, score 100.0, ")


def test_one_wrong_line_is_a_patch_of_one_line(site: Site) -> None:
    wrong = workflow("Agent: sync") + "# kept as it is,   blanks too\n"
    site.workflows(sync=wrong)
    site.watch({})
    site.commit()

    assert site.mend().code == 0
    patch = site.zionr("report", "show", "--patch").out

    changed = [line for line in patch.splitlines() if line[:1] in "+-" and line[:3] not in ("+++", "---")]
    assert changed == ["-name: Agent: sync", '+name: "Agent: sync"']


def test_a_deleted_critical_workflow_comes_back(site: Site) -> None:
    site.workflows(deploy=workflow("Deploy"), ci=workflow())
    site.watch({"critical": ["deploy.yml"]})
    site.commit(ago=2 * DAY)
    (site.top / FOLDER / "deploy.yml").unlink()
    site.commit("tidy up")

    checked = site.zionr("check", "actions")
    assert checked.code == 2, checked.told
    assert checked.out.startswith("CRITICAL  actions: deploy.yml: is not there, and the policy calls it critical\n")
    assert site.mend().code == 0
    git(site.top, "apply", given=site.zionr("report", "show", "--patch").out)
    assert site.look().code == 0


def test_nothing_to_offer_needs_a_person(site: Site) -> None:
    site.workflows(ci="name: CI\non: push\njobs:\n  a: {runs-on: x, steps: [{rum: make}]}\n")
    site.watch({})
    site.commit()

    done = site.mend()

    assert done.code == 1, done.told
    assert {step["outcome"] for step in done.document["steps"]} == {"skipped"}
    told = site.zionr("recover", "actions").out
    assert "skipped   actions/restore ci.yml\n          no valid version in its history\n" in told
    assert site.zionr("report", "show", "--patch").out.strip() == ""


@pytest.fixture
def github() -> Iterator[FakeGitHub]:
    """A GitHub of this moment."""
    with FakeGitHub(now=time.time()) as fake:
        yield fake


def pushed(github: FakeGitHub, site: Site) -> Repository:
    """The site's last commit on the fake, each workflow known there."""
    names = git(site.top, "ls-files").split()
    home = github.add_repository(files={name: (site.top / name).read_text() for name in names})
    for name in names:
        if name.startswith(FOLDER):
            home.add_workflow(name.rpartition("/")[2])
    return home


@pytest.fixture
def three(site: Site) -> Site:
    """Three of twelve are broken."""
    site.watch({"proposals": "auto"}, recovery={"mode": "propose", "cooldown": "1s"})
    damage(site, 12, 3)
    return site


def test_a_pull_request_once(github: FakeGitHub, three: Site) -> None:
    home = pushed(github, three)
    before = untouched(three.top)

    first = three.mend(env=github.environ())
    again = three.zionr("recover", "actions", env=github.environ())

    assert (first.code, again.code) == (0, 0), first.told + again.told
    (pull,) = home.pulls
    (step,) = (step for step in first.document["steps"] if step["outcome"] == "proposed")
    assert step["proposal"]["url"] == pull["html_url"]
    mended = home.files_at(f"heads/{step['proposal']['branch']}")
    for number in (0, 2):
        name = f"{FOLDER}/w0{number}.yml"
        assert mended[name] == git(three.top, "show", f"HEAD~1:{name}"), "as it was"
    assert mended[f"{FOLDER}/w01.yml"].startswith('name: "Agent: w01"\n'), "one wrong line is one changed line"
    assert home.files_at("heads/main") == {name: (three.top / name).read_text() for name in home.files_at("heads/main")}
    assert f"the branch {step['proposal']['branch']} is there already: {pull['html_url']}" in " ".join(
        again.out.split()
    )
    assert untouched(three.top) == before
    # Whoever closes it has decided: it is a person's then.
    pull["state"] = "closed"
    del home.refs[f"heads/{step['proposal']['branch']}"]
    declined = three.mend("--now", env=github.environ())
    assert declined.code == 1, declined.told
    assert "a person closed the same proposal" in str(declined.document["steps"])
    assert len(home.pulls) == 1


def test_a_token_that_may_only_read_gets_a_patch(github: FakeGitHub, three: Site) -> None:
    home = pushed(github, three)
    github.tokens[TOKEN] = {"actions": "read", "contents": "read", "pull_requests": "read"}

    done = three.mend(env=github.environ())

    assert done.code == 0, done.told
    (step,) = (step for step in done.document["steps"] if step["outcome"] == "proposed")
    assert step["reason"].startswith("a patch, no pull request: "), step["reason"]
    assert step["proposal"]["patch"].count("+++ b/") == 3
    assert (list(home.refs), home.pulls) == (["heads/main"], [])


def test_githubs_own_token_is_not_even_tried(github: FakeGitHub, three: Site) -> None:
    pushed(github, three)
    own = "ghs_" + "x" * 8
    github.tokens[own] = {"actions": "write", "contents": "write", "pull_requests": "write"}

    done = three.mend(env=github.environ(token=own) | {"GITHUB_ACTIONS": "true"})

    assert done.code == 0, done.told
    assert github.changes() == []
    assert "GitHub's own token cannot write workflow files" in str(done.document["steps"])


def test_automatic_healing_off_does_nothing(github: FakeGitHub, three: Site) -> None:
    home = pushed(github, three)

    done = three.zionr("recover", "actions", env=github.environ() | {"AUTO_HEALING": "false"})

    assert done.code == 0, done.told
    assert "mode off, AUTO_HEALING=false" in done.out
    assert (github.changes(), list(home.refs)) == ([], ["heads/main"])


def test_workflow_validation_off_judges_no_file(github: FakeGitHub, three: Site) -> None:
    pushed(github, three)

    done = three.look(env=github.environ() | {"WORKFLOW_VALIDATION": "false"})

    assert (done.code, done.document["findings"]) == (0, []), done.told
    assert len(done.targets()) == 13, "they are alive all the same"
    alone = three.zionr("check", "actions", env={"WORKFLOW_VALIDATION": "false"})
    assert alone.code == 3, "nothing was looked at, which is no good news"
    assert alone.out.startswith("UNKNOWN   actions: nothing was looked at\n")
    assert "no repository is known: set subsystems.actions.repository" in " ".join(alone.out.split())
