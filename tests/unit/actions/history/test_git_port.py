"""The git port on real repositories, also on those that a person would rather not meet."""

from __future__ import annotations

import os
from pathlib import Path

from tests.unit.actions.repositories import Project, git
from zionr.ports import git as port

LIMIT = 30.0


def _found(folder: Path | str, environ: dict[str, str] | None = None) -> port.Repository:
    found = port.find(str(folder), environ or dict(os.environ), timeout_s=LIMIT)
    assert isinstance(found, port.Repository), found
    return found


def _log(repository: port.Repository, *paths: str) -> tuple[port.Change, ...]:
    log = port.log(repository, paths, timeout_s=LIMIT)
    assert isinstance(log, port.Log), log
    assert log.reason is None
    return log.changes


def test_one_pass_tells_every_change_of_every_path(project: Project) -> None:
    first = project.commit("one", {"a": "1\n", "b": "1\n", "c": "1\n"})
    second = project.commit("two: ü\n\nbody", {"a": "2\n", "b": None})
    found = _log(_found(project.top), "a", "b")
    assert [(one.commit, one.path, one.root) for one in found] == [
        (second, "a", False),
        (second, "b", False),
        (first, "a", True),
        (first, "b", True),
    ]
    changed, gone, made, _ = found
    assert (changed.subject, changed.author, changed.at) == ("two: ü", "A Person", project.now)
    assert changed.before == (made.after,)
    assert (gone.after, gone.mode, gone.before) == (None, "000000", (made.after,))
    assert (made.before, made.mode) == ((None,), "100644")
    contents = port.blobs(_found(project.top), [changed.after or "", made.after or ""], timeout_s=LIMIT)
    assert contents == {changed.after: b"2\n", made.after: b"1\n"}


def test_names_and_subjects_cannot_pretend(project: Project) -> None:
    name = 'commit \n:100644 "é*[a]\t'
    project.commit(":100644 100644 a b M", {name: "1\n", "é": "other\n"})
    (change,) = _log(_found(project.top), name)
    assert (change.path, change.subject) == (name, ":100644 100644 a b M")
    files = port.files_in(_found(project.top), ["."], timeout_s=LIMIT)
    assert isinstance(files, dict)
    assert set(files) == {name, "é"}
    assert files[name] == port.Entry("100644", change.after or "")


def test_a_name_that_is_no_utf8(project: Project) -> None:
    name = os.fsdecode(b"\xff.yml")
    project.commit("odd", {name: "1\n"})
    (change,) = _log(_found(project.top), name)
    assert change.path == name


def test_a_merge_tells_only_what_no_parent_had(project: Project) -> None:
    project.commit("one", {"a": "1\n", "b": "1\n"})
    git(project.top, "checkout", "-q", "-b", "side")
    side = project.commit("side", {"a": "2\n", "b": "side\n"})
    git(project.top, "checkout", "-q", "main")
    main = project.commit("main", {"a": "3\n"})
    git(project.top, "merge", "-q", "side", check=False)
    merge = project.commit("merge", {"a": "<<<<<<<\n"})
    found = {(one.commit, one.path): one for one in _log(_found(project.top), "a", "b")}
    assert found[merge, "a"].before == (found[main, "a"].after, found[side, "a"].after)
    assert (merge, "b") not in found
    assert (side, "b") in found


def test_a_folder_within_a_linked_tree_and_a_submodule(project: Project, tmp_path: Path) -> None:
    head = project.commit("one", {"in/a": "1\n"})
    assert _found(project.top / "in").prefix == "in/"
    git(project.top, "worktree", "add", "-q", str(tmp_path / "linked"), "-b", "other")
    linked = _found(tmp_path / "linked")
    assert (linked.head, linked.top) == (head, str(tmp_path / "linked"))
    outer = Project(tmp_path / "outer")
    outer.commit("outer", {"x": "1\n"})
    git(outer.top, "-c", "protocol.file.allow=always", "submodule", "--quiet", "add", str(project.top), "sub")
    assert _found(outer.top / "sub").head == head
    assert len(_log(_found(outer.top / "sub"), "in/a")) == 1


def test_folders_whose_names_hold_newlines(tmp_path: Path) -> None:
    project = Project(tmp_path / "a\n")
    head = project.commit("one", {"in\n/\n/a": "1\n"})
    found = _found(project.top / "in\n" / "\n")
    assert (found.top, found.prefix, found.head) == (str(project.top), "in\n/\n/", head)
    assert [one.commit for one in _log(found, f"{found.prefix}a")] == [head]


def test_what_is_no_readable_repository_is_a_reason(project: Project, tmp_path: Path) -> None:
    empty = _found(project.top)
    assert (empty.head, empty.shallow) == (None, False)
    assert _log(empty, "a") == ()
    assert port.files_in(empty, ["."], timeout_s=LIMIT) == {}
    git(tmp_path, "init", "-q", "--bare", "bare")
    environ = {**os.environ, "GIT_CEILING_DIRECTORIES": "/nowhere"}
    reasons = [
        (tmp_path, environ, port.NO_REPOSITORY),
        (tmp_path / "bare", environ, "git said: fatal: this operation must be run in a work tree"),
        (tmp_path / "gone", environ, "there is no such folder"),
        (project.top, {"PATH": "/nowhere"}, "git: cannot be run: No such file or directory"),
    ]
    for folder, env, reason in reasons:
        told = port.find(str(folder), env, timeout_s=LIMIT)
        assert isinstance(told, str)
        assert reason in told


