"""From the faults of single files to findings: one for each, or one for many that are alike. Pure."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from ....model import Finding, JsonObject, Location, State

GROUP_FROM = 3
"""So many files with one fault have one cause, and are one finding."""
_TOLD = ("commit", "subject", "author", "at")


class Placed(NamedTuple):
    """A fault with the file it is in: the file's target, and its path from the top.

    `rule` is whole (`actions/type`). `commit` made the file bad, {commit, subject, author, at}; None where unknown.
    Where the file never `was_good` it made it so, and broke nothing.
    """

    rule: str
    state: State
    target: str | None
    path: str
    fault: JsonObject
    own: bool
    commit: JsonObject | None = None
    was_good: bool = True

    @property
    def location(self) -> Location:
        """Where it is."""
        return Location(self.path, self.fault["line"], self.fault["column"])


Cause = tuple[str, State, str]
"""Rule, state and likeness. Nothing of git's history is in it: ids must not depend on how much of that a runner has."""


def findings_of(faults: Sequence[Placed]) -> list[Finding]:
    """The findings, in the order in which their first faults come. Their ids are unique."""
    alike: dict[Cause, list[Placed]] = {}
    for placed in faults:
        if placed.fault["like"] is not None:
            alike.setdefault(_cause(placed), []).append(placed)
    many = {cause: found for cause, found in alike.items() if len({one.path for one in found}) >= GROUP_FROM}
    findings: list[Finding] = []
    taken: dict[str, int] = {}
    for placed in faults:
        cause = None if placed.fault["like"] is None else _cause(placed)
        if cause not in many:
            findings.append(_single(placed, taken))
        elif many[cause]:
            findings.append(_group(cause, many[cause]))
            many[cause] = []
    return findings


def group_of(*parts: str | None) -> str:
    """The digest that names a group: 8 hex digits, the same for the same parts."""
    return f"{zlib.crc32(chr(0).join(part or '' for part in parts).encode(errors='replace')):08x}"


def _cause(placed: Placed) -> Cause:
    return placed.rule, placed.state, placed.fault["like"]


def _single(placed: Placed, taken: dict[str, int]) -> Finding:
    fault = placed.fault
    made = Finding(
        rule=placed.rule,
        state=placed.state,
        target=placed.target,
        message=fault["message"],
        expected=fault["expected"],
        actual=fault["actual"],
        evidence=_evidence([placed]),
        hint=fault["hint"],
        anchor=fault["anchor"],
        locations=(placed.location,),
    )
    return _unique(made, taken)


def _unique(finding: Finding, taken: dict[str, int]) -> Finding:
    """The finding under an id of its own: the second at the same anchor gets `#2`, and so on.

    `taken` counts, for each id, how many wanted it.
    """
    first, anchor = finding.id, finding.anchor or ""
    while (wanted := finding.id) in taken:
        taken[first] += 1
        finding = finding._replace(anchor=f"{anchor}#{taken[first]}")
    taken[wanted] = 1
    return finding


def _group(cause: Cause, faults: Sequence[Placed]) -> Finding:
    rule, state, like = cause
    first = faults[0]
    messages = {one.fault["message"] for one in faults}
    what = first.fault["message"] if len(messages) == 1 else like
    return Finding(
        rule=rule,
        state=state,
        target=None,
        message=f"{len({one.path for one in faults})} files: {what}",
        evidence=_evidence(faults),
        hint=_hint_of(faults),
        # What another tool says may be grave in one place and not in the next: those are two findings.
        group=group_of(rule, like, None if rule.startswith("actions/") else state.word),
        targets=_names(faults),
        locations=tuple(one.location for one in faults),
    )


def _hint_of(faults: Sequence[Placed]) -> str | None:
    """What helps them all; where it is not the same for all, that of the first, by its name."""
    first = faults[0]
    hint: str | None = first.fault["hint"]
    same = hint is None or all(one.fault["hint"] == hint for one in faults)
    return hint if same else f"{first.target or first.path}: {hint}"


def _names(faults: Iterable[Placed]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(one.target for one in faults if one.target is not None))


def _evidence(faults: Sequence[Placed]) -> JsonObject:
    """Whose doing it is.

    Where one commit made them all its keys, under `since` where no file was good before. Else `commits`, the files that
    each broke as far as that is known, and their `subjects`.
    """
    own: JsonObject = {"own": True} if faults[0].own else {}
    first = faults[0]
    if any((one.commit, one.was_good) != (first.commit, first.was_good) for one in faults):
        return own | _several(faults)
    if first.commit is None:
        return own
    told = {key: first.commit[key] for key in _TOLD}
    return own | (told if first.was_good else {"since": told})


def _several(faults: Sequence[Placed]) -> JsonObject:
    broken: dict[str, set[str]] = {}
    subjects: dict[str, str] = {}
    for one in faults:
        if one.commit is not None and one.was_good and one.target is not None:
            commit = one.commit["commit"]
            broken.setdefault(commit, set()).add(one.target)
            subjects[commit] = one.commit["subject"]
    if not broken:
        return {}
    return {"commits": {commit: sorted(broken[commit]) for commit in sorted(broken)}, "subjects": subjects}
