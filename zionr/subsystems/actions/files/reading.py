"""From bytes to a source, read as GitHub reads it, or the one fault that nothing can be read behind. Pure."""

from __future__ import annotations

from typing import NamedTuple

from ....strict_yaml import Dialect, Limits, Problem, YamlProblems, load
from ....strict_yaml.text import decode
from .markers import find_markers
from .source import Fault, Source, anchor_of
from .syntax_faults import explain
from .words import kind_of, plain

LIMITS = Limits()
"""512 KB, 100 levels and 100,000 values with all aliases written out; GitHub itself allows 500 KB or so."""

# Keys are texts, `on` and `true` too, and compared without case. The tags of YAML's core schema are read (the
# runner's YamlObjectReader knows them), any other is refused.
_TAGS = ("str", "int", "float", "bool", "null", "seq", "map")
_DIALECT = Dialect(
    text_keys=True,
    any_case=True,
    tags=frozenset(f"tag:yaml.org,2002:{name}" for name in _TAGS),
    bom=True,
    odd_numbers=True,
)
_RULES = {
    "size": "too-large",
    "depth": "too-large",
    "nodes": "too-large",
    "duplicate": "duplicate-key",
    "merge": "merge-key",
    "tag": "type",
    "key": "type",
}
_HINTS = {
    "duplicate": "join the two, or take one out; GitHub compares keys without upper and lower case",
    "merge": "GitHub knows anchors and aliases, but no merge keys",
    "documents": "a workflow is one document; take out the line ---",
    "encoding": "save the file as UTF-8",
    "binary": "restore the file from git",
}


class Reading(NamedTuple):
    """`source` is None where nothing of the file can be read; `faults` are then one, which tells why."""

    source: Source | None
    faults: list[Fault]


def read(content: bytes, kind: str) -> Reading:
    """The file as a source, and what is wrong with it as YAML. `kind` is workflow or action."""
    try:
        text = decode(content, LIMITS, bom=True)
    except YamlProblems as refused:
        return Reading(None, [_fault(refused.problems[0])])
    source, faults = _parse(text, kind)
    markers = find_markers(text)
    # What a conflict breaks is no fault of its own.
    return Reading(source, faults if markers is None else [markers])


def _parse(text: str, kind: str) -> Reading:
    try:
        return _mapping(Source(kind, text, load(text, limits=LIMITS, dialect=_DIALECT)))
    except YamlProblems as refused:
        if refused.document is None:
            # The last problem is the one that ended the reading.
            return Reading(None, [_unreadable(refused.problems[-1], text)])
        faults = [_fault(problem) for problem in refused.problems]
        if any(fault.rule == "unreadable" for fault in faults):
            return Reading(None, [fault for fault in faults if fault.rule == "unreadable"][:1])
        return Reading(_mapping(Source(kind, text, refused.document)).source, faults)


def _mapping(source: Source) -> Reading:
    """A workflow is a mapping; anything else is nothing to look at."""
    if isinstance(source.value, dict):
        return Reading(source, [])
    if source.value is None:
        empty = "the file is empty" if not source.text.strip() else "the file says nothing beside comments"
        return Reading(None, [Fault("unreadable", 1, 1, empty, hint="restore it from git, or delete it", like="empty")])
    line, column = source.at(())
    message = f"the file is {kind_of(source.value)}, and a {source.kind} is a mapping that begins with keys"
    return Reading(None, [Fault("type", line, column, message, like="no mapping at the top")])


def _unreadable(problem: Problem, text: str) -> Fault:
    if problem.kind in ("syntax", "alias", "key"):
        return explain(problem, text)
    return _fault(problem)


def _fault(problem: Problem) -> Fault:
    rule = _RULES.get(problem.kind, "unreadable")
    return Fault(
        rule=rule,
        line=problem.line,
        column=problem.column,
        message=plain(problem.reason, 200),
        anchor=plain(anchor_of(problem.path), 200) or None,
        hint=_tag_hint(problem) if problem.kind == "tag" else _HINTS.get(problem.kind),
        like=_like(rule, problem),
    )


def _like(rule: str, problem: Problem) -> str:
    if problem.kind in ("duplicate", "tag") and problem.path:
        return f"{problem.kind} {plain(problem.path[-1])}"
    return rule if rule != "unreadable" else problem.kind


def _tag_hint(problem: Problem) -> str:
    # `if: !cancelled()` is the one that people write: a value that begins with ! is a tag.
    if problem.path and problem.path[-1] == "if":
        return "a value that begins with ! is a tag; write the condition as ${{ !… }}"
    return "put the text in quotes if it is to begin with !"
