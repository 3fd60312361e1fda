"""From the faults of single files to findings: one for each, or one for many that are alike. Pure."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from ....model import Finding, JsonObject, Location, State

GROUP_FROM = 3
"""So many files with one fault have one cause, and are one finding."""


class Placed(NamedTuple):
    """A fault with the file it is in: the file's target, and its path from the top.

    `rule` is whole (`actions/type`). `commit` made the file bad, {commit, subject} at least; None where unknown.
    """

    rule: str
    state: State
    target: str | None
    path: str
    fault: JsonObject
    own: bool
    commit: JsonObject | None = None

    @property
    def location(self) -> Location:
        """Where it is."""
        return Location(self.path, self.fault["line"], self.fault["column"])


def findings_of(faults: Sequence[Placed]) -> list[Finding]:
    """The findings, in the order in which their first faults come. Their ids are unique."""
    alike: dict[tuple[str, State, str, str | None], list[Placed]] = {}
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


def _cause(placed: Placed) -> tuple[str, State, str, str | None]:
    commit = None if placed.commit is None else placed.commit["commit"]
    return placed.rule, placed.state, placed.fault["like"], commit


def _single(placed: Placed, taken: dict[str, int]) -> Finding:
    fault = placed.fault
    made = Finding(
        rule=placed.rule,
        state=placed.state,
        target=placed.target,
        message=fault["message"],
        expected=fault["expected"],
        actual=fault["actual"],
        evidence=_evidence(placed),
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


def _group(cause: tuple[str, State, str, str | None], faults: Sequence[Placed]) -> Finding:
    rule, state, like, commit = cause
    first = faults[0]
    messages = {one.fault["message"] for one in faults}
    what = first.fault["message"] if len(messages) == 1 else like
    return Finding(
        rule=rule,
        state=state,
        target=None,
        message=f"{len({one.path for one in faults})} files: {what}",
        evidence=_evidence(first),
        hint=_hint_of(faults),
        # What another tool says may be grave in one place and not in the next: those are two findings.
        group=group_of(rule, like, commit, None if rule.startswith("actions/") else state.word),
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


def _evidence(placed: Placed) -> JsonObject:
    own: JsonObject = {"own": True} if placed.own else {}
    if placed.commit is not None:
        own |= {key: placed.commit[key] for key in ("commit", "subject") if placed.commit.get(key) is not None}
    return own
