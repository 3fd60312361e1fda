"""Look at the workflow and action files of a checkout, without a network.

What was inspected once is remembered. After `MOST_S` nothing new is inspected: a file that is left has the one fault
`files-unseen`, and its turn comes in the next run.

FILES: `folder`; `only`, the one file that was asked for, or None; `pointed_at`, whether somebody points at files that
may be anybody's, so that none is missed among them; `problem`, why the folder cannot be read;
`workflows` {name: FILE} and `actions` {path: FILE}; `litter` [path]; `history`, filled in by others; `tools`
{tool: {status, reason, findings}}; `shell`, `checked` or `no bash`, `shell_left`, how many blocks of shell code were
not checked in this run, and `shell_large`, how many never are, for their size. FILE is what `files.inspect` says of the
content, with `path` from the top, `digest` (git's blob SHA-1, None where it could not be read) and `size` in bytes; its
`blocks` are checked and gone.
"""

from __future__ import annotations

import errno
import os
from collections.abc import Iterable
from typing import NamedTuple

from ....context import Clock, Context
from ....model import JsonObject
from ....ports import files, programs
from ..files.blob import blob_id
from ..files.source import Fault, Inspect
from ..settings import Settings
from .inspection_cache import Inspections
from .listing import Entry, from_top, list_all, list_one
from .local_uses import Locals

LARGEST = 512 << 10
"""Bytes of one file. GitHub runs no workflow near that size; a larger file is some other thing."""

MOST_S = 60.0
"""Seconds in which files are inspected; what bash, git and GitHub take is beside that."""


class _Read(NamedTuple):
    """A file with its digest, or with the fault that kept it from being read; both where its turn did not come."""

    entry: Entry
    digest: str | None
    fault: JsonObject | None = None


def observe_files(
    settings: Settings,
    context: Context,
    inspections: Inspections,
    *,
    top: str,
    only: str | None = None,
    inspect: Inspect | None = None,
) -> JsonObject:
    """The facts FILES of the checkout at `top`; with `only` (a path from there) of that one file.

    `inspections` are looked up, and take what is new; they are not saved here.
    """
    look = _Look(top, inspections, inspect or inspect_content, context.clock)
    listing = list_all(top, settings.files) if only is None else list_one(top, only)
    workflows = [look.read(entry) for entry in listing.workflows]
    actions = look.read_actions(listing.actions, workflows if only is None else ())
    shell, left = _check_shell(inspections, context)
    return {
        "folder": from_top(settings.files.path, ""),
        "only": only,
        "pointed_at": False,
        "problem": listing.problem,
        "workflows": {read.entry.name: look.finish(read) for read in workflows},
        "actions": {read.entry.path: look.finish(read) for read in actions},
        "litter": list(listing.litter),
        "history": {"reach": "none", "reason": None, "of": {}},
        "tools": _ask_tools(settings, context, top, workflows, actions),
        "shell": shell,
        "shell_left": left,
        "shell_large": sum(look.large_blocks(read) for read in (*workflows, *actions)),
    }


