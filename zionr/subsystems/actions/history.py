"""What git knows of the few files that look damaged: the last good version, who broke it, and what could mend it.

Only suspects are looked at. Old versions are judged as the present ones are; what was judged once is remembered by
its blob. All work ends at a deadline: what was not looked at by then is not known, and said to be so.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from typing import NamedTuple, Protocol

from ...context import Context
from ...model import JsonObject
from ...ports import files as disk
from ...ports import git
from .diffs import blob_id
from .mending import Mended, Past, in_facts, mend
from .settings import Settings
from .soundness import Inspect, is_empty, refusing
from .trail import Standing, Trail, follow, is_file, standing

DEADLINE_S = 20.0
"""For all of it: a cron line has a minute, and a history of 100,000 commits takes git about 10 s."""
MOST_VERSIONS = 200
"""Of one file. Files that bots rewrite have thousands; a good version that far back is a guess."""
_AT_ONCE = 8
_SUBJECT = 120


class Cache(Protocol):
    """Remembers what was seen in a blob."""

    def get(self, blob: str) -> JsonObject | None:
        """What was seen, None where nothing is remembered."""
        ...

    def put(self, blob: str, seen: JsonObject) -> None:
        """Remember it."""
        ...


class Look(NamedTuple):
    """What every step here needs: where the files are, how to judge them, and until when (monotonic seconds)."""

    top: str
    folder: str
    files: JsonObject
    context: Context
    inspect: Inspect
    cache: Cache
    until: float

    @property
    def left_s(self) -> float:
        """Seconds that git may take."""
        return max(0.01, self.until - self.context.clock.monotonic())

    @property
    def is_over(self) -> bool:
        """Whether the time is used up."""
        return self.context.clock.monotonic() >= self.until


class Found(NamedTuple):
    """One suspect: its path from the top of the repository, the entry in the last commit, its trail, what was seen."""

    name: str
    path: str
    entry: git.Entry | None
    trail: Trail
    seen: list[JsonObject | None]


def suspects(files: JsonObject, settings: Settings) -> list[str]:
    """Names of files with a fault that GitHub refuses, of files that do nothing, and of critical ones not there."""
    seen = {**files["actions"], **files["workflows"]}
    damaged = [name for name, file in seen.items() if refusing(file) or is_empty(file)]
    missing = [name for name in settings.critical if name not in files["workflows"]]
    return sorted({*damaged, *missing})


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
    """The part `history` of the facts, for these files."""
    until = context.clock.monotonic() + deadline_s
    look = Look(top, settings.files.path, files, context, inspect, cache, until)
    if not names:
        return {"reach": "none", "reason": "no file asks for it", "of": {}}
    repository = git.find(top, context.environ, timeout_s=look.left_s)
    if isinstance(repository, str):
        return {"reach": "none", "reason": repository, "of": {name: _without_git(name, look) for name in names}}
    told = _read(repository, names, look)
    if isinstance(told, str):
        return {"reach": "none", "reason": told, "of": {name: _unknown(told) for name in names}}
    log, tree = told
    found = [_found(name, repository, log, tree, look) for name in names]
    standings = _look_back(repository, found, look)
    contents = _contents(repository, found, standings, look)
    of = {one.name: _history(one, standings[one.name], contents, repository, look, tree) for one in found}
    return {"reach": "shallow" if repository.shallow else "whole", "reason": log.reason, "of": of}


def path_of(name: str, files: JsonObject, folder: str) -> str:
    """The path of a target from the top: of a workflow by its name, else of an action, else of a missing workflow."""
    file = files["workflows"].get(name) or files["actions"].get(name)
    return str(file["path"]) if file else f"{folder}/{name}"


def _read(
    repository: git.Repository, names: Sequence[str], look: Look
) -> tuple[git.Log, dict[str, git.Entry]] | str:
    """The changes of all suspects, and the last commit's files in their folders."""
    paths = [repository.prefix + path_of(name, look.files, look.folder) for name in names]
    folders = sorted({os.path.dirname(path) for path in paths})
    tree = git.files_in(repository, [f"{folder}/" if folder else "." for folder in folders], timeout_s=look.left_s)
    if isinstance(tree, str):
        return tree
    log = git.log(repository, paths, timeout_s=look.left_s)
    return log if isinstance(log, str) else (log, tree)


def _found(name: str, repository: git.Repository, log: git.Log, tree: dict[str, git.Entry], look: Look) -> Found:
    path = repository.prefix + path_of(name, look.files, look.folder)
    changes = [change for change in log.changes if change.path == path]
    entry = tree.get(path)
    whole = log.reason is None and not (repository.shallow and any(change.root for change in changes))
    trail = follow(path, entry.blob if entry else None, changes[:MOST_VERSIONS], whole=whole)
    return Found(name, path, entry, trail, [])


