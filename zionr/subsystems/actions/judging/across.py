"""What only shows when all files are seen together: shared groups, crowded minutes, litter. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable

from ....model import Finding, JsonObject, Location
from ..settings import Settings
from .faults import group_of
from .file_rules import STATES
from .herd import Herd, find_herd

_EXPRESSION = re.compile(r"\$\{\{(.*?)\}\}", re.DOTALL)
_UNLIKE = re.compile(r"workflow|run_id|run_number|\b(?:inputs|matrix|needs|steps|vars|strategy)\b", re.IGNORECASE)
"""What differs from workflow to workflow, or cannot be told from the file, so that the texts may yet be unlike."""
_TOLD = 10
"""Minutes of a herd that are named."""


def judge_across(files: JsonObject, settings: Settings) -> list[Finding]:
    """The findings about several files at once."""
    return [*_shared_groups(files), *_herd(files, settings.files.herd), *_litter(files)]


def _shared_groups(files: JsonObject) -> list[Finding]:
    uses: dict[str, list[tuple[str, str, JsonObject]]] = {}
    for name, file in files["workflows"].items():
        for group in file["groups"]:
            if _is_the_same_everywhere(group["text"]):
                uses.setdefault(_plain(group["text"]), []).append((name, file["path"], group))
    return [
        _shared(found)
        for found in uses.values()
        if len({name for name, *_ in found}) > 1 and any(group["cancel"] for *_, group in found)
    ]


def _is_the_same_everywhere(text: str) -> bool:
    expressions = _EXPRESSION.findall(text)
    whole = len(expressions) == text.count("${{")  # a long text is cut, and what was behind is not known
    return whole and not any(_UNLIKE.search(expression) for expression in expressions)


def _plain(text: str) -> str:
    """GitHub compares the names of groups without regard to case; spaces within an expression mean nothing."""
    return _EXPRESSION.sub(lambda found: "${{" + "".join(found[1].split()) + "}}", text).casefold()


def _shared(found: list[tuple[str, str, JsonObject]]) -> Finding:
    names = tuple(dict.fromkeys(name for name, *_ in found))
    text = found[0][2]["text"]
    return _own(
        "shared-concurrency",
        f"{len(names)} workflows share the concurrency group {text!r}, so their runs cancel each other",
        group_of("shared-concurrency", _plain(text)),
        expected="a group of its own for each",
        actual=text,
        hint="begin the group with ${{ github.workflow }}",
        targets=names,
        locations=tuple(Location(path, group["line"], group["column"]) for _, path, group in found),
    )


def _herd(files: JsonObject, limit: int) -> list[Finding]:
    crons = [
        (name, file["path"], cron)
        for name, file in files["workflows"].items()
        for cron in file["crons"]
        if cron["valid"]
    ]
    found = find_herd(((name, cron["cron"], cron["timezone"]) for name, _, cron in crons), limit)
    if found is None:
        return []
    members = [one for one in crons if one[0] in found.members]
    return [
        _own(
            "schedule-herd",
            _crowd(found, limit),
            group_of("schedule-herd"),
            expected=limit,
            actual=next(iter(found.starts.values())),
            hint="give each a minute of its own; GitHub delays and drops starts at crowded times, most at full hours",
            targets=tuple(dict.fromkeys(name for name, *_ in members)),
            locations=tuple(Location(path, cron["line"], cron["column"]) for _, path, cron in members),
            evidence={"starts": {str(start): count for start, count in list(found.starts.items())[:_TOLD]}},
        )
    ]


def _crowd(found: Herd, limit: int) -> str:
    worst, count = next(iter(found.starts.items()))
    others = len(found.starts) - 1
    more = f"; {others} more {'minute is' if others == 1 else 'minutes are'} over it" if others else ""
    return f"{count} workflows start at {worst}, limit {limit}{more}"


def _litter(files: JsonObject) -> list[Finding]:
    litter: Iterable[str] = files["litter"]
    locations = tuple(Location(path) for path in litter)
    if not locations:
        return []
    what = "1 backup file lies" if len(locations) == 1 else f"{len(locations)} backup files lie"
    return [
        _own(
            "litter",
            f"{what} beside the workflows",
            group_of("litter"),
            actual=len(locations),
            hint="git has every version; take them out, or name them in files.ignore",
            locations=locations,
        )
    ]


def _own(rule: str, message: str, group: str, *, evidence: JsonObject | None = None, **more: object) -> Finding:
    whole = {"own": True, **(evidence or {})}
    made = Finding(f"actions/{rule}", STATES[rule], None, message, evidence=whole, group=group)
    return made._replace(**more)  # type: ignore[arg-type]
