"""From what was seen of GitHub Actions to targets and findings. Pure: the same facts and settings judge alike."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ...instants import iso
from ...model import JsonObject, Judgement, Observation, PastReport, Target
from .judging.alive import judge_alive
from .judging.file_findings import judge_files, notes_of
from .judging.file_rules import refused
from .settings import Settings


def judge(observation: Observation, settings: Settings, history: Sequence[PastReport], now: float) -> Judgement:
    """Every workflow, every action and the API as targets; a file that GitHub refuses is the cause of its failures."""
    facts = observation.facts
    files = facts["files"]
    targets, findings = judge_files(files, settings) if files is not None else ([], [])
    alive, more = judge_alive(facts, settings, refused(findings))
    return Judgement(_joined([*targets, *alive]), (*findings, *more), tuple(_notes(facts)))


def _joined(targets: Iterable[Target]) -> tuple[Target, ...]:
    """One target for each name: what both looks saw of it, the worse of its two states."""
    joined: dict[str, Target] = {}
    for target in targets:
        known = joined.get(target.name)
        if known is not None:
            target = known._replace(state=max(known.state, target.state), metrics={**known.metrics, **target.metrics})
        joined[target.name] = target
    return tuple(joined.values())


def _notes(facts: JsonObject) -> Iterable[str]:
    """What limits the judgement, said once."""
    files, api = facts["files"], facts["api"]
    if files is None and api is None:
        yield "files are not judged, and no repository is known: set subsystems.actions.repository"
    if files is not None:
        yield from notes_of(files)
        past = files["history"]
        limit = past["reason"] or ("a shallow clone" if past["reach"] == "shallow" else None)
        if past["of"] and limit is not None:
            yield f"git's history was not seen whole ({limit}): good versions may lie beyond"
    if api is not None and api["status"] == "ok" and api["seen_since"] is not None:
        yield f"runs were read back to {iso(api['seen_since'])}"