def test_a_damaged_repository_is_a_reason(project: Project) -> None:
    project.commit("one", {"a": "1\n"})
    repository = _found(project.top)
    for folder, _, names in os.walk(project.top / ".git" / "objects"):
        for name in names:
            os.unlink(os.path.join(folder, name))
    assert str(port.log(repository, ["a"], timeout_s=LIMIT)).startswith("git said: fatal:")
    assert str(port.files_in(repository, ["."], timeout_s=LIMIT)).startswith("git said: fatal:")
    assert port.blobs(repository, ["0" * 39 + "1"], timeout_s=LIMIT) == {}


def test_a_shallow_clone_says_so(project: Project, tmp_path: Path) -> None:
    for text in ("1\n", "2\n", "3\n"):
        project.commit(text, {"a": text})
    git(tmp_path, "clone", "-q", "--depth", "2", f"file://{project.top}", "shallow")
    shallow = _found(tmp_path / "shallow")
    assert shallow.shallow
    assert [one.root for one in _log(shallow, "a")] == [False, True]


def test_neither_the_callers_variables_nor_the_repositorys_programs_count(project: Project, tmp_path: Path) -> None:
    project.commit("one", {"a": "1\n", ".gitattributes": "a diff=x filter=x\n"})
    project.commit("two", {"a": "2\n"})
    trap = tmp_path / "trap"
    trap.write_text(f"#!/bin/sh\ntouch {tmp_path}/sprung\n")
    trap.chmod(0o755)
    keys = ("core.fsmonitor", "diff.external", "diff.x.textconv", "diff.x.command", "core.pager", "gpg.program")
    for key in (*keys, "filter.x.clean", "filter.x.smudge", "core.sshCommand", "core.editor"):
        git(project.top, "config", key, str(trap))
    git(project.top, "config", "log.showSignature", "true")
    git(project.top, "config", "core.hooksPath", str(tmp_path))
    hostile = {**os.environ, "GIT_DIR": "/nowhere", "GIT_EXTERNAL_DIFF": str(trap), "GIT_PAGER": str(trap)}
    repository = _found(project.top, hostile)
    assert len(_log(repository, "a")) == 2
    assert isinstance(port.files_in(repository, ["."], timeout_s=LIMIT), dict)
    assert port.merge_file(b"1\n", b"1\n", b"2\n", hostile, timeout_s=LIMIT) == b"2\n"
    assert not (tmp_path / "sprung").exists()


def test_replaced_objects_do_not_count(project: Project) -> None:
    first = project.commit("one", {"a": "1\n"})
    second = project.commit("two", {"a": "2\n"})
    git(project.top, "replace", second, first)
    assert len(_log(_found(project.top), "a")) == 2


def test_what_a_partial_clone_lacks_is_not_fetched(project: Project, tmp_path: Path) -> None:
    project.commit("one", {"a": "1\n"})
    project.commit("two", {"a": "2\n"})
    git(project.top, "config", "uploadpack.allowFilter", "true")
    git(tmp_path, "clone", "-q", "--filter=blob:none", f"file://{project.top}", "partial")
    partial = _found(tmp_path / "partial")
    new, old = _log(partial, "a")
    assert port.blobs(partial, [str(new.after)], timeout_s=LIMIT) == {new.after: b"2\n"}
    assert port.blobs(partial, [str(old.after)], timeout_s=LIMIT) == {}


def test_limits(project: Project) -> None:
    project.commit("large", {"a": "x" * 5000})
    for number in range(6):
        project.commit(f"{number}", {"a": f"{number}\n"})
    repository = _found(project.top)
    whole = _log(repository, "a")
    assert len(whole) == 7
    found = port.blobs(repository, [str(one.after) for one in whole], timeout_s=LIMIT, largest=100)
    assert sorted(found.values()) == [b"%d\n" % number for number in range(6)]
    cut = port.log(repository, ["a"], timeout_s=LIMIT, most=700)
    assert isinstance(cut, port.Log)
    assert cut.reason == "git said more than zionr reads"
    assert 0 < len(cut.changes) < 7
    assert cut.changes == whole[: len(cut.changes)]
    assert port.log(repository, ["a"], timeout_s=0.0) == "git did not end within 0 s"
    assert port.find(str(project.top), os.environ, timeout_s=0.0) == "git did not end within 0 s"


def test_a_merge_of_three_texts() -> None:
    base = b"a\nb\nc\nd\ne\nf\n"
    ours, theirs = base.replace(b"a\n", b"A\n"), base.replace(b"f\n", b"F")
    assert port.merge_file(ours, base, theirs, os.environ, timeout_s=LIMIT) == b"A\nb\nc\nd\ne\nF"
    assert port.merge_file(b"x\n", b"y\n", b"z\n", os.environ, timeout_s=LIMIT) is None
    assert port.merge_file(b"\0x\n", b"\0y\n", b"\0z\n", os.environ, timeout_s=LIMIT) is None
    assert port.merge_file(b"", b"", b"", {"PATH": "/nowhere"}, timeout_s=LIMIT) is None
    assert port.merge_file(b"", b"", b"x\n", os.environ, timeout_s=LIMIT) == b"x\n"


def test_a_merge_puts_nothing_on_a_disk(tmp_path: Path) -> None:
    """Whoever ends zionr meanwhile leaves nothing there."""
    program = tmp_path / "git"
    program.write_text('#!/bin/sh\npwd\nfor one; do case "$one" in /*/fd/*) cat "$one" ;; esac; done\n')
    program.chmod(0o755)
    environ = {"PATH": f"{tmp_path}:{os.environ['PATH']}"}
    assert port.merge_file(b"ours\n", b"base\n", b"theirs\n", environ, timeout_s=LIMIT) == b"/\nours\nbase\ntheirs\n"
