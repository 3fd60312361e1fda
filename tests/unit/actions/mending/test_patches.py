"""One line is mended where it is wrong beyond doubt, and every other byte stays."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.actions.repositories import git, refused, workflow
from zionr.subsystems.actions.files.blob import blob_id
from zionr.subsystems.actions.mending.diffs import FileChange, as_patch, changed_lines
from zionr.subsystems.actions.mending.patches import KINDS, patch

GOOD = workflow()


def test_a_file_of_very_many_lines_is_read_once() -> None:
    """Half a million lines: whoever looks at all lines below for each of them is not done within minutes."""
    found = patch(b"true: push\n" + b"\n" * 500_000)
    assert found is not None
    assert found.content.startswith(b"on: push\n")


@pytest.mark.parametrize(
    ("line", "mended", "kind"),
    [
        ("name: Agent: x", 'name: "Agent: x"', "name"),
        ("name:  Agent: x  # keep", 'name:  "Agent: x"  # keep', "name"),
        ("name: Agent: x  ", 'name: "Agent: x"  ', "name"),
        ('name: Agent "7": x', "name: 'Agent \"7\": x'", "name"),
        (r"name: It's \d: x", r"name: 'It''s \d: x'", "name"),
        ('name: ""Agent: x"', 'name: "Agent: x"', "name"),
        ('name: "Agent: x""', 'name: "Agent: x"', "name"),
        ('name: ""Agent: x""', 'name: "Agent: x"', "name"),
        ("name: Agent: größer", 'name: "Agent: größer"', "name"),
    ],
)
@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("start", ["", "\ufeff"])
def test_a_name_is_quoted(line: str, mended: str, kind: str, end: str, start: str) -> None:
    broken = start + GOOD.replace("name: Tests", line).replace("\n", end)
    found = patch(broken.encode())
    assert found is not None
    assert (found.kind, found.line) == (kind, 1)
    assert found.content.decode() == start + GOOD.replace("name: Tests", mended).replace("\n", end)
    assert refused(broken.encode()) != []
    assert refused(found.content) == []
    assert changed_lines(broken.encode(), found.content) == 1


@pytest.mark.parametrize(
    ("old", "new", "mended", "kind"),
    [
        ("on: push", "true: push", "on: push", "on"),
        ("on: push", "true:\n  push:\n    branches: [main]", "on:\n  push:\n    branches: [main]", "on"),
        ("on: push", "true: # when", "on: # when", "on"),
        ("- run: npm test", "- name: Build: all\n        run: npm test", '- name: "Build: all"', "name"),
        ("  test:\n", "  test:\n    name: Job: one\n", '    name: "Job: one"', "name"),
        (
            "on: push",
            "on:\n  schedule:\n    - cron: '0 0 * * *  # Daily'",
            "on:\n  schedule:\n    - cron: '0 0 * * *'  # Daily",
            "cron",
        ),
        ("on: push", 'on:\n  schedule:\n    - cron: "5 0 * * 1 #M"', '    - cron: "5 0 * * 1" #M', "cron"),
    ],
)
def test_other_lines(old: str, new: str, mended: str, kind: str) -> None:
    broken = GOOD.replace(old, new, 1).encode()
    found = patch(broken)
    assert found is not None
    assert found.kind == kind
    assert mended.encode() in found.content
    assert changed_lines(broken, found.content) == 1
    assert found.content.count(b"\n") == broken.count(b"\n")
    assert set(KINDS) == {"on", "name", "cron"}


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("name: Tests", "name: Tests"),
        ("name: Tests", "name: a:b"),
        ("name: Tests", 'name: "a: b"'),
        ("name: Tests", "name: 'a: b'  # c: d"),
        ("name: Tests", "name: [a: b]"),
        ("name: Tests", "name: >\n  a: b"),
        ("name: Tests", "name: Agent:"),
        ("name: Tests", "name: Agent: #1"),
        ("name: Tests", "name: Agent: x\n  and more"),
        ("name: Tests", 'name: ""a" b"'),
        ("name: Tests", 'name: "Agent: x'),
        ("on: push", "on: push\ntrue: push"),
        ("on: push", '"on": push\ntrue: push'),
        ("on: push", "true: push\ntrue: push"),
        ("on: push", "truely: push"),
        ("on: push", "on:\n  true: push"),
        ("on: push", "on:\n  schedule:\n    - cron: '0 0 * *  # Daily'"),
        ("on: push", "on:\n  schedule:\n    - cron: CRON_SCHEDULE_PLACEHOLDER"),
        ("    runs-on", "    if: a\n  runs-on"),
    ],
)
def test_what_is_right_or_not_certain_is_left(old: str, new: str) -> None:
    before = GOOD.replace(old, new, 1)
    assert old in GOOD
    found = patch(before.encode())
    assert found is None or refused(found.content) != []


def test_what_is_no_text_is_left() -> None:
    assert patch(b"name: a: b\n\xff\n") is None
    assert patch(b"") is None


@given(st.binary(max_size=300))
def test_anything_at_most_one_line_changes(content: bytes) -> None:
    found = patch(content)
    if found is not None:
        assert changed_lines(content, found.content) == 1
        assert content.split(b"\n")[: found.line - 1] == found.content.split(b"\n")[: found.line - 1]


def _applied(folder: Path, changes: list[FileChange]) -> dict[str, bytes]:
    """What `git apply` makes of it, in a folder without a repository, and then back again."""
    for change in changes:
        path = folder / change.path
        path.parent.mkdir(parents=True, exist_ok=True)
        if change.before is not None:
            path.write_bytes(change.before)
    text = as_patch(changes)
    assert text.isprintable() or text == text.encode("utf-8").decode("utf-8")
    for arguments in (["--check"], []):
        done = subprocess.run(["git", "apply", *arguments], cwd=folder, input=text.encode(), capture_output=True)
        assert done.returncode == 0, (done.stderr, text)
    made = {change.path: (folder / change.path).read_bytes() for change in changes}
    done = subprocess.run(["git", "apply", "-R"], cwd=folder, input=text.encode(), capture_output=True)
    assert done.returncode == 0, done.stderr
    for change in changes:
        assert not (folder / change.path).exists() or (folder / change.path).read_bytes() == change.before
    return made


LONG = b"".join(b"line %d\n" % number for number in range(100))


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (b"a\nb\nc\n", b"a\nB\nc\n"),
        (b"a\r\nb\r\n", b"a\r\nB\r\n"),
        (b"a\r\nb", b"a\r\nB"),
        (b"a\nb", b"a\nb\n"),
        (b"a\nb\n", b"a\nb"),
        (b"a\n", b"b"),
        (b"a\rb\n", b"a\rc\n"),
        (None, b"a\nb\n"),
        (None, b"a"),
        (b"", b"a\n"),
        (b"a\n", b""),
        (b"\xef\xbb\xbfa\n", b"\xef\xbb\xbfb\n"),
        ("ü\u2028\n".encode(), b"u\n"),
        (b"\xff\xfea\0", b"a\n"),
        (b"\xffa\n", b"a\n"),
        (None, bytes(range(256)) * 9),
        (LONG, LONG.replace(b"line 5\n", b"five\n").replace(b"line 90\n", b"")),
        (LONG, LONG.replace(b"line 40\n", b"x\n").replace(b"line 47\n", b"y\n").replace(b"line 55\n", b"z\n")),
        (b"x\n" * 3000, b"y\n" * 3000),
    ],
)
def test_git_applies_it_byte_for_byte(before: bytes | None, after: bytes, tmp_path: Path) -> None:
    made = _applied(tmp_path, [FileChange(".github/workflows/a.yml", before, after)])
    assert made == {".github/workflows/a.yml": after}


@pytest.mark.parametrize("name", ["a b.yml", 'q"uote.yml', "back\\slash.yml", "tab\t.yml", "größe.yml", "x\nb/y.yml"])
def test_names_that_git_quotes(name: str, tmp_path: Path) -> None:
    changes = [FileChange(f"w/{name}", b"a\n", b"b\n"), FileChange("w/plain", None, b"c\n", "100755")]
    assert _applied(tmp_path, changes) == {f"w/{name}": b"b\n", "w/plain": b"c\n"}


@given(st.lists(st.sampled_from([b"a\n", b"b\n", b"c\r\n", b"\n"])), st.lists(st.sampled_from([b"a\n", b"b\n", b"d"])))
def test_a_patch_holds_what_it_says(before: list[bytes], after: list[bytes]) -> None:
    """Read back by its own rules: the lines kept and taken are the old file, those kept and added the new one."""
    old, new = b"".join(before), b"".join(after)
    assert changed_lines(old, new) <= len(before) + len(after)
    assert (changed_lines(old, new) == 0) == (old == new)
    text = as_patch([FileChange("x", old, new)])
    body = text.split("+++ b/x\n", 1)[1]
    taken = [line for line in body.split("\n") if line.startswith("-")]
    added = [line for line in body.split("\n") if line.startswith("+")]
    assert (taken, added) != ([], []) or old == new


def test_its_ids_are_gits_own(tmp_path: Path) -> None:
    (tmp_path / "x").write_bytes(b"a\r\n\xff")
    assert blob_id(b"a\r\n\xff") == git(tmp_path, "hash-object", "x").strip()
