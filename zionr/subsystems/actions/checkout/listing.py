"""Which files there are: the workflows, the actions, and the backup litter beside the workflows.

Names are hostile input. What cannot be written as UTF-8 is shown with `\\xff` in its place, here and nowhere else, so
that every later text is safe; two names that would then be one are told apart.
"""

from __future__ import annotations

import fnmatch
import os
import re
import stat
from collections.abc import Callable, Container, Iterator
from typing import NamedTuple

from ..settings import FileSettings

ACTION_NAMES = ("action.yml", "action.yaml")
ACTIONS_FOLDER = ".github/actions"
MOST_ENTRIES = 20_000
"""Entries that a walk through subfolders looks at, at most: a dependency tree may have been committed there."""
DEEPEST = 16
_SUFFIXES = (".yml", ".yaml")
_LITTER = ("*.backup*", "*.bak", "*.orig", "*.old", "*~")
_NEVER_ENTERED = (".git", "node_modules")


class Entry(NamedTuple):
    """One file to read. `place` opens it; `path` is the same from the top with `/`, fit for reports; size in bytes.

    `problem` says why it is not even opened, None where it can be tried.
    """

    kind: str
    name: str
    path: str
    place: str
    size: int
    problem: str | None


class Listing(NamedTuple):
    """What there is to look at. `problem` says why the workflow folder cannot be read."""

    problem: str | None
    workflows: tuple[Entry, ...] = ()
    actions: tuple[Entry, ...] = ()
    litter: tuple[str, ...] = ()


def printable(name: str) -> str:
    """The name without what is no UTF-8; line breaks and control characters stay, renderers escape them."""
    if name.isascii():
        return name
    return os.fsencode(name).decode("utf-8", "backslashreplace")


def list_one(top: str, path: str) -> Listing:
    """One file, by its path from the top: an action if it is named like one, unless it lies among workflows."""
    folder, _, name = path.rpartition("/")
    kind = _kind_of(name, folder)
    entry = entry_of(os.path.join(top, path), kind, printable(path))
    return Listing(None, actions=(entry,)) if kind == "action" else Listing(None, (entry,))


def list_all(top: str, settings: FileSettings) -> Listing:
    """The workflows as GitHub counts them, `*.yml` and `*.yaml` directly in the folder; the actions; and the litter."""
    actions = _actions(top)
    problem = _problem_of(top, settings.path)
    if problem is not None:
        return Listing(problem, actions=tuple(actions))
    folder = os.path.normpath(os.path.join(top, settings.path))
    ignored = matcher(settings.ignore)
    try:
        found = sorted(os.scandir(folder), key=lambda entry: entry.name)
    except OSError as error:
        return Listing(f"cannot be read: {error.strerror}", actions=tuple(actions))
    workflows: dict[str, Entry] = {}
    for one in found:
        if not one.name.endswith(_SUFFIXES) or one.is_dir(follow_symlinks=False) or ignored(one.name):
            continue
        name = _unique(printable(one.name), workflows)
        entry = entry_of(one.path, _kind_of(name, settings.path), from_top(settings.path, name))
        if entry.kind == "action":
            actions.append(entry)
        else:
            workflows[name] = entry
    litter = tuple(sorted(_litter(folder, settings.path, ignored)))
    return Listing(None, tuple(workflows.values()), tuple(actions), litter)


def _kind_of(name: str, folder: str) -> str:
    """Among workflows all are workflows; elsewhere a file is what its name says."""
    return "action" if name in ACTION_NAMES and not f"/{folder}".endswith("/.github/workflows") else "workflow"


def _actions(top: str) -> list[Entry]:
    """The action at the top of the repository, and those below `.github/actions`."""
    root = os.path.join(top, *ACTIONS_FOLDER.split("/"))
    below = _folders_in(root) if is_within(root, top) else ()
    folders = ["", *(from_top(ACTIONS_FOLDER, inside) for inside in below)]
    return [entry for folder in folders if (entry := action_in(top, folder)) is not None]


