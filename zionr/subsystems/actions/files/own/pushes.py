"""Jobs that push to the repository though the permissions they are given do not let them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from .....model import JsonObject
from .....strict_yaml.values import Mark
from ..source import Fault, Source, anchor_of
from .credentials import action_goes_elsewhere, brings_another, names_another
from .parts import Job, Step, jobs_of, mapping, never_runs, place_within, shown, text
from .script import commands

_PUSHING_ACTIONS = frozenset(
    {
        "ad-m/github-push-action",
        "actions-js/push",
        "crazy-max/ghaction-github-pages",
        "endbug/add-and-commit",
        "jamesives/github-pages-deploy-action",
        "peaceiris/actions-gh-pages",
        "peter-evans/create-pull-request",
        "stefanzweifel/git-auto-commit-action",
    }
)
"""Each pushes a commit with the job's token, unless it is given another one (their READMEs name `contents: write`)."""
_WITH_TOKEN = re.compile(r"https?://[^/]*@", re.IGNORECASE)
_DRY = frozenset({"--dry-run", "-n", "--help", "-h"})
_GLOBAL_WITH_VALUE = frozenset({"-C", "-c", "--git-dir", "--work-tree", "--namespace"})
_WITH_VALUE = frozenset({"-o", "--push-option", "--receive-pack", "--exec", "--repo"})


class _Push(NamedTuple):
    """What pushes, in words, and where."""

    what: str
    place: Mark


def push_faults(source: Source) -> list[Fault]:
    """One push-without-permission for each job that pushes with its own token and lacks `contents: write`.

    Without any `permissions` the repository's default rules, which a file does not tell; a value that is no plain
    permission (an expression, a wrong type) tells nothing either.
    """
    if "push" not in source.text.lower():
        return []
    whole = mapping(source.value)
    if names_another(mapping(whole.get("env"))):
        return []
    return [fault for job in jobs_of(source) for fault in _judge(source, whole, job)]


def _judge(source: Source, whole: JsonObject, job: Job) -> Iterator[Fault]:
    given = _given(job.value["permissions"] if "permissions" in job.value else whole.get("permissions"))
    if given is None or never_runs(job.value):
        return
    push = next(_pushes(source, job), None)
    if push is None or brings_another(job, whole):
        return
    yield Fault(
        rule="push-without-permission",
        line=push.place[0],
        column=push.place[1],
        message=f"job {shown(job.id)} pushes ({push.what}), but its token may not write contents",
        anchor=anchor_of(job.path),
        hint="GitHub refuses such a push; give this job `permissions: contents: write`, or take the push out",
        like="pushes, but its token may not write contents",
        expected="contents: write",
        actual=given,
    )


def _given(permissions: Any) -> str | None:
    """The written right on contents where it is too little, in words; None where it is enough or not known."""
    if permissions == "read-all":
        return "read-all"
    if not isinstance(permissions, dict):
        return None
    contents = permissions.get("contents", "none")
    return f"contents: {contents}" if contents in ("read", "none") else None


def _pushes(source: Source, job: Job) -> Iterator[_Push]:
    for step in job.steps:
        if never_runs(step.value):
            continue
        action = text(step.value.get("uses")).partition("@")[0]
        if action.lower() in _PUSHING_ACTIONS and _action_pushes(step.value):
            yield _Push(shown(action), source.at((*step.path, "uses")))
        yield from _pushes_of_run(source, step)


def _action_pushes(step: JsonObject) -> bool:
    given = {key: str(value).lower() for key, value in mapping(step.get("with")).items()}
    stays = given.get("push") == "false" or "true" in (
        given.get("skip_push"),
        given.get("dry-run"),
        given.get("dry_run"),
    )
    return not stays and not action_goes_elsewhere(step)


def _pushes_of_run(source: Source, step: Step) -> Iterator[_Push]:
    run = text(step.value.get("run"))
    if "push" not in run or "git" not in run:
        return
    for line, words in commands(run):
        if is_push(words):
            yield _Push("git push", place_within(source, (*step.path, "run"), line))
            return


def is_push(words: list[str]) -> bool:
    """Whether a command is a `git push` in earnest to `origin`, named or not, or to an address with a token in it.

    Another remote, or one that only a variable names, may need another right.
    """
    if words[0].rpartition("/")[2] != "git":
        return False
    rest = _without_options(words[1:], _GLOBAL_WITH_VALUE)
    if rest[:1] != ["push"] or not _DRY.isdisjoint(rest):
        return False
    remotes = _without_options(rest[1:], _WITH_VALUE)
    return not remotes or remotes[0] == "origin" or _WITH_TOKEN.match(remotes[0]) is not None


def _without_options(words: list[str], with_value: frozenset[str]) -> list[str]:
    """From the first word that is neither an option nor an option's value."""
    position = 0
    while position < len(words) and words[position].startswith("-"):
        position += 2 if words[position] in with_value else 1
    return words[position:]
