"""What a file uses of the repository that it lies in, and whether an earlier step may bring that. Pure."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from ....model import JsonObject
from .parts import Step, composite_steps, jobs_of, mapping, text
from .source import Source, anchor_of
from .uses import HERE
from .words import plain

_CHECKOUT = re.compile(r"actions/checkout@.*", re.IGNORECASE)
_THIS = re.compile(r"\$\{\{\s*github\.repository\s*\}\}")


class _Before(NamedTuple):
    """What the earlier steps of a job may have brought: anything, the folders below `paths`, or what they built."""

    anything: bool = False
    built: bool = False
    paths: tuple[str, ...] = ()

    def may_hold(self, uses: str) -> bool:
        """Whether what is used need not be in the repository. Nobody builds into `.github`."""
        place = posixpath.normpath(uses)
        if uses.startswith("$/"):
            return False
        built = self.built and not f"{place}/".startswith(".github/")
        return self.anything or built or any(f"{place}/".startswith(path) for path in self.paths)

    def then(self, step: JsonObject) -> _Before:
        """The same behind one more step."""
        if "run" in step:
            return self._replace(built=True)
        if not _CHECKOUT.fullmatch(text(step.get("uses"))):
            return self
        given = mapping(step.get("with"))
        repository, path = text(given.get("repository")), text(given.get("path"))
        if (repository and not _THIS.fullmatch(repository)) or "${{" in path:
            return self._replace(anything=True)
        folder = posixpath.normpath(path)
        return self if folder == "." else self._replace(paths=(*self.paths, f"{folder}/"))


def local_uses(source: Source) -> list[JsonObject]:
    """What this repository's own actions and workflows it uses, in the shape of a file's `locals`."""
    # What the steps before an action did is not known here.
    found = [*_of_steps(source, composite_steps(source), _Before(built=True))]
    for job in jobs_of(source):
        found += _use(source, Step(job.path, job.value), "workflow", brought=False)
        found += _of_steps(source, job.steps, _Before())
    return found


def _of_steps(source: Source, steps: Sequence[Step], before: _Before) -> Iterator[JsonObject]:
    if not any(_is_here(step) for step in steps):  # as nearly everywhere
        return
    for step in steps:
        if _is_here(step):
            yield from _use(source, step, "action", brought=before.may_hold(text(step.value.get("uses"))))
        before = before.then(step.value)


def _is_here(user: Step) -> bool:
    return text(user.value.get("uses")).startswith(HERE)


def _use(source: Source, user: Step, kind: str, *, brought: bool) -> list[JsonObject]:
    uses = text(user.value.get("uses"))
    if not _is_here(user) or "${{" in uses:
        return []
    path = (*user.path, "uses")
    line, column = source.at(path)
    anchor = plain(anchor_of(path), 200)
    whole = {"uses": plain(uses, 200), "kind": kind, "brought": brought}
    return [{**whole, "line": line, "column": column, "anchor": anchor}]
