"""What comes out of the index: past reports, and lines of a list."""

import json
from collections.abc import Sequence
from functools import lru_cache
from typing import Any, NamedTuple

from ..model import JsonObject, PastFinding, PastReport, PastStep, State
from .records import NEWER

PAST_COLUMNS = "id, kind, subsystem, scope, runner, state, score, started, finished, digest, extract"


def to_past_report(row: Sequence[Any]) -> PastReport:
    """The past report of a row of PAST_COLUMNS."""
    extract, targets, findings = _parsed(row[10])
    finished = row[8]
    return PastReport(
        id=row[0],
        kind=row[1],
        subsystem=row[2],
        scope=row[3],
        runner=row[4],
        state=State.parse(row[5]),
        score=row[6],
        coverage=extract["coverage"],
        started_at=row[7],
        finished_at=finished,
        policy_digest=row[9],
        targets=targets,
        metrics=extract["metrics"],
        findings=findings,
        steps=tuple(_past_step(step, finished) for step in extract["steps"]),
        event=extract["event"],
    )


@lru_cache(maxsize=8)
def _parsed(text: str) -> tuple[JsonObject, dict[str, State], tuple[PastFinding, ...]]:
    """An extract, with its targets and findings as values.

    Where nothing changes, one check after the other leaves the same text: it is parsed once for all of them.
    """
    extract = json.loads(text)
    targets = {name: State.parse(state) for name, state in extract["targets"].items()}
    return extract, targets, tuple(_past_finding(finding) for finding in extract["findings"])


def _past_finding(finding: JsonObject) -> PastFinding:
    return PastFinding(**{**finding, "state": State.parse(finding["state"]), "targets": tuple(finding["targets"])})


def _past_step(step: JsonObject, report_finished: float) -> PastStep:
    finished = step["finished_at"]
    return PastStep(
        **{
            **step,
            "findings": tuple(step["findings"]),
            "targets": tuple(step["targets"]),
            "finished_at": report_finished if finished is None else finished,
        }
    )


class Entry(NamedTuple):
    """One line of `report list`. `newer` marks a report of a later zionr, of which little is known here."""

    id: str
    kind: str | None
    subsystem: str | None
    scope: str | None
    runner: str | None
    state: State | None
    score: float | None
    started_at: float
    finished_at: float
    newer: bool = False


ENTRY_COLUMNS = "id, kind, subsystem, scope, runner, state, score, started, finished, trust"


def to_entry(row: Sequence[Any]) -> Entry:
    """The line of a row of ENTRY_COLUMNS."""
    state = None if row[5] is None else State.parse(row[5])
    return Entry(row[0], row[1], row[2], row[3], row[4], state, row[6], row[7], row[8], row[9] == NEWER)
