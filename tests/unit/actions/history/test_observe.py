"""What git's history tells of damaged workflows, on real repositories."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import Any

import pytest

from tests.support import NOW, context
from tests.unit.actions.repositories import FOLDER, GUTTED, Project, Remembering, git, inspect, workflow
from tests.unit.actions.rules import settings as actions_settings
from zionr.context import Context
from zionr.model import JsonObject
from zionr.subsystems.actions.history.observe import MOST_VERSIONS, observe_history
from zionr.subsystems.actions.judging.soundness import suspects
from zionr.subsystems.actions.observe import observe

GOOD = workflow()
BROKEN = workflow(head="concurrency:\n  group: x\n  contents: write\n")
CRON = "\n  schedule:\n    - cron: '{}'"


def _around(top: Path, environ: dict[str, str] | None = None) -> Context:
    return context(str(top), {"PATH": os.environ["PATH"], "HOME": "/nowhere", **(environ or {})})


def _look(project: Project, *names: str, cache: Remembering | None = None, **changes: Any) -> JsonObject:
    """The part `history` of the facts, for these names or for all suspects."""
    settings = actions_settings(critical=changes.pop("critical", []))
    files = project.files()
    return observe_history(
        list(names) or suspects(files, settings),
        files,
        settings,
        changes.pop("around", _around(project.top)),
        top=changes.pop("top", str(project.top)),
        inspect=changes.pop("inspect", inspect),
        cache=cache or Remembering(),
        **changes,
    )


def _of(project: Project, name: str = "ci.yml", **changes: Any) -> JsonObject:
    found: JsonObject = _look(project, name, **changes)["of"][name]
    return found


def test_suspects_are_what_looks_damaged_or_is_not_there(project: Project) -> None:
    project.workflows(
        "one",
        {
            "well.yml": GOOD,
            "broken.yml": BROKEN,
            "gutted.yml": workflow("x", *GUTTED),
            "placeholder.yml": GOOD + "env: {KEY: A_PLACEHOLDER}\n",
            "gone.txt": BROKEN,
        },
    )
    found = suspects(project.files(), actions_settings(critical=["well.yml", "deploy.yml"]))
    assert found == ["broken.yml", "deploy.yml", "gutted.yml", "placeholder.yml"]
    assert _look(project, critical=[])["of"].keys() == {"broken.yml", "gutted.yml", "placeholder.yml"}


def test_nothing_suspect_starts_no_git(project: Project) -> None:
    project.workflows("one", {"ci.yml": GOOD})
    seen = observe(actions_settings(), _around(project.top, {"PATH": "/nowhere"}))
    assert seen.facts["files"]["history"] == {"reach": "none", "reason": "no file asks for it", "of": {}}
    project.write(f"{FOLDER}/ci.yml", BROKEN)
    seen = observe(actions_settings(), _around(project.top, {"PATH": "/nowhere"}))
    assert seen.facts["files"]["history"]["reason"] == "git: cannot be run: No such file or directory"


def test_the_newest_good_version_and_who_broke_it(project: Project) -> None:
    project.workflows("first", {"ci.yml": workflow("Old")})
    good = project.workflows("good", {"ci.yml": GOOD})
    at = project.now
    bad = project.workflows("fix: normalize all", {"ci.yml": BROKEN})
    broken_at = project.now
    project.workflows("more", {"ci.yml": BROKEN + "# one\n"})
    found = _of(project)
    blob = git(project.top, "rev-parse", f"{good}:{FOLDER}/ci.yml").strip()
    assert found["good"] == {
        "commit": good,
        "subject": "good",
        "author": "A Person",
        "at": at,
        "blob": blob,
        "real_steps": 2,
    }
    assert found["broken_by"] == {
        "commit": bad,
        "subject": "fix: normalize all",
        "author": "A Person",
        "at": broken_at,
    }
    assert (found["complete"], found["most_real_steps"]) == (True, 2)
    assert found["mend"] == {"how": "merge", "kind": None, "changed_lines": 3, "kept_lines": 1}
    assert found["mend_reason"] is None


def test_markers_and_placeholders_are_not_good(project: Project) -> None:
    good = project.workflows("good", {"ci.yml": GOOD})
    project.workflows("placeholder", {"ci.yml": GOOD + "env: {KEY: A_PLACEHOLDER}\n"})
    markers = project.workflows("markers", {"ci.yml": GOOD + "# <\n<<<<<<< HEAD\n"})
    found = _of(project)
    assert found["good"]["commit"] == good
    assert found["broken_by"]["subject"] == "placeholder"
    assert found["broken_by"]["commit"] != markers
    project.workflows("placeholder alone", {"ci.yml": GOOD + "env: {KEY: A_PLACEHOLDER}\n"})
    found = _of(project)
    assert found["broken_by"]["subject"] == "placeholder"
    assert (found["mend"], found["mend_reason"]) == (None, None)


def test_a_gutted_file_goes_back_to_the_version_that_did_something(project: Project) -> None:
    """Scenario 5: the backups beside it are gutted too, and nobody looks at them."""
    gutted = workflow("Sync", *GUTTED)
    good = project.workflows("does something", {"sync.yml": workflow("Sync")})
    bad = project.workflows("normalize", {"sync.yml": gutted})
    project.workflows("backups", {"sync.yml.backup_targeted": gutted, "sync.yml.backup5": workflow("Sync")})
    project.workflows("again", {"sync.yml": "# v2\n" + gutted})
    found = _of(project, "sync.yml")
    assert (found["good"]["commit"], found["broken_by"]["commit"]) == (good, bad)
    assert (found["most_real_steps"], found["versions"]) == (2, 3)
    assert found["mend"] == {"how": "merge", "kind": None, "changed_lines": 2, "kept_lines": 1}


def test_a_file_that_never_did_more_is_not_gutted(project: Project) -> None:
    project.workflows("one", {"ci.yml": workflow("Sync", *GUTTED)})
    project.workflows("two", {"ci.yml": workflow("Sync 2", *GUTTED)})
    found = _of(project)
    assert (found["good"]["subject"], found["most_real_steps"]) == ("two", 0)
    assert (found["broken_by"], found["mend"], found["mend_reason"]) == (None, None, None)


def test_no_good_version_names_the_commit_that_made_it(project: Project) -> None:
    born = project.workflows("generate", {"ci.yml": BROKEN})
    project.workflows("more", {"ci.yml": BROKEN + "# one\n"})
    found = _of(project)
    assert (found["good"], found["broken_by"]["commit"], found["complete"]) == (None, born, True)
    assert found["whole"] is True
    assert (found["mend"], found["mend_reason"]) == (None, "no valid version in its history")


def test_a_deleted_file_comes_back(project: Project) -> None:
    good = project.workflows("good", {"deploy.yml": GOOD, "ci.yml": GOOD + "# other\n"})
    gone = project.workflows("clean up", {"deploy.yml": None})
    found = _of(project, "deploy.yml")
    assert (found["good"]["commit"], found["broken_by"]["commit"]) == (good, gone)
    assert found["mend"] == {"how": "version", "kind": None, "changed_lines": GOOD.count("\n"), "kept_lines": 0}
    assert found["blobs"]["present"] is None


@pytest.mark.parametrize(
    ("files", "reason"),
    [
        ({"deploy.yml": None, "deploy.yml.disabled": GOOD}, "somebody disabled it: deploy.yml.disabled is there"),
        ({"deploy.yml": None, "release.yml": GOOD}, f"it was renamed to {FOLDER}/release.yml"),
    ],
)
def test_what_was_moved_is_not_deleted(project: Project, files: dict[str, str | None], reason: str) -> None:
    project.workflows("good", {"deploy.yml": GOOD, "ci.yml": GOOD + "# other\n"})
    project.workflows("move", files)
    found = _of(project, "deploy.yml")
    assert (found["mend"], found["mend_reason"]) == (None, reason)


def test_a_name_that_history_does_not_know(project: Project) -> None:
    project.workflows("good", {"ci.yml": GOOD})
    found = _of(project, "nowhere.yml")
    assert (found["versions"], found["mend_reason"]) == (0, "git's history knows no such file")


def test_what_is_not_committed_is_left_to_whoever_makes_it(project: Project) -> None:
    project.workflows("good", {"ci.yml": GOOD, "old.yml": GOOD, "bad.yml": BROKEN})
    project.write(f"{FOLDER}/ci.yml", BROKEN)
    project.write(f"{FOLDER}/new.yml", BROKEN)
    project.write(f"{FOLDER}/old.yml", None)
    project.write(f"{FOLDER}/bad.yml", BROKEN + "# more\n")
    of = _look(project, critical=["old.yml"])["of"]
    changed = "it was changed here since the last commit: finish that, or take it back with `git restore`"
    assert {name: known["mend_reason"] for name, known in of.items()} == {
        "ci.yml": changed,
        "bad.yml": changed,
        "new.yml": "it was never committed",
        "old.yml": "it is in the last commit and only missing here: `git restore` brings it back",
    }
    assert all(known["mend"] is None for known in of.values())


def test_line_ends_of_this_machine_are_no_change(project: Project) -> None:
    project.workflows("good", {"ci.yml": GOOD})
    project.workflows("bad", {"ci.yml": BROKEN})
    project.write(f"{FOLDER}/ci.yml", BROKEN.replace("\n", "\r\n"))
    assert _of(project)["mend"]["how"] == "version"


def test_a_link_is_no_version(project: Project) -> None:
    project.workflows("good", {"ci.yml": GOOD})
    (project.top / FOLDER / "ci.yml").unlink()
    (project.top / FOLDER / "ci.yml").symlink_to("other.txt")
    project.write(f"{FOLDER}/other.txt", BROKEN)
    bad = project.commit("a link", {})
    found = _of(project)
    assert (found["good"]["subject"], found["broken_by"]["commit"]) == ("good", bad)
    assert found["mend_reason"] == "it is no regular file in the last commit"


def test_a_one_line_fault_is_patched_whatever_came_before(project: Project) -> None:
    """Scenario 2: `true:` in place of `on:`."""
    project.workflows("good", {"ci.yml": workflow("Older")})
    project.workflows("dump", {"ci.yml": GOOD.replace("on: push", "true: push")})
    assert _of(project)["mend"] == {"how": "patch", "kind": "on", "changed_lines": 1, "kept_lines": 0}


def test_a_patched_file_that_is_gutted_is_not_offered(project: Project) -> None:
    project.workflows("good", {"ci.yml": GOOD})
    project.workflows("dump", {"ci.yml": workflow("Tests", *GUTTED).replace("on: push", "true: push")})
    assert _of(project)["mend"] == {"how": "version", "kind": None, "changed_lines": 3, "kept_lines": 0}


def test_edits_that_conflict_or_break_again_are_said(project: Project) -> None:
    steps = ("run: one", "run: two")
    good, bad = workflow("Tests", *steps), workflow("Tests", *steps, head="contents: write\n")
    project.workflows("good", {"a.yml": good, "b.yml": good, "c.yml": good})
    project.workflows("bad", {"a.yml": bad, "b.yml": bad, "c.yml": bad})
    project.workflows(
        "edits",
        {
            "a.yml": bad.replace("contents: write", "contents: read"),
            "b.yml": bad + "env: {KEY: A_PLACEHOLDER}\n",
            "c.yml": bad.replace("run: one", "run: echo 1").replace("run: two", "run: echo 2"),
        },
    )
    of = _look(project)["of"]
    assert of["a.yml"]["mend_reason"] == "it was edited since, and those edits conflict with its last good version"
    assert of["b.yml"]["mend_reason"] == (
        "its last good version with the edits made since will not do: placeholder in line 9"
    )
    assert of["c.yml"]["mend_reason"].endswith("will not do: it is gutted")


def test_fewer_real_steps_are_not_offered(project: Project) -> None:
    project.workflows("good", {"ci.yml": workflow("Tests", "run: one")})
    project.workflows("bad", {"ci.yml": workflow("Tests", "run: one", "run: two", head="contents: write\n")})
    assert _of(project)["mend_reason"] == "its last good version will not do: it has 1 real steps, the present one 2"


def test_a_merge_that_committed_markers_is_the_breaking_commit(project: Project) -> None:
    project.workflows("good", {"ci.yml": workflow("One")})
    git(project.top, "checkout", "-q", "-b", "side")
    project.workflows("side", {"ci.yml": workflow("Two")})
    git(project.top, "checkout", "-q", "main")
    main = project.workflows("main", {"ci.yml": workflow("Three")})
    git(project.top, "merge", "-q", "side", check=False)
    merge = project.workflows("merge all", {"ci.yml": (project.top / FOLDER / "ci.yml").read_bytes()})
    found = _of(project)
    assert (found["broken_by"]["commit"], found["good"]["commit"]) == (merge, main)
    assert found["mend"]["how"] == "version"


def test_clocks_that_go_wrong_do_not_confuse_it(project: Project) -> None:
    good = project.workflows("good", {"ci.yml": GOOD})
    project.now -= 9_000_000
    bad = project.workflows("bad", {"ci.yml": BROKEN})
    project.now += 20_000_000
    project.workflows("worse", {"ci.yml": BROKEN + "# a\n"})
    project.now -= 90_000_000
    project.workflows("worst", {"ci.yml": BROKEN + "# b\n"})
    found = _of(project)
    assert (found["good"]["commit"], found["broken_by"]["commit"]) == (good, bad)


def test_a_good_version_that_came_back_and_went_again(project: Project) -> None:
    project.workflows("good", {"ci.yml": GOOD})
    project.workflows("bad", {"ci.yml": BROKEN})
    back = project.workflows("revert", {"ci.yml": GOOD})
    again = project.workflows("bad again", {"ci.yml": BROKEN})
    found = _of(project)
    assert (found["good"]["commit"], found["broken_by"]["commit"]) == (back, again)


def test_since_when_the_crons_stand(project: Project) -> None:
    daily, hourly = CRON.format("0 3 * * *"), CRON.format("0 * * * *")
    project.workflows("hourly", {"ci.yml": workflow(on=hourly)})
    project.workflows("daily", {"ci.yml": workflow(on=daily), "young.yml": workflow(on=daily), "x.yml": GOOD})
    changed = project.now
    project.workflows("steps", {"ci.yml": workflow("Other", on=daily)})
    of = _look(project, "ci.yml", "young.yml", "x.yml")["of"]
    assert of["ci.yml"]["cron_since"] == changed
    assert of["young.yml"]["cron_since"] == changed
    assert of["x.yml"]["cron_since"] is None
    assert of["ci.yml"]["broken_by"] is None


def test_a_shallow_clone_knows_only_what_it_has(project: Project, tmp_path: Path) -> None:
    project.workflows("hourly", {"ci.yml": workflow(on=CRON.format("0 3 * * *")), "bad.yml": GOOD})
    project.workflows("bad", {"bad.yml": BROKEN})
    project.workflows("other", {"other.yml": GOOD})
    git(tmp_path, "clone", "-q", "--depth", "1", f"file://{project.top}", "shallow")
    project.top = tmp_path / "shallow"
    found = _look(project, "ci.yml", "bad.yml")
    assert (found["reach"], found["of"]["ci.yml"]["cron_since"]) == ("shallow", None)
    bad = found["of"]["bad.yml"]
    assert (bad["complete"], bad["whole"], bad["good"], bad["broken_by"]) == (False, False, None, None)
    assert bad["mend_reason"] == (
        "no valid version among the newest 1; "
        "this clone is shallow: `git fetch --unshallow`, or `fetch-depth: 0` in the checkout"
    )


def _shallow(project: Project, tmp_path: Path, depth: int) -> None:
    git(tmp_path, "clone", "-q", "--depth", str(depth), f"file://{project.top}", "shallow")
    project.top = tmp_path / "shallow"


def test_a_shallow_clone_does_not_deny_a_file_that_was_deleted_before_it_begins(
    project: Project, tmp_path: Path
) -> None:
    project.workflows("good", {"deploy.yml": GOOD, "ci.yml": GOOD})
    project.workflows("clean", {"deploy.yml": None})
    project.workflows("more", {"ci.yml": GOOD + "# more\n"})
    _shallow(project, tmp_path, 1)
    found = _of(project, "deploy.yml", critical=["deploy.yml"])
    assert str(found["mend_reason"]).startswith("none of its versions is known; this clone is shallow: ")


def test_a_shallow_clone_that_reaches_a_good_version_keeps_the_edits(project: Project, tmp_path: Path) -> None:
    project.workflows("older", {"ci.yml": workflow("Old")})
    project.workflows("good", {"ci.yml": GOOD})
    project.workflows("bad", {"ci.yml": BROKEN})
    project.workflows("edit", {"ci.yml": "# edited\n" + BROKEN})
    _shallow(project, tmp_path, 3)
    found = _of(project)
    assert (found["mend"]["how"], found["mend"]["kept_lines"], found["good"]["subject"]) == ("merge", 1, "good")
    git(project.top, "fetch", "-q", "--depth", "2")
    found = _of(project)
    assert (found["mend"], found["good"]) == (None, None)
    assert str(found["mend_reason"]).startswith("no valid version among the newest 2; this clone is shallow: ")


def test_an_empty_version_is_no_aim_where_older_ones_are_not_known(project: Project, tmp_path: Path) -> None:
    project.workflows("good", {"ci.yml": GOOD})
    project.workflows("gutted", {"ci.yml": workflow("x", *GUTTED)})
    project.workflows("bad", {"ci.yml": workflow("x", *GUTTED, head="contents: write\n")})
    assert _of(project)["good"]["subject"] == "good"
    _shallow(project, tmp_path, 2)
    found = _of(project)
    assert (found["mend"], found["good"]["subject"]) == (None, "gutted")
    assert found["mend_reason"] == "its newest valid version does nothing, and not all older ones were looked at"


def test_a_file_that_was_written_anew_is_not_replaced_by_what_was_before(project: Project) -> None:
    project.workflows("good", {"ci.yml": GOOD})
    project.workflows("clean", {"ci.yml": None})
    project.workflows("anew", {"ci.yml": workflow("Other", "run: make other", head="contents: write\n")})
    found = _of(project)
    assert (found["mend"], found["good"]["subject"]) == (None, "good")
    assert found["mend_reason"] == "how it was when it broke is not known, so what was edited since could be lost"
    project.workflows("one line", {"ci.yml": workflow("Agent: other", "run: make other")})
    assert _of(project)["mend"]["how"] == "patch", "one line is no replacement"


@pytest.mark.parametrize("lost", ["better", "bad"])
def test_a_version_that_git_does_not_have_is_not_passed_over(project: Project, lost: str) -> None:
    """As in a partial clone: it may have been the last good one, or hold edits that nobody sees."""
    commits = {
        "good": project.workflows("good", {"ci.yml": GOOD}),
        "better": project.workflows("better", {"ci.yml": GOOD + "# better\n"}),
        "bad": project.workflows("bad", {"ci.yml": BROKEN + "# better\n"}),
    }
    project.workflows("edit", {"ci.yml": "# edited\n" + BROKEN + "# better\n"})
    blob = git(project.top, "rev-parse", f"{commits[lost]}:{FOLDER}/ci.yml").strip()
    (project.top / ".git" / "objects" / blob[:2] / blob[2:]).unlink()
    found = _of(project)
    assert (found["mend"], found["broken_by"]) == (None, None)
    assert found["mend_reason"] == "a version since its last good one cannot be read from git, or is too large"


@pytest.mark.parametrize(
    ("lost", "told"),
    [
        (["good"], "no valid version among the newest 3, of which 1 cannot be read from git, or is too large"),
        (["good", "bad"], "no valid version among the newest 3, of which 2 cannot be read from git, or are too large"),
    ],
)
def test_a_version_that_git_does_not_have_is_not_known_to_be_bad(project: Project, lost: list[str], told: str) -> None:
    commits = {
        "good": project.workflows("good", {"ci.yml": GOOD}),
        "bad": project.workflows("bad", {"ci.yml": BROKEN}),
    }
    project.workflows("edit", {"ci.yml": "# edited\n" + BROKEN})
    for one in lost:
        blob = git(project.top, "rev-parse", f"{commits[one]}:{FOLDER}/ci.yml").strip()
        (project.top / ".git" / "objects" / blob[:2] / blob[2:]).unlink()
    found = _of(project)
    assert (found["mend_reason"], found["mend"]) == (told, None)
    assert (found["good"], found["broken_by"], found["complete"], found["whole"]) == (None, None, False, False)


@pytest.mark.parametrize("lost", ["good", "bad"])
def test_a_version_that_was_judged_before_and_is_lost_now(project: Project, lost: str) -> None:
    commits = {
        "good": project.workflows("good", {"ci.yml": GOOD}),
        "bad": project.workflows("bad", {"ci.yml": BROKEN}),
    }
    project.workflows("edit", {"ci.yml": "# edited\n" + BROKEN})
    cache = Remembering()
    assert _of(project, cache=cache)["mend"]["how"] == "merge"
    blob = git(project.top, "rev-parse", f"{commits[lost]}:{FOLDER}/ci.yml").strip()
    (project.top / ".git" / "objects" / blob[:2] / blob[2:]).unlink()
    found = _of(project, cache=cache)
    told = {
        "good": "its last good version cannot be read from git",
        "bad": "how it was when it broke is not known, so what was edited since could be lost",
    }
    assert (found["mend"], found["mend_reason"]) == (None, told[lost])


def test_what_the_deadline_cuts_is_said_and_not_mended(project: Project) -> None:
    project.workflows("good", {"ci.yml": "# 0\n" + GOOD})
    for number in range(30):
        project.workflows(f"{number}", {"ci.yml": f"# {number}\n" + BROKEN})
    around = _around(project.top)

    def slow(content: bytes, kind: str) -> JsonObject:
        around.clock.sleep(1.0)
        return inspect(content, kind)

    assert _of(project)["mend"]["how"] == "merge"
    for deadline_s in (10.0, 30.5):
        found = _of(project, around=around, inspect=slow, deadline_s=deadline_s)
        assert found["mend"] is None
        assert "the time for git's history was used up" in str(found["mend_reason"]), deadline_s


def test_without_git_the_deadline_holds_as_well(tmp_path: Path) -> None:
    plain = Project(tmp_path / "plain")
    shutil.rmtree(plain.top / ".git")
    names = [f"{number}.yml" for number in range(20)]
    for name in names:
        plain.write(f"{FOLDER}/{name}", f"# {name}\n" + BROKEN)
    around, judged = _around(plain.top), []

    def slow(content: bytes, kind: str) -> JsonObject:
        judged.append(content)
        around.clock.sleep(1.0)
        return inspect(content, kind)

    found = _look(plain, *names, around=around, inspect=slow, deadline_s=5.0)
    assert len(judged) <= 6
    assert found["of"]["9.yml"]["mend_reason"] == "the time for git's history was used up"


@pytest.mark.parametrize("environ", [{}, {"PATH": "/nowhere"}])
def test_without_a_repository_only_the_text_is_left(tmp_path: Path, environ: dict[str, str]) -> None:
    plain = Project(tmp_path / "plain")
    shutil.rmtree(plain.top / ".git")
    plain.write(f"{FOLDER}/on.yml", GOOD.replace("on: push", "true: push"))
    plain.write(f"{FOLDER}/bad.yml", BROKEN)
    found = _look(plain, critical=["deploy.yml"], around=_around(plain.top, environ))
    assert (found["reach"], found["reason"]) == ("none", None)
    assert found["of"]["on.yml"]["mend"] == {"how": "patch", "kind": "on", "changed_lines": 1, "kept_lines": 0}
    for name in ("bad.yml", "deploy.yml"):
        assert found["of"][name]["mend_reason"] == "there is no git history here"


@pytest.mark.parametrize("how", ["no git", "include", "damaged", "bare", "linked"])
def test_where_git_refuses_nothing_is_mended(project: Project, how: str) -> None:
    """There may be a version that is good, and changes that are not committed."""
    project.workflows("bad", {"on.yml": GOOD.replace("on: push", "true: push")})
    assert _of(project, "on.yml")["mend"]["kind"] == "on"
    inside = project.top / ".git"
    if how == "include":
        (inside / "config").write_text("[include\n")
    elif how == "damaged":
        (inside / "HEAD").unlink()
    elif how == "bare":
        git(project.top, "config", "core.bare", "true")
    elif how == "linked":
        inside.rename(project.top / "moved")
        inside.write_text("gitdir: /nowhere\n")
    environ = {"PATH": "/nowhere"} if how == "no git" else {}
    found = _look(project, "on.yml", around=_around(project.top, environ))
    assert (found["reach"], found["of"]["on.yml"]["mend"]) == ("none", None)
    assert str(found["reason"]).startswith("git: cannot be run" if how == "no git" else "git said: fatal:")
    assert found["of"]["on.yml"]["mend_reason"] == found["reason"]


def test_an_empty_repository(project: Project) -> None:
    project.write(f"{FOLDER}/bad.yml", BROKEN)
    found = _look(project)
    assert (found["reach"], found["of"]["bad.yml"]["mend_reason"]) == ("whole", "it was never committed")


def test_a_checkout_below_the_top_of_its_repository(project: Project) -> None:
    project.commit("good", {f"in/{FOLDER}/ci.yml": GOOD})
    project.commit("bad", {f"in/{FOLDER}/ci.yml": BROKEN})
    project.top = project.top / "in"
    assert _of(project)["mend"]["how"] == "version"


def test_a_checkout_whose_path_holds_newlines(project: Project) -> None:
    project.commit("good", {f"in\n/side\n/{FOLDER}/ci.yml": GOOD})
    project.commit("bad", {f"in\n/side\n/{FOLDER}/ci.yml": BROKEN})
    project.top = project.top / "in\n" / "side\n"
    assert _of(project)["mend"]["how"] == "version"


def test_an_action_is_found_by_its_path(project: Project) -> None:
    path = ".github/actions/x/action.yml"
    good = "name: x\ndescription: x\nruns:\n  using: composite\n  steps:\n    - {run: make, shell: bash}\n"
    project.commit("good", {path: good, f"{FOLDER}/ci.yml": GOOD})
    project.commit("bad", {path: good + "jobs: {}\n"})
    files = project.files()
    file = {**inspect((good + "jobs: {}\n").encode(), "action"), "path": path, "digest": None, "size": 1}
    files["actions"] = {path: file}
    settings, around = actions_settings(), _around(project.top)
    assert suspects(files, settings) == [path]
    found = observe_history([path], files, settings, around, top=str(project.top), inspect=inspect, cache=Remembering())
    assert found["of"][path]["mend"]["how"] == "version"


def test_old_versions_are_judged_once(project: Project) -> None:
    for number in range(12):
        project.workflows(f"{number}", {"ci.yml": BROKEN + f"# {number}\n"})
    cache, judged = Remembering(), []

    def counting(content: bytes, kind: str) -> JsonObject:
        judged.append(content)
        return inspect(content, kind)

    first = _of(project, cache=cache, inspect=counting)
    assert first["versions"] == 12
    assert {kind for kind, _ in cache.kept} == {"old-workflow"}
    assert all(kept["blocks"] == [] for kept in cache.kept.values())
    before = len(judged)
    assert before >= 12
    again = _of(project, cache=cache, inspect=counting)
    assert again == first
    assert len(judged) - before <= 2, "only what mending looks at"


def test_its_reach_and_its_time_are_bounded(project: Project) -> None:
    lines = [f"commit refs/heads/main\ncommitter A <a@example.com> {NOW:.0f} +0000\ndata 1\nx\n"]
    stream = ""
    for number in range(MOST_VERSIONS + 5):
        text = BROKEN + f"# {number}\n"
        stream += f"{lines[0]}M 100644 inline {FOLDER}/ci.yml\ndata {len(text)}\n{text}\n"
    git(project.top, "fast-import", "--quiet", given=stream)
    git(project.top, "reset", "-q", "--hard")
    found = _of(project)
    assert (found["versions"], found["complete"], found["broken_by"]) == (MOST_VERSIONS, False, None)
    assert found["mend_reason"] == f"no valid version among the newest {MOST_VERSIONS}; older ones were not looked at"

    around = _around(project.top)

    def slow(content: bytes, kind: str) -> JsonObject:
        around.clock.sleep(1.0)
        return inspect(content, kind)

    found = _of(project, around=around, inspect=slow, deadline_s=20.0)
    assert 10 < found["versions"] <= 20
    assert found["mend_reason"] == (
        f"no valid version among the newest {found['versions']}; then the time for git's history was used up"
    )
