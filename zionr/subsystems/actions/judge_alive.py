"""Is each workflow alive? From what GitHub's API told to targets and findings. Pure."""

from __future__ import annotations

import zlib
from collections.abc import Mapping, Sequence

from ...instants import clock
from ...model import Finding, JsonObject, State, Target
from . import API
from .judge_due import due_of, judge_due
from .judge_runs import judge_runs
from .judge_states import judge_state
from .life import Life, failed_row, life_of, substitutes_of
from .settings import Settings


def judge_alive(facts: JsonObject, settings: Settings, broken: Mapping[str, str]) -> tuple[list[Target], list[Finding]]:
    """`api` and each workflow as targets, with what is wrong about their life; nothing where no API was asked.

    `broken` maps a workflow to the id of the finding that says GitHub refuses its file: the cause of its failures, of
    runs without jobs and of missing runs, not of a disabled state and of stuck runs. Where the folder is read its
    workflows are the targets, else those that GitHub has; those that the policy calls critical in any case.
    """
    api = facts["api"]
    if api is None:
        return [], []
    names = _names(facts, settings)
    if api["status"] != "ok":
        unseen = [name for name in names if _is_awaited(name, facts, settings)]
        return _unseen_targets(unseen, settings), [_unavailable(api, unseen)]
    lives = [life_of(name, facts, settings, broken.get(name)) for name in names]
    findings = _branch(api, settings)
    for life in lives:
        findings += judge_state(life, files_are_read=facts["files"] is not None)
        findings += judge_runs(life, settings)
    findings += _judge_timetables(lives, facts)
    return [Target(API, "api"), *(_target(life) for life in lives)], findings


def _names(facts: JsonObject, settings: Settings) -> list[str]:
    if facts["files"] is not None:
        there = list(facts["files"]["workflows"])
    else:
        there = [name for name, known in facts["api"]["workflows"].items() if _has_a_file(known)]
    return list(dict.fromkeys([*there, *sorted(settings.critical)]))


def _has_a_file(known: JsonObject) -> bool:
    """GitHub also lists workflows of its own, such as that of Pages, under paths that begin with `dynamic/`."""
    return known["state"] != "deleted" and not str(known["path"]).startswith("dynamic/")


def _is_awaited(name: str, facts: JsonObject, settings: Settings) -> bool:
    """Whether anybody waits for this workflow to run: the policy does, or its cron."""
    file = (facts["files"] or {"workflows": {}})["workflows"].get(name)
    return name in settings.critical or settings.of(name).max_age_s is not None or bool(file and file["crons"])


def _unseen_targets(names: Sequence[str], settings: Settings) -> list[Target]:
    unseen = []
    for name in names:
        rules = settings.of(name)
        unseen.append(Target(name, "workflow", State.UNKNOWN, rules.weight, rules.required))
    return [Target(API, "api"), *unseen]


def _unavailable(api: JsonObject, unseen: Sequence[str]) -> Finding:
    """Said once: nothing that waits on it has a finding of its own."""
    reason = api["reason"] or "GitHub's API cannot be asked"
    what = "1 workflow runs" if len(unseen) == 1 else f"{len(unseen)} workflows run"
    return Finding(
        rule="actions/api-unavailable",
        state=State.UNKNOWN,
        target=API,
        message=f"{reason}; whether {what} on time is not known" if unseen else reason,
        evidence={"status": api["status"], "repository": api["repository"], "unseen": len(unseen)},
        hint=api["remedy"],
    )


def _branch(api: JsonObject, settings: Settings) -> list[Finding]:
    """The policy names a branch that is gone (critical), or one on which no schedule runs (a warning)."""
    named, default = settings.branch, api["default_branch"]
    if named is None or default is None:
        return []
    if api["head"] is None:
        state, message = State.CRITICAL, f"branch {named} is gone, so no run of it is judged; the default is {default}"
    elif named != default:
        state, message = State.WARNING, f"branch {named} is judged, but schedules run on the default branch {default}"
    else:
        return []
    hint = f"set subsystems.actions.branch: {default}, or leave it out for the default branch"
    return [Finding("actions/branch-moved", state, API, message, expected=named, actual=default, hint=hint)]


def _judge_timetables(lives: Sequence[Life], facts: JsonObject) -> list[Finding]:
    """overdue for each, and one unjudged for all of which too little was seen."""
    findings: list[Finding] = []
    unseen: list[Life] = []
    for life in lives:
        due = due_of(life)
        if due is not None and due.unseen:
            unseen.append(life)
        elif due is not None:
            findings.append(judge_due(life, due, substitutes_of(life, facts)))
    absent = [life for life in lives if life.state is None and life.critical and life.file is not None]
    return [*findings, *_unseen(unseen), *_absent(absent)]


def _unseen(lives: Sequence[Life]) -> list[Finding]:
    if not lives:
        return []
    back = max(life.seen_since or 0.0 for life in lives)
    message = f"the runs were read back to {clock(back, lives[0].now)}, and these may have been due before"
    return [_unjudged("reach", message, "each look reads a limited number of runs; look at these by hand", lives)]


def _absent(lives: Sequence[Life]) -> list[Finding]:
    """Their file is in the folder; whether it only is not pushed yet, nobody knows."""
    if not lives:
        return []
    message = "the policy calls it critical, the folder has it, and GitHub does not"
    return [_unjudged("absent", message, "schedules run once the file is on the default branch", lives)]


def _unjudged(why: str, message: str, hint: str, lives: Sequence[Life]) -> Finding:
    rule = "actions/unjudged"
    return Finding(
        rule=rule,
        state=State.UNKNOWN,
        target=None,
        targets=tuple(sorted(life.name for life in lives)),
        group=f"{zlib.crc32(f'{rule}:{why}'.encode()):08x}",
        message=message,
        hint=hint,
    )


def _target(life: Life) -> Target:
    rules = life.settings
    return Target(life.name, "workflow", State.OK, rules.weight, rules.required, _metrics(life))


def _metrics(life: Life) -> JsonObject:
    """Of the branch that is judged; none where no run of it was seen."""
    newest = life.newest
    if newest is None:
        return {}
    age = round(max(0.0, life.now - newest["created_at"]), 1)
    return {"failures_in_row": len(failed_row(life)), "last_run_age_s": age}