class _Look:
    """One look at one checkout: every content is inspected once, as long as there is time."""

    def __init__(self, top: str, inspections: Inspections, inspect: Inspect, clock: Clock) -> None:
        self._inspections = inspections
        self._inspect = inspect
        self._locals = Locals(top)
        self._clock = clock
        self._until = clock.monotonic() + MOST_S

    def read(self, entry: Entry) -> _Read:
        """Read a file, and inspect what was not inspected before."""
        content = _content(entry)
        if isinstance(content, dict):
            return _Read(entry, None, content)
        digest = blob_id(content)
        if self._inspections.get(entry.kind, digest) is None:
            if self._clock.monotonic() >= self._until:
                return _Read(entry, digest, _not_looked_at())
            self._inspections.put(entry.kind, digest, self._inspect(content, entry.kind))
        return _Read(entry, digest)

    def read_actions(self, entries: Iterable[Entry], users: Iterable[_Read]) -> list[_Read]:
        """These actions, and those that the users, and then the actions themselves, use."""
        found: dict[str, _Read] = {}
        waiting = [*entries, *(entry for user in users for entry in self._used_by(user))]
        while waiting:
            entry = waiting.pop(0)
            if entry.path not in found:
                found[entry.path] = self.read(entry)
                waiting += self._used_by(found[entry.path])
        return [found[path] for path in sorted(found)]

    def finish(self, read: _Read) -> JsonObject:
        """The file's facts, once its shell blocks were checked."""
        inspected = self._of(read)
        faults = [*inspected["faults"], *self._locals.faults(inspected)]
        known = {"path": read.entry.path, "digest": read.digest}
        return {"size": read.entry.size, **inspected, **known, "faults": faults, "blocks": []}

    def large_blocks(self, read: _Read) -> int:
        """How many of its shell blocks are too long to be checked."""
        return int(self._of(read)["large_blocks"])

    def _used_by(self, read: _Read) -> list[Entry]:
        inspected = self._of(read)
        return self._locals.actions(inspected) if inspected["locals"] else []

    def _of(self, read: _Read) -> JsonObject:
        found = None if read.digest is None else self._inspections.get(read.entry.kind, read.digest)
        return found or _unknown(read)


def inspect_content(content: bytes, kind: str) -> JsonObject:
    """What a file says and what is wrong with it (see `files.inspect`)."""
    from ..files.inspect import inspect  # PyYAML and the schemas: not where nothing changed
    from .schema_data import load_grammars

    return inspect(content, kind, load_grammars())


def _unknown(read: _Read) -> JsonObject:
    """What is known of a file that was not inspected: why."""
    from ..files.facts import no_facts

    counts = dict.fromkeys(("jobs", "steps", "real_steps", "large_blocks"), 0)
    return {**no_facts(), **counts, "blocks": [], "faults": [read.fault]}


def _content(entry: Entry) -> bytes | JsonObject:
    """The content of a file, or the fault that it cannot be read or is too large."""
    if entry.problem is not None:
        return _fault("unreadable", entry.problem)
    if entry.size <= LARGEST:
        try:
            return files.read_bytes(entry.place, LARGEST, follow=False)
        except OSError as error:
            if error.errno != errno.EFBIG:
                return _fault("unreadable", f"cannot be read: {error.strerror}")
    return _fault("too-large", f"is larger than {LARGEST >> 10} KB")


def _fault(rule: str, message: str) -> JsonObject:
    return Fault(rule, 1, 1, message, like=message)._asdict()


def _not_looked_at() -> JsonObject:
    hint = "`zionr check` remembers what it looked at, and goes on from there the next time"
    message = "was not looked at: the time for files was used up"
    return Fault("files-unseen", 1, 1, message, hint=hint, like=message)._asdict()


def _check_shell(inspections: Inspections, context: Context) -> tuple[str, int]:
    """Have bash parse what was not parsed before; without a bash it waits until there is one."""
    waiting = inspections.unfinished()
    if not waiting:
        return "checked", 0
    bash = programs.find("bash", context.environ)
    if bash is not None:
        from . import shell

        texts = (block["text"] for *_, inspected in waiting for block in inspected["blocks"])
        verdicts = shell.parse_all(texts, bash, context.clock)
        for kind, digest, inspected in waiting:
            inspections.put(kind, digest, shell.with_verdicts(inspected, verdicts))
    left = sum(len(inspected["blocks"]) for *_, inspected in inspections.unfinished())
    return "no bash" if bash is None else "checked", left


def _ask_tools(
    settings: Settings, context: Context, top: str, workflows: Iterable[_Read], actions: Iterable[_Read]
) -> JsonObject:
    if not settings.files.tools:
        return {}
    from .tools import run_tools

    named, used = (_readable(top, reads) for reads in (workflows, actions))
    return run_tools(settings.files.tools, context, top=top, workflows=named, actions=used)


def _readable(top: str, reads: Iterable[_Read]) -> list[str]:
    """The files that could be read, less those whose names had to be changed to be told."""
    paths = [read.entry.path for read in reads if read.digest is not None]
    return [path for path in paths if os.path.lexists(os.path.join(top, path))]