def _look_back(repository: git.Repository, found: Sequence[Found], look: Look) -> dict[str, Standing]:
    """Judge versions, newest first and some of every file at a time, until each has told what it can."""
    standings = {one.name: standing(one.trail, one.seen) for one in found}
    while not look.is_over:
        open_ones = [one for one in found if standings[one.name].more]
        if not open_ones:
            break
        _judge_more(repository, open_ones, look)
        standings |= {one.name: standing(one.trail, one.seen) for one in open_ones}
    return standings


def _judge_more(repository: git.Repository, found: Sequence[Found], look: Look) -> None:
    due = [(one, one.trail.changes[len(one.seen) : len(one.seen) + _AT_ONCE]) for one in found]
    wanted = [change.after for _, changes in due for change in changes if is_file(change) and change.after]
    remembered = {blob: look.cache.get(blob) for blob in wanted}
    missing = [blob for blob, seen in remembered.items() if seen is None]
    contents = git.blobs(repository, missing, timeout_s=look.left_s)
    for one, changes in due:
        for change in changes:
            if look.is_over:
                return
            one.seen.append(_seen(one, change.after if is_file(change) else None, remembered, contents, look))


def _seen(
    one: Found, blob: str | None, remembered: dict[str, JsonObject | None], contents: dict[str, bytes], look: Look
) -> JsonObject | None:
    if blob is None:
        return None
    if remembered.get(blob) is None and blob in contents:
        remembered[blob] = look.inspect(one.path, contents[blob])
        look.cache.put(blob, remembered[blob] or {})
    return remembered.get(blob)


def _contents(
    repository: git.Repository, found: Sequence[Found], standings: dict[str, Standing], look: Look
) -> dict[str, bytes]:
    """All blobs that mending may need, read in one process."""
    wanted: set[str | None] = set()
    for one in found:
        wanted |= {one.entry.blob if one.entry else None, *_blobs_of(one, standings[one.name])}
    return git.blobs(repository, sorted(blob for blob in wanted if blob), timeout_s=look.left_s)


def _blobs_of(one: Found, known: Standing) -> tuple[str | None, str | None]:
    """The good version's blob, and the one that the breaking commit made."""
    good = None if known.good is None else one.trail.changes[known.good].after
    breaking = _breaking(one, known)
    return good, None if breaking is None else breaking.after


def _breaking(one: Found, known: Standing) -> git.Change | None:
    """The change that made the first bad version after the good one; without a good one the oldest, if truly so."""
    changes = one.trail.changes
    if known.good is not None:
        return changes[known.good - 1] if known.good else None
    return changes[-1] if changes and one.trail.whole and len(one.seen) == len(changes) else None


def _history(
    one: Found,
    known: Standing,
    contents: dict[str, bytes],
    repository: git.Repository,
    look: Look,
    tree: dict[str, git.Entry],
) -> JsonObject:
    file = look.files["workflows"].get(one.name) or look.files["actions"].get(one.name)
    is_damaged = file is None or bool(refusing(file)) or (is_empty(file) and known.most_real_steps > 0)
    breaking = _breaking(one, known) if is_damaged else None
    good, broken = _blobs_of(one, known)
    stands = None if known.stands is None else one.trail.changes[known.stands].at
    facts: JsonObject = {
        "versions": len(one.seen),
        "complete": known.good is not None or (one.trail.whole and len(one.seen) == len(one.trail.changes)),
        "good": None if known.good is None else _good(one, known.good),
        "broken_by": None if breaking is None else _commit(breaking),
        "most_real_steps": known.most_real_steps,
        "cron_since": stands,
        "blobs": {"present": one.entry.blob if one.entry else None, "broken": broken, "good": good},
        "mode": one.entry.mode if one.entry else "100644",
        "mend": None,
        "mend_reason": None,
    }
    if is_damaged:
        mended = _obstacle(one, file, contents, repository, look, tree) or _mend(one, known, contents, look)
        facts |= _offer(mended, one, known, repository, look)
    return facts


def _good(one: Found, place: int) -> JsonObject:
    change, seen = one.trail.changes[place], one.seen[place]
    return {**_commit(change), "blob": change.after, "real_steps": seen["real_steps"] if seen else 0}


def _commit(change: git.Change) -> JsonObject:
    return {
        "commit": change.commit,
        "subject": change.subject[:_SUBJECT],
        "author": change.author[:_SUBJECT],
        "at": change.at,
    }


