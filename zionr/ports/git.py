"""What a git repository holds, read through the git program: no lock, no network, no hook, nothing of the caller's.

A repository's own configuration is not trusted either: whatever could start a program while git reads is turned off.
What git cannot do is a text with the reason, never an exception.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from typing import NamedTuple

from . import files, process

NO_REPOSITORY = "this is no git repository"
LARGEST_BLOB = 1 << 20
_MOST = 64 << 20
_AT_ONCE = 32 << 20
_SURROUNDINGS = {
    "LC_ALL": "C",
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_NO_REPLACE_OBJECTS": "1",
    "GIT_NO_LAZY_FETCH": "1",
    # Of a partial clone git would fetch what is not there; older versions do not know the variable above.
    "GIT_ALLOW_PROTOCOL": "none",
}
_ALWAYS = (
    *("--no-pager", "--no-optional-locks", "--no-replace-objects", "--literal-pathspecs"),
    *("-c", "core.quotePath=false", "-c", "core.fsmonitor=false", "-c", f"core.hooksPath={os.devnull}"),
    *("-c", "log.showSignature=false", "-c", "log.showRoot=true", "-c", "log.follow=false", "-c", "log.mailmap=false"),
    *("-c", "merge.conflictStyle=merge", "-c", f"diff.orderFile={os.devnull}"),
)
_RAW = ("--raw", "-z", "-c", "--no-abbrev", "--no-renames", "--no-relative", "--no-ext-diff", "--no-textconv")
_PLAIN = ("--no-notes", "--no-decorate", "--no-color", "--encoding=UTF-8", "--ignore-submodules=all")
_HEADER = "format:%x00commit %H %ct %P%x00%an%x00%s%x00"


class Repository(NamedTuple):
    """A work tree. `prefix` is where the folder asked for lies in it, with `/` at its end, or empty.

    `head` is None before the first commit; `shallow` where older commits were not fetched.
    """

    top: str
    prefix: str
    head: str | None
    shallow: bool
    env: Mapping[str, str]


class Change(NamedTuple):
    """What one commit made of one path. `before` has the blob in each parent, None where there was no file.

    `root` is true for a commit without parents, which in a shallow clone only says where the known history begins.
    """

    commit: str
    at: float
    author: str
    subject: str
    root: bool
    path: str
    before: tuple[str | None, ...]
    after: str | None
    mode: str


class Log(NamedTuple):
    """Changes, newest first. `reason` says why older ones may be missing, None where all are there."""

    changes: tuple[Change, ...]
    reason: str | None


class Entry(NamedTuple):
    """A file of a tree: its mode (`100644`), and its blob."""

    mode: str
    blob: str


def find(folder: str, environ: Mapping[str, str], *, timeout_s: float) -> Repository | str:
    """The work tree that `folder` is in, also a linked one or a submodule's; a text where there is none to read."""
    env = process.allowed_environment(environ, "XDG_CONFIG_HOME") | _SURROUNDINGS
    told = []
    # The prefix is asked for alone: names of folders may hold newlines, and there is no -z.
    for asked in (["--is-shallow-repository", "--show-toplevel"], ["--show-prefix"]):
        done = _git(["rev-parse", *asked], env, folder, timeout_s)
        if not done.succeeded:
            return NO_REPOSITORY if _is_none(done, folder) else _why(done, timeout_s)
        told.append(os.fsdecode(done.stdout).removesuffix("\n"))
    shallow, top = told[0].split("\n", 1)
    head = _git(["rev-parse", "--verify", "--quiet", "HEAD^{commit}"], env, top, timeout_s)
    if not head.succeeded and head.code != 1:
        return _why(head, timeout_s)
    return Repository(top, told[1], head.stdout.decode().strip() or None, shallow == "true", env)


def _is_none(done: process.CompletedBytes, folder: str) -> bool:
    """Whether there truly is no repository: git says the same of a damaged one, and nothing where it cannot run."""
    said = done.problem is not None or b"not a git repository" in done.stderr
    return said and os.path.isdir(folder) and files.find_repository_top(folder) is None


def files_in(repository: Repository, paths: Sequence[str], *, timeout_s: float) -> dict[str, Entry] | str:
    """The files at these paths in the last commit; of a path with `/` at its end what is directly in that folder."""
    if repository.head is None:
        return {}
    asked = ["ls-tree", "-z", "--full-tree", repository.head, "--", *paths]
    done = _git(asked, repository.env, repository.top, timeout_s)
    if not done.succeeded:
        return _why(done, timeout_s)
    found = {}
    for line in os.fsdecode(done.stdout).split("\0"):
        facts, tab, path = line.partition("\t")
        if tab and " blob " in facts:
            mode, _, blob = facts.split(" ")
            found[path] = Entry(mode, blob)
    return found


def log(repository: Repository, paths: Sequence[str], *, timeout_s: float, most: int = _MOST) -> Log | str:
    """All changes of these paths that led to the last commit, in one pass.

    Every line of history is followed, so that a change has the commit that truly made it. Of a merge only what it
    made anew is a change: content that none of its parents has, as a conflict that was committed. Where git takes
    too long or says too much, what it told so far is the answer.
    """
    if repository.head is None:
        return Log((), None)
    asked = ["log", *_RAW, *_PLAIN, f"--format={_HEADER}", repository.head, "--", *paths]
    done = _git(asked, repository.env, repository.top, timeout_s, most)
    if done.succeeded:
        return Log(tuple(_changes(done.stdout.split(b"\0"))), None)
    parts = done.stdout.split(b"\0\0commit ")
    if len(parts) < 3:
        return _why(done, timeout_s)
    # The last commit may be cut anywhere.
    told = b"\0\0commit ".join(parts[:-1]).split(b"\0")
    return Log(tuple(_changes(told)), _why(done, timeout_s))


