"""What must hold before a workflow is enabled or started, by what was seen of it and of its file. Pure.

Each function gives the reason against it, None where there is none.
"""

from __future__ import annotations

from typing import NamedTuple

from ....model import JsonObject
from ..judging.life import Life, failed_row, life_of, substitutes_of
from ..judging.schedules import TOLERANCE_S, due_of
from ..settings import Settings
from . import guards


class Ground(NamedTuple):
    """What candidates are judged by; `broken` are the workflows whose file GitHub refuses."""

    facts: JsonObject
    settings: Settings
    broken: frozenset[str]

    @property
    def api(self) -> JsonObject:
        """What GitHub told."""
        api: JsonObject = self.facts["api"]
        return api

    def life(self, name: str) -> Life:
        """All that is known of one workflow."""
        return life_of(name, self.facts, self.settings)

    def backup_of(self, life: Life) -> Life | None:
        """The workflow that the policy names to stand in for it."""
        return None if life.settings.backup is None else self.life(life.settings.backup)


def against_enable(life: Life, ground: Ground) -> str | None:
    """Only what GitHub itself disabled for inactivity is enabled: the rest is a person's own doing."""
    if life.state is not None and life.state != "disabled_inactivity":
        return f"GitHub says {life.state} of it"
    return _absent(life) or _broken(life, ground)


def against_rerun(life: Life, ground: Ground) -> str | None:
    """A re-run brings its own commit and its own file back, so neither may be an old or a broken one."""
    row = failed_row(life)
    if not row or life.branch is None:
        return "no failed run of it is known"
    return (
        _unable(life, ground)
        or _deploys(life, ground)
        or _against_backup(life, ground)
        or guards.against_rerun(row[0], _seen(life), life.branch, ground.api["head"], life.now)
    )


def against_dispatch(life: Life, ground: Ground, *, overdue: bool) -> str | None:
    """For a failing one it must bring something new, and deploys only what the policy lets zionr deploy again.

    An overdue one would have started by itself, at the same commit.
    """
    against = _off_default(ground) if overdue else _deploys(life, ground) or _repeats(life, ground)
    return (
        against
        or _stood_in(life, ground, overdue=overdue)
        or _against_backup(life, ground)
        or _against_start(life, ground)
    )


def against_backup(life: Life, other: Life, ground: Ground, *, overdue: bool) -> str | None:
    """Why `other` must not stand in for it: it cannot, it does just now, or somebody did since."""
    return _off_default(ground) or _stood_in(life, ground, overdue=overdue) or _against_start(other, ground)


def needed_since(life: Life, *, overdue: bool) -> float:
    """Since when its work is missing: a run was due, or failed."""
    due, row = due_of(life), failed_row(life)
    if overdue and due is not None:
        return due.at - TOLERANCE_S
    return float(row[0]["created_at"]) if row else life.now


def _repeats(life: Life, ground: Ground) -> str | None:
    row = failed_row(life)
    return guards.against_repetition(row[0], ground.api["head"]) if row else None


def _off_default(ground: Ground) -> str | None:
    """Schedules run on the default branch; to run their work on another is nothing that zionr decides."""
    default, branch = ground.api["default_branch"], ground.facts["branch"]
    if default is None or branch is None:
        return "GitHub did not tell the default branch"
    return None if default == branch else f"its schedule is of the branch {default}, and {branch} is judged"


def _against_start(life: Life, ground: Ground) -> str | None:
    """Why a dispatch of this workflow is impossible, or one too many."""
    return _unable(life, ground) or _without_trigger(life) or _named(life, guards.against_start(_seen(life)))


def _unable(life: Life, ground: Ground) -> str | None:
    """It is not there, not active, or GitHub refuses its file."""
    if life.state not in (None, "active"):
        return f"{life.name} is not active: GitHub says {life.state} of it"
    return _absent(life) or _broken(life, ground)


def _absent(life: Life) -> str | None:
    return f"GitHub does not have {life.name}" if life.state is None else None


def _broken(life: Life, ground: Ground) -> str | None:
    return f"GitHub refuses the file {life.name}: mend that first" if life.name in ground.broken else None


def _without_trigger(life: Life) -> str | None:
    if life.file is None:
        return f"the file {life.name} was not read, so nobody knows whether it has workflow_dispatch"
    if "workflow_dispatch" not in life.file["triggers"]:
        return f"{life.name} has no workflow_dispatch"
    if life.file["inputs"]:
        return f"{life.name} has required inputs without a default: {', '.join(life.file['inputs'])}"
    return None


def _deploys(life: Life, ground: Ground) -> str | None:
    """Why it deploys, or may; a workflow is as good as those that it calls, and they as those that they call."""
    if life.name in ground.settings.rerun_deploys:
        return None
    if life.file is None:
        return _unknown(f"the file {life.name} was not read", life.name)
    if life.file["environment"]:
        return "it has an `environment:`, and rerun_deploys does not name it"
    called = _called(life.file, ground.facts["files"]["workflows"])
    for name, file in called.items():
        if file is None:
            return _unknown(f"{name}, which it calls, was not read", life.name)
        if file["environment"]:
            return f"it calls {name}, which has an `environment:`, and rerun_deploys does not name {life.name}"
    if any(file is not None and file.get("calls_elsewhere", False) for file in (life.file, *called.values())):
        return _unknown("it calls a workflow of another repository", life.name)
    return None


def _unknown(why: str, name: str) -> str:
    return f"{why}, so nobody knows whether it deploys; name {name} in rerun_deploys"


def _called(file: JsonObject, workflows: JsonObject) -> dict[str, JsonObject | None]:
    """All workflows of this repository that this one calls, however deep, by file name; None for what was not read."""
    called: dict[str, JsonObject | None] = {}
    due = [file]
    while due:
        uses = [use["uses"] for use in due.pop()["locals"] if use["kind"] == "workflow"]
        for name in (use.rpartition("/")[2] for use in uses):
            if name not in called:
                found: JsonObject | None = workflows.get(name)
                called[name] = found if found is not None and found["readable"] else None
                due += [found] if found is not None else []
    return called


def _stood_in(life: Life, ground: Ground, *, overdue: bool) -> str | None:
    """Somebody did the work since: the backup, or a run by dispatch."""
    since = needed_since(life, overdue=overdue)
    for name, runs in substitutes_of(life, ground.facts).items():
        done = guards.success_since(runs, since, life.now)
        if done is not None:
            return f"{name}: {done}"
    return None


def _against_backup(life: Life, ground: Ground) -> str | None:
    """Its backup is under way: both at once would do the work twice."""
    other = ground.backup_of(life)
    return None if other is None else _named(other, guards.against_start(_seen(other)))


def _seen(life: Life) -> list[JsonObject]:
    """What may be newer or under way."""
    return [run for run in (life.newest, *life.open) if run is not None]


def _named(life: Life, reason: str | None) -> str | None:
    return None if reason is None else f"{life.name}: {reason}"
