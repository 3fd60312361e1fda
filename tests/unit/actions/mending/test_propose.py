"""A proposal, from a real git repository to a fake GitHub or to a patch that the real `git apply` takes."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from tests.fakes.github import FakeGitHub
from tests.fakes.github_world import Repository
from tests.support import NOW
from tests.unit.actions.api_support import github_context
from tests.unit.actions.mending.test_restore import ORPHANED, found, mass_break, observed
from tests.unit.actions.repositories import FOLDER, Project, git, inspect, refused, workflow
from tests.unit.actions.rules import settings as actions_settings
from zionr.context import Context
from zionr.model import Candidate, Finding, Outcome
from zionr.subsystems.actions.mending.propose import CANNOT_WRITE, propose
from zionr.subsystems.actions.mending.restore import restore_candidates

GOOD = workflow("Deploy")
BAD = workflow("Deploy", head=ORPHANED)
PATH = f"{FOLDER}/deploy.yml"
POSTS = [f"POST /repos/octo-org/site/{rest}" for rest in ("git/trees", "git/commits", "git/refs", "pulls")]


def _candidate(project: Project, *findings: Finding, critical: Sequence[str] = ()) -> Candidate:
    settings = actions_settings(critical=critical)
    (offer,) = restore_candidates(findings, observed(project, critical), settings)
    assert offer.refusal is None, offer.refusal
    return offer


def _around(github: FakeGitHub, project: Project, environ: Mapping[str, str] | None = None) -> Context:
    plain = {"PATH": os.environ["PATH"], "HOME": "/nowhere"}
    return github_context(github, str(project.top), {**plain, **(environ or {})})


def _propose(github: FakeGitHub, project: Project, candidate: Candidate, **changes: Any) -> Outcome:
    environ = changes.pop("environ", None)
    around = changes.pop("around", None) or _around(github, project, environ)
    return propose(candidate, actions_settings(**changes), around, inspect=inspect)


def _pushed(github: FakeGitHub, project: Project) -> Repository:
    """The fake GitHub with the last commit of the project on main."""
    names = git(project.top, "ls-files", "-z").split("\0")[:-1]
    files = {name: (project.top / name).read_bytes().decode() for name in names}
    return github.add_repository(files=files)


def _patch(outcome: Outcome) -> str:
    """The patch of an outcome that has nothing else."""
    assert outcome.outcome == "proposed", outcome.reason
    assert outcome.proposal is not None
    assert {key: outcome.proposal[key] for key in ("branch", "commit", "url")} == dict.fromkeys(
        ("branch", "commit", "url")
    )
    text: str = outcome.proposal["patch"]
    return text


def _state(project: Project) -> tuple[str, ...]:
    """All that a proposal must not touch."""
    refs, status = git(project.top, "for-each-ref"), git(project.top, "status", "--porcelain")
    index = (project.top / ".git" / "index").read_bytes().hex()
    return refs, status, index, git(project.top, "count-objects", "-v")


@pytest.fixture
def damaged(project: Project) -> Project:
    """A good deploy.yml, broken by its second commit."""
    project.workflows("good", {"deploy.yml": GOOD})
    project.workflows("fix: all @octo fixes #1 `x`", {"deploy.yml": BAD})
    return project


def test_a_branch_and_a_pull_request(github: FakeGitHub, damaged: Project) -> None:
    site, before = _pushed(github, damaged), _state(damaged)
    candidate = _candidate(damaged, found("unknown-key", "deploy.yml"))
    done = _propose(github, damaged, candidate)
    branch = candidate.action["branch"]
    assert (done.outcome, done.reason) == ("proposed", None)
    assert done.proposal == {
        "branch": branch,
        "commit": site.refs[f"heads/{branch}"],
        "url": "https://git.example/octo-org/site/pull/1",
        "patch": None,
    }
    assert site.files_at(f"heads/{branch}") == {PATH: GOOD}
    assert site.files_at("heads/main") == {PATH: BAD}
    made = site.objects[site.refs[f"heads/{branch}"]]
    assert made["parents"] == [site.refs["heads/main"]]
    assert github.changes() == POSTS
    assert done.api is not None
    assert done.api["requests"] == len(github.requests) <= 20
    assert _state(damaged) == before
    broken_by = candidate.action["files"]["deploy.yml"]["broken_by"]["commit"]
    (pull,) = site.pulls
    assert pull["title"] == f"Restore `deploy.yml`, broken by {broken_by[:7]}"
    assert (pull["head"]["ref"], pull["base"]["ref"]) == (branch, "main")
    assert f"{broken_by} `fix: all @octo fixes #1 'x'` by `A Person`" in pull["body"]
    assert "damaged 1 of these 1 files" in pull["body"]
    assert "every result was judged again: 1 valid" in pull["body"]
    assert "@octo" not in made["message"]
    assert made["message"].startswith(f"Restore deploy.yml, broken by {broken_by[:7]}\n\n- {PATH}: as in ")


def test_who_made_a_file_that_never_was_good_is_not_said_to_have_damaged_it(
    github: FakeGitHub, damaged: Project
) -> None:
    project = damaged
    first = project.workflows("begin", {"a.yml": workflow("Agent: a")})
    site = _pushed(github, project)
    _propose(github, project, _candidate(project, found("unreadable", "a.yml")))
    assert site.pulls[0]["body"].startswith("None of these files was ever good.\n")
    candidate = _candidate(
        project, found("unreadable", "a.yml"), found("unknown-key", "deploy.yml", "a.yml", group="0")
    )
    _propose(github, project, candidate)
    body = site.pulls[1]["body"]
    assert "damaged 1 of these 2 files" in body
    assert (first in body, site.pulls[1]["title"]) == (False, "Restore 2 workflow files")
    assert "while the damage stays as it is, it is not made again" in body


def test_the_screen_of_thirty_files_in_one_pull_request(github: FakeGitHub, project: Project) -> None:
    commit, good, broken = mass_break(project)
    names = [*good, "sync-health.yml"]
    candidate = _candidate(project, found("unknown-key", *names, group="0000000a"))
    site = _pushed(github, project)
    done = _propose(github, project, candidate)
    assert done.proposal is not None
    after, main = site.files_at(f"heads/{done.proposal['branch']}"), site.files_at("heads/main")
    changed = {path.removeprefix(f"{FOLDER}/"): text for path, text in after.items() if text != main[path]}
    assert set(changed) == set(good)
    assert sum(changed[name] == good[name] for name in good) == 27
    edited = {name: changed[name] for name in good if changed[name] != good[name]}
    assert edited == {name: "# kept\n" + good[name] for name in ("w03.yml", "w11.yml", "w29.yml")}
    (pull,) = site.pulls
    assert pull["title"] == f"Restore 30 workflow files, broken by {commit[:7]}"
    assert "- `sync-health.yml`: `no valid version in its history`" in pull["body"]
    assert len(github.changes()) == 4
    assert len(github.requests) <= 20
    assert done.evidence["files"]["w03.yml"] == {"how": "merge", "kind": None, "changed_lines": 3, "kept_lines": 1}
    assert done.evidence["left"] == {"sync-health.yml": "no valid version in its history"}
    assert all(text != broken[name] for name, text in changed.items())


def test_sixty_nine_names_are_sixty_nine_lines(github: FakeGitHub, project: Project) -> None:
    texts = {f"agent-{number}.yml": workflow(f"Agent: agent-{number}") for number in range(69)}
    texts |= {name: text.replace("\n", "\r\n") for name, text in texts.items() if name.endswith("7.yml")}
    project.workflows("generate", dict(texts))
    candidate = _candidate(project, found("unreadable", *texts, group="0000000a"))
    patch = _patch(_propose(github, project, candidate, proposals="patch"))
    git(project.top, "apply", "--check", given=patch)
    git(project.top, "apply", given=patch)
    counts = git(project.top, "diff", "--numstat").splitlines()
    assert len(counts) == 69
    assert {tuple(line.split("\t")[:2]) for line in counts} == {("1", "1")}
    for name, text in texts.items():
        mended = (project.top / FOLDER / name).read_bytes()
        assert refused(mended) == []
        quoted = text.replace(f"Agent: {name[:-4]}", f'"Agent: {name[:-4]}"')
        assert mended == quoted.encode()


def test_true_for_on_is_one_line(github: FakeGitHub, project: Project) -> None:
    project.workflows("dump", {"deploy.yml": GOOD.replace("on: push", "true: push")[:-1]})
    candidate = _candidate(project, found("on-missing", "deploy.yml"))
    patch = _patch(_propose(github, project, candidate, proposals="patch"))
    git(project.top, "apply", given=patch)
    assert git(project.top, "diff", "--numstat").split() == ["1", "1", PATH]
    assert (project.top / PATH).read_text() == GOOD[:-1]


def test_a_deleted_file_comes_back_both_ways(github: FakeGitHub, project: Project) -> None:
    project.workflows("good", {"deploy.yml": GOOD, "ci.yml": workflow()})
    project.workflows("clean", {"deploy.yml": None})
    candidate = _candidate(project, found("missing", "deploy.yml"), critical=["deploy.yml"])
    patch = _patch(_propose(github, project, candidate, proposals="patch"))
    git(project.top, "apply", given=patch)
    assert (project.top / PATH).read_text() == GOOD
    (project.top / PATH).unlink()
    site = _pushed(github, project)
    done = _propose(github, project, candidate)
    assert done.proposal is not None
    assert site.files_at(f"heads/{done.proposal['branch']}")[PATH] == GOOD


@pytest.mark.parametrize(
    ("environ", "rules", "reason"),
    [
        ({"GITHUB_TOKEN": ""}, {}, "there is no token in GITHUB_TOKEN"),
        ({"GITHUB_REPOSITORY": ""}, {}, "no repository is known: set subsystems.actions.repository"),
        ({"GITHUB_REPOSITORY": "nonsense"}, {}, "GITHUB_REPOSITORY is no owner/name"),
        ({}, {"proposals": "patch"}, "the policy's `proposals` is patch"),
        ({"GITHUB_ACTIONS": "true", "GITHUB_TOKEN": "ghs_x"}, {}, CANNOT_WRITE),
    ],
)
def test_a_patch_without_a_single_request(
    github: FakeGitHub, damaged: Project, environ: dict[str, str], rules: dict[str, str], reason: str
) -> None:
    before = _state(damaged)
    candidate = _candidate(damaged, found("unknown-key", "deploy.yml"))
    done = _propose(github, damaged, candidate, environ=environ, **rules)
    patch = _patch(done)
    assert str(done.reason).startswith(f"a patch, no pull request: {reason}")
    assert github.requests == []
    assert _state(damaged) == before
    git(damaged.top, "apply", "--check", given=patch)


def test_githubs_own_token_is_tried_where_the_policy_says_branch(github: FakeGitHub, damaged: Project) -> None:
    site = _pushed(github, damaged)
    github.tokens["ghs_x"] = {"contents": "write", "pull_requests": "write", "actions": "write"}
    candidate = _candidate(damaged, found("unknown-key", "deploy.yml"))
    environ = {"GITHUB_ACTIONS": "true", "GITHUB_TOKEN": "ghs_x"}
    done = _propose(github, damaged, candidate, environ=environ, proposals="branch")
    assert "+++ b/" in _patch(done)
    assert "workflows" in str(done.reason)
    assert github.changes() == POSTS[:1]
    assert list(site.refs) == ["heads/main"]


@pytest.mark.parametrize("status", [403, 404])
@pytest.mark.parametrize("step", [0, 1, 2])
def test_a_token_that_may_not_gets_a_patch(github: FakeGitHub, damaged: Project, step: int, status: int) -> None:
    site = _pushed(github, damaged)
    path = POSTS[step].removeprefix("POST /repos/octo-org/site/")
    github.fail("status", method="POST", path=f"{path}$", status=status, message="Resource not accessible by token")
    done = _propose(github, damaged, _candidate(damaged, found("unknown-key", "deploy.yml")))
    assert _patch(done)
    assert done.api is not None
    assert list(site.refs) == ["heads/main"]
    assert site.pulls == []


def test_a_private_repository_that_is_hidden_gets_a_patch(github: FakeGitHub, damaged: Project) -> None:
    _pushed(github, damaged).private = True
    github.tokens["other"] = {}
    candidate = _candidate(damaged, found("unknown-key", "deploy.yml"))
    done = _propose(github, damaged, candidate, environ={"GITHUB_TOKEN": "other"})
    assert "+++ b/" in _patch(done)
    assert "private repository" in str(done.reason)


def test_a_pull_request_that_may_not_be_made_leaves_the_branch(github: FakeGitHub, damaged: Project) -> None:
    site = _pushed(github, damaged)
    message = "GitHub Actions is not permitted to create or approve pull requests"
    github.fail("status", method="POST", path="pulls$", status=403, message=message)
    done = _propose(github, damaged, _candidate(damaged, found("unknown-key", "deploy.yml")))
    assert done.outcome == "proposed"
    assert done.proposal is not None
    assert (done.proposal["url"], done.proposal["patch"]) == (None, None)
    assert site.refs[f"heads/{done.proposal['branch']}"] == done.proposal["commit"]
    assert message in str(done.reason)


@pytest.mark.parametrize("kind", ["cut", "half", "status"])
@pytest.mark.parametrize("after", [True, False])
@pytest.mark.parametrize("step", [0, 1, 2, 3])
def test_a_lost_answer_is_looked_up_and_nothing_is_sent_twice(
    github: FakeGitHub, damaged: Project, step: int, after: bool, kind: str
) -> None:
    site = _pushed(github, damaged)
    path = POSTS[step].removeprefix("POST /repos/octo-org/site/")
    github.fail(kind, method="POST", path=f"{path}$", after=after, status=502)
    candidate = _candidate(damaged, found("unknown-key", "deploy.yml"))
    done = _propose(github, damaged, candidate)
    assert len(github.changes()) == len(set(github.changes()))
    branch = candidate.action["branch"]
    if step < 2:
        assert (done.outcome, site.pulls) == ("failed", [])
        assert str(done.reason).endswith("nothing was made that can be seen")
        assert list(site.refs) == ["heads/main"]
    elif step == 2 and not after:
        assert done.outcome == "failed"
        assert str(done.reason).endswith(f"the branch {branch} was not there when looked for")
    else:
        assert done.outcome == "proposed"
        assert done.proposal is not None
        assert done.proposal["commit"] == site.refs[f"heads/{branch}"]
        assert (done.proposal["url"] is None) == (step == 3 and not after)


def test_where_the_branch_is_the_step_is_skipped(github: FakeGitHub, damaged: Project) -> None:
    site = _pushed(github, damaged)
    candidate = _candidate(damaged, found("unknown-key", "deploy.yml"))
    first = _propose(github, damaged, candidate)
    assert first.proposal is not None
    again = _propose(github, damaged, candidate)
    assert (again.outcome, again.gate) == ("skipped", "proposal")
    assert again.reason == f"the branch {first.proposal['branch']} is there already: {first.proposal['url']}"
    assert github.changes() == POSTS
    assert len(site.pulls) == 1


def test_a_proposal_that_lost_its_pull_request_gets_it_by_the_next_run(github: FakeGitHub, damaged: Project) -> None:
    site = _pushed(github, damaged)
    candidate = _candidate(damaged, found("unknown-key", "deploy.yml"))
    github.fail("status", method="POST", path="pulls$", status=502)
    lost = _propose(github, damaged, candidate)
    assert lost.proposal is not None
    assert lost.proposal["url"] is None
    again = _propose(github, damaged, candidate)
    assert (again.outcome, again.reason) == ("proposed", None)
    assert again.proposal == {**lost.proposal, "url": site.pulls[0]["html_url"]}
    assert github.changes() == [*POSTS, POSTS[0], POSTS[3]]


@pytest.mark.parametrize("moved", [True, False])
def test_a_branch_with_something_else_and_no_pull_request_is_a_persons(
    github: FakeGitHub, damaged: Project, moved: bool
) -> None:
    site = _pushed(github, damaged)
    candidate = _candidate(damaged, found("unknown-key", "deploy.yml"))
    branch, main = candidate.action["branch"], site.refs["heads/main"]
    if moved:
        _propose(github, damaged, candidate)
        site.pulls.clear()
    there = site.put_commit("other", site.objects[main]["tree"], [main])
    site.refs["heads/main" if moved else f"heads/{branch}"] = there
    done = _propose(github, damaged, candidate)
    assert (done.outcome, done.gate, site.pulls) == ("skipped", "branch", [])
    told = f"the branch {branch} is there already, without a pull request, and holds something else"
    assert done.reason == f"{told}; delete it, then it can be proposed anew"


@pytest.mark.parametrize("ref", ["heads", "remotes/origin"])
def test_a_branch_here_may_be_left_of_what_was_merged(github: FakeGitHub, damaged: Project, ref: str) -> None:
    _pushed(github, damaged)
    candidate = _candidate(damaged, found("unknown-key", "deploy.yml"))
    git(damaged.top, "update-ref", f"refs/{ref}/{candidate.action['branch']}", "HEAD")
    assert _propose(github, damaged, candidate).outcome == "proposed"


def _ended(
    github: FakeGitHub, damaged: Project, created: float, merged: float | None = None, *, branch_stays: bool = False
) -> tuple[Repository, Candidate]:
    """A proposal that was made at a time, and closed or merged."""
    site = _pushed(github, damaged)
    candidate = _candidate(damaged, found("unknown-key", "deploy.yml"))
    github.now = created
    _propose(github, damaged, candidate)
    site.pulls[0] |= {"state": "closed", "merged_at": merged}
    if not branch_stays:
        del site.refs[f"heads/{candidate.action['branch']}"]
    return site, candidate


@pytest.mark.parametrize("branch_stays", [True, False])
def test_who_closed_it_is_not_asked_again(github: FakeGitHub, damaged: Project, branch_stays: bool) -> None:
    site, candidate = _ended(github, damaged, NOW, branch_stays=branch_stays)
    again = _propose(github, damaged, candidate)
    assert (again.outcome, again.gate) == ("skipped", "declined")
    closed = f"a person closed the same proposal without merging it: {site.pulls[0]['html_url']}"
    assert again.reason == f"{closed}; reopen it, or mend the damage by hand"


OLD = NOW - 9e6


@pytest.mark.parametrize(
    ("created", "merged", "how"), [(OLD, None, "closed"), (NOW, NOW, "merged"), (OLD, OLD, "merged")]
)
def test_a_branch_that_an_older_proposal_left_is_a_persons(
    github: FakeGitHub, damaged: Project, created: float, merged: float | None, how: str
) -> None:
    site, candidate = _ended(github, damaged, created, merged, branch_stays=True)
    branch, made = candidate.action["branch"], github.changes()
    again = _propose(github, damaged, candidate)
    assert (again.outcome, again.gate, github.changes()) == ("skipped", "branch", made)
    told = f"its pull request was {how}, and its branch is still there: {site.pulls[0]['html_url']}"
    assert again.reason == f"{told}; delete the branch {branch}, then it can be proposed anew"
    del site.refs[f"heads/{branch}"]
    assert _propose(github, damaged, candidate).outcome == "proposed"


def test_who_has_merged_it_and_looks_from_an_old_clone_has_nothing_to_do(github: FakeGitHub, damaged: Project) -> None:
    site, candidate = _ended(github, damaged, NOW, NOW, branch_stays=True)
    site.refs["heads/main"] = site.refs[f"heads/{candidate.action['branch']}"]
    again = _propose(github, damaged, candidate)
    assert (again.outcome, again.gate) == ("skipped", "fresh look")


def test_an_open_pull_request_stands_whatever_came_after_it(github: FakeGitHub, damaged: Project) -> None:
    site, candidate = _ended(github, damaged, NOW, branch_stays=True)
    elsewhere = {"base": {"ref": "v2"}, "state": "open", "created_at": "2020-01-01T00:00:00Z", "html_url": "https://x"}
    site.pulls.append({**site.pulls[0], **elsewhere})
    again = _propose(github, damaged, candidate)
    assert (again.outcome, again.gate) == ("skipped", "proposal")
    assert again.reason == f"the branch {candidate.action['branch']} is there already: https://x"


def test_another_runner_was_quicker(github: FakeGitHub, damaged: Project) -> None:
    site = _pushed(github, damaged)
    candidate = _candidate(damaged, found("unknown-key", "deploy.yml"))
    other = site.put_commit("other", site.objects[site.refs["heads/main"]]["tree"], [])
    branch = candidate.action["branch"]
    around = _around(github, damaged)
    # Between two changes the client waits: then the other one comes.
    sleep = around.clock.sleep

    def meanwhile(seconds: float) -> None:
        sleep(seconds)
        if POSTS[1] in github.changes():
            site.refs[f"heads/{branch}"] = other

    around.clock.sleep = meanwhile  # type: ignore[method-assign]
    done = _propose(github, damaged, candidate, around=around)
    assert (done.outcome, done.gate) == ("skipped", "proposal")
    assert done.reason == f"another runner made the branch {branch} just now"
    assert site.refs[f"heads/{branch}"] == other
    assert site.pulls == []


def test_main_that_moves_meanwhile_shows_nothing(github: FakeGitHub, damaged: Project) -> None:
    site = _pushed(github, damaged)
    around = _around(github, damaged)

    def meanwhile(seconds: float) -> None:
        tree = site.objects[site.refs["heads/main"]]["tree"]
        site.refs["heads/main"] = site.put_commit("other", tree, [site.refs["heads/main"]])

    around.clock.sleep = meanwhile  # type: ignore[method-assign]
    candidate = _candidate(damaged, found("unknown-key", "deploy.yml"))
    done = _propose(github, damaged, candidate, around=around)
    assert done.outcome == "skipped"
    assert done.reason == "main has moved while the proposal was made; nothing was made that can be seen"
    assert list(site.refs) == ["heads/main"]


def test_a_file_that_changed_on_github_is_left(github: FakeGitHub, damaged: Project) -> None:
    candidate = _candidate(damaged, found("unknown-key", "deploy.yml"))
    github.add_repository(files={PATH: BAD + "# mended by hand\n"})
    done = _propose(github, damaged, candidate)
    assert (done.outcome, done.gate) == ("skipped", "fresh look")
    assert done.reason == f"{PATH} on main is not the file that was judged: it has changed, or is not pushed"
    assert github.changes() == []


def test_a_file_that_changed_here_is_left(github: FakeGitHub, damaged: Project) -> None:
    candidate = _candidate(damaged, found("unknown-key", "deploy.yml"))
    damaged.write(PATH, BAD + "# edited\n")
    done = _propose(github, damaged, candidate)
    assert (done.outcome, done.reason) == ("skipped", f"{PATH} has changed since it was judged")
    damaged.commit("edit", {})
    damaged.write(PATH, BAD)
    done = _propose(github, damaged, candidate)
    assert done.reason == f"{PATH} in the last commit has changed since it was judged"
    damaged.write(PATH, None)
    assert _propose(github, damaged, candidate).outcome == "skipped"
    assert github.requests == []


def test_a_result_that_is_no_longer_good_is_not_offered(github: FakeGitHub, damaged: Project) -> None:
    candidate = _candidate(damaged, found("unknown-key", "deploy.yml"))
    settings, around = actions_settings(), _around(github, damaged)
    done = propose(candidate, settings, around, inspect=lambda _, kind: inspect(BAD.encode(), kind))
    assert (done.outcome, done.gate) == ("skipped", "precondition")
    assert str(done.reason).startswith(f"{PATH}: its last good version will not do: unknown-key in line 5")


def test_limits_and_outages_are_failures_that_show_nothing(github: FakeGitHub, damaged: Project) -> None:
    site = _pushed(github, damaged)
    candidate = _candidate(damaged, found("unknown-key", "deploy.yml"))
    github.limit(retry_after=3600)
    done = _propose(github, damaged, candidate)
    assert done.outcome == "failed"
    assert "rate limit" in str(done.reason)
    github.fail("status", status=503, times=3)
    done = _propose(github, damaged, candidate)
    assert (done.outcome, github.changes()) == ("failed", [])
    assert list(site.refs) == ["heads/main"]


@pytest.mark.parametrize(
    "rows", ['[{"mode":"100644"}]', '[{"path":["a"],"sha":"0"}]', '[{"path":"a","sha":1}]', "[7]", "{}"]
)
def test_odd_rows_of_a_folder_are_an_answer_that_cannot_be_read(
    github: FakeGitHub, damaged: Project, rows: str
) -> None:
    site = _pushed(github, damaged)
    candidate = _candidate(damaged, found("unknown-key", "deploy.yml"))
    github.fail("raw", method="GET", path="git/trees/", content=f'{{"tree": {rows}, "truncated": false}}'.encode())
    done = _propose(github, damaged, candidate)
    assert done.outcome == "failed"
    assert str(done.reason).startswith("GitHub's API: its list of a folder's files is none")
    assert list(site.refs) == ["heads/main"]


def test_the_default_branch_where_none_is_known(github: FakeGitHub, damaged: Project) -> None:
    files = {PATH: BAD}
    site = github.add_repository(branch="trunk", files=files)
    candidate = _candidate(damaged, found("unknown-key", "deploy.yml"))
    unnamed = candidate._replace(action={**candidate.action, "base": None})
    assert _propose(github, damaged, unnamed).outcome == "proposed"
    assert site.pulls[0]["base"]["ref"] == "trunk"
    elsewhere = candidate._replace(action={**candidate.action, "base": "gone", "branch": "zionr/actions/restore-x"})
    done = _propose(github, damaged, elsewhere)
    assert (done.outcome, done.reason) == ("failed", "GitHub has no branch gone")


def test_an_executable_and_a_text_with_everything_stays_so(github: FakeGitHub, project: Project) -> None:
    good = "\ufeff" + workflow('größe \U0001f600 \\ "q"').replace("\n", "\r\n")[:-2]
    project.workflows("good", {"deploy.yml": good})
    (project.top / PATH).chmod(0o755)
    project.workflows("mode", {})
    project.workflows("bad", {"deploy.yml": good.replace("jobs:", "contents: write\r\njobs:")})
    candidate = _candidate(project, found("unknown-key", "deploy.yml"))
    site = _pushed(github, project)
    tree = site.trees[site.objects[site.refs["heads/main"]]["tree"]]
    tree[PATH] = ("100755", tree[PATH][1])
    done = _propose(github, project, candidate)
    assert done.proposal is not None
    assert site.files_at(f"heads/{done.proposal['branch']}")[PATH] == good
    made = site.trees[site.objects[done.proposal["commit"]]["tree"]]
    assert made[PATH][0] == "100755"


def test_without_git_it_is_a_patch(github: FakeGitHub, tmp_path: Path) -> None:
    plain = Project(tmp_path / "plain")
    plain.write(PATH, GOOD.replace("on: push", "true: push"))
    for path in sorted((plain.top / ".git").rglob("*"), reverse=True):
        path.rmdir() if path.is_dir() else path.unlink()
    (plain.top / ".git").rmdir()
    candidate = _candidate(plain, found("on-missing", "deploy.yml"))
    done = _propose(github, plain, candidate)
    assert done.reason == "a patch, no pull request: git tells nothing here, so nobody knows what GitHub has"
    git(plain.top, "apply", given=_patch(done))
    assert (plain.top / PATH).read_text() == GOOD


def test_git_says_itself_whether_there_is_a_repository(github: FakeGitHub, tmp_path: Path) -> None:
    plain = Project(tmp_path / "plain")
    plain.write(PATH, GOOD.replace("on: push", "true: push"))
    (plain.top / ".git").rename(tmp_path / "kept")
    candidate = _candidate(plain, found("on-missing", "deploy.yml"))
    (plain.top / ".git").write_text("gitdir: /nowhere\n")
    refused = _propose(github, plain, candidate, proposals="patch")
    assert (refused.outcome, refused.reason) == ("failed", "git said: fatal: not a git repository: /nowhere")
    (plain.top / ".git").write_text(f"gitdir: {tmp_path}/kept\n")
    made = _propose(github, plain, candidate, proposals="patch")
    assert (made.outcome, made.reason) == ("skipped", "it was judged without a git repository, and now there is one")


def test_what_looks_like_a_secret_is_told(github: FakeGitHub, damaged: Project) -> None:
    candidate = _candidate(damaged, found("unknown-key", "deploy.yml"))
    around = _around(github, damaged)._replace(redact=lambda text: text.replace("concurrency", "***"))
    done = _propose(github, damaged, candidate, around=around, proposals="patch")
    assert str(done.reason).endswith("a secret was taken out of the patch, so it may not apply")
    assert _patch(done)
