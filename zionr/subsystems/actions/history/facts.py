"""What is told of a suspect's history: its good version, its breaking commit, and the mending that they allow."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from ....model import JsonObject
from ....ports import git
from ..judging.soundness import is_clean, is_empty, refusing
from ..mending.mend import Mended, Past, in_facts, mend
from .look import MOST_READ, Look, Suspect, read_file
from .trail import FILE_MODES, Standing

LONGEST = 120
"""Characters that are told of a commit's subject and author."""


class _Case(NamedTuple):
    """A suspect with all that is known of it; `contents` are blobs that mending may need."""

    suspect: Suspect
    file: JsonObject | None
    known: Standing
    contents: Mapping[str, bytes]
    shallow: bool
    tree: Mapping[str, git.Entry]
    look: Look

    @property
    def is_whole(self) -> bool:
        """Whether every version that there ever was has been looked at."""
        one = self.suspect
        return one.trail.whole and len(one.seen) == len(one.trail.changes) and not one.unread(None)

    @property
    def is_gutted(self) -> bool:
        """Whether the present file does nothing, and an older version did."""
        return self.file is not None and is_empty(self.file) and self.known.most_real_steps > 0

    @property
    def breaking(self) -> git.Change | None:
        """The change that made the first bad version after the good one; without a good one the very first.

        None where that is not sure: a version that cannot be read may have been good.
        """
        if self.file is not None and is_clean(self.file) and not self.is_gutted:
            return None
        if self.suspect.unread(self.known.good):
            return None
        return _breaking(self.suspect, self.known, whole=self.is_whole)

    def content(self, blob: str | None) -> bytes | None:
        """What a blob holds, where it could be read."""
        return None if blob is None else self.contents.get(blob)


def found_in_git(
    repository: git.Repository,
    found: Sequence[Suspect],
    standings: Mapping[str, Standing],
    tree: Mapping[str, git.Entry],
    look: Look,
) -> JsonObject:
    """HISTORY of every suspect."""
    of: JsonObject = {}
    for start in range(0, len(found), MOST_READ):
        some = found[start : start + MOST_READ]
        wanted = {blob for one in some for blob in _blobs(one, standings[one.name]).values() if blob is not None}
        contents = git.blobs(repository, sorted(wanted), timeout_s=look.left_s)
        for one in some:
            known = standings[one.name]
            case = _Case(one, look.find(one.name).file, known, contents, repository.shallow, tree, look)
            of[one.name] = _history(case)
    return of


def unknown(reason: str | None) -> JsonObject:
    """HISTORY of a file of which git told nothing."""
    return {
        "versions": 0,
        "complete": False,
        "whole": False,
        "good": None,
        "broken_by": None,
        "most_real_steps": 0,
        "cron_since": None,
        "blobs": {"present": None, "broken": None, "good": None},
        "mode": FILE_MODES[0],
        "mend": None,
        "mend_reason": reason,
    }


def without_git(name: str, look: Look) -> JsonObject:
    """Without a repository there is only the text itself to mend from."""
    reason = "there is no git history here"
    if look.is_over:
        return unknown("the time for git's history was used up")
    kind, path, file = look.find(name)
    content = None if file is None else read_file(os.path.join(look.top, path))
    if file is None or content is None or not refusing(file):
        return unknown(reason)
    mended = mend(kind, Past(content, None, None, did_more=False), look.inspect, look.merge)
    if isinstance(mended, str):
        return unknown(reason)
    return {**unknown(None), "mend": in_facts(mended)}


def _breaking(one: Suspect, known: Standing, *, whole: bool) -> git.Change | None:
    changes = one.trail.changes
    if known.good is not None:
        return changes[known.good - 1] if known.good else None
    return changes[-1] if changes and whole else None


def _blobs(one: Suspect, known: Standing) -> dict[str, str | None]:
    """The present blob, the one that the breaking commit made, and the good one."""
    breaking = _breaking(one, known, whole=False)
    return {
        "present": one.entry.blob if one.entry else None,
        "broken": None if breaking is None else breaking.after,
        "good": None if known.good is None else one.trail.changes[known.good].after,
    }


def _history(case: _Case) -> JsonObject:
    one, known = case.suspect, case.known
    facts: JsonObject = {
        "versions": len(one.seen),
        "complete": known.good is not None or case.is_whole,
        "whole": case.is_whole,
        "good": _good(case),
        "broken_by": None if case.breaking is None else _commit(case.breaking),
        "most_real_steps": known.most_real_steps,
        "cron_since": None if known.stands is None else one.trail.changes[known.stands].at,
        "blobs": _blobs(one, known),
        "mode": one.entry.mode if one.entry else FILE_MODES[0],
        "mend": None,
        "mend_reason": None,
    }
    if case.file is not None and not refusing(case.file) and not case.is_gutted:
        return facts
    mended = _obstacle(case) or _mend(case)
    if isinstance(mended, str):
        return {**facts, "mend_reason": mended}
    return {**facts, "mend": in_facts(mended)}


