"""Is each workflow alive? From what GitHub's API told to targets and findings. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ....model import Finding, JsonObject, State, Target
from .. import API
from ..settings import Settings
from .life import Life, failed_row, life_of, substitutes_of
from .runs import judge_runs
from .schedules import due_of, judge_due
from .states import judge_state
from .unjudged import is_untold, judge_open, judge_unlisted, judge_unseen


def judge_alive(facts: JsonObject, settings: Settings, broken: Mapping[str, str]) -> tuple[list[Target], list[Finding]]:
    """`api` and each workflow as targets, with what is wrong about their life; nothing where no API was asked.

    `broken` maps a workflow to the id of the finding that says GitHub refuses its file: the cause of its failures, of
    runs without jobs and of missing runs, not of a disabled state and of stuck runs. Where the folder is read its
    workflows are the targets, else those that GitHub has; those that the policy calls critical in any case. Where
    GitHub did not tell all, what it told is judged, and a workflow of which it did not tell enough is unknown.
    """
    api = facts["api"]
    if api is None:
        return [], []
    lives = [life_of(name, facts, settings, broken.get(name)) for name in _names(facts, settings)]
    untold = {life.name for life in lives if is_untold(life, api)}
    targets = [_target(life, State.UNKNOWN if life.name in untold else State.OK) for life in lives]
    tells_missing = facts["files"] is None and "workflows" not in api["unseen"]
    findings = [*_unavailable(api, len(untold)), *_branch(api, settings)]
    for life in lives:
        findings += judge_state(life, tells_missing=tells_missing)
        findings += judge_runs(life, settings)
    return [Target(API, "api"), *targets], [*findings, *_judge_timetables(lives, facts)]


def late(facts: JsonObject, settings: Settings) -> list[str]:
    """Workflows that look overdue, as long as nobody knows since when their cron stands: worth a look at history."""
    api = facts["api"]
    if api is None or api["status"] != "ok":
        return []
    lives = [life_of(name, facts, settings) for name in _names(facts, settings)]
    return [life.name for life in lives if life.is_scheduled and due_of(life) is not None]


def _names(facts: JsonObject, settings: Settings) -> list[str]:
    if facts["files"] is not None:
        there = list(facts["files"]["workflows"])
    else:
        there = [name for name, known in facts["api"]["workflows"].items() if _has_a_file(known)]
    return list(dict.fromkeys([*there, *sorted(settings.critical)]))


def _has_a_file(known: JsonObject) -> bool:
    """GitHub also lists workflows of its own, such as that of Pages, under paths that begin with `dynamic/`."""
    return known["state"] != "deleted" and not str(known["path"]).startswith("dynamic/")


def _unavailable(api: JsonObject, unseen: int) -> list[Finding]:
    """Said once: what waits on it has no finding of its own."""
    if api["status"] == "ok":
        return []
    reason = api["reason"] or "GitHub's API cannot be asked"
    what = "1 workflow lives" if unseen == 1 else f"{unseen} workflows live"
    return [
        Finding(
            rule="actions/api-unavailable",
            state=State.UNKNOWN,
            target=API,
            message=f"whether {what} is not known: {reason}" if unseen else reason,
            evidence={"status": api["status"], "repository": api["repository"], "unseen": api["unseen"]},
            hint=api["remedy"],
        )
    ]


def _branch(api: JsonObject, settings: Settings) -> list[Finding]:
    """The policy names a branch that is gone (critical), or one on which no schedule runs (a warning)."""
    named, default = settings.branch, api["default_branch"]
    if named is None or default is None:
        return []
    if api["head"] is None and "head" not in api["unseen"]:
        state, message = State.CRITICAL, f"branch {named} is gone, so no run of it is judged; the default is {default}"
    elif named != default:
        state, message = State.WARNING, f"branch {named} is judged, but schedules run on the default branch {default}"
    else:
        return []
    hint = f"set subsystems.actions.branch: {default}, or leave it out for the default branch"
    return [Finding("actions/branch-moved", state, API, message, expected=named, actual=default, hint=hint)]


def _judge_timetables(lives: Sequence[Life], facts: JsonObject) -> list[Finding]:
    """overdue for each; unjudged for all of which too little was seen, unless api-unavailable says it already."""
    due = {life.name: found for life in lives if (found := due_of(life)) is not None}
    late = [life for life in lives if life.name in due and not due[life.name].unseen]
    findings = [judge_due(life, due[life.name], substitutes_of(life, facts)) for life in late]
    if facts["api"]["status"] != "ok":
        return findings
    unseen = [life for life in lives if life.name in due and due[life.name].unseen]
    others = [life for life in lives if life.name not in due]
    return [*findings, *judge_unseen(unseen), *judge_open(others, facts["api"]), *judge_unlisted(lives, facts["api"])]


def _target(life: Life, state: State) -> Target:
    rules = life.settings
    return Target(life.name, "workflow", state, rules.weight, rules.required, _metrics(life))


def _metrics(life: Life) -> JsonObject:
    """Of the branch that is judged; none where no run of it was seen."""
    newest = life.newest
    if newest is None:
        return {}
    age = round(max(0.0, life.now - newest["created_at"]), 1)
    return {"failures_in_row": len(failed_row(life)), "last_run_age_s": age}