def _obstacle(
    one: Found,
    file: JsonObject | None,
    contents: dict[str, bytes],
    repository: git.Repository,
    look: Look,
    tree: dict[str, git.Entry],
) -> str | None:
    """Why the file is not to be mended from history, whatever that holds."""
    if file is None:
        return _not_gone(one, look.files, tree)
    if one.entry is None:
        return "it was never committed"
    if one.entry.mode not in ("100644", "100755"):
        return "it is no regular file in the last commit"
    if not _is_committed(file, one.entry.blob, contents, look):
        return "it was changed here since the last commit: finish that, or take it back with `git restore`"
    return None


def _not_gone(one: Found, files: JsonObject, tree: dict[str, git.Entry]) -> str | None:
    """Why a missing file is not a deleted one."""
    if one.entry is not None:
        return "it is in the last commit and only missing here: `git restore` brings it back"
    if f"{one.path}.disabled" in tree:
        return f"a person disabled it: {one.path}.disabled"
    gone = one.trail.changes[0].before[0] if one.trail.changes else None
    others = [path for path, entry in sorted(tree.items()) if gone is not None and entry.blob == gone]
    return f"it was renamed to {others[0]}" if others else None


def _is_committed(file: JsonObject, blob: str, contents: dict[str, bytes], look: Look) -> bool:
    """Whether the file here is the one of the last commit, however this machine ends its lines."""
    if file["digest"] == blob:
        return True
    here = read_file(os.path.join(look.top, file["path"]))
    committed = contents.get(blob)
    return here is not None and committed is not None and _unix(here) == _unix(committed)


def _unix(content: bytes) -> bytes:
    return content.replace(b"\r\n", b"\n")


def read_file(path: str) -> bytes | None:
    """The file at this path; None where there is none that can be read."""
    try:
        return disk.read_bytes(path, git.LARGEST_BLOB)
    except OSError:
        return None


def _mend(one: Found, known: Standing, contents: dict[str, bytes], look: Look) -> Mended | str:
    present = contents.get(one.entry.blob) if one.entry else None
    if one.entry is not None and present is None:
        return "its present version cannot be read from git"
    good, broken = (contents.get(blob) if blob else None for blob in _blobs_of(one, known))
    past = Past(present, broken, good, known.most_real_steps > 0)
    return mend(one.path, past, look.inspect, _merger(look))


def _merger(look: Look) -> _Merger:
    return _Merger(look)


class _Merger:
    """git's own merge of three texts, within the time that is left."""

    def __init__(self, look: Look) -> None:
        self._look = look

    def __call__(self, present: bytes, base: bytes, good: bytes) -> bytes | None:
        return git.merge_file(present, base, good, self._look.context.environ, timeout_s=self._look.left_s)


def _offer(mended: Mended | str, one: Found, known: Standing, repository: git.Repository, look: Look) -> JsonObject:
    if not isinstance(mended, str):
        return {"mend": in_facts(mended), "mend_reason": None}
    if known.good is None and known.more and look.is_over:
        mended = f"the time for git history was used up after {len(one.seen)} versions"
    elif known.good is None and repository.shallow and not one.trail.whole:
        mended = "no valid version in this shallow clone: `git fetch --unshallow`, or `fetch-depth: 0` in the checkout"
    return {"mend": None, "mend_reason": mended}


def _without_git(name: str, look: Look) -> JsonObject:
    """Without a repository there is only the text itself to mend from."""
    file = look.files["workflows"].get(name) or look.files["actions"].get(name)
    if file is None or not refusing(file):
        return _unknown("there is no git history here")
    content = read_file(os.path.join(look.top, file["path"]))
    if content is None:
        return _unknown("it cannot be read")
    mended = mend(file["path"], Past(content, None, None, did_more=False), look.inspect, _merger(look))
    if isinstance(mended, str):
        return _unknown("there is no git history here")
    return {**_unknown(None), "mend": in_facts(mended)}


def _unknown(reason: str | None) -> JsonObject:
    return {
        "versions": 0,
        "complete": False,
        "good": None,
        "broken_by": None,
        "most_real_steps": 0,
        "cron_since": None,
        "blobs": {"present": None, "broken": None, "good": None},
        "mode": "100644",
        "mend": None,
        "mend_reason": reason,
    }


def blobs_named(files: Iterable[JsonObject]) -> list[str]:
    """All blobs that candidates name, for reading them at once."""
    return sorted({blob for file in files for blob in file["blobs"].values() if blob})


def digest_of(content: bytes | None) -> str | None:
    """The digest as the observation has it."""
    return None if content is None else blob_id(content)