def action_in(top: str, folder: str) -> Entry | None:
    """The action that a folder (from the top, empty for the top itself) holds; None where it holds none.

    Links are followed, as a runner follows them, but never out of the repository.
    """
    for name in ACTION_NAMES:
        place = os.path.join(top, folder, name)
        if os.path.lexists(place) and not os.path.isdir(place):
            path = printable(from_top(folder, name))
            if not is_within(place, top):
                return Entry("action", name, path, place, 0, "is a link out of the repository")
            return entry_of(os.path.realpath(place), "action", path)
    return None


def entry_of(place: str, kind: str, path: str) -> Entry:
    """The file at `place`; a symlink is none."""
    name = path.rpartition("/")[2]
    try:
        facts = os.lstat(place)
    except OSError as error:
        return Entry(kind, name, path, place, 0, f"cannot be read: {error.strerror}")
    return Entry(kind, name, path, place, facts.st_size, _no_file(facts.st_mode))


def is_within(place: str, folder: str) -> bool:
    """Whether it lies below the folder once every link is followed."""
    real, top = os.path.realpath(place), os.path.realpath(folder)
    return os.path.commonpath((real, top)) == top


def matcher(patterns: tuple[str, ...]) -> Callable[[str], bool]:
    """Whether a name, or a path from the workflow folder, matches one of the shell patterns."""
    if not patterns:
        return lambda name: False
    together = re.compile("|".join(fnmatch.translate(pattern) for pattern in patterns))
    return lambda name: together.match(name) is not None


def from_top(folder: str, name: str) -> str:
    """A path from the top, with `/`."""
    return os.path.normpath(os.path.join(folder, name)).replace(os.sep, "/")


def _no_file(mode: int) -> str | None:
    if stat.S_ISREG(mode):
        return None
    if stat.S_ISLNK(mode):
        return "is a symlink, which GitHub does not follow"
    return "is a folder" if stat.S_ISDIR(mode) else "is a device, FIFO or socket, no file"


def _problem_of(top: str, path: str) -> str | None:
    """GitHub looks into the tree of a commit, where a symlink leads nowhere."""
    place = top
    for part in from_top(path, "").split("/"):
        place = os.path.join(place, part)
        if os.path.islink(place):
            return f"{printable(part)} is a symlink, which GitHub does not follow"
    if not os.path.lexists(place):
        return "is not there"
    return None if os.path.isdir(place) else "is no folder"


def _unique(name: str, taken: Container[str]) -> str:
    while name in taken:
        name += "'"
    return name


_is_backup = matcher(_LITTER)


def _litter(folder: str, shown: str, ignored: Callable[[str], bool]) -> Iterator[str]:
    """Backups beside the workflows, and all files in a subfolder that is one, such as `ci.backup/`."""
    for inside, name in _walk(folder):
        path = f"{inside}/{name}" if inside else name
        if ignored(name) or ignored(path):
            continue
        if not inside and name.endswith(_SUFFIXES):
            continue  # GitHub runs it, so it is a workflow, whatever its name says
        if any(map(_is_backup, path.split("/"))):
            yield from_top(shown, printable(path))


def _folders_in(root: str) -> Iterator[str]:
    """A folder and all below it, as paths from it; what is a symlink or holds dependencies is not entered."""
    waiting, seen = [("", 0)], 0
    while waiting and seen < MOST_ENTRIES:
        inside, depth = waiting.pop()
        yield inside
        try:
            found = sorted(os.scandir(os.path.join(root, inside)), key=lambda entry: entry.name, reverse=True)
        except OSError:
            continue
        seen += len(found)
        folders = [one.name for one in found if one.is_dir(follow_symlinks=False) and one.name not in _NEVER_ENTERED]
        if depth < DEEPEST:
            waiting += [(os.path.join(inside, name), depth + 1) for name in folders]


def _walk(root: str) -> Iterator[tuple[str, str]]:
    """Every file below: its folder (empty for the root itself) and its name."""
    seen = 0
    for inside in _folders_in(root):
        try:
            found = list(os.scandir(os.path.join(root, inside)))
        except OSError:
            continue
        yield from ((inside, one.name) for one in found if not one.is_dir(follow_symlinks=False))
        seen += len(found)
        if seen > MOST_ENTRIES:
            return
