"""What the index keeps of one report file."""

import json
import math
from typing import Any, NamedTuple

from ..instants import from_iso
from ..model import JsonObject, State

SCHEMA_VERSION = 1
LARGEST = 32 << 20
"""A report file of more bytes than this is not read."""

_LONGEST_REASON = 200
TRUSTED, NEWER, BROKEN = "trusted", "newer", "broken"


class Record(NamedTuple):
    """One row of the index. `started` and `finished` are seconds since 1970; `trust` is trusted, newer or broken.

    `whole` is 0 for a report that was narrowed to some targets: it says nothing of the subsystem's health.
    `extract` is JSON: what a PastReport holds besides the columns. `reason` says why a file is no report.
    """

    day: str
    file: str
    inode: int
    id: str
    trust: str
    kind: str | None = None
    subsystem: str | None = None
    scope: str | None = None
    runner: str | None = None
    state: str | None = None
    score: float | None = None
    started: float = 0.0
    finished: float = 0.0
    digest: str | None = None
    policy_valid: int = 0
    whole: int = 0
    extract: str = "{}"
    reason: str | None = None


def parse(day: str, file: str, inode: int, content: bytes) -> Record:
    """The record of a file's content. Never raises: what is not a report is a record of trust `broken`."""
    name = file.removesuffix(".json")
    try:
        document = json.loads(content)
        version = _version(document)
        if version > SCHEMA_VERSION:
            return _newer(day, file, inode, document)
        return _trusted(day, file, inode, document)
    except RecursionError:
        reason = "nested too deep"
    except UnicodeDecodeError:
        reason = "not UTF-8"
    except json.JSONDecodeError:
        reason = "torn, or not JSON"
    except (ValueError, TypeError, KeyError, AttributeError, OverflowError) as error:
        reason = f"not a report ({type(error).__name__}: {error})"
        if len(reason) > _LONGEST_REASON:  # half of a secret is one that redaction cannot find
            reason = f"not a report ({type(error).__name__})"
    return broken(day, file, inode, name, reason)


def broken(day: str, file: str, inode: int, name: str, reason: str) -> Record:
    """The record of a file that is no report; kept, so that it is not read again and again."""
    return Record(day, plain(file), inode, plain(name), BROKEN, started=_day_start(day), reason=plain(reason))


def _version(document: Any) -> int:
    if not isinstance(document, dict):
        raise TypeError("not an object")
    version = document["schema_version"]
    if not isinstance(version, int) or isinstance(version, bool) or version < 1:
        raise ValueError("schema_version is no version")
    return version


def _newer(day: str, file: str, inode: int, document: JsonObject) -> Record:
    texts = {key: _text(document.get(key)) for key in ("kind", "subsystem", "scope", "started_at", "finished_at")}
    started = _instant(texts["started_at"], _day_start(day))
    return Record(
        day=day,
        file=file,
        inode=inode,
        id=file.removesuffix(".json"),
        trust=NEWER,
        kind=texts["kind"],
        subsystem=texts["subsystem"],
        scope=texts["scope"],
        started=started,
        finished=_instant(texts["finished_at"], started),
    )


def _trusted(day: str, file: str, inode: int, document: JsonObject) -> Record:
    if f"{document['id']}.json" != file:
        raise ValueError("the id is not the file's name")
    findings = [_finding(finding) for finding in document.get("findings") or ()]
    health = document.get("health") or {}
    return Record(
        day=day,
        file=file,
        inode=inode,
        id=document["id"],
        trust=TRUSTED,
        kind=plain(document["kind"]),
        subsystem=_plain_or_none(document.get("subsystem")),
        scope=plain(document["scope"]),
        runner=plain(document["runner"]["id"]),
        state=State.parse(document["state"]).word,
        score=_number(health.get("score")),
        started=from_iso(document["started_at"]),
        finished=from_iso(document["finished_at"]),
        digest=_plain_or_none((document.get("policy") or {}).get("digest")),
        policy_valid=int(all(finding["rule"] != "policy/invalid" for finding in findings)),
        whole=int(not document.get("only")),
        extract=_extract(document, findings, _number(health.get("coverage"))),
    )


def _extract(document: JsonObject, findings: list[JsonObject], coverage: float | None) -> str:
    targets = document.get("targets") or ()
    return json.dumps(
        {
            "coverage": 0.0 if coverage is None else coverage,
            "targets": {target["name"]: State.parse(target["state"]).word for target in targets},
            "metrics": {target["name"]: counts for target in targets if (counts := _counts(target))},
            "findings": findings,
            "steps": [_step(step) for step in document.get("steps") or ()],
            "event": _mapping_or_none(document.get("event")),
        },
        separators=(",", ":"),
    )


def _counts(target: JsonObject) -> JsonObject:
    """The metrics that rules compare with the past: counts of each instance, named `…_by_id`.

    The others are read from the files by those who draw them: every check parses what is kept here.
    """
    metrics = (target.get("metrics") or {}).items()
    return {name: value for name, value in metrics if name.endswith("_by_id") and isinstance(value, dict)}


def _finding(finding: JsonObject) -> JsonObject:
    first_seen = finding.get("first_seen")
    return {
        "id": plain(finding["id"]),
        "rule": plain(finding["rule"]),
        "state": State.parse(finding["state"]).word,
        "targets": _covered(finding, "target", "targets"),
        "caused_by": _plain_or_none(finding.get("caused_by")),
        "resolved": bool(finding.get("resolved")),
        "first_seen": None if first_seen is None else from_iso(first_seen),
    }


def _step(step: JsonObject) -> JsonObject:
    finished = step.get("finished_at")
    return {
        "remedy": _plain_or_none(step.get("remedy")),
        "findings": _covered(step, "finding", "findings"),
        "targets": _covered(step, "target", "targets"),
        "outcome": plain(step["outcome"]),
        "verified": step.get("verified"),
        "reason": _plain_or_none(step.get("reason")),
        "attempt": None if step.get("attempt") is None else int(step["attempt"]),
        "finished_at": None if finished is None else from_iso(finished),
    }


def _covered(item: JsonObject, one: str, several: str) -> list[str]:
    names = item.get(several) or [name for name in (item.get(one),) if name is not None]
    if not all(isinstance(name, str) for name in names):
        raise TypeError(f"{several} are not all names")
    return list(names)


def _number(value: Any) -> float | None:
    if value is None:
        return None
    number = float(value)
    return number if math.isfinite(number) else None


def _mapping_or_none(value: Any) -> JsonObject | None:
    if value is not None and not isinstance(value, dict):
        raise TypeError("event is no object")
    return value


def _text(value: Any) -> str | None:
    return plain(value) if isinstance(value, str) else None


def plain(text: str) -> str:
    """The text as SQLite can hold it: a lone surrogate (from a file's name) is escaped."""
    if not isinstance(text, str):
        raise TypeError("what should be a text is none")
    return text.encode(errors="backslashreplace").decode()


def _plain_or_none(text: str | None) -> str | None:
    return None if text is None else plain(text)


def _instant(text: str | None, otherwise: float) -> float:
    try:
        return otherwise if text is None else from_iso(text)
    except (ValueError, OverflowError):
        return otherwise


def _day_start(day: str) -> float:
    return _instant(day, 0.0)
