"""What git knows of the few files that look damaged: the last good version, who broke it, and what could mend it.

Only suspects are looked at. Old versions are judged as the present ones are; what was judged once is remembered by
its blob. All work ends at a deadline: what was not looked at by then is not known, and said to be so.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import NamedTuple, Protocol

from ....context import Context
from ....model import JsonObject
from ....ports import git
from ..checkout.observe import LARGEST
from ..files.blob import blob_id
from ..files.source import Inspect
from ..settings import Settings
from .facts import found_in_git, unknown, without_git
from .look import MOST_READ, Look, Suspect
from .trail import Standing, follow, is_file, standing

DEADLINE_S = 20.0
"""For all of it, beside what the network takes; git reads the log of 100,000 commits in about 10 s."""
MOST_VERSIONS = 200
"""Of one file. Those that bots rewrite have thousands; a good version that far back is a guess."""
_FIRST = 2
"""Versions that are judged first, then twice as many: most often the one before the present is good."""
_SINGLE = 50
"""Paths of one folder that git is asked for by name; it compares every file with every path."""
_OLD = "old-"
"""Before the kind under which old versions are remembered: their shell blocks are never checked."""


class Cache(Protocol):
    """Remembers what inspecting gave, by kind and blob: `inspection_cache.Inspections`."""

    def get(self, kind: str, digest: str) -> JsonObject | None:
        """What it gave; None where that is not remembered."""
        ...

    def put(self, kind: str, digest: str, result: JsonObject) -> None:
        """Remember it."""
        ...


class _Judge(NamedTuple):
    """How old versions are judged."""

    inspect: Inspect
    cache: Cache

    def remembered(self, kind: str, blob: str) -> JsonObject | None:
        return self.cache.get(kind, blob) or self.cache.get(_OLD + kind, blob)

    def judge(self, kind: str, blob: str, content: bytes) -> JsonObject:
        seen = {**self.inspect(content, kind), "blocks": []}
        self.cache.put(_OLD + kind, blob, seen)
        return seen

    def of_content(self, content: bytes, kind: str) -> JsonObject:
        """As `inspect`, for what may have been seen before: present files, good versions, and what mends them."""
        blob = blob_id(content)
        return self.remembered(kind, blob) or self.judge(kind, blob, content)


def observe_history(
    names: list[str],
    files: JsonObject,
    settings: Settings,
    context: Context,
    *,
    top: str,
    inspect: Inspect,
    cache: Cache,
    deadline_s: float = DEADLINE_S,
) -> JsonObject:
    """The part `history` of the facts, for these files of the checkout at `top`."""
    judge = _Judge(inspect, cache)
    look = Look(top, files, settings, context, judge.of_content, context.clock.monotonic() + deadline_s)
    repository = git.find(top, context.environ, timeout_s=look.left_s)
    if isinstance(repository, str):
        return _unread(repository, names, look)
    told = _read(repository, names, look)
    if isinstance(told, str):
        return _unread(told, names, look)
    log, tree = told
    changes: dict[str, list[git.Change]] = {}
    for change in log.changes:
        changes.setdefault(change.path, []).append(change)
    known = _Known(changes, tree, log.reason is None)
    found = [_suspect(name, repository, known, look) for name in names]
    standings = _look_back(repository, found, judge, look)
    of = found_in_git(repository, found, standings, tree, look)
    return {"reach": "shallow" if repository.shallow else "whole", "reason": log.reason, "of": of}


def _unread(problem: str, names: Sequence[str], look: Look) -> JsonObject:
    """Where there is no repository no history is missing. Where git refuses nobody knows what is committed."""
    if problem != git.NO_REPOSITORY:
        return {"reach": "none", "reason": problem, "of": {name: unknown(problem) for name in names}}
    return {"reach": "none", "reason": None, "of": {name: without_git(name, look) for name in names}}


def _read(repository: git.Repository, names: Sequence[str], look: Look) -> tuple[git.Log, dict[str, git.Entry]] | str:
    """The changes of all suspects, and the last commit's files in their folders."""
    paths = [repository.prefix + look.find(name).path for name in names]
    folders = sorted({os.path.dirname(path) for path in paths})
    tree = git.files_in(repository, [f"{folder}/" if folder else "." for folder in folders], timeout_s=look.left_s)
    if isinstance(tree, str):
        return tree
    log = git.log(repository, _together(paths), timeout_s=look.left_s)
    return log if isinstance(log, str) else (log, tree)


def _together(paths: Sequence[str]) -> list[str]:
    """The same paths, where many lie in one folder the folder."""
    inside: dict[str, list[str]] = {}
    for path in paths:
        inside.setdefault(os.path.dirname(path), []).append(path)
    return [one for folder, some in inside.items() for one in ([folder] if folder and len(some) > _SINGLE else some)]


class _Known(NamedTuple):
    """What git told: changes by path, newest first, the last commit's files, and whether all changes are there."""

    changes: dict[str, list[git.Change]]
    tree: dict[str, git.Entry]
    whole: bool


def _suspect(name: str, repository: git.Repository, known: _Known, look: Look) -> Suspect:
    kind, inside, _ = look.find(name)
    path = repository.prefix + inside
    changes, entry = known.changes.get(path, []), known.tree.get(path)
    # Of a file that is gone nothing is told where it went before the known history begins.
    begins_here = repository.shallow and (entry is None or any(change.root for change in changes))
    whole = known.whole and not begins_here and len(changes) <= MOST_VERSIONS
    trail = follow(path, entry.blob if entry else None, changes[:MOST_VERSIONS], whole=whole)
    return Suspect(name, path, kind, entry, trail, [])


def _look_back(repository: git.Repository, found: Sequence[Suspect], judge: _Judge, look: Look) -> dict[str, Standing]:
    """Judge versions, newest first and some of every file at a time, until each has told what it can."""
    standings = {one.name: standing(one.trail, one.seen) for one in found}
    while not look.is_over:
        unsettled = [one for one in found if standings[one.name].more]
        if not unsettled:
            break
        _judge_more(repository, unsettled, judge, look)
        standings |= {one.name: standing(one.trail, one.seen) for one in unsettled}
    return standings


def _judge_more(repository: git.Repository, found: Sequence[Suspect], judge: _Judge, look: Look) -> None:
    due = [
        (one, change.after if is_file(change) else None)
        for one in found
        for change in one.trail.changes[len(one.seen) : max(_FIRST, 2 * len(one.seen))]
    ]
    for start in range(0, len(due), MOST_READ):
        if not _judge_these(repository, due[start : start + MOST_READ], judge, look):
            return


def _judge_these(
    repository: git.Repository, due: Sequence[tuple[Suspect, str | None]], judge: _Judge, look: Look
) -> bool:
    """Whether there was time for all of them."""
    new = [blob for one, blob in due if blob is not None and judge.remembered(one.kind, blob) is None]
    contents = git.blobs(repository, new, timeout_s=look.left_s, largest=LARGEST)
    for one, blob in due:
        if look.is_over:
            return False
        seen = None if blob is None else judge.remembered(one.kind, blob)
        if seen is None and blob in contents:
            seen = judge.judge(one.kind, blob, contents[blob])
        one.seen.append(seen)
    return True
