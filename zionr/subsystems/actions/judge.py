"""From what was seen of GitHub Actions to targets and findings. Pure: the same facts and settings judge alike."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ...instants import iso
from ...model import JsonObject, Judgement, Observation, PastReport, Target
from .judging.alive import judge_alive
from .judging.file_findings import judge_files, notes_of
from .judging.file_rules import refused
from .judging.soundness import is_empty
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
        yield from _notes_of_history(files)
    if api is not None and api["status"] == "ok" and api["seen_since"] is not None:
        yield f"runs were read back to {iso(api['seen_since'])}"


def _notes_of_history(files: JsonObject) -> Iterable[str]:
    """What git did not tell; where there is no repository at all no good version is missed."""
    past = files["history"]
    limit = past["reason"] or ("a shallow clone" if past["reach"] == "shallow" else None)
    if past["of"] and limit is not None:
        yield f"git's history was not seen whole ({limit}): good versions may lie beyond"
    unknown = sum(_may_be_gutted(file, past["of"].get(name)) for name, file in files["workflows"].items())
    if unknown:
        do = "1 workflow does" if unknown == 1 else f"{unknown} workflows do"
        yield f"{do} nothing but set up and echo; whether that is gutted is not known without the whole history"


def _may_be_gutted(file: JsonObject, history: JsonObject | None) -> bool:
    return is_empty(file) and (history is None or (history["most_real_steps"] == 0 and not history.get("whole", True)))