def _good(case: _Case) -> JsonObject | None:
    if case.known.good is None:
        return None
    change, seen = case.suspect.trail.changes[case.known.good], case.suspect.seen[case.known.good]
    return {**_commit(change), "blob": change.after, "real_steps": seen["real_steps"] if seen else 0}


def _commit(change: git.Change) -> JsonObject:
    return {
        "commit": change.commit,
        "subject": change.subject[:LONGEST],
        "author": change.author[:LONGEST],
        "at": change.at,
    }


def _obstacle(case: _Case) -> str | None:
    """Why the file is not to be mended, whatever its history holds."""
    entry = case.suspect.entry
    if case.file is None:
        return _not_deleted(case)
    if entry is None:
        return "it was never committed"
    if entry.mode not in FILE_MODES:
        return "it is no regular file in the last commit"
    if not _is_committed(case.file, entry.blob, case):
        return "it was changed here since the last commit: finish that, or take it back with `git restore`"
    return "the last commit has it as it should be" if case.known.good == 0 else None


def _not_deleted(case: _Case) -> str | None:
    """Why a missing file is not one that was deleted."""
    one = case.suspect
    if one.entry is not None:
        return "it is in the last commit and only missing here: `git restore` brings it back"
    if f"{one.path}.disabled" in case.tree:
        return f"somebody disabled it: {one.name}.disabled is there"
    gone = one.trail.changes[0].before[0] if one.trail.changes else None
    others = [path for path, entry in sorted(case.tree.items()) if gone is not None and entry.blob == gone]
    return f"it was renamed to {others[0]}" if others else None


def _is_committed(file: JsonObject, blob: str, case: _Case) -> bool:
    """Whether the file here is the one of the last commit, however this machine ends its lines."""
    if file["digest"] == blob:
        return True
    here, committed = read_file(os.path.join(case.look.top, file["path"])), case.content(blob)
    return here is not None and committed is not None and _unix(here) == _unix(committed)


def _unix(content: bytes) -> bytes:
    return content.replace(b"\r\n", b"\n")


def _mend(case: _Case) -> Mended | str:
    if case.look.is_over:
        return _why_none(case) if case.known.good is None else "the time for git's history was used up"
    blobs = _blobs(case.suspect, case.known)
    present = case.content(blobs["present"])
    if blobs["present"] is not None and present is None:
        return "its present version cannot be read from git"
    doubt = _doubt(case)
    good = None if doubt else case.content(blobs["good"])
    past = Past(present, case.content(blobs["broken"]), good, case.known.most_real_steps > 0)
    mended = mend(case.suspect.kind, past, case.look.inspect, case.look.merge)
    if isinstance(mended, Mended):
        return mended
    if case.look.is_over:
        return "the time for git's history was used up"
    return _why_none(case) if case.known.good is None else doubt or mended


def _doubt(case: _Case) -> str | None:
    """Why what git does not tell may make another version the last good one, or edits since it that nobody knows."""
    if case.known.good is None:
        return None
    if case.content(case.suspect.trail.changes[case.known.good].after) is None:
        return "its last good version cannot be read from git"
    if case.suspect.unread(case.known.good):
        return "a version since its last good one cannot be read from git, or is too large"
    good = case.suspect.seen[case.known.good]
    if good is not None and is_empty(good) and not case.is_whole:
        return "its newest valid version does nothing, and not all older ones were looked at"
    return None


def _why_none(case: _Case) -> str:
    if case.is_whole and not case.suspect.trail.changes:
        return "git's history knows no such file"
    if case.is_whole:
        return "no valid version in its history"
    unread = case.suspect.unread(None)
    count = len(case.suspect.seen)
    looked = f"no valid version among the newest {count}" if count else "none of its versions is known"
    if case.known.more and case.look.is_over:
        return f"{looked}; then the time for git's history was used up"
    if unread:
        return f"{looked}, of which {unread} cannot be read from git, or {'is' if unread == 1 else 'are'} too large"
    if case.shallow:
        return f"{looked}; this clone is shallow: `git fetch --unshallow`, or `fetch-depth: 0` in the checkout"
    return f"{looked}; older ones were not looked at"
