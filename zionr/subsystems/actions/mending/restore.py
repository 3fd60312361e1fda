"""`actions/restore`: which damaged files can be offered again, and in how many proposals. Pure.

What one commit broke is undone together, and one fault that is patched alike in many files is one proposal: a person
reads one, not thirty.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence

from ....model import Candidate, Finding, JsonObject, Observation
from ..files.whereabouts import find
from ..judging.file_rules import REFUSED_ALONE
from ..settings import Settings
from .patches import KINDS

REMEDY = "actions/restore"
TIMEOUT_S = 60.0
"""For a dozen requests, the changing ones a second apart; git has its own limits."""
_OWN_CHECKS = frozenset({"timezone-unknown", "too-large"})
"""Faults that say as much of this machine or of a limit as of the file: a person decides."""
RULES = frozenset(f"actions/{rule}" for rule in (REFUSED_ALONE - _OWN_CHECKS) | {"gutted", "missing"})
_NEEDS = "a text patch or an older version that GitHub takes, that does something, and that holds no markers"

Key = tuple[str, str]
"""A finding, a file, or a common cause: what is joined through one of these is one proposal."""


def restore_candidates(findings: Sequence[Finding], observation: Observation, settings: Settings) -> list[Candidate]:
    """One candidate for all files with one cause; one with a refusal for each finding that nothing is there for."""
    files = observation.facts["files"]
    if files is None:
        return []
    damaged = [finding for finding in findings if finding.rule in RULES]
    history: JsonObject = files["history"]["of"]
    mendable = {name for name, known in history.items() if known["mend"] is not None}
    candidates = []
    for group in _grouped([one for one in damaged if mendable & set(one.covers)], history):
        names = sorted({name for finding in group for name in finding.covers})
        candidates.append(_offer(group, names, observation, settings))
    refused = [_refused(one, files["history"]) for one in damaged if not mendable & set(one.covers)]
    return [*candidates, *refused]


def branch_of(cause: Key) -> str:
    """The branch of a proposal for this cause: the same whenever and wherever it is asked for.

    Findings come and go as a person mends one file after the other; a cause stays, so its proposal stays the same one.
    """
    return f"zionr/{REMEDY}-{hashlib.sha256(chr(0).join(cause).encode(errors='surrogateescape')).hexdigest()[:8]}"


def _grouped(findings: Sequence[Finding], history: JsonObject) -> list[list[Finding]]:
    """Findings that share a file, or of whose files one commit broke both, or one kind of patch mends both."""
    groups: list[tuple[set[Key], list[Finding]]] = []
    for finding in findings:
        keys, members = _keys(finding, history), [finding]
        for joined in [group for group in groups if group[0] & keys]:
            groups.remove(joined)
            keys, members = keys | joined[0], [*joined[1], *members]
        groups.append((keys, members))
    return [members for _, members in groups]


def _keys(finding: Finding, history: JsonObject) -> set[Key]:
    known = {name: history[name] for name in finding.covers if name in history and history[name]["mend"] is not None}
    return {("file", name) for name in known} | {_cause(one) for one in known.values()}


def _cause(known: JsonObject) -> Key:
    """The commit that broke a file which was good before; else, where none ever was good, the kind of its patch."""
    if known["good"] is not None and known["broken_by"] is not None:
        return "commit", known["broken_by"]["commit"]
    return "patch", str(known["mend"]["kind"])


def _offer(
    findings: Sequence[Finding], names: Sequence[str], observation: Observation, settings: Settings
) -> Candidate:
    facts = observation.facts
    history: JsonObject = facts["files"]["history"]["of"]
    offered = {name: history[name] for name in names if name in history and history[name]["mend"] is not None}
    ids = sorted(finding.id for finding in findings)
    branch = branch_of(min(_cause(known) for known in offered.values()))
    left = {name: _reason(name, facts["files"]["history"]) for name in names if name not in offered}
    many = f"{len(offered)} files" if len(offered) > 1 else next(iter(offered))
    lines = summary(offered.values(), left.values())
    return Candidate(
        remedy=REMEDY,
        findings=tuple(ids),
        targets=tuple(offered),
        command=f"pull request from {branch}: {many}",
        undo="close the pull request, delete the branch",
        timeout_s=TIMEOUT_S,
        action={
            "branch": branch,
            "base": facts["branch"],
            "files": {name: _plan(name, known, facts["files"], settings) for name, known in offered.items()},
            "left": left,
            "summary": lines,
        },
        needs=_NEEDS,
        edits_files=True,
        summary=tuple(lines),
    )


def _plan(name: str, known: JsonObject, files: JsonObject, settings: Settings) -> JsonObject:
    """What `propose` needs of one file: what was judged, and from which blobs it is made anew."""
    kind, path, file = find(name, files, settings.files.path)
    return {
        "path": path,
        "kind": kind,
        "digest": file["digest"] if file else None,
        "mode": known["mode"],
        "blobs": known["blobs"],
        "did_more": known["most_real_steps"] > 0,
        "mend": known["mend"],
        "good": known["good"],
        "broken_by": known["broken_by"],
    }


def summary(offered: Iterable[JsonObject], left: Iterable[str] = ()) -> list[str]:
    """How the files are mended, in lines for people, and why others (`left`) are not."""
    known = list(offered)
    lines = []
    for commit, count in _counted(one["broken_by"]["commit"] for one in known if one["mend"]["how"] == "version"):
        lines.append(f"{_files(count)} as before {commit[:7]}, byte for byte")
    merged = [one["mend"]["kept_lines"] for one in known if one["mend"]["how"] == "merge"]
    if merged:
        kept = "1 line" if sum(merged) == 1 else f"{sum(merged)} lines"
        lines.append(f"{_files(len(merged))} edited since: those edits are kept, {kept}")
    for kind, count in _counted(one["mend"]["kind"] for one in known if one["mend"]["how"] == "patch"):
        lines.append(f"{_files(count)} with one line changed: {KINDS[kind]}")
    lines += [f"{_files(count)} left alone: {why}" for why, count in _counted(left)[:3]]
    return [*lines, f"every result was judged again: {len(known)} valid, 0 gutted, 0 with markers"]


def _files(count: int) -> str:
    return "1 file" if count == 1 else f"{count} files"


def _counted(values: Iterable[str]) -> list[tuple[str, int]]:
    counts: dict[str, int] = {}
    for value in values:
        counts[value] = counts.get(value, 0) + 1
    return sorted(counts.items(), key=lambda one: (-one[1], one[0]))


def _refused(finding: Finding, history: JsonObject) -> Candidate:
    reasons = _counted(_reason(name, history) for name in finding.covers)
    told = [why if len(reasons) == 1 else f"{why} ({_files(count)})" for why, count in reasons[:3]]
    branch = branch_of(("finding", finding.id))
    return Candidate(
        remedy=REMEDY,
        findings=(finding.id,),
        targets=finding.covers,
        command=f"pull request from {branch}",
        undo="close the pull request, delete the branch",
        timeout_s=TIMEOUT_S,
        needs=_NEEDS,
        refusal="; ".join(told) or "it names no file",
        edits_files=True,
    )


def _reason(name: str, history: JsonObject) -> str:
    known = history["of"].get(name)
    if known is None:
        return str(history["reason"] or "its history was not looked at")
    return str(known["mend_reason"] or "nothing of it is damaged")
