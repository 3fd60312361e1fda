"""What changed from one report to another. Pure; works on the JSON form, so that reports of newer kinds compare too."""

from typing import Any, NamedTuple

from ..model import JsonObject


class Change(NamedTuple):
    """One change. `kind` is state, score, target or finding; None means that it was not there."""

    kind: str
    name: str
    before: str | None
    after: str | None


def difference(before: JsonObject, after: JsonObject) -> list[Change]:
    """State and score, then targets, then findings: new, gone, or in another state."""
    changes = [
        Change("state", "state", _word(before.get("state")), _word(after.get("state"))),
        Change("score", "score", _score(before), _score(after)),
    ]
    changes += _compared("target", _states(before, "targets", "name"), _states(after, "targets", "name"))
    changes += _compared("finding", _states(before, "findings", "id"), _states(after, "findings", "id"))
    return [change for change in changes if change.before != change.after]


def _score(report: JsonObject) -> str | None:
    health = report.get("health")
    score = health.get("score") if isinstance(health, dict) else None
    return f"{score:.1f}" if isinstance(score, int | float) else _word(score)


def _word(value: Any) -> str | None:
    """What a person edited may be anything."""
    return None if value is None else str(value)


def _states(report: JsonObject, part: str, key: str) -> dict[str, str]:
    """What was open at the end of that run."""
    found = report.get(part)
    rows = [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []
    return {str(one.get(key)): str(one.get("state")) for one in rows if not one.get("resolved")}


def _compared(kind: str, before: dict[str, str], after: dict[str, str]) -> list[Change]:
    names = dict.fromkeys([*before, *after])
    return [Change(kind, name, before.get(name), after.get(name)) for name in names]