def blobs(
    repository: Repository, wanted: Iterable[str], *, timeout_s: float, largest: int = LARGEST_BLOB
) -> dict[str, bytes]:
    """The content of these blobs. What is missing, no blob, or longer than `largest` bytes is left out."""
    names = list(dict.fromkeys(wanted))
    sizes = [(name, size) for name, size in _sizes(repository, names, timeout_s) if size <= largest]
    found: dict[str, bytes] = {}
    for batch in process.batches(sizes, _AT_ONCE):
        done = _cat(repository, "--batch", batch, timeout_s)
        found |= _contents(done.stdout)
    return found


def merge_file(
    ours: bytes, base: bytes, theirs: bytes, environ: Mapping[str, str], *, timeout_s: float
) -> bytes | None:
    """The three-way merge of a text; None where it conflicts, is no text, or cannot be made."""
    env = process.allowed_environment(environ, "XDG_CONFIG_HOME") | _SURROUNDINGS
    with ExitStack() as stack:
        texts = [stack.enter_context(process.in_memory(content)) for content in (ours, base, theirs)]
        asked = ["merge-file", "-p", "-q", *(f"/proc/self/fd/{number}" for number in texts)]
        done = _git(asked, env, "/", timeout_s, open_files=texts)
    return done.stdout if done.succeeded else None


def _git(
    arguments: Sequence[str],
    env: Mapping[str, str],
    folder: str,
    timeout_s: float,
    most: int = _MOST,
    given: bytes = b"",
    open_files: Sequence[int] = (),
) -> process.CompletedBytes:
    if not os.path.isdir(folder):
        return process.CompletedBytes(None, b"", b"", 0.0, "itself", f"{folder}: there is no such folder")
    argv = ["git", *_ALWAYS, *arguments]
    return process.run_bytes(
        argv, timeout_s=timeout_s, env=env, cwd=folder, most=most, given=given, open_files=open_files
    )


def _why(done: process.CompletedBytes, timeout_s: float) -> str:
    if done.problem is not None:
        return done.problem
    if done.ended_by == "timeout":
        return f"git did not end within {timeout_s:.3g} s"
    if done.ended_by == "flood":
        return "git said more than zionr reads"
    lines = [line for line in done.stderr.decode("utf-8", "replace").splitlines() if line.strip()]
    return f"git said: {lines[0][:300]}" if lines else f"git ended with code {done.code}"


def _changes(tokens: Sequence[bytes]) -> Iterator[Change]:
    """Positions tell what a token is, so no name and no subject can pretend to be another."""
    facts, author, subject = "", "", ""
    reader = iter(tokens)
    for token in reader:
        if token.startswith(b"commit "):
            facts = token.decode()
            author, subject = (next(reader, b"").decode("utf-8", "replace") for _ in range(2))
        elif token.lstrip(b"\n").startswith(b":"):
            yield _change(facts, author, subject, token.strip().decode(), os.fsdecode(next(reader, b"")))


def _change(facts: str, author: str, subject: str, raw: str, path: str) -> Change:
    """`raw` is as `git diff --raw` writes it: a colon for each parent, their modes, the mode, their blobs, the blob."""
    _, commit, at, *parents = facts.split(" ")
    count = len(raw) - len(raw.lstrip(":"))
    fields = raw.lstrip(":").split(" ")
    blobs_before = tuple(_blob(field) for field in fields[count + 1 : 2 * count + 1])
    after = _blob(fields[2 * count + 1])
    return Change(commit, float(at), author, subject, not any(parents), path, blobs_before, after, fields[count])


def _blob(name: str) -> str | None:
    return name if name.strip("0") else None


def _cat(repository: Repository, how: str, names: Sequence[str], timeout_s: float) -> process.CompletedBytes:
    return _git(["cat-file", how], repository.env, repository.top, timeout_s, given="\n".join([*names, ""]).encode())


def _sizes(repository: Repository, names: Sequence[str], timeout_s: float) -> list[tuple[str, int]]:
    if not names:
        return []
    told = _cat(repository, "--batch-check", names, timeout_s).stdout.decode("utf-8", "replace")
    rows = [line.split(" ") for line in told.splitlines()]
    return [(row[0], int(row[2])) for row in rows if len(row) == 3 and row[1] == "blob"]


def _contents(told: bytes) -> dict[str, bytes]:
    """What `cat-file --batch` wrote; a last blob that was cut is left out."""
    found = {}
    start = 0
    while (end := told.find(b"\n", start)) >= 0:
        header = told[start:end].decode("utf-8", "replace").split(" ")
        size = int(header[2]) if len(header) == 3 else -1
        start = end + 1
        if size >= 0:
            content = told[start : start + size]
            start += size + 1
            if len(content) == size and header[1] == "blob":
                found[header[0]] = content
    return found
